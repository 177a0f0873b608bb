/** Storage of usage intervals. */
import type { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { recentSince, type UsageInterval } from './usage.ts';

export class UsageRepository {
  readonly #intervals: TenantCollection<UsageInterval>;
  constructor(intervals: TenantCollection<UsageInterval>) {
    this.#intervals = intervals;
  }

  /** Seconds of the last seven days, however many intervals they are: of each the part that lies in these days. */
  async recentSeconds(scope: TenantScope, assignmentId: number, now: Date): Promise<number> {
    const since = recentSince(now);
    const inside = {
      $subtract: [{ $min: ['$endedAt', now] }, { $max: ['$startedAt', since] }],
    };
    const [found] = await this.#intervals.aggregate<{ milliseconds: number }>(scope, [
      { $match: { assignmentId, endedAt: { $gt: since }, startedAt: { $lt: now } } },
      { $group: { _id: null, milliseconds: { $sum: inside } } },
    ]);
    return (found?.milliseconds ?? 0) / 1_000;
  }

  /** The latest intervals, newest first. */
  listLatest(scope: TenantScope, assignmentId: number, limit: number): Promise<UsageInterval[]> {
    return this.#intervals.find(scope, { assignmentId }, { sort: { endedAt: -1, _id: -1 }, limit });
  }
}
