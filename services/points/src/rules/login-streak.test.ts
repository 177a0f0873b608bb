import { loggedIn, type Streak } from './login-streak.ts';

const none: Streak = { consecutiveLoginDays: 0, lastLoginDate: null };
const after = (...days: string[]) => {
  const { consecutiveLoginDays, lastLoginDate } = days.reduce(loggedIn, none);
  return [consecutiveLoginDays, lastLoginDate];
};

test.each([
  [['2026-03-01'], 1, '2026-03-01'],
  [['2026-02-27', '2026-02-28', '2026-03-01'], 3, '2026-03-01'],
  [['2028-02-28', '2028-03-01'], 1, '2028-03-01'],
  [['2026-03-01', '2026-03-01', '2026-03-02', '2026-03-02'], 2, '2026-03-02'],
  [['2026-03-01', '2026-03-02', '2026-03-04'], 1, '2026-03-04'],
])('logins on %j are %d days in a row until %s', (days, count, last) =>
  expect(after(...days)).toEqual([count, last]),
);

test.each([
  [['2026-03-03', '2026-03-02', '2026-03-01']],
  [['2026-03-01', '2026-03-03', '2026-03-02']],
  [['2026-03-02', '2026-03-03', '2026-03-01']],
  [['2026-03-02', '2026-03-02', '2026-03-01', '2026-03-03', '2026-03-01']],
])('told as %j, the streak is three all the same', (days) =>
  expect(after(...days)).toEqual([3, '2026-03-03']),
);

test('a login before a gap is no part of the streak', () =>
  expect(after('2026-03-05', '2026-03-06', '2026-03-01')).toEqual([2, '2026-03-06']));
