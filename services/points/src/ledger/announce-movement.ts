/** The facts of the ledger: one event for each record. */
import {
  pointsAdjusted,
  pointsEarned,
  pointsExpired,
  pointsReversed,
  pointsSpent,
} from '@membership/contracts/events/points';
import type { Turn } from './turn.ts';
import { multiplierText, type Counter, type PointsRecord, type Profile } from './profile.ts';

type Moved = Pick<PointsRecord, 'points' | 'category' | 'subcategory' | 'sourceType' | 'sourceId'>;

/** What the event of every movement tells, its record's id aside. */
const movementFact = (profile: Profile, { points, category, subcategory, sourceType, sourceId }: Moved) => ({
  profileId: profile._id,
  points,
  category,
  subcategory,
  sourceType,
  sourceId,
  balanceAfter: profile.total,
  availableAfter: profile.available,
});

/** Announces a record in its transaction. `asked`: points before multipliers. */
export function announceMovement({ batch, scope, profile }: Turn, record: PointsRecord, asked: number): void {
  const movement = { ...movementFact(profile, record), recordId: record._id };
  const place = { subject: profile._id, sequence: ++profile.sequence };
  switch (record.type) {
    case 'earn': {
      const data = {
        ...movement,
        askedPoints: asked,
        multiplier: multiplierText(record.multiplier),
        expiresAt: record.expiresAt?.toISOString() ?? null,
        ruleId: record.ruleId,
      };
      batch.unit.announce(scope, pointsEarned, { ...place, data });
      break;
    }
    case 'spend':
      batch.unit.announce(scope, pointsSpent, { ...place, data: movement });
      break;
    case 'adjust': {
      const data = { ...movement, reason: record.reason ?? '' };
      batch.unit.announce(scope, pointsAdjusted, { ...place, data });
      break;
    }
    case 'expire':
      batch.unit.announce(scope, pointsExpired, { ...place, data: movement });
  }
}

/** Announces what a reversal moved; `_id` null: nothing could be taken back. */
export function announceReversal(
  { batch, scope, profile }: Turn,
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
  batch.unit.announce(scope, pointsReversed, {
    subject: profile._id,
    sequence: ++profile.sequence,
    data: {
      ...movementFact(profile, record),
      recordId: record._id,
      reversedRecordId,
      counter,
      owedPoints: owed,
      isRemainder,
      reason,
    },
  });
}
