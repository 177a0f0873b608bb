/** The command that makes all figures anew: `node services/stats/src/recount.ts`, or `npm run recount-statistics` beside a local stack. */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { processEnvironment, readSettings } from '@membership/platform/config';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { transactionsOf } from '@membership/platform/transaction';
import { createMetrics } from '@membership/platform/metrics';
import { ArchiveRepository } from './archive/archive-repository.ts';
import { statsSettings } from './config.ts';
import { projectorsOf } from './projectors.ts';
import type { Follower } from './projecting/project-batch.ts';
import { followArchive } from './projecting/follow-archive.ts';
import { Shares } from './projecting/shares.ts';
import { ensureGenerations } from './projecting/tend-generations.ts';

const HELP = `Counts all archived events again, while the service runs: the figures of before serve until the new ones are whole.
It counts along with the service, as one more of its processes. Broken off, the service goes on by itself where it stopped.

  npm run recount-statistics

Ends with 0 when the new figures serve, with 2 when it could not count.

Environment:
  MONGODB_URI, MONGODB_URI_FILE   the database of the stats service (npm run recount-statistics: unless given, that of the local stack)
`;
const PATIENCE_MS = 10_000;
const LOOK_MS = 250;
const PROGRESS_MS = 5_000;
const options = { help: { type: 'boolean', short: 'h', default: false } } as const;

/** Counts along as one more process of the service, until what it has begun serves. */
async function recount(): Promise<{ generations: number[]; events: number }> {
  const fields = {
    MONGODB_URI: statsSettings.MONGODB_URI,
    PROJECTOR_PARTITIONS: statsSettings.PROJECTOR_PARTITIONS,
  };
  const { MONGODB_URI: uri, PROJECTOR_PARTITIONS: partitions } = readSettings(fields, processEnvironment, []);
  const logger = createLogger({ service: 'stats', level: 'error' });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { connection } = await connectMongo({ uri, logger, poolSize: 4, signal });
  try {
    const { followers } = projectorsOf(connection, { partitions });
    const transactions = transactionsOf(connection, 'stats');
    const parts = { archive: new ArchiveRepository(connection), transactions };
    await ensureGenerations(parts, followers);
    const begun: number[] = [];
    for (const { generations } of followers)
      begun.push(await transactions.run(({ session }) => generations.beginRecount(session)));
    const shares = new Shares({
      ...{ connection, logger, owns: followers.map(({ generations }) => generations.own) },
      onChange: () => following.changed(),
    });
    const following = followArchive({
      ...parts,
      ...{ followers, shares, metrics: createMetrics('stats'), logger },
    });
    shares.join();
    try {
      return { generations: begun, events: await untilTheyServe(followers, begun) };
    } finally {
      await following.stop();
      await shares.leave();
    }
  } finally {
    await connection.close();
  }
}

/** Returns how many events were counted into the first of them. */
async function untilTheyServe(followers: readonly Follower[], begun: readonly number[]): Promise<number> {
  for (let told = Date.now(); ; await delay(LOOK_MS)) {
    const own = (await Promise.all(followers.map(({ generations }) => generations.listOwn()))).flat();
    const positions = (await followers[0]?.generations.listPositions(begun)) ?? [];
    const eventsOf = (_id: number | undefined) =>
      positions.reduce((sum, { generation, events }) => (generation === _id ? sum + events : sum), 0);
    if (!own.some(({ _id, wholeAt }) => begun.includes(_id) && !wholeAt)) return eventsOf(begun[0]);
    if (Date.now() - told < PROGRESS_MS) continue;
    told = Date.now();
    process.stderr.write(`… ${begun.map(eventsOf).join(' and ')} events so far\n`);
  }
}

try {
  const { values } = parseArgs({ options });
  if (values.help) process.stdout.write(`${HELP}\n`);
  else {
    const { generations, events } = await recount();
    process.stdout.write(`${events} events counted again: generations ${generations.join(', ')} serve\n`);
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
