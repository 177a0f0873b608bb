/** Clients that ask much and read nothing: what they hold is bounded, given back in time, and not taken from others. */
import { connect, type Socket } from 'node:net';
import { eventually } from '@membership/platform/testing/eventually';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, sampleOf, type RawAnswer } from './raw-http.ts';

const PROFILES = '/api/v1/points/profiles/';
const STATEMENT = '/api/v1/points/profiles/1/statement/?format=csv';
const CONNECTIONS = 8;
const OF_A_TENANT = 6;
/** Long enough for a slow machine to fill every place and line before the first is cut off. */
const STALL_SECONDS = 4;

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
/** Answers that a service has begun and not ended. */
let open = 0;
const stalled: Socket[] = [];

beforeAll(async () => {
  gateway = await startGateway({
    UPSTREAM_CONNECTIONS: String(CONNECTIONS),
    UPSTREAM_WAITING: '20',
    UPSTREAM_TIMEOUT_MS: '60000',
    WRITE_STALL_SECONDS: String(STALL_SECONDS),
  });
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
});
afterAll(async () => {
  for (const socket of stalled) socket.destroy();
  await gateway?.stop();
});

/** More than the buffers of all sockets on the way hold. */
const MUCH = Buffer.alloc(40_000_000, 'x');
/** ACME gets much, others little. */
const answerMuch = () => {
  open = 0;
  gateway.points.answering = (_request, response, { context }) => {
    const body = context?.tid === acme.id ? MUCH : 'little';
    open++;
    response.on('close', () => void open--);
    response.writeHead(200, { 'content-length': body.length }).end(body);
  };
};
const ask = (token: string, path = PROFILES): Promise<RawAnswer> =>
  rawRequest(gateway.kit.url, path, { headers: { authorization: `Bearer ${token}` } });
/** Asks, and reads nothing of the answer. */
function stall(token: string, path: string): Socket {
  const { hostname, port } = new URL(gateway.kit.url);
  const socket = connect(Number(port), hostname, () =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`),
  );
  socket.pause();
  socket.on('error', () => undefined);
  stalled.push(socket);
  return socket;
}
const sample = async (name: string, labels: Record<string, string>) =>
  sampleOf(await gateway.kit.metrics(), name, labels) ?? 0;
const waiting = () => sample('membership_gateway_proxy_waiting', { upstream: 'points' });

test.each([
  ['plain answers', PROFILES],
  ['streams', STATEMENT],
])(
  '%s: others are served meanwhile, overflow is refused and blames nobody, and all is given back',
  async (_what, path) => {
    answerMuch();
    for (let count = 0; count < 12; count++) stall(acme.adminToken, path);
    await eventually(async () => expect([open, await waiting()]).toEqual([OF_A_TENANT, 12 - OF_A_TENANT]));

    // No more at once than have places and room in line, however late an answer's end is seen.
    for (let round = 0; round < 4; round++) {
      const others = await Promise.all(Array.from({ length: 5 }, () => ask(globex.adminToken, path)));
      expect(others.map(({ status, isWhole }) => [status, isWhole])).toEqual(others.map(() => [200, true]));
    }

    // Ten of a tenant may wait: half of twenty.
    for (let count = 0; count < 10 - (12 - OF_A_TENANT); count++) stall(acme.adminToken, path);
    await eventually(async () => expect(await waiting()).toBe(10));
    const refused = await ask(acme.adminToken, path);
    expect([refused.status, refused.body.error.code, refused.headers['retry-after']]).toEqual([
      503,
      'SYS_002',
      '1',
    ]);
    expect((await ask(globex.adminToken, path)).status).toBe(200);
    expect(await sample('membership_gateway_refused_total', { reason: 'crowded' })).toBeGreaterThan(0);

    // Whoever takes nothing for so long is cut off, and its place goes to who waits.
    await eventually(async () => expect([open, await waiting()]).toEqual([0, 0]), { milliseconds: 60_000 });
    gateway.points.answering = undefined;
    expect((await ask(acme.adminToken, path)).status).toBe(200);
    expect(await sample('membership_gateway_breaker_state', { upstream: 'points' })).toBe(0);
    expect(await sample('membership_gateway_upstream_failures_total', { upstream: 'points' })).toBe(0);
  },
);

test('whoever leaves while it waits is forgotten', async () => {
  answerMuch();
  const sockets = Array.from({ length: OF_A_TENANT + 4 }, () => stall(acme.adminToken, PROFILES));
  await eventually(async () => expect([open, await waiting()]).toEqual([OF_A_TENANT, 4]));
  const before = gateway.points.received.length;
  for (const socket of sockets) socket.destroy();
  await eventually(async () => expect([open, await waiting()]).toEqual([0, 0]));
  expect(gateway.points.received.length).toBe(before);
});

test('an answer that is long in coming, or goes on slowly, is not one that is read slowly', async () => {
  let finish: () => void = () => undefined;
  gateway.points.taking = (_request, response) => {
    setTimeout(() => response.writeHead(200).write('a'), (STALL_SECONDS + 1) * 1_000);
    finish = () => response.end('b');
  };
  const answer = ask(acme.adminToken);
  setTimeout(() => finish(), 2 * (STALL_SECONDS + 1) * 1_000);
  expect(await answer).toMatchObject({ status: 200, text: 'ab', isWhole: true });
  gateway.points.taking = undefined;
});
