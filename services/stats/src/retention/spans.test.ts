import { spanOf, spansBefore, spansBetween, spansFrom } from './spans.ts';

test.each([
  ['day', '2026-11-29', '2026-11-29', '2026-11-29', '2026-11-29'],
  ['week', '2026-11-29', '2026-W48', '2026-11-23', '2026-11-29'],
  ['week', '2024-12-30', '2025-W01', '2024-12-30', '2025-01-05'],
  ['week', '1970-01-01', '1970-W01', '1969-12-29', '1970-01-04'],
  ['month', '2024-02-29', '2024-02', '2024-02-01', '2024-02-29'],
  ['month', '2026-12-31', '2026-12', '2026-12-01', '2026-12-31'],
  ['quarter', '2024-02-29', '2024-Q1', '2024-01-01', '2024-03-31'],
  ['quarter', '2026-12-31', '2026-Q4', '2026-10-01', '2026-12-31'],
  ['year', '2024-02-29', '2024', '2024-01-01', '2024-12-31'],
] as const)('the %s of %s is %s, from %s to %s', (interval, day, period, first, last) =>
  expect(spanOf(interval, day)).toEqual({ period, first, last }),
);

test('those of a period are whole, and those before follow without a gap', () => {
  const names = (spans: ReturnType<typeof spansBetween>) => spans.map(({ period }) => period);
  expect(names(spansBetween('week', '2026-11-29', '2026-11-30'))).toEqual(['2026-W48', '2026-W49']);
  expect(names(spansBefore('week', '2026-11-29', 2))).toEqual(['2026-W46', '2026-W47']);
  expect(names(spansBetween('month', '2026-12-31', '2027-01-01'))).toEqual(['2026-12', '2027-01']);
  expect(names(spansBefore('month', '1970-01-31', 2))).toEqual(['1969-11', '1969-12']);
  expect(names(spansBetween('quarter', '2026-12-31', '2027-01-01'))).toEqual(['2026-Q4', '2027-Q1']);
  expect(names(spansBefore('quarter', '2026-02-01', 2))).toEqual(['2025-Q3', '2025-Q4']);
  expect(names(spansBefore('year', '2026-02-01', 2))).toEqual(['2024', '2025']);
  expect(names(spansBefore('day', '2024-03-01', 1))).toEqual(['2024-02-29']);
});

test.each([
  ['week', '2026-11-29', '2026-11-30', 1],
  ['week', '2026-11-23', '2026-11-29', 0],
  ['week', '2020-12-31', '2021-01-10', 1],
  ['month', '2026-11-30', '2027-01-01', 2],
  ['month', '2026-03-01', '2026-02-28', -1],
] as const)('by %s, from %s to %s it is %d', (interval, from, to, after) =>
  expect(spansFrom(interval, from, to)).toBe(after),
);
