/** Calls of pages on other origins, and the headers that every answer bears. */
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest } from './raw-http.ts';

const PROFILES = '/api/v1/points/profiles/';
const CONSOLE = 'https://console.example';
let gateway: GatewayKit;

const preflight = (origin: string, path = PROFILES, method = 'GET') =>
  rawRequest(gateway.kit.url, path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method },
  });

describe('named origins', () => {
  let acme: ATenant;
  beforeAll(async () => {
    gateway = await startGateway({ CORS_ORIGINS: `${CONSOLE}, http://localhost:5173` });
    acme = await gateway.aTenant();
  });
  afterAll(() => gateway?.stop());

  test('may ask what they may ask: by path', async () => {
    const answer = await preflight(CONSOLE, '/api/v1/points/rules/', 'POST');
    expect(answer).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': CONSOLE,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': expect.stringContaining('Authorization'),
        vary: 'origin',
      },
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('may ask for what is nowhere, too, and see that it is: others are told by the preflight already', async () => {
    const nowhere = '/api/v1/nowhere/';
    expect(await preflight(CONSOLE, nowhere, 'PATCH')).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': CONSOLE,
        'access-control-allow-methods': expect.stringContaining('PATCH'),
      },
    });
    expect((await preflight('https://evil.example', nowhere)).status).toBe(404);
  });

  test('see answers and refusals, of services and of the gateway', async () => {
    for (const [path, status, token] of [
      [PROFILES, 200, acme.adminToken],
      [PROFILES, 401, 'nothing'],
      ['/api/v1/auth/me/', 200, acme.adminToken],
      ['/api/v1/nowhere/', 404, acme.adminToken],
    ] as const) {
      const answer = await rawRequest(gateway.kit.url, path, {
        headers: { origin: CONSOLE, authorization: `Bearer ${token}` },
      });
      expect([answer.status, answer.headers['access-control-allow-origin'], answer.headers.vary]).toEqual([
        status,
        CONSOLE,
        'origin',
      ]);
      expect(answer.headers['access-control-expose-headers']).toContain('X-Request-ID');
      expect(answer.headers['access-control-expose-headers']).toContain('Content-Disposition');
    }
  });

  test.each([
    'https://evil.example',
    'https://console.example.evil.example',
    'http://console.example',
    'null',
    '',
  ])('another (%j) is told nothing', async (origin) => {
    const asked = await preflight(origin);
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([405, undefined]);
    const answer = await rawRequest(gateway.kit.url, PROFILES, {
      headers: { origin, authorization: `Bearer ${acme.adminToken}` },
    });
    expect([answer.status, answer.headers['access-control-allow-origin'], answer.headers.vary]).toEqual([
      200,
      undefined,
      'origin',
    ]);
  });

  test('a service’s own word on origins does not pass', async () => {
    gateway.points.answering = (_request, response) =>
      response
        .writeHead(200, {
          'access-control-allow-origin': '*',
          'access-control-allow-credentials': 'true',
          'content-length': '0',
        })
        .end();
    const answer = await rawRequest(gateway.kit.url, PROFILES, {
      headers: { origin: 'https://evil.example', authorization: `Bearer ${acme.adminToken}` },
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    gateway.points.answering = undefined;
  });

  test('every answer keeps itself from being misread', async () => {
    for (const path of [PROFILES, '/api/v1/auth/me/', '/api/v1/nowhere/', '/api/v1/health/'])
      expect((await rawRequest(gateway.kit.url, path)).headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'x-request-id': expect.any(String),
      });
  });
});

test('unless set, no origin may call', async () => {
  gateway = await startGateway();
  try {
    expect((await preflight(CONSOLE)).status).toBe(405);
    const answer = await rawRequest(gateway.kit.url, '/api/v1/health/', { headers: { origin: CONSOLE } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  } finally {
    await gateway.stop();
  }
});

test('`*` is everybody, without credentials', async () => {
  gateway = await startGateway({ CORS_ORIGINS: '*', PUBLIC_URL: 'https://api.example' });
  try {
    expect((await preflight('https://anybody.example')).headers['access-control-allow-origin']).toBe('*');
    const answer = await rawRequest(gateway.kit.url, '/api/v1/health/', { headers: { origin: CONSOLE } });
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  } finally {
    await gateway.stop();
  }
});
