/** A service that fails, hangs or is gone: its breaker opens, others are served as ever, and it closes by itself. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { eventually } from '@membership/platform/testing/eventually';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, sampleOf } from './raw-http.ts';

const PROFILES = '/api/v1/points/profiles/';
const TAGS = '/api/v1/vip/tags/';

let gateway: GatewayKit;
let acme: ATenant;

const start = async (environment: Record<string, string>) => {
  gateway = await startGateway(environment);
  acme = await gateway.aTenant('acme');
};
const ask = (path: string) =>
  rawRequest(gateway.kit.url, path, { headers: { authorization: `Bearer ${acme.adminToken}` } });
const stateOf = async (upstream: string) =>
  sampleOf(await gateway.kit.metrics(), 'membership_gateway_breaker_state', { upstream, cell: '' });
const healthOf = async () => (await rawRequest(gateway.kit.url, '/api/v1/health/')).body;

describe('opened by requests', () => {
  // So long that what follows an opening at once meets it open, on a slow machine too.
  beforeAll(() => start({ BREAKER_RESET_MS: '3000', PROBE_INTERVAL_MS: '60000' }));
  afterAll(() => gateway?.stop());

  test('five failures and it is open: 503 at once with when to come again; one try at a time; a success closes it', async () => {
    gateway.points.taking = (request) => request.socket.destroy();
    for (let round = 0; round < 5; round++) expect((await ask(PROFILES)).status).toBe(502);
    const refused = await ask(PROFILES);
    expect(refused).toMatchObject({ status: 503, body: { success: false, error: { code: 'SYS_002' } } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await ask(TAGS)).status).toBe(200);
    expect([await stateOf('vip'), await stateOf('licenses')]).toEqual([0, 0]);

    // Half open after a while: the try meets a service that still fails, so it is open again.
    await eventually(async () => expect((await ask(PROFILES)).status).toBe(502));
    expect((await ask(PROFILES)).status).toBe(503);

    // One try at a time: while it waits, the rest is refused.
    let answer: (() => void) | undefined;
    gateway.points.taking = (_request, response) => {
      answer = () => response.writeHead(200, { 'content-length': '2' }).end('{}');
    };
    await eventually(async () => expect(await stateOf('points')).toBe(0.5));
    expect((await healthOf()).services.points.breaker).toBe('half_open');
    const trial = ask(PROFILES);
    await eventually(() => expect(answer).toBeDefined());
    expect((await ask(PROFILES)).status).toBe(503);
    answer?.();
    expect((await trial).status).toBe(200);
    gateway.points.taking = undefined;
    expect((await ask(PROFILES)).status).toBe(200);
    expect(await stateOf('points')).toBe(0);
  });

  test('a client that leaves the try decides nothing: the next one tries', async () => {
    gateway.points.taking = (request) => request.socket.destroy();
    for (let round = 0; round < 12 && (await stateOf('points')) !== 1; round++) await ask(PROFILES);
    let taken: () => void = () => undefined;
    gateway.points.taking = () => taken();
    await eventually(async () => expect(await stateOf('points')).toBe(0.5));
    for (let round = 0; round < 3; round++)
      await eventually(async () => {
        const isTaken = new Promise<'taken'>((done) => {
          taken = () => done('taken');
        });
        const leaving = new AbortController();
        const asked = rawRequest(gateway.kit.url, PROFILES, {
          headers: { authorization: `Bearer ${acme.adminToken}` },
          signal: leaving.signal,
        }).then(
          ({ status }) => status,
          (error: Error) => error.name,
        );
        expect(await Promise.race([isTaken, asked])).toBe('taken');
        leaving.abort();
        expect(await asked).toBe('AbortError');
        expect(await stateOf('points')).toBe(0.5);
      });
    gateway.points.taking = undefined;
    await eventually(async () => expect((await ask(PROFILES)).status).toBe(200));
    expect(await stateOf('points')).toBe(0);
  });

  test('what clients do wrong opens nothing', async () => {
    for (let round = 0; round < 12; round++) {
      await rawRequest(gateway.kit.url, PROFILES, { headers: { authorization: 'Bearer nothing' } });
      await rawRequest(gateway.kit.url, '/api/v1/points/rules/', {
        method: 'POST',
        headers: { authorization: `Bearer ${acme.adminToken}` },
        chunks: ['x'.repeat(60_000), 'x'.repeat(60_000)],
      });
    }
    expect((await ask(PROFILES)).status).toBe(200);
    expect(await stateOf('points')).toBe(0);
  });
});

describe('opened by looks', () => {
  beforeAll(() =>
    start({ PROBE_INTERVAL_MS: '100', PROBE_TIMEOUT_MS: '2000', UPSTREAM_TIMEOUT_MS: '20000' }),
  );
  afterAll(() => gateway?.stop());

  test('a service that is not there: 503, health names it, and it is found again when it is back', async () => {
    const port = Number(new URL(gateway.points.url).port);
    await gateway.points.close();
    expect((await ask(PROFILES)).status).toBe(503);
    await eventually(async () => expect(await stateOf('points')).toBe(1));
    const health = await rawRequest(gateway.kit.url, '/api/v1/health/');
    expect(health).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        services: { points: { status: 'down', latency_ms: null, breaker: 'open' }, vip: { status: 'up' } },
      },
    });
    expect((await ask(TAGS)).status).toBe(200);
    await gateway.points.listen(port);
    await eventually(async () => expect((await ask(PROFILES)).status).toBe(200));
    await eventually(async () => expect((await healthOf()).status).toBe('ok'));
  });

  test('a service that listens and says nothing: opened without a request having failed; nobody is spent on a try', async () => {
    gateway.points.isHung = true;
    await eventually(async () => expect(await stateOf('points')).toBe(1));
    for (let round = 0; round < 5; round++) {
      expect((await ask(PROFILES)).status).toBe(503);
      expect((await ask(TAGS)).status).toBe(200);
    }
    gateway.points.isHung = false;
    await eventually(async () => expect((await ask(PROFILES)).status).toBe(200));
    expect(await stateOf('points')).toBe(0);
  });
});

describe('a process that is stopped', () => {
  let process: ChildProcess;

  beforeAll(async () => {
    // A process of its own, so that it can be stopped while its port stays open: the kernel still takes connections.
    process = spawn(globalThis.process.execPath, ['-e', SERVICE], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = (await once(
      createInterface({ input: process.stdout as NodeJS.ReadableStream }),
      'line',
    )) as [string];
    await start({
      POINTS_URL: `http://127.0.0.1:${port}`,
      PROBE_INTERVAL_MS: '200',
      PROBE_TIMEOUT_MS: '2000',
    });
  });
  afterAll(async () => {
    process?.kill('SIGKILL');
    await gateway?.stop();
  });

  test('SIGSTOP: the breaker opens, others answer all the while, and it closes by itself', async () => {
    const load = async (until: () => boolean) => {
      const statuses: number[] = [];
      while (!until()) statuses.push((await ask(TAGS)).status);
      return statuses;
    };
    let isOver = false;
    expect((await ask(PROFILES)).status).toBe(200);
    process.kill('SIGSTOP');
    const others = load(() => isOver);
    const waiting = Array.from({ length: 20 }, () => ask(PROFILES));
    await eventually(async () => expect(await stateOf('points')).toBe(1));
    expect((await ask(PROFILES)).status).toBe(503);
    process.kill('SIGCONT');
    await eventually(async () => expect((await ask(PROFILES)).status).toBe(200));
    isOver = true;
    // What was on its way when it stopped is answered when it goes on, or refused; nothing is left hanging.
    for (const { status } of await Promise.all(waiting)) expect([200, 503]).toContain(status);
    const statuses = await others;
    expect(statuses.length).toBeGreaterThan(10);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

const SERVICE = `const { createServer } = require('node:http');
const server = createServer((request, response) => response.writeHead(200, { 'content-length': '2' }).end('{}'));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
