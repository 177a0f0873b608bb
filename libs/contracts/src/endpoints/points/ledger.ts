/** Movements of points (seed 001): earn, spend, adjust, and the records that they leave. */
import { z } from 'zod';
import { text } from '../../characters.ts';
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
  cursorQuery,
  pageQuery,
  pointsAmount,
  requiredReason,
} from '../../schemas.ts';
import { category, levelChange, sourceId, sourceType, subcategory } from './shapes.ts';
import { both } from '../../text.ts';
import { adjustedExample, cancelledExample, recordExample, transferredExample } from './examples.ts';

const family = { service: 'points', dialect: 'drf', tag: 'Points ledger' } as const;

export const earnPoints = endpoint({
  ...family,
  name: 'earnPoints',
  method: 'post',
  path: '/api/v1/points/profiles/:id/earn_points/',
  access: ['admin', 'internal'],
  kind: 'action',
  summary: { zh: '为用户增加积分', en: 'Add points to a profile' },
  description: {
    zh: '所填积分乘以用户的积分倍数（四舍五入）。`expires_at` 省略：租户的默认值；null：永不过期。',
    en: 'The asked amount is multiplied by the profile’s multiplier (half up). `expires_at` left out: the tenant’s default; null: never.',
  },
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
    params: { points: 100 },
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
  summary: { zh: '消费用户的积分', en: 'Take points from a profile' },
  description: {
    zh: '优先使用最早到期的批次，且只使用可用积分。',
    en: 'Takes the soonest-expiring lots first, and only what is available.',
  },
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
    params: { points: 500 },
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
  summary: { zh: '手动调整积分，可增可减', en: 'Move points by hand, up or down' },
  description: {
    zh: '不计倍数；积分功能停用时也允许；扣减不超过可用积分。',
    en: 'Not multiplied; allowed while points are disabled; never takes more than is available.',
  },
  params: byId,
  body: z.strictObject({
    points_amount: pointsAmount,
    is_negative: z.boolean().default(false),
    category: category.default('manual'),
    subcategory: subcategory.nullish(),
    reason: requiredReason,
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
    response: adjustedExample,
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
  points: z.int().meta({ description: both('带正负号', 'Signed') }),
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
  rule_id: id
    .nullable()
    .meta({ description: both('发放积分的奖励规则', 'The award rule that gave the points') }),
  event_id: z
    .string()
    .nullable()
    .meta({ description: both('触发奖励的事件', 'The event that the award came from') }),
  reverses_record_id: id.nullable().meta({
    description: both(
      '此记录全部或部分冲正的那条记录',
      'The record that this one undoes, in whole or in part',
    ),
  }),
  hold_id: id.nullable().meta({ description: both('被扣除的冻结', 'The hold that was captured') }),
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
  batch_id: text().min(1).max(64).optional(),
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
  summary: { zh: '积分记录列表', en: 'List points records' },
  description: {
    zh: '成员只能看到自己的记录。逐页读取大量记录请用 `cursor`：每页给出 `next_cursor`，最后一页没有。',
    en: 'A member sees its own records only. Who reads very many goes on by `cursor`: each page gives `next_cursor`, the last one none.',
  },
  query: z.strictObject({
    ...pageQuery(),
    ...cursorQuery,
    ...recordFilters,
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: pointsRecord,
});
const counts = z.record(z.string(), z.int());
export const summarizePointsRecords = endpoint({
  ...family,
  name: 'summarizePointsRecords',
  method: 'get',
  path: '/api/v1/points/points-records/summary/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '按类型、类别和状态统计积分记录', en: 'Count points records by type, category and status' },
  description: {
    zh: '筛选条件与列表相同。成员只能看到自己的记录。`earned` 和 `spent` 为变动的积分，已扣除冲正；过期的积分两者都不计。',
    en: 'The filters of the list. A member sees its own records only. `earned` and `spent` are of the points moved, reversals deducted; what expired is in neither.',
  },
  query: z.strictObject(recordFilters),
  response: z.object({
    total_records: z.int(),
    by_type: z.object({ earn: z.int(), spend: z.int(), adjust: z.int(), expire: z.int() }),
    by_category: counts,
    by_status: z.object({ active: z.int(), expired: z.int(), cancelled: z.int() }),
    total_points_flow: z.object({ earned: z.int(), spent: z.int(), net: z.int() }),
  }),
  examples: {
    response: {
      total_records: 1500,
      by_type: { earn: 1200, spend: 250, adjust: 30, expire: 20 },
      by_category: { login: 800, license: 200, vip_upgrade: 150, manual: 100, referral: 50 },
      by_status: { active: 1450, expired: 30, cancelled: 20 },
      total_points_flow: { earned: 150000, spent: 25000, net: 125000 },
    },
  },
});
export const getPointsRecord = endpoint({
  ...family,
  name: 'getPointsRecord',
  method: 'get',
  path: '/api/v1/points/points-records/:id/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '积分记录详情', en: 'Show a points record' },
  params: byId,
  response: pointsRecord,
  examples: { response: recordExample },
});
export const cancelPointsRecord = endpoint({
  ...family,
  name: 'cancelPointsRecord',
  method: 'post',
  path: '/api/v1/points/points-records/:id/cancel/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '以相反的记录冲正积分记录', en: 'Undo a points record by an opposite one' },
  description: {
    zh: '只能冲正一次；冲正记录本身不能再冲正。消费的积分退回原来的批次（批次已到期的给30天）。获得的积分在可用积分范围内收回；其余记为待扣积分，从之后的收入中扣除。转账在双方同时冲正。',
    en: 'Once; a record that undoes another cannot be undone itself. What a spend took goes back to the lots that it came from (30 days where a lot has ended). What an earning gave is taken back as far as points are available; the rest is owed and taken from what comes in next. A transfer is undone on both sides.',
  },
  params: byId,
  body: z.strictObject({ reason: requiredReason }),
  response: z.object({
    record_id: id.nullable().meta({
      description: both(
        '相反的那条记录；没有可变动的积分时为 null',
        'The opposite record; null when nothing could be moved',
      ),
    }),
    cancelled_record_id: id,
    points_reversed: z
      .int()
      .meta({ description: both('带正负号：相反记录变动的积分', 'Signed: what the opposite record moves') }),
    points_owed: z
      .int()
      .meta({ description: both('当前无法收回的积分', 'What could not be taken back now') }),
    new_total_points: z.int(),
    remaining_points: z.int(),
    level_change: levelChange,
    timestamp: instant,
  }),
  refusals: ['INVALID_STATE'],
  message: { zh: '积分记录已取消', en: 'The record was cancelled' },
  examples: { response: cancelledExample, request: { reason: '重复发放' } },
});
export const transferPoints = endpoint({
  ...family,
  name: 'transferPoints',
  method: 'post',
  path: '/api/v1/points/profiles/:id/transfer/',
  access: ['member'],
  kind: 'action',
  summary: { zh: '将积分转给其他成员', en: 'Give points to another member' },
  description: {
    zh: '只能转自己的积分，且租户须允许（设置中的 `transfers_enabled`）。积分保留原来的到期时间。',
    en: 'Of one’s own points, and only where the tenant allows it (`transfers_enabled` of the settings). The points keep their ends.',
  },
  params: byId,
  body: z.strictObject({ to_member: id, points_amount: pointsAmount, reason: longText.nullish() }),
  response: z.object({
    record_id: id,
    to_member: id,
    points_transferred: z.int(),
    new_total_points: z.int(),
    remaining_points: z.int(),
    timestamp: instant,
  }),
  refusals: ['TRANSFERS_DISABLED', 'POINTS_DISABLED', 'INSUFFICIENT_POINTS'],
  message: { zh: '成功转出 {points} 积分', en: 'Transferred {points} points' },
  examples: {
    response: transferredExample,
    params: { points: 50 },
    request: { to_member: 124, points_amount: 50, reason: '生日快乐' },
  },
});
