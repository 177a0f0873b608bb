import { daysOf, forgottenAt, periodsOf, weekOf } from './boards.ts';

test.each([
  ['2026-11-29', '2026-W48'],
  ['2026-11-30', '2026-W49'],
  ['2027-01-01', '2026-W53'],
  ['2024-12-30', '2025-W01'],
  ['2021-01-03', '2020-W53'],
  ['2023-01-01', '2022-W52'],
])('%s is in week %s', (day, week) => expect(weekOf(day)).toBe(week));

test('a day is in one window of each kind', () => {
  expect(periodsOf('2026-11-29')).toEqual([
    { window: 'day', period: '2026-11-29' },
    { window: 'week', period: '2026-W48' },
    { window: 'month', period: '2026-11' },
    { window: 'all', period: 'all' },
  ]);
});

test.each([
  ['day', '2024-02-29', '2024-02-29', '2024-03-01'],
  ['week', '2026-W53', '2026-12-28', '2027-01-04'],
  ['week', '2025-W01', '2024-12-30', '2025-01-06'],
  ['month', '2026-12', '2026-12-01', '2027-01-01'],
  ['month', '2024-02', '2024-02-01', '2024-03-01'],
] as const)('the %s %s begins on %s', (window, period, first, after) =>
  expect(daysOf({ window, period })).toEqual({ first, after }),
);

test.each([
  ['day', '2026-02-30'],
  ['day', '1969-12-31'],
  ['day', '2026-W48'],
  ['week', '2026-W54'],
  ['week', '2025-W53'],
  ['week', '2026-W00'],
  ['week', '2026-11'],
  ['month', '2026-13'],
  ['month', '2026-00'],
  ['month', '2026'],
  // Their end has no date of four figures in every zone.
  ['day', '9999-12-31'],
  ['week', '9999-W52'],
  ['month', '9999-12'],
  ['all', 'all'],
  ['day', ''],
] as const)('no days are in the %s %p', (window, period) => expect(daysOf({ window, period })).toBeNull());

test('days and weeks are forgotten in the end, months and all time never', () => {
  expect(forgottenAt({ window: 'day', period: '2026-01-01' })?.toISOString()).toBe(
    '2026-04-12T12:00:00.000Z',
  );
  expect(forgottenAt({ window: 'week', period: '2026-W01' })?.toISOString()).toBe('2028-01-06T12:00:00.000Z');
  expect(forgottenAt({ window: 'month', period: '2026-01' })).toBeNull();
  expect(forgottenAt({ window: 'all', period: 'all' })).toBeNull();
});
