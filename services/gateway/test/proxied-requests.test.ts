/** What passes through the gateway, both ways: headers, bodies of every size, connections. */
import { Agent } from 'node:http';
import { randomBytes } from 'node:crypto';
import { answerJson, type Received } from './fake-service.ts';
import { startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, type RawRequest } from './raw-http.ts';

let gateway: GatewayKit;
let acme: ATenant;
let member: AMember;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  member = await acme.aMember('john_doe');
});
afterAll(() => gateway?.stop());
afterEach(() => {
  gateway.points.answering = undefined;
  gateway.points.taking = undefined;
});

const PROFILES = '/api/v1/points/profiles/';
const spendPath = () => `/api/v1/points/profiles/${member.id}/spend_points/`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ask = (path: string, { headers, ...more }: RawRequest = {}) =>
  rawRequest(gateway.kit.url, path, { headers: { ...bearer(member.accessToken), ...headers }, ...more });
const post = (more: RawRequest) => ask(spendPath(), { method: 'POST', ...more });

describe('what the service hears', () => {
  test('a context that says who calls, signed for it alone and for a moment', async () => {
    const answer = await ask(PROFILES, { headers: { 'x-request-id': 'req-17', 'accept-language': 'en' } });
    expect([answer.status, answer.body]).toEqual([200, { ok: true }]);
    const { context } = gateway.points.last;
    expect(context).toMatchObject({
      iss: 'gateway',
      aud: 'points',
      sub: `user:${member.id}`,
      uid: member.id,
      name: 'john_doe',
      role: 'member',
      tid: acme.id,
      scopes: [],
      rid: 'req-17',
      lang: 'en',
    });
    expect((context?.exp ?? 0) - (context?.iat ?? 0)).toBeLessThanOrEqual(60);
  });

  test('nothing that a client says in the platform’s own voice', async () => {
    const forged = {
      'x-membership-context': 'eyJhbGciOiJub25lIn0.eyJyb2xlIjoic3VwZXIifQ.',
      'X-Membership-Service': 'gateway',
      'x-membership-anything': '1',
      'x-tenant-id': 'acme',
      forwarded: 'for=203.0.113.1;host=evil.example',
      'x-forwarded-for': '203.0.113.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-real-ip': '203.0.113.1',
      'x-original-url': '/api/v1/points/rules/',
      'x-rewrite-url': '/api/v1/points/rules/',
      'x-http-method-override': 'DELETE',
      via: '1.1 evil',
      cookie: 'session=1',
      'proxy-authorization': 'Basic eDp5',
      te: 'trailers',
      'keep-alive': 'timeout=5',
      connection: 'keep-alive, x-of-this-connection',
      'x-of-this-connection': '1',
      'x-custom': 'passes',
      'idempotency-key': 'passes',
    };
    expect((await ask(PROFILES, { headers: forged })).status).toBe(200);
    const { headers, context, method, url } = gateway.points.last;
    expect([method, url, context?.role, context?.tid]).toEqual(['GET', PROFILES, 'member', acme.id]);
    expect(Object.keys(headers).sort()).toEqual(
      [
        'connection',
        'host',
        'idempotency-key',
        'traceparent',
        'x-custom',
        'x-forwarded-for',
        'x-membership-context',
        'x-request-id',
      ].sort(),
    );
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(headers.host).toBe(new URL(gateway.points.url).host);
  });

  test('a request id and a trace: the client’s when they are well formed, else new ones', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const given = await ask(PROFILES, { headers: { 'x-request-id': 'A-1/b:2', traceparent: trace } });
    expect(given.headers['x-request-id']).toBe('A-1/b:2');
    expect(gateway.points.last.headers).toMatchObject({ 'x-request-id': 'A-1/b:2', traceparent: trace });
    for (const bad of ['has space', 'x'.repeat(129), 'a"b', '{}', 'ä']) {
      const answer = await ask(PROFILES, {
        headers: { 'x-request-id': Buffer.from(bad).toString('latin1'), traceparent: '00-zz-1-1' },
      });
      const made = answer.headers['x-request-id'];
      expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      expect(gateway.points.last.headers['x-request-id']).toBe(made);
      expect(gateway.points.last.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    }
  });

  test('the path and the query as they came', async () => {
    for (const target of [
      `${PROFILES}?search=%E5%BC%A0%20%2F..%2F&ordering=-id&x=%00`,
      PROFILES.slice(0, -1),
      `${PROFILES}${member.id}/summary/?days=7`,
    ]) {
      await ask(target);
      expect(gateway.points.last.url).toBe(target);
    }
  });
});

describe('what the client hears', () => {
  test('status, headers and body of the service, without what is inside’s business', async () => {
    gateway.points.answering = (_request, response) =>
      answerJson(
        response,
        { 余额: 120 },
        {
          'x-membership-secret': 'inside',
          'x-powered-by': 'inside',
          server: 'inside',
          'set-cookie': 'a=b',
          'x-request-id': 'inside',
          'retry-after': '7',
          'idempotent-replayed': 'true',
          'content-language': 'zh',
        },
        409,
      );
    const answer = await ask(PROFILES, { headers: { 'x-request-id': 'mine' } });
    expect([answer.status, answer.body, answer.isWhole]).toEqual([409, { 余额: 120 }, true]);
    expect(answer.headers).toMatchObject({
      'x-request-id': 'mine',
      'retry-after': '7',
      'idempotent-replayed': 'true',
      'content-language': 'zh',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'ratelimit-limit': '10000',
    });
    for (const name of ['x-membership-secret', 'x-powered-by', 'server', 'set-cookie'])
      expect(answer.headers).not.toHaveProperty(name);
  });

  test.each([0, 1, 1_000, 70_000, 3_000_000])(
    'a body of %i bytes, with and without its length',
    async (size) => {
      const content = randomBytes(Math.ceil(size / 2))
        .toString('hex')
        .slice(0, size);
      for (const headers of [{ 'content-length': String(size) }, {}]) {
        gateway.points.answering = (_request, response) => {
          response.writeHead(200, { 'content-type': 'text/csv', ...headers });
          for (let at = 0; at < size; at += 16_384) response.write(content.slice(at, at + 16_384));
          response.end();
        };
        const answer = await ask(PROFILES);
        expect([answer.status, answer.isWhole, answer.headers['content-type']]).toEqual([
          200,
          true,
          'text/csv',
        ]);
        expect(answer.text === content).toBe(true);
      }
    },
  );

  test('HEAD is answered as GET, without the body', async () => {
    gateway.points.answering = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 11 }).end();
    const answer = await ask(PROFILES, { method: 'HEAD' });
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '', '11']);
    expect(gateway.points.last.method).toBe('HEAD');
    gateway.points.answering = (_request, response) => response.writeHead(204).end();
    expect((await ask(PROFILES)).status).toBe(204);
  });
});

describe('bodies on their way in', () => {
  const json = (bytes: number) => JSON.stringify({ reason: 'x'.repeat(bytes - 13) });

  test.each([13, 1_000, 65_536, 102_400])('%i bytes arrive, with a length and without', async (size) => {
    const body = json(size);
    expect(Buffer.byteLength(body)).toBe(size);
    expect((await post({ body })).status).toBe(200);
    expect(gateway.points.last.body === body).toBe(true);
    const pieces = body.match(/[\s\S]{1,5000}/g) ?? [];
    expect((await post({ chunks: pieces })).status).toBe(200);
    expect(gateway.points.last.body === body).toBe(true);
  });

  test('beyond the limit: 413 in the dialect of the path, and the service never sees it whole', async () => {
    const before = gateway.points.received.length;
    const tooMuch = json(102_401);
    const measured = await post({ body: tooMuch });
    expect([measured.status, measured.body.error.code, measured.body.error.details]).toEqual([
      413,
      'PAYLOAD_TOO_LARGE',
      { limit_bytes: 102_400 },
    ]);
    const counted = await post({ chunks: tooMuch.match(/[\s\S]{1,5000}/g) ?? [] });
    expect([counted.status, counted.body.error.code, counted.body.success]).toEqual([
      413,
      'PAYLOAD_TOO_LARGE',
      false,
    ]);
    expect(gateway.points.received.length).toBe(before);
    const app = await ask('/api/v1/applications/', {
      method: 'POST',
      headers: bearer(acme.adminToken),
      body: tooMuch,
    });
    expect(app).toMatchObject({ status: 413, body: { success: false, code: 4013, data: null } });
    // Nothing of it counts against the service.
    expect((await ask(PROFILES)).status).toBe(200);
  });

  test('an endpoint with a limit of its own keeps it', async () => {
    const body = JSON.stringify({ assignments: ['x'.repeat(500_000)] });
    const answer = await ask('/api/v1/license-assignments/batch-assign/', {
      method: 'POST',
      headers: bearer(acme.adminToken),
      body,
    });
    expect(answer.status).toBe(200);
    expect(gateway.others.last.body.length).toBe(body.length);
  });

  test('what is no JSON, or no known media type, is the service’s to refuse: it arrives as it was sent', async () => {
    await post({ body: '{"points_amount": 1', headers: { 'content-type': 'application/json' } });
    expect(gateway.points.last.body).toBe('{"points_amount": 1');
    await post({ body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect(gateway.points.last).toMatchObject({
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });
});

describe('connections', () => {
  test('to a service are kept and used again', async () => {
    gateway.points.received.length = 0;
    for (let round = 0; round < 10; round++) await ask(PROFILES);
    const ports = new Set(gateway.points.received.map(({ port }: Received) => port));
    expect(ports.size).toBe(1);
  });

  test('of clients are kept, also after a refusal', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number>();
    agent.on('free', (socket: { localPort: number }) => ports.add(socket.localPort));
    try {
      for (const [path, status] of [
        [PROFILES, 200],
        ['/api/v1/nowhere/', 404],
        ['/api/v1/points/rules/', 403],
        [PROFILES, 200],
      ] as const)
        expect((await ask(path, { agent })).status).toBe(status);
      const refused = await post({
        body: 'x'.repeat(2_000),
        agent,
        headers: { authorization: 'Bearer nothing' },
      });
      expect(refused.status).toBe(401);
      expect((await ask(PROFILES, { agent })).status).toBe(200);
      expect(ports.size).toBe(1);
    } finally {
      agent.destroy();
    }
  });

  test('a connection that the service closed while it lay idle costs a read nothing', async () => {
    await ask(PROFILES);
    for (let round = 0; round < 5; round++) {
      gateway.points.server.closeIdleConnections();
      expect((await ask(PROFILES)).status).toBe(200);
    }
  });
});
