/** Who earned, spent, has or activated the most. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { count, id, idFilter, instant, pageQuery, queryInteger } from '../../schemas.ts';
import { both } from '../../text.ts';
import { asOf, oneOf } from './period.ts';

const metrics = ['earned', 'balance', 'spent', 'activations'] as const;
const windows = ['day', 'week', 'month', 'all'] as const;
export type LeaderboardMetric = (typeof metrics)[number];
export type LeaderboardWindow = (typeof windows)[number];

const family = {
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  method: 'get',
  access: ['member'],
} as const;

const metric = z
  .enum(metrics, { error: oneOf(metrics) })
  .default('earned')
  .meta({
    description: both(
      '按什么排名：`earned` 获得的积分、`spent` 消费的积分（调整按正负计，冲正扣除）、`balance` 现有积分、`activations` 首次激活的分配数',
      'What is ranked: points `earned` or `spent` (adjustments by their sign, reversals taken off), points that members have (`balance`), assignments activated for the first time (`activations`)',
    ),
  });
const window = z.enum(windows, { error: oneOf(windows) }).meta({
  description: both(
    '租户时区的日、周（从周一开始）、月，或全部时间；`balance` 只有 `all`。省略时 `balance` 为 `all`，其余为 `week`',
    'A day, week (from Monday) or month of the tenant’s zone, or all time; `balance` has `all` alone. Unless given, `all` for `balance`, `week` for the others',
  ),
});
/** Which board; also of its export. */
export const boardFilters = {
  metric,
  window: window.optional(),
  period: text()
    .max(20)
    .optional()
    .meta({
      description: both(
        '哪个时间窗：`2026-11-28`、`2026-W48` 或 `2026-11`；省略则为当前',
        'Which window: `2026-11-28`, `2026-W48` or `2026-11`; the present one unless given',
      ),
    }),
};

const place = z.object({
  rank: z.int().positive(),
  member_id: id.nullable().meta({
    description: both('不公开的成员为 null', 'Null of a member that is private'),
  }),
  display_name: z.string().nullable(),
  score: z.int(),
});
/** The window of a board. */
const boardWindow = {
  as_of: instant.nullable(),
  tz: z.string(),
  metric: z.enum(metrics),
  window: z.enum(windows),
  period: z.string(),
  starts_at: instant.nullable(),
  ends_at: instant.nullable(),
  resets_at: instant.nullable().meta({
    description: both('已结束的窗口和 `all` 为 null', 'Null of a window that is over, and of `all`'),
  }),
};
const thisWeek = {
  as_of: '2026-11-29T02:00:00.000Z',
  tz: 'Asia/Shanghai',
  metric: 'earned',
  window: 'week',
  period: '2026-W48',
  starts_at: '2026-11-22T16:00:00.000Z',
  ends_at: '2026-11-29T16:00:00.000Z',
  resets_at: '2026-11-29T16:00:00.000Z',
};
const place1 = { rank: 1, member_id: 1001, display_name: '张三', score: 5_200 };

export const listLeaderboard = endpoint({
  ...family,
  name: 'listLeaderboard',
  path: '/api/v1/stats/leaderboards/',
  kind: 'list',
  summary: { zh: '排行榜', en: 'A leaderboard' },
  description: {
    zh: '数值高于0的成员，高者在前。数值相同的成员名次相同，先达到者在前。关闭了“在排行榜上显示”的成员，以及已停用的成员，照常计入名次，但对其他成员不显示是谁；管理员可以看到。各行之外还有 `as_of`、`tz`、`metric`、`window`、`period`、起止时间 `starts_at`、`ends_at`，以及当前窗口的 `resets_at`。结束的窗口保留：日100天，周两年，月一直保留。某一事件属于哪一天，由计入时租户的时区决定。',
    en: 'Members whose score is above 0, the highest first. Equal scores share a rank and stand in the order in which they were reached. Who chose not to be shown on leaderboards, and who is deactivated, is ranked all the same, and other members do not see who it is; administrators do. Beside the rows stand `as_of`, `tz`, `metric`, `window`, `period`, the ends of the window (`starts_at`, `ends_at`), and of the present one `resets_at`. Windows that are over are kept: days for 100 days, weeks for two years, months for good. The day of an event is that of the zone which the tenant had when it was counted.',
  },
  query: z.strictObject({ ...boardFilters, ...pageQuery(20) }),
  response: place,
  beside: z.object(boardWindow),
  examples: { response: place1, beside: thisWeek },
});

export const getOwnRank = endpoint({
  ...family,
  name: 'getOwnRank',
  path: '/api/v1/stats/leaderboards/me/',
  kind: 'object',
  refusals: ['BIZ_001'],
  summary: { zh: '自己的名次及前后的成员', en: 'One’s own rank, and who stands around it' },
  description: {
    zh: '名次，以及前后各 `around` 位成员，按排行榜的顺序。尚未上榜时 `rank` 为 null，没有前后成员。管理员可用 `member_id` 查看任一成员；成员查看他人为404。',
    en: 'The rank, and up to `around` members before and after it in the order of the board. Who is not on the board has `rank` null and nobody around. An administrator may name any member by `member_id`; another member’s is 404 for a member.',
  },
  query: z.strictObject({
    ...boardFilters,
    member_id: idFilter.optional().meta({
      description: both('哪位成员；省略则为自己', 'Which member; oneself unless given'),
    }),
    around: queryInteger(0, 50)
      .default(3)
      .meta({
        description: both('前后各几位成员', 'How many members before and after'),
      }),
  }),
  response: z.object({
    ...boardWindow,
    count: count.meta({ description: both('上榜的成员数', 'Members on the board') }),
    member_id: id,
    rank: z.int().positive().nullable(),
    score: z.int(),
    neighbours: z.array(place.extend({ is_me: z.boolean() })),
  }),
  examples: {
    response: {
      ...thisWeek,
      count: 1180,
      member_id: 1002,
      rank: 2,
      score: 5_100,
      neighbours: [
        { ...place1, is_me: false },
        { rank: 2, member_id: 1002, display_name: '李四', score: 5_100, is_me: true },
        { rank: 3, member_id: null, display_name: null, score: 5_000, is_me: false },
      ],
    },
  },
});

export const listLeaderboardPeriods = endpoint({
  ...family,
  name: 'listLeaderboardPeriods',
  path: '/api/v1/stats/leaderboards/periods/',
  kind: 'list',
  summary: { zh: '保留的排行榜窗口', en: 'The windows of a leaderboard that are kept' },
  description: {
    zh: '有成员上榜的窗口，最新的在前。',
    en: 'The windows in which somebody stands on the board, the newest first.',
  },
  query: z.strictObject({ metric, window: window.optional(), ...pageQuery(20) }),
  response: z.object({
    period: z.string(),
    starts_at: instant.nullable(),
    ends_at: instant.nullable(),
    is_over: z.boolean(),
    members: count.meta({ description: both('上榜的成员数', 'Members on the board') }),
  }),
  beside: z.object({ as_of: asOf }),
  examples: {
    beside: { as_of: '2026-11-29T02:00:00.000Z' },
    response: {
      period: '2026-W47',
      starts_at: '2026-11-15T16:00:00.000Z',
      ends_at: '2026-11-22T16:00:00.000Z',
      is_over: true,
      members: 1_102,
    },
  },
});
