import { byEnd } from './points-liability.ts';

const at = (time: string | null, points: number) => ({ at: time === null ? null : new Date(time), points });
const found = (
  endings: Parameters<typeof byEnd>[0],
  zone: string,
  { now, ...more }: { now: string; interval?: 'month' | 'quarter' | 'year'; periods?: number },
) => {
  const { rows, ...sums } = byEnd(endings, zone, { interval: 'month', ...more, now: new Date(now) });
  return { rows: rows.map(({ period, points }) => [period, points]), ...sums };
};

test('by month from the present one on, zero-filled; what is past, and what never ends, beside them', () => {
  const endings = [
    at('2026-10-15T00:00:00.000Z', 3),
    at('2026-11-15T00:00:00.000Z', 10),
    at('2027-01-15T00:00:00.000Z', 20),
    at('2027-02-15T00:00:00.000Z', 0),
    at(null, 5),
  ];
  expect(found(endings, 'UTC', { now: '2026-11-29T17:00:00Z' })).toEqual({
    ...{ overdue: 3, later: 0, never: 5 },
    rows: [
      ['2026-11', 10],
      ['2026-12', 0],
      ['2027-01', 20],
    ],
  });
  expect(found(endings, 'UTC', { now: '2026-11-29T17:00:00Z', periods: 2 })).toMatchObject({ later: 20 });
  expect(found(endings, 'UTC', { now: '2026-11-29T17:00:00Z', interval: 'quarter' }).rows).toEqual([
    // October is of the same quarter.
    ['2026-Q4', 13],
    ['2027-Q1', 20],
  ]);
  expect(found([], 'UTC', { now: '2026-11-29T17:00:00Z', interval: 'year' })).toEqual({
    ...{ overdue: 0, later: 0, never: 0 },
    rows: [['2026', 0]],
  });
});

test('a month begins with the zone’s first day, in summer and in winter time', () => {
  // 1 April begins at 23:00 of UTC in London, which is an hour ahead since 29 March; 1 November at 00:00, since 25 October.
  const endings = [
    at('2026-03-31T22:45:00.000Z', 1),
    at('2026-03-31T23:00:00.000Z', 2),
    at('2026-10-31T23:45:00.000Z', 4),
    at('2026-11-01T00:00:00.000Z', 8),
  ];
  const some = ({ rows }: ReturnType<typeof found>) => rows.filter(([, points]) => points !== 0);
  expect(some(found(endings, 'Europe/London', { now: '2026-03-10T10:00:00Z' }))).toEqual([
    ['2026-03', 1],
    ['2026-04', 2],
    ['2026-10', 4],
    ['2026-11', 8],
  ]);
  // UTC+5:45: 18:15.
  const half = [at('2026-03-31T18:00:00.000Z', 1), at('2026-03-31T18:15:00.000Z', 2)];
  expect(some(found(half, 'Asia/Kathmandu', { now: '2026-03-10T10:00:00Z' }))).toEqual([
    ['2026-03', 1],
    ['2026-04', 2],
  ]);
});

test('the end of time makes no row for each month until then', () => {
  const { rows, later } = found([at('9999-12-15T00:00:00.000Z', 9)], 'Pacific/Kiritimati', {
    now: '2026-11-29T17:00:00Z',
  });
  expect([rows.length, rows.at(-1), later]).toEqual([120, ['2036-10', 0], 9]);
});
