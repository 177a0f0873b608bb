/** Storage of usage intervals. */
import type { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { recentSince, type UsageInterval } from './usage.ts';

const RECENT_AT_MOST = 10_000;

export class UsageRepository {
  readonly #intervals: TenantCollection<UsageInterval>;
  constructor(intervals: TenantCollection<UsageInterval>) {
    this.#intervals = intervals;
  }

  /** Intervals that reach into the last seven days. */
  listRecent(scope: TenantScope, assignmentId: number, now: Date): Promise<UsageInterval[]> {
    return this.#intervals.find(
      scope,
      { assignmentId, endedAt: { $gt: recentSince(now) } },
      { sort: { endedAt: -1, _id: -1 }, limit: RECENT_AT_MOST },
    );
  }

  /** The latest intervals, newest first. */
  listLatest(scope: TenantScope, assignmentId: number, limit: number): Promise<UsageInterval[]> {
    return this.#intervals.find(scope, { assignmentId }, { sort: { endedAt: -1, _id: -1 }, limit });
  }
}
