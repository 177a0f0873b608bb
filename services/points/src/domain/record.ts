/** A record: one movement of a profile, as the ledger keeps it. Pure. */
import type { CarriedLot } from './lots.ts';

/** The total of a profile that a record counts in. */
export type Counter = 'earned' | 'spent' | 'expired';
export type PointType = 'earn' | 'spend' | 'adjust' | 'expire';

/** One movement of a profile, as the ledger keeps it. `points` are signed; balances are of the total. */
export type PointsRecord = {
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  /** Position in the profile's chain, from 1. */
  readonly ordinal: number;
  readonly type: PointType;
  readonly category: string;
  readonly subcategory: string | null;
  readonly points: number;
  readonly balanceBefore: number;
  readonly balanceAfter: number;
  /** Product of the multipliers applied, in hundredths. */
  readonly multiplier: number;
  readonly originalPoints: number;
  readonly sourceType: string;
  readonly sourceId: number | string | null;
  readonly reason: string | null;
  readonly expiresAt: Date | null;
  readonly operatorId: number | null;
  readonly batchId: string | null;
  readonly ruleId: number | null;
  readonly eventId: string | null;
  /** The lots that it took from; a reversal puts the points back there. */
  readonly taken?: readonly { readonly lotId: number; readonly points: number }[];
  /** What is left of the lot of its own id. Absent: it made none, or that is a document of its own (`LotHome`). */
  readonly lot?: CarriedLot;
  /** The lots that it made, where they are not the one of its own id. */
  readonly lotIds?: readonly number[];
  /** The record that it undoes. */
  readonly reversalOf?: number;
  readonly holdId?: number;
  /** What the member system calls it, and the order that it is about. */
  readonly eventType?: string;
  readonly relatedOrder?: string;
  /** The other side of a transfer. */
  readonly transfer?: { readonly memberId: number; readonly recordId: number };
  readonly createdAt: Date;
  /** What later records did to this one; all else never changes. */
  readonly status: 'active' | 'expired' | 'cancelled';
  readonly expiredAt: Date | null;
  /** What was undone of it while it is not cancelled. Absent: nothing. */
  readonly undone?: Undone;
  /** Absent: never. */
  readonly statusChangedAt?: Date;
};
/** `points`: of the record, without sign. `due`: how many of them were taken back or are owed; the rest had expired. */
export type Undone = { readonly points: number; readonly due: number };

/** Which total a record of this type and sign counts in: adjustments count as earned or spent. */
export function counterOf(type: PointType, points: number): Counter {
  if (type === 'expire') return 'expired';
  if (type === 'adjust') return points >= 0 ? 'earned' : 'spent';
  return type === 'earn' ? 'earned' : 'spent';
}
