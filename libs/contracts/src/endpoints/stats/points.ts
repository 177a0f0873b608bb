/** What happened to the points of a tenant. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day } from '../../schemas.ts';
import { asOf, flow, periodFields } from './period.ts';

const family = {
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  method: 'get',
  access: ['admin'],
  kind: 'object',
} as const;

export const getPointsSummary = endpoint({
  ...family,
  name: 'getPointsSummary',
  path: '/api/v1/stats/points/summary/',
  summary: { zh: '期间内获得、消费和过期的积分', en: 'Points earned, spent and expired in a period' },
  description: {
    zh: '调整按正负计为获得或消费；`net` 为获得减消费减过期，`records` 为变动次数。`outstanding` 为会员现有积分之和，与期间无关。',
    en: 'Adjustments count as earned or spent by their sign; `net` is earned less spent less expired, `records` how many movements there were. `outstanding` adds up the points that members have now, whatever the period.',
  },
  query: z.strictObject(periodFields),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    date_from: day,
    date_to: day,
    earned: flow,
    spent: flow,
    expired: flow,
    net: z.int(),
    outstanding: z.int(),
    records: count,
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
