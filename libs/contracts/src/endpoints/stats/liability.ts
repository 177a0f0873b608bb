/** What points a tenant still owes, and what became of those that it gave. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { day, instant, queryInteger } from '../../schemas.ts';
import { both } from '../../text.ts';
import { asOf, calendarDay, compare, oneOf, zone } from './period.ts';

const family = {
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  method: 'get',
  access: ['admin'],
  kind: 'object',
} as const;

export const bookIntervals = ['month', 'quarter', 'year'] as const;
export type BookInterval = (typeof bookIntervals)[number];
/** The most months, quarters or years that an answer has a row for. */
export const MOST_STRETCHES = 120;
/** The most days of earning that are asked for at once: ten years. */
export const longestEarningDays = 3_660;

const period = z.string().meta({
  description: both('`2026-11`、`2026-Q4` 或 `2026`', '`2026-11`, `2026-Q4` or `2026`'),
});
const stretch = { period, starts_at: instant, ends_at: instant, date: day };
const points = z.int().meta({ description: both('积分', 'Points') });
const value = z.number().meta({
  description: both(
    '折合金额，以租户的货币计，各自四舍五入到两位小数',
    'In money, of the tenant’s currency, each rounded half up to two decimals by itself',
  ),
});
const owed = { points, value };
const rate = z.int().meta({
  description: both(
    '多少积分抵一个货币单位：租户积分设置的 `points_redeemed_per_currency_unit`，现行值',
    'How many points are worth one unit of currency: `points_redeemed_per_currency_unit` of the tenant’s points settings, as it is now',
  ),
});
const interval = z
  .enum(bookIntervals, { error: oneOf(bookIntervals) })
  .default('month')
  .meta({ description: both('每行的时长', 'How long a row is') });

export const getPointsLiability = endpoint({
  ...family,
  name: 'getPointsLiability',
  path: '/api/v1/stats/points/liability/',
  summary: {
    zh: '积分负债：会员现有积分的到期月份及金额',
    en: 'Points that members have, by when they end, and what they are worth',
  },
  description: {
    zh: '会员现有的全部积分（含冻结的），按到期时间所在的月份（或季度、年）：`expiring` 从当前的一行开始，没有积分到期的为零；`overdue` 为到期时间早于该行的（仍被冻结，或在一分钟内扣除），`later` 为末行之后的，`never` 为永不到期的，`undated` 为旧版本的档案尚未告知批次的（运行 `npm run tell-lots` 后为零）。各项之和等于 `outstanding`，也等于 `points/summary/` 的 `outstanding`。退回已到期批次的积分按其新的到期时间计；转赠保留到期时间。没有 `compare`：这是现在的负债，不属于某个期间。',
    en: 'All points that members have, frozen ones too, by the month (or quarter, year) in which they end: `expiring` begins with the present one and is zero where nothing ends; `overdue` ended before it (still frozen, or taken within a minute), `later` end after the last row, `never` have no end, `undated` are those of profiles of a version before whose lots were not told yet (none after `npm run tell-lots`). Together they are `outstanding`, which is that of `points/summary/`. Points that came back to a lot that had ended count by their new end; a transfer keeps the ends. There is no `compare`: this is owed now, and of no period.',
  },
  query: z.strictObject({
    tz: zone.optional(),
    interval,
    periods: queryInteger(1, MOST_STRETCHES)
      .optional()
      .meta({
        description: both(
          `几行；省略则到最后一批积分到期的那一行为止，最多 ${MOST_STRETCHES} 行`,
          `How many rows; unless given, up to the last in which points end, ${MOST_STRETCHES} at most`,
        ),
      }),
  }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    interval: interval.unwrap(),
    points_per_currency_unit: rate,
    outstanding: z.object(owed),
    overdue: z.object(owed),
    expiring: z.array(z.object({ ...stretch, ...owed })),
    later: z.object(owed),
    never: z.object(owed),
    undated: z.object(owed),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      interval: 'month',
      points_per_currency_unit: 100,
      outstanding: { points: 350_000, value: 3_500 },
      overdue: { points: 0, value: 0 },
      expiring: [
        {
          ...{ period: '2026-02', date: '2026-02-01' },
          ...{ starts_at: '2026-01-31T16:00:00.000Z', ends_at: '2026-02-28T16:00:00.000Z' },
          ...{ points: 12_350, value: 123.5 },
        },
        {
          ...{ period: '2026-03', date: '2026-03-01' },
          ...{ starts_at: '2026-02-28T16:00:00.000Z', ends_at: '2026-03-31T16:00:00.000Z' },
          ...{ points: 287_650, value: 2_876.5 },
        },
      ],
      later: { points: 0, value: 0 },
      never: { points: 50_000, value: 500 },
      undated: { points: 0, value: 0 },
    },
  },
});

const share = z
  .number()
  .meta({ description: both('占 `earned` 的百分比，一位小数', 'Per cent of `earned`, one decimal') });
const became = {
  earned: z.int().meta({
    description: both(
      '其间获得的积分，减去被收回的',
      'Points that were earned in it, less what was taken back of them',
    ),
  }),
  used: z.int().meta({ description: both('其中已使用的', 'Those of them that were used') }),
  expired: z.int().meta({ description: both('其中未用而到期的', 'Those of them that ended unused') }),
  outstanding: z.int().meta({ description: both('其中会员现有的', 'Those of them that members have now') }),
  expired_percentage: share,
  expired_value: value,
};
const earnedPeriod = z.object({
  date_from: day,
  date_to: day,
  totals: z.object(became),
  breakage: z.array(z.object({ ...stretch, ...became })),
});

export const getPointsBreakage = endpoint({
  ...family,
  name: 'getPointsBreakage',
  path: '/api/v1/stats/points/breakage/',
  summary: {
    zh: '未用而到期的积分，按获得的月份',
    en: 'Points that ended unused, by the month in which they were earned',
  },
  description: {
    zh: '在同一个月（或季度、年）获得的积分，后来如何：已使用、未用而到期、仍为会员所有，三者之和为 `earned`。无论何时使用或到期，都计入获得的那一行，没有的为零。调整按正负计为获得或使用；收到的转赠计为收到时获得；退回的积分计入当初获得的那一行；收回从哪个月的批次扣除，就减少那个月的 `earned`。旧版本的档案在告知批次之前被收回的，计为已使用。`compare=previous` 另给出紧接在前、数目相同的各行。',
    en: 'What became of the points that were earned in one month (or quarter, year): used, ended unused, or still had by members; together they are `earned`. Whenever they are used or end, it counts in the row in which they were earned, zero where there were none. Adjustments count as earned or used by their sign; a transfer counts as earned when it was received; what comes back counts in the row in which it was first earned; what is taken back lowers `earned` of the month whose lots it took. Of profiles of a version before, what was taken back before their lots were told counts as used. `compare=previous` adds as many rows just before.',
  },
  query: z.strictObject({
    date_from: calendarDay.optional().meta({
      description: both(
        '首日，所在的月、季度或年整个计入；省略则为最近12个月、8个季度或5年',
        'First day; its whole month, quarter or year counts. The last 12 months, 8 quarters or 5 years unless given',
      ),
    }),
    date_to: calendarDay.optional().meta({
      description: both(
        '末日，所在的月、季度或年整个计入；省略或晚于今天则为今天',
        'Last day; its whole month, quarter or year counts. Today unless given, or where it is later',
      ),
    }),
    tz: zone.optional(),
    interval: interval
      .unwrap()
      .default('month')
      .meta({
        description: both(
          `每行的时长；期间最长 ${longestEarningDays} 天`,
          `How long a row is; the period may have ${longestEarningDays} days`,
        ),
      }),
    compare: compare
      .unwrap()
      .optional()
      .meta({
        description: both(
          '`previous`：同时给出紧接在前、数目相同的各行',
          '`previous`: also as many rows just before',
        ),
      }),
  }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    interval: interval.unwrap(),
    points_per_currency_unit: rate,
    ...earnedPeriod.shape,
    previous: earnedPeriod.optional(),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      interval: 'month',
      points_per_currency_unit: 100,
      date_from: '2024-02-01',
      date_to: '2024-02-29',
      totals: {
        ...{ earned: 40_000, used: 30_000, expired: 6_000, outstanding: 4_000 },
        ...{ expired_percentage: 15, expired_value: 60 },
      },
      breakage: [
        {
          ...{ period: '2024-02', date: '2024-02-01' },
          ...{ starts_at: '2024-01-31T16:00:00.000Z', ends_at: '2024-02-29T16:00:00.000Z' },
          ...{ earned: 40_000, used: 30_000, expired: 6_000, outstanding: 4_000 },
          ...{ expired_percentage: 15, expired_value: 60 },
        },
      ],
    },
  },
});
