import { parseBenchArguments } from './arguments.ts';
import {
  differenceOf,
  markdownOf,
  median,
  quantile,
  ratioOf,
  resultsOf,
  verdictOf,
  type Report,
  type Side,
} from './report.ts';
import { ROW_IDS, ROWS } from './rows.ts';

const side = (
  label: string,
  rates: readonly number[],
  p50s: readonly number[] = rates.map(() => 1),
): Side => ({
  label,
  samples: rates.map((perSecond, round) => ({
    perSecond,
    p50Ms: p50s[round] as number,
    p99Ms: 2,
    failures: 0,
  })),
});
const higher = { name: 'ratio', unit: 'ratio', better: 'higher', bar: 0.15, goal: 0.3 } as const;
const lower = { name: 'p99', unit: 'ms', better: 'lower', bar: 100, goal: 30 } as const;

describe('medians and quantiles', () => {
  it('takes the middle value, and the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
  it('has no value without values', () => {
    expect(median([])).toBeNaN();
    expect(quantile([], 0.5)).toBeNaN();
  });
  it('takes quantiles of ascending values', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantile(values, 0.5)).toBe(51);
    expect(quantile(values, 0.99)).toBe(100);
    expect(quantile([7], 0.99)).toBe(7);
  });
});

describe('ratios of interleaved rounds', () => {
  it('compares each round with its own neighbour, so that a slow machine changes nothing', () => {
    expect(ratioOf(side('product', [200, 20, 100]), side('floor', [100, 10, 50]))).toBe(2);
  });
  it('takes the median of the differences', () => {
    expect(
      differenceOf(
        side('gateway', [1, 1, 1], [0.5, 0.9, 0.4]),
        side('nginx', [1, 1, 1], [0.25, 0.5, 0.25]),
        ({ p50Ms }) => p50Ms,
      ),
    ).toBeCloseTo(0.25);
  });
});

describe('verdicts', () => {
  it('reaches bar and goal at equality, whichever way is better', () => {
    expect([0.149, 0.15, 0.299, 0.3].map((value) => verdictOf(higher, value))).toEqual([
      'missed',
      'pass',
      'pass',
      'goal',
    ]);
    expect([100.1, 100, 30.1, 30].map((value) => verdictOf(lower, value))).toEqual([
      'missed',
      'pass',
      'pass',
      'goal',
    ]);
  });
  it('counts a row as its worst figure', () => {
    const row = (values: (number | null)[]) => resultsOf({ E3: { values } }).find(({ id }) => id === 'E3');
    expect(row([30, 20])?.verdict).toBe('goal');
    expect(row([30, 50])?.verdict).toBe('pass');
    expect(row([9, 20])?.verdict).toBe('missed');
    expect(row([30, null])?.verdict).toBe('not measured yet');
  });
});

describe('the report', () => {
  const report: Report = {
    takenAt: '2026-01-05T08:00:00.000Z',
    commit: 'abc1234',
    machine: { machine: '2 × a processor' },
    versions: { node: 'v24' },
    settings: { seconds: 5, rounds: 3 },
    rows: resultsOf({
      G1: { values: [0.25], sides: [side('nginx', [100]), side('gateway', [25])] },
      L1: { reason: 'not measured yet' },
    }),
  };
  it('has every row of the table, measured or not', () => {
    expect(report.rows.map(({ id }) => id)).toEqual(ROW_IDS);
    const figures = ROWS.reduce((sum, row) => sum + row.figures.length, 0);
    expect(
      markdownOf(report)
        .split('\n')
        .filter((line) => /^\| [A-Z]\d \| .* \|( pass| goal| missed| not measured yet) \|$/.test(line)),
    ).toHaveLength(figures);
  });
  it('says value, bar, goal and verdict', () => {
    expect(markdownOf(report)).toContain('| 0.25 | ≥ 0.15 | ≥ 0.3 | pass |');
  });
});

describe('arguments', () => {
  it('takes rows in any case, and all of them unless asked', () => {
    expect(parseBenchArguments(['--only', 'g1,E2']).only).toEqual(['G1', 'E2']);
    expect(parseBenchArguments([]).only).toEqual(ROW_IDS);
  });
  it('refuses unknown rows and numbers out of range with a sentence', () => {
    expect(() => parseBenchArguments(['--only', 'G1,Z9'])).toThrow('no row Z9');
    expect(() => parseBenchArguments(['--seconds', 'soon'])).toThrow('--seconds needs a number');
    expect(() => parseBenchArguments(['--rounds', '0'])).toThrow('--rounds needs a number');
  });
});
