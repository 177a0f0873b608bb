import { usageStats } from './usage.ts';

const now = new Date('2026-03-08T00:00:00Z');
const interval = (from: string, to: string) => ({
  _id: 1,
  tenantId: 1,
  assignmentId: 1,
  deviceId: 'pc',
  startedAt: new Date(from),
  endedAt: new Date(to),
});

test('the seed’s numbers: 120.5 hours in all, 25.2 of the last seven days, 3.6 a day', () => {
  const recent = [
    interval('2026-03-07T00:00:00Z', '2026-03-08T00:00:00Z'),
    interval('2026-03-02T00:00:00Z', '2026-03-02T01:12:00Z'),
  ];
  expect(usageStats(120.5 * 3_600, recent, now)).toEqual({
    total_usage_hours: 120.5,
    last_7_days_usage: 25.2,
    avg_daily_usage: 3.6,
  });
});

test('only what lies inside the seven days counts', () => {
  expect(
    usageStats(0, [interval('2026-02-28T22:00:00Z', '2026-03-01T01:00:00Z')], now).last_7_days_usage,
  ).toBe(1);
  expect(
    usageStats(0, [interval('2026-02-28T22:00:00Z', '2026-03-01T00:00:00Z')], now).last_7_days_usage,
  ).toBe(0);
  expect(usageStats(0, [], now)).toEqual({ total_usage_hours: 0, last_7_days_usage: 0, avg_daily_usage: 0 });
});
