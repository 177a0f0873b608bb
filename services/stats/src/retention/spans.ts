/** The days, weeks, months, quarters and years of a calendar that is asked for whole ones. Pure. */
import type {
  ActiveInterval,
  BookInterval,
  CohortInterval,
} from '@membership/contracts/endpoints/stats/index';
import { plusDays, type Day } from '@membership/platform/calendar';
import { mondayOf, weekOf } from '../boards/boards.ts';

export type SpanInterval = ActiveInterval | BookInterval;
/**
 * One day (`2026-11-28`), week (`2026-W48`, from Monday), month (`2026-11`), quarter (`2026-Q4`) or year (`2026`) with its days;
 * names sort in the order of time.
 */
export type Span = { readonly period: string; readonly first: Day; readonly last: Day };

const noon = (day: Day): number => Date.parse(`${day}T12:00:00Z`);
/** From a quarter or year's first month on, so many months. */
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** The name of the one that a day is in. */
export function periodOf(interval: SpanInterval, day: Day): string {
  switch (interval) {
    case 'day':
      return day;
    case 'week':
      return weekOf(day);
    case 'month':
      return day.slice(0, 7);
    case 'quarter':
      return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
    case 'year':
      return day.slice(0, 4);
  }
}

function monthsFrom(day: Day, months: number): Pick<Span, 'first' | 'last'> {
  const at = new Date(noon(day));
  const month = at.getUTCMonth() - (at.getUTCMonth() % months);
  const dayAt = (...date: [number, number, number]): Day =>
    new Date(Date.UTC(...date, 12)).toISOString().slice(0, 10);
  return {
    first: dayAt(at.getUTCFullYear(), month, 1),
    last: dayAt(at.getUTCFullYear(), month + months, 0),
  };
}

/** The whole of the one that a day is in. */
export function spanOf(interval: SpanInterval, day: Day): Span {
  const period = periodOf(interval, day);
  switch (interval) {
    case 'day':
      return { period, first: day, last: day };
    case 'week':
      return { period, first: mondayOf(day), last: plusDays(mondayOf(day), 6) };
    case 'month':
    case 'quarter':
    case 'year':
      return { period, ...monthsFrom(day, MONTHS[interval]) };
  }
}

/** Every one that has a day of those from `first` to `last`, in order. */
export function spansBetween(interval: SpanInterval, first: Day, last: Day): Span[] {
  const spans: Span[] = [];
  for (let day = first; day <= last; ) {
    const span = spanOf(interval, day);
    spans.push(span);
    day = plusDays(span.last, 1);
  }
  return spans;
}

/** So many up to the one just before that of a day, in order. */
export function spansBefore(interval: SpanInterval, day: Day, count: number): Span[] {
  const spans: Span[] = [];
  let { first } = spanOf(interval, day);
  while (spans.length < count) {
    const span = spanOf(interval, plusDays(first, -1));
    spans.unshift(span);
    first = span.first;
  }
  return spans;
}

const monthsOf = (day: Day): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
/** How many weeks or months after that of one day another day is; below 0 where it is before. */
export const spansFrom = (interval: CohortInterval, from: Day, to: Day): number =>
  interval === 'week'
    ? Math.round((noon(mondayOf(to)) - noon(mondayOf(from))) / (7 * 86_400_000))
    : monthsOf(to) - monthsOf(from);
