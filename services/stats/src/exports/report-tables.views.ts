/** Reports as tables: the rows that their own endpoints answer, with `as_of` in each. Pure. */
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
  getPointsBreakage,
  getPointsCategories,
  getPointsLiability,
  getPointsTrends,
  getVipStatistics,
} from '@membership/contracts/endpoints/stats/index';
import type { z } from 'zod';
import { rankedView } from '../reports/leaderboards.views.ts';
import { entryView } from '../trail/trail.views.ts';
import type { ExportedEntry } from './export-trail.ts';
import type { ExportedPlace } from './export-board.ts';
import type { ExportRow, Table } from './lines.ts';

const short = (columns: readonly string[], rows: readonly ExportRow[], asOf: string | null): Table => ({
  columns: [...columns, 'as_of'],
  pages: [rows.map((row) => ({ ...row, as_of: asOf }))],
});

/** A line for each figure, by the names that lead to it: `points.issued`. */
export function figuresTable(figures: Readonly<Record<string, unknown>>): Table {
  const rowsOf = (of: Readonly<Record<string, unknown>>, prefix: string): ExportRow[] =>
    Object.entries(of).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? rowsOf(value as Readonly<Record<string, unknown>>, `${prefix}${name}.`)
        : [{ figure: prefix + name, value }],
    );
  return { columns: ['figure', 'value'], pages: [rowsOf(figures, '')] };
}

const STRETCH = ['starts_at', 'ends_at', 'date'] as const;
const MOVED = ['earned', 'spent', 'expired', 'net', 'records'] as const;

export const trendsTable = ({ trends, as_of: asOf }: ItemOf<typeof getPointsTrends>): Table =>
  short([...STRETCH, ...MOVED], trends, asOf);

export const categoriesTable = ({ categories, as_of: asOf }: ItemOf<typeof getPointsCategories>): Table =>
  short(['category', ...MOVED], categories, asOf);

/** A line for each stretch; what ends in none of them has a line by its name. */
export function liabilityTable(report: ItemOf<typeof getPointsLiability>): Table {
  const { as_of: asOf, expiring, overdue, later, never, undated } = report;
  const others = Object.entries({ later, never, undated });
  return short(
    ['period', ...STRETCH, 'points', 'value'],
    [
      { period: 'overdue', ...overdue },
      ...expiring,
      ...others.map(([period, owed]) => ({ period, ...owed })),
    ],
    asOf,
  );
}

export const breakageTable = ({ breakage, as_of: asOf }: ItemOf<typeof getPointsBreakage>): Table =>
  short(
    [
      ...['period', ...STRETCH, 'earned', 'used', 'expired', 'outstanding', 'expired_percentage'],
      'expired_value',
    ],
    breakage,
    asOf,
  );

export const growthTable = ({ growth, as_of: asOf }: ItemOf<typeof getMembersGrowth>): Table =>
  short([...STRETCH, 'joined', 'deactivated', 'reactivated', 'members', 'active_members'], growth, asOf);

export const activeTable = ({ active, as_of: asOf }: ItemOf<typeof getActiveMembers>): Table =>
  short(['period', ...STRETCH, 'active_members'], active, asOf);

export const retentionTable = ({ cohorts, as_of: asOf }: ItemOf<typeof getMembersRetention>): Table =>
  short(
    ['period', ...STRETCH, 'members', 'after', 'active_members', 'percentage', 'is_over'],
    cohorts.flatMap(({ retention, ...cohort }) => retention.map((later) => ({ ...cohort, ...later }))),
    asOf,
  );

export const distributionTable = ({
  user_levels: user,
  member_levels: member,
  as_of: asOf,
}: ItemOf<typeof getLevelDistribution>): Table =>
  short(
    ['ladder', 'level_id', 'level_name', 'members', 'percentage', 'points', 'spent'],
    [
      ...user.map((level) => ({ ladder: 'user', ...level })),
      ...member.map((level) => ({ ladder: 'member', ...level })),
    ],
    asOf,
  );

export function changesTable({
  user_levels: user,
  member_levels: member,
  as_of: asOf,
}: ItemOf<typeof getLevelChanges>): Table {
  const rowsOf = (ladder: string, { flows }: typeof user): ExportRow[] =>
    flows.map(({ from, to, is_upgrade, changes }) => ({
      ladder,
      from_level_id: from?.level_id,
      from_level_name: from?.level_name,
      to_level_id: to.level_id,
      to_level_name: to.level_name,
      is_upgrade,
      changes,
    }));
  return short(
    ['ladder', 'from_level_id', 'from_level_name', 'to_level_id', 'to_level_name', 'is_upgrade', 'changes'],
    [...rowsOf('user', user), ...rowsOf('member', member)],
    asOf,
  );
}

/** A row with what nests in it by its names: `by_status.active`. */
function flat(row: ExportRow, prefix = ''): ExportRow {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(flat(value as ExportRow, `${prefix}${name}.`))
        : [[prefix + name, value]],
    ),
  );
}
const under = (prefix: string, names: readonly string[]): string[] =>
  names.map((name) => `${prefix}.${name}`);

export const tagsTable = ({ tags, as_of: asOf }: ItemOf<typeof getVipStatistics>): Table =>
  short(
    [
      ...['tag_id', 'tag_name', 'tag_code', 'is_retired', 'auto_renewing'],
      ...under('by_status', ['active', 'grace', 'suspended', 'expired', 'revoked']),
      ...['granted', 'renewed', 'suspended', 'resumed', 'expired', 'revoked'],
    ],
    tags.map(({ churn: _churn, ...tag }) => flat(tag)),
    asOf,
  );

/** Without a tag: of all. */
export const churnTable = ({ churn, tags, as_of: asOf }: ItemOf<typeof getVipStatistics>): Table =>
  short(
    ['tag_id', 'tag_name', 'month', 'held_at_start', 'gained', 'lost', 'held_at_end', 'churn_percent'],
    [
      ...churn.map((month) => ({ tag_id: null, tag_name: null, ...month })),
      ...tags.flatMap((tag) =>
        tag.churn.map((month) => ({ tag_id: tag.tag_id, tag_name: tag.tag_name, ...month })),
      ),
    ],
    asOf,
  );

export const plansTable = ({ plans, as_of: asOf }: ItemOf<typeof getLicenseStatistics>): Table =>
  short(
    [
      ...['product_id', 'product_name', 'plan_id', 'plan_name'],
      ...under('licenses', ['active', 'revoked', 'expired']),
      ...under('assignments', ['assigned', 'active', 'suspended', 'revoked', 'expired']),
      ...under('funnel', ['issued', 'seats', 'assigned', 'activated', 'used_in_30_days', 'used_in_7_days']),
      ...under('period', ['issued', 'assigned', 'activated', 'revoked', 'expired', 'usage_hours']),
    ],
    plans.map((plan) => flat(plan)),
    asOf,
  );

export const applicationsTable = ({
  applications,
  as_of: asOf,
}: ItemOf<typeof getApplicationStatistics>): Table =>
  short(
    [
      ...['application_id', 'name', 'code', 'status', 'articles', 'published_articles', 'open_feedback'],
      ...['closed_feedback', 'licenses', 'active_assignments'],
      ...under('period', ['articles_written', 'feedback_opened', 'feedback_closed']),
    ],
    applications.map((application) => flat(application)),
    asOf,
  );

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
