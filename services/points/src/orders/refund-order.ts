/** An order is refunded, in whole or in part: what it used comes back, what it earned is taken back, what it cost is not spent. */
import { Refusal, invalid } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import { commitOrRefusal } from '../ledger/commit.ts';
import type { WebhookAction } from '../webhooks/webhook.ts';
import { countWithin } from './count-within.ts';
import { refundOf, whyNotTheirs, type Once } from './order.ts';
import type { OrderTools } from './order-tools.ts';

export type RefundedOrder = {
  /** Whose the order must be, where the shop says. */
  readonly memberId: number | null;
  readonly orderId: string;
  readonly refundId: string | null;
  /** In hundredths; null: all that is left. */
  readonly amount: number | null;
  readonly reason: string | null;
};
type Undone = { readonly points: number; readonly owed: number; readonly transaction: string | null };

/**
 * Undoes the order's share of points and money. Refusals: unknown order (VALIDATION_ERROR), another member's, more than is
 * left, a part of one that is not paid (CONFLICT), one that is refunded in whole (INVALID_STATE).
 */
export async function refundOrder(
  { ledger, orders }: Pick<OrderTools, 'ledger' | 'orders'>,
  scope: TenantScope,
  asked: RefundedOrder,
  unit: UnitOfWork,
): Promise<WebhookAction[]> {
  const order = await orders.take(scope, asked.orderId, unit);
  if (!order) throw invalid({ 'event_data.order_id': { zh: '无效的订单号', en: 'Unknown order' } });
  const refusal = asked.memberId === null ? undefined : whyNotTheirs(order, asked.memberId);
  if (refusal) throw refusal;
  const refund = refundOf(order, asked.amount);
  if (refund instanceof Refusal) throw refund;
  const { now, ...refunded } = refund;
  const { memberId, orderId } = order;
  const undo = (once: Once | undefined, points: number) =>
    undoPart(
      ledger,
      scope,
      { memberId, recordId: once?.recordId ?? null, points, reason: asked.reason },
      unit,
    );
  // What comes back first can be taken again: the less is owed.
  const given = await undo(order.use, now.used);
  const taken = await undo(order.awards.PURCHASE, now.earned);
  const data = {
    orderId,
    refundId: asked.refundId,
    amount: now.amount,
    refundedTotal: refunded.amount,
    pointsTakenBack: taken.points,
    pointsOwed: taken.owed,
    pointsGivenBack: given.points,
  };
  const wasCounted = order.paid !== undefined;
  const fact = { kind: 'refunded', data, isWhole: refunded.isWhole, wasCounted } as const;
  const levelCheck = await countWithin(ledger, scope, { memberId, fact }, unit);
  await orders.keep(scope, { ...order, refunded }, unit);
  return [
    {
      action: 'points_taken_back',
      points: taken.points,
      owed_points: taken.owed,
      transaction_id: taken.transaction,
    },
    { action: 'points_given_back', points: given.points, transaction_id: given.transaction },
    levelCheck,
  ];
}

/** Undoes so many points of a record. One that was cancelled by hand meanwhile is undone already. */
async function undoPart(
  ledger: Ledger,
  scope: TenantScope,
  {
    memberId,
    recordId,
    points,
    reason,
  }: { memberId: number; recordId: number | null; points: number; reason: string | null },
  unit: UnitOfWork,
): Promise<Undone> {
  const nothing = { points: 0, owed: 0, transaction: null };
  if (recordId === null || points === 0) return nothing;
  const command = { kind: 'reverse', memberId, recordId, points, reason } as const;
  const outcome = await commitOrRefusal(ledger, scope, command, unit);
  if (outcome instanceof Refusal) {
    if (outcome.code === 'INVALID_STATE') return nothing;
    throw new Error(`record ${recordId} could not be undone`, { cause: outcome });
  }
  const { record, owed = 0 } = outcome;
  return {
    points: Math.abs(record?.points ?? 0),
    owed,
    transaction: record ? `PT${record._id}` : null,
  };
}
