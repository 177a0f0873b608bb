/** Those who follow events have connections of their own: however many they are, ordinary requests go on. */
import type { ServerResponse } from 'node:http';
import {
  exportStatistics,
  getStatsOverview,
  streamFigures,
} from '@membership/contracts/endpoints/stats/index';
import { eventually } from '@membership/platform/testing/eventually';
import { FakeService } from './fake-service.ts';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, sampleOf } from './raw-http.ts';

const CONNECTIONS = 4;
const OF_A_TENANT = 3;
const LISTENERS = 8;
const stats = new FakeService(['stats']);
let gateway: GatewayKit;
let tenants: readonly ATenant[];
/** What the service sends its listeners, as long as they are there. */
const open = new Set<ServerResponse>();
const leaving = new AbortController();

beforeAll(async () => {
  stats.answering = (request, response) => {
    if (!request.url?.startsWith(streamFigures.path)) {
      response.writeHead(200).end('{}');
      return;
    }
    open.add(response);
    response.on('close', () => open.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n');
  };
  gateway = await startGateway({
    STATS_URL: await stats.listen(),
    UPSTREAM_CONNECTIONS: String(CONNECTIONS),
    UPSTREAM_LISTENERS: String(LISTENERS),
    UPSTREAM_TIMEOUT_MS: '60000',
  });
  tenants = await Promise.all(['acme', 'globex', 'initech'].map((name) => gateway.aTenant(name)));
});
afterAll(async () => {
  leaving.abort();
  await gateway?.stop();
  await stats.close();
});

type Listener = {
  readonly status: number;
  /** Held: `fetch` breaks off an answer of which nothing is read once nobody has it any more. */
  readonly response: Response;
  leave(): void;
};
/** Resolves once it is told something. */
async function listen({ adminToken }: ATenant, url = gateway.kit.url): Promise<Listener> {
  const own = new AbortController();
  const response = await fetch(`${url}${streamFigures.path}`, {
    headers: { authorization: `Bearer ${adminToken}` },
    signal: AbortSignal.any([leaving.signal, own.signal]),
  });
  return { status: response.status, response, leave: () => own.abort() };
}
const ask = (path: string, { adminToken }: ATenant) =>
  rawRequest(gateway.kit.url, path, { headers: { authorization: `Bearer ${adminToken}` } });
const waiting = async () =>
  sampleOf(await gateway.kit.metrics(), 'membership_gateway_proxy_waiting', { upstream: 'stats' });

test('more listeners than connections of requests: those and exports go on, and who finds no place waits for one', async () => {
  const [acme, globex, initech] = tenants as [ATenant, ATenant, ATenant];
  const all: Listener[] = [];
  for (const tenant of [acme, globex, initech])
    for (let count = 0; count < OF_A_TENANT && all.length < LISTENERS; count++)
      all.push(await listen(tenant));
  expect(all.map(({ status }) => status)).toEqual(all.map(() => 200));
  expect([all.length, open.size]).toEqual([LISTENERS, LISTENERS]);

  const another = listen(initech);
  const beyond = listen(acme);
  await eventually(async () => expect(await waiting()).toBe(2));
  for (const path of [getStatsOverview.path, `${exportStatistics.path}?report=trends`])
    for (const tenant of tenants) {
      const answers = await Promise.all(Array.from({ length: 2 * CONNECTIONS }, () => ask(path, tenant)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    }

  // A place that another tenant leaves is no more of one that has its part.
  all[OF_A_TENANT]?.leave();
  expect((await another).status).toBe(200);
  expect(await waiting()).toBe(1);
  all[0]?.leave();
  expect((await beyond).status).toBe(200);
  await eventually(async () => expect([open.size, await waiting()]).toEqual([LISTENERS, 0]));
});

test('where they are fewer than connections of requests, one tenant leaves some of them to the others, too', async () => {
  const [acme, globex] = tenants as [ATenant, ATenant, ATenant];
  const replica = await gateway.aReplica({
    ...{ UPSTREAM_CONNECTIONS: '128', UPSTREAM_LISTENERS: '4', UPSTREAM_WAITING: '0' },
  });
  const all: Listener[] = [];
  try {
    for (const tenant of [acme, acme, acme, acme, globex]) all.push(await listen(tenant, replica.url));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 503, 200]);
  } finally {
    for (const one of all) one.leave();
    await replica.stop();
  }
});
