/** Counts an order in what its member spent, and takes a refund from it. */
import { orderCompleted, orderRefunded } from '@membership/contracts/events/orders';
import type { Book } from '../book.ts';
import type { OrderFact } from '../../domain/order-fact.ts';

/**
 * Counts the order and tells of it; the level by spending is for the caller to look at, once all is counted. Nothing stands
 * against it: a disabled profile spends money all the same.
 */
export function countOrder(book: Book, fact: OrderFact): void {
  const { profile, now } = book;
  const { amount } = fact.data;
  if (fact.kind === 'completed') {
    profile.moneySpent = (profile.moneySpent ?? 0) + amount;
    profile.orderCount = (profile.orderCount ?? 0) + 1;
  } else if (fact.wasCounted) {
    profile.moneySpent = Math.max(0, (profile.moneySpent ?? 0) - amount);
    profile.orderCount = Math.max(0, (profile.orderCount ?? 0) - (fact.isWhole ? 1 : 0));
  }
  profile.updatedAt = now;
  const counted = {
    profileId: profile._id,
    spentTotal: profile.moneySpent ?? 0,
    orderCount: profile.orderCount ?? 0,
  };
  if (fact.kind === 'completed') book.tell(orderCompleted, { ...fact.data, ...counted });
  else book.tell(orderRefunded, { ...fact.data, ...counted });
}
