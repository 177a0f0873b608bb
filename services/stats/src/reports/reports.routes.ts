/** The statistics that a tenant's administrator can ask for. */
import {
  getLevelChanges,
  getLevelDistribution,
  getMembersGrowth,
  getMemberStatistics,
  getPointsCategories,
  getPointsSummary,
  getPointsTrends,
  getStatsOverview,
} from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { levelChanges, levelDistribution } from './levels.ts';
import { levelChangesView, levelDistributionView } from './levels.views.ts';
import { memberStatistics } from './member-statistics.ts';
import { memberStatisticsView } from './member-statistics.views.ts';
import { membersGrowth } from './members-growth.ts';
import { membersGrowthView } from './members-growth.views.ts';
import type { Numbers } from './numbers.ts';
import { pointsCategories } from './points-categories.ts';
import { pointsSummary } from './points-summary.ts';
import { pointsTrends } from './points-trends.ts';
import { overviewView, pointsCategoriesView, pointsSummaryView, pointsTrendsView } from './reports.views.ts';
import { tenantOverview } from './tenant-overview.ts';

export const reportsRoutes = (numbers: Numbers): Implementation[] => [
  implement(getStatsOverview, async ({ scope, query, http }) =>
    overviewView(await tenantOverview(numbers, scope, { zone: query.tz, now: http.now })),
  ),
  implement(getPointsSummary, async ({ scope, query: { tz, compare, ...days }, http }) =>
    pointsSummaryView(
      await pointsSummary(numbers, scope, {
        ...days,
        zone: tz,
        withPrevious: compare === 'previous',
        now: http.now,
      }),
    ),
  ),
  implement(getPointsTrends, async ({ scope, query: { tz, compare, ...asked }, http }) =>
    pointsTrendsView(
      await pointsTrends(numbers, scope, {
        ...asked,
        zone: tz,
        withPrevious: compare === 'previous',
        now: http.now,
      }),
    ),
  ),
  implement(getPointsCategories, async ({ scope, query: { tz, compare, ...days }, http }) =>
    pointsCategoriesView(
      await pointsCategories(numbers, scope, {
        ...days,
        zone: tz,
        withPrevious: compare === 'previous',
        now: http.now,
      }),
    ),
  ),
  implement(getLevelDistribution, async ({ scope }) =>
    levelDistributionView(await levelDistribution(numbers, scope)),
  ),
  implement(getLevelChanges, async ({ scope, query: { tz, compare, ...days }, http }) =>
    levelChangesView(
      await levelChanges(numbers, scope, {
        ...days,
        zone: tz,
        withPrevious: compare === 'previous',
        now: http.now,
      }),
    ),
  ),
  implement(getMembersGrowth, async ({ scope, query: { tz, compare, ...asked }, http }) =>
    membersGrowthView(
      await membersGrowth(numbers, scope, {
        ...asked,
        zone: tz,
        withPrevious: compare === 'previous',
        now: http.now,
      }),
    ),
  ),
  implement(getMemberStatistics, async ({ scope, query, http }) =>
    memberStatisticsView(
      await memberStatistics(numbers, scope, {
        days: Number.parseInt(query.date_range, 10),
        withTrends: query.metrics.includes('activity'),
        withPrevious: query.compare === 'previous',
        now: http.now,
      }),
      query.metrics,
    ),
  ),
];
