// S1: how fast the statistics take in the log, over how fast it can be read at all.
import { MongoClient, type Db } from 'mongodb';
import type { Envelope } from '@membership/contracts/event';
import { eventuallyTrue } from '../../stack/reachable.ts';
import type { Bench, Measurement } from '../bench.ts';
import { watchCpu } from '../processes.ts';
import { announceLike, rawReadRate } from '../broker.ts';
import { earning } from '../product.ts';
import type { Measurements } from '../report.ts';

const EVENTS = 10_000;
const COUNTED_MS = 180_000;
const ROUNDS_AT_MOST = 3;
type Archived = { _id: string; type: string; text: string };
type Generation = { _id: number; projector?: string; replacedAt?: Date };
type Position = { _id: string; generation: number; events: number };

/** How many events every projector has counted: those of the one that is the furthest behind. */
async function counted(database: Db): Promise<number> {
  const generations = await database
    .collection<Generation>('generations')
    .find({ projector: { $exists: true }, wholeAt: { $exists: true }, replacedAt: { $exists: false } })
    .toArray();
  const positions = await database.collection<Position>('positions').find().toArray();
  const sums = generations.map(({ _id }) =>
    positions.reduce((sum, { generation, events }) => (generation === _id ? sum + events : sum), 0),
  );
  return Math.min(...sums);
}

async function measure(bench: Bench): Promise<Measurements> {
  const { asked, product, generator, log } = bench;
  const client = new MongoClient(product.services.environmentOf('stats')['MONGODB_URI'] as string);
  try {
    const archive = client.db().collection<Archived>('archive');
    const { port, tenant } = product;
    await generator.run({
      port,
      connections: 1,
      calls: tenant.memberIds.map((memberId) => earning(tenant, memberId)),
      milliseconds: COUNTED_MS,
      count: 1,
    });
    await product.outboxDrained();
    const newest = () => archive.findOne({ type: 'points.earned.v1', tenantId: tenant.id });
    const isQuiet = async () => (await counted(client.db())) === (await archive.countDocuments());
    if (
      !(await eventuallyTrue(async () => (await newest()) !== null && isQuiet(), { timeoutMs: COUNTED_MS }))
    )
      throw new Error('the statistics hear no earning');
    const like = JSON.parse((await newest())?.text as string) as Envelope;
    const ratios: number[] = [];
    const rates: string[] = [];
    for (let round = 1; round <= Math.min(asked.rounds, ROUNDS_AT_MOST); round++) {
      const ingest = await ingestRate(bench, like, () => counted(client.db()));
      const raw = await rawReadRate(bench, EVENTS);
      log(
        `round ${round}: ${ingest.perSecond.toFixed(0)} events/s counted (${ingest.cpu} of CPU each), ${raw.toFixed(0)} entries/s read`,
      );
      ratios.push(ingest.perSecond / raw);
      rates.push(`${ingest.perSecond.toFixed(0)} of ${raw.toFixed(0)} (${ingest.cpu})`);
    }
    return { S1: { values: [ratios], note: `events a second, counted of read: ${rates.join(', ')}` } };
  } finally {
    await client.close();
  }
}

/** Holds the statistics still while the log fills, then counts how fast all projectors have counted it. */
async function ingestRate(
  bench: Bench,
  like: Envelope,
  done: () => Promise<number>,
): Promise<{ readonly perSecond: number; readonly cpu: string }> {
  const pid = bench.product.services.pids().stats as number;
  const before = await done();
  process.kill(pid, 'SIGSTOP');
  try {
    await announceLike(bench, like, EVENTS);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const spent = watchCpu({ stats: pid, MongoDB: bench.infrastructure.mongodb.pids()[0] as number });
  const began = performance.now();
  if (
    !(await eventuallyTrue(async () => (await done()) >= before + EVENTS, {
      timeoutMs: COUNTED_MS,
      everyMs: 20,
    }))
  )
    throw new Error(`${EVENTS} events were not counted within ${COUNTED_MS / 1_000} s`);
  const perSecond = (EVENTS * 1_000) / (performance.now() - began);
  const cpu = Object.entries(spent()).map(([name, micros]) => `${name} ${(micros / EVENTS).toFixed(0)} µs`);
  return { perSecond, cpu: cpu.join(' and ') };
}

export const ingestMeasurement: Measurement = { rows: ['S1'], measure };
