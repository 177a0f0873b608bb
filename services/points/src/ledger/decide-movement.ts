/** What comes of one command, given what the commands before it in its batch did. */
import { notFound, type Refusal } from '@membership/contracts/errors';
import type { Item } from '@membership/platform/group-commit';
import type { TenantScope } from '@membership/platform/scope';
import { announceMovement } from './announce-movement.ts';
import type { Batch, House } from './batch.ts';
import { expireDue, NEVER, soonestEnd, takeSoonest } from './lots.ts';
import type { AdjustCommand, Command, EarnCommand, LevelChange, Outcome, SpendCommand } from './movement.ts';
import { move, multiplied, whyDisabled, whyInsufficient } from './profile.ts';
import type { PointsRecord, PointType, Profile } from './profile.ts';
import { raiseLevel, unchanged } from './raise-level.ts';
import { whyNotCategory, whyOverLimit, whyPast } from './refusals.ts';

const DAY_MS = 86_400_000;
const UNMULTIPLIED = 100;

/** One command's turn in a batch. */
export type Turn = House & {
  readonly batch: Batch;
  readonly scope: TenantScope;
  readonly profile: Profile;
};

/**
 * Decides a command and keeps what it changes in the batch. Refusals: unknown profile (BIZ_001), POINTS_DISABLED,
 * INSUFFICIENT_POINTS, DAILY_LIMIT_EXCEEDED, a category or expiry that is not allowed (VALIDATION_ERROR). Every command
 * first expires what is due.
 */
export async function decideMovement(
  batch: Batch,
  { scope, command }: Item<Command>,
): Promise<Outcome | Refusal> {
  const profile = batch.profileOf(scope, command.memberId);
  if (!profile) return notFound();
  const turn = { batch, scope, profile, ...batch.houseOf(scope) };
  await expire(turn);
  switch (command.kind) {
    case 'earn':
      return earn(turn, command);
    case 'spend':
      return spend(turn, command);
    case 'adjust':
      return adjust(turn, command);
    case 'expire':
      return outcome(turn, null);
    case 'check_level':
      return checkLevel(turn);
  }
}

async function earn(turn: Turn, command: EarnCommand): Promise<Outcome | Refusal> {
  const { batch, profile, definitions } = turn;
  const refusal =
    whyDisabled(profile) ??
    whyNotCategory(command.category, definitions.settings.earningCategories) ??
    whyPast(command.expiresAt, batch.now) ??
    whyOverLimit(turn, command);
  if (refusal) return refusal;
  const points = multiplied(command.points, profile.multiplier);
  const expiresAt = command.expiresAt === undefined ? usualEnd(turn) : command.expiresAt;
  const record = await addRecord(turn, 'earn', points, {
    ...command,
    originalPoints: command.points,
    multiplier: profile.multiplier,
    expiresAt,
    asked: command.points,
    award: command.award,
  });
  if (points > 0) addLot(turn, record);
  announceMovement(turn, record, command.points);
  return outcome(turn, record, raiseLevel(turn, 'points'));
}

async function spend(turn: Turn, command: SpendCommand): Promise<Outcome | Refusal> {
  const { profile, definitions } = turn;
  const refusal =
    whyDisabled(profile) ??
    whyNotCategory(command.category, definitions.settings.spendingCategories) ??
    whyInsufficient(profile, command.points);
  if (refusal) return refusal;
  await take(turn, command.points);
  const record = await addRecord(turn, 'spend', -command.points, {
    ...command,
    originalPoints: command.points,
  });
  announceMovement(turn, record, command.points);
  return outcome(turn, record);
}

/** By hand, in either direction: no category, limit or multiplier applies, and a disabled profile can be adjusted. */
async function adjust(turn: Turn, command: AdjustCommand): Promise<Outcome | Refusal> {
  const refusal = command.points < 0 ? whyInsufficient(turn.profile, -command.points) : undefined;
  if (refusal) return refusal;
  if (command.points < 0) await take(turn, -command.points);
  const asked = Math.abs(command.points);
  const record = await addRecord(turn, 'adjust', command.points, {
    ...command,
    originalPoints: asked,
    expiresAt: command.points > 0 ? usualEnd(turn) : null,
  });
  if (command.points > 0) addLot(turn, record);
  announceMovement(turn, record, asked);
  return outcome(turn, record, command.points > 0 ? raiseLevel(turn, 'points') : undefined);
}

function checkLevel(turn: Turn): Outcome {
  turn.profile.lastLevelCheck = turn.batch.now;
  turn.batch.touch(turn.profile);
  return outcome(turn, null, raiseLevel(turn, 'check'));
}

/** Takes what has ended. Reads no lot while none can have ended. */
async function expire(turn: Turn): Promise<void> {
  const { batch, profile } = turn;
  if (!profile.nextExpiryAt || profile.nextExpiryAt > batch.now) return;
  const lots = await batch.lotsOf(profile);
  for (const { lot, points } of expireDue(lots, batch.now)) {
    batch.touchLot(lot);
    batch.markExpired(lot._id);
    const record = await addRecord(turn, 'expire', -points, {
      category: 'expiry',
      subcategory: null,
      reason: null,
      sourceType: 'lot',
      sourceId: lot._id,
      originalPoints: points,
    });
    announceMovement(turn, record, points);
  }
  profile.nextExpiryAt = soonestEnd(lots);
  batch.touch(profile);
}

async function take({ batch, profile }: Turn, points: number): Promise<void> {
  const taken = takeSoonest(await batch.lotsOf(profile), points, batch.now);
  for (const { lot } of taken) batch.touchLot(lot);
}

/** When points end that were given no end of their own: the tenant's setting. */
function usualEnd({ batch, definitions }: Turn): Date | null {
  const { expiryDays } = definitions.settings;
  return expiryDays === null ? null : new Date(batch.now.getTime() + expiryDays * DAY_MS);
}

function addLot({ batch, profile }: Turn, record: PointsRecord): void {
  const { _id, points, expiresAt } = record;
  batch.addLot({
    _id,
    tenantId: profile.tenantId,
    memberId: profile._id,
    initial: points,
    remaining: points,
    held: 0,
    endsAt: expiresAt ?? NEVER,
    createdAt: batch.now,
  });
  if (expiresAt && (!profile.nextExpiryAt || expiresAt < profile.nextExpiryAt))
    profile.nextExpiryAt = expiresAt;
}

type RecordDetails = Pick<
  PointsRecord,
  'category' | 'subcategory' | 'reason' | 'sourceType' | 'sourceId' | 'originalPoints'
> & {
  /** In hundredths; 100 unless said. */
  readonly multiplier?: number;
  readonly expiresAt?: Date | null;
  /** What counts against the day's limit. */
  readonly asked?: number;
  readonly award?: EarnCommand['award'];
};

async function addRecord(
  { batch, scope, profile, zone }: Turn,
  type: PointType,
  points: number,
  details: RecordDetails,
): Promise<PointsRecord> {
  const { balanceBefore, balanceAfter, ordinal } = move(profile, type, points, batch.now);
  const { category, subcategory, reason, sourceType, sourceId, originalPoints } = details;
  const record: PointsRecord = {
    _id: await batch.nextRecordId(),
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
    batchId: null,
    ruleId: details.award?.ruleId ?? null,
    eventId: details.award?.eventId ?? null,
    createdAt: batch.now,
    status: 'active',
    expiredAt: null,
  };
  batch.addRecord(profile, record, zone, details.asked ?? 0);
  return record;
}

/** As the profile stands now. */
function outcome(
  turn: Turn,
  record: PointsRecord | null,
  levelChange: LevelChange = unchanged(turn),
): Outcome {
  return { record, profile: { ...turn.profile }, levelChange, at: turn.batch.now };
}
