/** A tenant at a glance. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day } from '../../schemas.ts';
import { asOf, flow, zone } from './period.ts';
import { both } from '../../text.ts';

const dayFigures = {
  new_members: count,
  logins: count,
  points_earned: flow,
  points_spent: flow,
  points_expired: flow,
  activations: count,
  vip_granted: count,
};
const change = z
  .number()
  .nullable()
  .meta({
    description: both(
      '百分比，一位小数；昨天没有数据时为 null',
      'Per cent, one decimal; null when yesterday had none',
    ),
  });

export const getStatsOverview = endpoint({
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  name: 'getStatsOverview',
  method: 'get',
  path: '/api/v1/stats/overview/',
  access: ['admin'],
  kind: 'object',
  summary: { zh: '租户概览', en: 'A tenant at a glance' },
  description: {
    zh: '全部时间的合计，以及今天到目前为止与昨天全天的对比。调整按正负计为获得或消费。`outstanding` 为会员现有积分之和。`active_vips` 为持有处于激活或宽限期标签的会员数。没有 `compare`：昨天总在今天旁边，合计是全部时间的。',
    en: 'Totals of all time, and today so far beside the whole of yesterday. Adjustments count as earned or spent by their sign. `outstanding` adds up the points that members have. `active_vips` counts members with a tag that is active or in grace. There is no `compare`: yesterday always stands beside today, and totals are of all time.',
  },
  query: z.strictObject({ tz: zone.optional() }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    members: z.object({ total: count, active: count }),
    points: z.object({ issued: count, spent: count, expired: count, outstanding: z.int(), records: count }),
    active_vips: count,
    licenses: z.object({
      total: count,
      active: count,
      revoked: count,
      expired: count,
      activations: count.meta({
        description: both(
          '激活过的分配，每个分配只计一次',
          'Assignments that were activated, each once in its life',
        ),
      }),
      assignments: z.object({
        total: count,
        assigned: count,
        active: count,
        suspended: count,
        revoked: count,
        expired: count,
      }),
    }),
    today: z.object({ date: day, ...dayFigures }),
    yesterday: z.object({ date: day, ...dayFigures }),
    change_percent: z.object({
      new_members: change,
      logins: change,
      points_earned: change,
      points_spent: change,
      points_expired: change,
      activations: change,
      vip_granted: change,
    }),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      members: { total: 1200, active: 1180 },
      points: { issued: 480_000, spent: 120_000, expired: 10_000, outstanding: 350_000, records: 9_600 },
      active_vips: 86,
      licenses: {
        total: 12,
        active: 10,
        revoked: 1,
        expired: 1,
        activations: 310,
        assignments: { total: 400, assigned: 60, active: 300, suspended: 10, revoked: 20, expired: 10 },
      },
      today: {
        date: '2026-02-14',
        new_members: 3,
        logins: 210,
        points_earned: 2_400,
        points_spent: 500,
        points_expired: 0,
        activations: 4,
        vip_granted: 1,
      },
      yesterday: {
        date: '2026-02-13',
        new_members: 2,
        logins: 400,
        points_earned: 4_800,
        points_spent: 1_000,
        points_expired: 0,
        activations: 8,
        vip_granted: 0,
      },
      change_percent: {
        new_members: 50,
        logins: -47.5,
        points_earned: -50,
        points_spent: -50,
        points_expired: null,
        activations: -50,
        vip_granted: null,
      },
    },
  },
});
