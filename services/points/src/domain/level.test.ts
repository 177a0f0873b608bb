import { levelFor, overlapping, progress, type Level } from './level.ts';
import { standardLevels } from './standard-levels.ts';

const levels = standardLevels.map(
  (standard, index): Level => ({
    ...standard,
    _id: index + 1,
    tenantId: 1,
    sequence: 1,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  }),
);
const nameAt = (points: number) => levelFor(levels, points)?.code;

test.each([
  [0, 'BRONZE'],
  [999, 'BRONZE'],
  [1000, 'SILVER'],
  [1999, 'SILVER'],
  [2000, 'GOLD'],
  [9999, 'GOLD'],
  [10_000, 'DIAMOND'],
  [1e12, 'DIAMOND'],
])('%d points are %s', (points, code) => expect(nameAt(points)).toBe(code));
test('an inactive level is passed over', () =>
  expect(
    levelFor(
      levels.map((level) => ({ ...level, isActive: level.code !== 'GOLD' })),
      5_000,
    )?.code,
  ).toBe('SILVER'));
test('the standard ranges do not overlap; seed 001’s own would', () => {
  expect(overlapping(levels)).toBeUndefined();
  expect(
    overlapping(levels.map((level) => (level.code === 'SILVER' ? { ...level, maxPoints: 4_999 } : level))),
  ).toEqual([2, 3]);
});
test('2500 points are 6.25 % of the way from gold to diamond', () => {
  expect(progress(levels, levels[2], 2_500)).toMatchObject({
    pointsToNext: 7_500,
    percentage: 6.25,
    next: { code: 'DIAMOND' },
  });
  expect(progress(levels, levels[3], 12_000)).toEqual({
    next: undefined,
    pointsToNext: null,
    percentage: 100,
  });
});
