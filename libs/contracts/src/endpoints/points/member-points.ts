/** Points as the member system moves and shows them (seed 003). */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import {
  count,
  cursorQuery,
  day,
  id,
  instant,
  jsonObject,
  limitQuery,
  longText,
  money,
  pointsAmount,
  positiveAmount,
} from '../../schemas.ts';
import { both } from '../../text.ts';

const family = { service: 'points', dialect: 'code', tag: 'Member points' } as const;
const transactionTypes = ['EARN', 'USE', 'ADJUST', 'EXPIRE'] as const;

const WRONG_ORDER_ID = both(
  '应为 1 到 128 个字符的文本（不含换行），或整数',
  'Must be text of 1 to 128 characters in one line, or an integer',
);
/** An order's id is the shop's own: `#1001`, `Shop/0001`, `订单1`, or a number, which is then its digits. */
export const orderId = z
  .union(
    [
      text()
        .trim()
        .min(1)
        .max(128)
        .regex(/^[^\t\r\n]*$/, { error: WRONG_ORDER_ID }),
      z.int().min(0).transform(String),
    ],
    { error: WRONG_ORDER_ID },
  )
  .meta({
    description: both(
      '由商店自定；数字按其字面识别',
      'Of the shop’s own making; a number is known by its digits',
    ),
  });
const eventType = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, { error: both('无效的事件类型', 'Not an event type') });
const transactionType = z
  .string()
  .transform((name) => name.toUpperCase())
  .pipe(
    z.enum(['ALL', ...transactionTypes], {
      error: both('可选：all、EARN、USE、ADJUST、EXPIRE', 'Must be one of: all, EARN, USE, ADJUST, EXPIRE'),
    }),
  );
const dayFilter = z.iso.date({
  error: both('日期格式不正确（应为 YYYY-MM-DD）', 'Must be a day such as 2024-08-01'),
});

export const listPointsTransactions = endpoint({
  ...family,
  name: 'listPointsTransactions',
  method: 'get',
  path: '/api/v1/member-system/points/transactions/',
  access: ['member'],
  kind: 'list',
  itemsKey: 'transactions',
  summary: { zh: '自己的积分明细，最新的在前', en: 'List one’s own points, newest first' },
  description: {
    zh: '`summary` 为档案的合计；`current_balance` 为可用积分。日期按租户时区，包含首尾两天。逐页读取大量明细请用 `cursor`：每页给出 `next_cursor`，最后一页没有。',
    en: '`summary` are the totals of the profile; `current_balance` is what is available. Dates are days of the tenant, both ends included. Who reads very many goes on by `cursor`: each page gives `next_cursor`, the last one none.',
  },
  query: z
    .strictObject({
      ...limitQuery(),
      ...cursorQuery,
      type: transactionType.default('ALL'),
      start_date: dayFilter.optional(),
      end_date: dayFilter.optional(),
    })
    .refine(({ start_date, end_date }) => !start_date || !end_date || start_date <= end_date, {
      path: ['end_date'],
      error: both('不能早于 start_date', 'Must not be before start_date'),
    }),
  refusals: ['BIZ_001'],
  response: z.object({
    transaction_id: z.string(),
    type: z.enum(transactionTypes),
    event_type: z.string(),
    points: z.int(),
    description: z.string(),
    related_order: z.string().nullable(),
    created_at: instant,
    expiry_date: day.nullable(),
  }),
  beside: z.object({
    summary: z.object({ total_earned: z.int(), total_used: z.int(), current_balance: z.int() }),
  }),
  examples: {
    response: {
      code: 200,
      message: 'success',
      data: {
        summary: { total_earned: 3200, total_used: 820, current_balance: 2380 },
        transactions: [
          {
            transaction_id: 'PT123456789',
            type: 'EARN',
            event_type: 'PURCHASE',
            points: 250,
            description: '购物获得积分',
            related_order: 'ORD123456',
            created_at: '2024-09-16T14:30:00Z',
            expiry_date: '2026-09-16',
          },
          {
            transaction_id: 'PT123456790',
            type: 'USE',
            event_type: 'REDEMPTION',
            points: -100,
            description: '积分抵扣',
            related_order: 'ORD123457',
            created_at: '2024-09-15T10:15:00Z',
            expiry_date: null,
          },
        ],
        pagination: { page: 1, limit: 20, total: 45, total_pages: 3 },
      },
    },
  },
});
export const earnMemberPoints = endpoint({
  ...family,
  name: 'earnMemberPoints',
  method: 'post',
  path: '/api/v1/member-system/points/earn/',
  access: ['internal'],
  kind: 'action',
  summary: { zh: '因会员的行为发放积分', en: 'Give a member points for what it did' },
  description: {
    zh: '`event_type` 为 PURCHASE、LOGIN、REFERRAL、REVIEW，或租户自有获得类别的大写形式。带 `related_order` 时每种类型每个订单只发放一次：重复请求得到首次的响应，内容不同则409。',
    en: '`event_type` is PURCHASE, LOGIN, REFERRAL, REVIEW, or an earning category of the tenant in capitals. With `related_order` it is done once per type and order: a repeat gets the first answer, another body 409.',
  },
  body: z.strictObject({
    user_id: id,
    event_type: eventType,
    points: pointsAmount,
    description: longText.nullish(),
    related_order: orderId.nullish(),
    related_data: jsonObject.nullish(),
  }),
  response: z.object({
    transaction_id: z.string(),
    points_earned: count,
    total_points: count,
    expiry_date: day.nullable(),
    level_upgraded: z.boolean(),
  }),
  refusals: ['BIZ_001', 'POINTS_DISABLED', 'DAILY_LIMIT_EXCEEDED', 'CONFLICT', 'INVALID_STATE'],
  message: { zh: '积分发放成功', en: 'The points are given' },
  examples: {
    request: {
      user_id: 1001,
      event_type: 'PURCHASE',
      points: 250,
      description: '订单ORD123456购物获得积分',
      related_order: 'ORD123456',
      related_data: { order_amount: 250, point_rate: 1 },
    },
    response: {
      transaction_id: 'PT123456789',
      points_earned: 250,
      total_points: 2630,
      expiry_date: '2026-09-17',
      level_upgraded: false,
    },
  },
});
export const useMemberPoints = endpoint({
  ...family,
  name: 'useMemberPoints',
  method: 'post',
  path: '/api/v1/member-system/points/use/',
  access: ['member', 'internal'],
  kind: 'action',
  summary: { zh: '用积分抵扣部分订单金额', en: 'Pay part of an order with points' },
  description: {
    zh: '不超过订单所需（`points_used` 说明用了多少），每个订单一次：重复请求得到首次的响应，内容不同则409。',
    en: 'Takes no more than the order needs (`points_used` says how many), once per order: a repeat gets the first answer, another body 409.',
  },
  body: z.strictObject({
    user_id: id,
    points_to_use: z
      .int({ error: both('积分使用数量必须大于0', 'Must be an integer above 0') })
      .min(1, { error: both('积分使用数量必须大于0', 'Must be an integer above 0') })
      .max(10_000_000),
    order_amount: positiveAmount(both('订单金额格式不正确', 'The amount of the order is not correct')),
    order_id: orderId,
  }),
  response: z.object({
    transaction_id: z.string(),
    points_used: count,
    discount_amount: money,
    remaining_points: count,
    final_amount: money,
  }),
  refusals: ['BIZ_001', 'INSUFFICIENT_POINTS', 'POINTS_DISABLED', 'CONFLICT', 'INVALID_STATE'],
  message: { zh: '积分使用成功', en: 'The points are used' },
  examples: {
    request: { user_id: 1001, points_to_use: 100, order_amount: 200, order_id: 'ORD123457' },
    response: {
      transaction_id: 'PT123456790',
      points_used: 100,
      discount_amount: 1,
      remaining_points: 2530,
      final_amount: 199,
    },
  },
});
