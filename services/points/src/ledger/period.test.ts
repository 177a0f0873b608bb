import { plusDays } from '@membership/platform/calendar';
import { periodOf, predictions, trendOf } from './period.ts';

const days = [
  { day: '2025-09-25', earned: { login: 15 }, spent: {} },
  { day: '2025-09-24', earned: { login: 25, license: 100 }, spent: { vip_upgrade: 100 } },
];
test('days add up by category and by day, newest first, empty ones left out', () => {
  expect(periodOf(days)).toEqual({
    earned: 140,
    spent: 100,
    earnedByCategory: { login: 40, license: 100 },
    spentByCategory: { vip_upgrade: 100 },
    earnedByDay: [
      { date: '2025-09-25', points: 15 },
      { date: '2025-09-24', points: 125 },
    ],
    spentByDay: [{ date: '2025-09-24', points: 100 }],
  });
});
test('the worked numbers: 300 in 30 days, 7500 to go, are 750 days', () => {
  expect(predictions(300, 30, 7_500)).toEqual({ estimatedDays: 750, monthlyAverage: 300 });
  expect(predictions(0, 30, 7_500).estimatedDays).toBeNull();
  expect(predictions(300, 30, null).estimatedDays).toBeNull();
});
test('the second half against the first: ten percent is stable', () => {
  const two = (first: number, second: number) => [
    { day: '2025-09-01', earned: { a: first }, spent: {} },
    { day: '2025-09-10', earned: { a: second }, spent: {} },
  ];
  expect(trendOf(two(100, 110), '2025-09-10', 10)).toBe('stable');
  expect(trendOf(two(100, 111), '2025-09-10', 10)).toBe('increasing');
  expect(trendOf(two(100, 90), '2025-09-10', 10)).toBe('stable');
  expect(trendOf(two(100, 89), '2025-09-10', 10)).toBe('decreasing');
  expect(trendOf([], '2025-09-10', 10)).toBe('stable');
});
test.each([1, 2, 3, 7, 15, 30])('the same earned on each of %i days is stable', (length) => {
  const each = Array.from({ length }, (_, index) => ({
    day: plusDays('2025-09-30', -index),
    ...{ earned: { a: 10 }, spent: {} },
  }));
  expect(trendOf(each, '2025-09-30', length)).toBe('stable');
});
