/** An order is refunded, in whole or in part: what it used comes back, what it earned is taken back, what it cost is not spent. */
import { invalid, Refusal } from '@membership/contracts/errors';
import { refundOf, whyNotTheirs, type Once } from '../../orders/order.ts';
import type { Book } from '../book.ts';
import type { RefundOrderCommand } from '../command.ts';
import type { Outcome, UndoneOfOrder } from '../outcome.ts';
import { countOrder } from './count-order.ts';
import { reverseRecord } from './reverse.ts';

/**
 * Undoes the order's share of points and money. Refusals: unknown order (VALIDATION_ERROR), another member's, more than is
 * left, a part of one that is not paid (CONFLICT), one that is refunded in whole (INVALID_STATE).
 */
export function refundOrder(book: Book, command: RefundOrderCommand): Outcome | Refusal {
  const order = book.order(command.orderId);
  if (!order) return unknownOrder();
  const refund = whyNotTheirs(order, command.memberId) ?? refundOf(order, command.amount);
  if (refund instanceof Refusal) return refund;
  const { now, ...refunded } = refund;
  const { orderId } = order;
  // Both records at once.
  book.records([order.use, order.awards.PURCHASE].flatMap((once) => once?.recordId ?? []));
  // What comes back first can be taken again: the less is owed.
  const given = undo(book, command, order.use, now.used);
  const taken = undo(book, command, order.awards.PURCHASE, now.earned);
  const data = {
    orderId,
    refundId: command.refundId,
    amount: now.amount,
    refundedTotal: refunded.amount,
    pointsTakenBack: taken.points,
    pointsOwed: taken.owed,
    pointsGivenBack: given.points,
  };
  const wasCounted = order.paid !== undefined;
  const counted = countOrder(book, { kind: 'refunded', data, isWhole: refunded.isWhole, wasCounted });
  book.keepOrder({ ...order, refunded, updatedAt: book.now });
  return { ...counted, refund: { given, taken } };
}

/** For the door, too, where nobody says whose the order is. */
export const unknownOrder = (): Refusal =>
  invalid({ 'event_data.order_id': { zh: '无效的订单号', en: 'Unknown order' } });

/** Undoes so many points of a record. One that was cancelled by hand meanwhile is undone already. */
function undo(
  book: Book,
  { memberId, reason }: RefundOrderCommand,
  once: Once | undefined,
  points: number,
): UndoneOfOrder {
  const nothing = { points: 0, owed: 0, recordId: null };
  const recordId = once?.recordId ?? null;
  if (recordId === null || points === 0) return nothing;
  const outcome = reverseRecord(book, undefined, { kind: 'reverse', memberId, recordId, points, reason });
  if (outcome instanceof Refusal) {
    if (outcome.code === 'INVALID_STATE') return nothing;
    throw new Error(`record ${recordId} could not be undone`, { cause: outcome });
  }
  const { record, owed = 0 } = outcome;
  return { points: Math.abs(record?.points ?? 0), owed, recordId: record?._id ?? null };
}
