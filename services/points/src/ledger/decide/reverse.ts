/** Undoes a record by an opposite one. Records are never changed: the first is only marked as cancelled. */
import { invalidState, notFound, type Refusal } from '@membership/contracts/errors';
import type { Book } from '../book.ts';
import type { ReverseCommand } from '../command.ts';
import { chooseFree } from '../lots.ts';
import type { Outcome } from '../outcome.ts';
import { proRata } from '../profile.ts';
import { counterOf, type PointsRecord } from '../record.ts';
import { expireDue } from './expire.ts';
import { addLot, addRecord, dueAt, outcome, take } from './move.ts';
import { settleDebts } from './settle-debts.ts';
import { tellReversal } from './tell.ts';
import { followUserLevel } from './user-level.ts';

/** How long points last that go back to a lot that has ended (spec/api.md, "Worked numbers"). */
const GIVEN_BACK_FOR_MS = 30 * 86_400_000;

/**
 * Undoes a record of the profile, or a part of it, and the other side when it is one of a transfer. It counts as cancelled
 * once nothing of it is left. Refusals: unknown record (BIZ_001), INVALID_STATE when it is cancelled already or itself
 * undoes another.
 */
export function reverseRecord(
  book: Book,
  counterpart: Book | undefined,
  command: ReverseCommand,
): Outcome | Refusal {
  const record = book.record(command.recordId);
  if (!record) return notFound();
  if (record.reversalOf !== undefined) return invalidState('reversal', []);
  if (record.status === 'cancelled') return invalidState('cancelled', []);
  const result = undo(book, record, command);
  const { transfer } = record;
  if (transfer && counterpart?.profile._id === transfer.memberId) {
    expireDue(counterpart);
    const opposite = counterpart.record(transfer.recordId);
    if (opposite) undo(counterpart, opposite, command);
    followUserLevel(counterpart);
  }
  return result;
}

function undo(
  book: Book,
  record: PointsRecord,
  { points, reason }: Pick<ReverseCommand, 'points' | 'reason'>,
): Outcome {
  const left = Math.abs(record.points) - (record.undone?.points ?? 0);
  const part = Math.min(points ?? left, left);
  if (part === left) book.markCancelled(record);
  return record.points < 0 ? giveBack(book, record, part, reason) : takeBack(book, record, part, reason);
}

/** Of the points that counted against the day's limit, those that a part of the record stands for. */
function askedOf({ originalPoints, points, undone }: PointsRecord, part: number): number {
  const before = undone?.points ?? 0;
  return proRata(originalPoints, before + part, points) - proRata(originalPoints, before, points);
}

/** Leaves out the first so many points of what a record took, then names so many: parts come back one after the other. */
function partsOf({ taken = [], undone }: PointsRecord, points: number) {
  let [skip, missing] = [undone?.points ?? 0, points];
  // Last taken, first back: as if the smaller part had been taken in the first place.
  return taken.toReversed().flatMap(({ lotId, points: held }) => {
    const skipped = Math.min(skip, held);
    const given = Math.min(held - skipped, missing);
    skip -= skipped;
    missing -= given;
    return given > 0 ? [{ lotId, points: given }] : [];
  });
}

const undoing = (record: PointsRecord, points: number, reason: string | null) => ({
  category: record.category,
  subcategory: record.subcategory,
  reason,
  sourceType: 'reversal',
  sourceId: record._id,
  originalPoints: points,
  reversalOf: record._id,
  counter: counterOf(record.type, record.points),
  countedAt: record.createdAt,
});

const countsAgainstLimits = ({ type, transfer, batchId }: PointsRecord): boolean =>
  type === 'earn' && !transfer && batchId === null;

/** What was taken goes back to the lots that it came from; what would go to one that has ended gets a lot of 30 days. */
function giveBack(book: Book, record: PointsRecord, points: number, reason: string | null): Outcome {
  const { now } = book;
  const parts = partsOf(record, points);
  if (points < -record.points)
    book.markUndone(record, { points: (record.undone?.points ?? 0) + points, due: 0 });
  const lots = new Map(book.lots(parts.map(({ lotId }) => lotId)).map((lot) => [lot._id, lot]));
  let late = points;
  for (const part of parts) {
    const lot = lots.get(part.lotId);
    if (!lot) continue;
    const isInTime = lot.endsAt > now;
    book.changeLot(lot, {
      remaining: isInTime ? part.points : 0,
      expired: record.type === 'expire' ? -part.points : 0,
    });
    if (!isInTime) continue;
    late -= part.points;
    dueAt(book, lot.endsAt);
  }
  const opposite = addRecord(book, record.type, points, {
    ...undoing(record, points, reason),
    expiresAt: late > 0 ? new Date(now.getTime() + GIVEN_BACK_FOR_MS) : null,
  });
  if (late > 0) addLot(book, opposite, { points: late });
  tell(book, record, opposite, { owed: 0, reason });
  settleDebts(book, points);
  return { ...outcome(book, opposite), owed: 0 };
}

/**
 * What was given is taken back: first what is left of its own lots, then of others, down to nothing available; the rest is
 * owed. What has expired of it is gone already.
 */
function takeBack(book: Book, record: PointsRecord, part: number, reason: string | null): Outcome {
  const { now, profile } = book;
  const lots = book.lots(record.lotIds ?? [record._id]);
  const expired = lots.reduce((sum, lot) => sum + (lot.expired ?? 0), 0);
  const before = record.undone ?? { points: 0, due: 0 };
  const due = Math.min(part, Math.max(0, record.points - expired - before.due));
  if (part < record.points) book.markUndone(record, { points: before.points + part, due: before.due + due });
  const own = chooseFree(
    lots.filter((lot) => lot.endsAt > now),
    due,
  );
  for (const { lot, points } of own) book.changeLot(lot, { remaining: -points });
  const fromOwn = own.reduce((sum, { points }) => sum + points, 0);
  const fromOthers = Math.min(due - fromOwn, profile.available - fromOwn);
  const taken = [...own, ...(fromOthers > 0 ? take(book, fromOthers) : [])];
  const points = fromOwn + fromOthers;
  const owed = due - points;
  if (owed > 0) {
    const { _id: recordId, type, category, subcategory, createdAt: recordedAt } = record;
    profile.debts = [
      ...(profile.debts ?? []),
      { recordId, type, category, subcategory, points: owed, recordedAt },
    ];
  }
  const opposite =
    points > 0
      ? addRecord(book, record.type, -points, {
          ...undoing(record, points, reason),
          taken,
          asked: countsAgainstLimits(record) ? -askedOf(record, part) : 0,
        })
      : null;
  tell(book, record, opposite, { owed, reason });
  return { ...outcome(book, opposite), owed };
}

const tell = (
  book: Book,
  record: PointsRecord,
  opposite: PointsRecord | null,
  { owed, reason }: { owed: number; reason: string | null },
): void =>
  tellReversal(book, opposite ?? { ...record, ...undoing(record, 0, reason), _id: null, points: 0 }, {
    reversedRecordId: record._id,
    counter: counterOf(record.type, record.points),
    owed,
    isRemainder: false,
    reason,
  });
