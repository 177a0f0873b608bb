/** Undoes a record by an opposite one. Records are never changed: the first is only marked as cancelled. */
import { invalidState, notFound, type Refusal } from '@membership/contracts/errors';
import { PURCHASE_SOURCE } from '@membership/contracts/events/vip';
import type { Book } from '../book.ts';
import type { ReverseCommand } from '../command.ts';
import { chooseFree, earnedAtOf, originOf, type Lot, type Taken } from '../../domain/lots.ts';
import type { Outcome } from '../outcome.ts';
import { proRata } from '../../domain/profile.ts';
import { counterOf, type PointsRecord } from '../../domain/record.ts';
import { expireDue } from './expire-due.ts';
import { addLot, addRecord, countAsked, dueAt, outcome, take } from './book-steps.ts';
import { settleDebts } from './settle-debts.ts';
import { tellReversal } from './tell-facts.ts';
import { followUserLevel } from './follow-user-level.ts';

/** How long points last that go back to a lot that has ended (spec/api.md, "Worked numbers"). */
const GIVEN_BACK_FOR_MS = 30 * 86_400_000;

/**
 * Undoes a record of the profile, or a part of it, and the other side when it is one of a transfer. It counts as cancelled
 * once nothing of it is left. Refusals: unknown record (BIZ_001), INVALID_STATE when it is cancelled already, itself undoes
 * another, or belongs to something that is undone as a whole.
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
  const refusal = command.isWithin ? undefined : whyOfSomethingLarger(record);
  if (refusal) return refusal;
  const result = undo(book, record, command);
  const { transfer } = record;
  if (transfer && counterpart?.profile._id === transfer.memberId) {
    expireDue(counterpart);
    const opposite = counterpart.record(transfer.recordId);
    if (opposite) undo(counterpart, opposite, command);
    settleDebts(counterpart);
    followUserLevel(counterpart);
  }
  return result;
}

/**
 * What was bought with points is not left with its buyer: the purchase, the redemption or the order is undone, and takes its
 * record along. What an order earned may be taken back by itself; a refund of it then takes back the rest.
 */
function whyOfSomethingLarger({ sourceType, category, holdId }: PointsRecord): Refusal | undefined {
  if (sourceType === PURCHASE_SOURCE && holdId !== undefined)
    return invalidState('purchase', [], {
      zh: '该记录支付了一笔VIP标签购买，不能单独取消；请撤销标签并调整积分',
      en: 'The record paid for a tag: revoke the tag and adjust the points instead',
    });
  if (category === 'redemption' && sourceType === 'redemption')
    return invalidState('redemption', [], {
      zh: '该记录属于一笔兑换，请取消该兑换',
      en: 'The record belongs to a redemption: cancel the redemption instead',
    });
  if (category === 'order_discount' && sourceType === 'order')
    return invalidState('order', [], {
      zh: '该记录抵扣了一笔订单，请退款该订单（ORDER_REFUNDED）',
      en: 'The record paid for an order: refund the order instead (ORDER_REFUNDED)',
    });
  return undefined;
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

const isReceived = ({ type, transfer }: PointsRecord): boolean => type === 'earn' && transfer !== undefined;

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
  isReceived: isReceived(record),
});

const countsAgainstLimits = ({ type, transfer, batchId }: PointsRecord): boolean =>
  type === 'earn' && !transfer && batchId === null;

/**
 * What was taken goes back to the lots that it came from; what would go to one that has ended gets a lot of 30 days, which its
 * first record can be undone from as well.
 */
function giveBack(book: Book, record: PointsRecord, points: number, reason: string | null): Outcome {
  const { now } = book;
  const parts = partsOf(record, points);
  if (points < -record.points)
    book.markUndone(record, { points: (record.undone?.points ?? 0) + points, due: 0 });
  const lots = new Map(book.lots(parts.map(({ lotId }) => lotId)).map((lot) => [lot._id, lot]));
  const returned = parts.flatMap(({ lotId, points: part }) => {
    const lot = lots.get(lotId);
    return lot ? [{ lot, points: part }] : [];
  });
  for (const { lot, points: part } of returned)
    book.changeLot(lot, {
      remaining: lot.endsAt > now ? part : 0,
      expired: record.type === 'expire' ? -part : 0,
    });
  for (const { lot } of returned) if (lot.endsAt > now) dueAt(book, lot.endsAt);
  const late = returned.filter(({ lot }) => lot.endsAt <= now);
  const { ids } = book.terms;
  ids.require('records', late.length);
  const id = ids.next('records');
  const heirs = late.map(({ lot, points: part }, index) => ({
    ...{ of: lot, id: index === 0 ? id : ids.next('records') },
    ...{ points: part, originId: originOf(lot), earnedAt: earnedAtOf(lot) },
  }));
  const opposite = addRecord(book, record.type, points, {
    ...undoing(record, points, reason),
    expiresAt: late.length > 0 ? new Date(now.getTime() + GIVEN_BACK_FOR_MS) : null,
    ...(heirs.length > 1 ? { lotIds: heirs.map((heir) => heir.id) } : {}),
    id,
  });
  for (const { of: lot, ...heir } of heirs) {
    addLot(book, opposite, heir);
    book.addHeir(lot, heir.id);
  }
  if (record.type === 'expire') oweUndone(book, returned);
  tell(book, record, opposite, { owed: 0, reason });
  return { ...outcome(book, opposite), owed: 0 };
}

/** Points that were gone when their record was undone, and are back: what was left of undoing it is owed now. */
function oweUndone(book: Book, returned: readonly Taken[]): void {
  for (const { lot, points } of returned) {
    const origin = book.record(originOf(lot));
    const { undone } = origin ?? {};
    const owed = Math.min(points, (undone?.points ?? 0) - (undone?.due ?? 0));
    if (!origin || !undone || owed <= 0) continue;
    book.markUndone(origin, { points: undone.points, due: undone.due + owed });
    owe(book, origin, owed);
  }
}

function owe({ profile }: Book, record: PointsRecord, points: number): void {
  const { _id: recordId, type, category, subcategory, createdAt: recordedAt } = record;
  profile.debts = [
    ...(profile.debts ?? []),
    {
      ...{ recordId, type, category, subcategory, points, recordedAt },
      ...(isReceived(record) ? { isReceived: true } : {}),
    },
  ];
}

/** The lots of what a record gave, those among them that got points back later. */
function lotsOf(book: Book, { _id, lotIds = [_id] }: PointsRecord): Lot[] {
  const lots = book.lots(lotIds);
  for (let at = 0; at < lots.length; at++) lots.push(...book.lots(lots[at]?.heirs ?? []));
  return lots;
}

/**
 * What was given is taken back: first what is left of its own lots, then of others, down to nothing available; the rest is
 * owed. What has expired of it is gone already.
 */
function takeBack(book: Book, record: PointsRecord, part: number, reason: string | null): Outcome {
  const { now, profile } = book;
  const lots = lotsOf(book, record);
  const expired = lots.reduce((sum, lot) => sum + (lot.expired ?? 0), 0);
  const before = record.undone ?? { points: 0, due: 0 };
  const due = Math.min(part, Math.max(0, record.points - expired - before.due));
  if (part < record.points || due < part)
    book.markUndone(record, { points: before.points + part, due: before.due + due });
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
  if (owed > 0) owe(book, record, owed);
  const asked = countsAgainstLimits(record) ? -askedOf(record, part) : 0;
  const opposite =
    points > 0
      ? addRecord(book, record.type, -points, { ...undoing(record, points, reason), taken, asked })
      : null;
  // What is owed whole has no record yet; the day's limit is free all the same.
  if (!opposite) countAsked(book, record, asked);
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
