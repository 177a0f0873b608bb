/** Endpoints of outgoing webhooks, as administrators keep them. */
import * as webhooks from '@membership/contracts/endpoints/gateway/index';
import { allEvents } from '@membership/contracts/events/index';
import { eventually } from '@membership/platform/testing/service-kit';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;

const body = { url: 'https://shop.example.com/hooks', description: 'Orders', event_types: ['points.*'] };
const make = (tenant: ATenant, more: Partial<typeof body> & Record<string, unknown> = {}) =>
  tenant.admin.ask(webhooks.createWebhookEndpoint, { body: { ...body, ...more } as typeof body });
const byId = (id: number) => ({ params: { id: String(id) } });

beforeAll(async () => {
  gateway = await startGateway({ WEBHOOK_ENDPOINT_LIMIT: '4' });
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
  member = await acme.aMember('john_doe');
});
afterAll(() => gateway?.stop());

test('are added, read, listed, changed, disabled, enabled and removed; each fact in order and as its sample', async () => {
  const made = await acme.admin.call(webhooks.createWebhookEndpoint, { body });
  expect(made).toMatchObject({
    status: 201,
    body: { success: true, message: 'Webhook端点创建成功，密钥仅显示一次' },
  });
  const { id, secret, ...view } = made.body.data;
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(view).toEqual({
    ...body,
    payload: 'full',
    is_enabled: true,
    disabled_reason: null,
    disabled_at: null,
    failing_since: null,
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
  expect(await acme.admin.ask(webhooks.getWebhookEndpoint, byId(id))).toEqual({ id, ...view });
  const changed = await acme.admin.ask(webhooks.updateWebhookEndpoint, {
    ...byId(id),
    body: { event_types: ['vip.granted.v1', 'vip.granted.v1', '*.created.v1'], payload: 'thin' },
  });
  expect(changed).toMatchObject({
    event_types: ['vip.granted.v1', '*.created.v1'],
    payload: 'thin',
    url: body.url,
  });
  await acme.admin.ask(webhooks.updateWebhookEndpoint, { ...byId(id), body: { payload: 'thin' } });
  expect(
    await acme.admin.ask(webhooks.updateWebhookEndpoint, { ...byId(id), body: { is_enabled: false } }),
  ).toMatchObject({ is_enabled: false, disabled_reason: 'by_hand', disabled_at: expect.any(String) });
  const list = (query: Record<string, string>) => acme.admin.call(webhooks.listWebhookEndpoints, { query });
  expect((await list({ is_enabled: 'true' })).body.data.count).toBe(0);
  expect((await list({ is_enabled: 'false', ordering: 'created_at' })).body.data).toMatchObject({
    count: 1,
    results: [{ id }],
    page_info: { current_page: 1, total_pages: 1, page_size: 20 },
  });
  expect(
    await acme.admin.ask(webhooks.updateWebhookEndpoint, { ...byId(id), body: { is_enabled: true } }),
  ).toMatchObject({ is_enabled: true, disabled_reason: null, disabled_at: null });
  const rotated = await acme.admin.call(webhooks.rotateWebhookEndpointSecret, { ...byId(id), body: {} });
  expect(rotated.body.data.secret).toMatch(/^whsec_/);
  expect(rotated.body.data.secret).not.toBe(secret);
  expect(Date.parse(rotated.body.data.previous_valid_until) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  expect((await acme.admin.call(webhooks.deleteWebhookEndpoint, byId(id))).status).toBe(204);
  expect((await acme.admin.call(webhooks.getWebhookEndpoint, byId(id))).status).toBe(404);
  const facts = await eventually(() => {
    const all = gateway.kit.heard.filter(
      (event) => event.type.startsWith('webhook_endpoint.') && event.subject === String(id),
    );
    expect(all.map(({ type, sequence }) => `${type} ${sequence}`)).toEqual([
      'webhook_endpoint.created.v1 1',
      'webhook_endpoint.updated.v1 2',
      'webhook_endpoint.disabled.v1 3',
      'webhook_endpoint.enabled.v1 4',
      'webhook_endpoint.secret_rotated.v1 5',
      'webhook_endpoint.deleted.v1 6',
    ]);
    return all;
  });
  for (const fact of facts) expectLikeSample(fact);
});

test('are the administrators’ alone, and each tenant’s own', async () => {
  const { id } = await make(acme);
  const calls = [
    webhooks.getWebhookEndpoint,
    webhooks.updateWebhookEndpoint,
    webhooks.deleteWebhookEndpoint,
    webhooks.rotateWebhookEndpointSecret,
    webhooks.pingWebhookEndpoint,
    webhooks.replayWebhookDeliveries,
  ];
  for (const endpoint of calls) {
    const path = endpoint.path.replace(':id', String(id));
    const sent =
      endpoint.method === 'get'
        ? {}
        : { body: endpoint === webhooks.replayWebhookDeliveries ? { from: '2026-01-01T00:00:00Z' } : {} };
    expect([path, (await member.client.send(endpoint.method, path, sent)).status]).toEqual([path, 403]);
    expect([path, (await gateway.anyone.send(endpoint.method, path, sent)).status]).toEqual([path, 401]);
    expect([path, (await globex.admin.send(endpoint.method, path, sent)).status]).toEqual([path, 404]);
  }
  expect((await globex.admin.call(webhooks.listWebhookEndpoints, {})).body.data.count).toBe(0);
  expect((await gateway.root.call(webhooks.listWebhookEndpoints, {})).body.error.code).toBe(
    'TENANT_REQUIRED',
  );
  const inAcme = gateway.root.as(gateway.rootToken, { 'x-tenant-id': 'acme' });
  expect((await inAcme.call(webhooks.listWebhookEndpoints, {})).body.data.count).toBe(1);
  await acme.admin.call(webhooks.deleteWebhookEndpoint, byId(id));
});

test.each([
  [{ url: 'ftp://shop.example.com/' }, 'url'],
  [{ url: 'not a url' }, 'url'],
  [{ url: 'https://user:secret@shop.example.com/' }, 'url'],
  [{ url: 'http://127.0.0.1:8000/' }, 'url'],
  [{ url: 'http://2130706433/' }, 'url'],
  [{ url: 'http://[::ffff:10.0.0.1]/' }, 'url'],
  [{ url: 'http://169.254.169.254/latest/meta-data/' }, 'url'],
  [{ url: 'http://localhost:8080/' }, 'url'],
  [{ url: `https://shop.example.com/${'a'.repeat(2_048)}` }, 'url'],
  [{ event_types: [] }, 'event_types'],
  [{ event_types: ['points.stolen.v1'] }, 'event_types.0'],
  [{ event_types: ['#'] }, 'event_types.0'],
  [{ event_types: 'points.*' }, 'event_types'],
  [{ payload: 'fat' }, 'payload'],
  [{ description: 'a'.repeat(256) }, 'description'],
  [{ secret: 'whsec_mine' }, 'secret'],
])('%j is refused', async (wrong, field) => {
  for (const call of [
    () => acme.admin.send('post', webhooks.createWebhookEndpoint.path, { body: { ...body, ...wrong } }),
    async () => {
      const { id } = await make(acme);
      const path = webhooks.updateWebhookEndpoint.path.replace(':id', String(id));
      const answer = await acme.admin.send('patch', path, { body: wrong });
      await acme.admin.call(webhooks.deleteWebhookEndpoint, byId(id));
      return answer;
    },
  ]) {
    const refused = await call();
    expect([refused.status, Object.keys(refused.body.error.details)]).toEqual([400, [field]]);
  }
});

test('what can be asked for is listed, and found by a word', async () => {
  const list = async (query: Record<string, string>, headers = {}) =>
    (await acme.admin.call(webhooks.listWebhookEventTypes, { query }, { headers })).body.data;
  const all = await list({});
  expect(all.count).toBe(allEvents.length);
  expect(all.results).toContainEqual({ type: 'points.earned.v1', description: expect.any(String) });
  expect((await list({ search: 'WEBHOOK_endpoint', page_size: '4', page: '2' })).results).toHaveLength(2);
  expect((await list({ search: '.*' })).count).toBe(0);
  const spent = { type: 'points.spent.v1', description: '积分离开了档案。' };
  expect((await list({ search: 'left a profile' })).results).toEqual([spent]);
  const inEnglish = await list({ search: '积分离开' }, { 'accept-language': 'en' });
  expect(inEnglish.results).toEqual([{ ...spent, description: 'Points left a profile.' }]);
  expect((await member.client.call(webhooks.listWebhookEventTypes, {})).status).toBe(403);
});

test('a repeated key gives the first answer without the secret, which lies sealed', async () => {
  const headers = { 'idempotency-key': 'add-hook' };
  const call = () => acme.admin.call(webhooks.createWebhookEndpoint, { body }, { headers });
  const answers = await Promise.all([call(), call()]);
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  const [first, second] = answers.map(({ body: { data } }) => data);
  expect(first.id).toBe(second.id);
  const secrets = [first.secret, second.secret].filter((secret) => secret !== '[shown once]');
  expect(secrets).toEqual([expect.stringMatching(/^whsec_/)]);
  const other = { ...body, description: 'Other' };
  expect((await acme.admin.call(webhooks.createWebhookEndpoint, { body: other }, { headers })).status).toBe(
    422,
  );
  for (const name of ['webhook_endpoints', 'operations', 'outbox'])
    expect(JSON.stringify(await gateway.kit.connection.collection(name).find().toArray())).not.toContain(
      secrets[0],
    );
  await acme.admin.call(webhooks.deleteWebhookEndpoint, byId(first.id));
});

test('a tenant has so many and no more, however many are added at once', async () => {
  const crowd = await gateway.aTenant('crowd');
  const call = () => crowd.admin.call(webhooks.createWebhookEndpoint, { body });
  const statuses = (await Promise.all(Array.from({ length: 10 }, call))).map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(4);
  expect(statuses.filter((status) => status === 409)).toHaveLength(6);
  const full = await call();
  expect([full.body.error.code, full.body.error.details]).toEqual(['BIZ_002', { limit: 4 }]);
  const [one] = (await crowd.admin.ask(webhooks.listWebhookEndpoints, {})).items;
  await crowd.admin.call(webhooks.deleteWebhookEndpoint, byId(one?.id as number));
  expect((await call()).status).toBe(201);
});
