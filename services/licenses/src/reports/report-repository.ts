/** Reads what the reports add up: by indexes, and never a line for each assignment or interval. */
import type { Page } from '@membership/contracts/dialects';
import type { Day } from '@membership/platform/calendar';
import { given } from '@membership/platform/given';
import type { Paging, Sort, TenantCollection, Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Counted } from '../storage/assignment-repository.ts';
import type { Models } from '../models.ts';
import type { Period } from './period.ts';
import {
  ALL_DAYS,
  type Amounts,
  type MemberActivity,
  type MemberDay,
  type PlanDay,
} from '../domain/tally.ts';
import type { Sums } from './usage-report.ts';

/** So many of a list are counted. */
const COUNTED = 10_000;
const summed = {
  assigned: { $sum: '$assigned' },
  activated: { $sum: '$activated' },
  bound: { $sum: '$bound' },
  usedSeconds: { $sum: '$usedSeconds' },
} as const;
/** Which part of the time a line belongs to. */
const partOf = (to: Day) => ({
  $cond: [{ $eq: ['$day', ALL_DAYS] }, ALL_DAYS, { $cond: [{ $lte: ['$day', to] }, 'within', 'after'] }],
});
type Grouped = Amounts & { readonly _id: { readonly id: number; readonly part: Sums['part'] } };
const sumsOf = (rows: readonly Grouped[]): Sums[] =>
  rows.map(({ _id, ...amounts }) => ({ ..._id, ...amounts }));

export class ReportRepository {
  readonly #plans: TenantCollection<PlanDay>;
  readonly #members: TenantCollection<MemberDay>;
  readonly #activity: TenantCollection<MemberActivity>;
  constructor({
    planDays,
    memberDays,
    memberActivity,
  }: Pick<Models, 'planDays' | 'memberDays' | 'memberActivity'>) {
    this.#plans = planDays;
    this.#members = memberDays;
    this.#activity = memberActivity;
  }

  /** Grows with every change of the tallies of a tenant. */
  async version(scope: TenantScope): Promise<number> {
    const [found] = await this.#plans.aggregate<{ version: number }>(scope, [
      { $match: { day: ALL_DAYS } },
      { $group: { _id: null, version: { $sum: '$version' } } },
    ]);
    return found?.version ?? 0;
  }

  async sumsByPlan(
    scope: TenantScope,
    field: 'productId' | 'planId' | 'tenantId',
    { from, to }: Period,
    productId: number | undefined,
  ): Promise<Sums[]> {
    return sumsOf(
      await this.#plans.aggregate<Grouped>(scope, [
        { $match: given({ day: { $gte: from }, productId }) },
        { $group: { _id: { id: `$${field}`, part: partOf(to) }, ...summed } },
      ]),
    );
  }

  /** Sums of each day from a day on, and, under ALL_DAYS, of all. */
  async sumsByDay(
    scope: TenantScope,
    from: Day,
    productId: number | undefined,
  ): Promise<(Amounts & { day: Day })[]> {
    const rows = await this.#plans.aggregate<Amounts & { _id: Day }>(scope, [
      { $match: given({ day: { $gte: from }, productId }) },
      { $group: { _id: '$day', ...summed } },
    ]);
    return rows.map(({ _id: day, ...amounts }) => ({ ...amounts, day }));
  }

  async sumsByMember(
    scope: TenantScope,
    memberIds: readonly number[],
    { from, to }: Period,
    productId?: number,
  ): Promise<Sums[]> {
    if (memberIds.length === 0) return [];
    return sumsOf(
      await this.#members.aggregate<Grouped>(scope, [
        { $match: given({ memberId: { $in: [...memberIds] }, day: { $gte: from }, productId }) },
        { $group: { _id: { id: '$memberId', part: partOf(to) }, ...summed } },
      ]),
    );
  }

  /**
   * Members about whom something happened since a moment, the latest first, and after them those who have had devices bound
   * since before: two lists, each on an index of its own, shown as one.
   */
  async membersInUse(scope: TenantScope, since: Date, { page, size }: Paging): Promise<Page<MemberActivity>> {
    const skip = (page - 1) * size;
    const sort = { lastEventAt: -1, memberId: -1 } as const;
    const heard = { lastEventAt: { $gte: since } };
    const idle = idleWithDevices(since);
    // Exact as far as this page reaches, since the second list begins where the first ends.
    const first = await this.#activity.count(scope, heard, { limit: Math.max(COUNTED, skip + size) });
    const second = await this.#activity.count(scope, idle, { limit: COUNTED });
    const items = await this.#activity.find(scope, heard, { sort, skip, limit: size });
    const left = size - items.length;
    if (left > 0)
      items.push(
        ...(await this.#activity.find(scope, idle, {
          sort,
          skip: Math.max(0, skip - first.count),
          limit: left,
        })),
      );
    return {
      items,
      count: first.count + second.count,
      isEstimate: first.isEstimate || second.isEstimate,
    };
  }

  listActivity(scope: TenantScope, sort: Sort, paging: Paging): Promise<Page<MemberActivity>> {
    return this.#activity.page(scope, {}, { sort, ...paging });
  }

  /** Members of whom a device was heard from since a moment: at most 10,000 are counted. */
  countUsedSince(scope: TenantScope, since: Date): Promise<Counted> {
    return this.#activity.count(scope, { lastUsedAt: { $gte: since } });
  }

  /** The others, likewise. */
  countUnusedSince(scope: TenantScope, since: Date): Promise<Counted> {
    return this.#activity.count(scope, { $or: [{ lastUsedAt: { $lt: since } }, { lastUsedAt: null }] });
  }
}

/** For the test that shows an index under it, too. */
export const idleWithDevices = (since: Date): Unscoped => ({
  boundDevices: { $gt: 0 },
  lastEventAt: { $lt: since },
});
