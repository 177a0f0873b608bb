import { nextWait, retryAfterOf } from './schedule.ts';

const schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map(
  (seconds) => seconds * 1_000,
);
const waitAfter = (attempts: number, { retryAfter = null as number | null, random = 0 } = {}) =>
  nextWait(attempts, { schedule, retryAfter, random });

test('each failed attempt is followed by the next wait of the schedule, and the tenth by none', () => {
  expect(schedule.map((_, index) => waitAfter(index + 1))).toEqual(schedule);
  expect(waitAfter(10)).toBeNull();
});

test('a wait is longer by up to a fifth, never shorter', () => {
  expect(waitAfter(2, { random: 0.5 })).toBe(330_000);
  expect(waitAfter(2, { random: 1 })).toBe(360_000);
});

test('a receiver that asks for a later time gets it, up to a day; one that asks for an earlier one does not', () => {
  expect(waitAfter(1, { retryAfter: 60_000 })).toBe(60_000);
  expect(waitAfter(2, { retryAfter: 60_000 })).toBe(300_000);
  expect(waitAfter(1, { retryAfter: 7 * 86_400_000 })).toBe(86_400_000);
  expect(waitAfter(10, { retryAfter: 60_000 })).toBeNull();
});

test.each([
  [undefined, null],
  ['', null],
  ['soon', null],
  ['-5', null],
  ['1e9', null],
  ['12', 12_000],
  [' 0 ', 0],
  ['Mon, 05 Jan 2026 08:00:30 GMT', 30_000],
  ['Mon, 05 Jan 2026 07:00:00 GMT', 0],
])('Retry-After %j asks for %j milliseconds', (header, wait) =>
  expect(retryAfterOf(header, new Date('2026-01-05T08:00:00Z'))).toBe(wait),
);
