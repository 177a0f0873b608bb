// npm run export-memory: what the export of a million rows costs in memory and time, the audit trail's and a leaderboard's.
import { createHash, randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runTransaction } from '@membership/platform/run-transaction';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { parseArgs } from './command-line.ts';
import { ScoresRepository } from '../services/stats/src/boards/scores-repository.ts';
import { statsService } from '../services/stats/src/service.ts';
import { boardGeneration } from './stack/board-generation.ts';
import { startInfrastructure } from './stack/infrastructure.ts';

const HELP = `Exports the audit trail and a leaderboard, a million rows each, over HTTP from the real service, and watches the memory of its process:
what is in use (after collecting) must not grow with the rows.

  npm run export-memory                      about 10 minutes, most of it loading
  npm run export-memory -- --rows 100000     fewer rows
  npm run export-memory -- --members 100000  fewer members on the leaderboard (as many as rows)
  npm run export-memory -- --bar 48          ends with 1 when the heap in use grew by more MB than that (48)

Starts its own MongoDB and RabbitMQ. Reader and service share one process: what is told is what both use.
`;
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    members: { type: 'string' },
    bar: { type: 'string', default: '48' },
    help: { type: 'boolean', default: false },
  },
});

const TENANT = 1;
const BATCH = 5_000;
const LOOK_EVERY = 50_000;
const MB = 1_048_576;
const started = Date.now();
const log = (line: string): void =>
  console.log(`${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s  ${line}`);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function load(kit: ServiceKit, rows: number, members: number): Promise<void> {
  const repository = new ScoresRepository(await kit.connection.useDb(kit.connection.name).asPromise());
  const generation = await boardGeneration(kit);
  const archive = kit.connection.collection<{ _id: string }>('archive');
  const time = new Date(started - 3_600_000);
  // Nothing of it is to be counted besides.
  await kit.connection.collection('positions').updateMany({}, { $set: { countedTo: rows } });
  for (let from = 0; from < rows; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, rows - from) }, (_, index) => from + index + 1);
    const entries = numbers.map((number) => {
      const id = randomUUID();
      const data = {
        profileId: number,
        recordId: number,
        points: 10,
        category: 'login',
        balanceAfter: number,
      };
      const envelope = {
        ...{
          specversion: '1.0',
          id,
          source: '/services/points',
          type: 'points.earned.v1',
          subject: String(number),
        },
        ...{
          time: time.toISOString(),
          datacontenttype: 'application/json',
          tenantid: TENANT,
          sequence: 1,
          data,
        },
        ...{ actor: `user:${number}`, correlationid: createHash('md5').update(id).digest('hex') },
      };
      return {
        ...{ _id: id, tenantId: TENANT, type: envelope.type, time, memberId: number, actor: envelope.actor },
        ...{ position: number, text: JSON.stringify(envelope) },
      };
    });
    await archive.insertMany(entries, { ordered: false });
    const board = { metric: 'earned', window: 'all', period: 'all' } as const;
    const changes = numbers
      .filter((number) => number <= members)
      .map((memberId) => ({
        ...{ tenantId: TENANT, board, memberId, points: 1 + (memberId % 5_000) },
        reachedAt: started - memberId,
      }));
    if (changes.length > 0)
      await runTransaction(kit.connection, (session) =>
        repository.add(generation, { changes, zones: new Map() }, session),
      );
    if (from % (100 * BATCH) === 0) log(`${from + numbers.length} rows are there`);
  }
  await kit.connection
    .collection<{ _id: string }>('archive_head')
    .updateOne({ _id: 'archive' }, { $set: { epoch: 0, offset: rows } }, { upsert: true });
}

/** Reads an export as a slow program would: whole, and keeping nothing. Returns by how many MB the heap in use grew. */
async function measure(kit: ServiceKit, query: string, rows: number): Promise<number> {
  const response = await fetch(`${kit.url}/api/v1/stats/export/?${query}`, {
    headers: kit.headersOf({ role: 'admin', tenantId: TENANT, userId: 3 }),
  });
  if (!response.ok || !response.body) throw new Error(`${query}: ${response.status}`);
  const begun = performance.now();
  let [lines, bytes, next, first, most] = [0, 0, LOOK_EVERY, 0, 0];
  for await (const chunk of response.body) {
    bytes += chunk.length;
    for (const byte of chunk as Uint8Array) if (byte === 10) lines++;
    if (lines < next) continue;
    next += LOOK_EVERY;
    collect();
    const { heapUsed, external } = process.memoryUsage();
    first ||= heapUsed + external;
    most = Math.max(most, heapUsed + external);
  }
  const seconds = (performance.now() - begun) / 1_000;
  const expected = rows + (query.includes('csv') ? 1 : 0);
  if (lines !== expected) throw new Error(`${query}: ${lines} lines instead of ${expected}`);
  const grew = (most - first) / MB;
  log(
    `${query.padEnd(44)} ${rows} rows, ${Math.round(bytes / MB)} MB in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)}/s); in use ${Math.round(first / MB)} MB, at most ${grew.toFixed(1)} MB more`,
  );
  return grew;
}

const endings: (() => Promise<unknown>)[] = [];
async function endAll(): Promise<void> {
  for (let end = endings.pop(); end; end = endings.pop())
    await end().catch((error: Error) => log(`not stopped cleanly: ${error.message}`));
}

async function main(): Promise<void> {
  const rows = Number(values.rows);
  const members = Number(values.members ?? rows);
  const infrastructure = await startInfrastructure({ log });
  endings.push(() => infrastructure.stop());
  process.env.MONGODB_URI = infrastructure.mongodbUri;
  process.env.AMQP_URL = infrastructure.amqpUrl;
  const kit = await startServiceKit(statsService);
  endings.push(() => kit.stop());
  await load(kit, rows, members);
  let worst = 0;
  for (const query of [
    'report=events&format=csv',
    'report=events&format=ndjson',
    'report=leaderboards&window=all&format=csv',
  ])
    worst = Math.max(worst, await measure(kit, query, query.includes('leaderboards') ? members : rows));
  const isWell = worst <= Number(values.bar);
  console.log(
    `\nat most ${worst.toFixed(1)} MB more in use (bar ${values.bar} MB): ${isWell ? 'passed' : 'missed'}`,
  );
  process.exitCode = isWell ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void endAll().then(() => process.exit(130)));
try {
  if (values.help) console.log(HELP);
  else await main();
} catch (error) {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
} finally {
  await endAll();
}
process.exit();
