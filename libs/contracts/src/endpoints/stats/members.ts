/** The members of a tenant by level, and what happened to them day by day (seed 003). */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day, listOf, money } from '../../schemas.ts';
import { both } from '../../text.ts';
import { asOf, compare, oneOf } from './period.ts';

const ranges = ['7d', '30d', '90d', '365d'] as const;
export const metricNames = ['count', 'revenue', 'activity'] as const;
export type StatisticsMetric = (typeof metricNames)[number];

const isMetric = (text: string): text is StatisticsMetric => metricNames.some((name) => name === text);

/** `count,revenue` … : any of the metrics, in any order. */
const metrics = z
  .string()
  .transform((text, context): StatisticsMetric[] => {
    const asked = text.split(',').map((name) => name.trim());
    if (asked.every(isMetric)) return asked;
    context.addIssue({ code: 'custom', message: oneOf(metricNames) });
    return z.NEVER;
  })
  .meta({
    type: 'string',
    pattern: listOf(metricNames),
    description: both(
      '需要哪些指标，以逗号分隔：`count`（人数、占比）、`revenue`（平均消费）、`activity`（平均积分、趋势）；省略则全部返回',
      'Which figures, separated by commas: `count` (count, percentage), `revenue` (avg_spent), `activity` (avg_points, trends); all unless given',
    ),
  })
  .prefault(metricNames.join(','));

/** Which days and figures; also of its export. */
export const memberStatisticsFilters = {
  date_range: z.enum(ranges, { error: oneOf(ranges) }).default('30d'),
  group_by: z.enum(['level'], { error: oneOf(['level']) }).default('level'),
  metrics,
};
const trends = z.object({
  member_growth: z.array(z.object({ date: day, new_members: count, upgraded_members: count })),
  points_activity: z.array(z.object({ date: day, points_earned: z.int(), points_used: z.int() })),
});

export const getMemberStatistics = endpoint({
  service: 'stats',
  dialect: 'code',
  tag: 'Statistics',
  name: 'getMemberStatistics',
  method: 'get',
  path: '/api/v1/member-system/admin/statistics/',
  access: ['admin'],
  kind: 'object',
  summary: {
    zh: '各等级的会员数，以及逐日的增长和积分',
    en: 'The members by level, and their growth and points day by day',
  },
  description: {
    zh: '日期按租户时区；范围到今天为止，包含今天。`active_members`：在此期间自己有过行为的会员：登录、获得或使用积分、完成订单、兑换、使用权益或配额、参加活动、购买标签、使用许可证或提交反馈。管理员对会员的操作、平台自动进行的事（到期、标签自动续期），不算会员的行为。`total_points_issued` 和 `total_points_redeemed` 为全部时间的合计，调整按正负计入，冲正扣除；每日的积分也是如此，冲正较早的记录可使其低于零。`upgraded_members`：升到更高会员等级的次数，每次都计。`avg_spent`：累计消费，扣除退款；`avg_points`：会员现有的积分，取整。`compare=previous` 另给出紧接在前、天数相同的期间的 `trends`；其余数字没有之前的：或为全部时间、本月和现状，或（`active_members`）每位会员只计其最近一次行为，之前期间的活跃会员见 `members/active/`。',
    en: 'Days are the tenant’s; the range ends today, today included. `active_members`: members who in the range did something of their own: logged in, earned or used points, completed an order, redeemed, used a benefit or a quota, joined an activity, asked for a tag, used a licence or gave feedback. What an administrator does to a member, and what the platform does by itself (expiry, a tag that renews itself), is no activity of that member. `total_points_issued` and `total_points_redeemed` are of all time, adjustments counted by their sign and reversals taken off; so are the points of a day, which a reversal of an older record can put below zero. `upgraded_members`: rises to a higher member level, each one counted. `avg_spent`: money spent, refunds taken off; `avg_points`: points that members have now, rounded. `compare=previous` adds `trends` of as many days just before; the other figures have none: they are of all time, of this month and of now, or (`active_members`) count each member by what it did last; who was active before is told by `members/active/`.',
  },
  query: z.strictObject({
    ...memberStatisticsFilters,
    compare,
  }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    date_from: day,
    date_to: day,
    overview: z.object({
      total_members: count,
      active_members: count,
      new_members_this_month: count,
      total_points_issued: z.int(),
      total_points_redeemed: z.int(),
    }),
    level_distribution: z.array(
      z.object({
        level_name: z.string(),
        count: count.optional(),
        percentage: z
          .number()
          .optional()
          .meta({
            description: both('占全部会员的百分比，一位小数', 'Per cent of all members, one decimal'),
          }),
        avg_spent: money.optional(),
        avg_points: z.int().optional(),
      }),
    ),
    trends: trends.optional(),
    previous: z.object({ date_from: day, date_to: day, trends: trends.optional() }).optional(),
  }),
  examples: {
    response: {
      as_of: '2024-09-17T10:00:00.000Z',
      tz: 'Asia/Shanghai',
      date_from: '2024-08-19',
      date_to: '2024-09-17',
      overview: {
        total_members: 15_420,
        active_members: 8350,
        new_members_this_month: 1240,
        total_points_issued: 2_580_000,
        total_points_redeemed: 890_000,
      },
      level_distribution: [
        { level_name: '注册会员', count: 8500, percentage: 55.1, avg_spent: 150, avg_points: 120 },
        { level_name: '铜牌会员', count: 4200, percentage: 27.2, avg_spent: 750, avg_points: 680 },
      ],
      trends: {
        member_growth: [{ date: '2024-09-01', new_members: 42, upgraded_members: 15 }],
        points_activity: [{ date: '2024-09-01', points_earned: 12_500, points_used: 8300 }],
      },
    },
  },
});
