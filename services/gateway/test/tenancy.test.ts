/** Whose data a request is about: the caller's own tenant, or the one that a platform administrator names; and its cell. */
import { updateTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { FakeService } from './fake-service.ts';
import { startGateway, withinASecond, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, sampleOf } from './raw-http.ts';

const PROFILES = '/api/v1/points/profiles/';
const ofCell = new FakeService(['points']);
let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;

beforeAll(async () => {
  const cell = { 'cell-b': { points: await ofCell.listen() } };
  gateway = await startGateway({ CELLS: JSON.stringify(cell), BREAKER_RESET_MS: '60000' });
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
  member = await acme.aMember();
});
afterAll(async () => {
  await gateway?.stop();
  await ofCell.close();
});

const ask = (token: string, tenant?: string, path = PROFILES) =>
  rawRequest(gateway.kit.url, path, {
    headers: { authorization: `Bearer ${token}`, ...(tenant === undefined ? {} : { 'x-tenant-id': tenant }) },
  });

test('a member’s tenant is its own, whatever else the request says', async () => {
  for (const [path, tenant] of [
    [PROFILES, undefined],
    [PROFILES, 'acme'],
    [`${PROFILES}?tenant=${globex.id}&tenant_id=${globex.id}`, undefined],
  ] as const) {
    expect((await ask(member.accessToken, tenant, path)).status).toBe(200);
    expect(gateway.points.last.context?.tid).toBe(acme.id);
    expect(gateway.points.last.headers).not.toHaveProperty('x-tenant-id');
  }
});

test.each(['globex', 'GLOBEX', 'no-such', '', '0', '-1', 'acme, globex', '{"$gt":""}', '__proto__'])(
  'another tenant in X-Tenant-ID (%j) is 403 for a member and an administrator alike',
  async (named) => {
    const before = gateway.points.received.length;
    for (const token of [member.accessToken, acme.adminToken]) {
      const answer = await ask(token, named);
      expect([answer.status, answer.body.error.code]).toEqual([403, 'PERM_001']);
    }
    expect(gateway.points.received.length).toBe(before);
  },
);

test('two X-Tenant-ID headers are no tenant', async () => {
  const answer = await rawRequest(gateway.kit.url, PROFILES, {
    headers: { authorization: `Bearer ${member.accessToken}`, 'x-tenant-id': ['acme', String(globex.id)] },
  });
  expect(answer.status).toBe(403);
});

test('the platform’s administrator names one, by id or code; the service hears which', async () => {
  for (const [named, id] of [
    ['acme', acme.id],
    ['GLOBEX', globex.id],
    [String(globex.id), globex.id],
  ] as const) {
    expect((await ask(gateway.rootToken, named)).status).toBe(200);
    expect(gateway.points.last.context).toMatchObject({ role: 'super', tid: id });
  }
  for (const named of ['no-such', '999999999', '$where', ''])
    expect((await ask(gateway.rootToken, named)).status).toBe(400);
});

test('without a tenant the service decides: it hears that there is none', async () => {
  await ask(gateway.rootToken);
  expect(gateway.points.last.context).toMatchObject({ role: 'super', tid: null });
});

test('a tenant’s cell takes its traffic, for the services that it names; within a second of being set', async () => {
  expect((await ask(globex.adminToken)).status).toBe(200);
  expect(gateway.points.last.context?.tid).toBe(globex.id);
  await gateway.root.ask(updateTenant, { params: { id: String(globex.id) }, body: { cell: 'cell-b' } });
  await withinASecond(async () => {
    const before = ofCell.received.length;
    expect((await ask(globex.adminToken)).status).toBe(200);
    expect(ofCell.received.length).toBe(before + 1);
  });
  expect(ofCell.last.context).toMatchObject({ aud: 'points', tid: globex.id });
  await ask(globex.adminToken, undefined, '/api/v1/vip/tags/');
  expect(gateway.others.last.context?.tid).toBe(globex.id);
  const before = ofCell.received.length;
  expect((await ask(acme.adminToken)).status).toBe(200);
  expect(ofCell.received.length).toBe(before);
});

test('a cell has a breaker and a health of its own: when it fails, the others go on', async () => {
  ofCell.taking = (request) => request.socket.destroy();
  try {
    for (let round = 0; round < 5; round++) await ask(globex.adminToken);
    expect((await ask(globex.adminToken)).status).toBe(503);
    expect((await ask(acme.adminToken)).status).toBe(200);
    const metrics = await gateway.kit.metrics();
    const state = (cell: string) =>
      sampleOf(metrics, 'membership_gateway_breaker_state', { upstream: 'points', cell });
    expect(state('cell-b')).toBeGreaterThan(0);
    expect(state('')).toBe(0);
    const health = (await rawRequest(gateway.kit.url, '/api/v1/health/')).body;
    expect(Object.keys(health.services).sort()).toEqual(
      ['applications', 'gateway', 'licenses', 'points', 'points@cell-b', 'stats', 'vip'].sort(),
    );
  } finally {
    ofCell.taking = undefined;
  }
});

test('a tenant of a cell that the settings do not name is refused, and reaches no common service', async () => {
  const stranded = await gateway.aTenant('stranded');
  const heard = () => gateway.points.received.length + gateway.others.received.length;
  const rows = gateway.kit.connection.collection<{ _id: number; cell: string | null }>('tenants');
  for (const cell of ['cell-x', '', 'constructor']) {
    await rows.updateOne({ _id: stranded.id }, { $set: { cell } });
    await withinASecond(async () => {
      const answer = await ask(stranded.adminToken);
      expect([cell, answer.status, answer.body.error.code]).toEqual([cell, 503, 'SYS_002']);
      expect(answer.headers['retry-after']).toBe('60');
    });
    const before = heard();
    for (const [method, path] of [
      ['POST', '/api/v1/points/profiles/1/earn_points/'],
      ['GET', '/api/v1/vip/tags/'],
    ] as const) {
      const headers = { authorization: `Bearer ${stranded.adminToken}` };
      const answer = await rawRequest(gateway.kit.url, path, { method, headers });
      expect([cell, path, answer.status]).toEqual([cell, path, 503]);
    }
    expect(heard()).toBe(before);
  }
  await rows.updateOne({ _id: stranded.id }, { $set: { cell: null } });
  await withinASecond(async () => expect((await ask(stranded.adminToken)).status).toBe(200));
});
