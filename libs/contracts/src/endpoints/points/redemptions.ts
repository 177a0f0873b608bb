/** Redeeming points for goods (seed 003), with the stock and the states that the goods go through. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import {
  code,
  count,
  day,
  id,
  instant,
  idFilter,
  limitQuery,
  longText,
  ordering,
  pointsAmount,
  prefixedId,
  requiredLine,
  requiredText,
} from '../../schemas.ts';

const family = { service: 'points', dialect: 'code', tag: 'Redemptions' } as const;
const itemsPath = '/api/v1/member-system/admin/redemption-items/';
const itemPath = '/api/v1/member-system/admin/redemption-items/:item_id/';
const redemptionsPath = '/api/v1/member-system/admin/redemptions/';
const redemptionPath = '/api/v1/member-system/admin/redemptions/:redemption_id/';
const byItem = z.object({ item_id: code });
const byRedemption = z.object({ redemption_id: prefixedId('RED') });
export const redemptionStates = ['requested', 'shipped', 'completed', 'cancelled'] as const;

const address = z.strictObject({
  name: requiredText,
  phone: text().trim().min(3).max(32),
  address: requiredText,
});
const itemFields = {
  item_name: requiredText,
  description: longText,
  points_cost: pointsAmount,
  stock: z.int().min(0).max(1_000_000_000),
  per_member_limit: z.int().min(1).max(1_000_000).nullable(),
  needs_delivery: z.boolean(),
  delivery_days: z.int().min(0).max(365),
  is_active: z.boolean(),
};
const item = z.object({
  redemption_item_id: z.string(),
  ...itemFields,
  created_at: instant,
  updated_at: instant,
});
const gift = {
  redemption_item_id: 'GIFT001',
  item_name: '积分商城礼品',
  description: '',
  points_cost: 500,
  stock: 100_000,
  per_member_limit: null,
  needs_delivery: true,
  delivery_days: 3,
  is_active: true,
};
const storedGift = { ...gift, created_at: '2024-09-01T00:00:00Z', updated_at: '2024-09-01T00:00:00Z' };
const redemption = z.object({
  redemption_id: z.string(),
  user_id: id,
  redemption_item_id: z.string(),
  item_name: z.string(),
  quantity: z.int(),
  points_cost: count,
  status: z.enum(redemptionStates),
  delivery_address: address.nullable(),
  estimated_delivery: day.nullable(),
  tracking_code: z.string().nullable(),
  reason: z.string().nullable(),
  created_at: instant,
  updated_at: instant,
});
const aRedemption = {
  redemption_id: 'RED123456789',
  user_id: 1001,
  redemption_item_id: 'GIFT001',
  item_name: '积分商城礼品',
  quantity: 1,
  points_cost: 500,
  status: 'requested',
  delivery_address: { name: '张三', phone: '13800138000', address: '北京市朝阳区xxx街道xxx号' },
  estimated_delivery: '2024-09-20',
  tracking_code: null,
  reason: null,
  created_at: '2024-09-17T10:00:00Z',
  updated_at: '2024-09-17T10:00:00Z',
};

export const redeemPoints = endpoint({
  ...family,
  name: 'redeemPoints',
  method: 'post',
  path: '/api/v1/member-system/points/redeem/',
  access: ['member'],
  kind: 'action',
  summary: { zh: '用积分兑换商品', en: 'Redeem points for an item' },
  description: {
    zh: '按此顺序拒绝：积分不足、库存不足、超过每位会员的上限（均为409）。需要寄送的商品须提供 `delivery_address`。',
    en: 'Refused in this order: too few points, too little stock, over the limit of one member (409 each). An item that is sent needs `delivery_address`.',
  },
  body: z.strictObject({
    redemption_item_id: text().min(1).max(64),
    quantity: z.int().min(1).max(1_000).default(1),
    delivery_address: address.nullish(),
  }),
  response: z.object({
    redemption_id: z.string(),
    item_name: z.string(),
    points_cost: count,
    remaining_points: count,
    estimated_delivery: day.nullable(),
    tracking_code: z.string().nullable(),
  }),
  refusals: ['BIZ_001', 'INSUFFICIENT_POINTS', 'POINTS_DISABLED', 'OUT_OF_STOCK', 'MEMBER_LIMIT_REACHED'],
  message: { zh: '兑换成功', en: 'Redeemed' },
  examples: {
    request: {
      redemption_item_id: 'GIFT001',
      quantity: 1,
      delivery_address: aRedemption.delivery_address,
    },
    response: {
      redemption_id: 'RED123456789',
      item_name: '积分商城礼品',
      points_cost: 500,
      remaining_points: 2030,
      estimated_delivery: '2024-09-20',
      tracking_code: null,
    },
  },
});
export const listRedemptionItems = endpoint({
  ...family,
  name: 'listRedemptionItems',
  method: 'get',
  path: itemsPath,
  access: ['admin'],
  kind: 'list',
  itemsKey: 'items',
  summary: { zh: '兑换商品列表', en: 'List the redemption items' },
  query: z.strictObject({
    ...limitQuery(),
    ordering: ordering(['created_at', 'points_cost', 'redemption_item_id'], '-created_at'),
  }),
  response: item,
});
export const getRedemptionItem = endpoint({
  ...family,
  name: 'getRedemptionItem',
  method: 'get',
  path: itemPath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '兑换商品详情', en: 'Show a redemption item' },
  params: byItem,
  response: item,
  examples: { response: storedGift },
});
export const createRedemptionItem = endpoint({
  ...family,
  name: 'createRedemptionItem',
  method: 'post',
  path: itemsPath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '上架兑换商品', en: 'Offer an item for points' },
  description: {
    zh: '`redemption_item_id` 是租户自定的编号。',
    en: '`redemption_item_id` is a code that the tenant chooses.',
  },
  body: z.strictObject({
    ...itemFields,
    redemption_item_id: code,
    description: longText.default(''),
    per_member_limit: itemFields.per_member_limit.default(null),
    needs_delivery: z.boolean().default(true),
    delivery_days: itemFields.delivery_days.default(3),
    is_active: z.boolean().default(true),
  }),
  response: item,
  message: { zh: '兑换商品已创建', en: 'The item is offered' },
  examples: { request: gift, response: storedGift },
});
export const updateRedemptionItem = endpoint({
  ...family,
  name: 'updateRedemptionItem',
  method: 'patch',
  path: itemPath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '修改兑换商品', en: 'Change a redemption item' },
  description: { zh: '`stock` 为从现在起的库存。', en: '`stock` is what is there from now on.' },
  params: byItem,
  body: z.strictObject(itemFields).partial(),
  response: item,
  message: { zh: '兑换商品已更新', en: 'The item is changed' },
  examples: { request: { stock: 100_000 }, response: storedGift },
});
export const deleteRedemptionItem = endpoint({
  ...family,
  name: 'deleteRedemptionItem',
  method: 'delete',
  path: itemPath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '下架兑换商品', en: 'Withdraw a redemption item' },
  description: {
    zh: '已有的兑换保留。有未完成兑换的商品不能下架（409）：请改为停用。',
    en: 'Its redemptions stay. One with open redemptions cannot be withdrawn (409): switch it off instead.',
  },
  params: byItem,
  response: z.object({ redemption_item_id: z.string() }),
  refusals: ['CONFLICT'],
  message: { zh: '兑换商品已删除', en: 'The item is withdrawn' },
  examples: { response: { redemption_item_id: 'GIFT001' } },
});
export const listRedemptions = endpoint({
  ...family,
  name: 'listRedemptions',
  method: 'get',
  path: redemptionsPath,
  access: ['admin'],
  kind: 'list',
  itemsKey: 'redemptions',
  summary: { zh: '兑换列表，最新的在前', en: 'List redemptions, newest first' },
  query: z.strictObject({
    ...limitQuery(),
    status: z.enum(redemptionStates).optional(),
    user_id: idFilter.optional(),
  }),
  response: redemption,
});
export const getRedemption = endpoint({
  ...family,
  name: 'getRedemption',
  method: 'get',
  path: redemptionPath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '兑换详情', en: 'Show a redemption' },
  params: byRedemption,
  response: redemption,
  examples: { response: aRedemption },
});
export const shipRedemption = endpoint({
  ...family,
  name: 'shipRedemption',
  method: 'post',
  path: '/api/v1/member-system/admin/redemptions/:redemption_id/ship/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '将兑换标记为已发货', en: 'Mark a redemption as sent' },
  params: byRedemption,
  body: z.strictObject({ tracking_code: requiredLine(128).nullish() }),
  response: redemption,
  refusals: ['INVALID_STATE'],
  message: { zh: '兑换已发货', en: 'The redemption is sent' },
  examples: {
    request: { tracking_code: 'SF123456' },
    response: { ...aRedemption, status: 'shipped', tracking_code: 'SF123456' },
  },
});
export const completeRedemption = endpoint({
  ...family,
  name: 'completeRedemption',
  method: 'post',
  path: '/api/v1/member-system/admin/redemptions/:redemption_id/complete/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '将兑换标记为已完成', en: 'Mark a redemption as received' },
  params: byRedemption,
  response: redemption,
  refusals: ['INVALID_STATE'],
  message: { zh: '兑换已完成', en: 'The redemption is complete' },
  examples: { response: { ...aRedemption, status: 'completed' } },
});
export const cancelRedemption = endpoint({
  ...family,
  name: 'cancelRedemption',
  method: 'post',
  path: '/api/v1/member-system/admin/redemptions/:redemption_id/cancel/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '取消兑换：退回积分和库存', en: 'Cancel a redemption: points and stock go back' },
  params: byRedemption,
  body: z.strictObject({ reason: requiredText }),
  response: redemption,
  refusals: ['INVALID_STATE'],
  message: { zh: '兑换已取消，积分已退回', en: 'The redemption is cancelled and its points are back' },
  examples: {
    request: { reason: '缺货' },
    response: { ...aRedemption, status: 'cancelled', reason: '缺货' },
  },
});
export const returnRedemption = endpoint({
  ...family,
  name: 'returnRedemption',
  method: 'post',
  path: '/api/v1/member-system/admin/redemptions/:redemption_id/return/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '退货：已完成的兑换退回积分', en: 'Take back what was received: its points go back' },
  description: {
    zh: '仅适用于已完成的兑换，之后状态为 `cancelled`。积分和该成员的限额一并退回；`restock` 为 `false` 时库存不变（例如商品已损坏）。',
    en: 'For a complete redemption, which is `cancelled` afterwards. The points go back, and what counts against the limit of the member; with `restock: false` the stock stays as it is, as for goods that are broken.',
  },
  params: byRedemption,
  body: z.strictObject({ reason: requiredText, restock: z.boolean().default(true) }),
  response: redemption,
  refusals: ['INVALID_STATE'],
  message: { zh: '商品已退回，积分已退回', en: 'The goods are back, and so are the points' },
  examples: {
    request: { reason: '质量问题', restock: false },
    response: { ...aRedemption, status: 'cancelled', reason: '质量问题' },
  },
});
