/** Health, metrics and documents, as whoever looks after the platform sees them. */
import { request } from 'node:http';
import * as contracts from '@membership/contracts/endpoints/index';
import { eventually } from '@membership/platform/testing/eventually';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawBytes, rawRequest, sampleOf } from './raw-http.ts';

let gateway: GatewayKit;
let acme: ATenant;

beforeAll(async () => {
  gateway = await startGateway({ PUBLIC_URL: 'https://api.example:8443/' });
  acme = await gateway.aTenant();
});
afterAll(() => gateway?.stop());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  rawRequest(gateway.kit.url, path, { headers, method });

describe('health', () => {
  const checks = { database: 'up', broker: 'up', events: 'up' };
  test('names every service; the process itself lives and is ready', async () => {
    const health = await get('/api/v1/health/');
    expect([health.status, health.body.status, health.body.version]).toEqual([
      200,
      'ok',
      expect.stringMatching(/^\d+\.\d+\.\d+$/),
    ]);
    expect(health.body.services).toEqual({
      gateway: { status: 'up', latency_ms: expect.any(Number), breaker: null, checks },
      ...Object.fromEntries(
        ['points', 'vip', 'licenses', 'applications', 'stats'].map((name) => [
          name,
          { status: 'up', latency_ms: expect.any(Number), breaker: 'closed', checks },
        ]),
      ),
    });
    expect(health.headers['cache-control']).toBe('no-store');
    for (const path of ['/healthz', '/readyz', '/api/v1/health']) expect((await get(path)).status).toBe(200);
    expect((await get('/readyz')).body).toMatchObject({
      status: 'ready',
      checks,
    });
  });

  test('probes and browsers add what they like: public reads pass over it, and writes and lists do not', async () => {
    const added = '?utm_source=mail&_=1';
    const paths = [
      '/api/v1/health/',
      '/.well-known/jwks.json',
      '/.well-known/license-keys.json',
      '/api/v1/docs/',
    ];
    for (const path of paths) expect([path, (await get(`${path}${added}`)).status]).not.toEqual([path, 400]);
    const { status, body } = await get(`/api/v1/members/${added}`, {
      authorization: `Bearer ${acme.adminToken}`,
    });
    expect([status, Object.keys(body.error.details ?? {})]).toEqual([400, ['utm_source', '_']]);
  });

  test('without any service the platform is down: 503, while the gateway goes on', async () => {
    const own = await startGateway({ PROBE_INTERVAL_MS: '100' });
    try {
      await Promise.all([own.points.close(), own.others.close()]);
      // What was seen a moment ago is shared for a quarter of a second.
      await eventually(async () => {
        const health = await rawRequest(own.kit.url, '/api/v1/health/');
        expect([health.status, health.body.status]).toEqual([503, 'down']);
        expect(health.body.services.gateway.status).toBe('up');
      });
      expect((await rawRequest(own.kit.url, '/healthz')).status).toBe(200);
    } finally {
      await Promise.all([own.points.listen(), own.others.listen()]);
      await own.stop();
    }
  });
});

describe('metrics', () => {
  test('have a port of their own and count proxied requests by route, status and service', async () => {
    expect((await get('/metrics')).status).toBe(404);
    const route = '/api/v1/points/profiles/:id/summary/';
    const labels = { method: 'GET', route, status: '200' };
    const before = sampleOf(await gateway.kit.metrics(), 'http_request_duration_seconds_count', labels) ?? 0;
    for (const id of [1, 2, 3])
      await get(`/api/v1/points/profiles/${id}/summary/`, { authorization: `Bearer ${acme.adminToken}` });
    // Counted when the connection is done with the answer, which the client has by then.
    const text = await eventually(async () => {
      const all = await gateway.kit.metrics();
      expect(sampleOf(all, 'http_request_duration_seconds_count', labels)).toBe(before + 3);
      return all;
    });
    for (const upstream of ['points', 'vip', 'licenses', 'applications', 'stats']) {
      expect(sampleOf(text, 'membership_gateway_breaker_state', { upstream })).toBe(0);
      expect(sampleOf(text, 'membership_gateway_proxy_in_flight', { upstream })).toBe(0);
    }
    // Neither ids nor paths that somebody made up become labels.
    await get('/api/v1/made-up-by-a-client/');
    expect(await gateway.kit.metrics()).not.toContain('made-up-by-a-client');
    expect(text).not.toContain('profiles/1/');
  });

  test('count what is refused before an endpoint of the gateway’s own is reached, once', async () => {
    const labels = { method: 'GET', route: '/api/v1/auth/me/' };
    const count = async (status: string) =>
      sampleOf(await gateway.kit.metrics(), 'http_request_duration_seconds_count', { ...labels, status }) ??
      0;
    const [refused, served] = [await count('401'), await count('200')];
    await get('/api/v1/auth/me/');
    await get('/api/v1/auth/me/', { authorization: 'Bearer nothing' });
    await get('/api/v1/auth/me/', { authorization: `Bearer ${acme.adminToken}` });
    await eventually(async () =>
      expect([await count('401'), await count('200')]).toEqual([refused + 2, served + 1]),
    );
  });

  test('count refusals by reason', async () => {
    const count = async (reason: string) =>
      sampleOf(await gateway.kit.metrics(), 'membership_gateway_refused_total', { reason }) ?? 0;
    const [authentication, role] = [await count('authentication'), await count('role')];
    await get('/api/v1/points/profiles/', { authorization: 'Bearer nothing' });
    await get('/api/v1/tenants/', { authorization: `Bearer ${acme.adminToken}` });
    await get('/api/v1/points/profiles/1/earn_points/', {}, 'POST');
    expect(await count('authentication')).toBe(authentication + 2);
    expect((await get('/api/v1/tenants/', { authorization: `Bearer ${acme.adminToken}` })).status).toBe(403);
    const member = await acme.aMember();
    await get('/api/v1/points/rules/', { authorization: `Bearer ${member.accessToken}` });
    expect(await count('role')).toBeGreaterThan(role);
  });
});

describe('the access log', () => {
  const lines: Record<string, unknown>[] = [];
  const linesOf = (requestId: string) =>
    eventually(() => {
      const found = lines.filter((line) => line['requestId'] === requestId);
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
  beforeAll(() => {
    gateway.kit.running.logger.info = (line: unknown) => void lines.push(line as Record<string, unknown>);
  });

  test('has a line for each write and each refusal, its own and those passed on, without the query', async () => {
    const admin = { authorization: `Bearer ${acme.adminToken}` };
    const path = '/api/v1/points/profiles/7/earn_points/';
    await get(`${path}?secret=x`, { ...admin, 'x-request-id': 'write-1' }, 'POST');
    expect(await linesOf('write-1')).toEqual([
      {
        requestId: 'write-1',
        method: 'POST',
        path,
        route: '/api/v1/points/profiles/:id/earn_points/',
        upstream: 'points',
        status: 200,
        ms: expect.any(Number),
        tenant: acme.id,
        caller: `user:${acme.adminId}`,
        from: '127.0.0.1',
      },
    ]);
    for (const [id, refused, status] of [
      ['refused-1', '/api/v1/points/profiles/', 401],
      ['refused-2', '/api/v1/auth/me/', 401],
      ['refused-3', '/api/v1/nowhere/', 404],
      ['refused-4', '/api/v1/%2e%2e/', 404],
    ] as const) {
      await get(refused, { 'x-request-id': id });
      expect(await linesOf(id)).toMatchObject([{ status, caller: 'anonymous', path: refused }]);
    }
    await get('/api/v1/auth/login/', { 'x-request-id': 'own-1' }, 'POST');
    expect(await linesOf('own-1')).toMatchObject([{ status: 400, upstream: 'gateway', method: 'POST' }]);
    await get('/api/v1/points/profiles/', { ...admin, 'x-request-id': 'read-1' });
    await get('/api/v1/auth/me/', { ...admin, 'x-request-id': 'read-2' });
    expect(lines.filter(({ requestId }) => String(requestId).startsWith('read'))).toEqual([]);
  });

  test.each([
    [{ ACCESS_LOG: 'refusals' }, ['write', 'read'], []],
    [{ ACCESS_LOG: 'refusals', ACCESS_LOG_SAMPLE: '1' }, ['write', 'read'], ['write', 'read']],
    [{ ACCESS_LOG: 'all' }, ['write', 'read'], ['write', 'read']],
    [{ ACCESS_LOG: 'changes', ACCESS_LOG_SAMPLE: '1' }, ['write', 'read'], ['write', 'read']],
  ])(
    'with %j has a line for each refusal and, of what went well, as many as it says',
    async (own, asked, expected) => {
      const replica = await gateway.aReplica(own);
      try {
        const seen: Record<string, unknown>[] = [];
        replica.running.logger.info = (line: unknown) => void seen.push(line as Record<string, unknown>);
        const headers = (id: string) => ({
          authorization: `Bearer ${acme.adminToken}`,
          'x-request-id': id,
        });
        const path = '/api/v1/points/profiles/';
        for (const id of asked)
          await rawRequest(replica.url, id === 'write' ? `${path}7/earn_points/` : path, {
            headers: headers(id),
            method: id === 'write' ? 'POST' : 'GET',
          });
        await rawRequest(replica.url, '/api/v1/tenants/', { headers: headers('refused') });
        await rawBytes(replica.url, 'nonsense\r\n\r\n');
        // The last of all that is to be told: what has no line by then has none.
        await eventually(() => expect(seen.some(({ reason }) => reason !== undefined)).toBe(true));
        const ids = seen.flatMap(({ requestId, status }) => (requestId && status ? [requestId] : []));
        expect(ids).toEqual([...expected, 'refused']);
      } finally {
        await replica.stop();
      }
    },
  );

  test('is not written at all with ACCESS_LOG=none, whatever ended how', async () => {
    const replica = await gateway.aReplica({ ACCESS_LOG: 'none', ACCESS_LOG_SAMPLE: '1' });
    try {
      const seen: unknown[] = [];
      replica.running.logger.info = (line: unknown) => void seen.push(line);
      await rawRequest(replica.url, '/api/v1/points/profiles/');
      await rawBytes(replica.url, 'nonsense\r\n\r\n');
      await replica.stop();
      expect(seen.filter((line) => typeof line === 'object' && line !== null && 'status' in line)).toEqual(
        [],
      );
    } finally {
      await replica.stop();
    }
  });

  test.each([
    ['no HTTP', 'nonsense\r\n\r\n', { status: 400, reason: 'HPE_INVALID_METHOD' }],
    [
      'headers too large',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`,
      { status: 431, reason: 'HPE_HEADER_OVERFLOW' },
    ],
  ])('has a line for what is no request: %s', async (_what, bytes, said) => {
    await rawBytes(gateway.kit.url, bytes);
    const { reason } = said;
    await eventually(() =>
      expect(lines.filter((line) => line['reason'] === reason)).toEqual([{ ...said, from: '127.0.0.1' }]),
    );
  });
});

describe('documents', () => {
  test('OpenAPI 3.1 of all services, with this platform’s address', async () => {
    const { status, headers, body } = await get('/api/v1/openapi.json');
    expect([status, headers['content-type'], body.openapi]).toEqual([
      200,
      'application/json; charset=utf-8',
      expect.stringMatching(/^3\.1\./),
    ]);
    expect(body.servers).toEqual([{ url: 'https://api.example:8443' }]);
    const operations = Object.values(body.paths as Record<string, Record<string, unknown>>).flatMap((path) =>
      Object.keys(path).filter((key) => ['get', 'post', 'put', 'patch', 'delete'].includes(key)),
    );
    expect(operations).toHaveLength(contracts.allEndpoints.length);
  });

  test('it speaks the language that is asked for: by the query, else by the header, else Chinese', async () => {
    const said = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await get(path, headers);
      return [answer.headers['content-language'], answer.body.info?.title, answer.headers.vary];
    };
    const path = '/api/v1/openapi.json';
    const vary = expect.stringMatching(/Accept-Language/);
    const alone = expect.not.stringMatching(/Accept-Language/);
    const [zh, en] = ['会员平台 API', 'Membership platform'];
    expect(await said(path)).toEqual(['zh', zh, vary]);
    expect(await said(path, { 'accept-language': 'en-GB, zh;q=0.5' })).toEqual(['en', en, vary]);
    expect(await said(path, { 'accept-language': 'fr' })).toEqual(['zh', zh, vary]);
    expect(await said(`${path}?lang=en`)).toEqual(['en', en, alone]);
    expect(await said(`${path}?lang=zh&v=2`, { 'accept-language': 'en' })).toEqual(['zh', zh, alone]);
    const refused = await get(`${path}?lang=fr`, { 'accept-language': 'en' });
    expect([refused.status, refused.body.error.details]).toEqual([400, { lang: ['Must be one of: zh, en'] }]);
    expect((await get(`${path}?lang=en&lang=zh`)).status).toBe(400);
    const inZh = await get(path);
    const other = await get(`${path}?lang=en`, { 'if-none-match': String(inZh.headers.etag) });
    expect(other.status).toBe(200);
  });

  test('AsyncAPI 3 of all events', async () => {
    const { status, body } = await get('/api/v1/asyncapi.json');
    expect([status, body.asyncapi]).toEqual([200, expect.stringMatching(/^3\./)]);
    expect(Object.keys(body.channels).length).toBeGreaterThan(0);
    const said = async (language: string) => {
      const answer = await get(`/api/v1/asyncapi.json?lang=${language}`);
      const { summary } = answer.body.components.messages['vip.granted.v1'];
      return [answer.headers['content-language'], summary];
    };
    expect(await said('en')).toEqual(['en', 'A member got a tag.']);
    expect(await said('zh')).toEqual(['zh', '会员获得了标签。']);
    expect((await get('/api/v1/asyncapi.json?lang=fr')).status).toBe(400);
  });

  test.each(['/api/v1/docs/', '/api/v1/redoc/'])('%s and all that it names come from here', async (page) => {
    const html = await get(page);
    expect([html.status, html.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = String(html.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(html.headers['x-frame-options']).toBe('DENY');
    const named = [...html.text.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)].map(
      (match) => match[1] as string,
    );
    expect(named.length).toBeGreaterThan(2);
    for (const file of named) {
      expect(file).toMatch(/^\/api\/v1\//);
      const answer = await get(file);
      expect([file, answer.status]).toEqual([file, 200]);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      if (!file.includes('.png'))
        expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.text)));
      // Links lead elsewhere; nothing is fetched from there.
      expect(answer.text).not.toContain('cdn.redoc.ly');
    }
    expect((await get(page.slice(0, -1))).status).toBe(200);
    expect((await get(page, {}, 'HEAD')).text).toBe('');
    expect((await get(page, {}, 'POST')).status).toBe(405);
  });

  test('a file that the browser has is not sent again; one that is not there is 404', async () => {
    const script = '/api/v1/docs/swagger-ui-bundle.js';
    const first = await get(script);
    const again = await get(script, { 'if-none-match': String(first.headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
    for (const path of [
      '/api/v1/docs/nothing.js',
      '/api/v1/docs/swagger-ui.css.map',
      '/api/v1/docs/index.html',
    ])
      expect((await get(path)).status).toBe(404);
  });

  test('what is long goes out compressed, to whom reads it so; a browser that has it gets 304', async () => {
    for (const path of [
      '/api/v1/openapi.json',
      '/api/v1/asyncapi.json',
      '/api/v1/docs/swagger-ui-bundle.js',
      '/api/v1/docs/swagger-ui.css',
      '/api/v1/redoc/redoc.standalone.js',
    ]) {
      const plain = await get(path);
      expect([path, plain.headers['content-encoding'], plain.headers.vary]).toEqual([
        path,
        undefined,
        expect.stringMatching(/accept-encoding/i),
      ]);
      for (const [accepted, encoding] of [
        ['gzip', 'gzip'],
        ['br', 'br'],
        ['gzip;q=0.5, br;q=1', 'br'],
        ['br;q=0, gzip', 'gzip'],
      ] as const) {
        const { headers, status } = await get(path, { 'accept-encoding': accepted });
        expect([path, status, headers['content-encoding']]).toEqual([path, 200, encoding]);
        expect(Number(headers['content-length'])).toBeLessThan(Buffer.byteLength(plain.text) / 2);
        expect(headers.etag).not.toBe(plain.headers.etag);
        const again = await get(path, {
          'accept-encoding': accepted,
          'if-none-match': String(headers.etag),
        });
        expect([again.status, again.text]).toEqual([304, '']);
      }
      const unzipped = await fetch(new URL(path, gateway.kit.url));
      expect(await unzipped.text()).toBe(plain.text);
    }
    expect((await get('/api/v1/docs/favicon-32x32.png')).headers).not.toHaveProperty('vary');
  });

  test('tokens are kept by no page', async () => {
    expect((await get('/api/v1/docs/start.js')).text).not.toContain('persistAuthorization');
  });

  test('the root shows where one is, in one’s language', async () => {
    for (const [path, headers, language, word] of [
      ['/', {}, 'zh', '健康状况'],
      ['/', { 'accept-language': 'en-US' }, 'en', 'Health'],
      ['/?lang=en', {}, 'en', 'Health'],
      ['/?lang=nothing&x=1', {}, 'zh', '健康状况'],
    ] as const) {
      const answer = await get(path, headers);
      expect([answer.status, answer.headers['content-language']]).toEqual([200, language]);
      expect(answer.text).toContain(word);
      for (const place of [
        '/api/v1/docs/',
        '/api/v1/redoc/',
        '/api/v1/openapi.json?lang=',
        '/api/v1/asyncapi.json?lang=',
        '/api/v1/health/',
      ])
        expect(answer.text).toContain(`href="${place}`);
    }
  });

  test('pages are in the language that is asked for, and name their files by what is in them', async () => {
    const page = async (path: string, headers = {}) => (await get(path, headers)).text;
    expect(await page('/api/v1/docs/')).toContain('<html lang="zh">');
    expect(await page('/api/v1/redoc/', { 'accept-language': 'en' })).toContain('<html lang="en">');
    const english = await page('/api/v1/docs/?lang=en');
    // The way to the other language is in that language.
    expect(english.replace('中文', '')).not.toMatch(/\p{Script=Han}/u);
    const named = [...english.matchAll(/"([^"]+\?v=[\w-]+)"/g)].map((match) => String(match[1]));
    expect(named.length).toBeGreaterThan(3);
    for (const file of named)
      expect((await get(file)).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const [plain] = String(named[0]).split('?') as [string];
    for (const other of [plain, `${plain}?v=another`])
      expect((await get(other)).headers['cache-control']).toBe('no-cache');
    expect((await get('/api/v1/docs/?lang=fr')).status).toBe(400);
  });
});

describe('the gateway’s own endpoints', () => {
  const login = (body: string | Buffer, headers: Record<string, string> = {}) =>
    rawRequest(gateway.kit.url, '/api/v1/auth/login/', { method: 'POST', body, headers });

  test.each([
    ['', 400, 'VALIDATION_ERROR'],
    ['{', 400, 'MALFORMED_JSON'],
    ['{"username":"x","username"}', 400, 'MALFORMED_JSON'],
    ['null', 400, 'VALIDATION_ERROR'],
    ['[]', 400, 'VALIDATION_ERROR'],
    ['"text"', 400, 'VALIDATION_ERROR'],
    ['7', 400, 'VALIDATION_ERROR'],
    ['{"username":{"$gt":""},"password":{"$ne":null}}', 400, 'VALIDATION_ERROR'],
    ['{"constructor":{"prototype":{"isAdmin":true}}}', 400, 'VALIDATION_ERROR'],
    ['{"__proto__":{"isAdmin":true},"username":"x","password":"y"}', 400, 'VALIDATION_ERROR'],
    ['{"username":"x","password":"y","_bsontype":"ObjectId"}', 400, 'VALIDATION_ERROR'],
    [`{"username":"${'x'.repeat(200_000)}"}`, 413, 'PAYLOAD_TOO_LARGE'],
    [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 400, undefined],
  ])('a body %.40s: %i', async (body, status, code) => {
    const answer = await login(body);
    expect([answer.status, answer.body.success]).toEqual([status, false]);
    if (code) expect(answer.body.error.code).toBe(code);
  });

  test('another media type, charset or encoding: 415', async () => {
    for (const headers of [
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/xml' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'application/json; charset=iso-8859-1' },
      { 'content-encoding': 'compress' },
    ])
      expect([headers, (await login('{"username":"x","password":"y"}', headers)).status]).toEqual([
        headers,
        415,
      ]);
  });

  test('bytes that are no UTF-8, and a NUL, are refused like any wrong name', async () => {
    for (const body of [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), '{"username":"a\\u0000b","password":"y"}'])
      expect([400, 401]).toContain((await login(body)).status);
  });

  test('a body that comes in bits and never ends does not keep others waiting', async () => {
    const { hostname, port } = new URL(gateway.kit.url);
    const slow = request({
      hostname,
      port,
      method: 'POST',
      path: '/api/v1/auth/login/',
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
    });
    slow.on('error', () => undefined);
    slow.write('{');
    expect((await login('{}')).status).toBe(400);
    slow.destroy();
  });
});
