/** A command that works through the ledger's database while the service runs, and may be stopped and run again. */
import { parseArgs } from 'node:util';
import type { Connection } from 'mongoose';
import { processEnvironment, readSettings, serviceSettings } from '@membership/platform/config';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';

const PATIENCE_MS = 10_000;
const PROGRESS_MS = 5_000;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

export type LedgerCommand<Done> = {
  readonly help: string;
  readonly work: (
    connection: Connection,
    how: { readonly signal: AbortSignal; readonly onProgress: (sofar: Done) => void },
  ) => Promise<Done>;
  /** What was done, in words. */
  readonly sumOf: (done: Done) => string;
};

/** Ends with 0 when all is done, with 2 when it is not: it was stopped, or failed. */
export async function runLedgerCommand<Done>({ help, work, sumOf }: LedgerCommand<Done>): Promise<void> {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
    if (values.help) say(help);
    else await run(work, sumOf);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}

async function run<Done>(work: LedgerCommand<Done>['work'], sumOf: (done: Done) => string): Promise<void> {
  const { MONGODB_URI: uri } = readSettings(
    { MONGODB_URI: serviceSettings.MONGODB_URI },
    processEnvironment,
    [],
  );
  const logger = createLogger({ service: 'points', level: 'silent' });
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const { connection } = await connectMongo({ uri, logger, poolSize: 2, signal: patience });
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  const { signal } = stopping;
  try {
    let told = Date.now();
    const done = await work(connection, {
      signal,
      onProgress(sofar) {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        process.stderr.write(`… ${sumOf(sofar)} so far\n`);
      },
    });
    say(`${sumOf(done)}${signal.aborted ? '; stopped: run it again' : ''}`);
    if (signal.aborted) process.exitCode = 2;
  } finally {
    await connection.close();
  }
}
