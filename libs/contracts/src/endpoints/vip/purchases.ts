/** Buying tags with points: what they cost, stated before; and what became of each purchase. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, count, id, idFilter, instant, ordering, pageQuery, queryInteger } from '../../schemas.ts';
import { days, LONGEST_DAYS } from './schemas.ts';
import type { Text } from '../../text.ts';

const common = { service: 'vip', dialect: 'drf', tag: 'VIP' } as const;

export const quoteTag = endpoint({
  ...common,
  name: 'quoteTag',
  method: 'get',
  path: '/api/v1/vip/tags/:id/quote/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '标签的价格，以及可持有多久', en: 'What a tag costs, and how long one would have it' },
  description: {
    zh: '针对调用者：已持有的标签会延长。省略 `duration_days` 时按标签的默认天数。365天及以上按年价，否则按月价（30天），按天折算并向上取整；只有一种价格的标签按该价格出售。凡购买会被拒绝的，报价也会拒绝。',
    en: 'For the caller: a tag that it has is extended. Without `duration_days` the tag’s default counts. The yearly price from 365 days on, else the monthly one (30 days), pro rata by day and rounded up; a tag with one price is sold at that. Refuses what buying would refuse.',
  },
  params: byId,
  query: z.strictObject({ duration_days: queryInteger(1, LONGEST_DAYS).optional() }),
  response: z
    .object({
      tag_id: id,
      tag_name: z.string(),
      tag_code: z.string(),
      duration_days: z.int().positive(),
      rate: z.enum(['monthly', 'yearly']),
      unit_price: z.number().min(0),
      unit_days: z.int().positive(),
      price: z.number().min(0),
      currency: z.string(),
      price_points: count,
      is_renewal: z.boolean(),
      starts_at: instant,
      expires_at: instant,
    })
    .meta({ id: 'TagQuote' }),
  refusals: ['VALIDATION_ERROR', 'BIZ_001', 'INVALID_STATE', 'VIP_DURATION_EXCEEDED'],
  examples: {
    response: {
      tag_id: 1,
      tag_name: 'VIP金牌',
      tag_code: 'VIP_GOLD',
      duration_days: 30,
      rate: 'monthly',
      unit_price: 99,
      unit_days: 30,
      price: 99,
      currency: 'CNY',
      price_points: 9_900,
      is_renewal: false,
      starts_at: '2025-09-25T10:00:00Z',
      expires_at: '2025-10-25T10:00:00Z',
    },
  },
});

export const purchaseStatuses = ['requested', 'completed', 'failed'] as const;
const purchaseStatus = z.enum(purchaseStatuses).meta({ id: 'VipPurchaseStatus' });
const purchase = z
  .object({
    id,
    member_id: id,
    tag_id: id,
    tag_name: z.string(),
    tag_code: z.string(),
    status: purchaseStatus,
    duration_days: z.int().positive(),
    price: z.number().min(0),
    currency: z.string(),
    price_points: count,
    auto_renew: z.boolean().nullable(),
    origin: z.enum(['member', 'auto_renewal']),
    renewed_expiry: instant.nullable(),
    reason: z.string().nullable(),
    user_tag_id: id.nullable(),
    created_at: instant,
    settled_at: instant.nullable(),
  })
  .meta({ id: 'VipPurchase' });
const example = {
  id: 9001,
  member_id: 123,
  tag_id: 1,
  tag_name: 'VIP金牌',
  tag_code: 'VIP_GOLD',
  status: 'requested' as const,
  duration_days: 30,
  price: 99,
  currency: 'CNY',
  price_points: 9_900,
  auto_renew: null,
  origin: 'member' as const,
  renewed_expiry: null,
  reason: null,
  user_tag_id: null,
  created_at: '2025-09-25T10:00:00Z',
  settled_at: null,
};
const OUTCOME: Text = {
  zh: '`completed`：已授予并已支付。`failed`：两者皆无；`reason` 为代码：INSUFFICIENT_POINTS、POINTS_DISABLED、TIMEOUT、授予时的拒绝原因，或 NO_LONGER_WANTED（自动续期的标签在此期间被暂停、撤销或以其他方式续期）。`origin` 为 `auto_renewal`：标签自动续期，针对 `renewed_expiry` 的到期时间。',
  en: '`completed`: granted and paid. `failed`: neither; `reason` is a code: INSUFFICIENT_POINTS, POINTS_DISABLED, TIMEOUT, what the grant refused, or NO_LONGER_WANTED (an auto-renewal whose tag was suspended, revoked or renewed otherwise meanwhile). `origin` `auto_renewal`: the tag renewed itself, for the end in `renewed_expiry`.',
};

export const purchaseTag = endpoint({
  ...common,
  name: 'purchaseTag',
  method: 'post',
  path: '/api/v1/vip/tags/:id/purchase/',
  access: ['member'],
  kind: 'object',
  status: 202,
  summary: { zh: '用自己的积分购买标签', en: 'Buy a tag with one’s points' },
  description: {
    zh: `支付之前即返回：请查询该购买直到有结果。${OUTCOME.zh}省略 \`duration_days\` 时按标签的默认天数。\`auto_renew\` 随授予一并开启或关闭相同天数的自动续期；省略则不变。免费的立即完成。`,
    en: `Answered before it is paid: ask for the purchase until it is settled. ${OUTCOME.en} Without \`duration_days\` the tag’s default counts. \`auto_renew\` switches auto-renewal for as many days on or off with the grant; left out, it stays as it is. What costs nothing is completed at once.`,
  },
  params: byId,
  body: z.strictObject({
    pay_with: z.literal('points'),
    duration_days: days.optional(),
    auto_renew: z.boolean().optional(),
  }),
  response: purchase,
  refusals: ['VALIDATION_ERROR', 'BIZ_001', 'INVALID_STATE', 'VIP_DURATION_EXCEEDED'],
  examples: { request: { pay_with: 'points', duration_days: 30 }, response: example },
});

export const listPurchases = endpoint({
  ...common,
  name: 'listPurchases',
  method: 'get',
  path: '/api/v1/vip/purchases/',
  access: ['member'],
  kind: 'list',
  summary: { zh: '标签购买列表', en: 'Purchases of tags' },
  description: {
    zh: `成员只能看到自己的。${OUTCOME.zh}`,
    en: `Members see their own. ${OUTCOME.en}`,
  },
  query: z.strictObject({
    ...pageQuery(20),
    member: idFilter.optional(),
    tag: idFilter.optional(),
    status: purchaseStatus.optional(),
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: purchase,
});

export const getPurchase = endpoint({
  ...common,
  name: 'getPurchase',
  method: 'get',
  path: '/api/v1/vip/purchases/:id/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '标签购买详情', en: 'One purchase of a tag' },
  description: OUTCOME,
  params: byId,
  response: purchase,
  refusals: ['BIZ_001'],
  examples: {
    response: {
      ...example,
      status: 'completed' as const,
      user_tag_id: 501,
      settled_at: '2025-09-25T10:00:01Z',
    },
  },
});
