/** The few steps that the verbs of the ledger are made of. Pure: all of it happens in the book. */
import { dayOf } from '@membership/platform/calendar';
import { count } from '../../domain/day-totals.ts';
import type { Book } from '../book.ts';
import type { EarnCommand } from '../command.ts';
import { NEVER, type Taken } from '../../domain/lots.ts';
import type { Outcome } from '../outcome.ts';
import { move } from '../../domain/profile.ts';
import { counterOf, type Counter, type PointsRecord, type PointType } from '../../domain/record.ts';

const DAY_MS = 86_400_000;
/** In hundredths. */
export const UNMULTIPLIED = 100;

/** What a record says beyond its profile, type and points. */
export type RecordDetails = Pick<
  PointsRecord,
  'category' | 'subcategory' | 'reason' | 'sourceType' | 'sourceId' | 'originalPoints'
> &
  Partial<
    Pick<
      PointsRecord,
      'lotIds' | 'reversalOf' | 'holdId' | 'transfer' | 'batchId' | 'eventType' | 'relatedOrder'
    >
  > & {
    /** In hundredths; 100 unless said. */
    readonly multiplier?: number;
    readonly expiresAt?: Date | null;
    /** What counts against the day's limit. */
    readonly asked?: number;
    readonly award?: EarnCommand['award'];
    readonly taken?: readonly Taken[];
    /** The total that it counts in; by type and sign unless it undoes another record. */
    readonly counter?: Counter;
    /** The time whose day it counts on: now, unless it undoes another record. */
    readonly countedAt?: Date;
    /** One of those that are reserved unless said. */
    readonly id?: number;
    /** The platform did it by itself, whoever's request was the occasion. */
    readonly isOfPlatform?: boolean;
    /** It undoes points that had come from another member. */
    readonly isReceived?: boolean;
  };

/** Moves the profile's balances and keeps the record of it. */
export function addRecord(book: Book, type: PointType, points: number, details: RecordDetails): PointsRecord {
  const { scope, profile, now, terms } = book;
  const counter = details.counter ?? counterOf(type, points);
  // Never before the one before it, also when another replica's clock is ahead: a balance is asked for by time.
  const last = profile.lastPointsUpdate;
  const at = last && last > now ? last : now;
  const { balanceBefore, balanceAfter, ordinal } = move(profile, counter, points, at);
  const { category, subcategory, reason, sourceType, sourceId, originalPoints } = details;
  const { taken, lotIds, reversalOf, holdId, transfer, eventType, relatedOrder } = details;
  const record: PointsRecord = {
    _id: details.id ?? terms.ids.next('records'),
    tenantId: profile.tenantId,
    memberId: profile._id,
    ordinal,
    type,
    category,
    subcategory,
    points,
    balanceBefore,
    balanceAfter,
    multiplier: details.multiplier ?? UNMULTIPLIED,
    originalPoints,
    sourceType,
    sourceId,
    reason,
    expiresAt: details.expiresAt ?? null,
    operatorId: scope.actor.kind === 'user' && !details.isOfPlatform ? scope.actor.id : null,
    batchId: details.batchId ?? null,
    ruleId: details.award?.ruleId ?? null,
    eventId: details.award?.eventId ?? null,
    ...(taken ? { taken: taken.map(({ lot, points: part }) => ({ lotId: lot._id, points: part })) } : {}),
    ...(lotIds ? { lotIds } : {}),
    ...(reversalOf === undefined ? {} : { reversalOf }),
    ...(holdId === undefined ? {} : { holdId }),
    ...(transfer ? { transfer } : {}),
    ...(eventType === undefined ? {} : { eventType }),
    ...(relatedOrder === undefined ? {} : { relatedOrder }),
    createdAt: at,
    status: 'active',
    expiredAt: null,
  };
  book.addRecord(record);
  if (details.isReceived || (type === 'earn' && transfer))
    profile.receivedTotal = (profile.receivedTotal ?? 0) + points;
  countInDay(book, record, { counter, asked: details.asked ?? 0, at: details.countedAt });
  return record;
}

/**
 * Counts a record in its member's day. `asked` counts against the category's daily limit; what undoes a record counts on that
 * record's day, the other way.
 */
function countInDay(
  book: Book,
  { category, points }: PointsRecord,
  {
    counter,
    asked,
    at,
  }: { readonly counter: Counter; readonly asked: number; readonly at: Date | undefined },
): void {
  if (counter === 'expired') return;
  const counts = at ? book.day(dayOf(book.terms.zone, at)) : book.today();
  count(counts[counter], category, counter === 'earned' ? points : -points);
  count(counts.asked, category, asked);
}

/** Counts against, or frees, the limit of the day of a record that nothing is moved of. */
export function countAsked(book: Book, { category, createdAt }: PointsRecord, asked: number): void {
  if (asked !== 0) count(book.day(dayOf(book.terms.zone, createdAt)).asked, category, asked);
}

/** Takes available points from the profile's lots, soonest end first. */
export function take(book: Book, points: number): Taken[] {
  const taken = book.choose(points);
  for (const { lot, points: part } of taken) book.changeLot(lot, { remaining: -part });
  return taken;
}

/** Keeps points that came in as a lot: the record's own unless `lot` says otherwise. */
export function addLot(
  book: Book,
  record: PointsRecord,
  {
    id = record._id,
    points = record.points,
    endsAt = record.expiresAt ?? NEVER,
    originId,
    earnedAt,
  }: Partial<{ id: number; points: number; endsAt: Date; originId: number; earnedAt: Date }> = {},
): void {
  const { profile } = book;
  book.addLot({
    _id: id,
    tenantId: profile.tenantId,
    memberId: profile._id,
    initial: points,
    remaining: points,
    held: 0,
    ...(id === record._id ? {} : { recordId: record._id }),
    ...(originId === undefined ? {} : { originId }),
    ...(earnedAt ? { earnedAt } : {}),
    endsAt,
    // As the record that carries it says.
    createdAt: record.createdAt,
  });
  dueAt(book, endsAt);
}

/** Something of the profile ends then: it is looked at no later. */
export function dueAt({ profile }: Book, at: Date | null): void {
  if (at && at < NEVER && (!profile.nextExpiryAt || at < profile.nextExpiryAt)) profile.nextExpiryAt = at;
}

/** When points end that were given no end of their own: the tenant's setting. */
export function usualEnd({ now, definitions }: Book): Date | null {
  const { expiryDays } = definitions.settings;
  return expiryDays === null ? null : new Date(now.getTime() + expiryDays * DAY_MS);
}

/** The profile as the command leaves it; its level is looked at when the command is done. */
export function outcome({ profile, definitions, now }: Book, record: PointsRecord | null): Outcome {
  const level = definitions.levels.find(({ _id }) => _id === profile.levelId);
  return { record, profile, levelChange: { upgraded: false, previous: level, current: level }, at: now };
}
