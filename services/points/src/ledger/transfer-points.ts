/** A member gives points to another: one spending, one earning, and the points keep their ends. */
import { invalid, refuse, type Refusal } from '@membership/contracts/errors';
import { pointsTransferred } from '@membership/contracts/events/points';
import { announceMovement } from './announce-movement.ts';
import { expireDue } from './expire-due.ts';
import { NEVER, type Taken } from './lots.ts';
import type { Outcome, TransferCommand } from './movement.ts';
import { whyDisabled, whyInsufficient, type PointsRecord } from './profile.ts';
import { followLevel } from './follow-level.ts';
import { settleDebts } from './settle-debts.ts';
import { addLot, addRecord, outcome, take, type Turn } from './turn.ts';

/**
 * Refusals: TRANSFERS_DISABLED, POINTS_DISABLED on either side, INSUFFICIENT_POINTS, VALIDATION_ERROR for a receiver who is
 * unknown or oneself.
 */
export async function transferPoints(turn: Turn, command: TransferCommand): Promise<Outcome | Refusal> {
  const { batch, scope, profile, definitions } = turn;
  if (!definitions.settings.transfersEnabled) return refuse('TRANSFERS_DISABLED');
  const receiver = batch.profileOf(scope, command.toMember);
  if (!receiver?.isMemberActive) return unknownReceiver();
  if (receiver === profile)
    return invalid({ to_member: { zh: '不能转给自己', en: 'Must be another member' } });
  const refusal = whyDisabled(profile) ?? whyDisabled(receiver) ?? whyInsufficient(profile, command.points);
  if (refusal) return refusal;
  const theirs: Turn = { ...turn, profile: receiver };
  await expireDue(theirs);
  const { points } = command;
  const [givenId, receivedId] = [await batch.nextRecordId(), await batch.nextRecordId()];
  const common = { category: 'transfer', subcategory: null, reason: command.reason, sourceType: 'transfer' };
  const taken = await take(turn, points);
  const given = await addRecord(turn, 'spend', -points, {
    ...common,
    id: givenId,
    originalPoints: points,
    sourceId: receivedId,
    taken,
    transfer: { memberId: receiver._id, recordId: receivedId },
  });
  const lots = await lotsFrom(turn, taken, receivedId);
  const lastEnd = lots.at(-1)?.endsAt ?? NEVER;
  const received = await addRecord(theirs, 'earn', points, {
    ...common,
    id: receivedId,
    originalPoints: points,
    sourceId: givenId,
    expiresAt: lastEnd < NEVER ? lastEnd : null,
    lotIds: lots.map(({ id }) => id),
    transfer: { memberId: profile._id, recordId: givenId },
  });
  for (const lot of lots) addLot(theirs, received, lot);
  tell(turn, theirs, given, received);
  await settleDebts(theirs, points);
  followLevel(theirs);
  return outcome(turn, given);
}

/** For the door, too, which knows better who exists. */
export const unknownReceiver = (): Refusal =>
  invalid({ to_member: { zh: '无效的会员ID', en: 'Unknown member id' } });

/** One lot for each end among what was taken, soonest first; the first is the record's own. */
async function lotsFrom({ batch }: Turn, taken: readonly Taken[], recordId: number) {
  const byEnd = new Map<number, number>();
  for (const { lot, points } of taken)
    byEnd.set(lot.endsAt.getTime(), (byEnd.get(lot.endsAt.getTime()) ?? 0) + points);
  const lots: { id: number; points: number; endsAt: Date }[] = [];
  for (const [end, points] of [...byEnd].sort(([left], [right]) => left - right))
    lots.push({
      id: lots.length === 0 ? recordId : await batch.nextRecordId(),
      points,
      endsAt: new Date(end),
    });
  return lots;
}

function tell(turn: Turn, theirs: Turn, given: PointsRecord, received: PointsRecord): void {
  const { batch, scope, profile } = turn;
  announceMovement(turn, given, -given.points);
  announceMovement(theirs, received, received.points);
  batch.unit.announce(scope, pointsTransferred, {
    subject: profile._id,
    sequence: ++profile.sequence,
    data: {
      profileId: profile._id,
      recordId: given._id,
      toProfileId: theirs.profile._id,
      toRecordId: received._id,
      points: received.points,
      balanceAfter: profile.total,
      availableAfter: profile.available,
    },
  });
}
