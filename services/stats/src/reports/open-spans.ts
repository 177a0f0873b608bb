/** What a report of days, weeks or months as the tenant counts them begins with. */
import type { ActiveInterval } from '@membership/contracts/endpoints/stats/index';
import { invalid } from '@membership/contracts/errors';
import { dayOf, type Day } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { Serving } from '../projecting/generations.ts';
import { spansBefore, spansBetween, type Span, type SpanInterval } from '../retention/spans.ts';
import type { Numbers, Retention } from './numbers.ts';
import { periodOf, requireAtMost, type Asked } from './period.ts';

/** Retention, and what tells whose day it is. */
export type RetentionNumbers = Numbers & { readonly retention: Retention };
export type OpenedSpans = {
  readonly generation: number;
  readonly asOf: Serving['asOf'];
  readonly zone: string;
  readonly today: Day;
  /** Never empty; the last has today at most. */
  readonly spans: readonly Span[];
};
export type AskedSpans<Name extends ActiveInterval> = Asked & { readonly interval: Name; readonly now: Date };

/** How many there are unless a first day is given. */
const USUAL: Readonly<Record<SpanInterval, number>> = { day: 30, week: 12, month: 12, quarter: 8, year: 5 };

/** Refusals: VALIDATION_ERROR for an end before its start, a start that is yet to come, and for more than `longest` days. */
export async function openSpans<Name extends ActiveInterval>(
  { counters, generations, retention, moment }: RetentionNumbers,
  scope: TenantScope,
  { interval, now, date_from, date_to }: AskedSpans<Name>,
  longest: number,
): Promise<OpenedSpans> {
  const { _id: generation, asOf } = await retention.generations.serving(scope, moment);
  const { _id: zoned } = await generations.serving(scope);
  const zone = await counters.zoneOf(scope, zoned);
  const today = dayOf(zone, now);
  return {
    generation,
    asOf,
    zone,
    today,
    spans: spansOf({ interval, date_from, date_to }, zone, now, longest),
  };
}

/** Whole ones up to today's at most, never none. Refusals: as of `openSpans`. */
export function spansOf(
  { interval, ...asked }: Asked & { readonly interval: SpanInterval },
  zone: string,
  now: Date,
  longest: number,
): Span[] {
  const today = dayOf(zone, now);
  const last = asked.date_to !== undefined && asked.date_to < today ? asked.date_to : today;
  if (asked.date_from === undefined) {
    const present = spansBetween(interval, last, last);
    return [...spansBefore(interval, last, USUAL[interval] - 1), ...present];
  }
  // Refuses an end before its start.
  periodOf(asked, zone, now);
  if (asked.date_from > today) {
    const text = { zh: `不能晚于今天（${today}）`, en: `Must not be after today (${today})` };
    throw invalid({ date_from: text });
  }
  requireAtMost(longest, periodOf({ date_from: asked.date_from, date_to: last }, zone, now), asked, interval);
  return spansBetween(interval, asked.date_from, last);
}
