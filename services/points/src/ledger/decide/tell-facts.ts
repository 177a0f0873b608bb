/** Tells the facts of the ledger: one event for each record. */
import {
  pointsAdjusted,
  pointsEarned,
  pointsExpired,
  pointsReversed,
  pointsSpent,
} from '@membership/contracts/events/points';
import type { Book } from '../book.ts';
import { lotsMoved } from '../lot-months.ts';
import { multiplierText } from '../../domain/profile.ts';
import type { Counter, PointsRecord } from '../../domain/record.ts';

type Moved = Pick<PointsRecord, 'points' | 'category' | 'subcategory' | 'sourceType' | 'sourceId'>;

/** What the event of every movement tells, its record's id aside. */
function movementFact(book: Book, { points, category, subcategory, sourceType, sourceId }: Moved) {
  const { profile } = book;
  const moved = book.takeMoved();
  return {
    ...{ profileId: profile._id, points, category, subcategory, sourceType, sourceId },
    balanceAfter: profile.total,
    availableAfter: profile.available,
    ...(profile.lotsTold ? { lots: lotsMoved(moved) } : {}),
  };
}

/** Tells a record. `asked`: points before multipliers. */
export function tellMovement(book: Book, record: PointsRecord, asked: number): void {
  const movement = { ...movementFact(book, record), recordId: record._id };
  switch (record.type) {
    case 'earn':
      book.tell(pointsEarned, {
        ...movement,
        askedPoints: asked,
        multiplier: multiplierText(record.multiplier),
        expiresAt: record.expiresAt?.toISOString() ?? null,
        ruleId: record.ruleId,
      });
      break;
    case 'spend':
      book.tell(pointsSpent, movement);
      break;
    case 'adjust':
      book.tell(pointsAdjusted, { ...movement, reason: record.reason ?? '' });
      break;
    case 'expire':
      book.tell(pointsExpired, movement);
  }
}

/** Tells what a reversal moved; `_id` null: nothing could be taken back. */
export function tellReversal(
  book: Book,
  record: Moved & { readonly _id: number | null },
  details: {
    reversedRecordId: number;
    counter: Counter;
    owed: number;
    isRemainder: boolean;
    reason: string | null;
  },
): void {
  const { reversedRecordId, counter, owed, isRemainder, reason } = details;
  book.tell(pointsReversed, {
    ...movementFact(book, record),
    recordId: record._id,
    reversedRecordId,
    counter,
    owedPoints: owed,
    isRemainder,
    reason,
  });
}
