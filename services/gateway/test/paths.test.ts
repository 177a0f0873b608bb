/** Paths and methods: what is nowhere, what looks like something else, and in whose voice it is refused. */
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawBytes, rawRequest } from './raw-http.ts';

let gateway: GatewayKit;
let acme: ATenant;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
});
afterAll(() => gateway?.stop());

const ask = (path: string, method = 'GET', headers: Record<string, string> = {}) =>
  rawRequest(gateway.kit.url, path, {
    method,
    headers: { authorization: `Bearer ${acme.adminToken}`, ...headers },
  });
const received = () => gateway.points.received.length + gateway.others.received.length;

test.each([
  '/api/v1/points//profiles/',
  '//api/v1/points/profiles/',
  '/api//v1/points/profiles/',
  '/api/v1/points/profiles//',
  '/api/v1/vip/../points/profiles/',
  '/api/v1/points/profiles/..',
  '/api/v1/points/./profiles/',
  '/api/v1/points/profiles/.',
  '/api/v1/vip/%2e%2e/points/profiles/',
  '/api/v1/vip/%2E%2E/points/profiles/',
  '/api/v1/vip/.%2e/points/profiles/',
  '/api/v1/vip/%252e%252e/points/profiles/',
  '/api/v1/vip/..;/points/profiles/',
  '/api/v1/points/profiles;/',
  '/api/v1/points/profiles;a=b/',
  '/api/v1%2fpoints/profiles/',
  '/api/v1/points%2Fprofiles/',
  '/api/v1/points\\profiles/',
  '/api/v1/points/profiles%00/',
  '/api/v1/points/%70rofiles/',
  '/api/v1/points/profiles/%31/',
  '/api/v1/points/profiles/1%2f..%2f2/',
  '/api/v1/points/profiles/1%23/',
  '/API/v1/points/profiles/',
  '/api/v1/Points/profiles/',
  '/api/v1/points/profiles/1/SUMMARY/',
  '/internal/members/1',
  '/internal/dead-letters',
  '/metrics',
  '/metrics/',
  '/.git/config',
  '/.env',
  '/api/v1/docs/../../../../etc/passwd',
  '/api/v1/docs/%2e%2e/package.json',
  '/api/v1/docs/package.json',
  '/api/v1/docs/absolute-path.js',
  '/api/v1/redoc/..%2f..%2fpackage.json',
  '/x@evil.example/',
  '*',
])('%s is nowhere: 404, and no service hears of it', async (path) => {
  const before = received();
  const answer = await ask(path);
  expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/json; charset=utf-8']);
  expect(received()).toBe(before);
});

test('an absolute address, whoever’s, is no path of ours', async () => {
  for (const target of [
    'http://127.0.0.1/api/v1/points/profiles/',
    `${new URL('/api/v1/points/profiles/', gateway.points.url)}`,
    'https://evil.example/api/v1/points/profiles/',
  ])
    expect((await ask(target)).status).toBe(404);
});

test('with and without the last slash it is one path; a query changes nothing', async () => {
  for (const path of [
    '/api/v1/points/profiles',
    '/api/v1/points/profiles/',
    '/api/v1/points/profiles?x=/../',
  ])
    expect((await ask(path)).status).toBe(200);
});

test.each([
  ['/api/v1/member-system/nowhere', { code: 404, data: { path: '/api/v1/member-system/nowhere' } }],
  ['/api/v1/applications/1/nowhere/', { success: false, code: 4004, data: null, error_code: 'BIZ_001' }],
  [
    '/api/v1/points/nowhere/?a=b',
    { success: false, error: { code: 'BIZ_001', details: { path: '/api/v1/points/nowhere/' } } },
  ],
  ['/api/v1/vip/nowhere/', { success: false, error: { code: 'BIZ_001' } }],
  ['/nowhere', { success: false, error: { code: 'BIZ_001' } }],
  ['/api/v1/applications/%20/', { success: false, code: 4004, data: null, error_code: 'BIZ_001' }],
  ['/api/v1/member-system/activities/%E5%BC%A0/join/?a=/../', { code: 404, data: {} }],
])('an unknown path is refused in the dialect of its family: %s', async (path, body) => {
  expect(await ask(path)).toMatchObject({ status: 404, body });
});

test.each([
  ['DELETE', '/api/v1/points/profiles/', 'GET, HEAD'],
  ['PUT', '/api/v1/points/rules/', 'GET, HEAD, POST'],
  ['PATCH', '/api/v1/auth/login/', 'POST'],
  ['GET', '/api/v1/auth/login/', 'POST'],
  ['POST', '/api/v1/auth/me/', 'GET, HEAD'],
  ['POST', '/api/v1/health/', 'GET, HEAD'],
  ['PROPFIND', '/api/v1/points/profiles/', 'GET, HEAD'],
  ['TRACE', '/api/v1/points/profiles/', 'GET, HEAD'],
  ['POST', '/', 'GET, HEAD'],
  ['DELETE', '/admin/members', 'GET, HEAD'],
  ['OPTIONS', '/api/v1/points/rules/', 'GET, HEAD, POST'],
])('%s %s: 405 and what may be asked', async (method, path, allow) => {
  const before = received();
  const answer = await ask(path, method);
  expect([answer.status, answer.headers.allow, answer.body.error.code]).toEqual([
    405,
    allow,
    'METHOD_NOT_ALLOWED',
  ]);
  expect(received()).toBe(before);
});

test('a method cannot be said in a header or a query', async () => {
  await ask('/api/v1/points/profiles/?_method=DELETE', 'GET', {
    'x-http-method-override': 'DELETE',
    'x-http-method': 'DELETE',
    'x-method-override': 'DELETE',
  });
  expect(gateway.points.last.method).toBe('GET');
  expect(gateway.points.last.headers).not.toHaveProperty('x-http-method-override');
});

test('bytes behind a request that are no HTTP: the request has its own answer, whole, and the connection ends', async () => {
  const head = [
    'GET /api/v1/points/profiles/ HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${acme.adminToken}`,
  ];
  const text = await rawBytes(gateway.kit.url, `${head.join('\r\n')}\r\n\r\n\x16\x03\x01\x00\xa5`);
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  const [answer = '', body = ''] = text.split('\r\n\r\n');
  expect(Buffer.byteLength(body, 'latin1')).toBe(Number(/content-length: (\d+)/i.exec(answer)?.[1]));
});

describe('requests that two readers could read in two ways', () => {
  const smuggled = 'GET /api/v1/points/rules/ HTTP/1.1\r\nHost: x\r\n\r\n';
  const head = (lines: string[]) =>
    `${[`POST /api/v1/points/rules/ HTTP/1.1`, 'Host: x', `Authorization: Bearer ${acme.adminToken}`, ...lines].join('\r\n')}\r\n\r\n`;

  test.each([
    [
      'a length and chunks',
      () => `${head(['Content-Length: 5', 'Transfer-Encoding: chunked'])}0\r\n\r\n${smuggled}`,
    ],
    ['two lengths', () => `${head(['Content-Length: 5', 'Content-Length: 6'])}hello!${smuggled}`],
    ['a length that is none', () => `${head(['Content-Length: +5'])}hello${smuggled}`],
    ['a negative length', () => `${head(['Content-Length: -1'])}hello${smuggled}`],
    ['an unknown transfer coding', () => `${head(['Transfer-Encoding: xchunked'])}0\r\n\r\n${smuggled}`],
    ['a chunk size that is none', () => `${head(['Transfer-Encoding: chunked'])}zz\r\nhello\r\n0\r\n\r\n`],
    ['a space before the colon', () => `${head(['Content-Length : 5'])}hello`],
    ['a folded header', () => head(['X-Folded: a', '\tb'])],
    ['a line feed alone', () => 'GET / HTTP/1.1\nHost: x\n\n'],
    ['no host', () => 'GET /api/v1/health/ HTTP/1.1\r\n\r\n'],
    ['an unknown version', () => 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['no HTTP at all', () => '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'],
  ])('%s: 400, the connection ends, no service hears more than one request', async (_what, bytes) => {
    const before = received();
    const answer = await rawBytes(gateway.kit.url, bytes());
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(received()).toBe(before);
  });

  test('headers beyond 16 kB: 431', async () => {
    expect(
      await rawBytes(gateway.kit.url, `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('an upgrade is not taken up', async () => {
    const answer = await rawBytes(
      gateway.kit.url,
      `GET /api/v1/points/profiles/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nAuthorization: Bearer ${acme.adminToken}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(gateway.points.last.headers).not.toHaveProperty('upgrade');
  });
});
