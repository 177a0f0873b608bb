import { parseBenchArguments } from './arguments.ts';
import {
  differencesOf,
  markdownOf,
  median,
  quantile,
  ratiosOf,
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
    expect(ratiosOf(side('product', [200, 20, 100]), side('floor', [100, 10, 50]))).toEqual([2, 2, 2]);
  });
  it('takes the differences of each round', () => {
    const found = differencesOf(
      side('gateway', [1, 1, 1], [0.5, 0.75, 0.5]),
      side('nginx', [1, 1, 1], [0.25, 0.25, 0.375]),
      ({ p50Ms }) => p50Ms,
    );
    expect(found).toEqual([0.25, 0.5, 0.125]);
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
    const row = (values: number[]) => resultsOf({ E3: { values } }).find(({ id }) => id === 'E3');
    expect(row([30, 20])?.verdict).toBe('goal');
    expect(row([30, 50])?.verdict).toBe('pass');
    expect(row([9, 20])?.verdict).toBe('missed');
    expect(row([30])?.verdict).toBe('not measured yet');
  });
});

describe('a row', () => {
  const rowOf = (sides: Side[]) =>
    resultsOf({ G1: { values: [[0.4, 0.2, 0.3]], sides } }).find(({ id }) => id === 'G1');
  it('is the median of its rounds, and says how far they lie apart', () => {
    expect(rowOf([])?.figures[0]).toMatchObject({ value: 0.3, spread: { low: 0.2, high: 0.4 } });
  });
  it('is missed when requests failed, however many did not', () => {
    const { samples } = side('gateway', [100]);
    const failing = { label: 'gateway', samples: samples.map((sample) => ({ ...sample, failures: 2 })) };
    expect(rowOf([failing])).toMatchObject({ verdict: 'missed', note: '2 requests failed' });
  });
  it('tells when others kept the machine busy', () => {
    const { samples } = side('gateway', [100]);
    const disturbed = { label: 'gateway', samples: samples.map((sample) => ({ ...sample, others: 0.5 })) };
    expect(rowOf([disturbed])?.note).toBe('other processes took 50 % of the machine meanwhile');
    expect(rowOf([side('gateway', [100])])?.note).toBeUndefined();
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
      G1: { values: [[0.25, 0.2, 0.3]], sides: [side('nginx', [100]), side('gateway', [25])] },
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
    expect(markdownOf(report)).toContain('| 0.25 (0.20–0.30) | ≥ 0.15 | ≥ 0.3 | pass |');
  });
});

describe('arguments', () => {
  it('takes rows in any case, and unless asked all of them but those beside other products', () => {
    expect(parseBenchArguments(['--only', 'g1,E2']).only).toEqual(['G1', 'E2']);
    expect(parseBenchArguments([]).only).toEqual(ROW_IDS.filter((id) => id !== 'P1'));
    expect(parseBenchArguments(['--peers']).only).toEqual(['P1']);
  });
  it('is shorter when quick, and fails at a missed bar unless told otherwise', () => {
    const [quick, full] = [parseBenchArguments(['--quick']), parseBenchArguments([])];
    expect(quick.only).not.toContain('L1');
    expect(quick.seconds * quick.rounds).toBeLessThan(full.seconds * full.rounds);
    expect(parseBenchArguments(['--quick', '--rounds', '9']).rounds).toBe(9);
    expect([full.isReportOnly, parseBenchArguments(['--report-only']).isReportOnly]).toEqual([false, true]);
  });
  it('refuses unknown rows and numbers out of range with a sentence', () => {
    expect(() => parseBenchArguments(['--only', 'G1,Z9'])).toThrow('no row Z9');
    expect(() => parseBenchArguments(['--seconds', 'soon'])).toThrow('--seconds needs a number');
    expect(() => parseBenchArguments(['--rounds', '0'])).toThrow('--rounds needs a number');
  });
});
