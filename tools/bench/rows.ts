// The rows of the performance table: what each compares, its bar and its goal.
export type Figure = {
  readonly name: string;
  readonly unit: 'ratio' | 'ms' | 'MB' | '%';
  readonly better: 'higher' | 'lower';
  readonly bar: number;
  readonly goal: number;
};
export type Row = {
  readonly id: string;
  readonly title: string;
  readonly figures: readonly [Figure, ...Figure[]];
};

const atLeast = (bar: number, goal: number, name = 'ratio'): Figure => ({
  name,
  unit: 'ratio',
  better: 'higher',
  bar,
  goal,
});
const atMost = (bar: number, goal: number, unit: Figure['unit'], name: string): Figure => ({
  name,
  unit,
  better: 'lower',
  bar,
  goal,
});

export const ROWS = [
  {
    id: 'T1',
    title: '1,000 requests/s of mixed load through the gateway',
    figures: [
      atMost(200, 200, 'ms', 'mean'),
      atMost(500, 500, 'ms', 'p99'),
      atMost(0.1, 0, '%', 'failed'),
      atLeast(0.99, 1, 'answered of asked'),
    ],
  },
  {
    id: 'T2',
    title: "T1's mix, 64 connections, nothing held back / the floor of the reads behind the same gateway",
    figures: [atLeast(0.4, 0.6)],
  },
  {
    id: 'R1',
    title: 'profile through the gateway / the same answer by the bare driver behind bare HTTP, c=32',
    figures: [atLeast(0.35, 0.6)],
  },
  {
    id: 'R2',
    title: 'first page of records through the gateway / the same by the bare driver, c=32',
    figures: [atLeast(0.35, 0.6)],
  },
  {
    id: 'R3',
    title: 'permissions through the gateway / the same by the bare driver, c=32',
    figures: [atLeast(0.35, 0.6)],
  },
  {
    id: 'R4',
    title: 'list of levels through the gateway / a static upstream through the gateway, c=32',
    figures: [atLeast(0.5, 0.8)],
  },
  {
    id: 'G1',
    title: 'gateway in full / nginx as a bare proxy, requests/s, 32 connections',
    figures: [atLeast(0.15, 0.3)],
  },
  {
    id: 'G2',
    title: 'added p50 of the gateway over nginx, 1 connection',
    figures: [atMost(0.3, 0.1, 'ms', 'added')],
  },
  {
    id: 'E1',
    title: 'earn through the gateway / raw driver loop of the 3-write transaction, c=32',
    figures: [atLeast(1, 2)],
  },
  {
    id: 'E2',
    title: 'earn through the gateway / raw group-commit loop, c=32',
    figures: [atLeast(0.25, 0.4)],
  },
  {
    id: 'E3',
    title: 'one hot profile, c=32: earns/s over the raw transaction loop on one profile; p99',
    figures: [atLeast(12, 25), atMost(60, 30, 'ms', 'p99')],
  },
  {
    id: 'E4',
    title: 'one client: earn through the gateway / transaction endpoint direct',
    figures: [atLeast(0.6, 0.8)],
  },
  {
    id: 'E5',
    title: 'CPU of all processes an earning',
    figures: [atMost(1.8, 1.2, 'ms', '32 connections'), atMost(8, 5, 'ms', 'one connection')],
  },
  {
    id: 'A1',
    title: 'activation through the gateway / raw driver loop of its writes, c=32',
    figures: [atLeast(0.8, 1)],
  },
  {
    id: 'L1',
    title: 'first page of a list of 1,000,000 / of 1,000, time',
    figures: [
      atMost(1.2, 1.1, 'ratio', 'at rest'),
      atMost(1.2, 1.1, 'ratio', 'while 200 earnings/s go on in the long one'),
    ],
  },
  {
    id: 'B1',
    title: 'commit to consumer at 200 events/s',
    figures: [atMost(10, 3, 'ms', 'p50'), atMost(50, 15, 'ms', 'p99')],
  },
  { id: 'B2', title: 'relay and consumer sustained / the earn rate of E1', figures: [atLeast(1, 3)] },
  { id: 'S1', title: 'statistics ingest, events/s / raw stream read rate', figures: [atLeast(0.5, 0.67)] },
  {
    id: 'S2',
    title: "an earning's answer until the statistics' answers hold it, at 200 events/s",
    figures: [atMost(1_000, 500, 'ms', 'p99')],
  },
  {
    id: 'C1',
    title: 'cost per earn: 10,000 / 10 records in the profile; 1,000 / 1 tenants',
    figures: [atMost(1.2, 1.1, 'ratio', 'records'), atMost(1.3, 1.1, 'ratio', 'tenants')],
  },
  {
    id: 'I1',
    title: 'CPU of the whole platform at rest, its stores included, of one core',
    figures: [atMost(6, 2, '%', 'of a core')],
  },
  {
    id: 'M1',
    title: 'resident memory of the largest service at rest',
    figures: [atMost(150, 120, 'MB', 'at rest')],
  },
  {
    id: 'P1',
    title: "earn through the gateway / a bare Django REST view on PostgreSQL (the seeds' stack)",
    figures: [atLeast(4, 6, '32 connections'), atLeast(0.8, 1, 'one connection')],
  },
] as const satisfies readonly Row[];

export type RowId = (typeof ROWS)[number]['id'];
export const ROW_IDS: readonly RowId[] = ROWS.map(({ id }) => id);
