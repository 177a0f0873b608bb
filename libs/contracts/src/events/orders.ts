/** Facts about a shop's orders, which the points service tells. They share the sequence of their member's profile. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
/** Money in hundredths of the tenant's currency. */
const hundredths = z.int().min(0);
const profile = { producer: 'points', aggregate: 'profile' } as const;
/** What the member has spent in all, and in how many orders, once this fact is counted. */
const spending = { spentTotal: hundredths, orderCount: z.int().min(0) };

export const orderCompleted = defineEvent('order.completed.v1', {
  ...profile,
  description: {
    zh: '会员支付了订单；每个订单一次。金额以分为单位。`pointsEarned` 和 `recordId` 指明为该订单奖励的积分（此时或此前）；没有则为 null。`spentTotal` 和 `orderCount` 是此后该会员的全部消费。',
    en: 'A member paid an order; told once for each. Money is in hundredths. `pointsEarned` and `recordId` name what was awarded for it, now or before; null when nothing was. `spentTotal` and `orderCount` are the member’s whole spending after it.',
  },
  data: z.object({
    profileId: id,
    orderId: z.string(),
    amount: hundredths,
    pointsEarned: z.int().min(0),
    recordId: id.nullable(),
    ...spending,
  }),
});
export const orderRefunded = defineEvent('order.refunded.v1', {
  ...profile,
  description: {
    zh: '订单已全额或部分退款。`amount` 是本次退款，`refundedTotal` 是该订单至今的全部退款，均以分为单位。`pointsTakenBack` 是从所得积分中收回的，`pointsOwed` 是暂时无法收回的，`pointsGivenBack` 是从所用积分中退还的。`spentTotal` 和 `orderCount` 是此后该会员的全部消费；全额退款的订单不再计入。',
    en: 'An order was refunded, in whole or in part. `amount` is this refund, `refundedTotal` all of the order’s so far, in hundredths. `pointsTakenBack` of what it earned, `pointsOwed` what could not be taken yet, `pointsGivenBack` of what it used. `spentTotal` and `orderCount` are the member’s whole spending after it; an order refunded in whole no longer counts.',
  },
  data: z.object({
    profileId: id,
    orderId: z.string(),
    refundId: z.string().nullable(),
    amount: hundredths,
    refundedTotal: hundredths,
    pointsTakenBack: z.int().min(0),
    pointsOwed: z.int().min(0),
    pointsGivenBack: z.int().min(0),
    ...spending,
  }),
});
