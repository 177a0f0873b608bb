/** How a tenant's points moved in the course of a period. */
import { longestDays, type Interval } from '@membership/contracts/endpoints/stats/index';
import type { TenantScope } from '@membership/platform/scope';
import type { Serving } from '../projecting/generations.ts';
import { ofOneMoment, type Numbers } from './numbers.ts';
import { periodBefore, periodOf, requireAtMost, type Asked, type Period } from './period.ts';
import { stretchesOf, type Stretch } from './stretches.ts';

const MOVEMENTS = ['earned', 'spent', 'expired', 'records'] as const;
export type TrendRow = Stretch & Readonly<Record<(typeof MOVEMENTS)[number], number>>;
type Trends = { readonly period: Period; readonly rows: readonly TrendRow[] };
export type PointsTrends = Trends & {
  readonly asOf: Serving['asOf'];
  readonly interval: Interval;
  readonly previous: Trends | null;
};

/** Refusals: VALIDATION_ERROR for an end before its start, and for more days than the interval takes. */
export const pointsTrends = ofOneMoment(
  async (
    { counters, generations }: Numbers,
    scope: TenantScope,
    {
      zone: asked,
      interval,
      now,
      withPrevious,
      ...days
    }: Asked & { zone: string | undefined; interval: Interval; withPrevious: boolean; now: Date },
  ): Promise<PointsTrends> => {
    const { _id: generation, asOf } = await generations.serving(scope);
    const period = periodOf(days, asked ?? (await counters.zoneOf(scope, generation)), now);
    requireAtMost(longestDays[interval], period, days, interval);
    const before = withPrevious ? periodBefore(period) : null;
    const trendsOf = async (of: Period): Promise<Trends> => {
      const stretches = stretchesOf(of, interval);
      const moments = [...stretches.map(({ from }) => from), of.until];
      const flows = await counters.flowsBetween(scope, generation, moments, MOVEMENTS);
      return {
        period: of,
        rows: stretches.map((stretch, index) => ({
          ...stretch,
          ...(flows[index] as (typeof flows)[number]),
        })),
      };
    };
    const [current, previous] = await Promise.all([trendsOf(period), before && trendsOf(before)]);
    return { asOf, interval, ...current, previous };
  },
);
