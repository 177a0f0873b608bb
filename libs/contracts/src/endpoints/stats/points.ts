/** What happened to the points of a tenant. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day, instant } from '../../schemas.ts';
import { asOf, compare, flow, interval, periodFields } from './period.ts';

const family = {
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  method: 'get',
  access: ['admin'],
  kind: 'object',
} as const;

const movements = { earned: flow, spent: flow, expired: flow, net: z.int(), records: count };

export const getPointsSummary = endpoint({
  ...family,
  name: 'getPointsSummary',
  path: '/api/v1/stats/points/summary/',
  summary: { zh: '期间内获得、消费和过期的积分', en: 'Points earned, spent and expired in a period' },
  description: {
    zh: '调整按正负计为获得或消费；`net` 为获得减消费减过期，`records` 为变动次数。`outstanding` 为会员现有积分之和，与期间无关。`compare=previous` 另给出紧接在前、天数相同的期间。',
    en: 'Adjustments count as earned or spent by their sign; `net` is earned less spent less expired, `records` how many movements there were. `outstanding` adds up the points that members have now, whatever the period. `compare=previous` adds the period of as many days just before.',
  },
  query: z.strictObject({ ...periodFields, compare }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    date_from: day,
    date_to: day,
    ...movements,
    outstanding: z.int(),
    previous: z.object({ date_from: day, date_to: day, ...movements }).optional(),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      date_from: '2026-01-16',
      date_to: '2026-02-14',
      earned: 48_000,
      spent: 12_000,
      expired: 1_000,
      net: 35_000,
      outstanding: 350_000,
      records: 960,
    },
  },
});

const trendRow = z.object({ starts_at: instant, ends_at: instant, date: day, ...movements });
const trendPeriod = z.object({ date_from: day, date_to: day, trends: z.array(trendRow) });

export const getPointsTrends = endpoint({
  ...family,
  name: 'getPointsTrends',
  path: '/api/v1/stats/points/trends/',
  summary: {
    zh: '按小时、日、周或月的积分走势',
    en: 'Points earned, spent and expired by hour, day, week or month',
  },
  description: {
    zh: '期间内每个时段一行，没有变动的时段为零；各行之和等于 `points/summary/` 同期的数字。时段按 `tz` 的日历划分：调整时钟的日子有23或25个小时；首尾的周和月只含期间内的日子，`date` 为该行的首日。`starts_at` 包含在内，`ends_at` 不包含。`compare=previous` 另给出 `previous`：紧接在前、天数相同的期间。',
    en: 'A row for each stretch of the period, zero where nothing moved; the rows add up to `points/summary/` of the same days. Stretches follow the calendar of `tz`: a day on which clocks change has 23 or 25 hours; the first and last week or month hold the days of the period alone, and `date` is the first day of a row. `starts_at` is included, `ends_at` is not. `compare=previous` adds `previous`: the period of as many days just before.',
  },
  query: z.strictObject({ ...periodFields, interval, compare }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    interval: interval.unwrap(),
    ...trendPeriod.shape,
    previous: trendPeriod.optional(),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      interval: 'day',
      date_from: '2026-02-13',
      date_to: '2026-02-14',
      trends: [
        {
          starts_at: '2026-02-12T16:00:00.000Z',
          ends_at: '2026-02-13T16:00:00.000Z',
          date: '2026-02-13',
          earned: 4_800,
          spent: 1_000,
          expired: 0,
          net: 3_800,
          records: 96,
        },
        {
          starts_at: '2026-02-13T16:00:00.000Z',
          ends_at: '2026-02-14T16:00:00.000Z',
          date: '2026-02-14',
          earned: 2_400,
          spent: 500,
          expired: 0,
          net: 1_900,
          records: 48,
        },
      ],
    },
  },
});

const categoryRow = z.object({
  category: z.string(),
  earned: flow,
  spent: flow,
  expired: flow,
  net: z.int(),
  records: count,
});
const categoryPeriod = z.object({ date_from: day, date_to: day, categories: z.array(categoryRow) });

export const getPointsCategories = endpoint({
  ...family,
  name: 'getPointsCategories',
  path: '/api/v1/stats/points/categories/',
  summary: { zh: '积分按分类的获得与消费', en: 'What points were earned and spent for' },
  description: {
    zh: '期间内有变动的每个分类一行，变动最多的在前；各行之和等于 `points/summary/` 同期的数字。冲正计入被冲正记录的分类，过期计入 `expiry`。最多366天。`compare=previous` 另给出紧接在前、天数相同的期间。',
    en: 'A row for each category that moved in the period, the one that moved the most first; the rows add up to `points/summary/` of the same days. A reversal counts in the category of what it reverses, what expired in `expiry`. At most 366 days. `compare=previous` adds the period of as many days just before.',
  },
  query: z.strictObject({ ...periodFields, compare }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    ...categoryPeriod.shape,
    previous: categoryPeriod.optional(),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      date_from: '2026-01-16',
      date_to: '2026-02-14',
      categories: [
        { category: 'payment', earned: 36_000, spent: 0, expired: 0, net: 36_000, records: 480 },
        { category: 'login', earned: 12_000, spent: 0, expired: 0, net: 12_000, records: 400 },
        { category: 'vip_upgrade', earned: 0, spent: 9_900, expired: 0, net: -9_900, records: 1 },
      ],
    },
  },
});
