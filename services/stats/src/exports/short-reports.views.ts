/** The short reports: each asked as its own endpoint asks it, and as a table. */
import {
  activeIntervals,
  bookIntervals,
  calendarDay,
  cohortIntervals,
  intervals,
  metricNames,
  MOST_PERIODS,
  type exportStatistics,
  type Report,
} from '@membership/contracts/endpoints/stats/index';
import type { RequestOf } from '@membership/contracts/endpoint';
import { invalid } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import { activeMembers } from '../reports/active-members.ts';
import { keptPeriods, type BoardNumbers } from '../reports/leaderboards.ts';
import { keptPeriodView } from '../reports/leaderboards.views.ts';
import { levelChanges, levelDistribution } from '../reports/levels.ts';
import { levelChangesView, levelDistributionView } from '../reports/levels.views.ts';
import { memberStatistics } from '../reports/member-statistics.ts';
import { memberStatisticsView } from '../reports/member-statistics.views.ts';
import { membersGrowth } from '../reports/members-growth.ts';
import { membersGrowthView } from '../reports/members-growth.views.ts';
import { pointsCategories } from '../reports/points-categories.ts';
import { pointsSummary } from '../reports/points-summary.ts';
import { pointsTrends } from '../reports/points-trends.ts';
import {
  instantOf,
  overviewView,
  pointsCategoriesView,
  pointsSummaryView,
  pointsTrendsView,
} from '../reports/reports.views.ts';
import { membersRetention } from '../reports/members-retention.ts';
import { breakageView, liabilityView } from '../reports/liability.views.ts';
import type { RetentionNumbers } from '../reports/open-spans.ts';
import { pointsBreakage } from '../reports/points-breakage.ts';
import { pointsLiability, type LiabilityNumbers } from '../reports/points-liability.ts';
import { activeMembersView, membersRetentionView } from '../reports/retention.views.ts';
import { applicationSummary, licenseSummary, vipSummary } from '../reports/summaries.ts';
import { applicationSummaryView, licenseSummaryView, vipSummaryView } from '../reports/summaries.views.ts';
import { tenantOverview } from '../reports/tenant-overview.ts';
import type { Table } from './lines.ts';
import * as tables from './report-tables.views.ts';

/** A file has this many months of churn unless asked otherwise. */
const CHURN_MONTHS = 36;
/** More windows than a board ever keeps: days for 100 days, weeks for two years, months for good. */
const ALL_WINDOWS = { page: 1, size: 10_000 } as const;
export type Query = RequestOf<typeof exportStatistics>['query'];
type ShortReport = Exclude<Report, 'events' | 'leaderboards' | 'audit_anchors'>;

/** The days of a report, which are no moments. Refuses (VALIDATION_ERROR) what is none. */
function daysOf(query: Query) {
  const dayIn = (field: 'date_from' | 'date_to') => {
    const value = query[field];
    if (value === undefined) return {};
    const day = calendarDay.safeParse(value);
    if (day.success) return { [field]: day.data };
    throw invalid({
      [field]: {
        zh: '应为日期（YYYY-MM-DD，不早于 1970-01-01）',
        en: 'Must be a date: YYYY-MM-DD, from 1970-01-01 on',
      },
    });
  };
  return { ...dayIn('date_from'), ...dayIn('date_to'), zone: query.tz };
}

/** Refuses (VALIDATION_ERROR) one that the report does not come by. */
function intervalOf<Name extends NonNullable<Query['interval']>>(
  { report, interval }: Query,
  names: readonly Name[],
  usual: Name,
): Name {
  if (interval === undefined) return usual;
  const found = names.find((name) => name === interval);
  if (found) return found;
  const text = {
    zh: `${report} 可选：${names.join('、')}`,
    en: `Of ${report} it must be one of ${names.join(', ')}`,
  };
  throw invalid({ interval: text });
}

/** How many weeks or months a cohort is followed for. Refuses (VALIDATION_ERROR) more than its endpoint does. */
function cohortPeriods({ periods = MOST_PERIODS }: Query): number {
  if (periods <= MOST_PERIODS) return periods;
  const text = { zh: `不能大于 ${MOST_PERIODS}`, en: `Must be at most ${MOST_PERIODS}` };
  throw invalid({ periods: text });
}

/** Days, the zone, and whether the period before is wanted, too. */
const periodOf = (query: Query, now: Date) => ({
  ...daysOf(query),
  withPrevious: query.compare === 'previous',
  now,
});

export type ShortNumbers = RetentionNumbers & LiabilityNumbers & BoardNumbers;

export const shortReports: Readonly<
  Record<ShortReport, (numbers: ShortNumbers, scope: TenantScope, query: Query, now: Date) => Promise<Table>>
> = {
  overview: async (numbers, scope, { tz: zone }, now) =>
    tables.overviewTable(overviewView(await tenantOverview(numbers, scope, { zone, now }))),
  points_summary: async (numbers, scope, query, now) => {
    const asked = periodOf(query, now);
    return tables.pointsSummaryTable(pointsSummaryView(await pointsSummary(numbers, scope, asked)));
  },
  points_trends: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, intervals, 'day');
    const asked = { ...periodOf(query, now), interval };
    return tables.trendsTable(pointsTrendsView(await pointsTrends(numbers, scope, asked)));
  },
  points_categories: async (numbers, scope, query, now) => {
    const asked = periodOf(query, now);
    return tables.categoriesTable(pointsCategoriesView(await pointsCategories(numbers, scope, asked)));
  },
  points_liability: async (numbers, scope, { tz: zone, ...query }, now) => {
    const interval = intervalOf(query, bookIntervals, 'month');
    return tables.liabilityTable(
      liabilityView(await pointsLiability(numbers, scope, { interval, periods: query.periods, zone, now })),
    );
  },
  points_breakage: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, bookIntervals, 'month');
    const asked = { ...periodOf(query, now), interval };
    return tables.breakageTable(breakageView(await pointsBreakage(numbers, scope, asked)));
  },
  vip_summary: async (numbers, scope, query, now) => {
    const asked = { ...periodOf(query, now), months: 1 };
    return tables.tagsTable(vipSummaryView(await vipSummary(numbers, scope, asked)));
  },
  vip_churn: async (numbers, scope, query, now) => {
    const asked = { ...periodOf(query, now), months: query.months ?? CHURN_MONTHS };
    return tables.churnTable(vipSummaryView(await vipSummary(numbers, scope, asked)));
  },
  vip_purchases: async (numbers, scope, query, now) => {
    const asked = { ...periodOf(query, now), months: 1 };
    return tables.purchasesTable(vipSummaryView(await vipSummary(numbers, scope, asked)));
  },
  licenses_summary: async (numbers, scope, query, now) => {
    const asked = periodOf(query, now);
    return tables.plansTable(licenseSummaryView(await licenseSummary(numbers, scope, asked)));
  },
  applications_summary: async (numbers, scope, query, now) => {
    const asked = periodOf(query, now);
    return tables.applicationsTable(applicationSummaryView(await applicationSummary(numbers, scope, asked)));
  },
  levels_distribution: async (numbers, scope) =>
    tables.distributionTable(levelDistributionView(await levelDistribution(numbers, scope))),
  levels_changes: async (numbers, scope, query, now) => {
    const asked = periodOf(query, now);
    return tables.changesTable(levelChangesView(await levelChanges(numbers, scope, asked)));
  },
  members_growth: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, intervals, 'day');
    const asked = { ...periodOf(query, now), interval };
    return tables.growthTable(membersGrowthView(await membersGrowth(numbers, scope, asked)));
  },
  members_active: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, activeIntervals, 'day');
    const asked = { ...periodOf(query, now), interval };
    return tables.activeTable(activeMembersView(await activeMembers(numbers, scope, asked)));
  },
  members_retention: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, cohortIntervals, 'week');
    const asked = { ...periodOf(query, now), interval, periods: cohortPeriods(query) };
    return tables.retentionTable(membersRetentionView(await membersRetention(numbers, scope, asked)));
  },
  member_statistics: async (numbers, scope, { date_range, metrics = metricNames, compare }, now) => {
    const asked = {
      days: Number.parseInt(date_range ?? '30d', 10),
      withTrends: metrics.includes('activity'),
      withPrevious: compare === 'previous',
      now,
    };
    return tables.memberStatisticsTable(
      memberStatisticsView(await memberStatistics(numbers, scope, asked), metrics),
    );
  },
  leaderboard_periods: async (numbers, scope, { metric = 'earned', window }, now) => {
    const { items, asOf } = await keptPeriods(numbers, scope, { metric, window, ...ALL_WINDOWS, now });
    return tables.periodsTable(instantOf(asOf), items.map(keptPeriodView));
  },
};
