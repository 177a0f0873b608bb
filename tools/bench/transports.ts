// node tools/bench/transports.ts: what each way of passing a request on costs the gateway (docs/adr/0008-gateway-transport.md).
// One upstream that answers 2 kB at once, a process for each way, rounds in turn. CPU by request is the figure to trust on a busy machine.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { contextKey } from '../../libs/platform/src/http/context.ts';
import { createLogger } from '../../libs/platform/src/log.ts';
import { exchange } from '../../services/gateway/src/proxy/plain-proxy.ts';
import { Upstream } from '../../services/gateway/src/proxy/upstream.ts';
import type { Load, LoadResult } from './load.ts';
import { startWorker } from './worker.ts';

const WAYS = [
  'undici',
  'undici and opossum',
  'http-proxy-middleware',
  'http-proxy-middleware in express',
] as const;
type Way = (typeof WAYS)[number];
const CONTEXT_KEY = contextKey('a-key-of-the-benchmark-0123456789-0123456789');
const HEADERS = ['x-membership-context', 'signed', 'x-request-id', 'r-1', 'x-forwarded-for', '127.0.0.1'];
const OWN = ['x-request-id', 'r-1', 'x-content-type-options', 'nosniff'];

function listenerOf(way: Way, url: string): RequestListener {
  const upstream = new Upstream({
    service: 'points',
    cell: null,
    url,
    keys: () => [CONTEXT_KEY],
    connections: 128,
    connectionSeconds: 60,
    perTenant: 128,
    listeners: 128,
    listenersPerTenant: 128,
    waiting: 0,
    resetMilliseconds: 2_000,
    probe: { everyMilliseconds: 60_000, timeoutMilliseconds: 1_000 },
    logger: createLogger({ service: 'bench', level: 'silent' }),
  });
  const facts = (request: IncomingMessage, response: ServerResponse) => ({
    request,
    response,
    headers: [...HEADERS],
    ownHeaders: OWN,
    timeoutMilliseconds: 15_000,
  });
  const pass = (request: IncomingMessage, response: ServerResponse) =>
    exchange({ ...facts(request, response), connections: upstream.connections, bodyLimit: 100_000 });
  if (way === 'undici') return (request, response) => void pass(request, response);
  if (way === 'undici and opossum')
    return (request, response) => void upstream.breaker.run(() => pass(request, response));
  const proxied: RequestListener = (request, response) =>
    void upstream.streams.pass(facts(request, response));
  return way === 'http-proxy-middleware' ? proxied : express().use(proxied);
}

/** A server in a process of its own; asked for its CPU time, it says the microseconds so far. */
async function serve(listener: RequestListener): Promise<void> {
  const server = createServer({ keepAliveTimeout: 75_000 }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on('disconnect', () => process.exit());
  process.send?.((server.address() as AddressInfo).port);
}

async function started(...args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(import.meta.filename, args);
  const [port] = (await once(child, 'message')) as [number];
  return { child, port };
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [microseconds] = (await once(child, 'message')) as [number];
  return microseconds;
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

async function compare(rounds: number, milliseconds: number): Promise<void> {
  const upstream = await started('upstream');
  const url = `http://127.0.0.1:${upstream.port}`;
  const fronts = [];
  for (const way of WAYS)
    fronts.push({ way, ...(await started('front', way, url)), rates: [] as number[], cpu: [] as number[] });
  const generator = await startWorker<Load, LoadResult>('load-generator');
  try {
    for (let round = 0; round <= rounds; round++)
      for (const front of fronts) {
        const before = await cpuOf(front.child);
        const result = await generator.run({
          port: front.port,
          calls: [{ method: 'GET', path: '/' }],
          connections: 32,
          milliseconds,
        });
        if (result.failures > 0) throw new Error(`${front.way}: ${result.firstFailure}`);
        // The first round warms up.
        if (round === 0) continue;
        front.rates.push((result.count * 1_000) / result.milliseconds);
        front.cpu.push(((await cpuOf(front.child)) - before) / result.count);
      }
    const first = fronts[0];
    console.log('| way | requests/s | ratio | CPU µs/request | ratio |\n| --- | --- | --- | --- | --- |');
    for (const { way, rates, cpu } of fronts) {
      const ratios = (own: readonly number[], of: readonly number[]) =>
        median(own.map((value, index) => value / (of[index] ?? Number.NaN)));
      console.log(
        `| ${way} | ${median(rates).toFixed(0)} | ${ratios(rates, first?.rates ?? []).toFixed(2)} | ${median(cpu).toFixed(0)} | ${ratios(cpu, first?.cpu ?? []).toFixed(2)} |`,
      );
    }
  } finally {
    await generator.stop();
    for (const { child } of [upstream, ...fronts]) if (child.connected) child.disconnect();
  }
}

const [role, way, url] = process.argv.slice(2);
if (role === 'upstream') {
  const text = JSON.stringify({ results: 'x'.repeat(2_000) });
  await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text),
  );
} else if (role === 'front') await serve(listenerOf(way as Way, url as string));
else if (role === '--help')
  console.log('node tools/bench/transports.ts [rounds] [milliseconds]   (7 rounds of 2000 ms)');
else await compare(Number(role ?? 7), Number(way ?? 2_000));
