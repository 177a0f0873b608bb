/** An order counts in what its member spent, or a refund takes from it; the level by spending follows in the same transaction. */
import { orderCompleted, orderRefunded } from '@membership/contracts/events/orders';
import type { CountOrderCommand, Outcome } from '../ledger/movement.ts';
import { outcome, type Turn } from '../ledger/turn.ts';
import { followMemberLevel } from '../member-levels/follow-member-level.ts';

/** Counts the order and tells of it. Nothing stands against it: a disabled profile spends money all the same. */
export function countOrder(turn: Turn, { fact }: CountOrderCommand): Outcome {
  const { batch, scope, profile } = turn;
  const { amount } = fact.data;
  if (fact.kind === 'completed') {
    profile.moneySpent = (profile.moneySpent ?? 0) + amount;
    profile.orderCount = (profile.orderCount ?? 0) + 1;
  } else if (fact.wasCounted) {
    profile.moneySpent = Math.max(0, (profile.moneySpent ?? 0) - amount);
    profile.orderCount = Math.max(0, (profile.orderCount ?? 0) - (fact.isWhole ? 1 : 0));
  }
  profile.updatedAt = batch.now;
  batch.touch(profile);
  const counted = {
    profileId: profile._id,
    spentTotal: profile.moneySpent ?? 0,
    orderCount: profile.orderCount ?? 0,
  };
  const place = { subject: profile._id, sequence: ++profile.sequence };
  if (fact.kind === 'completed')
    batch.unit.announce(scope, orderCompleted, { ...place, data: { ...fact.data, ...counted } });
  else batch.unit.announce(scope, orderRefunded, { ...place, data: { ...fact.data, ...counted } });
  return { ...outcome(turn, null), memberLevelChange: followMemberLevel(turn) };
}
