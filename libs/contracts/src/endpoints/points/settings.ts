/** A tenant's points settings. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { both } from '../../text.ts';
import { category } from './shapes.ts';

export const levelBases = ['total', 'earned'] as const;
export const downgradePolicies = ['none', 'recompute', 'one_step'] as const;
const limit = z.int().min(1).max(1_000_000_000);
const fields = {
  default_expiry_days: z
    .int()
    .min(1)
    .max(36_500)
    .nullable()
    .meta({
      description: both(
        '未指定到期时间时，获得的积分有效多少天；null：永久',
        'Days that earned points last when the earning does not say; null: for ever',
      ),
    }),
  daily_limits: z
    .record(category, limit)
    .refine((limits) => Object.keys(limits).length <= 50, {
      error: both('最多50个分类', 'At most 50 categories'),
    })
    .meta({
      description: both(
        '按类别的每日积分上限（按所填积分计）；未列出的类别没有上限',
        'Asked points a day, by category; a category that is left out has no limit',
      ),
    }),
  own_earning_categories: z.array(category).max(50),
  own_spending_categories: z.array(category).max(50),
  level_policy: z.strictObject({
    basis: z.enum(levelBases).meta({
      description: both(
        '用户等级按什么计算：总积分，或累计获得的积分',
        'What user levels count: the total, or all ever earned',
      ),
    }),
    downgrade: z.enum(downgradePolicies),
    review_days: z
      .int()
      .min(1)
      .max(3_650)
      .meta({
        description: both(
          'one_step：两次复核低于等级的档案之间的天数',
          'one_step: days from one look at a profile that is below its level to the next',
        ),
      }),
  }),
  hold_lifetime_minutes: z.int().min(1).max(525_600),
  points_earned_per_currency_unit: z.number().positive().max(1_000_000),
  points_redeemed_per_currency_unit: z.int().positive().max(1_000_000),
  transfers_enabled: z.boolean(),
};
const shape = z.object({ ...fields, level_policy: z.object(fields.level_policy.shape) });
const family = { service: 'points', dialect: 'drf', tag: 'Points settings', access: ['admin'] } as const;
const path = '/api/v1/points/settings/';
const example = {
  default_expiry_days: 730,
  daily_limits: { login: 50 },
  own_earning_categories: ['birthday'],
  own_spending_categories: [],
  level_policy: { basis: 'total', downgrade: 'none', review_days: 30 },
  hold_lifetime_minutes: 30,
  points_earned_per_currency_unit: 1,
  points_redeemed_per_currency_unit: 100,
  transfers_enabled: false,
};

export const getPointsSettings = endpoint({
  ...family,
  name: 'getPointsSettings',
  method: 'get',
  path,
  kind: 'object',
  summary: { zh: '查看积分设置', en: 'Show the points settings' },
  response: shape,
  examples: { response: example },
});
export const updatePointsSettings = endpoint({
  ...family,
  name: 'updatePointsSettings',
  method: 'put',
  path,
  kind: 'object',
  summary: { zh: '修改积分设置', en: 'Change the points settings' },
  description: {
    zh: '省略的字段不变。标准类别始终存在；`own_…` 添加租户自己的类别。一秒内生效。',
    en: 'Fields that are left out stay as they are. The standard categories are always there; `own_…` adds the tenant’s. Takes effect within a second.',
  },
  body: z.strictObject(fields).partial(),
  response: shape,
  examples: { request: example, response: example },
});
