/**
 * What records add up to. The sums of a tenant, and of a member with many records, are kept up to a moment some minutes ago
 * and moved on by whoever asks and by a job; what came since is added. So asking costs the same however many records there
 * are, and no movement writes a document that all of a tenant share.
 */
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import type { PipelineStage } from 'mongoose';
import type { Models } from '../models.ts';
import { recordQuery, type RecordFilter } from './record-filter.ts';
import { COUNTED_AT_MOST, matching, merged, type KeptSums, type RecordSum } from '../domain/record-sums.ts';

/** A record is committed within so long of its time: MongoDB ends a transaction after a minute at most. */
export const SETTLED_MS = 120_000;
/** So many records more, and the kept sums are moved on. Those of a member with fewer are not kept. */
const KEPT_FROM = 1_000;
/** Records added at once: far less than a second's work. */
const STEP = 50_000;

const when = (condition: object, yes: unknown, no: unknown) => ({ $cond: [condition, yes, no] });
/** The total that a record counts in: an adjustment by its sign, what undoes one by the opposite (see `counterOf`). */
const COUNTER = when(
  { $eq: ['$type', 'earn'] },
  'earned',
  when(
    { $eq: ['$type', 'spend'] },
    'spent',
    when(
      { $eq: ['$type', 'expire'] },
      'expired',
      when({ $ne: [{ $gte: ['$points', 0] }, { $gt: ['$reversalOf', null] }] }, 'earned', 'spent'),
    ),
  ),
);
/** The status before the change at `statusChangedAt`: only what has expired can be something else but active. */
const statusBefore = (at: Date) =>
  when({ $and: [{ $gt: ['$expiredAt', null] }, { $lt: ['$expiredAt', at] }] }, 'expired', 'active');
const statusAt = (at: Date | null) =>
  at ? when({ $gte: ['$statusChangedAt', at] }, statusBefore(at), '$status') : '$status';

/** Groups by what sums are kept by; `sign` −1 takes away. */
const grouped = (status: unknown, sign: 1 | -1 = 1): PipelineStage[] => [
  {
    $group: {
      _id: {
        type: '$type',
        category: '$category',
        status,
        isManual: { $eq: ['$sourceType', 'manual'] },
      },
      records: { $sum: sign },
      earned: { $sum: when({ $eq: [COUNTER, 'earned'] }, { $multiply: ['$points', sign] }, 0) },
      spent: { $sum: when({ $eq: [COUNTER, 'spent'] }, { $multiply: ['$points', -sign] }, 0) },
    },
  },
  { $replaceWith: { $mergeObjects: ['$_id', { records: '$records', earned: '$earned', spent: '$spent' }] } },
];

export class RecordSumsRepository {
  readonly #models: Models;
  constructor(models: Models) {
    this.#models = models;
  }

  /** What the records of a filter add up to. */
  async summarize(scope: TenantScope, filter: RecordFilter): Promise<RecordSum[]> {
    if (!isKeptBy(filter) || !(await this.#isKept(scope, filter.memberId)))
      return this.#models.records.aggregate<RecordSum>(scope, [
        { $match: recordQuery(filter) },
        ...grouped('$status'),
      ]);
    const kept = await this.#movedOn(scope, filter.memberId);
    return matching(
      merged(kept.sums, await this.#since(scope, kept, null), await this.#changedSince(scope, kept, null)),
      filter,
    );
  }

  /** How many records a list has: exact up to 10,000. What is kept knows of more without counting. */
  async count(scope: TenantScope, filter: RecordFilter): Promise<{ count: number; isEstimate: boolean }> {
    const { memberId, ...others } = filter;
    const isAll = Object.values(others).every((value) => value === undefined);
    if (memberId !== undefined && isAll) {
      const profile = await this.#models.profiles.findOne(
        scope,
        { _id: memberId },
        { projection: { recordCount: 1 } },
      );
      return { count: profile?.recordCount ?? 0, isEstimate: false };
    }
    if (isKeptBy(filter)) {
      const kept = await this.#find(scope, memberId);
      const known = matching(kept?.sums ?? [], filter).reduce((sum, { records }) => sum + records, 0);
      if (known > COUNTED_AT_MOST) return { count: COUNTED_AT_MOST, isEstimate: true };
    }
    return this.#models.records.count(scope, recordQuery(filter), { limit: COUNTED_AT_MOST });
  }

  /** Moves the kept sums of a tenant on by one step; whether there was one. */
  async moveOnTenant(tenantId: number, run: string): Promise<boolean> {
    const scope = scopeOfJob(tenantId, 'points', run);
    const kept = await this.#keptOrNone(scope, undefined);
    return (await this.#hasMany(scope, kept)) && (await this.#advance(scope, kept)) !== null;
  }

  /** A member with few records is counted each time. */
  async #isKept(scope: TenantScope, memberId: number | undefined): Promise<boolean> {
    if (memberId === undefined) return true;
    return (await this.count(scope, { memberId })).count > KEPT_FROM;
  }

  async #movedOn(scope: TenantScope, memberId: number | undefined): Promise<KeptSums> {
    for (;;) {
      const kept = await this.#keptOrNone(scope, memberId);
      if (!(await this.#hasMany(scope, kept))) return kept;
      await this.#advance(scope, kept);
    }
  }

  #find(scope: TenantScope, memberId: number | undefined): Promise<KeptSums | null> {
    return this.#models.recordSums.findOne(scope, { _id: idOf(scope, memberId) });
  }

  async #keptOrNone(scope: TenantScope, memberId: number | undefined): Promise<KeptSums> {
    const { tenantId } = scope;
    const none = {
      _id: idOf(scope, memberId),
      tenantId,
      memberId: memberId ?? null,
      until: new Date(0),
      sums: [],
    };
    return (await this.#find(scope, memberId)) ?? none;
  }

  /** Whether there is enough to move on for. */
  async #hasMany(scope: TenantScope, kept: KeptSums): Promise<boolean> {
    const { count } = await this.#models.records.count(
      scope,
      { ...ofMember(kept), createdAt: { $gte: kept.until, $lt: new Date(Date.now() - SETTLED_MS) } },
      { limit: KEPT_FROM },
    );
    return count >= KEPT_FROM;
  }

  /** Adds a step's records; null when somebody else has done so meanwhile. */
  async #advance(scope: TenantScope, kept: KeptSums): Promise<KeptSums | null> {
    const { _id, tenantId, memberId } = kept;
    const until = await this.#endOfStep(scope, kept);
    const sums = merged(
      kept.sums,
      await this.#since(scope, kept, until),
      await this.#changedSince(scope, kept, until),
    );
    const next = { _id, tenantId, memberId, until, sums };
    try {
      if (kept.until.getTime() === 0) await this.#models.recordSums.insert(scope, [next]);
      else {
        const { matched } = await this.#models.recordSums.updateOne(
          scope,
          { _id, until: kept.until },
          { $set: { until, sums } },
        );
        if (matched === 0) return null;
      }
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return null;
    }
    return next;
  }

  async #endOfStep(scope: TenantScope, kept: KeptSums): Promise<Date> {
    const settled = new Date(Date.now() - SETTLED_MS);
    const [beyond] = await this.#models.records.find(
      scope,
      { ...ofMember(kept), createdAt: { $gte: kept.until, $lt: settled } },
      { sort: { createdAt: 1, _id: 1 }, skip: STEP, limit: 1, projection: { createdAt: 1 } },
    );
    // Records of one moment stay together, be they a step or more.
    return beyond ? new Date(beyond.createdAt.getTime() + 1) : settled;
  }

  /** The records from the kept moment on, before `until`, with their status then; null: all, as they are. */
  #since(scope: TenantScope, kept: KeptSums, until: Date | null): Promise<RecordSum[]> {
    const createdAt = { $gte: kept.until, ...(until ? { $lt: until } : {}) };
    return this.#models.records.aggregate<RecordSum>(scope, [
      { $match: { ...ofMember(kept), createdAt } },
      ...grouped(statusAt(until)),
    ]);
  }

  /** Records from before the kept moment whose status has changed since: taken from where they were, added where they are. */
  async #changedSince(scope: TenantScope, kept: KeptSums, until: Date | null): Promise<RecordSum[]> {
    const match = { $match: { ...ofMember(kept), ...changedAfter(kept.until) } };
    const [before, after] = await Promise.all([
      this.#models.records.aggregate<RecordSum>(scope, [match, ...grouped(statusBefore(kept.until), -1)]),
      this.#models.records.aggregate<RecordSum>(scope, [match, ...grouped(statusAt(until))]),
    ]);
    return [...before, ...after];
  }
}

/** `$type` says what the partial index holds: without it the planner would walk all records from before. */
export const changedAfter = (at: Date) =>
  ({ statusChangedAt: { $gte: at, $type: 'date' }, createdAt: { $lt: at } }) as const;

const idOf = ({ tenantId }: TenantScope, memberId: number | undefined): string =>
  memberId === undefined ? String(tenantId) : `${tenantId}:${memberId}`;
const ofMember = ({ memberId }: KeptSums) => (memberId === null ? {} : { memberId });
/** Whether all that is asked is among what sums are kept by. */
const isKeptBy = ({ from, to, sourceType, batchId }: RecordFilter): boolean =>
  [from, to, sourceType, batchId].every((value) => value === undefined);
