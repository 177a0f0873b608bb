/** The ledger's side of levels: points that reach a level give it at once, in the same transaction. */
import { invalid, type Refusal } from '@membership/contracts/errors';
import { levelChanged } from '@membership/contracts/events/points';
import type { Level } from '../levels/level.ts';
import { countedPoints, decideLevel, levelDue } from '../levels/level-policy.ts';
import type { LevelChange, SetLevelCommand } from './movement.ts';
import type { Profile } from './profile.ts';
import { dueAt, type Turn } from './turn.ts';

const levelOf = ({ profile, definitions }: Turn): Level | undefined =>
  definitions.levels.find((level) => level._id === profile.levelId);

type House = Pick<Turn, 'definitions'>['definitions'];
type Looked = Pick<Profile, 'total' | 'earnedTotal' | 'levelId' | 'levelFloor' | 'levelReviewAt'>;

function standingOf(definitions: House, profile: Looked) {
  return {
    current: definitions.levels.find((level) => level._id === profile.levelId),
    points: countedPoints(definitions.settings.levelPolicy, profile),
    floor: definitions.levels.find(({ _id, isActive }) => isActive && _id === profile.levelFloor?.levelId),
    reviewAt: profile.levelReviewAt ?? null,
  };
}

/** Whether looking at a profile would change its level, or when it is looked at again. */
export function isLevelDue(definitions: House, profile: Looked, now: Date): boolean {
  const standing = standingOf(definitions, profile);
  const { level, reviewAt } = decideLevel(
    definitions.levels,
    standing,
    definitions.settings.levelPolicy,
    now,
  );
  return (
    (level !== undefined && level._id !== profile.levelId) ||
    standing.reviewAt?.getTime() !== reviewAt?.getTime()
  );
}

/** Gives the level that the profile stands on by now, and announces a change. Tells what became of it since `before`. */
export function followLevel(turn: Turn, reason: 'points' | 'check' = 'points'): LevelChange {
  const { batch, profile, definitions } = turn;
  const standing = standingOf(definitions, profile);
  const { level, reviewAt, because } = decideLevel(
    definitions.levels,
    standing,
    definitions.settings.levelPolicy,
    batch.now,
  );
  if ((profile.levelReviewAt ?? null)?.getTime() !== reviewAt?.getTime()) {
    profile.levelReviewAt = reviewAt;
    batch.touch(profile);
  }
  dueAt(turn, reviewAt);
  return change(turn, level, because === 'review' ? 'review' : reason);
}

/**
 * Sets a level by hand: it holds until it is set again, and higher ones are still reached by points. null: points alone.
 * Refuses (VALIDATION_ERROR) a level that does not exist or is not active.
 */
export function setLevel(turn: Turn, { levelId, reason }: SetLevelCommand): LevelChange | Refusal {
  const { batch, scope, profile, definitions } = turn;
  if (levelId !== null && !definitions.levels.some(({ _id, isActive }) => isActive && _id === levelId))
    return invalid({ level_id: { zh: '无效的等级ID', en: 'Unknown level id' } });
  const operatorId = scope.actor.kind === 'user' ? scope.actor.id : null;
  profile.levelFloor = levelId === null ? null : { levelId, reason, operatorId, setAt: batch.now };
  profile.levelReviewAt = null;
  batch.touch(profile);
  return change(turn, levelDue(definitions.levels, standingOf(definitions, profile)), 'manual', reason);
}

function change(
  turn: Turn,
  level: Level | undefined,
  reason: 'points' | 'manual' | 'review' | 'check',
  note: string | null = null,
): LevelChange {
  const { batch, scope, profile } = turn;
  const previous = levelOf(turn);
  if (!level || level._id === previous?._id) return { upgraded: false, previous, current: previous };
  const isUpgrade = !previous || level.minPoints > previous.minPoints;
  profile.levelId = level._id;
  profile.levelUpdatedAt = batch.now;
  batch.touch(profile);
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
      isUpgrade,
      reason,
      note,
    },
  });
  return { upgraded: isUpgrade, previous, current: level };
}
