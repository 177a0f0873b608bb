/** Holds: points set aside for something under way, then captured or released. They stay in the total, but are not available. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  id,
  idFilter,
  instant,
  instantInput,
  longText,
  ordering,
  pageQuery,
  pointsAmount,
} from '../../schemas.ts';
import { category, sourceId, sourceType } from './shapes.ts';
import { both } from '../../text.ts';
import { capturedExample, holdExample, releasedExample } from './examples.ts';

export const holdStatuses = ['held', 'captured', 'released', 'expired'] as const;
export const hold = z.object({
  id,
  member: id,
  status: z.enum(holdStatuses),
  points_amount: z.int().positive(),
  captured_points: z.int(),
  released_points: z.int(),
  category: z.string(),
  reason: z.string().nullable(),
  source_type: z.string(),
  source_id: z.union([z.int(), z.string()]).nullable(),
  expires_at: instant
    .nullable()
    .meta({ description: both('null：由一次购买来结算', 'null: a purchase settles it') }),
  record_id: id
    .nullable()
    .meta({ description: both('扣除所产生的积分记录', 'The record that the capture left') }),
  created_at: instant,
  settled_at: instant.nullable(),
});
const family = {
  service: 'points',
  dialect: 'drf',
  tag: 'Points holds',
  access: ['admin', 'internal'],
} as const;
const path = '/api/v1/points/profiles/:id/holds/';
const settled = z.object({
  id,
  status: z.enum(holdStatuses),
  captured_points: z.int(),
  released_points: z.int(),
  record_id: id.nullable(),
  new_total_points: z.int(),
  remaining_points: z.int(),
  timestamp: instant,
});

export const placeHold = endpoint({
  ...family,
  name: 'placeHold',
  method: 'post',
  path,
  kind: 'object',
  status: 201,
  summary: { zh: '冻结用户档案中的积分', en: 'Freeze points of a profile' },
  description: {
    zh: '优先冻结最早到期的批次，这些批次至少保留到冻结结束。可用积分减少，总积分不变。到 `expires_at` 自动结束（默认：租户的冻结时长）。',
    en: 'Takes the soonest-ending lots, which then last as long as the hold. Lowers what is available, not the total. Ends by itself at `expires_at` (default: the tenant’s hold lifetime).',
  },
  params: byId,
  body: z.strictObject({
    points_amount: pointsAmount,
    category,
    reason: longText.nullish(),
    expires_at: instantInput.optional(),
    source_type: sourceType.default('manual'),
    source_id: sourceId.optional(),
  }),
  response: hold,
  refusals: ['INVALID_STATE', 'INSUFFICIENT_POINTS', 'POINTS_DISABLED'],
  examples: {
    response: holdExample,
    request: { points_amount: 300, category: 'feature_unlock', reason: '订单待支付' },
  },
});
export const listHolds = endpoint({
  ...family,
  name: 'listHolds',
  method: 'get',
  path,
  kind: 'list',
  summary: { zh: '用户档案的冻结列表', en: 'List the holds of a profile' },
  params: byId,
  query: z.strictObject({
    ...pageQuery(),
    status: z.enum(holdStatuses).optional(),
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: hold,
});
export const listTenantHolds = endpoint({
  ...family,
  name: 'listTenantHolds',
  method: 'get',
  path: '/api/v1/points/holds/',
  kind: 'list',
  summary: { zh: '租户所有成员的冻结列表', en: 'List the holds of all members' },
  description: {
    zh: '`status` 为查询时的状态：已过 `expires_at` 的为 `expired`。',
    en: '`status` is true at the time of asking: what is past its `expires_at` is `expired`.',
  },
  query: z.strictObject({
    ...pageQuery(),
    member: idFilter.optional(),
    status: z.enum(holdStatuses).optional(),
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: hold,
  examples: { response: holdExample },
});
export const captureHold = endpoint({
  ...family,
  name: 'captureHold',
  method: 'post',
  path: '/api/v1/points/holds/:id/capture/',
  kind: 'action',
  summary: { zh: '扣除冻结的积分', en: 'Spend held points' },
  description: {
    zh: '默认全部扣除，除非 `points_amount` 更少；其余释放。积分功能停用时也可以使用。',
    en: 'All of them unless `points_amount` says less; the rest is released. Works while points are disabled.',
  },
  params: byId,
  body: z.strictObject({ points_amount: pointsAmount.optional() }),
  response: settled,
  refusals: ['INVALID_STATE'],
  message: { zh: '成功扣除 {points} 冻结积分', en: 'Captured {points} held points' },
  examples: { params: { points: 200 }, response: capturedExample, request: { points_amount: 200 } },
});
export const releaseHold = endpoint({
  ...family,
  name: 'releaseHold',
  method: 'post',
  path: '/api/v1/points/holds/:id/release/',
  kind: 'action',
  summary: { zh: '释放冻结的积分', en: 'Give held points back' },
  description: {
    zh: '所属批次在此期间已到期的部分立即过期。积分功能停用时也可以使用。',
    en: 'A part whose lot has ended meanwhile expires at once. Works while points are disabled.',
  },
  params: byId,
  response: settled,
  refusals: ['INVALID_STATE'],
  message: { zh: '成功释放 {points} 冻结积分', en: 'Released {points} held points' },
  examples: { params: { points: 300 }, response: releasedExample },
});
