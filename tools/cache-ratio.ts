// npm run cache-ratio: what an answer costs that Redis keeps, against the document itself out of MongoDB, in interleaved rounds; what
// a write costs of which Redis is told; and what counting a request costs there, against counting it in memory.
import { setTimeout as pause } from 'node:timers/promises';
import type { Collection } from 'mongodb';
import { AnswerCache } from '@membership/platform/answers/answer-cache';
import { createLogger } from '@membership/platform/log';
import { createMetrics } from '@membership/platform/metrics';
import { connectMongo, type Connection } from '@membership/platform/mongo';
import { SharedReads } from '@membership/platform/shared-reads';
import { parseArgs } from './command-line.ts';
import { SharedStore, StoreAway } from '@membership/platform/shared-store';
import { OwnCounts, SharedCounts } from '../services/gateway/src/limits/window-counts.ts';
import { watchCpu } from './bench/processes.ts';
import { withDatabase } from './stack/database-uri.ts';
import { startInfrastructure } from './stack/infrastructure.ts';
import { eventuallyTrue } from './stack/reachable.ts';

const HELP = `A profile's document of about a kilobyte, asked for 32 at a time: from MongoDB as the platform asks, those of a moment by one
question; each by a question of its own; out of Redis as the platform keeps it, never older than what was written; and from Redis
once its version was read from MongoDB.
Then what telling Redis adds to a write, for a group commit of one subject and of 32.
Then a request's count against a limit, 32 at a time: in memory; in Redis, far from its limit; and of a caller that is new.

  npm run cache-ratio                  half a minute; CPU time of this process and of the servers, for 1,000
  npm run cache-ratio -- --rounds 20   rounds of each way (10)

Starts its own MongoDB and Redis.
`;
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, help: { type: 'boolean', default: false } },
});

const DOCUMENTS = 1_000;
const AT_ONCE = 32;
const ANSWERS = 5_000;
/** A limit that nobody here comes near. */
const FAR = 10_000_000;
const MOST_TIMES = 200;
const RETRY_MS = 50;
type Profile = { _id: number; version: number; details: Record<string, string> };
type Way = {
  readonly name: string;
  readonly ask: (id: number) => Promise<unknown>;
  /** Asked so many times as often: the clock of CPU time ticks every 10 ms. */
  readonly times?: number;
};

const aProfile = (_id: number): Profile => ({
  _id,
  version: 1,
  details: Object.fromEntries(Array.from({ length: 20 }, (_, field) => [`field_${field}`, 'x'.repeat(36)])),
});

/** Documents, or what `projection` leaves of them, by questions that those of a moment share. */
const shared = (profiles: Collection<Profile>, projection: Readonly<Record<string, 1>>) =>
  new SharedReads<number, Profile>({
    nameOf: String,
    ask: async (ids) =>
      new Map(
        (await profiles.find({ _id: { $in: [...ids] } }, { projection }).toArray()).map((found) => [
          String(found._id),
          found,
        ]),
      ),
  });

/** Asks so many times, so many at once; CPU microseconds by process. */
async function round({ ask, times = 1 }: Way, pids: Record<string, number>): Promise<Record<string, number>> {
  const spent = watchCpu(pids);
  let asked = 0;
  const worker = async () => {
    while (asked < ANSWERS * times) await ask(asked++ % DOCUMENTS);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return spent();
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

async function measure(ways: readonly Way[], pids: Record<string, number>): Promise<void> {
  for (const way of ways) await round(way, pids);
  const all = new Map(ways.map(({ name }) => [name, [] as number[]]));
  for (let number = 0; number < Number(values.rounds); number++)
    for (const way of ways) {
      const spent = Object.values(await round(way, pids)).reduce((sum, each) => sum + each, 0);
      all.get(way.name)?.push(spent / ANSWERS / (way.times ?? 1));
    }
  const [[, first = []] = []] = all;
  for (const [name, rounds] of all) {
    const ratio = median(rounds) / median(first);
    console.log(
      `${name.padEnd(36)} ${median(rounds).toFixed(2).padStart(6)} ms of CPU for 1,000   ratio ${ratio.toFixed(2)}`,
    );
  }
}

/** Asks again what Redis did not answer at once, as on a busy machine: it is what is measured here. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (let times = 1; ; times++)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreAway) || times === MOST_TIMES) throw error;
      await pause(RETRY_MS);
    }
}

const GET = `return redis.call('GET', KEYS[1])`;
const SET = `return redis.call('SET', KEYS[1], ARGV[1])`;

/** The platform's own client of Redis, and the cache that begins to connect it. */
async function redisAt(url: string, connection: Connection) {
  const logger = { info: () => undefined, warn: () => undefined };
  const metrics = createMetrics('cache-ratio');
  const store = new SharedStore({
    ...{ url, prefix: '', logger, metrics, isIdentified: true, gauge: 'redis_up' },
    says: { up: 'it is asked', away: 'nobody asks it' },
  });
  const answers = new AnswerCache({ connection, store, metrics, seconds: { balances: 300 }, settle: 0 });
  await answers.start();
  const rows = connection.collection('answer_cache');
  const isUsed = async () => store.isReady && (await rows.findOne())?.server === store.server;
  if (!(await eventuallyTrue(isUsed, { timeoutMs: 10_000 }))) throw new Error('Redis does not answer');
  return { redis: store, answers };
}

function countingIn(store: SharedStore): Way[] {
  const [own, shared] = [new OwnCounts(FAR), new SharedCounts(FAR, store)];
  let callers = 0;
  const take = async (counts: OwnCounts | SharedCounts, id: string) => counts.take(id);
  return [
    { name: 'a count, in memory', times: 100, ask: (id) => take(own, `user:${id}`) },
    { name: 'a count, in Redis', times: 100, ask: (id) => take(shared, `user:${id}`) },
    { name: 'the first count of a caller, in Redis', ask: () => take(shared, `new:${++callers}`) },
  ];
}

async function main(): Promise<void> {
  const stores = await startInfrastructure({ log: console.log, redis: true, inMemory: true });
  try {
    if (!stores.redisUrl || !stores.redis) throw new Error('there is no Redis to measure');
    const { connection } = await connectMongo({
      uri: withDatabase(stores.mongodbUri, 'cache_ratio'),
      logger: createLogger({ service: 'cache-ratio', level: 'silent' }),
    });
    const { redis, answers } = await redisAt(stores.redisUrl, connection);
    try {
      const profiles = connection.collection<Profile>('profiles') as unknown as Collection<Profile>;
      const documents = Array.from({ length: DOCUMENTS }, (_, id) => aProfile(id));
      await profiles.insertMany(documents);
      for (const document of documents)
        await insist(() => redis.run(SET, [`profile:${document._id}`], [JSON.stringify(document)]));
      const cached = async (id: number) =>
        JSON.parse((await insist(() => redis.run(GET, [`profile:${id}`], []))) as string) as Profile;
      const [whole, versions] = [shared(profiles, {}), shared(profiles, { version: 1 })];
      const subject = (id: number) => ({ kind: 'balances', tenantId: 1, id }) as const;
      const ways: Way[] = [
        { name: 'MongoDB, questions shared', ask: (id) => whole.get(id) },
        { name: 'MongoDB, a question each', ask: (id) => profiles.findOne({ _id: id }) },
        {
          name: 'Redis, as the platform keeps it',
          ask: (id) => answers.read(subject(id), '', async () => (await whole.get(id)) as Profile),
        },
        { name: 'Redis, as old as it may be', ask: cached },
        {
          name: 'Redis, after the version (shared)',
          ask: async (id) => (await versions.get(id)) && cached(id),
        },
      ];
      const pids = [process.pid, ...stores.mongodb.pids(), ...stores.redis.pids()];
      const all = Object.fromEntries(pids.map((pid) => [String(pid), pid]));
      await measure(ways, all);
      console.log('');
      const write = async (ids: readonly number[]) => answers.end(await answers.begin(ids.map(subject)));
      await measure(
        [
          { name: 'Redis told of a commit of one', ask: (id) => write([id]) },
          {
            name: 'Redis told of a commit of 32, by each',
            ask: async (id) =>
              id % AT_ONCE === 0 ? write(Array.from({ length: AT_ONCE }, (_, one) => id + one)) : null,
          },
        ],
        all,
      );
      console.log('');
      await measure(countingIn(redis), all);
    } finally {
      answers.stop();
      await connection.close();
    }
  } finally {
    await stores.stop();
  }
}

if (values.help) console.log(HELP);
else await main();
