/** How the member system's statistics look to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type { getMemberStatistics, StatisticsMetric } from '@membership/contracts/endpoints/stats/index';
import { averageOf, percentageOf } from './proportions.ts';
import type { LevelShare } from './level-shares.ts';
import type { MemberStatistics, Trend } from './member-statistics.ts';
import { daysView } from './reports.views.ts';

const trendsView = (trends: readonly Trend[] | null) =>
  trends
    ? {
        trends: {
          member_growth: trends.map(({ day, membersJoined, memberLevelUpgrades }) => ({
            date: day,
            new_members: membersJoined,
            upgraded_members: memberLevelUpgrades,
          })),
          points_activity: trends.map(({ day, earned, spent }) => ({
            date: day,
            points_earned: earned,
            points_used: spent,
          })),
        },
      }
    : {};

/** The metrics that were asked for; the others are left out. */
export function memberStatisticsView(
  { asOf, period, totals, activeMembers, joinedThisMonth, levels, trends, previous }: MemberStatistics,
  metrics: readonly StatisticsMetric[],
): ItemOf<typeof getMemberStatistics> {
  const { flows = {}, standings = {} } = totals ?? {};
  const members = levels.reduce((sum, level) => sum + level.members, 0);
  const shareView = (level: LevelShare) => ({
    level_name: level.name,
    ...(metrics.includes('count')
      ? { count: level.members, percentage: percentageOf(level.members, members) }
      : {}),
    ...(metrics.includes('revenue') ? { avg_spent: averageOf(level.spent, level.members) / 100 } : {}),
    ...(metrics.includes('activity') ? { avg_points: averageOf(level.points, level.members) } : {}),
  });
  return {
    as_of: asOf?.toISOString() ?? null,
    tz: period.zone,
    ...daysView(period),
    overview: {
      total_members: standings.members ?? 0,
      active_members: activeMembers,
      new_members_this_month: joinedThisMonth,
      total_points_issued: flows.earned ?? 0,
      total_points_redeemed: flows.spent ?? 0,
    },
    level_distribution: levels.map(shareView),
    ...trendsView(trends),
    ...(previous ? { previous: { ...daysView(previous.period), ...trendsView(previous.trends) } } : {}),
  };
}
