/** A member paid an order: it earns the points of a purchase, once, and counts in what the member has spent. */
import { Refusal } from '@membership/contracts/errors';
import { newOrder, whyCompleted, whyNotTheirs, whyRefunded, type Once } from '../../orders/order.ts';
import type { Book } from '../book.ts';
import type { CompleteOrderCommand, EarnCommand } from '../command.ts';
import type { Outcome } from '../outcome.ts';
import { worthOf } from '../profile.ts';
import { countOrder } from './count-order.ts';
import { earn } from './earn.ts';
import { followUserLevel } from './user-level.ts';

const ASKED_AT_MOST = 10_000_000;

/**
 * Gives the points and counts the order. Points that the order has had already are named, not given again; points that stand
 * against a rule of the ledger (disabled, daily limit) are skipped and the order counts all the same. Refusals: another
 * member's order, one that was completed before (CONFLICT), one that was refunded (INVALID_STATE).
 */
export function completeOrder(book: Book, command: CompleteOrderCommand): Outcome | Refusal {
  const { memberId, orderId, amount } = command;
  const known = book.order(orderId);
  const refusal = known && (whyNotTheirs(known, memberId) ?? whyRefunded(known) ?? whyCompleted(known));
  if (refusal) return refusal;
  const order = known ?? newOrder(book.scope.tenantId, orderId, memberId, book.now);
  const given = order.awards.PURCHASE ?? awardPurchase(book, command);
  const award = given instanceof Refusal ? undefined : given;
  const counted = countOrder(book, {
    kind: 'completed',
    data: { orderId, amount, pointsEarned: award?.points ?? 0, recordId: award?.recordId ?? null },
  });
  const awards = award ? { ...order.awards, PURCHASE: award } : order.awards;
  book.keepOrder({ ...order, awards, paid: amount, updatedAt: book.now });
  return {
    ...counted,
    order: {
      award: { points: award?.points ?? 0, recordId: award?.recordId ?? null },
      skipped: given instanceof Refusal ? given.code : null,
    },
  };
}

/** The award, or what stands against it; undefined for an order that costs nothing. */
function awardPurchase(
  book: Book,
  { memberId, orderId, amount, boost }: CompleteOrderCommand,
): Once | Refusal | undefined {
  const worth = { amount, rate: Math.round(book.definitions.settings.pointsEarnedPerUnit * 1_000_000) };
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
    boost,
  };
  const outcome = earn(book, command);
  if (outcome instanceof Refusal) return outcome;
  followUserLevel(book);
  const { record } = outcome;
  // Without an answer of its own: another door that asks for the same award is told that it was given.
  return { fingerprint: '', recordId: record?._id ?? null, points: record?.points ?? 0 };
}
