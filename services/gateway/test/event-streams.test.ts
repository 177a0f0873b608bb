/** The way of answers without an end: passed on as they come, ended from either side. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { streamProxy, type StreamProxy } from '../src/proxy/stream-proxy.ts';
import { UpstreamFailure } from '../src/proxy/upstream-failure.ts';
import { FakeService } from './fake-service.ts';
import { rawRequest } from './raw-http.ts';

const service = new FakeService(['stats']);
let proxy: StreamProxy;
let front: Server;
let failure: unknown;
/** So long that an answer that comes is in time on a slow machine, too. */
const TIMEOUT = 2_000;
let base: string;

/** What the gateway does around it, without who calls: passes, and answers a failure with its status. */
async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  failure = undefined;
  try {
    await proxy.pass({
      request,
      response,
      headers: ['x-membership-context', 'signed', 'x-request-id', 'r-1', 'accept', 'text/event-stream'],
      ownHeaders: ['x-request-id', 'r-1', 'x-frame-options', 'DENY'],
      timeoutMilliseconds: TIMEOUT,
    });
  } catch (error) {
    failure = error;
    response.writeHead(error instanceof UpstreamFailure ? error.refusal.status : 500).end();
  }
}

beforeAll(async () => {
  proxy = streamProxy(await service.listen());
  front = createServer((request, response) => void pass(request, response));
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
});
afterAll(async () => {
  proxy.close();
  front.closeAllConnections();
  await new Promise<unknown>((done) => front.close(done));
  await service.close();
});

test('each event is passed on when it comes, past the limit for a first answer', async () => {
  let push: (text: string) => void = () => undefined;
  let seen: IncomingMessage['headers'] = {};
  service.taking = (request, response) => {
    seen = request.headers;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'x-membership-secret': 'inside',
      server: 'inside',
    });
    response.flushHeaders();
    push = (text) => void response.write(text);
  };
  const leaving = new AbortController();
  const response = await fetch(`${base}/api/v1/stats/stream/?a=b`, {
    headers: { authorization: 'Bearer secret', cookie: 'a=b', 'x-membership-context': 'forged' },
    signal: leaving.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('x-frame-options')).toBe('DENY');
  expect(response.headers.get('x-request-id')).toBe('r-1');
  expect(response.headers.has('x-membership-secret')).toBe(false);
  expect(seen).toMatchObject({ 'x-membership-context': 'signed' });
  for (const name of ['authorization', 'cookie']) expect(seen).not.toHaveProperty(name);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
    await new Promise((done) => setTimeout(done, 0.6 * TIMEOUT));
    push(text);
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(text);
  }
  leaving.abort();
});

test('the client leaves: the service hears of it', async () => {
  const closed = new Promise<void>((done) => {
    service.taking = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      response.on('close', () => done());
    };
  });
  const leaving = new AbortController();
  await fetch(base, { signal: leaving.signal });
  leaving.abort();
  await closed;
});

test('the service breaks off: the client sees that the stream is not whole', async () => {
  service.taking = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' });
    response.write('a,b\n', () => response.socket?.destroy());
  };
  const answer = await rawRequest(base, '/');
  expect([answer.status, answer.text, answer.isWhole]).toEqual([200, 'a,b\n', false]);
});

test('no answer in time is 504, and the service is let go', async () => {
  const closed = new Promise<void>((done) => {
    service.taking = (request) => void request.socket.on('close', () => done());
  });
  expect((await rawRequest(base, '/')).status).toBe(504);
  expect(failure).toBeInstanceOf(UpstreamFailure);
  await closed;
});

test('a service that breaks off before it answers is 502, one that is not there 503', async () => {
  service.taking = (request) => request.socket.destroy();
  expect((await rawRequest(base, '/')).status).toBe(502);
  const gone = new FakeService(['stats']);
  const url = await gone.listen();
  await gone.close();
  proxy.close();
  proxy = streamProxy(url);
  expect((await rawRequest(base, '/')).status).toBe(503);
});
