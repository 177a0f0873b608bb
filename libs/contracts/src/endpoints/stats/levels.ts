/** How a tenant's members stand on its two ladders, and how they moved. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day, id } from '../../schemas.ts';
import { both } from '../../text.ts';
import { asOf, compare, periodFields } from './period.ts';

const family = {
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  method: 'get',
  access: ['admin'],
  kind: 'object',
} as const;

const share = z.object({
  level_id: id,
  level_name: z.string(),
  members: count,
  percentage: z.number().meta({
    description: both(
      '占该等级体系全部成员的百分比，一位小数',
      'Per cent of all on this ladder, one decimal',
    ),
  }),
  points: z.int().meta({ description: both('这些成员现有的积分', 'Points that these members have now') }),
});

export const getLevelDistribution = endpoint({
  ...family,
  name: 'getLevelDistribution',
  path: '/api/v1/stats/levels/distribution/',
  summary: { zh: '各等级现有的成员数', en: 'How many members are at each level' },
  description: {
    zh: '两套等级都给出，由低到高：`user_levels` 按积分，`member_levels` 按累计消费。每位有积分档案的成员各计一次，停用的也计；没有会员等级的计入首级。已删除的等级在仍有成员时列出；未被告知名称的等级写作 `#id`。`spent` 为累计消费，扣除退款。没有 `compare`：等级分布只有现在的，期间内的变化见 `levels/changes/`。',
    en: 'Both ladders, the first level first: `user_levels` by points, `member_levels` by money spent. Each member with a points profile counts once, deactivated ones too; those without a member level count at the first. A removed level is listed while it has members; one whose name was never told is `#id`. `spent` is money spent, refunds taken off. There is no `compare`: this is how things are now; `levels/changes/` tells how they changed.',
  },
  query: z.strictObject({}),
  response: z.object({
    as_of: asOf,
    user_levels: z.array(share),
    member_levels: z.array(
      share.extend({
        spent: z.number().meta({ description: both('最多两位小数', 'At most two decimals') }),
      }),
    ),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      user_levels: [
        { level_id: 1, level_name: '青铜会员', members: 900, percentage: 75, points: 120_000 },
        { level_id: 2, level_name: '白银会员', members: 300, percentage: 25, points: 230_000 },
      ],
      member_levels: [
        {
          level_id: 11,
          level_name: '注册会员',
          members: 1200,
          percentage: 100,
          points: 350_000,
          spent: 90_000.5,
        },
      ],
    },
  },
});

const level = z.object({ level_id: id, level_name: z.string() });
const ladder = z.object({
  upgrades: count,
  downgrades: count,
  flows: z.array(
    z.object({
      from: level.nullable().meta({ description: both('此前没有等级时为 null', 'Null: from no level') }),
      to: level,
      is_upgrade: z.boolean(),
      changes: count,
    }),
  ),
});
const changesPeriod = z.object({ date_from: day, date_to: day, user_levels: ladder, member_levels: ladder });

export const getLevelChanges = endpoint({
  ...family,
  name: 'getLevelChanges',
  path: '/api/v1/stats/levels/changes/',
  summary: { zh: '期间内的升级与降级', en: 'Steps up and down the ladders in a period' },
  description: {
    zh: '每次等级变动各计一次，按从哪一级到哪一级，最多的在前；开户时得到的等级不算变动。名称为等级现在的名称。最多366天。`compare=previous` 另给出紧接在前、天数相同的期间。',
    en: 'Each step counts once, by the level that it left and the one that it reached, the most frequent first; the level that a profile begins with is no step. Names are those that the levels have now. At most 366 days. `compare=previous` adds the period of as many days just before.',
  },
  query: z.strictObject({ ...periodFields, compare }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    ...changesPeriod.shape,
    previous: changesPeriod.optional(),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      date_from: '2026-01-16',
      date_to: '2026-02-14',
      user_levels: {
        upgrades: 12,
        downgrades: 0,
        flows: [
          {
            from: { level_id: 1, level_name: '青铜会员' },
            to: { level_id: 2, level_name: '白银会员' },
            is_upgrade: true,
            changes: 12,
          },
        ],
      },
      member_levels: { upgrades: 0, downgrades: 0, flows: [] },
    },
  },
});
