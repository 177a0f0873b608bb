/** Services that are slow, break off, refuse or cannot be reached, and clients that go away: what the other side sees of it. */
import type { Socket } from 'node:net';
import type { ServerResponse } from 'node:http';
import { eventually } from '@membership/platform/testing/eventually';
import { answerJson } from './fake-service.ts';
import { startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, sampleOf, type RawRequest } from './raw-http.ts';

let gateway: GatewayKit;
let acme: ATenant;
let member: AMember;
/** So long that an answer that comes is in time on a slow machine, too. */
const TIMEOUT = 2_000;

beforeAll(async () => {
  // The breaker stays out of it: a hundred failures in ten seconds, and looks that find nothing wrong.
  gateway = await startGateway({ UPSTREAM_TIMEOUT_MS: String(TIMEOUT), BREAKER_RESET_MS: '50' });
  acme = await gateway.aTenant('acme');
  member = await acme.aMember();
});
afterAll(() => gateway?.stop());
afterEach(async () => {
  gateway.points.answering = undefined;
  gateway.points.taking = undefined;
  gateway.others.taking = undefined;
  // Successes enough that the next test's failures do not open the breaker.
  await eventually(async () => expect((await ask(PROFILES)).status).toBe(200));
  for (let round = 0; round < 10; round++) await ask(PROFILES);
});

const PROFILES = '/api/v1/points/profiles/';
const spendPath = () => `/api/v1/points/profiles/${member.id}/spend_points/`;
const ask = (path: string, { headers, ...more }: RawRequest = {}, token = member.accessToken) =>
  rawRequest(gateway.kit.url, path, { headers: { authorization: `Bearer ${token}`, ...headers }, ...more });
/** Resolves when a connection is over, whether it ended or was reset. */
const closing = (socket: Socket) => new Promise<void>((done) => socket.once('close', () => done()));
const failures = async (code: string, upstream = 'points') =>
  sampleOf(await gateway.kit.metrics(), 'membership_gateway_upstream_failures_total', { upstream, code }) ??
  0;

describe('the service', () => {
  test('does not answer in time: 504, and it is told to stop', async () => {
    let hungUp: Promise<unknown> | undefined;
    gateway.points.taking = (request) => {
      hungUp = closing(request.socket);
    };
    const before = await failures('GATEWAY_TIMEOUT');
    const answer = await ask(PROFILES, { headers: { 'accept-language': 'en', 'x-request-id': 'slow-1' } });
    expect(answer).toMatchObject({
      status: 504,
      headers: { 'x-request-id': 'slow-1', 'content-type': 'application/json; charset=utf-8' },
      body: { success: false, error: { code: 'GATEWAY_TIMEOUT' }, request_id: 'slow-1' },
    });
    await hungUp;
    expect(await failures('GATEWAY_TIMEOUT')).toBe(before + 1);
  });

  test('takes a body and does not answer: 504 too, and nothing is sent twice', async () => {
    let asked = 0;
    gateway.points.taking = (request) => {
      asked++;
      request.resume();
    };
    const answer = await ask(spendPath(), { method: 'POST', body: '{"points_amount":1}' });
    expect([answer.status, answer.body.error.code, asked]).toEqual([504, 'GATEWAY_TIMEOUT', 1]);
  });

  test.each([
    ['before it answers', (_response: ServerResponse, socket: Socket) => void socket.destroy()],
    ['with a reset', (_response: ServerResponse, socket: Socket) => void socket.resetAndDestroy()],
    [
      'in the middle of its head',
      (_response: ServerResponse, socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-'),
    ],
    [
      'after something that is no HTTP',
      (_response: ServerResponse, socket: Socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
    ],
  ])('breaks off %s: 502; a read is tried once more, a write is not', async (_when, breakOff) => {
    let asked = 0;
    gateway.points.taking = (request, response) => {
      asked++;
      request.resume();
      breakOff(response, request.socket);
    };
    const read = await ask(PROFILES);
    expect([read.status, read.body.error.code]).toEqual([502, 'BAD_GATEWAY']);
    expect(asked).toBeLessThanOrEqual(2);
    asked = 0;
    const write = await ask(spendPath(), { method: 'POST', body: '{"points_amount":1}' });
    expect([write.status, write.body.error.code, asked]).toEqual([502, 'BAD_GATEWAY', 1]);
  });

  test.each([
    ['with a length', { 'content-length': '1000' }],
    ['without one', {}],
  ])(
    'breaks off in the middle of an answer %s: the client sees that it is not whole',
    async (_how, headers) => {
      gateway.points.taking = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...headers });
        response.write('{"half":', () => response.socket?.destroy());
      };
      const answer = await ask(PROFILES);
      expect([answer.status, answer.isWhole]).toEqual([200, false]);
    },
  );

  test('begins in time and then takes its time: what it sends is passed on as it comes', async () => {
    let finish: (() => void) | undefined;
    gateway.points.taking = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('first ');
      finish = () => response.end('last');
    };
    const response = await fetch(new URL(PROFILES, gateway.kit.url), {
      headers: { authorization: `Bearer ${member.accessToken}` },
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('first ');
    await new Promise((done) => setTimeout(done, 1.1 * TIMEOUT));
    finish?.();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('last');
  });

  test('speaks for itself: its own 500 and 503 pass as they are and open nothing', async () => {
    const refusal = { success: false, error: { code: 'SYS_001', message: 'x', details: {} } };
    for (const status of [500, 503]) {
      gateway.points.answering = (_request, response) => answerJson(response, refusal, {}, status);
      for (let round = 0; round < 8; round++)
        expect(await ask(PROFILES)).toMatchObject({ status, body: refusal });
    }
  });

  test('early answers to a body that is still on its way are passed on', async () => {
    gateway.points.taking = (_request, response) =>
      answerJson(response, { success: false }, { connection: 'close' }, 415);
    const answer = await ask(spendPath(), {
      method: 'POST',
      body: JSON.stringify({ reason: 'x'.repeat(90_000) }),
    });
    expect([415, 502]).toContain(answer.status);
  });
});

describe('each dialect', () => {
  test.each([
    ['/api/v1/vip/tags/', { success: false, error: { code: 'BAD_GATEWAY' } }],
    ['/api/v1/license-assignments/', { success: false, error: { code: 'BAD_GATEWAY' } }],
    ['/api/v1/applications/', { success: false, code: 5000, data: null, error_code: 'BAD_GATEWAY' }],
    ['/api/v1/stats/overview/', { success: false, error: { code: 'BAD_GATEWAY' } }],
  ])('has its own 502: %s', async (path, body) => {
    gateway.others.taking = (request) => request.socket.destroy();
    const answer = await ask(path, {}, acme.adminToken);
    expect(answer).toMatchObject({ status: 502, body });
    const english = await ask(path, { headers: { 'accept-language': 'en' } }, acme.adminToken);
    expect(JSON.stringify(english.body)).toContain('The service behind the gateway failed');
  });
});

describe('the client', () => {
  test('goes away before the answer: the service is told to stop, and nobody is blamed', async () => {
    const before = await failures('BAD_GATEWAY');
    let taken: (socket: Socket) => void = () => undefined;
    const socket = new Promise<Socket>((done) => {
      taken = done;
    });
    gateway.points.taking = (request) => taken(request.socket);
    const leaving = new AbortController();
    const asked = ask(PROFILES, { signal: leaving.signal }).catch((error: Error) => error.name);
    const upstream = await socket;
    const closed = closing(upstream);
    leaving.abort();
    expect(await asked).toBe('AbortError');
    await closed;
    expect(await failures('BAD_GATEWAY')).toBe(before);
  });

  test('goes away in the middle of the answer: the service is told to stop', async () => {
    let closed: Promise<unknown> | undefined;
    gateway.points.taking = (request, response) => {
      closed = closing(request.socket);
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    const leaving = new AbortController();
    const response = await fetch(new URL(PROFILES, gateway.kit.url), {
      headers: { authorization: `Bearer ${member.accessToken}` },
      signal: leaving.signal,
    });
    expect(response.status).toBe(200);
    leaving.abort();
    await closed;
  });

  test('goes away in the middle of its body: the service never gets a whole request', async () => {
    const seen = new Promise<boolean>((done) => {
      gateway.points.taking = (request) => {
        request.on('data', () => leaving.abort());
        request.on('close', () => done(request.complete));
        request.on('error', () => undefined);
      };
    });
    const leaving = new AbortController();
    async function* half() {
      yield '{"points_amount":';
      await new Promise((_done, failed) => leaving.signal.addEventListener('abort', failed));
    }
    ask(spendPath(), { method: 'POST', chunks: half(), signal: leaving.signal }).catch(() => undefined);
    expect(await seen).toBe(false);
  });

  test('does not send what it promised: 408 for itself alone, however often', async () => {
    const [before, timeouts] = [await failures('BAD_GATEWAY'), await failures('GATEWAY_TIMEOUT')];
    async function* stuck() {
      yield '{"points_amount":';
      await new Promise(() => undefined);
    }
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        ask(spendPath(), { method: 'POST', chunks: stuck(), headers: { 'content-length': '100' } }),
      ),
    );
    for (const answer of answers)
      expect([answer.status, answer.body.error.code, answer.headers.connection]).toEqual([
        408,
        'REQUEST_TIMEOUT',
        'close',
      ]);
    expect((await ask(PROFILES)).status).toBe(200);
    expect([await failures('BAD_GATEWAY'), await failures('GATEWAY_TIMEOUT')]).toEqual([before, timeouts]);
  });

  test('reads slowly: the service waits for it, the gateway does not fill its memory', async () => {
    let sent = 0;
    gateway.points.taking = (_request, response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(65_536, 'x');
      const more = () => {
        while (sent < 200_000_000 && response.write(piece)) sent += piece.length;
      };
      response.on('drain', more);
      more();
    };
    const leaving = new AbortController();
    const response = await fetch(new URL(PROFILES, gateway.kit.url), {
      headers: { authorization: `Bearer ${member.accessToken}` },
      signal: leaving.signal,
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    let last = -1;
    // It stops growing once every buffer on the way is full.
    await eventually(
      async () => {
        const now = sent;
        const isStill = now === last;
        last = now;
        expect(isStill).toBe(true);
      },
      { every: 300 },
    );
    expect(sent).toBeLessThan(60_000_000);
    leaving.abort();
  });
});
