// The arithmetic of the report: medians of interleaved rounds, ratios, verdicts. Pure.
import { ROWS, type Figure, type Row, type RowId } from './rows.ts';

/** One round of one side. */
export type Sample = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
  /** The part of the machine that went to processes which are not the benchmark's. */
  readonly others?: number | null;
  /** CPU microseconds an operation, by process. */
  readonly cpu?: Readonly<Record<string, number>>;
};
export type Side = { readonly label: string; readonly samples: readonly Sample[] };
/** What each round found; the median of them is what counts. */
export type Found = readonly number[];
/** Values in the order of the row's figures, and what they came from. */
export type Measured = {
  readonly values: readonly (number | Found)[];
  readonly sides?: readonly Side[];
  readonly note?: string;
};
export type NotMeasured = { readonly reason: string };
export type Measurements = Partial<Record<RowId, Measured | NotMeasured>>;

export type Verdict = 'goal' | 'pass' | 'missed' | 'not measured yet';
export type FigureResult = Figure & {
  readonly value: number | null;
  /** Of the rounds; null where there is one value. */
  readonly spread: { readonly low: number; readonly high: number } | null;
  readonly verdict: Verdict;
};
export type RowResult = {
  readonly id: RowId;
  readonly title: string;
  readonly verdict: Verdict;
  readonly figures: readonly FigureResult[];
  readonly reason?: string;
  readonly note?: string;
  readonly sides?: readonly Side[];
};

/** The value below which a part of the ascending values lies; NaN without values. */
export function quantile(ascending: readonly number[], part: number): number {
  if (ascending.length === 0) return Number.NaN;
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))] as number;
}

/** The middle value, or the mean of the two in the middle; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

const perSecondOf = ({ perSecond }: Sample): number => perSecond;

/** The rounds' own ratios: what slowed one round slowed both of its sides. */
export function ratiosOf(product: Side, floor: Side, value: (sample: Sample) => number = perSecondOf): Found {
  return product.samples.map((sample, round) => value(sample) / value(floor.samples[round] as Sample));
}

/** The rounds' differences. */
export function differencesOf(product: Side, floor: Side, value: (sample: Sample) => number): Found {
  return product.samples.map((sample, round) => value(sample) - value(floor.samples[round] as Sample));
}

/** Processes that ask, and are not part of what is asked. */
const ASKING = ['generator', 'bench'];
const cpuOf = ({ cpu = {} }: Sample): number =>
  Object.entries(cpu).reduce((sum, [name, micros]) => (ASKING.includes(name) ? sum : sum + micros), 0);

/** What an operation costs in all processes, in milliseconds of CPU time, in each round. */
export const cpuMilliseconds = ({ samples }: Side): Found => samples.map((sample) => cpuOf(sample) / 1_000);

/**
 * The ratio by the CPU time that an operation costs in all processes, the stores among them: what the rates would say on
 * a machine with nothing else to do. Work left for later (the relay's, the consumers') is only part of it as far as it ran.
 */
export function byCpu(product: Side, floor: Side): string {
  const ratios = ratiosOf(floor, product, cpuOf).filter(Number.isFinite);
  if (ratios.length === 0) return '';
  return `by CPU time an operation ${shown(median(ratios))} (${shown(Math.min(...ratios))}–${shown(Math.max(...ratios))})`;
}

/** Where a value stands between bar and goal; both are reached at equality. */
export function verdictOf({ better, bar, goal }: Figure, value: number | null): Verdict {
  if (value === null) return 'not measured yet';
  const reaches = (limit: number): boolean => (better === 'higher' ? value >= limit : value <= limit);
  if (reaches(goal)) return 'goal';
  return reaches(bar) ? 'pass' : 'missed';
}

const WORST_FIRST: readonly Verdict[] = ['missed', 'not measured yet', 'pass', 'goal'];

/** Every row of the table, measured or not. A row is as good as its worst figure. */
export function resultsOf(measurements: Measurements): RowResult[] {
  return ROWS.map((row: Row & { id: RowId }): RowResult => {
    const measured = measurements[row.id];
    const values = measured && 'values' in measured ? measured.values : [];
    const figures = row.figures.map((figure, index): FigureResult => {
      const found = values[index] ?? [];
      const all = typeof found === 'number' ? [found] : found;
      const value = all.length > 0 ? median(all) : null;
      const spread = all.length > 1 ? { low: Math.min(...all), high: Math.max(...all) } : null;
      return { ...figure, value, spread, verdict: verdictOf(figure, value) };
    });
    const worst = WORST_FIRST.find((each) => figures.some((figure) => figure.verdict === each)) as Verdict;
    const base = { id: row.id, title: row.title, verdict: worst, figures };
    if (!measured) return { ...base, reason: 'not asked for' };
    if (!('values' in measured)) return { ...base, reason: measured.reason };
    const notes = [measured.note, ...remarksOn(measured.sides ?? [])].filter(Boolean).join('; ');
    return {
      ...base,
      // A rate with failures in it is no rate.
      verdict: failuresOf(measured.sides ?? []) > 0 ? 'missed' : worst,
      ...(notes ? { note: notes } : {}),
      ...(measured.sides ? { sides: measured.sides } : {}),
    };
  });
}

/** Above this part of the machine, what others do shows in the figures. */
const BUSY = 0.2;

const failuresOf = (sides: readonly Side[]): number =>
  sides.reduce((sum, { samples }) => sum + samples.reduce((of, { failures }) => of + failures, 0), 0);

function remarksOn(sides: readonly Side[]): string[] {
  const failures = failuresOf(sides);
  const others = sides.flatMap(({ samples }) => samples.flatMap((sample) => sample.others ?? []));
  const part = others.length > 0 ? median(others) : 0;
  return [
    ...(failures > 0 ? [`${failures} requests failed`] : []),
    ...(part > BUSY ? [`other processes took ${Math.round(part * 100)} % of the machine meanwhile`] : []),
  ];
}

export type Report = {
  readonly takenAt: string;
  readonly commit: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: { readonly seconds: number; readonly rounds: number };
  readonly rows: readonly RowResult[];
};

const shown = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
const spreadText = ({ spread }: FigureResult): string =>
  spread ? ` (${shown(spread.low)}–${shown(spread.high)})` : '';
const limitText = ({ better, unit }: Figure, limit: number): string =>
  `${better === 'higher' ? '≥' : '≤'} ${limit}${unit === 'ratio' ? '' : ` ${unit}`}`;

/** The report for people. */
export function markdownOf(report: Report): string {
  const facts = (of: Readonly<Record<string, string>>): string[] =>
    Object.entries(of).map(([name, value]) => `- ${name}: ${value}`);
  const tableRows = report.rows.flatMap(({ id, title, figures, reason }) =>
    figures.map((figure) => {
      const value =
        figure.value === null
          ? `– (${reason ?? 'not measured yet'})`
          : `${shown(figure.value)}${figure.unit === 'ratio' ? '' : ` ${figure.unit}`}${spreadText(figure)}`;
      const name = figures.length > 1 ? `${title} (${figure.name})` : title;
      return `| ${id} | ${name} | ${value} | ${limitText(figure, figure.bar)} | ${limitText(figure, figure.goal)} | ${figure.verdict} |`;
    }),
  );
  const details = report.rows.flatMap(({ id, sides, note }) => [
    ...(note ? ['', `${id}: ${note}`] : []),
    ...(sides
      ? [
          '',
          `| ${id} | per second (each round) | p50 ms | p99 ms | CPU µs an operation |`,
          '| --- | --- | --- | --- | --- |',
          ...sides.map(sideLine),
        ]
      : []),
  ]);
  return [
    '# Benchmark',
    '',
    `Taken ${report.takenAt} at commit ${report.commit}; ${report.settings.rounds} interleaved rounds of ${report.settings.seconds} s. A value is the median of the rounds, with the lowest and the highest. Only the ratios mean anything on another machine.`,
    '',
    '| # | what | value | bar | goal | verdict |',
    '| --- | --- | --- | --- | --- | --- |',
    ...tableRows,
    '',
    '## Machine',
    ...facts(report.machine),
    ...facts(report.versions),
    '',
    '## Rounds',
    ...details,
    '',
  ].join('\n');
}

function sideLine({ label, samples }: Side): string {
  const cpu = Object.entries(samples.at(-1)?.cpu ?? {}).map(
    ([name, micros]) => `${name} ${micros.toFixed(0)}`,
  );
  const middle = (value: (sample: Sample) => number): string => shown(median(samples.map(value)));
  return `| ${label} | ${samples.map(({ perSecond }) => shown(perSecond)).join(', ')} | ${middle(({ p50Ms }) => p50Ms)} | ${middle(({ p99Ms }) => p99Ms)} | ${cpu.join(', ')} |`;
}
