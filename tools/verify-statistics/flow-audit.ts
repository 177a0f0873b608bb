/**
 * Holds what was counted by quarter hour against what the services have written down themselves. An event is told a moment
 * after what it tells was decided, so that what was written close to the end of a quarter hour may be counted on either side:
 * what is compared is how much there was in all up to the end of each quarter hour, give or take those few. Pure.
 */

export const QUARTER_MS = 15 * 60_000;
/** So far apart the time of a record and that of its event may be. */
export const APART_MS = 5_000;

/** What was written down in a part of a quarter hour: close to its beginning, close to its end, or well within. */
export type WrittenDown = {
  readonly quarter: number;
  readonly part: 'early' | 'within' | 'late';
  /** What counted up, and what counted down: reversals lower what they undo. */
  readonly up: number;
  readonly down: number;
};
export type Counted = { readonly quarter: number; readonly amount: number };

/** The number of the quarter hour that a time is in. */
export const quarterOf = (at: Date): number => Math.floor(at.getTime() / QUARTER_MS);
export const endOf = (quarter: number): Date => new Date((quarter + 1) * QUARTER_MS);
/** The part of its quarter hour that a time is in. */
export function partOf(at: Date): WrittenDown['part'] {
  const within = at.getTime() % QUARTER_MS;
  if (within < APART_MS) return 'early';
  return within >= QUARTER_MS - APART_MS ? 'late' : 'within';
}

export type Gap = {
  /** End of the first quarter hour up to which the two differ. */
  readonly until: Date;
  readonly counted: number;
  readonly least: number;
  readonly most: number;
};

/** Where the two part first; null where they agree everywhere. */
export function firstGap(written: readonly WrittenDown[], counted: readonly Counted[]): Gap | null {
  const told = [...written, ...counted].map(({ quarter }) => quarter);
  // By the end of the next one, what was written late must be counted.
  const late = written.flatMap(({ quarter, part }) => (part === 'late' ? [quarter + 1] : []));
  const quarters = [...new Set([...told, ...late])].sort((left, right) => left - right);
  const byQuarter = Map.groupBy(written, ({ quarter }) => quarter);
  const amounts = new Map<number, number>();
  for (const { quarter, amount } of counted) amounts.set(quarter, (amounts.get(quarter) ?? 0) + amount);
  /** What was written down in one part of a quarter hour. */
  const of = (quarter: number, part?: WrittenDown['part']) =>
    (byQuarter.get(quarter) ?? [])
      .filter((one) => part === undefined || one.part === part)
      .reduce((sum, { up, down }) => ({ up: sum.up + up, down: sum.down + down }), { up: 0, down: 0 });
  let [sure, soFar] = [0, 0];
  for (const quarter of quarters) {
    const all = of(quarter);
    sure += all.up - all.down;
    soFar += amounts.get(quarter) ?? 0;
    const [atEnd, after] = [of(quarter, 'late'), of(quarter + 1, 'early')];
    const least = sure - atEnd.up - after.down;
    const most = sure + atEnd.down + after.up;
    if (soFar < least || soFar > most) return { until: endOf(quarter), counted: soFar, least, most };
  }
  return null;
}
