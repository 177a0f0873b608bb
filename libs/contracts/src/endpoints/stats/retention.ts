/** How many members are active, and how many of those that joined together stay so. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day, instant, queryInteger } from '../../schemas.ts';
import { both } from '../../text.ts';
import { asOf, calendarDay, compare, longestDays, oneOf } from './period.ts';

const family = {
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  method: 'get',
  access: ['admin'],
  kind: 'object',
} as const;

export const activeIntervals = ['day', 'week', 'month'] as const;
export type ActiveInterval = (typeof activeIntervals)[number];
export const cohortIntervals = ['week', 'month'] as const;
export type CohortInterval = (typeof cohortIntervals)[number];
/** The most days of joining that cohorts are asked for at once: each has a row of its own. */
export const longestCohortDays: Readonly<Record<CohortInterval, number>> = { week: 366, month: 1_098 };
/** The most weeks or months that a cohort is followed for in an answer. */
export const MOST_PERIODS = 52;

/** Both ends included, in the tenant's own days. */
const days = {
  date_from: calendarDay.optional().meta({
    description: both(
      '首日，所在的周或月整个计入；省略则为最近30天、12周或12个月',
      'First day; its whole week or month counts. The last 30 days, 12 weeks or 12 months unless given',
    ),
  }),
  date_to: calendarDay.optional().meta({
    description: both(
      '末日，所在的周或月整个计入；省略或晚于今天则为今天',
      'Last day; its whole week or month counts. Today unless given, or where it is later',
    ),
  }),
};
const period = z.string().meta({
  description: both(
    '`2026-11-28`、`2026-W48`（ISO 8601，从周一开始）或 `2026-11`',
    '`2026-11-28`, `2026-W48` (ISO 8601, from Monday) or `2026-11`',
  ),
});
const stretch = { period, starts_at: instant, ends_at: instant, date: day };
const ofTenant = z.string().meta({
  description: both(
    '租户的时区，日、周、月均按它划分',
    'The tenant’s zone, by which days, weeks and months are told',
  ),
});

const compareStretches = compare
  .unwrap()
  .optional()
  .meta({
    description: both(
      '`previous`：同时给出紧接在前、数目相同的时段',
      '`previous`: also as many stretches just before',
    ),
  });

const activePeriod = z.object({
  date_from: day,
  date_to: day,
  active: z.array(
    z.object({
      ...stretch,
      active_members: count.meta({
        description: both('该时段内活跃过的成员，每人计一次', 'Members active in it, each once'),
      }),
    }),
  ),
});

export const getActiveMembers = endpoint({
  ...family,
  name: 'getActiveMembers',
  path: '/api/v1/stats/members/active/',
  summary: { zh: '按日、周或月的活跃成员', en: 'Active members by day, week or month' },
  description: {
    zh: '每个时段一行，没有人活跃的为零，到今天所在的时段为止。成员因自己的行为而活跃（登录、获得或使用积分、消费、兑换、参加活动、购买、使用许可证、提交反馈）；管理员对其的操作、平台自动进行的事不算。每个时段内每人只计一次，所以各日之和不等于一周。日、周、月是租户的，没有 `tz`；修改时区不影响已计入的。`compare=previous` 另给出紧接在前、数目相同的时段。',
    en: 'A row for each stretch, zero where nobody was active, up to the one that has today. A member is active by what it does of its own (logs in, earns or spends points, buys, redeems, joins an activity, uses a licence, gives feedback), not by what an administrator did to it or the platform did by itself. Each counts once in a stretch, so days do not add up to their week. Days, weeks and months are the tenant’s, there is no `tz`; a zone that changes moves nothing that was counted. `compare=previous` adds as many stretches just before.',
  },
  query: z.strictObject({
    ...days,
    interval: z
      .enum(activeIntervals, { error: oneOf(activeIntervals) })
      .default('day')
      .meta({
        description: both(
          `每行的时长。期间最长：day ${longestDays.day} 天，week 和 month ${longestDays.week} 天`,
          `How long a row is. The period may have ${longestDays.day} days by day, ${longestDays.week} by week or month`,
        ),
      }),
    compare: compareStretches,
  }),
  response: z.object({
    as_of: asOf,
    tz: ofTenant,
    interval: z.enum(activeIntervals),
    ...activePeriod.shape,
    previous: activePeriod.optional(),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      interval: 'week',
      date_from: '2026-02-09',
      date_to: '2026-02-15',
      active: [
        {
          period: '2026-W07',
          starts_at: '2026-02-08T16:00:00.000Z',
          ends_at: '2026-02-15T16:00:00.000Z',
          date: '2026-02-09',
          active_members: 640,
        },
      ],
    },
  },
});

const cohorts = z.array(
  z.object({
    ...stretch,
    members: count.meta({ description: both('其间加入的成员', 'Members that joined in it') }),
    retention: z.array(
      z.object({
        after: count.meta({
          description: both('加入之后的第几周或第几个月', 'So many weeks or months after joining'),
        }),
        active_members: count,
        percentage: z
          .number()
          .meta({ description: both('占群组的百分比，一位小数', 'Per cent of the cohort, one decimal') }),
        is_over: z
          .boolean()
          .meta({ description: both('该周或月已结束', 'Whether that week or month has ended') }),
      }),
    ),
  }),
);
const cohortPeriod = z.object({ date_from: day, date_to: day, cohorts });

export const getMembersRetention = endpoint({
  ...family,
  name: 'getMembersRetention',
  path: '/api/v1/stats/members/retention/',
  summary: {
    zh: '按加入的周或月，之后仍活跃的成员',
    en: 'How many of those that joined in a week or month were active later',
  },
  description: {
    zh: '每个群组是在同一周（或月）加入的成员，没有人加入的为零；`retention` 逐周（月）给出其中活跃过的人数：`after` 为0即加入的那一周，到当前一周为止，当前一周尚未结束，`is_over` 为 false。停用和抹除的成员仍在群组中。何为活跃、按谁的日期，同 `members/active/`。`compare=previous` 另给出紧接在前、数目相同的群组。',
    en: 'A cohort is the members that joined in one week (or month), zero where nobody did; `retention` tells week by week (month by month) how many of them were active: `after` 0 is the week of joining, the last is the present one, which has not ended (`is_over` is false). Members that were deactivated or erased stay in their cohort. What is active, and whose days these are, is as in `members/active/`. `compare=previous` adds as many cohorts just before.',
  },
  query: z.strictObject({
    ...days,
    interval: z
      .enum(cohortIntervals, { error: oneOf(cohortIntervals) })
      .default('week')
      .meta({
        description: both(
          `群组的时长。加入的期间最长：week ${longestCohortDays.week} 天，month ${longestCohortDays.month} 天`,
          `How long a cohort is. The days of joining may be ${longestCohortDays.week} by week, ${longestCohortDays.month} by month`,
        ),
      }),
    periods: queryInteger(1, MOST_PERIODS)
      .default(12)
      .meta({
        description: both('加入之后最多看几周或几个月', 'How many weeks or months after joining, at most'),
      }),
    compare: compareStretches,
  }),
  response: z.object({
    as_of: asOf,
    tz: ofTenant,
    interval: z.enum(cohortIntervals),
    ...cohortPeriod.shape,
    previous: cohortPeriod.optional(),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      interval: 'week',
      date_from: '2026-02-02',
      date_to: '2026-02-08',
      cohorts: [
        {
          period: '2026-W06',
          starts_at: '2026-02-01T16:00:00.000Z',
          ends_at: '2026-02-08T16:00:00.000Z',
          date: '2026-02-02',
          members: 40,
          retention: [
            { after: 0, active_members: 38, percentage: 95, is_over: true },
            { after: 1, active_members: 21, percentage: 52.5, is_over: false },
          ],
        },
      ],
    },
  },
});
