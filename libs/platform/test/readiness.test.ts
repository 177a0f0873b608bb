/** What a process says of itself while its surroundings are away, or hang. */
import { serviceSettings } from '@membership/platform/config';
import { startService, type RunningService } from '@membership/platform/service';
import { eventually, startKit, type Kit, type Line } from './bus/kit.ts';

let kit: Kit;
let broker: Line & { url: string };
let store: Line & { url: string };
let running: RunningService;

beforeAll(async () => {
  kit = await startKit();
  broker = await kit.brokerLine();
  store = await kit.mongoLine();
  running = await startService(
    {
      name: 'points',
      settings: serviceSettings,
      secrets: [],
      endpoints: [],
      build: () => ({
        implementations: [],
        authenticate: () => Promise.reject(new Error('nobody')),
        readiness: { looked: () => ++looks > 0 },
      }),
    },
    {
      LOG_LEVEL: 'silent',
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: '0',
      MONGODB_URI: store.url,
      AMQP_URL: broker.url,
      BUS_PREFIX: kit.names.exchange.replace('domain.events', ''),
      INTERNAL_KEY: 'a-key-of-the-tests-that-is-long-enough-0123456789',
    },
  );
});
afterAll(async () => {
  await running?.stop();
  await kit?.close();
});

/** How often what requests need was looked at, and for how long a look holds. */
let looks = 0;
const SHARED_MILLISECONDS = 250;
/** An answer that does not come is a failure of its own. */
async function ready() {
  const response = await fetch(`http://127.0.0.1:${running.port}/readyz`, {
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: await response.json() };
}
const up = { looked: 'up', database: 'up', broker: 'up', events: 'up' };
const isReady = async () =>
  expect(await ready()).toEqual({ status: 200, body: { status: 'ready', service: 'points', checks: up } });

test('everything is there: ready', () => eventually(isReady));

test('however many ask at once, the database is looked at once in a moment', async () => {
  await eventually(isReady);
  const begun = performance.now();
  const before = looks;
  await Promise.all(Array.from({ length: 200 }, ready));
  expect(looks - before).toBeLessThanOrEqual(1 + (performance.now() - begun) / SHARED_MILLISECONDS);
});

test('a database that hangs: answered all the same, 503 and what is missing; ready again when it goes on', async () => {
  await eventually(isReady);
  store.hang();
  await eventually(async () =>
    expect(await ready()).toEqual({
      status: 503,
      body: { status: 'not_ready', service: 'points', checks: { ...up, database: 'down' } },
    }),
  );
  store.goOn();
  await eventually(isReady);
});

test('what waits for a database that hangs fails in the end, and does not wait for ever', async () => {
  await eventually(isReady);
  store.hang();
  await expect(running.connection.collection('leases').findOne({})).rejects.toThrow();
  store.goOn();
  await eventually(isReady);
});

test('a broker that is away only degrades: requests are taken, and it says that no events flow', async () => {
  await eventually(isReady);
  await broker.cut();
  await eventually(async () =>
    expect(await ready()).toEqual({
      status: 200,
      body: { status: 'degraded', service: 'points', checks: { ...up, broker: 'down', events: 'down' } },
    }),
  );
  await broker.join();
  await eventually(isReady);
});
