/** What ends by itself: holds give their points back, then lots that are over lose what is free of them. */
import { isOverdue } from '../holds/hold.ts';
import { giveBack } from '../holds/settle-hold.ts';
import { followMemberLevel } from '../member-levels/follow-member-level.ts';
import { announceMovement } from './announce-movement.ts';
import { followLevel } from './follow-level.ts';
import { expireDue as emptyDue, soonestEnd, type Lot } from './lots.ts';
import { addRecord, dueAt, type Turn } from './turn.ts';

const recordOf = (lot: Lot): number => lot.recordId ?? lot._id;

/** Ends what is due of the turn's profile, with records and events. Reads neither lots nor holds while none can be due. */
export async function expireDue(turn: Turn): Promise<void> {
  const { batch, profile } = turn;
  if (!profile.nextExpiryAt || profile.nextExpiryAt > batch.now) return;
  const holds = await batch.openHoldsOf(profile);
  for (const hold of holds) if (isOverdue(hold, batch.now)) await giveBack(turn, hold, 'expired');
  const lots = await batch.lotsOf(profile);
  for (const { lot, points } of emptyDue(lots, batch.now)) {
    batch.touchLot(lot);
    const made = recordOf(lot);
    if (!lots.some((other) => other !== lot && recordOf(other) === made && other.remaining > 0))
      batch.markExpired(made);
    const record = await addRecord(turn, 'expire', -points, {
      category: 'expiry',
      subcategory: null,
      reason: null,
      sourceType: 'lot',
      sourceId: lot._id,
      originalPoints: points,
      taken: [{ lot, points }],
    });
    announceMovement(turn, record, points);
  }
  profile.nextExpiryAt = soonestEnd(lots);
  for (const hold of holds) if (hold.status === 'held') dueAt(turn, hold.expiresAt);
  batch.touch(profile);
  followLevel(turn);
  if (profile.memberLevelReviewAt) followMemberLevel(turn);
}
