/** A member paid an order: it earns the points of a purchase, once, and counts in what the member has spent. */
import { Refusal, refuse } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { purchaseBoost } from '../activities/purchase-boost.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { commitOrRefusal } from '../ledger/commit.ts';
import type { EarnCommand } from '../ledger/command.ts';
import { worthOf } from '../ledger/profile.ts';
import type { WebhookAction } from '../webhooks/webhook.ts';
import { countWithin } from './count-within.ts';
import { whyRefunded, type Once, type Order } from './order.ts';
import type { OrderTools } from './order-tools.ts';

/** Amount in hundredths. */
export type CompletedOrder = { readonly memberId: number; readonly orderId: string; readonly amount: number };

const ASKED_AT_MOST = 10_000_000;

/**
 * Gives the points and counts the order. Points that the order has had already are named, not given again; points that the
 * ledger refuses (disabled, daily limit) are skipped and the order counts all the same. Refusals: unknown member (BIZ_001),
 * another member's order, one that was counted with another amount (CONFLICT), one that was refunded (INVALID_STATE).
 */
export async function completeOrder(
  { ledger, opening, orders }: OrderTools,
  scope: TenantScope,
  { memberId, orderId, amount }: CompletedOrder,
  unit: UnitOfWork,
): Promise<WebhookAction[]> {
  await opening.existingWithin(scope, memberId, unit);
  const order = await orders.open(scope, orderId, memberId, unit);
  const over = whyRefunded(order);
  if (over) throw over;
  if (order.paid !== undefined)
    throw refuse('CONFLICT', { text: { zh: '该订单已完成', en: 'The order was completed before' } });
  const given = order.awards.PURCHASE ?? (await awardPurchase(ledger, scope, order, amount, unit));
  const award = typeof given === 'string' ? undefined : given;
  const data = { orderId, amount, pointsEarned: award?.points ?? 0, recordId: award?.recordId ?? null };
  const fact = { kind: 'completed', data } as const;
  const levelCheck = await countWithin(ledger, scope, { memberId, fact }, unit);
  const awards = award ? { ...order.awards, PURCHASE: award } : order.awards;
  await orders.keep(scope, { ...order, awards, paid: amount }, unit);
  return [
    typeof given === 'string'
      ? { action: 'points_skipped', reason: given }
      : {
          action: 'points_earned',
          points: given?.points ?? 0,
          transaction_id: given?.recordId ? `PT${given.recordId}` : null,
        },
    levelCheck,
  ];
}

/** The award, or the code of what stands against it; undefined for an order that costs nothing. */
async function awardPurchase(
  ledger: Ledger,
  scope: TenantScope,
  { orderId, memberId }: Order,
  amount: number,
  unit: UnitOfWork,
): Promise<Once | string | undefined> {
  const { settings } = await ledger.definitions.within(scope, unit);
  const worth = { amount, rate: Math.round(settings.pointsEarnedPerUnit * 1_000_000) };
  if (worth.amount * worth.rate === 0) return undefined;
  const asked = worthOf(worth);
  const command: EarnCommand = {
    kind: 'earn',
    memberId,
    points: Math.min(ASKED_AT_MOST, Math.max(1, asked)),
    ...(asked > ASKED_AT_MOST ? {} : { worth }),
    category: 'payment',
    subcategory: null,
    reason: '购物获得积分',
    sourceType: 'order',
    sourceId: orderId,
    eventType: 'PURCHASE',
    relatedOrder: orderId,
    boost: await purchaseBoost(ledger.models, scope, memberId, new Date(), unit),
  };
  const outcome = await commitOrRefusal(ledger, scope, command, unit);
  if (outcome instanceof Refusal) return outcome.code;
  const { record } = outcome;
  // Without an answer of its own: another door that asks for the same award is told that it was given.
  return { fingerprint: '', recordId: record?._id ?? null, points: record?.points ?? 0 };
}
