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
