/** Every report and the audit trail as a file. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { momentFilter, queryInteger } from '../../schemas.ts';
import { both } from '../../text.ts';
import { listAuditAnchors } from './audit-anchors.ts';
import { eventFilters, listEvents } from './events.ts';
import { getMembersGrowth } from './growth.ts';
import { boardFilters, listLeaderboard, listLeaderboardPeriods } from './leaderboards.ts';
import { getLevelChanges, getLevelDistribution } from './levels.ts';
import { bookIntervals, getPointsBreakage, getPointsLiability, MOST_STRETCHES } from './liability.ts';
import { getMemberStatistics, memberStatisticsFilters } from './members.ts';
import { getStatsOverview } from './overview.ts';
import { compare, intervals, oneOf } from './period.ts';
import { getPointsCategories, getPointsSummary, getPointsTrends } from './points.ts';
import { getActiveMembers, getMembersRetention, MOST_PERIODS } from './retention.ts';
import { getApplicationStatistics, getLicenseStatistics, getVipStatistics } from './summaries.ts';

/** Each report, and the endpoint whose figures it has: it takes what that one takes. */
export const reportEndpoints = {
  overview: getStatsOverview,
  points_summary: getPointsSummary,
  points_trends: getPointsTrends,
  points_categories: getPointsCategories,
  points_liability: getPointsLiability,
  points_breakage: getPointsBreakage,
  levels_distribution: getLevelDistribution,
  levels_changes: getLevelChanges,
  members_growth: getMembersGrowth,
  members_active: getActiveMembers,
  members_retention: getMembersRetention,
  member_statistics: getMemberStatistics,
  vip_summary: getVipStatistics,
  vip_churn: getVipStatistics,
  vip_purchases: getVipStatistics,
  licenses_summary: getLicenseStatistics,
  applications_summary: getApplicationStatistics,
  leaderboards: listLeaderboard,
  leaderboard_periods: listLeaderboardPeriods,
  events: listEvents,
  audit_anchors: listAuditAnchors,
} as const satisfies Readonly<Record<string, { readonly query?: z.ZodObject | undefined }>>;
export type Report = keyof typeof reportEndpoints;
const reports = Object.keys(reportEndpoints) as [Report, ...Report[]];

/** How a list is turned over: a file is whole. */
const PAGES = ['page', 'page_size', 'cursor', 'ordering'];
const fieldsOf = (report: Report, without: readonly string[] = []): string[] =>
  Object.keys(reportEndpoints[report].query?.shape ?? {}).filter(
    (field) => !PAGES.includes(field) && !without.includes(field),
  );
/** What narrows each report: months are of churn alone, and long files go on behind a cursor. */
export const reportFields = {
  ...(Object.fromEntries(reports.map((report) => [report, fieldsOf(report)])) as Record<Report, string[]>),
  vip_summary: fieldsOf('vip_summary', ['months']),
  vip_purchases: fieldsOf('vip_purchases', ['months']),
  leaderboards: [...fieldsOf('leaderboards'), 'cursor'],
  events: [...fieldsOf('events'), 'cursor'],
} satisfies Readonly<Record<Report, readonly string[]>>;
const allIntervals = [...intervals, ...bookIntervals.filter((name) => name !== 'month')] as const;
export const exportFormats = ['csv', 'ndjson'] as const;

const takers = (field: string) => reports.filter((report) => reportFields[report].includes(field));
/** Which reports take it, after what it means. */
const onlyOf = (field: string, zh = '', en = '') =>
  both(`${zh}仅用于 ${takers(field).join('、')}`, `${en}Of ${takers(field).join(', ')} alone`);

export const exportStatistics = endpoint({
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  name: 'exportStatistics',
  method: 'get',
  path: '/api/v1/stats/export/',
  access: ['admin'],
  kind: 'stream',
  alsoAs: ['text/csv', 'application/x-ndjson'],
  summary: { zh: '将报表或审计记录导出为文件', en: 'A report, or the audit trail, as a file' },
  description: {
    zh: '每行一条，字段与对应接口相同；`overview`、`points_summary` 为每个数字一行（`figure`、`value`），`member_statistics` 也是如此，各等级的另有 `level_name`，每日的另有 `date`；`vip_summary`、`licenses_summary`、`applications_summary` 为每个标签、套餐、应用一行，`vip_churn` 为截至期间末日的36个月（或 `months` 个月），每个标签每月一行，未注明标签的为全部，`vip_purchases` 为全部购买一行，另有每个失败原因一行（`reason`），`members_retention` 为每个群组每周（月）一行，最多52个；`points_liability` 在各时段之外，`overdue`、`later`、`never`、`undated` 各一行（`period` 为其名）。`compare=previous` 时，各数字在同一行还有之前期间的，列名为 `previous.` 加该列名：按分类、标签、等级等名称对应，无名称可对应的时段、月份和群组按顺序对应（第一行对第一行）；只有一个期间才有的，另一期间的列为空，只有之前期间才有的行在最后。现状没有之前的，故无此列。CSV 可直接用电子表格打开，不会被当作公式执行；对象写作 JSON。整个文件出自同一时刻（`audit_anchors`、`leaderboard_periods` 除外：各行可能相差片刻）。短报表另有 `as_of` 一列（每个数字一行的则为一行）；`leaderboards`（整个排行榜）和 `events`（审计记录，最早的在前）可以有上百万行，每行末列 `cursor`：中断后以收到的最后一个 `cursor` 和相同的条件继续，得到的是同一时刻的其余各行。排行榜的时刻保留数分钟，之后以400拒绝，须重新导出；审计记录的一直有效。`audit_anchors` 为全部锚点，最早的在前；供日后核对的请用 `ndjson`，其中一字不改。各报表接受的条件与其接口相同，多给的以400拒绝。',
    en: 'A line a row, with the fields of the report’s own endpoint; `overview` and `points_summary` have a line for each figure (`figure`, `value`), and so has `member_statistics`, those of a level with its `level_name` and those of a day with its `date`; `vip_summary`, `licenses_summary` and `applications_summary` have one for each tag, plan and application, and `vip_churn` one for each tag and month, of the 36 (or `months`) up to the last day; those without a tag are of all; `vip_purchases` has one for all purchases and one for each `reason` of those that failed; `members_retention` has one for each cohort and week (month) after, 52 at most; `points_liability` has beside those of its stretches one each for `overdue`, `later`, `never` and `undated`, by `period`. With `compare=previous` each figure has that of the period before beside it on its line, in the column `previous.` and its own name: by what the line is about (category, tag, level …), or, where nothing names them, stretches, months and cohorts in their order, the first beside the first; what one of the two alone has leaves the columns of the other empty, and lines that the period before alone has stand last. What is of now has no such column. CSV may be opened by a spreadsheet, which runs nothing in it; objects are JSON. A whole file is of one moment, but for `audit_anchors` and `leaderboard_periods`, of which a line may be a moment younger than another. Short reports tell it in a column `as_of` (those with a line for each figure in a line of that name); `leaderboards` (a whole board) and `events` (the audit trail, the oldest first) may have millions of lines, and each ends with a `cursor`: who was broken off goes on with the last one it got, and the same conditions, and gets the rest as of that same moment. That of a leaderboard is kept for some minutes and refused (400) afterwards: export it anew; that of the audit trail holds for good. `audit_anchors` has all of them, the oldest first; to check by later, keep `ndjson`, which changes no letter. A report takes what its endpoint takes; anything else is 400.',
  },
  query: z.strictObject({
    report: z.enum(reports, { error: oneOf(reports) }).meta({
      description: both('导出哪个报表', 'Which report'),
    }),
    format: z
      .enum(exportFormats, { error: oneOf(exportFormats) })
      .default('csv')
      .meta({
        description: both(
          '`csv`，或每行一个 JSON 对象（`ndjson`）',
          '`csv`, or a JSON object a line (`ndjson`)',
        ),
      }),
    ...eventFilters,
    date_from: momentFilter.optional().meta({
      description: both(
        '首日；`events` 也可为时刻。省略时同该报表的接口',
        'First day; of `events` a moment, too. Unless given, as in the report’s endpoint',
      ),
    }),
    date_to: momentFilter.optional().meta({
      description: both(
        '末日，包含在内；`events` 也可为时刻',
        'Last day, included; of `events` a moment, too',
      ),
    }),
    interval: z
      .enum(allIntervals, { error: oneOf(allIntervals) })
      .optional()
      .meta({
        description: both(
          '每行的时长，默认 day，周从周一开始。仅用于 points_trends、members_growth、members_active（没有 hour），均没有 quarter、year；members_retention 为群组的时长：week（默认）或 month；points_liability、points_breakage：month（默认）、quarter 或 year',
          'How long a row is, `day` unless given; weeks begin on Monday. Of points_trends, members_growth and members_active (which has no `hour`), none of which has `quarter` or `year`; of members_retention how long a cohort is: `week` (unless given) or `month`; of points_liability and points_breakage `month` (unless given), `quarter` or `year`',
        ),
      }),
    compare: compare
      .unwrap()
      .optional()
      .meta({
        description: onlyOf(
          'compare',
          '`previous`：每个数字旁边还有之前期间的（`previous.…` 列）。',
          '`previous`: beside each figure that of the period before, in columns `previous.…`. ',
        ),
      }),
    months: queryInteger(1, 36)
      .optional()
      .meta({ description: onlyOf('months', '几个月，默认36。', 'How many months, 36 unless given. ') }),
    periods: queryInteger(1, MOST_STRETCHES)
      .optional()
      .meta({
        description: onlyOf(
          'periods',
          `members_retention 为加入之后最多看几周或几个月，最多并默认 ${MOST_PERIODS}；points_liability 为几行，同其接口。`,
          `How many weeks or months after joining (members_retention: at most ${MOST_PERIODS}, as unless given), how many rows (points_liability: as its endpoint). `,
        ),
      }),
    date_range: memberStatisticsFilters.date_range
      .unwrap()
      .optional()
      .meta({ description: onlyOf('date_range') }),
    group_by: memberStatisticsFilters.group_by
      .unwrap()
      .optional()
      .meta({ description: onlyOf('group_by') }),
    metrics: memberStatisticsFilters.metrics
      .unwrap()
      .optional()
      .meta({ description: onlyOf('metrics') }),
    metric: boardFilters.metric
      .unwrap()
      .optional()
      .meta({ description: onlyOf('metric') }),
    window: boardFilters.window.meta({ description: onlyOf('window') }),
    period: boardFilters.period.meta({ description: onlyOf('period') }),
    cursor: text()
      .max(100)
      .optional()
      .meta({
        description: both(
          '收到的最后一行的 `cursor`。仅用于 leaderboards、events',
          'The `cursor` of the last line that came. Of leaderboards and events alone',
        ),
      }),
  }),
  response: undefined,
  // Of `report=points_trends`.
  examples: {
    files: {
      'text/csv':
        'starts_at,ends_at,date,earned,spent,expired,net,records,as_of\r\n' +
        '2026-02-12T16:00:00.000Z,2026-02-13T16:00:00.000Z,2026-02-13,2400,500,0,1900,48,2026-02-14T02:00:00.000Z\r\n',
      'application/x-ndjson':
        '{"starts_at":"2026-02-12T16:00:00.000Z","ends_at":"2026-02-13T16:00:00.000Z","date":"2026-02-13","earned":2400,"spent":500,"expired":0,"net":1900,"records":48,"as_of":"2026-02-14T02:00:00.000Z"}\n',
    },
  },
});
