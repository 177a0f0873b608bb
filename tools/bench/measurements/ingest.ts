// S1: how fast the statistics take in the log, over how fast it can be read at all.
import { MongoClient } from 'mongodb';
import type { Envelope } from '@membership/contracts/event';
import { eventuallyTrue } from '../../stack/reachable.ts';
import type { Bench, Measurement } from '../bench.ts';
import { announceLike, rawReadRate } from '../broker.ts';
import { earning } from '../product.ts';
import type { Measurements } from '../report.ts';

const EVENTS = 10_000;
const COUNTED_MS = 180_000;
const ROUNDS_AT_MOST = 3;
type Archived = { _id: string; type: string; text: string };

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
    if (!(await eventuallyTrue(async () => (await newest()) !== null, { timeoutMs: COUNTED_MS })))
      throw new Error('the statistics hear no earning');
    const like = JSON.parse((await newest())?.text as string) as Envelope;
    const ratios: number[] = [];
    const rates: string[] = [];
    for (let round = 1; round <= Math.min(asked.rounds, ROUNDS_AT_MOST); round++) {
      const ingest = await ingestRate(bench, like, () => archive.estimatedDocumentCount());
      const raw = await rawReadRate(bench, EVENTS);
      log(`round ${round}: ${ingest.toFixed(0)} events/s counted, ${raw.toFixed(0)} entries/s read`);
      ratios.push(ingest / raw);
      rates.push(`${ingest.toFixed(0)} of ${raw.toFixed(0)}`);
    }
    return { S1: { values: [ratios], note: `events a second, counted of read: ${rates.join(', ')}` } };
  } finally {
    await client.close();
  }
}

/** Holds the statistics still while the log fills, then counts how fast the archive grows. */
async function ingestRate(bench: Bench, like: Envelope, archived: () => Promise<number>): Promise<number> {
  const pid = bench.product.services.pids().stats as number;
  const before = await archived();
  process.kill(pid, 'SIGSTOP');
  try {
    await announceLike(bench, like, EVENTS);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const began = performance.now();
  if (
    !(await eventuallyTrue(async () => (await archived()) >= before + EVENTS, {
      timeoutMs: COUNTED_MS,
      everyMs: 20,
    }))
  )
    throw new Error(`${EVENTS} events were not counted within ${COUNTED_MS / 1_000} s`);
  return (EVENTS * 1_000) / (performance.now() - began);
}

export const ingestMeasurement: Measurement = { rows: ['S1'], measure };
