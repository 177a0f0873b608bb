import { joinSpans, usageStats } from './usage.ts';

const now = new Date('2026-03-08T00:00:00Z');

test('the seed’s numbers: 120.5 hours in all, 25.2 of the last seven days, 3.6 a day', () => {
  expect(usageStats(120.5 * 3_600, 25.2 * 3_600)).toEqual({
    total_usage_hours: 120.5,
    last_7_days_usage: 25.2,
    avg_daily_usage: 3.6,
  });
  expect(usageStats(0, 0)).toEqual({ total_usage_hours: 0, last_7_days_usage: 0, avg_daily_usage: 0 });
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
