/** Usage: intervals in which a device used an assignment. */
export type UsageInterval = {
  _id: number;
  tenantId: number;
  assignmentId: number;
  deviceId: string;
  startedAt: Date;
  endedAt: Date;
};

const HOUR = 3_600_000;
export const RECENT_DAYS = 7;
const oneDecimal = (value: number): number => Math.round(value * 10) / 10;

export const recentSince = (now: Date): Date => new Date(now.getTime() - RECENT_DAYS * 24 * HOUR);
export const hoursOf = ({ startedAt, endedAt }: Pick<UsageInterval, 'startedAt' | 'endedAt'>): number =>
  (endedAt.getTime() - startedAt.getTime()) / HOUR;

/** Hours in all (counted in the assignment), of the last seven days, and their daily average. Only the part inside the seven days counts. */
export function usageStats(usedSeconds: number, recent: readonly UsageInterval[], now: Date) {
  const since = recentSince(now);
  const last = recent.reduce(
    (sum, one) =>
      sum +
      Math.max(
        0,
        hoursOf({
          startedAt: one.startedAt > since ? one.startedAt : since,
          endedAt: one.endedAt < now ? one.endedAt : now,
        }),
      ),
    0,
  );
  return {
    total_usage_hours: oneDecimal(usedSeconds / 3_600),
    last_7_days_usage: oneDecimal(last),
    avg_daily_usage: oneDecimal(last / RECENT_DAYS),
  };
}

export type Span = { readonly startedAt: Date; readonly endedAt: Date };
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
