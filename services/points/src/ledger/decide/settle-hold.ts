/** Ends a hold: its points are spent, given back, or some of both. Works while points are disabled. */
import { pointsCaptured, pointsReleased } from '@membership/contracts/events/points';
import { notFound, type Refusal } from '@membership/contracts/errors';
import { holdFact, whyMoreThanHeld, whyPurchase, whySettled, type Hold } from '../../domain/hold.ts';
import type { Book } from '../book.ts';
import type { CaptureCommand, ReleaseCommand } from '../command.ts';
import { firstOf, type Taken } from '../../domain/lots.ts';
import type { Outcome } from '../outcome.ts';
import { freeze } from '../../domain/profile.ts';
import { addRecord, dueAt, outcome } from './book-steps.ts';
import { tellMovement } from './tell-facts.ts';

/**
 * Spends what is held, or a part of it; the rest is released. Refusals: unknown hold (BIZ_001), INVALID_STATE when it is
 * settled already, VALIDATION_ERROR for more than is held.
 */
export function captureHold(book: Book, command: CaptureCommand): Outcome | Refusal {
  const held = book.hold(command.holdId);
  if (!held) return notFound();
  const points = command.points ?? held.points;
  const refusal = whySettled(held) ?? whyPurchase(held, book.scope.actor) ?? whyMoreThanHeld(held, points);
  if (refusal) return refusal;
  const taken = firstOf(unfreeze(book, held), points);
  for (const { lot, points: part } of taken) book.changeLot(lot, { remaining: -part });
  const record = addRecord(book, 'spend', -points, {
    ...held,
    originalPoints: points,
    taken,
    holdId: held._id,
  });
  const hold = settle(book, held, { status: 'captured', captured: points, recordId: record._id });
  tellMovement(book, record, points);
  book.tell(pointsCaptured, {
    ...holdFact(book.profile, hold),
    capturedPoints: hold.captured,
    releasedPoints: hold.released,
    recordId: record._id,
    balanceAfter: record.balanceAfter,
  });
  return { ...outcome(book, record), hold };
}

/** Gives back what is held. Refusals: unknown hold (BIZ_001), INVALID_STATE when it is settled already. */
export function releaseHold(book: Book, command: ReleaseCommand): Outcome | Refusal {
  const held = book.hold(command.holdId);
  if (!held) return notFound();
  const refusal = whySettled(held) ?? whyPurchase(held, book.scope.actor);
  if (refusal) return refusal;
  const hold = giveHeldBack(book, held, 'released');
  return { ...outcome(book, null), hold };
}

/** Ends a hold with nothing spent, and tells it. */
export function giveHeldBack(book: Book, held: Hold, reason: 'released' | 'expired'): Hold {
  unfreeze(book, held);
  const hold = settle(book, held, { status: reason, captured: 0, recordId: null });
  book.tell(pointsReleased, { ...holdFact(book.profile, hold), reason });
  return hold;
}

/** Makes the held points of a hold available again. Its lots end when they always did: what is over by now is due at once. */
function unfreeze(book: Book, hold: Hold): Taken[] {
  const named = book.lots(hold.parts.map(({ lotId }) => lotId));
  const lots = new Map(named.map((lot) => [lot._id, lot]));
  const parts = hold.parts.map(({ lotId, points }) => {
    const lot = lots.get(lotId);
    if (!lot) throw new Error(`hold ${hold._id} names lot ${lotId}, which is not there`);
    book.changeLot(lot, { held: -points });
    dueAt(book, lot.endsAt);
    return { lot, points };
  });
  freeze(book.profile, -hold.points, book.now);
  return parts;
}

function settle(
  book: Book,
  held: Hold,
  { status, captured, recordId }: Pick<Hold, 'status' | 'captured' | 'recordId'>,
): Hold {
  const hold = { ...held, status, captured, released: held.points - captured, recordId, settledAt: book.now };
  book.changeHold(hold);
  return hold;
}
