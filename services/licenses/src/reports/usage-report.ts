/** The rows of the usage report, out of what was added up by plan, member and day. */
import type { Day } from '@membership/platform/calendar';
import { daysOf, type Period } from './period.ts';
import { ALL_DAYS, type Amounts } from '../domain/tally.ts';

export type UsageGroup = 'product' | 'plan' | 'user' | 'date';
/** Sums of lines: of the period, of the days after it, and of all days. */
export type Sums = {
  readonly id: number | Day;
  readonly part: 'within' | 'after' | typeof ALL_DAYS;
} & Amounts;
export type UsageRow = {
  readonly key: number | Day;
  readonly assignments: number;
  readonly activations: number;
  readonly active_devices: number;
  readonly usage_hours: number;
};
export type Totals = Omit<UsageRow, 'key'>;

const hours = (seconds: number): number => Math.round(seconds / 36) / 100;

/** One row an id. What is bound at the end of the period is what is bound now, less what was bound (and unbound) since. */
export function rowsById(sums: readonly Sums[]): UsageRow[] {
  return [...Map.groupBy(sums, ({ id }) => id)].map(([key, own]) => {
    const part = (name: Sums['part']) => own.find((one) => one.part === name);
    const within = part('within');
    return {
      key,
      assignments: within?.assigned ?? 0,
      activations: within?.activated ?? 0,
      active_devices: (part(ALL_DAYS)?.bound ?? 0) - (part('after')?.bound ?? 0),
      usage_hours: hours(within?.usedSeconds ?? 0),
    };
  });
}

/** The most used first. A row that says nothing is left out. */
export const ranked = (rows: readonly UsageRow[]): UsageRow[] =>
  rows
    .filter((row) => row.assignments + row.activations + row.active_devices + row.usage_hours > 0)
    .sort(
      (left, right) =>
        right.usage_hours - left.usage_hours ||
        right.assignments - left.assignments ||
        Number(left.key) - Number(right.key),
    );

/** A row for every day of the period, from the sums of each day since its start; `bound` is what is bound now. */
export function rowsByDay(
  sums: readonly (Amounts & { readonly day: Day })[],
  period: Period,
  bound: number,
): UsageRow[] {
  const byDay = new Map(sums.map((one) => [one.day, one]));
  let atEnd = bound;
  for (const one of sums) if (one.day > period.to) atEnd -= one.bound;
  const rows: UsageRow[] = [];
  for (const day of daysOf(period).reverse()) {
    const one = byDay.get(day);
    rows.push({
      key: day,
      assignments: one?.assigned ?? 0,
      activations: one?.activated ?? 0,
      active_devices: atEnd,
      usage_hours: hours(one?.usedSeconds ?? 0),
    });
    atEnd -= one?.bound ?? 0;
  }
  return rows.reverse();
}

export const NO_TOTALS: Totals = { assignments: 0, activations: 0, active_devices: 0, usage_hours: 0 };
/** Of everything, whichever rows are shown. */
export const totalsOf = (sums: readonly Omit<Sums, 'id'>[]): Totals => {
  const { key: _key, ...totals } = rowsById(sums.map((one) => ({ ...one, id: 0 })))[0] ?? {
    key: 0,
    ...NO_TOTALS,
  };
  return totals;
};
