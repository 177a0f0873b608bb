import { joinSpans, usageStats } from './usage.ts';

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

describe('joining', () => {
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const span = (from: number, to: number) => ({ startedAt: at(from), endedAt: at(to) });
  const order = (sorted: [number, number][]) => sorted.map(([from, to]) => span(from, to));
  test.each<[string, [number, number][], [number, number], [number, number][]]>([
    ['nothing known: all of it', [], [0, 60], [[0, 60]]],
    ['known whole: nothing', [[-10, 70]], [-10, 70], []],
    ['the same again: nothing', [[0, 60]], [0, 60], []],
    ['touching at its start', [[-30, 0]], [-30, 60], [[0, 60]]],
    ['touching at its end', [[60, 90]], [0, 90], [[0, 60]]],
    ['over its start', [[-30, 20]], [-30, 60], [[20, 60]]],
    ['over its end', [[40, 90]], [0, 90], [[0, 40]]],
    [
      'inside',
      [[20, 30]],
      [0, 60],
      [
        [0, 20],
        [30, 60],
      ],
    ],
    [
      'two, in any order',
      [
        [50, 90],
        [-5, 10],
      ],
      [-5, 90],
      [[10, 50]],
    ],
  ])('%s', (_name, known, joined, added) => {
    expect(joinSpans(span(0, 60), order(known))).toEqual({ span: span(...joined), added: order(added) });
  });
});
