import { endOfDay, startOfDay } from './tenant-day.ts';

test.each([
  ['2026-03-08', 'UTC', '2026-03-08T00:00:00.000Z', '2026-03-08T23:59:59.999Z'],
  ['2026-03-08', 'Asia/Shanghai', '2026-03-07T16:00:00.000Z', '2026-03-08T15:59:59.999Z'],
  // 23 and 25 hours long: the clocks change.
  ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z', '2026-03-09T03:59:59.999Z'],
  ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z', '2026-11-02T04:59:59.999Z'],
  ['2026-01-01', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z', '2026-01-01T09:59:59.999Z'],
  ['2026-01-01', 'No/Where', '2026-01-01T00:00:00.000Z', '2026-01-01T23:59:59.999Z'],
])('%s in %s lasts from %s to %s', (day, zone, start, end) => {
  expect([startOfDay(day, zone).toISOString(), endOfDay(day, zone).toISOString()]).toEqual([start, end]);
});
