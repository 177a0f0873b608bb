/** Where the answers come from. */
import type { ClientSession } from 'mongoose';
import type { TenantScope } from '@membership/platform/scope';
import type { CountersRepository } from '../counting/counters-repository.ts';
import type { ScoresRepository } from '../boards/scores-repository.ts';
import type { LiabilityRepository } from '../liability/liability-repository.ts';
import type { ActivityRepository } from '../retention/activity-repository.ts';
import type { Generations, Serving } from '../projecting/generations.ts';
import { periodBefore, periodOf, requireAtMost, type Asked, type Period } from './period.ts';

export type Numbers = {
  readonly counters: CountersRepository;
  readonly generations: Pick<Generations, 'serving'>;
  /** As of which whatever else a report reads is read. */
  readonly moment?: { readonly session: ClientSession };
};
/** A report all of whose figures, and `as_of`, are of one moment, whatever is counted meanwhile. */
export const ofOneMoment =
  <Of extends Numbers, Asked extends readonly unknown[], Report>(
    report: (numbers: Of, scope: TenantScope, ...asked: Asked) => Promise<Report>,
  ) =>
  (numbers: Of, scope: TenantScope, ...asked: Asked): Promise<Report> =>
    numbers.counters.ofOneMoment((counters, session) => {
      const generations = { serving: (of: TenantScope) => numbers.generations.serving(of, { session }) };
      return report({ ...numbers, counters, generations, moment: { session } }, scope, ...asked);
    });
/** The boards are counted by themselves: they may be a moment behind the other figures, or before them. */
export type Boards = { readonly scores: ScoresRepository; readonly generations: Generations };
/** So is retention. */
export type Retention = { readonly activity: ActivityRepository; readonly generations: Generations };

/** And liability. */
export type LiabilityBooks = { readonly books: LiabilityRepository; readonly generations: Generations };

/** Days in a zone, the tenant's unless one is named. */
export type AskedPeriod = Asked & { readonly zone: string | undefined; readonly now: Date };
export type Opened = {
  readonly generation: number;
  readonly asOf: Serving['asOf'];
  readonly period: Period;
};

/**
 * What a report of days begins with: the generation that answers it, and the period. How far the log is counted is read
 * first: the numbers are at least as new as that. Refusals: VALIDATION_ERROR for an end before its start, and for more than
 * `longest` days.
 */
export async function openPeriod(
  { counters, generations }: Numbers,
  scope: TenantScope,
  { zone, now, ...days }: AskedPeriod,
  longest?: number,
): Promise<Opened> {
  const { _id: generation, asOf } = await generations.serving(scope);
  const period = periodOf(days, zone ?? (await counters.zoneOf(scope, generation)), now);
  if (longest !== undefined) requireAtMost(longest, period, days);
  return { generation, asOf, period };
}

/** The period, after the one before it where that is wanted; and the moments that part them. */
export function withBefore(
  period: Period,
  isWanted: boolean,
): { readonly before: Period | null; readonly moments: readonly Date[] } {
  const before = isWanted ? periodBefore(period) : null;
  return { before, moments: [...(before ? [before.from] : []), period.from, period.until] };
}
