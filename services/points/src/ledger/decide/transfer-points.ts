/** Moves points from one member to another: one spending, one earning, and the points keep their ends. */
import { invalid, refuse, type Refusal } from '@membership/contracts/errors';
import { pointsTransferred } from '@membership/contracts/events/points';
import type { Book } from '../book.ts';
import type { TransferCommand } from '../command.ts';
import { NEVER, type Taken } from '../../domain/lots.ts';
import type { Outcome } from '../outcome.ts';
import { whyDisabled, whyInsufficient } from '../../domain/profile.ts';
import type { PointsRecord } from '../../domain/record.ts';
import { unknownReceiver } from '../refusals.ts';
import { expireDue } from './expire-due.ts';
import { addLot, addRecord, outcome, take } from './book-steps.ts';
import { settleDebts } from './settle-debts.ts';
import { tellMovement } from './tell-facts.ts';
import { followUserLevel } from './follow-user-level.ts';

/**
 * Refusals: TRANSFERS_DISABLED, POINTS_DISABLED on either side, INSUFFICIENT_POINTS, VALIDATION_ERROR for a receiver who is
 * unknown or oneself.
 */
export function transferPoints(
  giver: Book,
  receiver: Book | undefined,
  command: TransferCommand,
): Outcome | Refusal {
  if (!giver.definitions.settings.transfersEnabled) return refuse('TRANSFERS_DISABLED');
  if (command.toMember === command.memberId)
    return invalid({ to_member: { zh: '不能转给自己', en: 'Must be another member' } });
  if (!receiver?.profile.isMemberActive) return unknownReceiver();
  const { points } = command;
  const refusal =
    whyDisabled(giver.profile) ?? whyDisabled(receiver.profile) ?? whyInsufficient(giver.profile, points);
  if (refusal) return refusal;
  expireDue(receiver);
  const [givenId, receivedId] = [nextId(giver), nextId(giver)];
  const common = { category: 'transfer', subcategory: null, reason: command.reason, sourceType: 'transfer' };
  const taken = take(giver, points);
  const given = addRecord(giver, 'spend', -points, {
    ...common,
    id: givenId,
    originalPoints: points,
    sourceId: receivedId,
    taken,
    transfer: { memberId: receiver.profile._id, recordId: receivedId },
  });
  const lots = lotsFrom(giver, taken, receivedId);
  const lastEnd = lots.at(-1)?.endsAt ?? NEVER;
  const received = addRecord(receiver, 'earn', points, {
    ...common,
    id: receivedId,
    originalPoints: points,
    sourceId: givenId,
    expiresAt: lastEnd < NEVER ? lastEnd : null,
    lotIds: lots.map(({ id }) => id),
    transfer: { memberId: giver.profile._id, recordId: givenId },
  });
  for (const lot of lots) addLot(receiver, received, lot);
  tell(giver, receiver, given, received);
  settleDebts(receiver);
  followUserLevel(receiver);
  return outcome(giver, given);
}

const nextId = ({ terms }: Book): number => terms.ids.next('records');

/** One lot for each end among what was taken, soonest first; the first is the record's own. */
function lotsFrom(giver: Book, taken: readonly Taken[], recordId: number) {
  const byEnd = new Map<number, number>();
  for (const { lot, points } of taken)
    byEnd.set(lot.endsAt.getTime(), (byEnd.get(lot.endsAt.getTime()) ?? 0) + points);
  giver.terms.ids.require('records', byEnd.size - 1);
  return [...byEnd]
    .sort(([left], [right]) => left - right)
    .map(([end, points], index) => ({
      id: index === 0 ? recordId : nextId(giver),
      points,
      endsAt: new Date(end),
    }));
}

function tell(giver: Book, receiver: Book, given: PointsRecord, received: PointsRecord): void {
  tellMovement(giver, given, -given.points);
  tellMovement(receiver, received, received.points);
  const { profile } = giver;
  giver.tell(pointsTransferred, {
    profileId: profile._id,
    recordId: given._id,
    toProfileId: receiver.profile._id,
    toRecordId: received._id,
    points: received.points,
    balanceAfter: profile.total,
    availableAfter: profile.available,
  });
}
