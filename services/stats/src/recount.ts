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
import { beginRecount } from './projecting/begin-recount.ts';
import { projectorsOf } from './projectors.ts';
import type { Follower } from './projecting/project-batch.ts';
import { followArchive } from './projecting/follow-archive.ts';
import { Shares } from './projecting/shares.ts';
import { ensureGenerations } from './projecting/tend-generations.ts';

const HELP = `Counts all archived events again, while the service runs: the figures of before serve until the new ones are whole.
It counts along with the service, as one more of its processes. Broken off, the service goes on by itself where it stopped.

  npm run recount-statistics                        # from the base figures: those of the months that are closed
  npm run recount-statistics -- --from-start        # from the first event; the base figures are made anew, too

Base figures are counted from the archive by themselves, not taken from figures that serve. Where there are none, or the rules
have changed, everything is counted. A recount that is under way is gone on with; one from base figures has to end before one
from the start.

Ends with 0 when the new figures serve, with 2 when it could not count.

Environment:
  MONGODB_URI, MONGODB_URI_FILE   the database of the stats service (npm run recount-statistics: unless given, that of the local stack)
`;
const PATIENCE_MS = 10_000;
const LOOK_MS = 250;
const PROGRESS_MS = 5_000;
const options = {
  'from-start': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Recounted = {
  readonly generations: readonly number[];
  readonly events: number;
  readonly basedOn: number;
};

/** Counts along as one more process of the service, until what it has begun serves. */
async function recount(isFromStart: boolean): Promise<Recounted> {
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
    for (const follower of followers) begun.push(await beginRecount(parts, follower, { isFromStart }));
    for (const { bases } of followers) while (await bases.copyNext(transactions));
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
      const events = await untilTheyServe(followers, begun);
      const first = (await followers[0]?.generations.listOwn())?.find(({ _id }) => _id === begun[0]);
      return { generations: begun, events, basedOn: first?.basedOn ?? 0 };
    } finally {
      await following.stop();
      await shares.leave();
    }
  } finally {
    await connection.close();
  }
}

/** Returns how many events are in the first of them. */
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
    const { generations, events, basedOn } = await recount(values['from-start']);
    const behind = basedOn > 0 ? ` behind base figures of ${basedOn}` : '';
    process.stdout.write(
      `${events - basedOn} events counted again${behind}: generations ${generations.join(', ')} serve\n`,
    );
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
