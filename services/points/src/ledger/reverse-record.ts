/** Undoes a record by an opposite one. Records are never changed: the first is only marked as cancelled. */
import { invalidState, notFound, type Refusal } from '@membership/contracts/errors';
import { announceReversal } from './announce-movement.ts';
import { expireDue } from './expire-due.ts';
import { takeFree } from './lots.ts';
import type { Outcome, ReverseCommand } from './movement.ts';
import { counterOf, proRata, type PointsRecord } from './profile.ts';
import { followLevel } from './follow-level.ts';
import { settleDebts } from './settle-debts.ts';
import { addLot, addRecord, dueAt, outcome, take, type Turn } from './turn.ts';

/** How long points last that go back to a lot that has ended (spec/api.md, "Worked numbers"). */
const GIVEN_BACK_FOR_MS = 30 * 86_400_000;

/**
 * Undoes a record of the profile, or a part of it, and the other side when it is one of a transfer. It counts as cancelled
 * once nothing of it is left. Refusals: unknown record (BIZ_001), INVALID_STATE when it is cancelled already or itself
 * undoes another.
 */
export async function reverseRecord(turn: Turn, command: ReverseCommand): Promise<Outcome | Refusal> {
  const { batch, scope, profile } = turn;
  const record = await batch.recordOf(profile, command.recordId);
  if (!record) return notFound();
  if (record.reversalOf !== undefined) return invalidState('reversal', []);
  if (record.status === 'cancelled') return invalidState('cancelled', []);
  const other = record.transfer && batch.profileOf(scope, record.transfer.memberId);
  const result = await undo(turn, record, command);
  if (record.transfer && other) {
    const theirs: Turn = { ...turn, profile: other };
    await expireDue(theirs);
    const opposite = await batch.recordOf(other, record.transfer.recordId);
    if (opposite) await undo(theirs, opposite, command);
    followLevel(theirs);
  }
  return result;
}

function undo(
  turn: Turn,
  record: PointsRecord,
  { points, reason }: Pick<ReverseCommand, 'points' | 'reason'>,
): Promise<Outcome> {
  const left = Math.abs(record.points) - (record.undone?.points ?? 0);
  const part = Math.min(points ?? left, left);
  if (part === left) turn.batch.markCancelled(record);
  turn.batch.touch(turn.profile);
  return record.points < 0 ? giveBack(turn, record, part, reason) : takeBack(turn, record, part, reason);
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
async function giveBack(
  turn: Turn,
  record: PointsRecord,
  points: number,
  reason: string | null,
): Promise<Outcome> {
  const { batch } = turn;
  const parts = partsOf(record, points);
  if (points < -record.points)
    batch.markUndone(record, { points: (record.undone?.points ?? 0) + points, due: 0 });
  const lots = new Map(
    (
      await batch.lots.named(
        turn.profile,
        parts.map(({ lotId }) => lotId),
      )
    ).map((lot) => [lot._id, lot]),
  );
  let late = points;
  for (const part of parts) {
    const lot = lots.get(part.lotId);
    if (!lot) continue;
    if (record.type === 'expire') lot.expired = Math.max(0, (lot.expired ?? 0) - part.points);
    if (lot.endsAt > batch.now) {
      lot.remaining += part.points;
      late -= part.points;
      dueAt(turn, lot.endsAt);
    }
    batch.lots.touch(lot);
  }
  const opposite = await addRecord(turn, record.type, points, {
    ...undoing(record, points, reason),
    expiresAt: late > 0 ? new Date(batch.now.getTime() + GIVEN_BACK_FOR_MS) : null,
  });
  if (late > 0) addLot(turn, opposite, { points: late });
  tell(turn, record, opposite, { owed: 0, reason });
  await settleDebts(turn, points);
  return { ...outcome(turn, opposite), owed: 0 };
}

/**
 * What was given is taken back: first what is left of its own lots, then of others, down to nothing available; the rest is
 * owed. What has expired of it is gone already.
 */
async function takeBack(
  turn: Turn,
  record: PointsRecord,
  part: number,
  reason: string | null,
): Promise<Outcome> {
  const { batch, profile } = turn;
  const lots = await batch.lots.named(profile, record.lotIds ?? [record._id]);
  const expired = lots.reduce((sum, lot) => sum + (lot.expired ?? 0), 0);
  const before = record.undone ?? { points: 0, due: 0 };
  const due = Math.min(part, Math.max(0, record.points - expired - before.due));
  if (part < record.points) batch.markUndone(record, { points: before.points + part, due: before.due + due });
  const own = takeFree(
    lots.filter((lot) => lot.endsAt > batch.now),
    due,
  );
  for (const { lot } of own) batch.lots.touch(lot);
  const fromOwn = own.reduce((sum, { points }) => sum + points, 0);
  const fromOthers = Math.min(due - fromOwn, profile.available - fromOwn);
  const taken = [...own, ...(fromOthers > 0 ? await take(turn, fromOthers) : [])];
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
      ? await addRecord(turn, record.type, -points, {
          ...undoing(record, points, reason),
          taken,
          asked: countsAgainstLimits(record) ? -askedOf(record, part) : 0,
        })
      : null;
  tell(turn, record, opposite, { owed, reason });
  return { ...outcome(turn, opposite), owed };
}

const tell = (
  turn: Turn,
  record: PointsRecord,
  opposite: PointsRecord | null,
  { owed, reason }: { owed: number; reason: string | null },
): void =>
  announceReversal(turn, opposite ?? { ...record, ...undoing(record, 0, reason), _id: null, points: 0 }, {
    reversedRecordId: record._id,
    counter: counterOf(record.type, record.points),
    owed,
    isRemainder: false,
    reason,
  });
