/** The end of a hold: its points are spent, given back, or some of both. Works while points are disabled. */
import { pointsCaptured, pointsReleased } from '@membership/contracts/events/points';
import { notFound, type Refusal } from '@membership/contracts/errors';
import { announceMovement } from '../ledger/announce-movement.ts';
import { firstOf, type Taken } from '../ledger/lots.ts';
import type { CaptureCommand, Outcome, ReleaseCommand } from '../ledger/movement.ts';
import { freeze, type Profile } from '../ledger/profile.ts';
import { addRecord, dueAt, outcome, type Turn } from '../ledger/turn.ts';
import { whyMoreThanHeld, whyPurchase, whySettled, type Hold } from './hold.ts';

/** What every event of a hold tells. */
export const holdFact = (profile: Profile, hold: Hold) => ({
  profileId: profile._id,
  holdId: hold._id,
  points: hold.points,
  category: hold.category,
  sourceType: hold.sourceType,
  sourceId: hold.sourceId,
  availableAfter: profile.available,
  frozenAfter: profile.frozen,
});

/**
 * Spends what is held, or a part of it; the rest is released. Refusals: unknown hold (BIZ_001), INVALID_STATE when it is
 * settled already, VALIDATION_ERROR for more than is held.
 */
export async function captureHold(turn: Turn, command: CaptureCommand): Promise<Outcome | Refusal> {
  const { batch, scope, profile } = turn;
  const hold = batch.holdOf(profile, command.holdId);
  if (!hold) return notFound();
  const points = command.points ?? hold.points;
  const refusal = whySettled(hold) ?? whyPurchase(hold, scope.actor) ?? whyMoreThanHeld(hold, points);
  if (refusal) return refusal;
  const taken = firstOf(await unfreeze(turn, hold), points);
  for (const { lot, points: part } of taken) lot.remaining -= part;
  const record = await addRecord(turn, 'spend', -points, {
    ...hold,
    originalPoints: points,
    taken,
    holdId: hold._id,
  });
  settle(turn, hold, { status: 'captured', captured: points, recordId: record._id });
  announceMovement(turn, record, points);
  batch.unit.announce(scope, pointsCaptured, {
    subject: profile._id,
    sequence: ++profile.sequence,
    data: {
      ...holdFact(profile, hold),
      capturedPoints: hold.captured,
      releasedPoints: hold.released,
      recordId: record._id,
      balanceAfter: record.balanceAfter,
    },
  });
  return { ...outcome(turn, record), hold: { ...hold } };
}

/** Gives back what is held. Refusals: unknown hold (BIZ_001), INVALID_STATE when it is settled already. */
export async function releaseHold(turn: Turn, command: ReleaseCommand): Promise<Outcome | Refusal> {
  const hold = turn.batch.holdOf(turn.profile, command.holdId);
  if (!hold) return notFound();
  const refusal = whySettled(hold) ?? whyPurchase(hold, turn.scope.actor);
  if (refusal) return refusal;
  await giveBack(turn, hold, 'released');
  return { ...outcome(turn, null), hold: { ...hold } };
}

/** Ends a hold with nothing spent, and tells it. */
export async function giveBack(turn: Turn, hold: Hold, reason: 'released' | 'expired'): Promise<void> {
  const { batch, scope, profile } = turn;
  await unfreeze(turn, hold);
  settle(turn, hold, { status: reason, captured: 0, recordId: null });
  batch.unit.announce(scope, pointsReleased, {
    subject: profile._id,
    sequence: ++profile.sequence,
    data: { ...holdFact(profile, hold), reason },
  });
}

/** Makes the held points of a hold available again. Its lots end when they always did: what is over by now is due at once. */
async function unfreeze(turn: Turn, hold: Hold): Promise<Taken[]> {
  const { batch, profile } = turn;
  const named = await batch.lots.named(
    profile,
    hold.parts.map(({ lotId }) => lotId),
  );
  const lots = new Map(named.map((lot) => [lot._id, lot]));
  const parts = hold.parts.map(({ lotId, points }) => {
    const lot = lots.get(lotId);
    if (!lot) throw new Error(`hold ${hold._id} names lot ${lotId}, which is not there`);
    lot.held -= points;
    batch.lots.touch(lot);
    dueAt(turn, lot.endsAt);
    return { lot, points };
  });
  freeze(profile, -hold.points, batch.now);
  batch.touch(profile);
  return parts;
}

function settle(
  { batch }: Turn,
  hold: Hold,
  { status, captured, recordId }: Pick<Hold, 'status' | 'captured' | 'recordId'>,
): void {
  hold.status = status;
  hold.captured = captured;
  hold.released = hold.points - captured;
  hold.recordId = recordId;
  hold.settledAt = batch.now;
  batch.touchHold(hold);
}
