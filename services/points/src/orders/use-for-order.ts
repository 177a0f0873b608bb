/** A member pays part of an order with points: once per order, and never more than it costs. */
import { invalid } from '@membership/contracts/errors';
import { counted } from '@membership/contracts/text';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { commitOne } from '../ledger/commit.ts';
import type { SpendCommand } from '../ledger/command.ts';
import { discountFor, whyDoneDifferently, whyRefunded } from '../domain/order.ts';
import type { OrderTools } from './order-tools.ts';

export type UseForOrder = {
  readonly memberId: number;
  readonly points: number;
  /** In hundredths. */
  readonly amount: number;
  readonly orderId: string;
  readonly fingerprint: string;
};
export type Used = {
  readonly transaction_id: string;
  readonly points_used: number;
  readonly discount_amount: number;
  readonly remaining_points: number;
  readonly final_amount: number;
};

/**
 * Takes the points and returns the answer, the first one for a repeat. Refusals: unknown member (BIZ_001), fewer points than
 * the smallest discount needs (VALIDATION_ERROR), an order that
 * was paid with points by another request (CONFLICT) or refunded in whole (INVALID_STATE), INSUFFICIENT_POINTS, POINTS_DISABLED.
 */
export async function useForOrder(
  { ledger, opening, orders }: OrderTools,
  scope: TenantScope,
  asked: UseForOrder,
  unit: UnitOfWork,
): Promise<Used> {
  await opening.existingWithin(scope, asked.memberId, unit);
  const order = await orders.open(scope, asked.orderId, asked.memberId, unit);
  if (order.use) {
    const refusal = whyDoneDifferently(order.use, asked.fingerprint);
    if (refusal) throw refusal;
    return order.use.answer as Used;
  }
  const over = whyRefunded(order);
  if (over) throw over;
  const { settings } = await ledger.definitions.within(scope, unit);
  const { points, discount } = discountFor(asked.points, asked.amount, settings.pointsRedeemedPerUnit);
  if (discount === 0) {
    const least = Math.ceil(settings.pointsRedeemedPerUnit / 100);
    throw invalid({
      points_to_use: {
        zh: `至少需要 ${least} 积分才能抵扣`,
        en: `A discount takes at least ${counted(least, 'point')}`,
      },
    });
  }
  const command: SpendCommand = {
    kind: 'spend',
    memberId: asked.memberId,
    points,
    category: 'order_discount',
    subcategory: null,
    reason: '积分抵扣',
    sourceType: 'order',
    sourceId: order.orderId,
    eventType: 'REDEMPTION',
    relatedOrder: order.orderId,
    isOfPlatform: true,
  };
  const { record, profile } = await commitOne(ledger, scope, command, unit);
  const answer: Used = {
    transaction_id: `PT${record?._id}`,
    points_used: points,
    discount_amount: discount / 100,
    remaining_points: profile.available,
    final_amount: (asked.amount - discount) / 100,
  };
  const { fingerprint } = asked;
  await orders.keep(
    scope,
    { ...order, use: { fingerprint, recordId: record?._id ?? null, points, answer } },
    unit,
  );
  return answer;
}
