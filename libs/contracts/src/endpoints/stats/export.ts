/** Every report and the audit trail as a file. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { momentFilter } from '../../schemas.ts';
import { both } from '../../text.ts';
import { eventFilters } from './events.ts';
import { boardFilters } from './leaderboards.ts';
import { bookIntervals } from './liability.ts';
import { intervals, oneOf } from './period.ts';

type Field =
  | 'date_from'
  | 'date_to'
  | 'tz'
  | 'interval'
  | keyof typeof boardFilters
  | 'type'
  | 'member_id'
  | 'actor'
  | 'cursor';
const days = ['date_from', 'date_to', 'tz'] as const;
/** What narrows each report. */
export const reportFields = {
  overview: ['tz'],
  points_summary: days,
  points_trends: [...days, 'interval'],
  points_categories: days,
  points_liability: ['tz', 'interval'],
  points_breakage: [...days, 'interval'],
  levels_distribution: [],
  levels_changes: days,
  members_growth: [...days, 'interval'],
  members_active: ['date_from', 'date_to', 'interval'],
  members_retention: ['date_from', 'date_to', 'interval'],
  vip_summary: days,
  vip_churn: days,
  licenses_summary: days,
  applications_summary: days,
  leaderboards: ['metric', 'window', 'period', 'cursor'],
  events: [...days, 'type', 'member_id', 'actor', 'cursor'],
} as const satisfies Readonly<Record<string, readonly Field[]>>;
export type Report = keyof typeof reportFields;
const reports = Object.keys(reportFields) as [Report, ...Report[]];
const allIntervals = [...intervals, ...bookIntervals.filter((name) => name !== 'month')] as const;
export const exportFormats = ['csv', 'ndjson'] as const;

const onlyOf = (...names: readonly Report[]) =>
  both(`仅用于 ${names.join('、')}`, `Of ${names.join(', ')} alone`);

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
    zh: '每行一条，字段与对应接口相同；`overview`、`points_summary` 为每个数字一行（`figure`、`value`），`vip_summary`、`licenses_summary`、`applications_summary` 为每个标签、套餐、应用一行，`vip_churn` 为截至期间末日的36个月，每个标签每月一行，未注明标签的为全部，`members_retention` 为每个群组每周（月）一行，最多52个；`points_liability` 在各时段之外，`overdue`、`later`、`never`、`undated` 各一行（`period` 为其名）。CSV 可直接用电子表格打开，不会被当作公式执行；对象写作 JSON。整个文件出自同一时刻：短报表另有 `as_of` 一列；`leaderboards`（整个排行榜）和 `events`（审计记录，最早的在前）可以有上百万行，每行末列 `cursor`：中断后以收到的最后一个 `cursor` 和相同的条件继续，得到的是同一时刻的其余各行。排行榜的时刻保留数分钟，之后以400拒绝，须重新导出；审计记录的一直有效。各报表接受的条件与其接口相同，多给的以400拒绝。',
    en: 'A line a row, with the fields of the report’s own endpoint; `overview` and `points_summary` have a line for each figure (`figure`, `value`), `vip_summary`, `licenses_summary` and `applications_summary` one for each tag, plan and application, and `vip_churn` one for each tag and month, of the 36 up to the last day; those without a tag are of all; `members_retention` has one for each cohort and week (month) after, 52 at most; `points_liability` has beside those of its stretches one each for `overdue`, `later`, `never` and `undated`, by `period`. CSV may be opened by a spreadsheet, which runs nothing in it; objects are JSON. A whole file is of one moment. Short reports tell it in a column `as_of`; `leaderboards` (a whole board) and `events` (the audit trail, the oldest first) may have millions of lines, and each ends with a `cursor`: who was broken off goes on with the last one it got, and the same conditions, and gets the rest as of that same moment. That of a leaderboard is kept for some minutes and refused (400) afterwards: export it anew; that of the audit trail holds for good. A report takes what its endpoint takes; anything else is 400.',
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
    metric: boardFilters.metric
      .unwrap()
      .optional()
      .meta({ description: onlyOf('leaderboards') }),
    window: boardFilters.window.meta({ description: onlyOf('leaderboards') }),
    period: boardFilters.period.meta({ description: onlyOf('leaderboards') }),
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
