/**
 * No framing of a body makes one request two on the way to a service. Read from the contracts, so that a new endpoint is
 * covered by itself: every endpoint of kind stream with every method, and a plain endpoint for each method.
 */
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { mayCall, type Endpoint } from '@membership/contracts/endpoint';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { pathFor } from '@membership/contracts/routes';
import { answerJson } from './fake-service.ts';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
/** What a service could not read as HTTP. */
const broken: unknown[] = [];

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  for (const service of [gateway.points, gateway.others]) {
    service.answering = (_request, response, { url }) => answerJson(response, { url });
    const asked = new WeakMap<Duplex, IncomingMessage>();
    service.server.on('request', (request) => asked.set(request.socket, request));
    service.server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const isBrokenOff = error.code === 'HPE_INVALID_EOF_STATE' || error.code === 'ECONNRESET';
      // A body that was broken off on its way, because it was broken already when it came.
      if (!isBrokenOff || asked.get(socket)?.complete !== false)
        broken.push([error.code, asked.get(socket)?.url, asked.get(socket)?.complete]);
      socket.destroy();
    });
  }
});
afterAll(() => gateway?.stop());

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
const SMUGGLED = 'GET /api/v1/points/rules/?smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const LENGTH = Buffer.byteLength(SMUGGLED);
const CHUNKED = `${LENGTH.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;
const LAST = `0\r\n\r\n${SMUGGLED}`;

/** Lines of the head, what follows it, and whether a server may take it for a request at all. */
const FRAMINGS: Readonly<Record<string, { lines: string[]; body: string; version?: string }>> = {
  'no framing': { lines: [], body: SMUGGLED },
  'a length': { lines: [`Content-Length: ${LENGTH}`], body: SMUGGLED },
  'a length of nothing': { lines: ['Content-Length: 0'], body: SMUGGLED },
  'a length with zeros in front': { lines: [`Content-Length: 000${LENGTH}`], body: SMUGGLED },
  'a length of many zeros': { lines: ['Content-Length: 000'], body: SMUGGLED },
  'a length with a sign': { lines: [`Content-Length: +${LENGTH}`], body: SMUGGLED },
  'a negative length': { lines: ['Content-Length: -1'], body: SMUGGLED },
  'a length in hexadecimal': { lines: [`Content-Length: 0x${LENGTH.toString(16)}`], body: SMUGGLED },
  'the length twice': { lines: [`Content-Length: ${LENGTH}`, `Content-Length: ${LENGTH}`], body: SMUGGLED },
  'two lengths': { lines: ['Content-Length: 0', `Content-Length: ${LENGTH}`], body: SMUGGLED },
  'two lengths in a line': { lines: [`Content-Length: ${LENGTH}, ${LENGTH}`], body: SMUGGLED },
  'a length that Connection names': {
    lines: ['Connection: content-length', `Content-Length: ${LENGTH}`],
    body: SMUGGLED,
  },
  chunks: { lines: ['Transfer-Encoding: chunked'], body: CHUNKED },
  'chunks in capitals': { lines: ['TRANSFER-ENCODING: CHUNKED'], body: CHUNKED },
  'chunks after a tab': { lines: ['Transfer-Encoding:\tchunked'], body: CHUNKED },
  'chunks that Connection names': {
    lines: ['Connection: Transfer-Encoding', 'Transfer-Encoding: chunked'],
    body: CHUNKED,
  },
  'no chunk but the last': { lines: ['Transfer-Encoding: chunked'], body: LAST },
  'no chunk but the last, named by Connection': {
    lines: ['Connection: transfer-encoding, content-length', 'Transfer-Encoding: chunked'],
    body: LAST,
  },
  'chunks with an extension': {
    lines: ['Transfer-Encoding: chunked'],
    body: CHUNKED.replace('\r\n', ';a=b\r\n'),
  },
  'chunks with a trailer that is a length': {
    lines: ['Transfer-Encoding: chunked', 'Trailer: Content-Length'],
    body: CHUNKED.replace(/0\r\n\r\n$/, `0\r\nContent-Length: ${LENGTH}\r\n\r\n`),
  },
  'chunks that end in line feeds': { lines: ['Transfer-Encoding: chunked'], body: `0\n\n${SMUGGLED}` },
  'chunks, then a coding of nobody': { lines: ['Transfer-Encoding: chunked, identity'], body: LAST },
  'chunks named twice': { lines: ['Transfer-Encoding: chunked, chunked'], body: LAST },
  'chunks in two lines': {
    lines: ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
    body: LAST,
  },
  'compressed chunks': { lines: ['Transfer-Encoding: gzip, chunked'], body: CHUNKED },
  'the coding of nobody': { lines: ['Transfer-Encoding: identity'], body: SMUGGLED },
  'a coding almost chunked': { lines: ['Transfer-Encoding: xchunked'], body: LAST },
  'a coding in quotes': { lines: ['Transfer-Encoding: "chunked"'], body: LAST },
  'a coding on a folded line': { lines: ['Transfer-Encoding:', ' chunked'], body: LAST },
  'a length on a folded line': { lines: ['Content-Length:', `\t${LENGTH}`], body: SMUGGLED },
  'a length folded into another header': {
    lines: ['X-Folded: a', ` Content-Length: ${LENGTH}`],
    body: SMUGGLED,
  },
  'a space before the colon': { lines: ['Transfer-Encoding : chunked'], body: LAST },
  'an underscore for the hyphen': { lines: [`Content_Length: ${LENGTH}`], body: SMUGGLED },
  'a length and chunks': { lines: ['Content-Length: 4', 'Transfer-Encoding: chunked'], body: LAST },
  'chunks and a length': {
    lines: ['Transfer-Encoding: chunked', `Content-Length: ${LENGTH}`],
    body: CHUNKED,
  },
  'chunks in HTTP/1.0': { lines: ['Transfer-Encoding: chunked'], body: CHUNKED, version: '1.0' },
  'a body after a question': {
    lines: ['Expect: 100-continue', `Content-Length: ${LENGTH}`],
    body: SMUGGLED,
  },
  'a body after an upgrade': {
    lines: ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', `Content-Length: ${LENGTH}`],
    body: SMUGGLED,
  },
  'a line feed in place of a line’s end': { lines: [`X-A: b\nContent-Length: ${LENGTH}`], body: SMUGGLED },
  'a carriage return alone': { lines: [`X-A: b\rContent-Length: ${LENGTH}`], body: SMUGGLED },
};

const streams = allEndpoints.filter(({ kind }) => kind === 'stream');
/** One endpoint for each method whose answers have an end. */
const plain = ['get', 'post', 'put', 'patch', 'delete']
  .map((method) =>
    allEndpoints.find(
      (one) =>
        one.method === method &&
        one.kind !== 'stream' &&
        one.service !== 'gateway' &&
        mayCall(one.access, 'admin'),
    ),
  )
  .filter((one): one is Endpoint => one !== undefined);

/** Bytes on a connection of their own; what came back until it closed. A reset is an end like any other here. */
function answerTo(bytes: string): Promise<string> {
  const { hostname, port } = new URL(gateway.kit.url);
  return new Promise((done) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => undefined);
    socket.on('close', () => done(Buffer.concat(parts).toString('latin1')));
  });
}

let probes = 0;
async function probe(one: Endpoint, method: string, framing: string): Promise<unknown[]> {
  const { lines, body, version = '1.1' } = FRAMINGS[framing] as (typeof FRAMINGS)[string];
  const mark = `probe-${++probes}-`;
  const params = Object.fromEntries([...one.path.matchAll(/:(\w+)/g)].map(([, name]) => [name, '1']));
  const token = mayCall(one.access, 'admin') ? acme.adminToken : gateway.rootToken;
  const head = [
    `${method} ${pathFor(one.path, params)}?${mark} HTTP/${version}`,
    'Host: x',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Connection: close',
    ...lines,
  ];
  const answer = await answerTo(`${head.join('\r\n')}\r\n\r\n${body}`);
  const what = `${method} ${one.path} with ${framing}`;
  const marks = [...new Set(answer.match(/probe-\d+-/g) ?? [])];
  const wrong: unknown[] = [];
  if (answer.includes('smuggled')) wrong.push([what, 'was answered what it smuggled', answer]);
  if (marks.some((other) => other !== mark)) wrong.push([what, 'was answered what another asked', answer]);
  if (/^HTTP\/1\.1 5/m.test(answer)) wrong.push([what, answer]);
  return wrong;
}

async function probeAll(endpoints: readonly Endpoint[], methodsOf: (one: Endpoint) => readonly string[]) {
  const all = endpoints.flatMap((one) =>
    methodsOf(one).flatMap((method) => Object.keys(FRAMINGS).map((framing) => ({ one, method, framing }))),
  );
  const wrong: unknown[] = [];
  const lanes = Array.from({ length: 12 }, async () => {
    for (let next = all.pop(); next; next = all.pop())
      wrong.push(...(await probe(next.one, next.method, next.framing)));
  });
  await Promise.all(lanes);
  return wrong;
}

const heard = () => [...gateway.points.received, ...gateway.others.received];

test.each([
  ['every endpoint of kind stream', streams, () => METHODS],
  ['a plain endpoint of each method', plain, ({ method }: Endpoint) => [method.toUpperCase()]],
] as const)('%s: a service hears no more requests than were made', async (_which, endpoints, methodsOf) => {
  expect(endpoints.length).toBeGreaterThan(3);
  expect(await probeAll(endpoints, methodsOf)).toEqual([]);
  expect(heard().filter(({ url }) => url.includes('smuggled'))).toEqual([]);
  expect(heard().filter(({ context }) => context === null)).toEqual([]);
  expect(broken).toEqual([]);
});

const proxied = streams.filter(({ service }) => service !== 'gateway');

test('streams that are read get no body through, whatever frames it', async () => {
  const ofStreams = new Set(
    heard()
      .filter(({ url }) => proxied.some(({ path }) => url.startsWith(path.split(':')[0] as string)))
      .filter(({ method, body }) => ['GET', 'HEAD'].includes(method) && body !== ''),
  );
  expect([...ofStreams]).toEqual([]);
});

test('each stream has a connection to its service to itself', async () => {
  const [one] = proxied;
  const path = pathFor(one?.path as string, { id: '1' });
  for (let round = 0; round < 3; round++)
    await answerTo(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${acme.adminToken}\r\n\r\n`,
    );
  const ports = gateway.points.received.slice(-3).map(({ port }) => port);
  expect(new Set(ports).size).toBe(3);
  expect(gateway.points.last.headers.connection).toBe('close');
});
