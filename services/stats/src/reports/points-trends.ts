/** How a tenant's points moved in the course of a period. */
import { longestDays, type Interval } from '@membership/contracts/endpoints/stats/index';
import { invalid } from '@membership/contracts/errors';
import { plusDays, startOfDay } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { Generation } from '../counting/models.ts';
import type { Numbers } from './numbers.ts';
import { periodOf, type Asked, type Period } from './period.ts';
import { daysIn, stretchesOf, type Stretch } from './stretches.ts';

const MOVEMENTS = ['earned', 'spent', 'expired', 'records'] as const;
export type TrendRow = Stretch & Readonly<Record<(typeof MOVEMENTS)[number], number>>;
type Trends = { readonly period: Period; readonly rows: readonly TrendRow[] };
export type PointsTrends = Trends & {
  readonly asOf: Generation['asOf'];
  readonly interval: Interval;
  readonly previous: Trends | null;
};

/** Refusals: VALIDATION_ERROR for an end before its start, and for more days than the interval takes. */
export async function pointsTrends(
  { counters, generations }: Numbers,
  scope: TenantScope,
  {
    zone: asked,
    interval,
    now,
    withPrevious,
    ...days
  }: Asked & { zone: string | undefined; interval: Interval; withPrevious: boolean; now: Date },
): Promise<PointsTrends> {
  const { _id: generation, asOf } = await generations.serving();
  const period = periodOf(days, asked ?? (await counters.zoneOf(scope, generation)), now);
  const longest = longestDays[interval];
  if (daysIn(period) > longest) {
    const text = { zh: `按 ${interval} 最多 ${longest} 天`, en: `At most ${longest} days by ${interval}` };
    throw invalid({ [days.date_from === undefined ? 'date_to' : 'date_from']: text });
  }
  const trendsOf = async (of: Period): Promise<Trends> => {
    const stretches = stretchesOf(of, interval);
    const moments = [...stretches.map(({ from }) => from), of.until];
    const flows = await counters.flowsBetween(scope, generation, moments, MOVEMENTS);
    return {
      period: of,
      rows: stretches.map((stretch, index) => ({ ...stretch, ...(flows[index] as (typeof flows)[number]) })),
    };
  };
  const [current, previous] = await Promise.all([
    trendsOf(period),
    withPrevious ? trendsOf(periodBefore(period)) : null,
  ]);
  return { asOf, interval, ...current, previous };
}

/** As many days, up to the day before. */
function periodBefore(period: Period): Period {
  const first = plusDays(period.first, -daysIn(period));
  return {
    zone: period.zone,
    first,
    last: plusDays(period.first, -1),
    from: startOfDay(period.zone, first),
    until: period.from,
  };
}
