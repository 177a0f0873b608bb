import { counterOf } from './record.ts';
import {
  freeze,
  move,
  multiplied,
  multiplierText,
  newProfile,
  proRata,
  whyDisabled,
  whyInsufficient,
  worthOf,
} from './profile.ts';

const now = new Date('2026-01-01T00:00:00Z');
const profile = () =>
  newProfile(1, 1, 1, { username: 'john', email: 'john@example.com', isActive: true }, now);

test.each([
  [100, 120, 120],
  [1, 150, 2],
  [1, 149, 1],
  [3, 50, 2],
  [299, 100, 299],
  [1, 1, 0],
  [50, 1, 1],
  [49, 1, 0],
  [10_000_000, 10_000, 1_000_000_000],
])('%d points at %d hundredths are %d: half up', (points, multiplier, expected) =>
  expect(multiplied(points, multiplier)).toBe(expected),
);

test.each([
  // hundredths of money, points per unit, multipliers → points
  [29_999, 1, [], 300],
  [29_999, 1, [100, 150, 200], 900],
  [335, 0.5, [120], 2],
  [250, 0.5, [120], 2],
  [249, 1, [], 2],
  [250, 1, [], 3],
  [40, 1, [200], 1],
  [100, 0.333333, [300], 1],
  [1_000_000_000, 1_000_000, [], 10_000_000_000_000],
])('an order of %d at %d points a unit × %j is worth %d: rounded once', (amount, rate, multipliers, points) =>
  expect(worthOf({ amount, rate: Math.round(rate * 1_000_000) }, ...multipliers)).toBe(points),
);

test('a share is half up, and the whole for all of the total or more', () => {
  expect([proRata(100, 1, 3), proRata(100, 2, 3), proRata(5, 1, 2), proRata(7, 3, 3)]).toEqual([
    33, 67, 3, 7,
  ]);
  expect([proRata(7, 0, 3), proRata(0, 1, 3), proRata(7, 0, 0)]).toEqual([0, 0, 7]);
  expect(proRata(Number.MAX_SAFE_INTEGER, 999_999_999, 1_000_000_000)).toBe(9_007_199_245_733_792);
});

test('a multiplier is written with two decimals', () =>
  expect([1, 100, 120, 10_000].map(multiplierText)).toEqual(['0.01', '1.00', '1.20', '100.00']));

test('movements keep total = earned − spent − expired and number the chain', () => {
  const one = profile();
  expect(move(one, 'earned', 100, now)).toEqual({ balanceBefore: 0, balanceAfter: 100, ordinal: 1 });
  expect(move(one, 'spent', -30, now)).toEqual({ balanceBefore: 100, balanceAfter: 70, ordinal: 2 });
  move(one, counterOf('adjust', 5), 5, now);
  move(one, counterOf('adjust', -10), -10, now);
  expect(move(one, 'expired', -15, now)).toEqual({ balanceBefore: 65, balanceAfter: 50, ordinal: 5 });
  expect(one).toMatchObject({ total: 50, available: 50, earnedTotal: 105, spentTotal: 40, expiredTotal: 15 });
  expect(one.total).toBe(one.earnedTotal - one.spentTotal - one.expiredTotal);
});

test('nothing falls below zero', () => expect(() => move(profile(), 'spent', -1, now)).toThrow('below zero'));

test('exactly the balance may be taken, one more may not', () => {
  const one = { ...profile(), total: 10, available: 10 };
  expect(whyInsufficient(one, 10)).toBeUndefined();
  expect(whyInsufficient(one, 11)).toMatchObject({
    code: 'INSUFFICIENT_POINTS',
    options: { details: { required_points: 11, available_points: 10, shortage: 1 } },
  });
});

test('frozen points are not available', () =>
  expect(whyInsufficient({ ...profile(), total: 10, available: 4, frozen: 6 }, 5)?.code).toBe(
    'INSUFFICIENT_POINTS',
  ));
test('disabled points are refused', () => {
  expect(whyDisabled(profile())).toBeUndefined();
  expect(whyDisabled({ ...profile(), isEnabled: false })?.code).toBe('POINTS_DISABLED');
});

test('a reversal lowers the total that it undoes', () => {
  const one = profile();
  move(one, 'earned', 100, now);
  move(one, 'spent', -60, now);
  move(one, 'spent', 60, now);
  move(one, 'earned', -40, now);
  expect(one).toMatchObject({ total: 60, earnedTotal: 60, spentTotal: 0 });
});

test('freezing moves nothing out of the total, and never more than is there', () => {
  const one = profile();
  move(one, 'earned', 10, now);
  freeze(one, 6, now);
  expect(one).toMatchObject({ total: 10, available: 4, frozen: 6 });
  freeze(one, -6, now);
  expect(one).toMatchObject({ total: 10, available: 10, frozen: 0 });
  expect(() => freeze(one, 11, now)).toThrow('below zero');
  expect(() => freeze(profile(), -1, now)).toThrow('below zero');
});
