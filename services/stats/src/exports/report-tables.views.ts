/** Reports as tables: the rows that their own endpoints answer, with `as_of` in each, and those of the period before. Pure. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type {
  eventEntry,
  getActiveMembers,
  getApplicationStatistics,
  getLevelChanges,
  getLevelDistribution,
  getLicenseStatistics,
  getMembersGrowth,
  getMembersRetention,
  getMemberStatistics,
  getPointsBreakage,
  getPointsCategories,
  getPointsLiability,
  getPointsSummary,
  getPointsTrends,
  getStatsOverview,
  getVipStatistics,
  listAuditAnchors,
  listLeaderboardPeriods,
} from '@membership/contracts/endpoints/stats/index';
import type { z } from 'zod';
import { rankedView } from '../reports/leaderboards.views.ts';
import { entryView } from '../trail/trail.views.ts';
import type { ExportedEntry } from './export-trail.ts';
import type { ExportedPlace } from './export-board.ts';
import type { ExportRow, Table } from './lines.ts';
import { compared, figureRows, flat, shortTable, table, under } from './tables.ts';

const FIGURES = ['figure', 'value'] as const;
const STRETCH = ['starts_at', 'ends_at', 'date'] as const;
const MOVED = ['earned', 'spent', 'expired', 'net', 'records'] as const;

export const overviewTable = (overview: ItemOf<typeof getStatsOverview>): Table =>
  table({ columns: FIGURES, rows: figureRows(overview) });

export const pointsSummaryTable = ({ previous, ...summary }: ItemOf<typeof getPointsSummary>): Table =>
  table(
    compared({
      columns: FIGURES,
      rows: figureRows(summary),
      before: previous && figureRows(previous),
      keys: ['figure'],
    }),
  );

export const trendsTable = ({ trends, previous, as_of: asOf }: ItemOf<typeof getPointsTrends>): Table =>
  shortTable(asOf, { columns: [...STRETCH, ...MOVED], rows: trends, before: previous?.trends });

export const categoriesTable = (report: ItemOf<typeof getPointsCategories>): Table =>
  shortTable(report.as_of, {
    columns: ['category', ...MOVED],
    rows: report.categories,
    before: report.previous?.categories,
    keys: ['category'],
  });

/** A line for each stretch; what ends in none of them has a line by its name. */
export function liabilityTable(report: ItemOf<typeof getPointsLiability>): Table {
  const { as_of: asOf, expiring, overdue, later, never, undated } = report;
  const others = Object.entries({ later, never, undated });
  return shortTable(asOf, {
    columns: ['period', ...STRETCH, 'points', 'value'],
    rows: [
      { period: 'overdue', ...overdue },
      ...expiring,
      ...others.map(([period, owed]) => ({ period, ...owed })),
    ],
  });
}

export const breakageTable = ({ breakage, previous, as_of: asOf }: ItemOf<typeof getPointsBreakage>): Table =>
  shortTable(asOf, {
    columns: [
      ...['period', ...STRETCH, 'earned', 'used', 'expired', 'outstanding', 'expired_percentage'],
      'expired_value',
    ],
    rows: breakage,
    before: previous?.breakage,
  });

export const growthTable = ({ growth, previous, as_of: asOf }: ItemOf<typeof getMembersGrowth>): Table =>
  shortTable(asOf, {
    columns: [...STRETCH, 'joined', 'deactivated', 'reactivated', 'members', 'active_members'],
    rows: growth,
    before: previous?.growth,
  });

export const activeTable = ({ active, previous, as_of: asOf }: ItemOf<typeof getActiveMembers>): Table =>
  shortTable(asOf, {
    columns: ['period', ...STRETCH, 'active_members'],
    rows: active,
    before: previous?.active,
  });

/** Cohorts stand beside each other in their order, so many weeks or months after joining. */
export function retentionTable({
  cohorts,
  previous,
  as_of: asOf,
}: ItemOf<typeof getMembersRetention>): Table {
  const rowsOf = (some: typeof cohorts): ExportRow[] =>
    some.flatMap(({ retention, ...cohort }, place) =>
      retention.map((later) => ({ ...cohort, ...later, place })),
    );
  return shortTable(asOf, {
    columns: ['period', ...STRETCH, 'members', 'after', 'active_members', 'percentage', 'is_over'],
    rows: rowsOf(cohorts),
    before: previous && rowsOf(previous.cohorts),
    keys: ['after'],
    by: ({ place, after }) => `${place}/${after}`,
  });
}

export const distributionTable = ({
  user_levels: user,
  member_levels: member,
  as_of: asOf,
}: ItemOf<typeof getLevelDistribution>): Table =>
  shortTable(asOf, {
    columns: ['ladder', 'level_id', 'level_name', 'members', 'percentage', 'points', 'spent'],
    rows: [
      ...user.map((level) => ({ ladder: 'user', ...level })),
      ...member.map((level) => ({ ladder: 'member', ...level })),
    ],
  });

export function changesTable({ previous, as_of: asOf, ...report }: ItemOf<typeof getLevelChanges>): Table {
  type Ladders = Pick<typeof report, 'user_levels' | 'member_levels'>;
  const rowsOf = (ladder: string, { flows }: Ladders['user_levels']): ExportRow[] =>
    flows.map(({ from, to, is_upgrade, changes }) => ({
      ladder,
      from_level_id: from?.level_id,
      from_level_name: from?.level_name,
      to_level_id: to.level_id,
      to_level_name: to.level_name,
      is_upgrade,
      changes,
    }));
  const both = ({ user_levels: user, member_levels: member }: Ladders) => [
    ...rowsOf('user', user),
    ...rowsOf('member', member),
  ];
  const keys = ['ladder', 'from_level_id', 'from_level_name', 'to_level_id', 'to_level_name', 'is_upgrade'];
  return shortTable(asOf, {
    columns: [...keys, 'changes'],
    rows: both(report),
    before: previous && both(previous),
    keys,
  });
}

/** Figures by their names; those of a level have its name, those of a day its date. */
export function memberStatisticsTable({
  level_distribution: levels,
  trends,
  previous,
  ...figures
}: ItemOf<typeof getMemberStatistics>): Table {
  const daily = (of: typeof trends) =>
    Object.entries<readonly (object & { readonly date: string })[]>(of ?? {}).flatMap(([name, days]) =>
      days.flatMap(({ date, ...day }, place) =>
        figureRows(day, `trends.${name}.`).map((row) => ({ ...row, date, place })),
      ),
    );
  const before = previous && [
    ...figureRows({ date_from: previous.date_from, date_to: previous.date_to }),
    ...daily(previous.trends),
  ];
  const ofLevels = levels.flatMap(({ level_name, ...level }, place) =>
    figureRows(level, 'level_distribution.').map((row) => ({ ...row, level_name, place })),
  );
  return table(
    compared({
      columns: ['figure', 'level_name', 'date', 'value'],
      rows: [...figureRows(figures), ...ofLevels, ...daily(trends)],
      before,
      keys: ['figure', 'level_name'],
      by: ({ figure, place = '' }) => `${figure}/${place}`,
    }),
  );
}

const TAG_STEPS = ['granted', 'renewed', 'suspended', 'resumed', 'expired', 'revoked'] as const;

export const tagsTable = ({ tags, previous, as_of: asOf }: ItemOf<typeof getVipStatistics>): Table =>
  shortTable(asOf, {
    columns: [
      ...['tag_id', 'tag_name', 'tag_code', 'is_retired', 'auto_renewing'],
      ...under('by_status', ['active', 'grace', 'suspended', 'expired', 'revoked']),
      ...TAG_STEPS,
      ...(previous ? under('previous', TAG_STEPS) : []),
    ],
    rows: tags.map(flat),
  });

/** Without a tag: of all. Months stand beside each other in their order. */
export function churnTable({ churn, tags, previous, as_of: asOf }: ItemOf<typeof getVipStatistics>): Table {
  type Tag = { readonly tag_id: number | null; readonly tag_name: string | null };
  const rowsOf = ({ tag_id, tag_name }: Tag, months: typeof churn = []): ExportRow[] =>
    months.map((month, place) => ({ tag_id, tag_name, ...month, place }));
  const ofAll = { tag_id: null, tag_name: null };
  return shortTable(asOf, {
    columns: [
      ...['tag_id', 'tag_name', 'month', 'held_at_start', 'gained', 'lost', 'held_at_end', 'churn_percent'],
    ],
    rows: [...rowsOf(ofAll, churn), ...tags.flatMap((tag) => rowsOf(tag, tag.churn))],
    before: previous && [
      ...rowsOf(ofAll, previous.churn),
      ...tags.flatMap((tag) => rowsOf(tag, tag.previous?.churn)),
    ],
    keys: ['tag_id', 'tag_name'],
    by: ({ tag_id, place }) => `${tag_id}/${place}`,
  });
}

/** All purchases, and those that failed by each reason. */
export function purchasesTable({ purchases, previous, as_of: asOf }: ItemOf<typeof getVipStatistics>): Table {
  const rowsOf = ({ failed_by_reason: reasons, ...all }: typeof purchases): ExportRow[] => [
    { reason: null, ...all },
    ...reasons.map(({ reason, purchases: failed }) => ({ reason, failed })),
  ];
  return shortTable(asOf, {
    columns: ['reason', 'asked', 'asked_by_renewal', 'completed', 'failed', 'points'],
    rows: rowsOf(purchases),
    before: previous && rowsOf(previous.purchases),
    keys: ['reason'],
  });
}

const LICENSED = ['issued', 'assigned', 'activated', 'revoked', 'expired', 'usage_hours'] as const;

export const plansTable = ({ plans, previous, as_of: asOf }: ItemOf<typeof getLicenseStatistics>): Table =>
  shortTable(asOf, {
    columns: [
      ...['product_id', 'product_name', 'plan_id', 'plan_name'],
      ...under('licenses', ['active', 'revoked', 'expired']),
      ...under('assignments', ['assigned', 'active', 'suspended', 'revoked', 'expired']),
      ...under('funnel', ['issued', 'seats', 'assigned', 'activated', 'used_in_30_days', 'used_in_7_days']),
      ...under('period', LICENSED),
      ...(previous ? under('previous.period', LICENSED) : []),
    ],
    rows: plans.map(flat),
  });

const WRITTEN = ['articles_written', 'feedback_opened', 'feedback_closed'] as const;

export const applicationsTable = (report: ItemOf<typeof getApplicationStatistics>): Table =>
  shortTable(report.as_of, {
    columns: [
      ...['application_id', 'name', 'code', 'status', 'articles', 'published_articles', 'open_feedback'],
      ...['closed_feedback', 'licenses', 'active_assignments'],
      ...under('period', WRITTEN),
      ...(report.previous ? under('previous.period', WRITTEN) : []),
    ],
    rows: report.applications.map(flat),
  });

export const periodsTable = (
  asOf: string | null,
  rows: readonly ItemOf<typeof listLeaderboardPeriods>[],
): Table => shortTable(asOf, { columns: ['period', 'starts_at', 'ends_at', 'is_over', 'members'], rows });

export const anchorsTable = (pages: AsyncIterable<readonly ItemOf<typeof listAuditAnchors>[]>): Table => ({
  columns: [
    ...['tenant_id', 'day', 'number', 'hash', 'previous', 'signed_at', 'kid', 'public_key', 'signature'],
  ],
  pages,
});

async function* mapped<T>(
  pages: AsyncIterable<readonly T[]>,
  view: (one: T) => ExportRow,
): AsyncGenerator<ExportRow[]> {
  for await (const page of pages) yield page.map(view);
}

const ENTRY = [
  ...['position', 'id', 'type', 'time', 'subject', 'sequence', 'member_id', 'actor', 'source', 'request_id'],
  ...['cause', 'data'],
] as const satisfies readonly (keyof z.input<typeof eventEntry>)[];

export const trailTable = (pages: AsyncIterable<readonly ExportedEntry[]>): Table => ({
  columns: [...ENTRY, 'cursor'],
  pages: mapped(pages, ({ entry, cursor }) => ({ ...entryView(entry), cursor })),
});

export const boardTable = (pages: AsyncIterable<readonly ExportedPlace[]>): Table => ({
  columns: ['rank', 'member_id', 'display_name', 'score', 'cursor'],
  pages: mapped(pages, ({ place, cursor }) => ({ ...rankedView(place), cursor })),
});
