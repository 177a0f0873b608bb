import type { LevelPolicy } from './points-settings.ts';
import type { Level } from './level.ts';
import { countedPoints, decideLevel, levelDue } from './level-policy.ts';

const level = (_id: number, minPoints: number, more: Partial<Level> = {}) =>
  ({ _id, minPoints, order: _id, isActive: true, isDefault: _id === 1, ...more }) as Level;
const [bronze, silver, gold, diamond] = [level(1, 0), level(2, 1_000), level(3, 2_000), level(4, 10_000)];
const ladder = [bronze, silver, gold, diamond] as Level[];
const now = new Date('2026-01-10T00:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const policy = (downgrade: LevelPolicy['downgrade']): LevelPolicy => ({
  basis: 'total',
  downgrade,
  reviewDays: 30,
});
const decide = (
  downgrade: LevelPolicy['downgrade'],
  current: Level | undefined,
  points: number,
  more: { floor?: Level | undefined; reviewAt?: Date } = {},
) => {
  const decision = decideLevel(
    ladder,
    { current, points, floor: more.floor, reviewAt: more.reviewAt ?? null },
    policy(downgrade),
    now,
  );
  return [decision.level?._id, decision.reviewAt, decision.because];
};

test.each([
  [999, 1],
  [1_000, 2],
  [1_001, 2],
  [1_999, 2],
  [2_000, 3],
  [2_001, 3],
  [9_999, 3],
  [10_000, 4],
  [10_001, 4],
])('%d points give level %d at once, whatever the policy', (points, expected) => {
  for (const downgrade of ['none', 'recompute', 'one_step'] as const)
    expect(decide(downgrade, bronze, points)).toEqual([expected, null, 'points']);
});

test.each([
  [2_000, 3],
  [1_999, 2],
  [1_000, 2],
  [999, 1],
])('recompute: GOLD with %d points is level %d at once', (points, expected) =>
  expect(decide('recompute', gold, points)).toEqual([expected, null, 'points']),
);
test('none: a level stays, however few points are left', () =>
  expect(decide('none', diamond, 0)).toEqual([4, null, 'points']));

describe('one step', () => {
  test('below its level a profile gets a date, at it none', () => {
    expect(decide('one_step', gold, 1_999)).toEqual([3, inDays(30), 'points']);
    expect(decide('one_step', gold, 2_000)).toEqual([3, null, 'points']);
    expect(decide('one_step', gold, 2_001)).toEqual([3, null, 'points']);
  });
  test('the date is kept until it comes', () => {
    expect(decide('one_step', gold, 0, { reviewAt: inDays(1) })).toEqual([3, inDays(1), 'points']);
    expect(decide('one_step', gold, 2_000, { reviewAt: inDays(1) })).toEqual([3, null, 'points']);
  });
  test('then one level goes, and another date is set while the points still do not fit', () => {
    expect(decide('one_step', diamond, 0, { reviewAt: now })).toEqual([3, inDays(30), 'review']);
    expect(decide('one_step', gold, 1_000, { reviewAt: now })).toEqual([2, null, 'review']);
    expect(decide('one_step', silver, 0, { reviewAt: inDays(-1) })).toEqual([1, null, 'review']);
  });
});

test('a level set by hand holds from below, not from above', () => {
  expect(decide('recompute', gold, 0, { floor: silver })).toEqual([2, null, 'points']);
  expect(decide('recompute', silver, 2_000, { floor: silver })).toEqual([3, null, 'points']);
  expect(decide('one_step', diamond, 0, { floor: gold, reviewAt: now })).toEqual([3, null, 'review']);
  expect(levelDue(ladder, { points: 500, floor: diamond })?._id).toBe(4);
});

test('a profile whose level is gone gets the one that it reaches', () =>
  expect(decide('none', undefined, 1_500)).toEqual([2, null, 'points']));

test('levels count the total, or all that was ever earned', () => {
  const profile = { total: 5, earnedTotal: 50 };
  expect(countedPoints(policy('none'), profile)).toBe(5);
  expect(countedPoints({ ...policy('none'), basis: 'earned' }, profile)).toBe(50);
});
