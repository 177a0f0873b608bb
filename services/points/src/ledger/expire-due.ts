/** What ends by itself: holds give their points back, then lots that are over lose what is free of them. */
import { isOverdue } from '../holds/hold.ts';
import { giveBack } from '../holds/settle-hold.ts';
import { followMemberLevel } from '../member-levels/follow-member-level.ts';
import { announceMovement } from './announce-movement.ts';
import { followLevel } from './follow-level.ts';
import { expireDue as emptyDue, soonestEnd, type Lot } from './lots.ts';
import { addRecord, dueAt, type Turn } from './turn.ts';

const recordOf = (lot: Lot): number => lot.recordId ?? lot._id;

/**
 * Ends what is due of the turn's profile, with records and events. Reads neither lots nor holds while none can be due. With
 * `most`, so many lots at most, and the profile stays due: only for what does nothing else, for all that is over must be gone
 * before points are counted on.
 */
export async function expireDue(turn: Turn, most = Number.POSITIVE_INFINITY): Promise<void> {
  const { batch, profile } = turn;
  if (!batch.isDue(profile)) return;
  const holds = await batch.openHoldsOf(profile);
  for (const hold of holds) if (isOverdue(hold, batch.now)) await giveBack(turn, hold, 'expired');
  const lots = await batch.lots.ending(profile, batch.now, most);
  const ended = emptyDue(lots, batch.now, most);
  const emptied = await recordsEmptied(
    turn,
    ended.map(({ lot }) => lot),
  );
  for (const { lot, points } of ended) {
    batch.lots.touch(lot);
    if (emptied.has(recordOf(lot))) batch.markExpired(recordOf(lot));
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

/** Records of which nothing is left now that these lots have ended: a transfer received may have made several. */
async function recordsEmptied({ batch, profile }: Turn, ended: readonly Lot[]): Promise<Set<number>> {
  const emptied = new Set<number>();
  await batch.readRecords(ended.map(recordOf));
  for (const id of new Set(ended.map(recordOf))) {
    const { lotIds = [] } = (await batch.recordOf(profile, id)) ?? {};
    const others = lotIds.length > 1 ? await batch.lots.named(profile, lotIds) : [];
    if (others.every(({ remaining }) => remaining === 0)) emptied.add(id);
  }
  return emptied;
}
