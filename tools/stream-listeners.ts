// npm run stream-listeners: what a thousand who follow figures cost everybody else on one gateway, and how soon they are told.
import { mkdirSync, rmSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { streamFigures } from '@membership/contracts/endpoints/stats/index';
import { earnPoints, getProfile } from '@membership/contracts/endpoints/points/index';
import { pathFor } from '@membership/contracts/routes';
import { parseArgs } from './command-line.ts';
import type { Load, LoadResult } from './bench/load.ts';
import { residentMegabytes, watchCpu } from './bench/processes.ts';
import { startProduct, type Product, type Tenant } from './bench/product.ts';
import { median, quantile } from './bench/report.ts';
import { startWorker, type Worker } from './bench/worker.ts';
import { THROWAWAY_DIR } from './stack/folders.ts';
import { startInfrastructure } from './stack/infrastructure.ts';

const HELP = `Requests at an even pace through a gateway, in turn without and with connections that follow figures over Server-Sent Events,
while in each of their tenants somebody earns points all the time. Tells what the requests took, how soon each change was with
all who follow it, and what gateway and statistics spent.

  npm run stream-listeners                     1,000 connections of 20 tenants, about 3 minutes
  npm run stream-listeners -- --listeners 200  fewer
  npm run stream-listeners -- --rounds 5       rounds of each (3)
  npm run stream-listeners -- --bar 2          ends with 1 when the median request took more than so many times as long (2)

Starts its own stores and services. A connection that is refused, or ends, ends with 1, too.
`;
const { values } = parseArgs({
  options: {
    listeners: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    bar: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});

const PER_TENANT = 50;
const ROUND_MS = 5_000;
const REQUESTS_PER_SECOND = 50;
const EARN_EVERY_MS = 1_000;
const PATIENCE_MS = 60_000;
const started = Date.now();
const log = (line: string): void =>
  console.log(`${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s  ${line}`);

/** Points were earned in a tenant: `issued` is what the figures must say from then on, at the earliest. */
type Earned = { readonly at: number; readonly issued: number };
type Followed = { readonly tenant: Tenant; issued: number; earned: Earned[] };

/** One connection. */
class Listener {
  readonly #request: ClientRequest;
  #text = '';
  #issued = -1;
  failure: string | null = null;
  isTold = false;

  constructor(product: Product, followed: Followed, told: (milliseconds: number) => void) {
    const headers = {
      authorization: `Bearer ${product.superToken}`,
      'x-tenant-id': String(followed.tenant.id),
      accept: 'text/event-stream',
    };
    const { port } = product;
    this.#request = request({ host: '127.0.0.1', port, path: streamFigures.path, headers }, (response) => {
      if (response.statusCode !== 200) this.failure = `status ${response.statusCode}`;
      response.setEncoding('utf8');
      response.on('data', (piece: string) => this.#take(piece, followed, told));
      response.on('end', () => (this.failure ??= 'it ended'));
      response.on('error', () => undefined);
    });
    this.#request.on('error', (error) => (this.failure ??= error.message));
    this.#request.end();
  }

  #take(piece: string, { earned }: Followed, told: (milliseconds: number) => void): void {
    const blocks = (this.#text + piece).split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined || !block.includes('event: overview')) continue;
      const { points } = JSON.parse(data) as { points: { issued: number } };
      if (this.isTold)
        for (const { at, issued } of earned)
          if (issued > this.#issued && issued <= points.issued) told(performance.now() - at);
      this.#issued = points.issued;
      this.isTold = true;
    }
  }

  leave(): void {
    this.failure ??= 'left';
    this.#request.destroy();
  }
}

/** Somebody earns in each tenant, one after the other, until it is stopped. */
function earnAllTheTime(product: Product, all: readonly Followed[]): () => Promise<void> {
  let isOver = false;
  const earning = (async () => {
    while (!isOver) {
      const begun = performance.now();
      for (const followed of all) {
        const { tenant } = followed;
        const response = await fetch(
          `http://127.0.0.1:${product.port}${pathFor(earnPoints.path, { id: tenant.memberIds[0] as number })}`,
          {
            method: 'POST',
            headers: {
              authorization: `Bearer ${tenant.serviceToken}`,
              'content-type': 'application/json',
            },
            body: JSON.stringify({ points_amount: 1, category: 'manual' }),
          },
        );
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`an earning was answered ${response.status}`);
        followed.issued++;
        followed.earned.push({ at: performance.now(), issued: followed.issued });
        if (followed.earned.length > 100) followed.earned.shift();
        if (isOver) return;
        await delay(Math.max(0, EARN_EVERY_MS / all.length - (performance.now() - begun) / all.length));
      }
    }
  })();
  return async () => {
    isOver = true;
    await earning;
  };
}

type Round = { readonly p50: number; readonly p99: number; readonly cpu: Record<string, number> };
async function measure(product: Product, generator: Worker<Load, LoadResult>): Promise<Round> {
  const { tenant, port, services } = product;
  const spent = watchCpu({
    gateway: services.pids().gateway as number,
    stats: services.pids().stats as number,
  });
  const result = await generator.run({
    port,
    calls: tenant.memberIds.map((id) => ({
      method: 'GET',
      path: pathFor(getProfile.path, { id }),
      headers: { authorization: `Bearer ${tenant.serviceToken}` },
    })),
    connections: 8,
    perSecond: REQUESTS_PER_SECOND,
    milliseconds: ROUND_MS,
  });
  if (result.failures > 0) throw new Error(`${result.failures} requests failed: ${result.firstFailure}`);
  return { p50: result.p50Ms, p99: result.p99Ms, cpu: spent() };
}

/** How to end what has been started, the last first. */
const endings: (() => Promise<unknown>)[] = [];
async function endAll(): Promise<void> {
  for (let end = endings.pop(); end; end = endings.pop())
    await end().catch((error: Error) => log(`not stopped cleanly: ${error.message}`));
}

async function main(): Promise<void> {
  const count = Number(values.listeners);
  const stackDir = join(THROWAWAY_DIR, `${process.pid}-listeners`);
  mkdirSync(join(stackDir, 'logs'), { recursive: true });
  endings.push(async () => rmSync(stackDir, { recursive: true, force: true }));
  const infrastructure = await startInfrastructure({ log });
  endings.push(() => infrastructure.stop());
  const generator = await startWorker<Load, LoadResult>('load-generator');
  endings.push(() => generator.stop());
  const product = await startProduct({
    ...{ infrastructure, stackDir, isolation: `listeners${process.pid}`, members: 64, log },
    ...{ staticUpstreamPort: null, floorPort: null },
  });
  endings.push(() => product.stop());
  const all: Followed[] = [];
  for (let number = 0; number < Math.ceil(count / PER_TENANT); number++)
    all.push({ tenant: await product.newTenant(`live-${number}`, { members: 1 }), issued: 0, earned: [] });
  log(`${all.length} tenants are there`);
  // What made each tenant known to all may have been earnings: from here on they are counted.
  for (const followed of all) followed.issued = await issuedIn(product, followed.tenant);
  endings.push(earnAllTheTime(product, all));
  const pids = product.services.pids();
  const memory = () => ({
    gateway: residentMegabytes(pids.gateway as number) ?? 0,
    stats: residentMegabytes(pids.stats as number) ?? 0,
  });
  await measure(product, generator);
  const without: Round[] = [];
  const withThem: Round[] = [];
  const told: number[] = [];
  const grown = { gateway: 0, stats: 0 };
  for (let round = 1; round <= Number(values.rounds); round++) {
    without.push(await measure(product, generator));
    const before = memory();
    const listeners = Array.from(
      { length: count },
      (_, index) => new Listener(product, all[index % all.length] as Followed, (ms) => told.push(ms)),
    );
    for (const begun = performance.now(); listeners.some(({ isTold }) => !isTold); await delay(50)) {
      const refused = listeners.find(({ failure }) => failure !== null);
      if (refused) throw new Error(`a connection was lost: ${refused.failure}`);
      if (performance.now() - begun > PATIENCE_MS) throw new Error('not everybody was told anything');
    }
    withThem.push(await measure(product, generator));
    const after = memory();
    grown.gateway = Math.max(grown.gateway, after.gateway - before.gateway);
    grown.stats = Math.max(grown.stats, after.stats - before.stats);
    const lost = listeners.filter(({ failure }) => failure !== null);
    for (const listener of listeners) listener.leave();
    if (lost.length > 0) throw new Error(`${lost.length} connections were lost: ${lost[0]?.failure}`);
    log(
      `round ${round}: p50 ${without.at(-1)?.p50.toFixed(1)} → ${withThem.at(-1)?.p50.toFixed(1)} ms, p99 ${without.at(-1)?.p99.toFixed(1)} → ${withThem.at(-1)?.p99.toFixed(1)} ms`,
    );
  }
  const of = (rounds: readonly Round[], figure: 'p50' | 'p99') => median(rounds.map((one) => one[figure]));
  const cpuOf = (rounds: readonly Round[], name: string) =>
    (median(rounds.map(({ cpu }) => cpu[name] ?? 0)) / ROUND_MS / 10).toFixed(1);
  told.sort((left, right) => left - right);
  const ratio = of(withThem, 'p50') / of(without, 'p50');
  console.log(`
${count} connections of ${all.length} tenants, an earning a second in each; ${REQUESTS_PER_SECOND} other requests a second
  requests      p50 ${of(without, 'p50').toFixed(1)} → ${of(withThem, 'p50').toFixed(1)} ms (${ratio.toFixed(2)}), p99 ${of(without, 'p99').toFixed(1)} → ${of(withThem, 'p99').toFixed(1)} ms
  told after    p50 ${quantile(told, 0.5).toFixed(0)} ms, p99 ${quantile(told, 0.99).toFixed(0)} ms of the earning's answer (${told.length} times)
  gateway       ${cpuOf(without, 'gateway')} → ${cpuOf(withThem, 'gateway')} % of a core, ${((grown.gateway * 1_024) / count).toFixed(0)} kB a connection
  statistics    ${cpuOf(without, 'stats')} → ${cpuOf(withThem, 'stats')} % of a core, ${((grown.stats * 1_024) / count).toFixed(0)} kB a connection`);
  const isWell = ratio <= Number(values.bar);
  console.log(isWell ? 'passed' : `missed: over ${values.bar} times as long`);
  process.exitCode = isWell ? 0 : 1;
}

/** What a tenant's figures say, once they stand still. */
async function issuedIn(product: Product, tenant: Tenant): Promise<number> {
  const headers = { authorization: `Bearer ${product.superToken}`, 'x-tenant-id': String(tenant.id) };
  for (let before = -1; ; await delay(700)) {
    const response = await fetch(`http://127.0.0.1:${product.port}/api/v1/stats/overview/`, { headers });
    const { points } = (await response.json()) as { points: { issued: number } };
    if (points.issued === before) return before;
    before = points.issued;
  }
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
