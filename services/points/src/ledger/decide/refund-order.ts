/** Refunds an order, in whole or in part: what it used comes back, what it earned is taken back, what it cost is not spent. */
import { Refusal } from '@membership/contracts/errors';
import {
  newOrder,
  refundOf,
  whyNotTheirs,
  withEarlyRefund,
  type EarlyRefund,
  type Once,
  type Order,
} from '../../domain/order.ts';
import type { Book } from '../book.ts';
import type { RefundOrderCommand } from '../command.ts';
import type { Outcome, RefundOfOrder, UndoneOfOrder } from '../outcome.ts';
import { countOrder } from './count-order.ts';
import { followMemberLevel } from './follow-member-level.ts';
import { outcome } from './book-steps.ts';
import { reverseRecord } from './reverse-record.ts';

const NOTHING: UndoneOfOrder = { points: 0, owed: 0, recordId: null };
type Refunded = RefundOfOrder & { readonly order: Order };

/**
 * Undoes the order's share of points and money. Of an order that is not paid yet, known or not, a part is kept until it is; all
 * of it gives back at once what the order used. Refusals: another member's order, more than is left (CONFLICT), one that is
 * refunded in whole (INVALID_STATE).
 */
export function refundOrder(book: Book, command: RefundOrderCommand): Outcome | Refusal {
  const { memberId, orderId } = command;
  const known = book.order(orderId) ?? newOrder(book.scope.tenantId, orderId, memberId, book.now);
  const refusal = whyNotTheirs(known, memberId);
  if (refusal) return refusal;
  const isEarly = known.paid === undefined;
  const refunded = (isEarly ? refundUnpaid : refundPaid)(book, { ...known, memberId }, command);
  if (refunded instanceof Refusal) return refunded;
  const { order, given, taken } = refunded;
  book.keepOrder({ ...order, updatedAt: book.now });
  return {
    ...outcome(book, null),
    memberLevelChange: followMemberLevel(book),
    refund: { given, taken },
    ...(isEarly ? { keptRefund: { amount: command.amount } } : {}),
    ...(order.refunded?.isWhole ? { undoneOrder: orderId } : {}),
  };
}

function refundUnpaid(book: Book, known: Order, refund: EarlyRefund): Refunded | Refusal {
  const { refundId, amount, reason } = refund;
  const order = withEarlyRefund(known, { refundId, amount, reason });
  if (order instanceof Refusal) return order;
  const { refunded } = order;
  if (!refunded) return { order, given: NOTHING, taken: NOTHING };
  const undone = undoPoints(book, order, refunded, reason);
  const data = { ...factOf(order, refund, undone), amount: 0, refundedTotal: 0 };
  countOrder(book, { kind: 'refunded', data, isWhole: true, wasCounted: false });
  return { order, ...undone };
}

/**
 * Refunds a part of a paid order, or all that is left. `keepsAward`: the award was given without it. Refusals: more than is left
 * (CONFLICT), one that is refunded in whole (INVALID_STATE). The level by spending is for the caller to look at.
 */
export function refundPaid(
  book: Book,
  order: Order,
  refund: EarlyRefund,
  { keepsAward = false } = {},
): Refunded | Refusal {
  const part = refundOf(order, refund.amount);
  if (part instanceof Refusal) return part;
  const { now, ...refunded } = part;
  const { used } = now;
  const undone = undoPoints(book, order, { used, earned: keepsAward ? 0 : now.earned }, refund.reason);
  const data = {
    ...factOf(order, refund, undone),
    ...{ amount: now.amount, refundedTotal: refunded.amount },
  };
  countOrder(book, { kind: 'refunded', data, isWhole: refunded.isWhole, wasCounted: true });
  return { order: { ...order, refunded }, ...undone };
}

const factOf = ({ orderId }: Order, { refundId }: EarlyRefund, { given, taken }: RefundOfOrder) => ({
  ...{ orderId, refundId, pointsTakenBack: taken.points, pointsOwed: taken.owed },
  pointsGivenBack: given.points,
});

function undoPoints(
  book: Book,
  { memberId, use, awards }: Order,
  { used, earned }: { readonly used: number; readonly earned: number },
  reason: string | null,
): RefundOfOrder {
  if (memberId === null) throw new Error('an order of nobody has no points');
  // Both records at once.
  book.records([use, awards.PURCHASE].flatMap((once) => once?.recordId ?? []));
  // What comes back first can be taken again: the less is owed.
  const given = undo(book, { memberId, reason, once: use, points: used });
  return { given, taken: undo(book, { memberId, reason, once: awards.PURCHASE, points: earned }) };
}

/** Undoes so many points of a record. One that was cancelled by hand meanwhile is undone already. */
function undo(
  book: Book,
  {
    once,
    points,
    ...command
  }: { memberId: number; reason: string | null; once: Once | undefined; points: number },
): UndoneOfOrder {
  const recordId = once?.recordId ?? null;
  if (recordId === null || points === 0) return NOTHING;
  const outcome = reverseRecord(book, undefined, {
    ...{ kind: 'reverse', ...command, recordId, points },
    isWithin: true,
  });
  if (outcome instanceof Refusal) {
    if (outcome.code === 'INVALID_STATE') return NOTHING;
    throw new Error(`record ${recordId} could not be undone`, { cause: outcome });
  }
  const { record, owed = 0 } = outcome;
  return { points: Math.abs(record?.points ?? 0), owed, recordId: record?._id ?? null };
}
