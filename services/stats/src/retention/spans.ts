/** The days, weeks and months that members join and are active in. Pure. */
import type { ActiveInterval, CohortInterval } from '@membership/contracts/endpoints/stats/index';
import { plusDays, type Day } from '@membership/platform/calendar';
import { mondayOf, weekOf } from '../boards/boards.ts';

/** One day (`2026-11-28`), week (`2026-W48`, from Monday) or month (`2026-11`) with its days; names sort in the order of time. */
export type Span = { readonly period: string; readonly first: Day; readonly last: Day };

/** The name of the one that a day is in. */
export function periodOf(interval: ActiveInterval, day: Day): string {
  switch (interval) {
    case 'day':
      return day;
    case 'week':
      return weekOf(day);
    case 'month':
      return day.slice(0, 7);
  }
}

/** The whole of the one that a day is in. */
export function spanOf(interval: ActiveInterval, day: Day): Span {
  const period = periodOf(interval, day);
  switch (interval) {
    case 'day':
      return { period, first: day, last: day };
    case 'week':
      return { period, first: mondayOf(day), last: plusDays(mondayOf(day), 6) };
    case 'month': {
      const first = `${period}-01`;
      return { period, first, last: plusDays(`${plusDays(first, 31).slice(0, 7)}-01`, -1) };
    }
  }
}

/** Every one that has a day of those from `first` to `last`, in order. */
export function spansBetween(interval: ActiveInterval, first: Day, last: Day): Span[] {
  const spans: Span[] = [];
  for (let day = first; day <= last; ) {
    const span = spanOf(interval, day);
    spans.push(span);
    day = plusDays(span.last, 1);
  }
  return spans;
}

/** So many up to the one just before that of a day, in order. */
export function spansBefore(interval: ActiveInterval, day: Day, count: number): Span[] {
  const spans: Span[] = [];
  let { first } = spanOf(interval, day);
  while (spans.length < count) {
    const span = spanOf(interval, plusDays(first, -1));
    spans.unshift(span);
    first = span.first;
  }
  return spans;
}

const noon = (day: Day): number => Date.parse(`${day}T12:00:00Z`);
const monthsOf = (day: Day): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
/** How many weeks or months after that of one day another day is; below 0 where it is before. */
export const spansFrom = (interval: CohortInterval, from: Day, to: Day): number =>
  interval === 'week'
    ? Math.round((noon(mondayOf(to)) - noon(mondayOf(from))) / (7 * 86_400_000))
    : monthsOf(to) - monthsOf(from);
