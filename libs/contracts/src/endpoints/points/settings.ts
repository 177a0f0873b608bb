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
    .meta({ description: 'Days that earned points last when the earning does not say; null: for ever' }),
  daily_limits: z
    .record(category, limit)
    .refine((limits) => Object.keys(limits).length <= 50, {
      error: both('最多50个分类', 'At most 50 categories'),
    })
    .meta({ description: 'Asked points a day, by category; a category that is left out has no limit' }),
  own_earning_categories: z.array(category).max(50),
  own_spending_categories: z.array(category).max(50),
  level_policy: z.strictObject({
    basis: z.enum(levelBases).meta({ description: 'What user levels count: the total, or all ever earned' }),
    downgrade: z.enum(downgradePolicies),
    review_days: z
      .int()
      .min(1)
      .max(3_650)
      .meta({ description: 'one_step: days from one look at a profile that is below its level to the next' }),
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
  summary: 'Show the points settings',
  response: shape,
  examples: { response: example },
});
export const updatePointsSettings = endpoint({
  ...family,
  name: 'updatePointsSettings',
  method: 'put',
  path,
  kind: 'object',
  summary: 'Change the points settings',
  description:
    'Fields that are left out stay as they are. The standard categories are always there; `own_…` adds the tenant’s. Takes effect within a second.',
  body: z.strictObject(fields).partial(),
  response: shape,
  examples: { request: example, response: example },
});
