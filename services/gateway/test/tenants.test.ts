/** Tenants: the platform administrator’s. */
import { me } from '@membership/contracts/endpoints/gateway/auth';
import {
  createTenant,
  getTenant,
  listTenants,
  resumeTenant,
  rotateWebhookSecret,
  suspendTenant,
  updateTenant,
} from '@membership/contracts/endpoints/gateway/tenants';
import { eventually } from '@membership/platform/testing/service-kit';
import { heldSecret } from '@membership/platform/held-secret';
import { SecretBox } from '../src/secrets/secret-box.ts';
import { startGateway, withinASecond, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
  member = await acme.aMember('john_doe');
});
afterAll(() => gateway?.stop());

test('are the platform administrator’s alone', async () => {
  for (const client of [acme.admin, member.client]) {
    expect((await client.call(listTenants, {})).status).toBe(403);
    expect((await client.call(getTenant, { params: { id: String(acme.id) } })).body.error.code).toBe(
      'PERM_001',
    );
    expect((await client.call(createTenant, { body: { code: 'mine', name: 'Mine' } })).status).toBe(403);
  }
  expect((await gateway.anyone.call(listTenants, {})).status).toBe(401);
});

test('are set up, read, listed, changed, suspended and resumed; each fact in order', async () => {
  const made = await gateway.root.call(createTenant, {
    body: {
      code: 'initech',
      name: 'Initech',
      timezone: 'America/New_York',
      limits: { member_per_minute: 5 },
    },
  });
  expect(made).toMatchObject({
    status: 201,
    body: {
      success: true,
      message: '租户创建成功',
      data: {
        code: 'initech',
        timezone: 'America/New_York',
        locale: 'zh-CN',
        is_active: true,
        cell: null,
        member_count: 0,
      },
    },
  });
  expect(made.body.data.limits).toEqual({
    member_per_minute: 5,
    admin_per_minute: null,
    internal_per_minute: null,
  });
  expect(made.body.data.webhook_secret).toMatch(/^whsec_/);
  const id = String(made.body.data.id);
  const read = await gateway.root.ask(getTenant, { params: { id } });
  expect(read).not.toHaveProperty('webhook_secret');
  const changed = await gateway.root.ask(updateTenant, {
    params: { id },
    body: { name: 'Initech Ltd', limits: { admin_per_minute: 50 } },
  });
  expect(changed).toMatchObject({
    name: 'Initech Ltd',
    limits: { member_per_minute: 5, admin_per_minute: 50 },
  });
  await gateway.root.ask(updateTenant, { params: { id }, body: { name: 'Initech Ltd' } });
  expect(await gateway.root.ask(suspendTenant, { params: { id }, body: {} })).toMatchObject({
    is_active: false,
  });
  const twice = await gateway.root.call(suspendTenant, { params: { id }, body: {} });
  expect([twice.status, twice.body.error.code, twice.body.error.details]).toEqual([
    409,
    'INVALID_STATE',
    { current_state: 'suspended', allowed_actions: ['resume'] },
  ]);
  expect(await gateway.root.ask(resumeTenant, { params: { id }, body: {} })).toMatchObject({
    is_active: true,
  });
  expect((await gateway.root.call(resumeTenant, { params: { id }, body: {} })).status).toBe(409);
  await eventually(() =>
    expect(gateway.factsAbout('tenant', made.body.data.id)).toEqual([
      'tenant.created.v1 1',
      'tenant.updated.v1 2',
      'tenant.suspended.v1 3',
      'tenant.resumed.v1 4',
    ]),
  );
  const created = gateway.kit.heard.find(
    (event) => event.type === 'tenant.created.v1' && event.subject === id,
  );
  expect(created).toMatchObject({
    tenantid: made.body.data.id,
    data: {
      tenantId: made.body.data.id,
      code: 'initech',
      name: 'Initech',
      timezone: 'America/New_York',
      isActive: true,
    },
  });
  expect(JSON.stringify(gateway.kit.heard)).not.toContain('whsec_');
  const list = await gateway.root.call(listTenants, {
    query: { search: 'INITECH', ordering: '-created_at' },
  });
  expect(list.body.data).toMatchObject({
    count: 1,
    next: null,
    previous: null,
    results: [{ code: 'initech' }],
    page_info: { current_page: 1, total_pages: 1, page_size: 20 },
  });
});

test('a suspended one is shut within a second, and open again when resumed', async () => {
  const shut = await gateway.aTenant('shutters');
  expect((await shut.admin.call(me, {})).status).toBe(200);
  await gateway.root.ask(suspendTenant, { params: { id: String(shut.id) }, body: {} });
  await withinASecond(async () =>
    expect((await shut.admin.call(me, {})).body.error?.code).toBe('TENANT_SUSPENDED'),
  );
  await gateway.root.ask(resumeTenant, { params: { id: String(shut.id) }, body: {} });
  await withinASecond(async () => expect((await shut.admin.call(me, {})).status).toBe(200));
});

test('refuse bad input and a code that is taken, in any case', async () => {
  const bad = await gateway.root.call(createTenant, {
    body: {
      code: '123',
      name: ' ',
      timezone: 'Mars/Olympus',
      locale: 'x',
      cell: 'nowhere',
      more: 1,
    } as never,
  });
  expect([bad.status, Object.keys(bad.body.error.details).sort()]).toEqual([
    400,
    ['code', 'locale', 'more', 'name', 'timezone'],
  ]);
  const taken = await gateway.root.call(createTenant, { body: { code: 'ACME', name: 'Another' } });
  expect([taken.status, taken.body.error.details]).toEqual([400, { code: ['该租户代码已存在'] }]);
  expect(
    (await gateway.root.call(createTenant, { body: { code: 'cellular', name: 'C', cell: 'nowhere' } })).body
      .error.details,
  ).toEqual({ cell: ['未知的分区'] });
  for (const id of ['0', 'abc', '99999999', '-1', '9'.repeat(16)])
    expect((await gateway.root.send('get', `/api/v1/tenants/${id}/`)).status).toBe(404);
  expect(
    (
      await gateway.root.call(updateTenant, {
        params: { id: String(acme.id) },
        body: { code: 'new' } as never,
      })
    ).status,
  ).toBe(400);
  expect(
    (await gateway.root.send('get', '/api/v1/tenants/?page=0&ordering=secret&is_active=1&x=1')).body.error
      .details,
  ).toMatchObject({
    page: expect.anything(),
    ordering: expect.anything(),
    is_active: expect.anything(),
    x: expect.anything(),
  });
});

test('a repeated key gives the first answer, without the secret, which is nowhere in clear; another body is 422', async () => {
  const headers = { 'idempotency-key': 'make-umbrella' };
  const body = { code: 'umbrella', name: 'Umbrella', webhook_secret: 'a-secret-of-our-own' };
  const [first, second] = await Promise.all([
    gateway.root.call(createTenant, { body }, { headers }),
    gateway.root.call(createTenant, { body }, { headers }),
  ]);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.data.id).toBe(first.body.data.id);
  expect(
    [first, second].filter((answer) => answer.headers.get('idempotent-replayed') === 'true'),
  ).toHaveLength(1);
  expect(
    [first, second].filter((answer) => answer.body.data.webhook_secret === 'a-secret-of-our-own'),
  ).toHaveLength(1);
  expect(
    (await gateway.root.call(createTenant, { body: { ...body, name: 'Other' } }, { headers })).status,
  ).toBe(422);
  for (const name of ['tenants', 'operations', 'outbox'])
    expect(JSON.stringify(await gateway.kit.connection.collection(name).find().toArray())).not.toContain(
      'a-secret-of-our-own',
    );
});

test('a webhook secret is rotated and lies sealed for its tenant', async () => {
  const params = { id: String(globex.id) };
  expect(await gateway.root.ask(rotateWebhookSecret, { params, body: { secret: 'demo-pass-2026' } })).toEqual(
    { webhook_secret: 'demo-pass-2026' },
  );
  const row = await gateway.kit.connection
    .collection<{ _id: number; webhookSecret: { iv: string; tag: string; data: string } }>('tenants')
    .findOne({ _id: globex.id });
  const box = new SecretBox(heldSecret('a-key-for-webhook-secrets-0123456789-0123456789'));
  expect(box.open(globex.id, row?.webhookSecret as never)).toBe('demo-pass-2026');
  expect(() => box.open(acme.id, row?.webhookSecret as never)).toThrow();
  expect((await gateway.root.ask(rotateWebhookSecret, { params, body: {} })).webhook_secret).toMatch(
    /^whsec_.{40,}/,
  );
  expect((await gateway.root.call(rotateWebhookSecret, { params, body: { secret: 'short' } })).status).toBe(
    400,
  );
  expect((await acme.admin.call(rotateWebhookSecret, { params, body: {} })).status).toBe(403);
});
