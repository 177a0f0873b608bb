import { cutByDay } from './tenant-day.ts';

const cut = (from: string, to: string, zone: string) =>
  cutByDay({ startedAt: new Date(from), endedAt: new Date(to) }, zone).map(({ day, seconds }) => [
    day,
    seconds / 3_600,
  ]);

test('a span inside a day stays whole; one over midnights is cut there', () => {
  expect(cut('2026-03-01T10:00:00Z', '2026-03-01T12:00:00Z', 'UTC')).toEqual([['2026-03-01', 2]]);
  expect(cut('2026-03-01T15:00:00Z', '2026-03-02T17:00:00Z', 'Asia/Shanghai')).toEqual([
    ['2026-03-01', 1],
    ['2026-03-02', 24],
    ['2026-03-03', 1],
  ]);
});
test('a span that ends or begins at midnight has nothing on the other side', () => {
  expect(cut('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', 'UTC')).toEqual([['2026-03-01', 24]]);
  expect(cut('2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 'UTC')).toEqual([]);
});
test('a day with a change of clocks has 23 or 25 hours', () => {
  expect(cut('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'Europe/Berlin')).toEqual([['2026-03-29', 23]]);
  expect(cut('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'Europe/Berlin')).toEqual([['2026-10-25', 25]]);
});
