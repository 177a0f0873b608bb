/** Completes a paid order: it earns the points of a purchase, once, and counts in what the member has spent. */
import { Refusal } from '@membership/contracts/errors';
import {
  earlyRefundsOf,
  newOrder,
  NOT_REFUNDED,
  whyCompleted,
  whyNotTheirs,
  whyRefunded,
  type Once,
  type Order,
} from '../../domain/order.ts';
import type { Book } from '../book.ts';
import type { CompleteOrderCommand, EarnCommand } from '../command.ts';
import type { Outcome, RefundOfOrder, UndoneOfOrder } from '../outcome.ts';
import { worthOf } from '../../domain/profile.ts';
import { countOrder } from './count-order.ts';
import { earn, wouldEarn } from './earn.ts';
import { followMemberLevel } from './follow-member-level.ts';
import { outcome } from './book-steps.ts';
import { refundPaid } from './refund-order.ts';
import { followUserLevel } from './follow-user-level.ts';

const ASKED_AT_MOST = 10_000_000;
/** Why an order earns nothing that was refunded in whole before it was paid. */
export const ORDER_REFUNDED = 'ORDER_REFUNDED';
type Awarded = { readonly award?: Once; readonly withheld?: number; readonly skipped?: string };

/**
 * Gives the points and counts the order. Points that the order has had already are named, not given again; points that stand
 * against a rule of the ledger (disabled, daily limit) are skipped and the order counts all the same. What was refunded of it
 * before is neither earned nor spent. Refusals: another member's order, one that was completed before (CONFLICT), and was
 * refunded since (INVALID_STATE).
 */
export function completeOrder(book: Book, command: CompleteOrderCommand): Outcome | Refusal {
  const { memberId, orderId, amount } = command;
  const known = book.order(orderId);
  const isPaid = known?.paid !== undefined;
  const refusal =
    known &&
    (whyNotTheirs(known, memberId) ?? (isPaid ? whyRefunded(known) : undefined) ?? whyCompleted(known));
  if (refusal) return refusal;
  const before = known ?? newOrder(book.scope.tenantId, orderId, memberId, book.now);
  const { award, withheld, skipped } = awardOf(book, command, before);
  countOrder(book, {
    kind: 'completed',
    data: { orderId, amount, pointsEarned: award?.points ?? 0, recordId: award?.recordId ?? null },
  });
  const { early: _early, ...rest } = before;
  const paid: Order = {
    ...{ ...rest, memberId, paid: amount, updatedAt: book.now },
    ...(award ? { awards: { ...before.awards, PURCHASE: award } } : {}),
    ...(withheld ? { withheld } : {}),
  };
  const { order, refund } = refundEarly(book, before, paid);
  book.keepOrder(order);
  return {
    ...outcome(book, null),
    memberLevelChange: followMemberLevel(book),
    order: {
      award: { points: award?.points ?? 0, recordId: award?.recordId ?? null },
      skipped: skipped ?? null,
    },
    ...(refund ? { refund } : {}),
    ...(order.refunded?.isWhole && !before.refunded?.isWhole ? { undoneOrder: orderId } : {}),
  };
}

/** The award that the order has or gets, without what was refunded before; or what stands against it. */
function awardOf(book: Book, command: CompleteOrderCommand, order: Order): Awarded {
  if (order.refunded?.isWhole) return { skipped: ORDER_REFUNDED };
  if (order.awards.PURCHASE) return { award: order.awards.PURCHASE };
  const { amount } = command;
  const early = earlyRefundsOf(order, amount);
  const part = early.reduce((sum, refund) => sum + refund.amount, 0);
  if (early.length > 0 && part >= amount) return { skipped: ORDER_REFUNDED };
  const earning = earningOf(book, command);
  if (!earning) return {};
  const whole = wouldEarn(book, earning);
  const given = earn(book, part > 0 ? { ...earning, without: { part, of: amount } } : earning);
  if (given instanceof Refusal) return { skipped: given.code };
  followUserLevel(book);
  const { record } = given;
  const points = record?.points ?? 0;
  return {
    // Without an answer of its own: another door that asks for the same award is told that it was given.
    award: { fingerprint: '', recordId: record?._id ?? null, points },
    ...(part > 0 ? { withheld: whole - points } : {}),
  };
}

/** Does the refunds that were told before the order was paid. What its award was given without is not taken back. */
function refundEarly(
  book: Book,
  before: Order,
  paid: Order,
): { readonly order: Order; readonly refund?: RefundOfOrder } {
  const early = earlyRefundsOf(before, paid.paid ?? 0);
  if (early.length === 0) return { order: paid };
  if (before.refunded?.isWhole) return { order: refundMoney(book, paid, early) };
  const isAwarded = before.awards.PURCHASE !== undefined;
  let order = paid;
  const done = early.flatMap((refund) => {
    if (order.refunded?.isWhole) return [];
    const undone = refundPaid(book, order, refund, { keepsAward: !isAwarded });
    if (undone instanceof Refusal)
      throw new Error('an early refund is more than was paid', { cause: undone });
    order = undone.order;
    return [undone];
  });
  const refund = {
    given: allOf(done.map(({ given }) => given)),
    taken: allOf(done.map(({ taken }) => taken)),
  };
  return { order, refund };
}

/** Of an order whose points were undone before it was paid, what it cost is not spent. */
function refundMoney(book: Book, order: Order, early: ReturnType<typeof earlyRefundsOf>): Order {
  const { orderId, refunded = NOT_REFUNDED } = order;
  let amount = 0;
  early.forEach((refund, index) => {
    amount += refund.amount;
    countOrder(book, {
      kind: 'refunded',
      data: {
        ...{ orderId, refundId: refund.refundId, amount: refund.amount, refundedTotal: amount },
        ...{ pointsTakenBack: 0, pointsOwed: 0, pointsGivenBack: 0 },
      },
      isWhole: index === early.length - 1,
      wasCounted: true,
    });
  });
  return { ...order, refunded: { ...refunded, amount } };
}

const allOf = (parts: readonly UndoneOfOrder[]): UndoneOfOrder => ({
  points: parts.reduce((sum, { points }) => sum + points, 0),
  owed: parts.reduce((sum, { owed }) => sum + owed, 0),
  recordId: parts.find(({ recordId }) => recordId !== null)?.recordId ?? null,
});

/** What is earned for an order, or undefined for one that costs nothing. */
function earningOf(
  book: Book,
  { memberId, orderId, amount, boost }: CompleteOrderCommand,
): EarnCommand | undefined {
  const worth = { amount, rate: Math.round(book.definitions.settings.pointsEarnedPerUnit * 1_000_000) };
  if (worth.amount * worth.rate === 0) return undefined;
  const asked = worthOf(worth);
  return {
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
}
