/**
 * The ledger's one way to move points: a batch of commands, decided in order, each seeing those before it, and written with
 * a handful of database calls. Runs inside a transaction; whatever a decision counts on is a document it writes.
 */
import type { mongo } from 'mongoose';
import { Refusal, invalid, notFound, refuse } from '@membership/contracts/errors';
import {
  levelChanged,
  pointsAdjusted,
  pointsEarned,
  pointsExpired,
  pointsSpent,
} from '@membership/contracts/events/points';
import type { Item } from '@membership/platform/group-commit';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Counter } from 'prom-client';
import { levelFor, type Level } from '../levels/level.ts';
import type { Models } from '../models.ts';
import type { Definitions, TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { dayIn } from '../tenants/tenant-day.ts';
import { expireDue, NEVER, soonestEnd, takeSoonest, type Lot } from './lots.ts';
import type { AdjustCommand, Command, EarnCommand, LevelChange, Outcome, SpendCommand } from './movement.ts';
import {
  move,
  multiplied,
  multiplierText,
  whyDisabled,
  whyInsufficient,
  type PointsRecord,
  type PointType,
  type Profile,
} from './profile.ts';

export type Ledger = {
  readonly models: Models;
  readonly ids: Ids;
  readonly definitions: TenantDefinitions;
  readonly zoneOf: (scope: TenantScope) => Promise<string>;
  readonly moved?: Counter<'type'>;
};
type Day = { asked: Record<string, number>; earned: Record<string, number>; spent: Record<string, number> };

/** Everything that a batch has read and changed. */
class Batch {
  readonly profiles = new Map<number, Profile>();
  readonly changed = new Set<number>();
  readonly records: PointsRecord[] = [];
  readonly newLots: Lot[] = [];
  readonly lots = new Map<number, Lot[]>();
  readonly changedLots = new Set<Lot>();
  readonly expired = new Map<number, Date>();
  readonly today = new Map<string, Record<string, number>>();
  readonly days = new Map<string, Day & { tenantId: number; memberId: number; day: string }>();
  readonly ledger: Ledger;
  readonly unit: UnitOfWork;
  readonly now = new Date();
  readonly recordIds: number[];

  constructor(ledger: Ledger, unit: UnitOfWork, recordIds: number[]) {
    this.ledger = ledger;
    this.unit = unit;
    this.recordIds = recordIds;
  }

  async nextRecordId(): Promise<number> {
    return this.recordIds.pop() ?? this.ledger.ids.next('records');
  }
}

/**
 * Decides and writes a batch. One outcome or refusal an item, in order: unknown profile (BIZ_001), POINTS_DISABLED,
 * INSUFFICIENT_POINTS, DAILY_LIMIT_EXCEEDED, a category or expiry that is not allowed (VALIDATION_ERROR).
 */
export async function commitMovements(
  ledger: Ledger,
  items: readonly Item<Command>[],
  unit: UnitOfWork,
): Promise<(Outcome | Refusal)[]> {
  const definitions = new Map<number, Definitions>();
  const zones = new Map<number, string>();
  for (const { scope } of items) {
    if (!definitions.has(scope.tenantId)) {
      definitions.set(scope.tenantId, await ledger.definitions.of(scope));
      zones.set(scope.tenantId, await ledger.zoneOf(scope));
    }
  }
  const batch = new Batch(ledger, unit, await ledger.ids.take('records', items.length));
  await loadProfiles(batch, items);
  await loadLimitedDays(batch, items, definitions, zones);
  const outcomes: (Outcome | Refusal)[] = [];
  for (const item of items)
    outcomes.push(
      await decide(
        batch,
        item,
        definitions.get(item.scope.tenantId) as Definitions,
        zones.get(item.scope.tenantId) as string,
      ),
    );
  await write(batch);
  return outcomes;
}

async function loadProfiles(batch: Batch, items: readonly Item<Command>[]): Promise<void> {
  const ids = [...new Set(items.map(({ command }) => command.memberId))];
  // A batch may hold several tenants: each item brings its scope, checked when it is decided.
  const found = await batch.ledger.models.profiles
    .acrossTenants('group commit: each item checks its own tenant')
    .find({ _id: { $in: ids } }, { session: batch.unit.session })
    .toArray();
  for (const profile of found) batch.profiles.set(profile._id, profile as Profile);
}

/** What has been asked for today in categories with a limit: read in the transaction that adds to it. */
async function loadLimitedDays(
  batch: Batch,
  items: readonly Item<Command>[],
  definitions: ReadonlyMap<number, Definitions>,
  zones: ReadonlyMap<number, string>,
): Promise<void> {
  const keys = new Set<string>();
  for (const { scope, command } of items)
    if (
      command.kind === 'earn' &&
      definitions.get(scope.tenantId)?.settings.dailyLimits[command.category] !== undefined
    )
      keys.add(`${command.memberId}:${dayIn(zones.get(scope.tenantId) as string, batch.now)}`);
  if (keys.size === 0) return;
  const found = await batch.ledger.models.days
    .acrossTenants('group commit: keys name members of checked profiles')
    .find({ _id: { $in: [...keys] } }, { session: batch.unit.session })
    .toArray();
  for (const day of found) batch.today.set(day._id, { ...day.asked });
}

async function decide(
  batch: Batch,
  { scope, command }: Item<Command>,
  definitions: Definitions,
  zone: string,
): Promise<Outcome | Refusal> {
  const profile = batch.profiles.get(command.memberId);
  if (!profile || profile.tenantId !== scope.tenantId) return notFound();
  await expire(batch, scope, profile, zone);
  switch (command.kind) {
    case 'earn':
      return earn(batch, scope, profile, command, definitions, zone);
    case 'spend':
      return spend(batch, scope, profile, command, definitions, zone);
    case 'adjust':
      return adjust(batch, scope, profile, command, definitions, zone);
    case 'expire':
      return {
        record: null,
        profile: { ...profile },
        levelChange: unchanged(profile, definitions),
        at: batch.now,
      };
    case 'check_level': {
      profile.lastLevelCheck = batch.now;
      batch.changed.add(profile._id);
      return {
        record: null,
        profile: { ...profile },
        levelChange: relevel(batch, scope, profile, definitions, 'check'),
        at: batch.now,
      };
    }
  }
}

async function earn(
  batch: Batch,
  scope: TenantScope,
  profile: Profile,
  command: EarnCommand,
  definitions: Definitions,
  zone: string,
): Promise<Outcome | Refusal> {
  const { settings } = definitions;
  const refusal =
    whyDisabled(profile) ??
    whyNotCategory(command.category, settings.earningCategories) ??
    whyPast(command.expiresAt, batch.now) ??
    whyOverLimit(batch, command, definitions, zone);
  if (refusal) return refusal;
  const points = multiplied(command.points, profile.multiplier);
  const expiresAt =
    command.expiresAt === undefined
      ? settings.expiryDays === null
        ? null
        : new Date(batch.now.getTime() + settings.expiryDays * 86_400_000)
      : command.expiresAt;
  const record = await addRecord(batch, scope, profile, 'earn', points, {
    ...command,
    original: command.points,
    multiplier: profile.multiplier,
    expiresAt,
    zone,
    asked: command.points,
  });
  if (points > 0) addLot(batch, profile, record, expiresAt);
  announceMovement(batch, scope, profile, record, command.points);
  const levelChange = relevel(batch, scope, profile, definitions, 'points');
  return { record, profile: { ...profile }, levelChange, at: batch.now };
}

async function spend(
  batch: Batch,
  scope: TenantScope,
  profile: Profile,
  command: SpendCommand,
  definitions: Definitions,
  zone: string,
): Promise<Outcome | Refusal> {
  const refusal =
    whyDisabled(profile) ??
    whyNotCategory(command.category, definitions.settings.spendingCategories) ??
    whyInsufficient(profile, command.points);
  if (refusal) return refusal;
  await take(batch, profile, command.points);
  const record = await addRecord(batch, scope, profile, 'spend', -command.points, {
    ...command,
    original: command.points,
    multiplier: 100,
    expiresAt: null,
    zone,
  });
  announceMovement(batch, scope, profile, record, command.points);
  return { record, profile: { ...profile }, levelChange: unchanged(profile, definitions), at: batch.now };
}

async function adjust(
  batch: Batch,
  scope: TenantScope,
  profile: Profile,
  command: AdjustCommand,
  definitions: Definitions,
  zone: string,
): Promise<Outcome | Refusal> {
  const refusal = command.points < 0 ? whyInsufficient(profile, -command.points) : undefined;
  if (refusal) return refusal;
  if (command.points < 0) await take(batch, profile, -command.points);
  const expiresAt =
    command.points > 0 && definitions.settings.expiryDays !== null
      ? new Date(batch.now.getTime() + definitions.settings.expiryDays * 86_400_000)
      : null;
  const record = await addRecord(batch, scope, profile, 'adjust', command.points, {
    ...command,
    original: Math.abs(command.points),
    multiplier: 100,
    expiresAt,
    zone,
  });
  if (command.points > 0) addLot(batch, profile, record, expiresAt);
  announceMovement(batch, scope, profile, record, Math.abs(command.points));
  const levelChange =
    command.points > 0
      ? relevel(batch, scope, profile, definitions, 'points')
      : unchanged(profile, definitions);
  return { record, profile: { ...profile }, levelChange, at: batch.now };
}

/** Every write first expires what is due. Reads no lot while none can have ended. */
async function expire(batch: Batch, scope: TenantScope, profile: Profile, zone: string): Promise<void> {
  if (!profile.nextExpiryAt || profile.nextExpiryAt > batch.now) return;
  const lots = await lotsOf(batch, profile);
  for (const { lot, points } of expireDue(lots, batch.now)) {
    batch.changedLots.add(lot);
    batch.expired.set(lot._id, batch.now);
    const source = {
      category: 'expiry',
      subcategory: null,
      reason: null,
      sourceType: 'lot',
      sourceId: lot._id,
      original: points,
      multiplier: 100,
      expiresAt: null,
      zone,
    };
    const record = await addRecord(batch, scope, profile, 'expire', -points, source);
    announceMovement(batch, scope, profile, record, points);
  }
  profile.nextExpiryAt = soonestEnd(lots);
  batch.changed.add(profile._id);
}

async function take(batch: Batch, profile: Profile, points: number): Promise<void> {
  const taken = takeSoonest(await lotsOf(batch, profile), points, batch.now);
  for (const { lot } of taken) batch.changedLots.add(lot);
}

/** The lots of a profile that hold points, those made in this batch among them. Read once a batch. */
async function lotsOf(batch: Batch, profile: Profile): Promise<Lot[]> {
  let lots = batch.lots.get(profile._id);
  if (!lots) {
    const stored = await batch.ledger.models.lots.native
      .find(
        { tenantId: profile.tenantId, memberId: profile._id, remaining: { $gt: 0 } },
        { session: batch.unit.session, sort: { endsAt: 1, _id: 1 } },
      )
      .toArray();
    lots = [...(stored as Lot[]), ...batch.newLots.filter((lot) => lot.memberId === profile._id)];
    batch.lots.set(profile._id, lots);
  }
  return lots;
}

function addLot(batch: Batch, profile: Profile, record: PointsRecord, expiresAt: Date | null): void {
  const lot: Lot = {
    _id: record._id,
    tenantId: profile.tenantId,
    memberId: profile._id,
    initial: record.points,
    remaining: record.points,
    held: 0,
    endsAt: expiresAt ?? NEVER,
    createdAt: batch.now,
  };
  batch.newLots.push(lot);
  batch.lots.get(profile._id)?.push(lot);
  if (expiresAt && (!profile.nextExpiryAt || expiresAt < profile.nextExpiryAt))
    profile.nextExpiryAt = expiresAt;
}

type RecordDetails = {
  category: string;
  subcategory: string | null;
  reason: string | null;
  sourceType: string;
  sourceId: number | string | null;
  original: number;
  multiplier: number;
  expiresAt: Date | null;
  zone: string;
  asked?: number;
  award?: EarnCommand['award'];
};

async function addRecord(
  batch: Batch,
  scope: TenantScope,
  profile: Profile,
  type: PointType,
  points: number,
  details: RecordDetails,
): Promise<PointsRecord> {
  const { balanceBefore, balanceAfter, ordinal } = move(profile, type, points, batch.now);
  const record: PointsRecord = {
    _id: await batch.nextRecordId(),
    tenantId: profile.tenantId,
    memberId: profile._id,
    ordinal,
    type,
    category: details.category,
    subcategory: details.subcategory,
    points,
    balanceBefore,
    balanceAfter,
    multiplier: details.multiplier,
    originalPoints: details.original,
    sourceType: details.sourceType,
    sourceId: details.sourceId,
    reason: details.reason,
    expiresAt: details.expiresAt,
    operatorId: scope.actor.kind === 'user' ? scope.actor.id : null,
    batchId: null,
    ruleId: details.award?.ruleId ?? null,
    eventId: details.award?.eventId ?? null,
    createdAt: batch.now,
    status: 'active',
    expiredAt: null,
  };
  batch.records.push(record);
  batch.changed.add(profile._id);
  countDay(batch, profile, record, details.zone, details.asked ?? 0);
  batch.unit.afterCommit(() => batch.ledger.moved?.inc({ type }, Math.abs(points)));
  return record;
}

function countDay(batch: Batch, profile: Profile, record: PointsRecord, zone: string, asked: number): void {
  if (record.type === 'expire') return;
  const day = dayIn(zone, batch.now);
  const key = `${profile._id}:${day}`;
  let totals = batch.days.get(key);
  if (!totals)
    batch.days.set(
      key,
      (totals = { tenantId: profile.tenantId, memberId: profile._id, day, asked: {}, earned: {}, spent: {} }),
    );
  const add = (into: Record<string, number>, value: number) => {
    if (value !== 0) into[record.category] = (into[record.category] ?? 0) + value;
  };
  add(record.points >= 0 ? totals.earned : totals.spent, Math.abs(record.points));
  add(totals.asked, asked);
  const today = batch.today.get(key);
  if (asked > 0)
    batch.today.set(key, { ...today, [record.category]: (today?.[record.category] ?? 0) + asked });
}

function announceMovement(
  batch: Batch,
  scope: TenantScope,
  profile: Profile,
  record: PointsRecord,
  asked: number,
): void {
  const { _id: recordId, points, category, subcategory, sourceType, sourceId, balanceAfter } = record;
  const movement = {
    profileId: profile._id,
    recordId,
    points,
    category,
    subcategory,
    sourceType,
    sourceId,
    balanceAfter,
    availableAfter: profile.available,
  };
  const place = () => ({ subject: profile._id, sequence: ++profile.sequence });
  switch (record.type) {
    case 'earn':
      batch.unit.announce(scope, pointsEarned, {
        ...place(),
        data: {
          ...movement,
          askedPoints: asked,
          multiplier: multiplierText(record.multiplier),
          expiresAt: record.expiresAt?.toISOString() ?? null,
          ruleId: record.ruleId,
        },
      });
      break;
    case 'spend':
      batch.unit.announce(scope, pointsSpent, { ...place(), data: movement });
      break;
    case 'adjust':
      batch.unit.announce(scope, pointsAdjusted, {
        ...place(),
        data: { ...movement, reason: record.reason ?? '' },
      });
      break;
    case 'expire':
      batch.unit.announce(scope, pointsExpired, { ...place(), data: movement });
  }
}

const unchanged = (profile: Profile, { levels }: Definitions): LevelChange => {
  const current = levels.find((level) => level._id === profile.levelId);
  return { upgraded: false, previous: current, current };
};

/** Upgrades at once inside the earning's transaction; never downgrades (the default policy). */
function relevel(
  batch: Batch,
  scope: TenantScope,
  profile: Profile,
  definitions: Definitions,
  reason: 'points' | 'check',
): LevelChange {
  const { previous } = unchanged(profile, definitions);
  const reached = levelFor(definitions.levels, profile.total);
  if (!reached || reached._id === previous?._id || (previous && reached.minPoints < previous.minPoints))
    return { upgraded: false, previous, current: previous };
  setLevel(batch, scope, profile, previous, reached, reason);
  return { upgraded: true, previous, current: reached };
}

function setLevel(
  batch: Batch,
  scope: TenantScope,
  profile: Profile,
  previous: Level | undefined,
  level: Level,
  reason: 'points' | 'check',
): void {
  profile.levelId = level._id;
  profile.levelUpdatedAt = batch.now;
  batch.changed.add(profile._id);
  batch.unit.announce(scope, levelChanged, {
    subject: profile._id,
    sequence: ++profile.sequence,
    data: {
      profileId: profile._id,
      previousLevelId: previous?._id ?? null,
      previousLevelName: previous?.name ?? null,
      levelId: level._id,
      levelName: level.name,
      levelOrder: level.order,
      isUpgrade: true,
      reason,
    },
  });
}

function whyNotCategory(category: string, allowed: readonly string[]): Refusal | undefined {
  if (allowed.includes(category)) return undefined;
  return invalid({
    category: {
      zh: `无效的业务分类，可选：${allowed.join('、')}`,
      en: `Must be one of: ${allowed.join(', ')}`,
    },
  });
}

function whyPast(expiresAt: Date | null | undefined, now: Date): Refusal | undefined {
  return expiresAt && expiresAt <= now
    ? invalid({ expires_at: { zh: '过期时间必须晚于当前时间', en: 'Must be in the future' } })
    : undefined;
}

function whyOverLimit(
  batch: Batch,
  command: EarnCommand,
  { settings }: Definitions,
  zone: string,
): Refusal | undefined {
  const limit = settings.dailyLimits[command.category];
  if (limit === undefined) return undefined;
  const earned = batch.today.get(`${command.memberId}:${dayIn(zone, batch.now)}`)?.[command.category] ?? 0;
  if (earned + command.points <= limit) return undefined;
  const text =
    command.category === 'login'
      ? { zh: '今日登录积分已达上限', en: "Today's limit of login points is reached" }
      : undefined;
  return refuse('DAILY_LIMIT_EXCEEDED', {
    details: { daily_limit: limit, earned_today: earned },
    ...(text ? { text } : {}),
  });
}

async function write(batch: Batch): Promise<void> {
  const { models } = batch.ledger;
  const { session } = batch.unit;
  const profiles = [...batch.changed].map((id) => batch.profiles.get(id) as Profile);
  if (profiles.length === 0) return;
  await models.profiles.native.bulkWrite(
    profiles.map(({ _id, tenantId, createdAt: _made, ...state }) => ({
      updateOne: { filter: { _id, tenantId }, update: { $set: state } },
    })) as mongo.AnyBulkWriteOperation<Profile>[],
    { session, ordered: false },
  );
  if (batch.records.length > 0)
    await models.records.native.insertMany(batch.records as mongo.OptionalUnlessRequiredId<PointsRecord>[], {
      session,
      ordered: false,
    });
  if (batch.newLots.length > 0)
    await models.lots.native.insertMany(batch.newLots as mongo.OptionalUnlessRequiredId<Lot>[], {
      session,
      ordered: false,
    });
  const olderLots = [...batch.changedLots].filter((lot) => !batch.newLots.includes(lot));
  if (olderLots.length > 0)
    await models.lots.native.bulkWrite(
      olderLots.map(({ _id, tenantId, remaining, held }) => ({
        updateOne: { filter: { _id, tenantId }, update: { $set: { remaining, held } } },
      })),
      { session, ordered: false },
    );
  if (batch.expired.size > 0)
    await models.records.native.bulkWrite(
      [...batch.expired].map(([_id, expiredAt]) => ({
        updateOne: { filter: { _id }, update: { $set: { status: 'expired' as const, expiredAt } } },
      })),
      { session, ordered: false },
    );
  if (batch.days.size > 0)
    await models.days.native.bulkWrite(
      [...batch.days].map(([_id, totals]) => ({
        updateOne: {
          filter: { _id },
          update: {
            $setOnInsert: { tenantId: totals.tenantId, memberId: totals.memberId, day: totals.day },
            $inc: increments(totals),
          },
          upsert: true,
        },
      })) as never,
      { session, ordered: false },
    );
}

function increments({ asked, earned, spent }: Day): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [name, values] of Object.entries({ asked, earned, spent }))
    for (const [category, value] of Object.entries(values)) all[`${name}.${category}`] = value;
  return all;
}
