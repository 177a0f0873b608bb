/** Makes a member's profile on first need, with the default level. */
import { notFound } from '@membership/contracts/errors';
import { profileCreated } from '@membership/contracts/events/points';
import type { Directory, Member } from '@membership/platform/directory';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { balancesOf } from '../domain/balances.ts';
import { memberLevelOf } from '../domain/member-level.ts';
import type { LedgerShape } from './ledger-shape.ts';
import { managesPoints, newProfile, type Profile } from '../domain/profile.ts';
import { levelFor } from '../domain/level.ts';

const KNOWN_AT_MOST = 100_000;
/** Members that are looked for at once: as many as the directory looks up. */
const OPENED_TOGETHER = 100;

export class ProfileOpening {
  readonly #models: Models;
  readonly #definitions: TenantDefinitions;
  readonly #directory: Directory;
  readonly #transactions: Transactions;
  readonly #shape: LedgerShape;
  /** `<tenant>:<member>` of profiles that exist: profiles are never removed while their tenant is there. */
  readonly #known = new Set<string>();

  constructor(
    models: Models,
    definitions: TenantDefinitions,
    directory: Directory,
    transactions: Transactions,
    shape: LedgerShape,
  ) {
    this.#shape = shape;
    this.#models = models;
    this.#definitions = definitions;
    this.#directory = directory;
    this.#transactions = transactions;
  }

  /** Makes sure that a member's profile exists. Refuses (BIZ_001) a member that does not. */
  async ensure(scope: TenantScope, memberId: number): Promise<void> {
    const key = `${scope.tenantId}:${memberId}`;
    if (this.#known.has(key)) return;
    if (!(await this.#isSeenByAll(scope, memberId))) {
      const member = await this.#directory.getMember(scope, memberId);
      await this.#definitions.of(scope);
      try {
        await this.#transactions.run((unit) => this.openWithin(scope, member, unit));
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    }
    this.#remember(key);
  }

  /** Makes sure that the profiles of all these members exist; there is none for a member that does not. */
  async ensureAll(scope: TenantScope, memberIds: readonly number[]): Promise<void> {
    const { tenantId } = scope;
    const unknown = [...new Set(memberIds)].filter((id) => !this.#known.has(`${tenantId}:${id}`));
    for (let start = 0; start < unknown.length; start += OPENED_TOGETHER) {
      const ids = unknown.slice(start, start + OPENED_TOGETHER);
      const options = { projection: { _id: 1 }, readConcern: 'majority' } as const;
      const seen = await this.#models.profiles.native
        .find({ _id: { $in: ids }, tenantId }, options)
        .map(({ _id }) => _id)
        .toArray();
      for (const id of seen) this.#remember(`${tenantId}:${id}`);
      const missing = ids.filter((id) => !seen.includes(id));
      if (missing.length === 0) continue;
      const members = await this.#directory.findMembers(scope, missing);
      for (const id of members.keys()) await this.ensure(scope, id);
    }
  }

  #remember(key: string): void {
    if (this.#known.size >= KNOWN_AT_MOST) this.#known.clear();
    this.#known.add(key);
  }

  /** What a majority has, every transaction that begins now sees; a profile that is only just written, it may not. */
  async #isSeenByAll({ tenantId }: TenantScope, memberId: number): Promise<boolean> {
    const options = { projection: { _id: 1 }, readConcern: 'majority' } as const;
    return (await this.#models.profiles.native.findOne({ _id: memberId, tenantId }, options)) !== null;
  }

  /** The profile as a transaction sees it, made in it on first need. Refuses (BIZ_001) a member that does not exist. */
  async existingWithin(scope: TenantScope, memberId: number, unit: UnitOfWork): Promise<Profile> {
    const { session } = unit;
    const profile = await this.#models.profiles.findOne(scope, { _id: memberId }, { session });
    if (profile) return profile;
    await this.openWithin(scope, await this.#directory.getMember(scope, memberId, unit), unit);
    return this.existingWithin(scope, memberId, unit);
  }

  /**
   * Makes sure that the profile exists, for a fact about its member. Fails when the member's own event has not come yet: the
   * fact is tried again until then.
   */
  async openForFact(scope: TenantScope, memberId: number, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    if (await this.#models.profiles.findOne(scope, { _id: memberId }, { session, projection: { _id: 1 } }))
      return;
    const member = await this.#directory.findMember(scope, memberId, { lookUp: false, unit });
    if (!member) throw new Error(`member ${memberId} is not known yet`);
    await this.openWithin(scope, member, unit);
  }

  /** Makes the profile of a member inside a transaction, or takes over the member's new name. */
  async openWithin(scope: TenantScope, member: Member, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    const copied = {
      ...{ username: member.username, email: member.email, isMemberActive: member.isActive },
      isMemberAdmin: managesPoints(member),
    };
    const { matched } = await this.#models.profiles.updateOne(
      scope,
      { _id: member._id },
      { $set: copied },
      { session },
    );
    if (matched > 0) {
      unit.changes(balancesOf(scope.tenantId, member._id));
      return;
    }
    if (member.tenantId !== scope.tenantId) throw notFound();
    const { levels, memberLevels } = await this.#definitions.within(scope, unit);
    const level = levels.find((one) => one.isDefault) ?? levelFor(levels, 0);
    const profile = {
      ...newProfile(member._id, scope.tenantId, level?._id ?? null, member, new Date()),
      ...(await this.#shape.ofNewProfile()),
      sequence: 1,
    };
    await this.#models.profiles.insert(scope, [profile], { session });
    const memberLevel = memberLevelOf(memberLevels, profile);
    if (level)
      unit.announce(scope, profileCreated, {
        subject: profile._id,
        sequence: 1,
        data: {
          profileId: profile._id,
          levelId: level._id,
          levelName: level.name,
          memberLevelId: memberLevel?._id ?? null,
          memberLevelName: memberLevel?.name ?? null,
        },
      });
  }
}
