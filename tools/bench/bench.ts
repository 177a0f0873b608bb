// What every measurement works with.
import type { Infrastructure } from '../stack/infrastructure.ts';
import type { Log } from '../stack/store.ts';
import type { BenchArguments } from './arguments.ts';
import type { FloorAnswers } from './floor-service.ts';
import type { Load, LoadResult } from './load.ts';
import type { Nginx } from './nginx.ts';
import type { Product } from './product.ts';
import type { Measured, NotMeasured } from './report.ts';
import type { RowId } from './rows.ts';
import { interleave, type Contender, type Ran } from './rounds.ts';
import type { Side } from './report.ts';
import type { Worker } from './worker.ts';

export type Bench = {
  readonly asked: BenchArguments;
  /** Where what is started keeps its files and logs. */
  readonly stackDir: string;
  readonly infrastructure: Infrastructure;
  readonly product: Product;
  /** Null, and why, where no nginx can be had. */
  readonly nginx: Nginx | null;
  readonly nginxMissing: string | null;
  readonly generator: Worker<Load, LoadResult>;
  /** A database of its own for the floors, on the server that the services use. */
  readonly floorUri: string;
  /** The floor of the reads, where one of their rows is asked for. */
  readonly floor: Worker<FloorAnswers | null, { port: number }> | null;
  readonly log: Log;
};
export type Measurement = {
  /** Rows that it can fill; it runs when one of them is asked for. */
  readonly rows: readonly RowId[];
  readonly measure: (bench: Bench) => Promise<Partial<Record<RowId, Measured | NotMeasured>>>;
};

export const wants = ({ asked }: Bench, ...rows: RowId[]): boolean =>
  rows.some((row) => asked.only.includes(row));

/** A contender that the load generator drives. */
export const driven = ({ generator }: Bench, label: string, load: Omit<Load, 'milliseconds'>): Contender => ({
  label,
  run: (milliseconds): Promise<Ran> => generator.run({ ...load, milliseconds }),
});

/** Interleaved rounds of the contenders, with the CPU time of everything that runs. */
export function roundsOf(
  bench: Bench,
  contenders: readonly Contender[],
  workers: Readonly<Record<string, number>> = {},
): Promise<Side[]> {
  const { asked, product, infrastructure, nginx, generator, log } = bench;
  const [mongod] = infrastructure.mongodb.pids();
  const [rabbitmq] = infrastructure.rabbitmq.pids();
  return interleave(contenders, {
    rounds: asked.rounds,
    seconds: asked.seconds,
    settle: () => product.outboxDrained(),
    say: log,
    pids: {
      ...product.services.pids(),
      ...(nginx ? nginx.pids : {}),
      ...(mongod ? { mongod } : {}),
      ...(rabbitmq ? { rabbitmq } : {}),
      generator: generator.pid,
      ...workers,
    },
  });
}
