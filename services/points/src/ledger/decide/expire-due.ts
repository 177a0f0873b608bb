/** Ends what is due: holds give their points back, then lots that are over lose what is free of them. */
import { isOverdue } from '../../domain/hold.ts';
import type { Book } from '../book.ts';
import { endedOf, soonestEnd, type Lot, type Taken } from '../../domain/lots.ts';
import { followMemberLevel } from './follow-member-level.ts';
import { addRecord, dueAt } from './book-steps.ts';
import { giveHeldBack } from './settle-hold.ts';
import { tellMovement } from './tell-facts.ts';
import { followUserLevel } from './follow-user-level.ts';

const recordOf = (lot: Lot): number => lot.recordId ?? lot._id;

/**
 * Ends what is due of the profile, with records and events. Looks at neither lots nor holds while none can be due. With
 * `most`, so many lots at most, and the profile stays due: only for what does nothing else, for all that is over must be gone
 * before points are counted on.
 */
export function expireDue(book: Book, most = Number.POSITIVE_INFINITY): void {
  if (!book.isDue) return;
  const { profile, now } = book;
  for (const hold of book.openHolds()) if (isOverdue(hold, now)) giveHeldBack(book, hold, 'expired');
  const lots = book.ending(most);
  const ended = endedOf(lots, now, most);
  book.terms.ids.require('records', ended.length);
  const emptied = recordsEmptied(book, ended);
  for (const { lot, points } of ended) {
    book.changeLot(lot, { remaining: -points, expired: points });
    if (emptied.has(recordOf(lot))) book.markExpired(recordOf(lot));
    const record = addRecord(book, 'expire', -points, {
      category: 'expiry',
      subcategory: null,
      reason: null,
      sourceType: 'lot',
      sourceId: lot._id,
      originalPoints: points,
      taken: [{ lot, points }],
      isOfPlatform: true,
    });
    tellMovement(book, record, points);
  }
  profile.nextExpiryAt = soonestEnd(book.lots(lots.map(({ _id }) => _id)));
  for (const hold of book.openHolds()) dueAt(book, hold.expiresAt);
  followUserLevel(book);
  if (profile.memberLevelReviewAt) followMemberLevel(book);
}

/** Records of which nothing is left once these lots have lost this: a transfer received may have made several. */
function recordsEmptied(book: Book, ended: readonly Taken[]): Set<number> {
  const lost = new Map(ended.map(({ lot, points }) => [lot._id, points]));
  const ids = [...new Set(ended.map(({ lot }) => recordOf(lot)))];
  return new Set(
    book.records(ids).flatMap(({ _id, lotIds = [] }) => {
      const lots = lotIds.length > 1 ? book.lots(lotIds) : [];
      return lots.every((lot) => lot.remaining === (lost.get(lot._id) ?? 0)) ? [_id] : [];
    }),
  );
}
