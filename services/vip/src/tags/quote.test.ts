import { quote } from './quote.ts';

const gold = { monthly: 9_900, yearly: 99_900, currency: 'CNY' };
const said = (days: number, price = gold as Parameters<typeof quote>[0], pointsPerUnit = 100) => {
  const { rate, minor, points } = quote(price, days, pointsPerUnit);
  return [rate, minor, points];
};

test.each([
  [30, ['monthly', 9_900, 9_900]],
  [1, ['monthly', 330, 330]],
  [7, ['monthly', 2_310, 2_310]],
  [364, ['monthly', 120_120, 120_120]],
  [365, ['yearly', 99_900, 99_900]],
  [366, ['yearly', 100_174, 100_174]],
  [730, ['yearly', 199_800, 199_800]],
])('%d days of VIP_GOLD cost as the specification says', (days, expected) => {
  expect(said(days)).toEqual(expected);
});

test('a fraction is rounded up, once, in money and in points', () => {
  expect(said(1, { ...gold, monthly: 1 })).toEqual(['monthly', 1, 1]);
  expect(said(1, { ...gold, monthly: 1 }, 10_000)).toEqual(['monthly', 1, 4]);
  expect(said(31, { ...gold, monthly: 1_999 })).toEqual(['monthly', 2_066, 2_066]);
  expect(said(31, { ...gold, monthly: 1_999 }, 7)).toEqual(['monthly', 2_066, 145]);
});

test('with one price alone, that one is for every duration', () => {
  expect(said(365, { ...gold, yearly: null })).toEqual(['monthly', 120_450, 120_450]);
  expect(said(30, { ...gold, monthly: null })).toEqual(['yearly', 8_211, 8_211]);
});

test('a price of nothing is a price', () => {
  expect(said(30, { ...gold, monthly: 0 })).toEqual(['monthly', 0, 0]);
});

test('the dearest price for a hundred years is still a whole number', () => {
  expect(said(36_500, { ...gold, yearly: 100_000_000_000 }, 1_000)).toEqual([
    'yearly',
    10_000_000_000_000,
    100_000_000_000_000,
  ]);
});

test('without a price it is not for sale', () => {
  for (const price of [null, { monthly: null, yearly: null, currency: 'CNY' }])
    expect(() => quote(price, 30, 100)).toThrow('cannot be bought');
});

test('what no number of points could pay is refused', () => {
  expect(() => quote({ ...gold, yearly: 100_000_000_000 }, 36_500, 1_000_000)).toThrow('VALIDATION_ERROR');
});
