/** Which boards a score counts on: by metric and window, in the days of the tenant. Pure. */
import { plusDays, type Day } from '@membership/platform/calendar';

const metrics = ['earned', 'balance', 'spent', 'activations'] as const;
export type Metric = (typeof metrics)[number];
/** What adds up in the course of a window. A balance is how things are: it has the window `all` alone. */
export type SummedMetric = Exclude<Metric, 'balance'>;
const windows = ['day', 'week', 'month', 'all'] as const;
export type Window = (typeof windows)[number];

/** The window unless one is named. */
export const usualWindow = (metric: Metric): Window => (metric === 'balance' ? 'all' : 'week');

/** One window of time: `2026-11-28`, `2026-W48`, `2026-11`, or `all`. */
export type BoardPeriod = { readonly window: Window; readonly period: string };
export type Board = BoardPeriod & { readonly metric: Metric };

/** A name that boards of a metric sort by: windows of one kind in the order of time. */
export const boardName = ({ metric, window, period }: Board): string => `${metric}:${window}:${period}`;
/** The board of a name; null for what is no name of one. */
export function boardFrom(name: string): Board | null {
  const [metric, window, period = '', ...others] = name.split(':');
  const board = {
    metric: metrics.find((one) => one === metric),
    window: windows.find((one) => one === window),
    period,
  };
  if (!board.metric || !board.window || others.length > 0) return null;
  const found = board as Board;
  const isPeriod = found.window === 'all' ? period === 'all' : daysOf(found) !== null;
  return isPeriod && (found.metric !== 'balance' || found.window === 'all') ? found : null;
}

/** How long the boards of a window are kept once it is over. Months and `all` stay. */
const KEPT_DAYS: Readonly<Partial<Record<Window, number>>> = { day: 100, week: 731 };

const DAY = 86_400_000;
const noon = (day: Day): number => Date.parse(`${day}T12:00:00Z`);
/** Monday of a day's week. */
export const mondayOf = (day: Day): Day => plusDays(day, -((new Date(noon(day)).getUTCDay() + 6) % 7));

/** ISO 8601: a week belongs to the year that its Thursday is in. */
export function weekOf(day: Day): string {
  const monday = mondayOf(day);
  const thursday = plusDays(monday, 3);
  const newYear = Date.parse(`${thursday.slice(0, 4)}-01-01T12:00:00Z`);
  const number = Math.floor((noon(thursday) - newYear) / (7 * DAY)) + 1;
  return `${thursday.slice(0, 4)}-W${String(number).padStart(2, '0')}`;
}

/** The windows that a day is in. */
export const periodsOf = (day: Day): readonly BoardPeriod[] => [
  { window: 'day', period: day },
  { window: 'week', period: weekOf(day) },
  { window: 'month', period: day.slice(0, 7) },
  { window: 'all', period: 'all' },
];

type Days = { readonly first: Day; readonly after: Day };
/** What begins from here on may end after the last moment that can be told. */
const TOO_LATE: Day = '9999-12-01';
/** The first day of a window, and the first one after it; null for `all`, and for what is no such window. */
export function daysOf(period: BoardPeriod): Days | null {
  const days = daysNamed(period);
  return days && days.first < TOO_LATE ? days : null;
}

function daysNamed({ window, period }: BoardPeriod): Days | null {
  switch (window) {
    case 'day':
      return isDay(period) ? { first: period, after: plusDays(period, 1) } : null;
    case 'week': {
      const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(period) ?? [];
      if (!year || Number(year) < 1970) return null;
      // The week that has 4 January is the first.
      const first = plusDays(mondayOf(`${year}-01-04`), (Number(week) - 1) * 7);
      return weekOf(first) === period ? { first, after: plusDays(first, 7) } : null;
    }
    case 'month': {
      const first = `${period}-01`;
      if (!isDay(first)) return null;
      return { first, after: `${plusDays(first, 31).slice(0, 7)}-01` };
    }
    case 'all':
      return null;
  }
}
const isDay = (text: string): boolean =>
  /^(?:19[7-9]\d|[2-9]\d{3})-\d\d-\d\d$/.test(text) &&
  new Date(noon(text) || 0).toISOString().startsWith(text);

/** When the board of a window is forgotten; null: never. Whole days later, so the zone makes no difference. */
export function forgottenAt(board: BoardPeriod): Date | null {
  const [kept, days] = [KEPT_DAYS[board.window], daysOf(board)];
  return kept === undefined || !days ? null : new Date(noon(plusDays(days.after, kept)));
}
