/** Hosts of tenants: what they name, and which pages of other origins may call there. */
import { me } from '@membership/contracts/endpoints/gateway/auth';
import {
  getSecuritySettings,
  updateSecuritySettings,
} from '@membership/contracts/endpoints/gateway/second-factor';
import { createTenant, getTenant, updateTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { eventually } from '@membership/platform/testing/eventually';
import { PASSWORD, startGateway, withinASecond, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest } from './raw-http.ts';

const PROFILES = '/api/v1/points/profiles/';
const SHOP = 'https://shop.acme.example';
const PLATFORM_PAGE = 'https://console.example';
let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
beforeAll(async () => {
  gateway = await startGateway({ CORS_ORIGINS: PLATFORM_PAGE });
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
  await setHosts(acme, ['Members.ACME.example', 'club.acme.example']);
  await acme.admin.ask(updateSecuritySettings, {
    body: { allowed_origins: [SHOP, 'http://localhost:5173'] },
  });
});
afterAll(() => gateway?.stop());

const setHosts = (tenant: ATenant, hosts: readonly string[]) =>
  gateway.root.ask(updateTenant, { params: { id: String(tenant.id) }, body: { hosts: [...hosts] } });
const preflight = (host: string, origin: string) =>
  rawRequest(gateway.kit.url, PROFILES, {
    method: 'OPTIONS',
    headers: { host, origin, 'access-control-request-method': 'GET' },
  });
const ask = (host: string, origin: string, token?: string, path = PROFILES) =>
  rawRequest(gateway.kit.url, path, {
    headers: { host, origin, ...(token ? { authorization: `Bearer ${token}` } : {}) },
  });
const logInAt = (host: string, username: string, tenant?: string) =>
  rawRequest(gateway.kit.url, '/api/v1/auth/login/', {
    method: 'POST',
    headers: { host },
    body: JSON.stringify({ username, password: PASSWORD, ...(tenant ? { tenant } : {}) }),
  });

describe('hosts', () => {
  test('are set by the platform administrator, in one spelling, and are one tenant’s', async () => {
    const read = await gateway.root.ask(getTenant, { params: { id: String(acme.id) } });
    expect(read.hosts).toEqual(['members.acme.example', 'club.acme.example']);
    const taken = await gateway.root.call(updateTenant, {
      params: { id: String(globex.id) },
      body: { hosts: ['club.acme.example'] },
    });
    expect([taken.status, Object.keys(taken.body.error.details)]).toEqual([400, ['hosts']]);
    const made = await gateway.root.call(createTenant, {
      body: { code: 'hosted', name: 'Hosted', hosts: ['CLUB.acme.example'] },
    });
    expect(made.status).toBe(400);
    expect(
      (await acme.admin.call(updateTenant, { params: { id: String(acme.id) }, body: { hosts: [] } })).status,
    ).toBe(403);
  });

  test('that come to two tenants at once go to one', async () => {
    const answers = await Promise.all(
      [acme, globex].map(({ id }) =>
        gateway.root.call(updateTenant, {
          params: { id: String(id) },
          body: { hosts: ['both.example.org'] },
        }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
    await setHosts(globex, []);
    await setHosts(acme, ['members.acme.example', 'club.acme.example']);
  });

  test.each([
    [['not a host']],
    [['localhost']],
    [['203.0.113.5']],
    [['https://acme.example']],
    [['acme.example:8000']],
    [['acme.example', 'ACME.example']],
    [['gateway.test']],
    [['acme.gateway.test']],
    [Array.from({ length: 11 }, (_, number) => `h${number}.example.org`)],
  ])('%j are refused', async (hosts) => {
    const answer = await gateway.root.call(updateTenant, {
      params: { id: String(globex.id) },
      body: { hosts },
    });
    expect([answer.status, JSON.stringify(answer.body.error.details)]).toEqual([
      400,
      expect.stringContaining('hosts'),
    ]);
  });

  test('name the tenant of a login that names none, and nobody else’s', async () => {
    const [mine, theirs] = [await acme.aMember('twin'), await globex.aMember('twin')];
    expect((await logInAt('gateway.test', 'twin')).body.error.code).toBe('TENANT_REQUIRED');
    await withinASecond(async () =>
      expect((await logInAt('members.acme.example:443', 'twin')).body.data?.user.id).toBe(mine.id),
    );
    expect((await logInAt('members.acme.example', 'twin', 'globex')).body.data.user.id).toBe(theirs.id);
    const stranger = await globex.aMember();
    expect((await logInAt('members.acme.example', stranger.username)).status).toBe(401);
    expect((await logInAt('gateway.test', 'root')).status).toBe(200);
    expect((await logInAt('members.acme.example', 'root')).status).toBe(401);
  });

  test('are forgotten within a second of being taken away', async () => {
    await setHosts(globex, ['old.globex.example']);
    const member = await globex.aMember('twin-2');
    await acme.aMember('twin-2');
    await withinASecond(async () =>
      expect((await logInAt('old.globex.example', 'twin-2')).body.data?.user.id).toBe(member.id),
    );
    await setHosts(globex, []);
    await withinASecond(async () =>
      expect((await logInAt('old.globex.example', 'twin-2')).body.error?.code).toBe('TENANT_REQUIRED'),
    );
  });
});

describe('origins of a tenant', () => {
  test.each(['members.acme.example', 'club.acme.example:8443', 'acme.gateway.test'])(
    'may call at %s, and see answers and refusals',
    async (host) => {
      await eventually(async () => expect((await preflight(host, SHOP)).status).toBe(204));
      const answer = await preflight(host, SHOP);
      expect(answer.headers).toMatchObject({ 'access-control-allow-origin': SHOP, vary: 'origin' });
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
      for (const [path, status, token] of [
        [PROFILES, 200, acme.adminToken],
        ['/api/v1/auth/me/', 200, acme.adminToken],
        [PROFILES, 401, undefined],
        ['/api/v1/nowhere/', 404, acme.adminToken],
      ] as const) {
        const seen = await ask(host, SHOP, token, path);
        expect([path, seen.status, seen.headers['access-control-allow-origin'], seen.headers.vary]).toEqual([
          path,
          status,
          SHOP,
          'origin',
        ]);
      }
    },
  );

  test('count at its own hosts alone; the platform’s count everywhere', async () => {
    for (const host of ['gateway.test', 'globex.gateway.test', 'nobody.example']) {
      expect((await preflight(host, SHOP)).status).toBe(405);
      expect((await ask(host, SHOP, acme.adminToken)).headers).not.toHaveProperty(
        'access-control-allow-origin',
      );
    }
    for (const host of ['gateway.test', 'members.acme.example', 'nobody.example'])
      expect((await preflight(host, PLATFORM_PAGE)).headers['access-control-allow-origin']).toBe(
        PLATFORM_PAGE,
      );
    for (const origin of [
      'https://evil.example',
      'null',
      'https://shop.acme.example.evil.example',
      'http://shop.acme.example',
    ])
      expect((await preflight('members.acme.example', origin)).status).toBe(405);
  });

  test('are its administrators’, each change a fact; what is none is refused', async () => {
    expect((await acme.admin.ask(getSecuritySettings, {})).allowed_origins).toEqual([
      SHOP,
      'http://localhost:5173',
    ]);
    expect((await globex.admin.ask(getSecuritySettings, {})).allowed_origins).toEqual([]);
    const member = await acme.aMember();
    expect((await member.client.call(updateSecuritySettings, { body: { allowed_origins: [] } })).status).toBe(
      403,
    );
    for (const wrong of [
      '*',
      'https://*.shop.example',
      'shop.example',
      `${SHOP}/`,
      `${SHOP}/path`,
      'ftp://shop.example',
      'https://user@shop.example',
    ])
      expect(
        (await acme.admin.call(updateSecuritySettings, { body: { allowed_origins: [wrong] } })).status,
      ).toBe(400);
    await globex.admin.ask(updateSecuritySettings, { body: { allowed_origins: ['https://globex.example'] } });
    const fact = await gateway.kit.heardOne(
      'tenant.security_changed.v1',
      ({ tenantid }) => tenantid === globex.id,
    );
    expect(fact.data).toEqual({
      tenantId: globex.id,
      adminSecondFactor: 'optional',
      allowedOrigins: ['https://globex.example'],
    });
    const before = gateway.factsAbout('tenant', globex.id).length;
    await globex.admin.ask(updateSecuritySettings, { body: { allowed_origins: ['https://globex.example'] } });
    await globex.admin.ask(me, {});
    expect(gateway.factsAbout('tenant', globex.id)).toHaveLength(before);
  });
});
