/** Storage of holdings and of their history. */
import { notFound } from '@membership/contracts/errors';
import type { Failures } from '@membership/platform/failures';
import type { Paging, Sort, TenantCollection, Unscoped } from '@membership/platform/mongo';
import { isPlainMember, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { HistoryEntry } from './history.ts';
import { dueAt, statusAt, type Renewal, type Status, type UserTag } from './user-tag.ts';

/** Stands for "never", so that queries and sorts need no word for it. */
const NEVER = new Date('9999-12-31T00:00:00Z');
type Dates = {
  readonly expiresAt: Date;
  readonly graceEndsAt: Date /** When the clock changes `status` next. */;
  readonly dueAt: Date;
};
export type UserTagDocument = Omit<UserTag, keyof Dates> & Dates;

const orNever = (date: Date | null): Date => date ?? NEVER;
const orNull = (date: Date): Date | null => (date >= NEVER ? null : date);
const toDocument = (userTag: UserTag): UserTagDocument => ({
  ...userTag,
  expiresAt: orNever(userTag.expiresAt),
  graceEndsAt: orNever(userTag.graceEndsAt),
  dueAt: orNever(dueAt(userTag)),
});
function toUserTag({ dueAt: _due, ...document }: UserTagDocument): UserTag {
  return {
    ...document,
    expiresAt: orNull(document.expiresAt),
    graceEndsAt: orNull(document.graceEndsAt),
    // Holdings from before there was auto-renewal have no such field.
    renewal: document.renewal ?? null,
  };
}

export type UserTagFilter = {
  readonly memberId?: number | undefined;
  readonly tagId?: number | undefined;
  /** As it is now, not as it was last written down. */
  readonly status?: Status | undefined;
  /** Included, as a day's own end is. */
  readonly expiresBefore?: Date | undefined;
};
/** More than this many that the clock has overtaken and nobody has written down means that the clock stands still. */
const MOST_OVERTAKEN = 1_000;

export class UserTagRepository {
  readonly #userTags: TenantCollection<UserTagDocument>;
  readonly #history: TenantCollection<HistoryEntry>;
  constructor(userTags: TenantCollection<UserTagDocument>, history: TenantCollection<HistoryEntry>) {
    this.#userTags = userTags;
    this.#history = history;
  }

  /** A page, and how many there are. */
  async list(scope: TenantScope, filter: UserTagFilter, sort: Sort, { page, size }: Paging, now: Date) {
    const written = this.#filter(filter, now);
    const overtaken = await this.#overtaken(scope, filter, sort, now);
    const offset = (page - 1) * size;
    // Of those written down, all before this one come before the page, wherever the overtaken ones fall.
    const skip = Math.max(0, offset - overtaken.length);
    const [found, { count, isEstimate }] = await Promise.all([
      this.#userTags.find(scope, written, { sort, skip, limit: size + Math.min(offset, overtaken.length) }),
      this.#userTags.count(scope, written),
    ]);
    const merged = overtaken.length === 0 ? found : [...found, ...overtaken].sort(by(sort));
    return {
      items: merged.slice(offset - skip, offset - skip + size).map(toUserTag),
      count: count + overtaken.length,
      isEstimate,
    };
  }

  explain(scope: TenantScope, filter: UserTagFilter, sort: Sort, now: Date): Promise<unknown> {
    return this.#userTags.explain(scope, this.#filter(filter, now), sort);
  }

  /** Every tag that a member holds or held: a handful. */
  async ofMember(scope: TenantScope, memberId: number): Promise<UserTag[]> {
    return (await this.#userTags.find(scope, { memberId }, { limit: 1_000 })).map(toUserTag);
  }

  /** Refuses (404) an unknown one, and to a plain member those of others. */
  async get(scope: TenantScope, id: number, unit?: UnitOfWork): Promise<UserTag> {
    const mine = isPlainMember(scope) ? { memberId: scope.actor.id } : {};
    const found = await this.#userTags.findOne(
      scope,
      { _id: id, ...mine },
      unit ? { session: unit.session } : {},
    );
    if (!found) throw notFound();
    return toUserTag(found);
  }

  async findHeld(
    scope: TenantScope,
    memberId: number,
    tagId: number,
    unit?: UnitOfWork,
  ): Promise<UserTag | null> {
    const found = await this.#userTags.findOne(
      scope,
      { memberId, tagId },
      unit ? { session: unit.session } : {},
    );
    return found && toUserTag(found);
  }

  /** Holdings of any tenant whose time has come, the longest due first. */
  async due(
    now: Date,
    limit: number,
    { tenantId, failures }: { readonly tenantId?: number | undefined; readonly failures?: Failures } = {},
  ): Promise<Pick<UserTag, '_id' | 'tenantId'>[]> {
    return this.#userTags
      .acrossTenants('the due-date index of the clock')
      .find({ dueAt: { $lte: now }, ...failures?.others, ...only(tenantId) }, { projection: { tenantId: 1 } })
      .sort({ dueAt: 1, _id: 1 })
      .limit(limit)
      .toArray();
  }

  /** Holdings whose renewal is due and whose grace is not over, the longest due first; of any tenant but some, or of one. */
  async dueForRenewal(
    now: Date,
    limit: number,
    { tenantId, without }: { readonly tenantId?: number | undefined; readonly without: readonly number[] },
  ): Promise<Pick<UserTag, '_id' | 'tenantId'>[]> {
    const tenants = tenantId === undefined ? { $nin: [...without] } : { $eq: tenantId, $nin: [...without] };
    return this.#userTags
      .acrossTenants('the due-date index of renewals')
      .find(
        { 'renewal.at': { $lte: now, $type: 'date' }, graceEndsAt: { $gt: now }, tenantId: tenants },
        { projection: { tenantId: 1 } },
      )
      .sort({ 'renewal.at': 1 })
      .limit(limit)
      .toArray();
  }

  /** Keeps what became of a holding's renewal: the holding itself, and its facts, stay as they are. */
  async keepRenewal(
    scope: TenantScope,
    id: number,
    renewal: Partial<Renewal>,
    { session }: UnitOfWork,
  ): Promise<void> {
    const fields = Object.entries(renewal).map(([name, value]) => [`renewal.${name}`, value]);
    await this.#userTags.updateOne(scope, { _id: id }, { $set: Object.fromEntries(fields) }, { session });
  }

  /** What members hold or held of one tag, by member. */
  async heldByMember(
    scope: TenantScope,
    memberIds: readonly number[],
    tagId: number,
    { session }: UnitOfWork,
  ): Promise<ReadonlyMap<number, UserTag>> {
    const found = await this.#userTags.find(scope, { tagId, memberId: { $in: [...memberIds] } }, { session });
    return new Map(found.map((document) => [document.memberId, toUserTag(document)]));
  }

  async add(scope: TenantScope, userTags: readonly UserTag[], { session }: UnitOfWork): Promise<void> {
    await this.#userTags.insert(scope, userTags.map(toDocument), { session });
  }

  async save(
    { tenantId }: TenantScope,
    userTags: readonly UserTag[],
    { session }: UnitOfWork,
  ): Promise<void> {
    if (userTags.length === 0) return;
    const updates = userTags.map((userTag) => {
      const { _id, tenantId: _tenant, ...fields } = toDocument(userTag);
      return { updateOne: { filter: { _id, tenantId }, update: { $set: fields } } };
    });
    await this.#userTags.native.bulkWrite(updates, { session });
  }

  async remember(
    scope: TenantScope,
    entries: readonly HistoryEntry[],
    { session }: UnitOfWork,
  ): Promise<void> {
    await this.#history.insert(scope, entries, { session });
  }

  /** A page of what happened to a holding, newest first. */
  history(scope: TenantScope, userTagId: number, paging: Paging) {
    return this.#history.page(scope, { userTagId }, { sort: { sequence: -1 }, ...paging });
  }

  explainHistory(scope: TenantScope, userTagId: number): Promise<unknown> {
    return this.#history.explain(scope, { userTagId }, { sequence: -1 });
  }

  /** Those whose written status is right; what the clock has overtaken is `#overtaken`'s. */
  #filter({ memberId, tagId, status, expiresBefore }: UserTagFilter, now: Date): Unscoped {
    return {
      ...(memberId === undefined ? {} : { memberId }),
      ...(tagId === undefined ? {} : { tagId }),
      ...(expiresBefore === undefined ? {} : { expiresAt: { $lte: expiresBefore, $lt: NEVER } }),
      ...(status === undefined ? {} : { status }),
      ...(status === undefined || status === 'revoked' || status === 'expired'
        ? {}
        : { dueAt: { $gt: now } }),
    };
  }

  /** Those that the clock has made `status` and nobody has written down yet: what came due in the last seconds. */
  async #overtaken(
    scope: TenantScope,
    { status, ...rest }: UserTagFilter,
    sort: Sort,
    now: Date,
  ): Promise<UserTagDocument[]> {
    if (status !== 'grace' && status !== 'expired') return [];
    const due = await this.#userTags.find(
      scope,
      { ...this.#filter(rest, now), dueAt: { $lte: now } },
      { limit: MOST_OVERTAKEN },
    );
    return due.filter((document) => statusAt(toUserTag(document), now) === status).sort(by(sort));
  }
}

const only = (tenantId: number | undefined) => (tenantId === undefined ? {} : { tenantId });

/** Orders documents as the database does. */
const by =
  (sort: Sort) =>
  (left: UserTagDocument, right: UserTagDocument): number => {
    for (const [path, direction] of Object.entries(sort)) {
      const difference =
        Number(left[path as keyof UserTagDocument]) - Number(right[path as keyof UserTagDocument]);
      if (difference !== 0) return difference * direction;
    }
    return 0;
  };
