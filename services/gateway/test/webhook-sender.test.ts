/** One request to a receiver: what counts as taken, what went wrong, and how long it may last. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressGuard } from '../src/addresses/addresses.ts';
import type { ResolveName } from '../src/addresses/resolve-name.ts';
import { createSender } from '../src/outgoing-webhooks/sender.ts';

const servers: Server[] = [];
const senders: { close(): Promise<void> }[] = [];
const never = new AbortController().signal;

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
const aServer = (answer: RequestListener) => listening(createServer(answer));
/** What no machine has a name server for. */
const unknownName = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
function aSender({
  allowed = ['127.0.0.0/8', '::1'],
  httpsOnly = false,
  timeoutMilliseconds = 30_000,
  resolve = undefined as ResolveName | undefined,
} = {}) {
  const options = { httpsOnly, timeoutMilliseconds, userAgent: 'tests' };
  const sender = createSender({ guard: addressGuard({ allowed }, resolve), ...options });
  senders.push(sender);
  return (url: string, signal = never) =>
    sender.send({ url, headers: { 'webhook-id': 'a' }, body: '{}' }, signal);
}
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

test.each([
  [200, null],
  [202, null],
  [299, null],
  [301, 'rejected'],
  [400, 'rejected'],
  [500, 'rejected'],
])('%i: %s', async (status, failure) => {
  const port = await aServer((_request, response) =>
    response.writeHead(status, { location: '/other' }).end('x'),
  );
  expect(await aSender()(`http://127.0.0.1:${port}/hooks?key=1#part`)).toEqual({
    statusCode: status,
    failure,
    reason: null,
    answer: 'x',
    retryAfter: null,
  });
});

test('path, query and headers arrive; the fragment stays at home', async () => {
  const seen: unknown[] = [];
  const port = await aServer((request, response) => {
    seen.push(request.method, request.url, request.headers['webhook-id'], request.headers['content-type']);
    response.end();
  });
  await aSender()(`http://localhost:${port}/hooks?key=1#part`);
  expect(seen).toEqual(['POST', '/hooks?key=1', 'a', 'application/json']);
});

test('of a long answer only the beginning is kept, whole characters of it', async () => {
  const port = await aServer((_request, response) => response.end('积'.repeat(100_000)));
  const { answer, failure } = await aSender()(`http://127.0.0.1:${port}/`);
  expect([failure, answer]).toEqual([null, '积'.repeat(341)]);
});

test('an answer that never ends counts by its status, with what came', async () => {
  const port = await aServer((_request, response) => {
    response.writeHead(200);
    response.write('beginning');
  });
  expect(await aSender()(`http://127.0.0.1:${port}/`)).toMatchObject({
    statusCode: 200,
    failure: null,
    answer: 'beginning',
  });
});

test('no answer in time is a timeout; so is a stop', async () => {
  const port = await aServer(() => undefined);
  const url = `http://127.0.0.1:${port}/`;
  expect(await aSender({ timeoutMilliseconds: 100 })(url)).toMatchObject({
    failure: 'timeout',
    statusCode: null,
  });
  expect(await aSender()(url, AbortSignal.timeout(100))).toMatchObject({ failure: 'timeout' });
});

test('nobody there, a connection that breaks, an unknown name: unreachable, and why', async () => {
  const port = await aServer((request) => request.socket.destroy());
  expect(await aSender()(`http://127.0.0.1:${port}/`)).toMatchObject({ failure: 'unreachable' });
  const closed = await aServer(() => undefined);
  await new Promise((done) => servers.pop()?.close(done));
  expect(await aSender()(`http://127.0.0.1:${closed}/`)).toMatchObject({
    failure: 'unreachable',
    reason: 'ECONNREFUSED',
  });
  expect(
    await aSender({ resolve: () => Promise.reject(unknownName) })('http://shop.example.com/'),
  ).toMatchObject({
    failure: 'unreachable',
    reason: 'ENOTFOUND',
  });
});

test('addresses inside are refused before anything is sent: written out, by name, or by http where only https may be', async () => {
  let count = 0;
  const port = await aServer((_request, response) => {
    count++;
    response.end();
  });
  const refused = { failure: 'address_refused', reason: 'ADDRESS_REFUSED', statusCode: null };
  const rebound = async () => [{ address: '127.0.0.1', family: 4 }];
  expect(await aSender({ allowed: [], resolve: rebound })(`http://shop.example.com:${port}/`)).toMatchObject(
    refused,
  );
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0.0.0.0', '[::ffff:127.0.0.1]'])
    expect(await aSender({ allowed: [] })(`http://${host}:${port}/`)).toMatchObject(refused);
  expect(await aSender({ httpsOnly: true })(`http://127.0.0.1:${port}/`)).toMatchObject(refused);
  expect(count).toBe(0);
});

test('what does not speak TLS where it should is no answer', async () => {
  const port = await aServer((_request, response) => response.end());
  expect(await aSender()(`https://localhost:${port}/`)).toMatchObject({ failure: 'tls', statusCode: null });
});
