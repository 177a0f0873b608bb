/** What points members have, by when they end. */
import { MOST_STRETCHES, type BookInterval } from '@membership/contracts/endpoints/stats/index';
import { dayOf, startOfDay, plusDays } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { Serving } from '../projecting/generations.ts';
import { spanOf, type Span } from '../retention/spans.ts';
import type { Ending, Liability } from '../liability/liability-repository.ts';
import { ofOneMoment, type LiabilityBooks, type Numbers } from './numbers.ts';

/** Liability, and what tells whose day it is. */
export type LiabilityNumbers = Numbers & { readonly liability: LiabilityBooks };
export type ExpiringRow = Span & { readonly points: number };
export type PointsLiability = {
  readonly asOf: Serving['asOf'];
  readonly zone: string;
  readonly interval: BookInterval;
  readonly pointsPerUnit: number;
  readonly outstanding: number;
  /** Their end is before the first row. */
  readonly overdue: number;
  readonly rows: readonly ExpiringRow[];
  readonly later: number;
  readonly never: number;
  /** Of profiles whose lots were not told yet. */
  readonly undated: number;
};
export type AskedLiability = {
  readonly interval: BookInterval;
  readonly periods?: number | undefined;
  readonly zone: string | undefined;
  readonly now: Date;
};

/** What a report of liability begins with. How far the log is counted is read first: the numbers are at least as new as that. */
export async function openBooks(
  { counters, generations, liability, moment }: LiabilityNumbers,
  scope: TenantScope,
  asked: string | undefined,
): Promise<{ readonly asOf: Serving['asOf']; readonly zone: string; readonly found: Liability }> {
  const { _id: generation, asOf } = await liability.generations.serving(scope, moment);
  const zone = asked ?? (await counters.zoneOf(scope, (await generations.serving(scope))._id));
  return { asOf, zone, found: await liability.books.find(scope, generation, moment) };
}

export const pointsLiability = ofOneMoment(
  async (
    numbers: LiabilityNumbers,
    scope: TenantScope,
    { zone: asked, ...by }: AskedLiability,
  ): Promise<PointsLiability> => {
    const { asOf, zone, found } = await openBooks(numbers, scope, asked);
    const { outstanding, pointsPerUnit, endings } = found;
    const dated = endings.reduce((sum, { points }) => sum + points, 0);
    return {
      ...{ asOf, zone, interval: by.interval, pointsPerUnit, outstanding },
      ...byEnd(endings, zone, by),
      undated: outstanding - dated,
    };
  },
);

/** Points by the month, quarter or year in which they end, from the present one on. */
export function byEnd(
  endings: readonly Ending[],
  zone: string,
  { interval, periods, now }: Omit<AskedLiability, 'zone'>,
): Pick<PointsLiability, 'overdue' | 'rows' | 'later' | 'never'> {
  const ends = endings.flatMap(({ at, points }) => (at && points !== 0 ? [{ at, points }] : []));
  const last = new Date(Math.max(now.getTime(), ...ends.map(({ at }) => at.getTime())));
  const rows: (Span & { points: number })[] = [];
  for (let day = dayOf(zone, now); rows.length < (periods ?? MOST_STRETCHES); ) {
    const span = spanOf(interval, day);
    rows.push({ ...span, points: 0 });
    day = plusDays(span.last, 1);
    if (periods === undefined && startOfDay(zone, day) > last) break;
  }
  const byPeriod = new Map(rows.map((row) => [row.period, row]));
  const first = startOfDay(zone, (rows[0] as Span).first);
  let [overdue, later] = [0, 0];
  for (const { at, points } of ends) {
    const row = at < first ? undefined : byPeriod.get(spanOf(interval, dayOf(zone, at)).period);
    if (row) row.points += points;
    else if (at < first) overdue += points;
    else later += points;
  }
  const never = endings.reduce((sum, { at, points }) => sum + (at ? 0 : points), 0);
  return { overdue, rows, later, never };
}
