/** Which level a profile stands on after something moved: up at once, down as the tenant's policy says. For both ladders. Pure. */
import type { LevelPolicy } from './points-settings.ts';
import { levelFor, type Rung } from './level.ts';

export type Standing<L extends Rung> = {
  readonly current: L | undefined;
  /** What the policy counts: see `countedPoints`. */
  readonly points: number;
  /** A level set by hand holds whatever the points say, until it is set again. */
  readonly floor: L | undefined;
  /** one_step: when the profile is looked at again. */
  readonly reviewAt: Date | null;
};
export type Decision<L extends Rung> = {
  readonly level: L | undefined;
  readonly reviewAt: Date | null;
  readonly because: 'points' | 'review';
};

const DAY_MS = 86_400_000;

/** What levels count. Points that members give each other were earned once. */
export const countedPoints = (
  { basis }: LevelPolicy,
  { total, earnedTotal, receivedTotal = 0 }: Counted,
): number => (basis === 'earned' ? earnedTotal - receivedTotal : total);
type Counted = {
  readonly total: number;
  readonly earnedTotal: number;
  readonly receivedTotal?: number | undefined;
};

/** What the points and the level set by hand give, the higher of both. */
export function levelDue<L extends Rung>(
  levels: readonly L[],
  { points, floor }: Pick<Standing<L>, 'points' | 'floor'>,
): L | undefined {
  const reached = levelFor(levels, points);
  return floor && (!reached || floor.minPoints > reached.minPoints) ? floor : reached;
}

/** Where a profile stands now. */
export function decideLevel<L extends Rung>(
  levels: readonly L[],
  standing: Standing<L>,
  policy: LevelPolicy,
  now: Date,
): Decision<L> {
  const { current, reviewAt } = standing;
  const due = levelDue(levels, standing);
  if (!due || !current || due.minPoints >= current.minPoints)
    return { level: due ?? current, reviewAt: null, because: 'points' };
  if (policy.downgrade === 'none') return { level: current, reviewAt: null, because: 'points' };
  if (policy.downgrade === 'recompute') return { level: due, reviewAt: null, because: 'points' };
  const next = new Date(now.getTime() + policy.reviewDays * DAY_MS);
  if (!reviewAt) return { level: current, reviewAt: next, because: 'points' };
  if (reviewAt > now) return { level: current, reviewAt, because: 'points' };
  const step = stepBelow(levels, current) ?? due;
  const level = step.minPoints < due.minPoints ? due : step;
  return { level, reviewAt: level._id === due._id ? null : next, because: 'review' };
}

const stepBelow = <L extends Rung>(levels: readonly L[], current: L): L | undefined =>
  levels
    .filter((level) => level.isActive && level.minPoints < current.minPoints)
    .sort((left, right) => right.minPoints - left.minPoints)[0];
