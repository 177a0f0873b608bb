import { categoryOf, discountFor, eventTypes } from './order.ts';

test.each([
  // asked, amount in hundredths, points per unit → points taken, discount
  [100, 20_000, 100, 100, 100],
  [20_000, 20_000, 100, 20_000, 20_000],
  [20_001, 20_000, 100, 20_000, 20_000],
  [500, 101, 100, 101, 101],
  [10, 500, 3, 10, 333],
  [1_000, 1, 3, 1, 1],
])('%i points for an order of %i at %i a unit: %i points give %i', (asked, amount, rate, points, discount) =>
  expect(discountFor(asked, amount, rate)).toEqual({ points, discount }),
);

test('event types are those of the member system, or a category in capitals', () => {
  const earning = ['login', 'payment', 'community', 'birthday'];
  expect(categoryOf('PURCHASE', earning)).toBe('payment');
  expect(categoryOf('REVIEW', earning)).toBe('community');
  expect(categoryOf('BIRTHDAY', earning)).toBe('birthday');
  expect(categoryOf('REFERRAL', earning)).toBeUndefined();
  expect(categoryOf('CONSTRUCTOR', earning)).toBeUndefined();
  expect(eventTypes(['login', 'birthday'])).toEqual(['PURCHASE', 'LOGIN', 'REFERRAL', 'REVIEW', 'BIRTHDAY']);
});
