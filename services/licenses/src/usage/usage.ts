/** Usage: intervals in which a device used an assignment. */
import { earlierOf } from '../term.ts';

export type UsageInterval = {
  _id: number;
  tenantId: number;
  assignmentId: number;
  deviceId: string;
  startedAt: Date;
  endedAt: Date;
};

const HOUR = 3_600_000;
const SECOND = 1_000;
const RECENT_DAYS = 7;
const oneDecimal = (value: number): number => Math.round(value * 10) / 10;

export const recentSince = (now: Date): Date => new Date(now.getTime() - RECENT_DAYS * 24 * HOUR);
export const hoursOf = ({ startedAt, endedAt }: Pick<UsageInterval, 'startedAt' | 'endedAt'>): number =>
  (endedAt.getTime() - startedAt.getTime()) / HOUR;

/** Hours in all (counted in the assignment), of the last seven days, and their daily average. */
export function usageStats(usedSeconds: number, recentSeconds: number) {
  const last = recentSeconds / 3_600;
  return {
    total_usage_hours: oneDecimal(usedSeconds / 3_600),
    last_7_days_usage: oneDecimal(last),
    avg_daily_usage: oneDecimal(last / RECENT_DAYS),
  };
}

export type Span = { readonly startedAt: Date; readonly endedAt: Date };
/** Usage is kept in whole seconds. */
export const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / SECOND) * SECOND);

/** What a report may join: the span a second wider on both sides, since so much is lost where seconds are cut. */
export const reachOf = ({ startedAt, endedAt }: Span): Span => ({
  startedAt: new Date(wholeSecond(startedAt).getTime() - SECOND),
  endedAt: new Date(endedAt.getTime() + SECOND),
});

/** A span as far as the intervals that lie a second before or after it. An empty one reaches nothing. */
export function bridged(span: Span, touched: readonly Span[]): Span {
  if (span.endedAt <= span.startedAt) return span;
  const before = touched.filter(({ endedAt }) => endedAt < span.startedAt);
  const after = touched.filter(({ startedAt }) => startedAt > span.endedAt);
  return {
    startedAt: before.reduce((start, { endedAt }) => earlierOf(start, endedAt), span.startedAt),
    endedAt: after.reduce((end, { startedAt }) => (startedAt > end ? startedAt : end), span.endedAt),
  };
}

export type Joined = {
  /** What was reported, joined with every interval that it overlaps or touches. */
  readonly span: Span;
  /** The parts that were not known before, in order. */
  readonly added: readonly Span[];
};

export const secondsOf = ({ startedAt, endedAt }: Span): number =>
  Math.round((endedAt.getTime() - startedAt.getTime()) / 1_000);

/** Joins a reported span with the intervals of its device that it touches; these may be in any order, and lie apart. */
export function joinSpans(reported: Span, touched: readonly Span[]): Joined {
  const sorted = [...touched].sort((left, right) => left.startedAt.getTime() - right.startedAt.getTime());
  const added: Span[] = [];
  let from = reported.startedAt;
  let end = reported.endedAt;
  for (const known of sorted) {
    if (known.startedAt > from) added.push({ startedAt: from, endedAt: known.startedAt });
    if (known.endedAt > from) from = known.endedAt;
    if (known.endedAt > end) end = known.endedAt;
  }
  if (reported.endedAt > from) added.push({ startedAt: from, endedAt: reported.endedAt });
  const first = sorted[0]?.startedAt;
  return {
    span: { startedAt: first && first < reported.startedAt ? first : reported.startedAt, endedAt: end },
    added: added.filter((span) => secondsOf(span) > 0),
  };
}
