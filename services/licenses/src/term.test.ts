import { NEVER, daysLeft, earlierOf, endAfterDays, endOf, endText, hasEnded } from './term.ts';

const now = new Date('2026-03-01T12:00:00.000Z');
const after = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const DAY = 86_400_000;

test('an end is reached at its own instant, not a millisecond before', () => {
  expect([after(1), now, after(-1)].map((end) => hasEnded(end, now))).toEqual([false, true, true]);
  expect(hasEnded(NEVER, now)).toBe(false);
});

test('days left are whole, rounded down, not below zero, and null without an end', () => {
  expect([2 * DAY, 2 * DAY - 1, DAY, DAY - 1, 0, -DAY].map((left) => daysLeft(after(left), now))).toEqual([
    2, 1, 1, 0, 0, 0,
  ]);
  expect(daysLeft(NEVER, now)).toBeNull();
});

test('an end so many days away never passes the end of time', () => {
  expect(endAfterDays(now, 365)).toEqual(after(365 * DAY));
  expect(endAfterDays(now, 36_500_000)).toEqual(NEVER);
});

test('no end is null outside and NEVER inside', () => {
  expect(endOf(null)).toBe(NEVER);
  expect(endOf(now)).toBe(now);
  expect([endText(NEVER), endText(now)]).toEqual([null, now.toISOString()]);
  expect(earlierOf(NEVER, now)).toBe(now);
});
