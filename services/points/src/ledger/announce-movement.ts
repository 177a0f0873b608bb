/** The facts of the ledger: one event for each record. */
import {
  pointsAdjusted,
  pointsEarned,
  pointsExpired,
  pointsSpent,
} from '@membership/contracts/events/points';
import type { Turn } from './decide-movement.ts';
import { multiplierText, type PointsRecord } from './profile.ts';

/** Announces a record in its transaction. `asked`: points before multipliers. */
export function announceMovement({ batch, scope, profile }: Turn, record: PointsRecord, asked: number): void {
  const { _id: recordId, points, category, subcategory, sourceType, sourceId, balanceAfter } = record;
  const movement = {
    profileId: profile._id,
    recordId,
    points,
    category,
    subcategory,
    sourceType,
    sourceId,
    balanceAfter,
    availableAfter: profile.available,
  };
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
