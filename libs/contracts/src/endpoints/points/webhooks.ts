/** What other systems tell the member system (seed 003): signed by the tenant's shop, or by a service token. */
import { z } from 'zod';
import { exactText } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { count, id, instant, longText, money, orderAmount, positiveAmount, storable } from '../../schemas.ts';
import { both } from '../../text.ts';
import { orderId } from './member-points.ts';

/** Facts that give points by the tenant's rules; what the shop says of them may be a rule's condition. */
export const ruledWebhooks = [
  'MEMBER_REGISTERED',
  'MEMBER_LOGIN',
  'REVIEW_POSTED',
  'REFERRAL_COMPLETED',
] as const;
export const webhookTypes = ['ORDER_COMPLETED', 'ORDER_REFUNDED', ...ruledWebhooks] as const;
/** Of the shop's own making, as its order ids. */
const foreignId = orderId;

/** The shop may say more than we use; what it says must still be storable, and of some size. */
const data = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape).superRefine(storable(64));
const refundAmount = positiveAmount(
  both('退款金额必须大于0，最多两位小数', 'Must be above 0, at most two decimals'),
);
const common = {
  timestamp: z.iso.datetime({
    offset: true,
    error: both('时间格式不正确（应为 ISO-8601）', 'Must be an ISO-8601 time'),
  }),
  signature: exactText()
    .max(256)
    .optional()
    .meta({
      description: both(
        '对 `timestamp.event_type.` 加 `event_data` 的规范化 JSON 计算的 HMAC-SHA256（十六进制）',
        'Hex HMAC-SHA256 of `timestamp.event_type.` and the canonical JSON of `event_data`',
      ),
    }),
};
const ruled = <Type extends (typeof ruledWebhooks)[number]>(type: Type, shape: z.ZodRawShape = {}) =>
  z.strictObject({
    event_type: z.literal(type),
    event_data: data({ user_id: id, order_id: foreignId.optional(), ...shape }),
    ...common,
  });

const UNKNOWN_TYPE = both(
  `未知的事件类型，可选：${webhookTypes.join('、')}`,
  `Must be one of: ${webhookTypes.join(', ')}`,
);

export const webhookBody = z.discriminatedUnion(
  'event_type',
  [
    z.strictObject({
      event_type: z.literal('ORDER_COMPLETED'),
      event_data: data({
        user_id: id,
        order_id: orderId,
        order_amount: orderAmount,
        payment_time: instant.nullish(),
        items: z.array(z.record(z.string(), z.unknown())).max(1_000).optional(),
      }),
      ...common,
    }),
    z.strictObject({
      event_type: z.literal('ORDER_REFUNDED'),
      event_data: data({
        user_id: id.optional(),
        order_id: orderId,
        refund_id: foreignId.optional(),
        refund_amount: refundAmount
          .optional()
          .meta({ description: both('省略：订单剩余的全部金额', 'Left out: all that is left of the order') }),
        reason: longText.nullish(),
      }),
      ...common,
    }),
    ruled('MEMBER_REGISTERED'),
    ruled('MEMBER_LOGIN'),
    ruled('REVIEW_POSTED', { review_id: foreignId.optional() }),
    ruled('REFERRAL_COMPLETED', { referred_user_id: id.optional() }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? UNKNOWN_TYPE : undefined) },
);
const transaction = z.string().nullable();
const action = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('points_earned'),
    points: count,
    transaction_id: transaction,
    rule_id: id.optional().meta({ description: both('发放积分的奖励规则', 'The award rule that gave them') }),
  }),
  z.object({
    action: z.literal('points_skipped'),
    reason: z.string().meta({
      description: both('未能执行的原因代码；不再重试', 'The code of what stood against it; not tried again'),
    }),
    rule_id: id.optional(),
  }),
  z.object({
    action: z.literal('points_taken_back'),
    points: count,
    owed_points: count.meta({
      description: both(
        '无法收回的积分：从之后的收入中扣除',
        'What could not be taken: the next earnings pay it',
      ),
    }),
    transaction_id: transaction,
  }),
  z.object({ action: z.literal('points_given_back'), points: count, transaction_id: transaction }),
  z.object({
    action: z.literal('refund_kept'),
    refund_amount: money.nullable().meta({ description: both('null：整个订单', 'null: the whole order') }),
  }),
  z.object({
    action: z.literal('benefit_returned'),
    benefit_id: z.string(),
    usage_id: z.string(),
  }),
  z.object({ action: z.literal('login_counted'), consecutive_days: count }),
  z.object({
    action: z.literal('level_check'),
    level_changed: z.boolean(),
    current_level: z.string().nullable(),
  }),
]);

export const takeWebhook = endpoint({
  service: 'points',
  dialect: 'code',
  tag: 'Member webhooks',
  name: 'takeWebhook',
  method: 'post',
  path: '/api/v1/member-system/webhooks/events/',
  access: ['internal'],
  proof: 'webhook-signature',
  kind: 'action',
  summary: { zh: '通知会员在别处的行为', en: 'Tell what a member did elsewhere' },
  description: {
    zh: '用服务令牌调用（签名可省略，带上则会校验），或不用令牌：带 `X-Tenant-ID` 和用租户 Webhook 密钥计算的签名。`signature` 为 `timestamp` + "." + `event_type` + "." + `event_data` 的规范化 JSON（RFC 8785）的 HMAC-SHA256（十六进制）；`X-Webhook-Signature` 为原始请求体的签名。`timestamp` 允许5分钟误差。类型与 `refund_id` 或 `order_id` 相同，或同一事件再次通知：响应相同，不会重复处理。订单与退款可按任意顺序通知：先到的退款会保留（`refund_kept`），订单支付后只按剩余金额获得积分并计入消费；若已全额退款则不获得（`points_skipped`，`ORDER_REFUNDED`）。全额退款退还该订单使用过的权益次数（`benefit_returned`），部分退款不退还。',
    en: 'Called with a service token (a signature may be left out, but is checked when there), or without one: with `X-Tenant-ID` and a signature by the tenant’s webhook secret. `signature` is the hex HMAC-SHA256 of `timestamp` + "." + `event_type` + "." + the canonical JSON (RFC 8785) of `event_data`; `X-Webhook-Signature` that of the raw body. `timestamp` may be 5 minutes off. The same type and `refund_id` or `order_id`, or the same event, again: the same answer, and nothing is done twice. Orders and refunds may be told in any order: a refund that comes first is kept (`refund_kept`), and once the order is paid, it earns and counts what is left after it; nothing (`points_skipped`, `ORDER_REFUNDED`) if it was refunded in whole. A refund in whole gives back what the order used of benefits (`benefit_returned`); one in part does not.',
  },
  body: webhookBody,
  response: z.object({ processed_actions: z.array(action), processed_at: instant }),
  refusals: ['BIZ_001', 'CONFLICT', 'INVALID_STATE', 'TENANT_SUSPENDED'],
  message: { zh: '事件处理成功', en: 'The event is handled' },
  examples: {
    request: {
      event_type: 'ORDER_COMPLETED',
      event_data: {
        user_id: 1001,
        order_id: 'ORD123456',
        order_amount: 299.99,
        payment_time: '2024-09-17T10:00:00Z',
        items: [{ product_id: 'P123', category: 'electronics', quantity: 1, price: 299.99 }],
      },
      timestamp: '2024-09-17T10:01:00Z',
      signature: 'webhook_signature_hash',
    },
    response: {
      processed_actions: [
        { action: 'points_earned', points: 300, transaction_id: 'PT123456793' },
        { action: 'level_check', level_changed: false, current_level: '银牌会员' },
      ],
      processed_at: '2024-09-17T10:01:05Z',
    },
  },
});
