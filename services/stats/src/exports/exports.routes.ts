/** Reports and the audit trail as files. */
import {
  activeIntervals,
  bookIntervals,
  calendarDay,
  cohortIntervals,
  exportStatistics,
  intervals,
  MOST_PERIODS,
  reportFields,
  type Report,
} from '@membership/contracts/endpoints/stats/index';
import type { RequestOf } from '@membership/contracts/endpoint';
import { invalid } from '@membership/contracts/errors';
import { dayOf } from '@membership/platform/calendar';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { writeStream } from '@membership/platform/http/stream';
import type { TenantScope } from '@membership/platform/scope';
import { activeMembers } from '../reports/active-members.ts';
import type { BoardNumbers } from '../reports/leaderboards.ts';
import { levelChanges, levelDistribution } from '../reports/levels.ts';
import { levelChangesView, levelDistributionView } from '../reports/levels.views.ts';
import { membersGrowth } from '../reports/members-growth.ts';
import { membersGrowthView } from '../reports/members-growth.views.ts';
import { pointsCategories } from '../reports/points-categories.ts';
import { pointsSummary } from '../reports/points-summary.ts';
import { pointsTrends } from '../reports/points-trends.ts';
import {
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
import type { TrailRepository } from '../trail/trail-repository.ts';
import { filterOf } from '../trail/trail.routes.ts';
import { exportBoard } from './export-board.ts';
import { exportTrail } from './export-trail.ts';
import { linesOf, typeOf, type Table } from './lines.ts';
import * as tables from './report-tables.views.ts';

const CHURN_MONTHS = 36;
type Query = RequestOf<typeof exportStatistics>['query'];
type ShortReport = Exclude<Report, 'events' | 'leaderboards'>;

/** Refuses (VALIDATION_ERROR) what the report does not take. */
function requireFields({ report, format: _format, ...asked }: Query): void {
  const taken: readonly string[] = reportFields[report];
  const others = Object.keys(asked).filter(
    (field) => asked[field as keyof typeof asked] !== undefined && !taken.includes(field),
  );
  const text = { zh: `${report} 没有这个参数`, en: `${report} takes no such parameter` };
  if (others.length > 0) throw invalid(Object.fromEntries(others.map((field) => [field, text])));
}

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

type ShortNumbers = RetentionNumbers & LiabilityNumbers;

/** Each short report: asked as its own endpoint asks it, and as a table. */
const shortReports: Readonly<
  Record<ShortReport, (numbers: ShortNumbers, scope: TenantScope, query: Query, now: Date) => Promise<Table>>
> = {
  overview: async (numbers, scope, { tz: zone }, now) =>
    tables.figuresTable(overviewView(await tenantOverview(numbers, scope, { zone, now }))),
  points_summary: async (numbers, scope, query, now) => {
    const asked = { ...daysOf(query), withPrevious: false, now };
    return tables.figuresTable(pointsSummaryView(await pointsSummary(numbers, scope, asked)));
  },
  points_trends: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, intervals, 'day');
    const asked = { ...daysOf(query), interval, withPrevious: false, now };
    return tables.trendsTable(pointsTrendsView(await pointsTrends(numbers, scope, asked)));
  },
  points_categories: async (numbers, scope, query, now) => {
    const asked = { ...daysOf(query), withPrevious: false, now };
    return tables.categoriesTable(pointsCategoriesView(await pointsCategories(numbers, scope, asked)));
  },
  points_liability: async (numbers, scope, { tz: zone, ...query }, now) => {
    const interval = intervalOf(query, bookIntervals, 'month');
    return tables.liabilityTable(
      liabilityView(await pointsLiability(numbers, scope, { interval, zone, now })),
    );
  },
  points_breakage: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, bookIntervals, 'month');
    const asked = { ...daysOf(query), interval, withPrevious: false, now };
    return tables.breakageTable(breakageView(await pointsBreakage(numbers, scope, asked)));
  },
  vip_summary: async (numbers, scope, query, now) => {
    const asked = { ...daysOf(query), withPrevious: false, months: 1, now };
    return tables.tagsTable(vipSummaryView(await vipSummary(numbers, scope, asked)));
  },
  vip_churn: async (numbers, scope, query, now) => {
    const asked = { ...daysOf(query), withPrevious: false, months: CHURN_MONTHS, now };
    return tables.churnTable(vipSummaryView(await vipSummary(numbers, scope, asked)));
  },
  licenses_summary: async (numbers, scope, query, now) => {
    const asked = { ...daysOf(query), withPrevious: false, now };
    return tables.plansTable(licenseSummaryView(await licenseSummary(numbers, scope, asked)));
  },
  applications_summary: async (numbers, scope, query, now) => {
    const asked = { ...daysOf(query), withPrevious: false, now };
    return tables.applicationsTable(applicationSummaryView(await applicationSummary(numbers, scope, asked)));
  },
  levels_distribution: async (numbers, scope) =>
    tables.distributionTable(levelDistributionView(await levelDistribution(numbers, scope))),
  levels_changes: async (numbers, scope, query, now) => {
    const asked = { ...daysOf(query), withPrevious: false, now };
    return tables.changesTable(levelChangesView(await levelChanges(numbers, scope, asked)));
  },
  members_growth: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, intervals, 'day');
    const asked = { ...daysOf(query), interval, withPrevious: false, now };
    return tables.growthTable(membersGrowthView(await membersGrowth(numbers, scope, asked)));
  },
  members_active: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, activeIntervals, 'day');
    const asked = { ...daysOf(query), interval, withPrevious: false, now };
    return tables.activeTable(activeMembersView(await activeMembers(numbers, scope, asked)));
  },
  members_retention: async (numbers, scope, query, now) => {
    const interval = intervalOf(query, cohortIntervals, 'week');
    const asked = { ...daysOf(query), interval, periods: MOST_PERIODS, now };
    return tables.retentionTable(membersRetentionView(await membersRetention(numbers, scope, asked)));
  },
};

export const exportsRoutes = ({
  trail,
  ...numbers
}: BoardNumbers & ShortNumbers & { readonly trail: TrailRepository }): Implementation[] => [
  implement(exportStatistics, async ({ scope, query, http }) => {
    requireFields(query);
    const { report, format, cursor } = query;
    const { _id: generation } = await numbers.generations.serving(scope);
    const zone = query.tz ?? (await numbers.counters.zoneOf(scope, generation));
    const fileName = `statistics-${report}-${dayOf(zone, http.now)}.${format}`;
    const write = (table: Table) =>
      writeStream(http.raw.response, { contentType: typeOf[format], fileName }, linesOf(table, format));
    if (report === 'events') {
      const filter = await filterOf(numbers, scope, query);
      return write(tables.trailTable(await exportTrail(trail, scope, filter, cursor)));
    }
    if (report === 'leaderboards') {
      const { metric = 'earned', window, period } = query;
      return exportBoard(numbers, scope, { metric, window, period, cursor, now: http.now }, (pages) =>
        write(tables.boardTable(pages)),
      );
    }
    return write(await shortReports[report](numbers, scope, query, http.now));
  }),
];
