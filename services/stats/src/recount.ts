/** The command that makes all figures anew: `node services/stats/src/recount.ts`, or `npm run recount-statistics` beside a local stack. */
import { parseArgs } from 'node:util';
import { processEnvironment, readSettings, serviceSettings } from '@membership/platform/config';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { transactionsOf } from '@membership/platform/transaction';
import { ArchiveRepository } from './counting/archive-repository.ts';
import { beginRecount, countArchive } from './counting/count-archive.ts';
import { CountersRepository } from './counting/counters-repository.ts';
import { Generations } from './counting/generations.ts';

const HELP = `Counts all archived events again, while the service runs: the figures of before serve until the new ones are whole.
Broken off, it goes on where it stopped: by this command, or by the service itself within a minute or so.

  npm run recount-statistics

Ends with 0 when the new figures serve, with 2 when it could not count.

Environment:
  MONGODB_URI, MONGODB_URI_FILE   the database of the stats service (npm run recount-statistics: unless given, that of the local stack)
`;
const PATIENCE_MS = 10_000;
const PROGRESS_MS = 5_000;
const options = { help: { type: 'boolean', short: 'h', default: false } } as const;

async function recount(): Promise<{ generation: number; events: number }> {
  const fields = { MONGODB_URI: serviceSettings.MONGODB_URI };
  const { MONGODB_URI: uri } = readSettings(fields, processEnvironment, []);
  const logger = createLogger({ service: 'stats', level: 'silent' });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { connection } = await connectMongo({ uri, logger, poolSize: 2, signal });
  try {
    const parts = {
      archive: new ArchiveRepository(connection),
      counters: new CountersRepository(connection),
      generations: new Generations(connection),
      transactions: transactionsOf(connection, 'stats'),
    };
    const generation = await beginRecount(parts);
    let [events, told] = [0, Date.now()];
    for (let did = 1; did > 0; events += did) {
      did = await countArchive(parts);
      if (Date.now() - told < PROGRESS_MS) continue;
      told = Date.now();
      process.stderr.write(`… ${events + did} events so far\n`);
    }
    return { generation, events };
  } finally {
    await connection.close();
  }
}

try {
  const { values } = parseArgs({ options });
  if (values.help) process.stdout.write(`${HELP}\n`);
  else {
    const { generation, events } = await recount();
    process.stdout.write(`${events} events counted again: generation ${generation} serves\n`);
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
