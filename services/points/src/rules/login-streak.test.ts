import fc from 'fast-check';
import { plusDays } from '@membership/platform/calendar';
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

test('whatever the order in which the logins of a month are told, the streak is the same', () => {
  const days = fc.uniqueArray(fc.nat(30), { minLength: 1 });
  const dayOf = (offset: number) => plusDays('2026-03-01', offset);
  fc.assert(
    fc.property(
      days.chain((some) =>
        fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
      ),
      ([some, shuffled]) => {
        const inOrder = [...some].sort((left, right) => left - right).map(dayOf);
        expect(after(...shuffled.map(dayOf))).toEqual(after(...inOrder));
      },
    ),
  );
});

test('what a version before kept of the streak before is joined, too', () => {
  const before: Streak = {
    ...{ consecutiveLoginDays: 1, lastLoginDate: '2026-03-05' },
    earlierStreak: { lastDay: '2026-03-03', days: 3 },
  };
  expect(loggedIn(before, '2026-03-04')).toMatchObject({
    consecutiveLoginDays: 5,
    lastLoginDate: '2026-03-05',
  });
});

test('a login before a gap is no part of the streak', () =>
  expect(after('2026-03-05', '2026-03-06', '2026-03-01')).toEqual([2, '2026-03-06']));
