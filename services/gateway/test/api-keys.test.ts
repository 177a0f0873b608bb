/** API keys of tenants' own servers: made, used, limited, rotated, revoked. */
import type { Client } from '@membership/contracts/client';
import {
  createApiKey,
  getApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
  updateApiKey,
} from '@membership/contracts/endpoints/gateway/api-keys';
import { suspendTenant, resumeTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { withFailPoints } from '@membership/platform/testing/fail-points';
import { eventually } from '@membership/platform/testing/service-kit';
import { newKeyText } from '../src/domain/api-key.ts';
import { startGateway, withinASecond, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;
let replica: Awaited<ReturnType<GatewayKit['aReplica']>>;

beforeAll(async () => {
  gateway = await startGateway();
  [acme, globex, replica] = await Promise.all([
    gateway.aTenant('acme'),
    gateway.aTenant('globex'),
    gateway.aReplica(),
  ]);
  member = await acme.aMember('john_doe');
});
afterAll(async () => {
  await replica?.stop();
  await gateway?.stop();
});

const PROFILES = '/api/v1/points/profiles/';
const aKey = (body: Record<string, unknown> = {}, admin: Client = acme.admin) =>
  admin.ask(createApiKey, { body: { name: 'Orders', scopes: ['points:read'], ...body } as never });
/** What a request with a key is answered, by a gateway. */
const shows = async (key: string, by: Client = gateway.anyone) => {
  const { status, body } = await by.as(key).send('get', PROFILES, { headers: { 'accept-language': 'en' } });
  return [status, body.error?.message];
};
const rows = () => gateway.kit.connection.collection<{ _id: string }>('api_keys');
const facts = (id: string) =>
  gateway.kit.heard
    .filter(({ subject }) => subject === id)
    .map(({ type, sequence }) => `${type} ${sequence}`);

test('are shown once, kept as hashes, and call with their scopes in their own tenant alone', async () => {
  const headers = { 'idempotency-key': 'a-key-once' };
  const ask = () =>
    acme.admin.send('post', '/api/v1/api-keys/', {
      body: { name: 'Orders', scopes: ['points:read'] },
      headers,
    });
  const made = await ask();
  expect(made.status).toBe(201);
  const { id, prefix, api_key: key } = made.body.data;
  expect(key).toMatch(new RegExp(`^${prefix}_[0-9A-Za-z]{42}$`));
  expect(made.body.data).toMatchObject({
    prefix: `mk_${id}`,
    status: 'active',
    created_by: acme.adminId,
    expires_at: null,
    last_used_at: null,
    previous: null,
  });
  expect((await ask()).body.data).toMatchObject({ id, api_key: '[shown once]' });
  const everything = JSON.stringify([
    await rows().find().toArray(),
    await gateway.kit.connection.collection('idempotency_keys').find().toArray(),
    (await acme.admin.call(listApiKeys, {})).body,
    gateway.kit.heard,
  ]);
  expect(everything).not.toContain(key);
  expect(everything).not.toContain('secretHash":"mk_');
  const server = gateway.anyone.as(key);
  expect(await server.send('get', PROFILES)).toMatchObject({ status: 200 });
  expect(gateway.points.last.context).toMatchObject({
    sub: `client:key@${id}`,
    role: 'internal',
    tid: acme.id,
    scopes: ['points:read'],
  });
  expect((await server.send('post', `${PROFILES}1/spend_points/`, { body: {} })).body.error.code).toBe(
    'PERM_002',
  );
  const elsewhere = gateway.anyone.as(key, { 'x-tenant-id': 'globex' });
  expect((await elsewhere.send('get', PROFILES)).status).toBe(403);
  // No key makes keys, whatever its scopes.
  const strong = await aKey({ scopes: ['gateway:read', 'gateway:write'] });
  expect(await gateway.anyone.as(strong.api_key).call(listApiKeys, {})).toMatchObject({
    status: 403,
    body: {
      error: { code: 'PERM_001', details: { role: 'internal', allowed_roles: ['admin', 'super'] } },
    },
  });
});

test('are administered by administrators of their tenant; bad input is named', async () => {
  const { id } = await aKey({ name: 'Billing of invoices' });
  const params = { key_id: id };
  for (const [who, status] of [
    [member.client, 403],
    [globex.admin, 404],
  ] as const) {
    expect((await who.call(getApiKey, { params })).status).toBe(status);
    expect((await who.call(updateApiKey, { params, body: { name: 'Mine' } })).status).toBe(status);
    expect((await who.call(rotateApiKey, { params, body: {} })).status).toBe(status);
    expect((await who.call(revokeApiKey, { params })).status).toBe(status);
  }
  expect(
    (await member.client.call(createApiKey, { body: { name: 'x', scopes: ['points:read'] } })).status,
  ).toBe(403);
  expect((await globex.admin.ask(listApiKeys, {})).items).toEqual([]);
  const bad = async (body: unknown) =>
    (await acme.admin.send('post', '/api/v1/api-keys/', { body })).body.error?.details;
  expect(await bad({})).toMatchObject({ name: expect.anything(), scopes: expect.anything() });
  expect(await bad({ name: 'x', scopes: [] })).toHaveProperty('scopes');
  expect(await bad({ name: 'x', scopes: ['points:all'] })).toBeDefined();
  expect(
    await bad({ name: 'x', scopes: ['points:read'], expires_at: '2020-01-01T00:00:00Z' }),
  ).toHaveProperty('expires_at');
  expect(await bad({ name: 'x', scopes: ['points:read'], limit_per_minute: 0 })).toHaveProperty(
    'limit_per_minute',
  );
  expect((await acme.admin.send('get', '/api/v1/api-keys/?status=lost')).status).toBe(400);
  const listed = await acme.admin.ask(listApiKeys, { query: { search: 'billing of', status: 'active' } });
  expect(listed.items.map((one) => one.id)).toEqual([id]);
});

test('change within a second everywhere: scopes, name, end; nothing changed is nothing told', async () => {
  const { id, api_key: key } = await aKey({ expires_at: new Date(Date.now() + 3_600_000).toISOString() });
  const params = { key_id: id };
  expect(await shows(key, replica.anyone)).toEqual([200, undefined]);
  await acme.admin.ask(updateApiKey, { params, body: { name: 'Orders' } });
  const changed = await acme.admin.ask(updateApiKey, {
    params,
    body: { scopes: ['vip:read'], name: 'Shop' },
  });
  expect(changed).toMatchObject({ name: 'Shop', scopes: ['vip:read'] });
  await withinASecond(async () => expect((await shows(key, replica.anyone))[0]).toBe(403));
  await acme.admin.ask(updateApiKey, { params, body: { scopes: ['points:read'], expires_at: null } });
  expect(await shows(key)).toEqual([200, undefined]);
  await rows().updateOne({ _id: id }, { $set: { expiresAt: new Date(Date.now() - 1) } });
  await withinASecond(async () => expect(await shows(key)).toEqual([401, 'This API key has ended']));
  expect((await acme.admin.call(rotateApiKey, { params, body: {} })).status).toBe(409);
  expect(
    (await acme.admin.ask(listApiKeys, { query: { status: 'expired' } })).items.map((one) => one.id),
  ).toEqual([id]);
  await eventually(() =>
    expect(facts(id)).toEqual(['api_key.created.v1 1', 'api_key.updated.v1 2', 'api_key.updated.v1 3']),
  );
});

test('rotate with an overlap that says when the old one was last used, and are revoked for good in every replica', async () => {
  const { id, api_key: first } = await aKey();
  const params = { key_id: id };
  expect(await shows(first)).toEqual([200, undefined]);
  await eventually(async () =>
    expect((await acme.admin.ask(getApiKey, { params })).last_used_at).not.toBeNull(),
  );
  expect((await acme.admin.call(rotateApiKey, { params, body: { keep_previous_hours: 169 } })).status).toBe(
    400,
  );
  const rotated = await acme.admin.ask(rotateApiKey, { params, body: {} });
  const second = rotated.api_key;
  expect(rotated.previous).toMatchObject({ last_used_at: expect.any(String) });
  expect(Date.parse(rotated.previous?.valid_until ?? '') - Date.now()).toBeGreaterThan(23 * 3_600_000);
  for (const key of [first, second])
    for (const by of [gateway.anyone, replica.anyone])
      await withinASecond(async () => expect(await shows(key, by)).toEqual([200, undefined]));
  await rows().updateOne({ _id: id }, { $set: { 'previous.validUntil': new Date(Date.now() - 1) } });
  await withinASecond(async () =>
    expect(await shows(first, replica.anyone)).toEqual([
      401,
      'This API key was rotated, and the one before works no more',
    ]),
  );
  // Two at once: each gets a key of its own, and the later one holds.
  const both = await Promise.all(
    [0, 0].map((keep_previous_hours) =>
      acme.admin.ask(rotateApiKey, { params, body: { keep_previous_hours } }),
    ),
  );
  await withinASecond(async () => {
    const answers = await Promise.all(both.map(({ api_key: key }) => shows(key, replica.anyone)));
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200, 401]));
  });
  const answers = await Promise.all(both.map(({ api_key: key }) => shows(key)));
  const last = both[answers.findIndex(([status]) => status === 200)]?.api_key as string;
  expect((await acme.admin.call(revokeApiKey, { params })).status).toBe(204);
  expect((await acme.admin.call(revokeApiKey, { params })).status).toBe(204);
  expect(await shows(last)).toEqual([401, 'This API key was revoked']);
  await withinASecond(async () =>
    expect(await shows(last, replica.anyone)).toEqual([401, 'This API key was revoked']),
  );
  expect((await acme.admin.call(updateApiKey, { params, body: { name: 'Again' } })).status).toBe(409);
  expect(
    (await acme.admin.ask(listApiKeys, { query: { status: 'revoked' } })).items.map((one) => one.id),
  ).toEqual([id]);
  await eventually(() =>
    expect(facts(id)).toEqual([
      'api_key.created.v1 1',
      'api_key.rotated.v1 2',
      'api_key.rotated.v1 3',
      'api_key.rotated.v1 4',
      'api_key.revoked.v1 5',
    ]),
  );
});

test('are rotated under use: the secret of before and the new one hold at once, in every gateway', async () => {
  const { id, api_key: first } = await aKey({ limit_per_minute: 100_000 });
  let newest = first;
  let isOver = false;
  const failures: unknown[] = [];
  const users = [gateway.anyone, replica.anyone].map(async (by) => {
    while (!isOver)
      for (const answer of await Promise.all([newest, newest].map((key) => shows(key, by))))
        if (answer[0] !== 200) failures.push(answer);
  });
  for (let round = 0; round < 6; round++) {
    const before = newest;
    const by = round % 2 === 0 ? replica.anyone : gateway.anyone;
    const rotated = await by
      .as(acme.adminToken)
      .ask(rotateApiKey, { params: { key_id: id }, body: { keep_previous_hours: 1 } });
    newest = rotated.api_key;
    for (const key of [newest, before])
      for (const where of [gateway.anyone, replica.anyone])
        expect(await shows(key, where)).toEqual([200, undefined]);
  }
  isOver = true;
  await Promise.all(users);
  expect(failures).toEqual([]);
  // Nothing of it counts as guessing.
  expect((await shows(newKeyText(id)))[0]).toBe(401);
});

test('that are wrong are told so without an id being found out, and are counted; a good one is never closed by them', async () => {
  const { id, api_key: key } = await aKey();
  const text = (other: string) => key.slice(0, -1) + other;
  expect(await shows(text(key.endsWith('a') ? 'b' : 'a'))).toEqual([
    401,
    'This is no whole API key: part of it is missing or mistyped',
  ]);
  expect((await shows('mk_'))[0]).toBe(401);
  // Whole, with a checksum of its own, and nobody's: another key's secret under this id, and an id that is nobody's.
  expect(await shows(newKeyText('000000000000'))).toEqual([401, 'This API key is not valid']);
  for (let attempt = 0; attempt < 10; attempt++)
    expect(await shows(newKeyText(id))).toEqual([401, 'This API key is not valid']);
  expect((await shows(newKeyText(id)))[0]).toBe(429);
  expect(await shows(key)).toEqual([200, undefined]);
  expect(
    JSON.stringify(await gateway.kit.connection.collection('login_failures').find().toArray()),
  ).not.toContain(id);
  // On a public endpoint a key that does not hold counts as none.
  expect((await gateway.anyone.as(newKeyText(id)).send('get', '/api/v1/health/')).status).not.toBe(401);
});

test('have a limit of their own, and the tenant’s; a suspended tenant’s are refused', async () => {
  const { api_key: key } = await aKey({ limit_per_minute: 2 });
  const limited = () => gateway.anyone.as(key).send('get', PROFILES);
  const first = await limited();
  expect([first.status, first.headers.get('ratelimit-limit')]).toEqual([200, '2']);
  expect([(await limited()).status, (await limited()).status]).toEqual([200, 429]);
  const { api_key: other } = await aKey();
  expect(await shows(other)).toEqual([200, undefined]);
  await gateway.root.ask(suspendTenant, { params: { id: String(acme.id) }, body: {} });
  await withinASecond(async () => expect(await shows(other)).toEqual([403, 'The tenant is suspended']));
  await gateway.root.ask(resumeTenant, { params: { id: String(acme.id) }, body: {} });
  await withinASecond(async () => expect(await shows(other)).toEqual([200, undefined]));
});

test('that cannot be looked up, as the database fails, are asked to come again', async () => {
  const { connection } = gateway.kit;
  const namespace = `${connection.name}.api_keys`;
  // What the server gives up, and what it cannot do for now; nobody has looked either key up before.
  for (const errorCode of [50, 91]) {
    const { api_key: key } = await aKey();
    await withFailPoints(connection, async (fail) => {
      await fail(100, { namespace, failCommands: ['find'], errorCode });
      const { status, body, headers } = await gateway.anyone.as(key).send('get', PROFILES);
      expect([status, body.error?.code, headers.get('retry-after')]).toEqual([503, 'SYS_002', '2']);
    });
    expect(await shows(key)).toEqual([200, undefined]);
  }
});
