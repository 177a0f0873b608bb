/** One command's turn in a batch, and the few steps that the verbs of the ledger are made of. */
import type { TenantScope } from '@membership/platform/scope';
import type { Batch, House } from './batch.ts';
import { NEVER, takeSoonest, type Lot, type Taken } from './lots.ts';
import type { EarnCommand, Outcome } from './movement.ts';
import { counterOf, move, type Counter, type PointsRecord, type PointType, type Profile } from './profile.ts';

const DAY_MS = 86_400_000;
/** In hundredths. */
export const UNMULTIPLIED = 100;

export type Turn = House & {
  readonly batch: Batch;
  readonly scope: TenantScope;
  readonly profile: Profile;
};

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
    /** Taken from the batch unless said. */
    readonly id?: number;
  };

/** Moves the profile's balances and keeps the record of it. */
export async function addRecord(
  { batch, scope, profile, zone }: Turn,
  type: PointType,
  points: number,
  details: RecordDetails,
): Promise<PointsRecord> {
  const counter = details.counter ?? counterOf(type, points);
  // Never before the one before it, also when another replica's clock is ahead: a balance is asked for by time.
  const last = profile.lastPointsUpdate;
  const at = last && last > batch.now ? last : batch.now;
  const { balanceBefore, balanceAfter, ordinal } = move(profile, counter, points, at);
  const { category, subcategory, reason, sourceType, sourceId, originalPoints } = details;
  const { taken, lotIds, reversalOf, holdId, transfer, eventType, relatedOrder } = details;
  const record: PointsRecord = {
    _id: details.id ?? (await batch.nextRecordId()),
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
    operatorId: scope.actor.kind === 'user' ? scope.actor.id : null,
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
  batch.addRecord(profile, record);
  batch.countDay(profile, record, {
    counter,
    zone,
    asked: details.asked ?? 0,
    at: details.countedAt ?? batch.now,
  });
  return record;
}

/** Takes available points from the profile's lots, soonest end first. */
export async function take({ batch, profile }: Turn, points: number): Promise<Taken[]> {
  const taken = takeSoonest(await batch.lots.holding(profile, points, batch.now), points, batch.now);
  for (const { lot } of taken) batch.lots.touch(lot);
  return taken;
}

/** Keeps points that came in as a lot: the record's own unless `lot` says otherwise. */
export function addLot(
  turn: Turn,
  record: PointsRecord,
  {
    id = record._id,
    points = record.points,
    endsAt = record.expiresAt ?? NEVER,
  }: Partial<{
    id: number;
    points: number;
    endsAt: Date;
  }> = {},
): void {
  const { batch, profile } = turn;
  const lot: Lot = {
    _id: id,
    tenantId: profile.tenantId,
    memberId: profile._id,
    initial: points,
    remaining: points,
    held: 0,
    ...(id === record._id ? {} : { recordId: record._id }),
    endsAt,
    createdAt: batch.now,
  };
  batch.lots.add(lot);
  dueAt(turn, endsAt);
}

/** Something of the profile ends then: it is looked at no later. */
export function dueAt({ profile }: Turn, at: Date | null): void {
  if (at && at < NEVER && (!profile.nextExpiryAt || at < profile.nextExpiryAt)) profile.nextExpiryAt = at;
}

/** When points end that were given no end of their own: the tenant's setting. */
export function usualEnd({ batch, definitions }: Turn): Date | null {
  const { expiryDays } = definitions.settings;
  return expiryDays === null ? null : new Date(batch.now.getTime() + expiryDays * DAY_MS);
}

/** As the profile stands now; its level is looked at when the command is done. */
export function outcome({ batch, profile, definitions }: Turn, record: PointsRecord | null): Outcome {
  const level = definitions.levels.find(({ _id }) => _id === profile.levelId);
  const levelChange = { upgraded: false, previous: level, current: level };
  return { record, profile: { ...profile }, levelChange, at: batch.now };
}
