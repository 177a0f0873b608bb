/** Moves a member along the ladder by points: points that reach a level give it at once. */
import { invalid, type Refusal } from '@membership/contracts/errors';
import { levelChanged } from '@membership/contracts/events/points';
import type { Level } from '../../domain/level.ts';
import { countedPoints, decideLevel, levelDue } from '../../domain/level-policy.ts';
import type { Definitions } from '../../domain/definitions.ts';
import type { Book } from '../book.ts';
import type { SetLevelCommand } from '../command.ts';
import type { LevelChange } from '../outcome.ts';
import type { Profile } from '../../domain/profile.ts';
import { dueAt } from './book-steps.ts';

type Looked = Pick<
  Profile,
  'total' | 'earnedTotal' | 'receivedTotal' | 'levelId' | 'levelFloor' | 'levelReviewAt'
>;

function standingOf(definitions: Definitions, profile: Looked) {
  return {
    current: definitions.levels.find((level) => level._id === profile.levelId),
    points: countedPoints(definitions.settings.levelPolicy, profile),
    floor: definitions.levels.find(({ _id, isActive }) => isActive && _id === profile.levelFloor?.levelId),
    reviewAt: profile.levelReviewAt ?? null,
  };
}

/** Whether looking at a profile would change its level, or when it is looked at again. */
export function isLevelDue(definitions: Definitions, profile: Looked, now: Date): boolean {
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

/** Gives the level that the profile stands on by now, and tells a change. */
export function followUserLevel(book: Book, reason: 'points' | 'check' = 'points'): LevelChange {
  const { profile, definitions } = book;
  const { level, reviewAt, because } = decideLevel(
    definitions.levels,
    standingOf(definitions, profile),
    definitions.settings.levelPolicy,
    book.now,
  );
  if ((profile.levelReviewAt ?? null)?.getTime() !== reviewAt?.getTime()) profile.levelReviewAt = reviewAt;
  dueAt(book, reviewAt);
  return change(book, level, because === 'review' ? 'review' : reason);
}

/**
 * Sets a level by hand: it holds until it is set again, and higher ones are still reached by points. null: points alone.
 * Refuses (VALIDATION_ERROR) a level that does not exist or is not active.
 */
export function setUserLevel(book: Book, { levelId, reason }: SetLevelCommand): LevelChange | Refusal {
  const { scope, profile, definitions } = book;
  if (levelId !== null && !definitions.levels.some(({ _id, isActive }) => isActive && _id === levelId))
    return invalid({ level_id: { zh: '无效的等级ID', en: 'Unknown level id' } });
  const operatorId = scope.actor.kind === 'user' ? scope.actor.id : null;
  profile.levelFloor = levelId === null ? null : { levelId, reason, operatorId, setAt: book.now };
  profile.levelReviewAt = null;
  return change(book, levelDue(definitions.levels, standingOf(definitions, profile)), 'manual', reason);
}

function change(
  book: Book,
  level: Level | undefined,
  reason: 'points' | 'manual' | 'review' | 'check',
  note: string | null = null,
): LevelChange {
  const { profile, definitions } = book;
  const previous = definitions.levels.find(({ _id }) => _id === profile.levelId);
  if (!level || level._id === previous?._id) return { upgraded: false, previous, current: previous };
  const isUpgrade = !previous || level.minPoints > previous.minPoints;
  profile.levelId = level._id;
  profile.levelUpdatedAt = book.now;
  book.tell(levelChanged, {
    profileId: profile._id,
    previousLevelId: previous?._id ?? null,
    previousLevelName: previous?.name ?? null,
    levelId: level._id,
    levelName: level.name,
    levelOrder: level.order,
    isUpgrade,
    reason,
    note,
  });
  return { upgraded: isUpgrade, previous, current: level };
}
