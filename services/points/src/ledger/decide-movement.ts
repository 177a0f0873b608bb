/** What comes of one command, given what the commands before it in its batch did. */
import { notFound, Refusal } from '@membership/contracts/errors';
import type { Item } from '@membership/platform/group-commit';
import { placeHold } from '../holds/place-hold.ts';
import { captureHold, releaseHold } from '../holds/settle-hold.ts';
import { followMemberLevel } from '../member-levels/follow-member-level.ts';
import { memberLevelOf } from '../member-levels/member-level.ts';
import { countOrder } from '../orders/count-order.ts';
import { allCategories } from '../tenants/points-settings.ts';
import { announceMovement } from './announce-movement.ts';
import type { Batch } from './batch.ts';
import { expireDue } from './expire-due.ts';
import { followLevel, setLevel } from './follow-level.ts';
import type {
  AdjustCommand,
  Command,
  EarnCommand,
  Outcome,
  SetLevelCommand,
  SpendCommand,
} from './movement.ts';
import { multiplied, whyDisabled, whyInsufficient, worthOf } from './profile.ts';
import { whyNotCategory, whyOverLimit, whyPast } from './refusals.ts';
import { reverseRecord } from './reverse-record.ts';
import { settleDebts } from './settle-debts.ts';
import { transferPoints } from './transfer-points.ts';
import { addLot, addRecord, outcome, take, UNMULTIPLIED, usualEnd, type Turn } from './turn.ts';

/** Lots that a job ends in one transaction of one profile. */
const LOTS_AT_ONCE = 500;

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
  // A job goes through very many lots in several transactions, each well within MongoDB's time for one.
  await expireDue(turn, command.kind === 'expire' ? LOTS_AT_ONCE : undefined);
  const result = await decide(turn, command);
  // What a hold gave back, or a reversal put into a lot, may be over by now.
  if (command.kind !== 'expire') await expireDue(turn);
  if (!('record' in result)) return result;
  if (command.kind === 'check_level') followMemberLevel(turn, 'check');
  const levelChange =
    command.kind === 'set_level'
      ? result.levelChange
      : followLevel(turn, command.kind === 'check_level' ? 'check' : 'points');
  return { ...result, levelChange, profile: { ...profile } };
}

function decide(turn: Turn, command: Command): Promise<Outcome | Refusal> | Outcome | Refusal {
  switch (command.kind) {
    case 'earn':
      return earn(turn, command);
    case 'spend':
      return spend(turn, command);
    case 'adjust':
      return adjust(turn, command);
    case 'hold':
      return placeHold(turn, command);
    case 'capture':
      return captureHold(turn, command);
    case 'release':
      return releaseHold(turn, command);
    case 'transfer':
      return transferPoints(turn, command);
    case 'reverse':
      return reverseRecord(turn, command);
    case 'expire':
      return outcome(turn, null);
    case 'check_level':
      return checkLevel(turn);
    case 'set_level':
      return setByHand(turn, command);
    case 'count_order':
      return countOrder(turn, command);
  }
}

async function earn(turn: Turn, command: EarnCommand): Promise<Outcome | Refusal> {
  const { batch, profile, definitions } = turn;
  const isNamed = command.batchId !== undefined;
  const refusal =
    whyDisabled(profile) ??
    (isNamed ? undefined : whyNotCategory(command.category, definitions.settings.earningCategories)) ??
    whyPast(command.expiresAt, batch.now) ??
    (isNamed ? undefined : whyOverLimit(turn, command));
  if (refusal) return refusal;
  const multipliers = isNamed ? [UNMULTIPLIED] : multipliersOf(turn, command);
  const points = command.worth
    ? worthOf(command.worth, ...multipliers)
    : multiplied(command.points, ...multipliers);
  const record = await addRecord(turn, 'earn', points, {
    ...command,
    originalPoints: command.points,
    multiplier: Number(multipliers.reduce((product, one) => (product * one) / UNMULTIPLIED).toFixed(6)),
    expiresAt: command.expiresAt === undefined ? usualEnd(turn) : command.expiresAt,
    asked: isNamed ? 0 : command.points,
  });
  if (points > 0) addLot(turn, record);
  announceMovement(turn, record, command.points);
  await settleDebts(turn, points);
  return outcome(turn, record);
}

/** What a member's earnings are multiplied by: its own, its member level's, and an activity's. */
const multipliersOf = ({ profile, definitions }: Turn, { boost = 1 }: EarnCommand): number[] => [
  profile.multiplier,
  memberLevelOf(definitions.memberLevels, profile)?.pointMultiplier ?? UNMULTIPLIED,
  boost * UNMULTIPLIED,
];

async function spend(turn: Turn, command: SpendCommand): Promise<Outcome | Refusal> {
  const { profile, definitions } = turn;
  const isFree = command.batchId !== undefined || command.isOfPlatform;
  const refusal =
    whyDisabled(profile) ??
    (isFree ? undefined : whyNotCategory(command.category, definitions.settings.spendingCategories)) ??
    whyInsufficient(profile, command.points);
  if (refusal) return refusal;
  const taken = await take(turn, command.points);
  const record = await addRecord(turn, 'spend', -command.points, {
    ...command,
    originalPoints: command.points,
    taken,
  });
  announceMovement(turn, record, command.points);
  return outcome(turn, record);
}

/** By hand, in either direction: no limit or multiplier applies, and a disabled profile can be adjusted. */
async function adjust(turn: Turn, command: AdjustCommand): Promise<Outcome | Refusal> {
  const { points } = command;
  const asked = Math.abs(points);
  const refusal =
    whyNotCategory(command.category, allCategories(turn.definitions.settings)) ??
    (points < 0 ? whyInsufficient(turn.profile, asked) : undefined);
  if (refusal) return refusal;
  if (points < 0) {
    const taken = await take(turn, asked);
    const record = await addRecord(turn, 'adjust', points, { ...command, originalPoints: asked, taken });
    announceMovement(turn, record, asked);
    return outcome(turn, record);
  }
  const details = { ...command, originalPoints: asked, expiresAt: usualEnd(turn) };
  const record = await addRecord(turn, 'adjust', points, details);
  addLot(turn, record);
  announceMovement(turn, record, asked);
  await settleDebts(turn, points);
  return outcome(turn, record);
}

function checkLevel(turn: Turn): Outcome {
  turn.profile.lastLevelCheck = turn.batch.now;
  turn.batch.touch(turn.profile);
  return outcome(turn, null);
}

function setByHand(turn: Turn, command: SetLevelCommand): Outcome | Refusal {
  const levelChange = setLevel(turn, command);
  return levelChange instanceof Refusal ? levelChange : { ...outcome(turn, null), levelChange };
}
