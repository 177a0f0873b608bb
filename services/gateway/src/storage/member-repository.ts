/** Members. Every method is inside one tenant but those that find the tenant. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import { within } from '@membership/platform/deadline';
import { TenantCollection, type Paging, type Sort, type Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { literally } from '@membership/platform/search';
import { memberFields, type MemberRecord } from './records.ts';
import {
  emailKey,
  emailKeys,
  isSameName,
  nameKey,
  nameKeys,
  PLATFORM_TENANT,
  type Member,
} from '../domain/member.ts';

type MemberDocument = Omit<Member, 'id'> & { _id: number; usernameKey: string; emailKey: string };
export type MemberFilter = {
  readonly ids?: readonly number[] | undefined;
  readonly role?: 'member' | 'admin' | undefined;
  readonly isActive?: boolean | undefined;
  readonly username?: string | undefined;
  readonly search?: string | undefined;
};

const memberSchema = new Schema(
  {
    _id: Number,
    tenantId: { type: Number, required: true },
    username: String,
    usernameKey: String,
    email: String,
    emailKey: String,
    role: String,
    isActive: Boolean,
    externalId: String,
    passwordHash: String,
    joinedAt: Date,
  },
  { strict: false, versionKey: false, id: false },
)
  .index({ tenantId: 1, usernameKey: 1 }, { unique: true })
  .index({ tenantId: 1, emailKey: 1 }, { unique: true })
  .index(
    { tenantId: 1, externalId: 1 },
    { unique: true, partialFilterExpression: { externalId: { $type: 'string' } } },
  )
  .index({ tenantId: 1, joinedAt: 1, _id: 1 })
  .index({ tenantId: 1, role: 1, isActive: 1, joinedAt: 1, _id: 1 })
  // A login without a tenant finds it by name and hash: the one index that no tenant leads.
  .index({ usernameKey: 1, passwordHash: 1 });

const toMember = ({ _id, usernameKey: _name, emailKey: _address, ...member }: MemberDocument): Member => ({
  id: _id,
  ...member,
});
const toDocument = ({ id, ...member }: Member): MemberDocument => ({
  _id: id,
  ...member,
  usernameKey: nameKey(member.username),
  emailKey: emailKey(member.email),
});
/** So many of a tenant may have a name: one under each of its keys. */
const TWINS = 2;
/** A caller waits no longer for a database that hangs. */
const READ_MILLISECONDS = 2_000;
const inSession = (session: ClientSession | undefined) => (session ? { session } : {});

export type TakenNames = {
  readonly usernames: ReadonlySet<string>;
  readonly emails: ReadonlySet<string>;
  readonly externalIds: ReadonlySet<string>;
};

export type NamesToTake = {
  readonly usernames: readonly string[];
  readonly emails: readonly string[];
  readonly externalIds: readonly string[];
};
/** Who holds names; an index is under each, that of external ids over those that have one. */
export const holdersOf = ({ usernames, emails, externalIds }: NamesToTake) =>
  ({
    username: { usernameKey: { $in: usernames.flatMap(nameKeys) } },
    email: { emailKey: { $in: emails.flatMap(emailKeys) } },
    externalId: { externalId: { $type: 'string', $in: [...externalIds] } },
  }) as const;

export class MemberRepository {
  readonly #rows: TenantCollection<MemberDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<MemberDocument>(connection, 'members', memberSchema);
  }

  async find(scope: TenantScope, memberId: number, session?: ClientSession): Promise<Member | null> {
    const row = await this.#rows.findOne(scope, { _id: memberId }, inSession(session));
    return row && toMember(row);
  }

  /** Refuses (404) one that the tenant does not have. */
  async get(scope: TenantScope, memberId: number, session?: ClientSession): Promise<Member> {
    const member = await this.find(scope, memberId, session);
    if (!member) throw notFound({ zh: '成员不存在', en: 'There is no such member' });
    return member;
  }

  async list(
    scope: TenantScope,
    { ids, role, isActive, username, search }: MemberFilter,
    sort: Sort,
    paging: Paging,
  ): Promise<Page<Member>> {
    const filter = {
      ...(ids === undefined ? {} : { _id: { $in: [...ids] } }),
      ...(role === undefined ? {} : { role }),
      ...(isActive === undefined ? {} : { isActive }),
      ...(username === undefined ? {} : { usernameKey: { $in: nameKeys(username) } }),
      ...(search
        ? {
            $or: [
              { usernameKey: literally(nameKey(search)) },
              { emailKey: literally(emailKey(search)) },
              { displayName: literally(search) },
            ],
          }
        : {}),
    };
    const { items, ...total } = await this.#rows.page(scope, filter, { sort, ...paging });
    return { items: items.map(toMember), ...total };
  }

  /** Which of these names the tenant has already, of whomever but one. */
  async taken(
    scope: TenantScope,
    names: NamesToTake,
    session: ClientSession,
    butOf?: number,
  ): Promise<TakenNames> {
    const options = { projection: { username: 1, email: 1, externalId: 1 }, session } as const;
    const { username, email, externalId } = holdersOf(names);
    const others = async (filter: Unscoped) =>
      (await this.#rows.find(scope, filter, options)).filter(({ _id }) => _id !== butOf);
    const byUsername = await others(username);
    const byEmail = await others(email);
    const byExternalId = names.externalIds.length === 0 ? [] : await others(externalId);
    return {
      usernames: new Set(byUsername.map(({ username: name }) => nameKey(name))),
      emails: new Set(byEmail.map(({ email: address }) => emailKey(address))),
      externalIds: new Set(byExternalId.flatMap((row) => row.externalId ?? [])),
    };
  }

  async insert(scope: TenantScope, members: readonly Member[], session: ClientSession): Promise<void> {
    await this.#rows.insert(scope, members.map(toDocument), { session });
  }

  /** A name that stays as it is, but for its case, keeps its key, also that of a version before. */
  async save(scope: TenantScope, member: Member, session: ClientSession): Promise<void> {
    const { _id, tenantId: _tenant, usernameKey, emailKey: addressKey, ...fields } = toDocument(member);
    const { username, email } = fields;
    const same = await this.#rows.updateOne(scope, { _id, username, email }, { $set: fields }, { session });
    if (same.matched > 0) return;
    const before = await this.#rows.findOne(
      scope,
      { _id },
      { projection: { username: 1, email: 1 }, session },
    );
    if (!before) return;
    const renamed = {
      ...fields,
      ...(isSameName(before.username, username) ? {} : { usernameKey }),
      ...(isSameName(before.email, email) ? {} : { emailKey: addressKey }),
    };
    await this.#rows.updateOne(scope, { _id }, { $set: renamed }, { session });
  }

  /** Who has that name in a tenant (0: the platform's own). */
  async findNamed(username: string, tenantId: number): Promise<Member | null> {
    const [found] = await this.#named(username, { tenantId }, TWINS);
    return found ?? null;
  }

  /** Whom a name without a tenant may mean in tenants: nobody, the one, or some of many. */
  namesakes(username: string): Promise<Member[]> {
    return this.#named(username, { tenantId: { $ne: PLATFORM_TENANT } }, TWINS + 1);
  }

  /** Who of a name's holders in tenants has exactly this hash; the salt being the name's, all of them are asked at once. */
  async findByHash(username: string, passwordHash: string): Promise<Member | null> {
    const [found] = await this.#named(
      username,
      { passwordHash, isActive: true, tenantId: { $ne: PLATFORM_TENANT } },
      TWINS + 1,
    );
    return found ?? null;
  }

  /**
   * Of the hashes of a name's holders in tenants that do not begin so one for each salt: of older versions, and of a secret of
   * before, which many share. That of most holders first.
   */
  async otherSalts(username: string, prefix: string, limit: number): Promise<string[]> {
    const others = [{ passwordHash: { $gt: '', $lt: prefix } }, { passwordHash: { $gt: `${prefix}\uffff` } }];
    const isOthers = { $or: others, isActive: true, tenantId: { $ne: PLATFORM_TENANT } };
    const salt = { $arrayElemAt: [{ $split: ['$passwordHash', { $literal: '$' }] }, 4] };
    const rows = await this.#rows
      .acrossTenants('a login finds its tenant')
      .aggregate<{ sample: string }>([
        { $match: { usernameKey: { $in: nameKeys(username) }, ...isOthers } },
        { $group: { _id: salt, sample: { $first: '$passwordHash' }, count: { $sum: 1 } } },
        { $sort: { count: -1, _id: 1 } },
        { $limit: limit },
      ])
      .toArray();
    return rows.map(({ sample }) => sample);
  }

  /** Whom of these a name means: nobody beside whom another of the tenant has exactly that name. */
  async #named(username: string, filter: Record<string, unknown>, limit: number): Promise<Member[]> {
    const isExact = (one: Member) => isSameName(one.username, username);
    const found = await this.#keyed(username, filter, limit);
    const tenantIds = found.filter((one) => !isExact(one)).map(({ tenantId }) => tenantId);
    if (tenantIds.length === 0) return found;
    const there = await this.#keyed(username, { tenantId: { $in: tenantIds } }, TWINS * tenantIds.length);
    const meantThere = new Set(there.filter(isExact).map(({ tenantId }) => tenantId));
    return found.filter((one) => isExact(one) || !meantThere.has(one.tenantId));
  }

  async #keyed(username: string, filter: Record<string, unknown>, limit: number): Promise<Member[]> {
    const rows = await this.#rows
      .acrossTenants('a login finds its tenant')
      .find({ usernameKey: { $in: nameKeys(username) }, ...filter } as never)
      .limit(limit)
      .toArray();
    return rows.map(toMember);
  }

  /** A user wherever it belongs: a token finds its tenant. */
  async findAnywhere(memberId: number): Promise<Member | null> {
    const row = await this.#rows.acrossTenants('a token finds its tenant').findOne({ _id: memberId });
    return row && toMember(row);
  }

  /** What deciding about callers needs of members, by what their tenants' external issuers call them. */
  async recordsByExternalId(
    wanted: readonly { readonly tenantId: number; readonly externalId: string }[],
  ): Promise<(MemberRecord & { readonly externalId: string })[]> {
    const $or = [...Map.groupBy(wanted, ({ tenantId }) => tenantId)].map(([tenantId, those]) => ({
      tenantId,
      // Named so that the index, which holds texts alone, is known to be enough.
      externalId: { $type: 'string', $in: those.map(({ externalId }) => externalId) },
    }));
    return within(
      READ_MILLISECONDS,
      (signal) =>
        this.#rows
          .acrossTenants('a token finds its tenant')
          .find<MemberRecord & { externalId: string }>({ $or } as never, {
            projection: { ...memberFields, externalId: 1 },
            signal,
          })
          .toArray(),
      'members could not be read by their external ids in time',
    );
  }

  async hasSuper(session?: ClientSession): Promise<boolean> {
    return (
      (await this.#rows
        .acrossTenants('platform administrators have no tenant')
        .findOne({ tenantId: 0, role: 'super' }, { projection: { _id: 1 }, ...inSession(session) })) !== null
    );
  }

  /** How the lists' queries run: for the test that shows an index under each. */
  explain(scope: TenantScope, filter: Record<string, unknown>, sort: Sort): Promise<unknown> {
    return this.#rows.explain(scope, filter as never, sort);
  }
}
