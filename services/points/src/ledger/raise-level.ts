/** The ledger's side of levels: points that reach a level give it at once, in the same transaction. */
import { levelChanged } from '@membership/contracts/events/points';
import { levelFor, type Level } from '../levels/level.ts';
import type { Turn } from './turn.ts';
import type { LevelChange } from './movement.ts';

const levelOf = ({ profile, definitions }: Turn): Level | undefined =>
  definitions.levels.find((level) => level._id === profile.levelId);

/** The profile's level, as its tenant defines it now, and no change of it. */
export function unchanged(turn: Turn): LevelChange {
  const level = levelOf(turn);
  return { upgraded: false, previous: level, current: level };
}

/** Gives the level that the profile's points reach and announces it; never downgrades (the default policy). */
export function raiseLevel(turn: Turn, reason: 'points' | 'check'): LevelChange {
  const { batch, scope, profile, definitions } = turn;
  const previous = levelOf(turn);
  const reached = levelFor(definitions.levels, profile.total);
  if (!reached || reached._id === previous?._id || (previous && reached.minPoints < previous.minPoints))
    return { upgraded: false, previous, current: previous };
  profile.levelId = reached._id;
  profile.levelUpdatedAt = batch.now;
  batch.touch(profile);
  batch.unit.announce(scope, levelChanged, {
    subject: profile._id,
    sequence: ++profile.sequence,
    data: {
      profileId: profile._id,
      previousLevelId: previous?._id ?? null,
      previousLevelName: previous?.name ?? null,
      levelId: reached._id,
      levelName: reached.name,
      levelOrder: reached.order,
      isUpgrade: true,
      reason,
    },
  });
  return { upgraded: true, previous, current: reached };
}
