/** Movements of points (seed 001): earn, spend, adjust, and the records that they leave. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  flag,
  id,
  idFilter,
  instant,
  instantInput,
  longText,
  ordering,
  pageQuery,
  pointsAmount,
} from '../../schemas.ts';

const category = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z][a-z0-9_]*$/);
const subcategory = z.string().max(64);
const sourceType = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_.-]+$/);
const sourceId = z.int().positive().nullable();
const levelChange = z.object({
  upgraded: z.boolean(),
  previous_level: z.string().nullable(),
  current_level: z.string().nullable(),
});
const family = { service: 'points', dialect: 'drf', tag: 'Points ledger' } as const;

export const earnPoints = endpoint({
  ...family,
  name: 'earnPoints',
  method: 'post',
  path: '/api/v1/points/profiles/:id/earn_points/',
  access: ['admin', 'internal'],
  kind: 'action',
  summary: 'Add points to a profile',
  description:
    'The asked amount is multiplied by the profile’s multiplier (half up). `expires_at` left out: the tenant’s default; null: never.',
  params: byId,
  body: z.strictObject({
    points_amount: pointsAmount,
    category,
    subcategory: subcategory.nullish(),
    reason: longText.nullish(),
    expires_at: instantInput.nullish(),
    source_type: sourceType.default('manual'),
    source_id: sourceId.optional(),
  }),
  response: z.object({
    record_id: id,
    new_total_points: z.int(),
    level_change: levelChange,
    applied_multiplier: z.number(),
    actual_points_added: z.int(),
    timestamp: instant,
  }),
  refusals: ['POINTS_DISABLED', 'DAILY_LIMIT_EXCEEDED'],
  message: { zh: '成功获得 {points} 积分', en: 'Earned {points} points' },
  examples: {
    request: {
      points_amount: 100,
      category: 'login',
      subcategory: 'daily_login',
      reason: '每日登录奖励',
      expires_at: '2026-09-25T16:00:00Z',
      source_type: 'system',
      source_id: null,
    },
    response: {
      success: true,
      message: '成功获得 100 积分',
      record_id: 789,
      new_total_points: 2600,
      level_change: { upgraded: false, previous_level: '黄金会员', current_level: '黄金会员' },
      applied_multiplier: 1.2,
      actual_points_added: 120,
      timestamp: '2025-09-25T16:00:00Z',
    },
  },
});
export const spendPoints = endpoint({
  ...family,
  name: 'spendPoints',
  method: 'post',
  path: '/api/v1/points/profiles/:id/spend_points/',
  access: ['member', 'internal'],
  kind: 'action',
  summary: 'Take points from a profile',
  description: 'Takes the soonest-expiring lots first, and only what is available.',
  params: byId,
  body: z.strictObject({
    points_amount: pointsAmount,
    category,
    subcategory: subcategory.nullish(),
    reason: longText.nullish(),
    source_type: sourceType.default('manual'),
    source_id: sourceId.optional(),
  }),
  response: z.object({
    record_id: id,
    new_total_points: z.int(),
    remaining_points: z.int(),
    timestamp: instant,
  }),
  refusals: ['INSUFFICIENT_POINTS', 'POINTS_DISABLED'],
  message: { zh: '成功消费 {points} 积分', en: 'Spent {points} points' },
  examples: {
    request: {
      points_amount: 500,
      category: 'vip_upgrade',
      subcategory: 'monthly_vip',
      reason: '购买月度VIP会员',
      source_type: 'order',
      source_id: 456,
    },
    response: {
      success: true,
      message: '成功消费 500 积分',
      record_id: 790,
      new_total_points: 2100,
      remaining_points: 1900,
      timestamp: '2025-09-25T16:05:00Z',
    },
  },
});
export const adjustPoints = endpoint({
  ...family,
  name: 'adjustPoints',
  method: 'post',
  path: '/api/v1/points/profiles/:id/adjust_points/',
  access: ['admin'],
  kind: 'action',
  summary: 'Move points by hand, up or down',
  description: 'Not multiplied; allowed while points are disabled; never takes more than is available.',
  params: byId,
  body: z.strictObject({
    points_amount: pointsAmount,
    is_negative: z.boolean().default(false),
    category: category.default('manual'),
    subcategory: subcategory.nullish(),
    reason: z.string().trim().min(1).max(4000),
    source_type: sourceType.default('manual'),
  }),
  response: z.object({
    record_id: id,
    new_total_points: z.int(),
    remaining_points: z.int(),
    level_change: levelChange,
    timestamp: instant,
  }),
  refusals: ['INSUFFICIENT_POINTS'],
  message: { zh: '积分调整成功', en: 'The points were adjusted' },
  examples: {
    request: {
      points_amount: 200,
      is_negative: false,
      category: 'manual',
      reason: '客服补偿积分',
      source_type: 'manual',
    },
  },
});

export const pointTypes = ['earn', 'spend', 'adjust', 'expire'] as const;
export const recordStatuses = ['active', 'expired', 'cancelled'] as const;
export const pointsRecord = z.object({
  id,
  tenant_user_profile: id,
  member: id,
  tenant: id,
  point_type: z.enum(pointTypes),
  category: z.string(),
  subcategory: z.string().nullable(),
  points: z.int().meta({ description: 'Signed' }),
  balance_before: z.int(),
  balance_after: z.int(),
  tenant_multiplier: z.string(),
  original_points: z.int(),
  source_type: z.string(),
  source_id: z.union([z.int(), z.string()]).nullable(),
  source_description: z.string().nullable(),
  earned_at: instant,
  expires_at: instant.nullable(),
  expired_at: instant.nullable(),
  operation_reason: z.string().nullable(),
  operator_id: id.nullable(),
  batch_id: z.string().nullable(),
  status: z.enum(recordStatuses),
  is_manual: z.boolean(),
  rule_id: id.nullable().meta({ description: 'The award rule that gave the points' }),
  event_id: z.string().nullable().meta({ description: 'The event that the award came from' }),
  member_info: z.object({ id, username: z.string() }),
  tenant_info: z.object({ id, name: z.string() }),
  profile_info: z.object({ id, total_points: z.int(), current_level_name: z.string().nullable() }),
  is_expired: z.boolean(),
  days_until_expiry: z.int().nullable(),
  created_at: instant,
  created_by_id: id.nullable(),
});
const recordFilters = {
  member: idFilter.optional(),
  point_type: z.enum(pointTypes).optional(),
  category: category.optional(),
  status: z.enum(recordStatuses).optional(),
  is_manual: flag.optional(),
  source_type: sourceType.optional(),
  batch_id: z.string().min(1).max(64).optional(),
  created_at__gte: instantInput.optional(),
  created_at__lte: instantInput.optional(),
};
export const listPointsRecords = endpoint({
  ...family,
  name: 'listPointsRecords',
  method: 'get',
  path: '/api/v1/points/points-records/',
  access: ['member'],
  kind: 'list',
  summary: 'List points records',
  description: 'A member sees its own records only.',
  query: z.strictObject({
    ...pageQuery(),
    ...recordFilters,
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: pointsRecord,
});
export const getPointsRecord = endpoint({
  ...family,
  name: 'getPointsRecord',
  method: 'get',
  path: '/api/v1/points/points-records/:id/',
  access: ['member'],
  kind: 'object',
  summary: 'Show a points record',
  params: byId,
  response: pointsRecord,
});
