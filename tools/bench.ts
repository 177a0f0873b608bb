// npm run bench: the hot paths against their floors, in interleaved rounds, with a report.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { HELP, parseBenchArguments, type BenchArguments } from './bench/arguments.ts';
import type { Bench, Measurement } from './bench/bench.ts';
import type { FloorAnswers } from './bench/floor-service.ts';
import type { Load, LoadResult } from './bench/load.ts';
import { commitOf, machineOf } from './bench/machine.ts';
import { activationMeasurement } from './bench/measurements/activation.ts';
import { earningMeasurement } from './bench/measurements/earning.ts';
import { eventsMeasurement } from './bench/measurements/events.ts';
import { freshnessMeasurement } from './bench/measurements/freshness.ts';
import { gatewayMeasurement } from './bench/measurements/gateway.ts';
import { growthMeasurement } from './bench/measurements/growth.ts';
import { ingestMeasurement } from './bench/measurements/ingest.ts';
import { listsMeasurement } from './bench/measurements/lists.ts';
import { memoryMeasurement } from './bench/measurements/memory.ts';
import { readsMeasurement } from './bench/measurements/reads.ts';
import { peersMeasurement } from './bench/measurements/peers.ts';
import { mixedMeasurement } from './bench/measurements/mixed.ts';
import { type Nginx, startNginx } from './bench/nginx.ts';
import { startProduct } from './bench/product.ts';
import { markdownOf, resultsOf, type Measurements, type Report } from './bench/report.ts';
import { startWorker } from './bench/worker.ts';
import { orRefuse } from './command-line.ts';
import { withDatabase } from './stack/database-uri.ts';
import { PROJECT_DIR, THROWAWAY_DIR } from './stack/folders.ts';
import { startInfrastructure } from './stack/infrastructure.ts';
import { PassedOver } from './stack/store.ts';

/** In the order in which they run: memory first, while everything is at rest. */
const MEASUREMENTS: readonly Measurement[] = [
  memoryMeasurement,
  mixedMeasurement,
  readsMeasurement,
  gatewayMeasurement,
  earningMeasurement,
  activationMeasurement,
  eventsMeasurement,
  freshnessMeasurement,
  ingestMeasurement,
  listsMeasurement,
  growthMeasurement,
  peersMeasurement,
];
/** How the reason begins of a row that should have been measured; one without nginx is passed over instead. */
const FAILED = 'could not be measured: ';
const MEMBERS = 256;
const RESULTS_DIR = join(PROJECT_DIR, 'bench-results');

const started = Date.now();
const log = (line: string): void =>
  console.log(`${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s  ${line}`);
/** How to end what has been started, the last first. */
const endings: (() => Promise<unknown>)[] = [];

async function endAll(): Promise<void> {
  for (let end = endings.pop(); end; end = endings.pop())
    await end().catch((error: Error) => log(`not stopped cleanly: ${error.message}`));
}

async function bench(asked: BenchArguments): Promise<Report> {
  const machine = machineOf();
  const name = `${process.pid}-bench-${randomBytes(3).toString('hex')}`;
  const stackDir = join(THROWAWAY_DIR, name);
  mkdirSync(join(stackDir, 'logs'), { recursive: true });
  endings.push(async () => rmSync(stackDir, { recursive: true, force: true }));
  const infrastructure = await startInfrastructure({ log, redis: asked.redis });
  endings.push(() => infrastructure.stop());
  const { nginx, nginxMissing } = await proxyIfThereIsOne(stackDir, asked);
  const generator = await startWorker<Load, LoadResult>('load-generator');
  endings.push(() => generator.stop());
  log('starting the services and loading them');
  const isolation = `bench${process.pid}`;
  const floorUri = withDatabase(infrastructure.mongodbUri, `${isolation}_floor`);
  const floor = await floorOfReads(floorUri, asked);
  const product = await startProduct({
    infrastructure,
    stackDir,
    isolation,
    members: MEMBERS,
    staticUpstreamPort: nginx?.upstreamPort ?? null,
    floorPort: floor ? (await floor.run(null)).port : null,
    log,
  });
  endings.push(() => product.stop());
  const context: Bench = {
    asked,
    stackDir,
    infrastructure,
    product,
    nginx,
    nginxMissing,
    generator,
    floorUri,
    floor,
    log,
  };

  const measurements: Measurements = {};
  for (const { rows, measure } of MEASUREMENTS) {
    const wanted = rows.filter((row) => asked.only.includes(row));
    if (wanted.length === 0) continue;
    log(`measuring ${wanted.join(', ')}`);
    try {
      Object.assign(measurements, await measure(context));
    } catch (error) {
      log(`${wanted.join(', ')} could not be measured: ${(error as Error).stack}`);
      for (const row of wanted) measurements[row] = { reason: `${FAILED}${(error as Error).message}` };
    }
  }
  for (const row of asked.only) measurements[row] ??= { reason: 'not measured yet' };
  return {
    takenAt: new Date().toISOString(),
    commit: commitOf(),
    machine,
    versions: {
      node: process.version,
      mongodb: infrastructure.description.mongodb,
      rabbitmq: infrastructure.description.rabbitmq,
      nginx: nginx?.version ?? `none: ${nginxMissing}`,
      durability: await durabilityOf(floorUri),
    },
    settings: { seconds: asked.seconds, rounds: asked.rounds },
    rows: resultsOf(measurements),
  };
}

/** What a majority write waits for here: the same for product and floors, which share the server and its defaults. */
async function durabilityOf(uri: string): Promise<string> {
  const client = await new MongoClient(uri).connect();
  try {
    const { config } = (await client.db('admin').command({ replSetGetConfig: 1 })) as {
      config: { writeConcernMajorityJournalDefault?: boolean; members: unknown[] };
    };
    const isJournaled = config.writeConcernMajorityJournalDefault !== false;
    return `both sides write to the same mongod (a set of ${config.members.length}) with w: majority, ${isJournaled ? 'journaled' : 'not journaled'}`;
  } finally {
    await client.close();
  }
}

/** Before the services: the gateway is told where it listens. */
async function floorOfReads(uri: string, { only }: BenchArguments): Promise<Bench['floor']> {
  if (!readsMeasurement.rows.some((row) => only.includes(row))) return null;
  const floor = await startWorker<FloorAnswers | null, { port: number }>('points-floor', {
    MONGODB_URI: uri,
  });
  endings.push(() => floor.stop());
  return floor;
}

async function proxyIfThereIsOne(
  stackDir: string,
  { only }: BenchArguments,
): Promise<{ nginx: Nginx | null; nginxMissing: string | null }> {
  if (![...gatewayMeasurement.rows, 'R4' as const].some((row) => only.includes(row)))
    return { nginx: null, nginxMissing: 'not asked for' };
  try {
    const nginx = await startNginx({ stackDir, log });
    endings.push(() => nginx.stop());
    return { nginx, nginxMissing: null };
  } catch (error) {
    if (!(error instanceof PassedOver)) throw error;
    log(`no nginx: ${error.message}`);
    return { nginx: null, nginxMissing: `no nginx can be had: ${error.message}` };
  }
}

function write(report: Report): string {
  mkdirSync(RESULTS_DIR, { recursive: true });
  const file = join(RESULTS_DIR, report.takenAt.replace(/[:.]/g, '-'));
  const markdown = markdownOf(report);
  writeFileSync(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${file}.md`, markdown);
  console.log(`\n${markdown}\nWritten to ${file}.md and .json`);
  return file;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void endAll().then(() => process.exit(130)));
try {
  const asked = orRefuse(() => parseBenchArguments(process.argv.slice(2)));
  if (asked.help) console.log(HELP);
  else {
    const report = await bench(asked);
    write(report);
    const missed = report.rows.filter(({ verdict }) => verdict === 'missed').map(({ id }) => id);
    const failed = report.rows.filter(
      ({ id, reason }) => asked.only.includes(id) && reason?.startsWith(FAILED),
    );
    if (missed.length > 0) console.log(`Bars missed: ${missed.join(', ')}`);
    if (!asked.isReportOnly && missed.length + failed.length > 0) process.exitCode = 1;
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await endAll();
}
process.exit();
