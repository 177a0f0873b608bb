// B1, B2: how soon a committed fact reaches a consumer, and whether the relay keeps up with the earnings.
import { setTimeout as sleep } from 'node:timers/promises';
import { LEASES } from '@membership/platform/lease';
import { type Bench, type Measurement, wants } from '../bench.ts';
import { listen } from '../broker.ts';
import type { Load } from '../load.ts';
import { earning } from '../product.ts';
import { quantile, type Measurements } from '../report.ts';
import { eventuallyTrue } from '../../stack/reachable.ts';

const MANY = 32;
const PACE = 200;
const CAUGHT_UP_MS = 120_000;
/** How much of what is earned the outbox may grow by. */
const FLAT = 0.02;
/** What the transactions of a moment leave there: confirmed ones are deleted together. */
const UNDER_WAY = 8 * MANY;
type LeaseRow = { _id: string; owner: string; until: Date };

async function measure(bench: Bench): Promise<Measurements> {
  return {
    ...(wants(bench, 'B1') ? { B1: await delay(bench) } : {}),
    ...(wants(bench, 'B2') ? { B2: await throughput(bench) } : {}),
  };
}

const loadOf = ({ product: { port, tenant } }: Bench): Omit<Load, 'milliseconds'> => ({
  port,
  connections: MANY,
  calls: tenant.memberIds.map((memberId) => earning(tenant, memberId)),
});

async function delay(bench: Bench) {
  const { asked, generator, product } = bench;
  const delays: number[] = [];
  let isWarm = false;
  const end = await listen(bench, ({ time }) => {
    if (isWarm) delays.push(Date.now() - Date.parse(time));
  });
  try {
    await generator.run({ ...loadOf(bench), perSecond: PACE, milliseconds: 3_000 });
    isWarm = true;
    await generator.run({
      ...loadOf(bench),
      perSecond: PACE,
      milliseconds: asked.seconds * asked.rounds * 1_000,
    });
    await product.outboxDrained();
  } finally {
    await end();
  }
  delays.sort((left, right) => left - right);
  const note = `${delays.length} events; counted from the moment the fact is announced, so the commit's own time is part of it`;
  return { values: [quantile(delays, 0.5), quantile(delays, 0.99)], note };
}

/** Facts that wait in the outbox of the points service. */
async function factsWaiting({ product }: Pick<Bench, 'product'>): Promise<number> {
  const [sum] = await product.pointsDatabase
    .collection('outbox')
    .aggregate<{ facts: number }>([{ $group: { _id: null, facts: { $sum: { $size: '$facts' } } } }])
    .toArray();
  return sum?.facts ?? 0;
}

async function throughput(bench: Bench) {
  const { asked, generator, product } = bench;
  let heard = 0;
  const end = await listen(bench, () => heard++);
  try {
    const load = { ...loadOf(bench), milliseconds: asked.seconds * asked.rounds * 500 };
    // What is on its way when a second half begins is on its way when it ends: only what grows is not flat.
    await generator.run(load);
    const before = await factsWaiting(bench);
    const together = await generator.run(load);
    const after = await factsWaiting(bench);
    const earned = (together.count * 1_000) / together.milliseconds;
    const kept = 1 - Math.max(0, after - before - UNDER_WAY) / together.count;
    await product.outboxDrained();
    const note = `the outbox went from ${before} to ${after} events while ${together.count} were earned`;
    if (kept < 1 - FLAT) return { values: [kept], note };
    const drained = await drainRate(bench, () => heard);
    return {
      values: [drained / earned],
      note: `${note}; a full outbox drains at ${drained.toFixed(0)} events/s, beside earnings of ${earned.toFixed(0)}/s`,
    };
  } finally {
    await end();
  }
}

/** Keeps the relay from its lease while earnings fill the outbox, then lets it go and counts how fast they arrive. */
async function drainRate(
  { asked, generator, product, ...bench }: Bench,
  heard: () => number,
): Promise<number> {
  const leases = product.pointsDatabase.collection<LeaseRow>(LEASES);
  const milliseconds = asked.seconds * 1_000;
  await leases.updateOne(
    { _id: 'relay' },
    { $set: { owner: 'bench', until: new Date(Date.now() + CAUGHT_UP_MS) } },
  );
  await sleep(3_500);
  const before = heard();
  await generator.run({ ...loadOf({ asked, generator, product, ...bench }), milliseconds });
  await sleep(200);
  const waiting = await factsWaiting({ product });
  const already = heard() - before;
  await leases.updateOne({ _id: 'relay' }, { $set: { until: new Date(0) } });
  const began = await eventuallyTrue(async () => heard() > before + already, { timeoutMs: CAUGHT_UP_MS });
  const started = performance.now();
  const first = heard();
  const arrived = await eventuallyTrue(async () => heard() >= before + already + waiting, {
    timeoutMs: CAUGHT_UP_MS,
  });
  if (!began || !arrived) throw new Error('the events did not arrive');
  return ((before + already + waiting - first) * 1_000) / (performance.now() - started);
}

export const eventsMeasurement: Measurement = { rows: ['B1', 'B2'], measure };
