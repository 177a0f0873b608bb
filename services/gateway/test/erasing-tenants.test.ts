/** A tenant that leaves takes everything with it; what others have stays. */
import { login } from '@membership/contracts/endpoints/gateway/auth';
import { createApiKey } from '@membership/contracts/endpoints/gateway/api-keys';
import { createClient } from '@membership/contracts/endpoints/gateway/clients';
import {
  createTenant,
  eraseTenant,
  getTenant,
  resumeTenant,
  rotateWebhookSecret,
  suspendTenant,
  updateTenant,
} from '@membership/contracts/endpoints/gateway/tenants';
import { createMember, listMembers } from '@membership/contracts/endpoints/gateway/members';
import { updateSecuritySettings } from '@membership/contracts/endpoints/gateway/second-factor';
import { createWebhookEndpoint } from '@membership/contracts/endpoints/gateway/webhook-endpoints';
import { eraseDueTenants } from '@membership/platform/erased-tenants';
import { transactionsOf } from '@membership/platform/transaction';
import { eventually } from '@membership/platform/testing/eventually';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { TenantRepository } from '../src/storage/tenant-repository.ts';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let globex: ATenant;
let tenants = 0;
let leaving: ATenant;
beforeAll(async () => {
  gateway = await startGateway();
  globex = await gateway.aTenant('globex');
  await globex.aMember();
});
afterAll(() => gateway?.stop());
beforeEach(async () => {
  leaving = await gateway.aTenant(`leaving-${++tenants}`);
});

const params = () => ({ id: String(leaving.id) });
const suspend = () => gateway.root.ask(suspendTenant, { params: params(), body: {} });
const erase = (code = leaving.code, client = gateway.root) =>
  client.call(eraseTenant, { params: params(), body: { code } });
/** As the job does, so long after now. */
const look = (milliseconds = 0, also?: (tenantId: number) => Promise<void>) =>
  eraseDueTenants(gateway.kit.connection, {
    now: new Date(Date.now() + milliseconds),
    transactions: transactionsOf(gateway.kit.connection, 'gateway'),
    signal: new AbortController().signal,
    logger: gateway.kit.running.logger,
    also,
  });

/** As the platform's administrator in the tenant that leaves. */
const inside = () => gateway.root.as(gateway.rootToken, { 'x-tenant-id': String(leaving.id) });
type Answer = { readonly status: number; readonly body: { readonly error?: { readonly code?: string } } };
const codeOf = ({ status, body }: Answer) => [status, body.error?.code];
const aNewcomer = () => ({ username: 'late', email: 'late@example.com', password: PASSWORD });

/** How many rows of a tenant each collection has, of those that have any. */
async function rowsOf(tenantId: number): Promise<Record<string, number>> {
  const { db } = gateway.kit.connection;
  const rows: Record<string, number> = {};
  for (const { name } of (await db?.listCollections({ type: 'collection' }).toArray()) ?? []) {
    if (name.startsWith('system.')) continue;
    const count = await db?.collection(name).countDocuments({ tenantId });
    if (count) rows[name] = count;
  }
  return rows;
}

/** Looks again for what other work of the gateway, such as counting requests, wrote after a look. */
const untilNothingIsLeft = () =>
  eventually(async () => {
    await look(61_000);
    expect(await rowsOf(leaving.id)).toEqual({});
  });

test('one that was suspended: its names and secrets go at once, all that is its own soon; asked again it is the same', async () => {
  const { admin, code } = leaving;
  await gateway.root.ask(updateTenant, { params: params(), body: { hosts: [`members.${code}.example`] } });
  await leaving.aMember();
  await admin.ask(createClient, { body: { name: 'Shop', scopes: ['points:write'] } });
  await admin.ask(createApiKey, { body: { name: 'Server', scopes: ['points:read'] } });
  await admin.ask(createWebhookEndpoint, {
    body: { url: 'https://hooks.example.com/', event_types: ['points.*'] },
  });
  const active = await erase();
  expect([active.status, active.body.error]).toMatchObject([
    409,
    {
      code: 'INVALID_STATE',
      message: '请先停用该租户',
      details: { current_state: 'active', allowed_actions: ['suspend'] },
    },
  ]);
  await suspend();
  const mistaken = await erase('globex');
  expect([mistaken.status, Object.keys(mistaken.body.error.details)]).toEqual([400, ['code']]);
  expect(Object.keys(await rowsOf(leaving.id)).sort()).toEqual(
    expect.arrayContaining(['api_keys', 'clients', 'members', 'sessions', 'webhook_endpoints']),
  );
  const others = await rowsOf(globex.id);

  const erased = await erase(code.toUpperCase());
  expect([erased.status, erased.body.data]).toMatchObject([
    200,
    {
      ...{ id: leaving.id, code: `erased:${leaving.id}`, name: `erased:${leaving.id}`, is_active: false },
      ...{ hosts: [], plan: null, member_count: 0, erased_at: expect.any(String) },
    },
  ]);
  const again = await erase();
  expect([again.status, again.body.data]).toEqual([200, erased.body.data]);
  expectLikeSample(
    await gateway.kit.heardOne('tenant.erased.v1', ({ subject }) => subject === String(leaving.id)),
  );
  expect(gateway.factsAbout('tenant', leaving.id).at(-1)).toMatch(/^tenant\.erased\.v1 /);
  const stored = await gateway.kit.connection
    .collection<{ _id: number }>('tenants')
    .findOne({ _id: leaving.id });
  expect(JSON.stringify(stored)).not.toContain(code);
  expect(stored).toMatchObject({ webhookSecret: null });

  await untilNothingIsLeft();
  expect(await rowsOf(globex.id)).toMatchObject(others);
});

test('its code and hosts are free again, nobody gets in, and it is changed no more', async () => {
  const { code, admin } = leaving;
  const hosts = [`members.${code}.example`];
  const member = await leaving.aMember();
  await gateway.root.ask(updateTenant, { params: params(), body: { hosts } });
  await suspend();
  await erase();
  await look();
  const credentials = { username: member.username, password: PASSWORD, tenant: String(leaving.id) };
  expect((await gateway.anyone.call(login, { body: credentials })).status).toBe(401);
  expect((await admin.call(listMembers, {})).status).not.toBe(200);
  // Not as the platform's administrator, either: there is no such tenant to work in.
  for (const name of [String(leaving.id), code]) {
    const inside = gateway.root.as(gateway.rootToken, { 'x-tenant-id': name });
    expect((await inside.call(listMembers, {})).status).not.toBe(200);
  }
  for (const answer of [
    await gateway.root.call(resumeTenant, { params: params(), body: {} }),
    await gateway.root.call(updateTenant, { params: params(), body: { name: 'Back' } }),
    await gateway.root.call(rotateWebhookSecret, { params: params(), body: {} }),
    await gateway.root.call(suspendTenant, { params: params(), body: {} }),
  ])
    expect([answer.status, answer.body.error.details]).toEqual([
      409,
      { current_state: 'erased', allowed_actions: [] },
    ]);
  const { id } = await gateway.root.ask(createTenant, { body: { code, name: 'Another', hosts } });
  expect(id).not.toBe(leaving.id);
});

test('what comes late goes as well, some at a time, until a month has passed', async () => {
  await suspend();
  await erase();
  await look();
  const levels = gateway.kit.connection.collection('member_levels');
  const late = (from: number, count: number) =>
    levels.insertMany(
      Array.from({ length: count }, (_, index) => ({
        _id: leaving.id * 1e9 + from + index,
        tenantId: leaving.id,
      })) as never,
    );
  await late(0, 2_500);
  const { db } = gateway.kit.connection;
  await db?.command({ profile: 2 });
  await look(61_000);
  await db?.command({ profile: 0 });
  expect(await rowsOf(leaving.id)).toEqual({});
  const removals = await db
    ?.collection<{ ndeleted?: number }>('system.profile')
    .find({ op: 'remove', ns: `${db.databaseName}.member_levels` })
    .toArray();
  const removed = (removals ?? []).map(({ ndeleted = 0 }) => ndeleted);
  expect(removed.reduce((sum, one) => sum + one, 0)).toBe(2_500);
  expect(Math.max(...removed)).toBeLessThanOrEqual(1_000);
  await late(5_000, 1);
  await look(24 * 3_600_000 + 1_000);
  expect(await rowsOf(leaving.id)).toEqual({});
  await late(6_000, 1);
  await look(25 * 24 * 3_600_000);
  expect(await rowsOf(leaving.id)).toEqual({});
  await look(32 * 24 * 3_600_000);
  await late(7_000, 1);
  await look(33 * 24 * 3_600_000);
  expect(await rowsOf(leaving.id)).toEqual({ member_levels: 1 });
});

test('many at once erase it once', async () => {
  await suspend();
  const answers = await Promise.all([1, 2, 3, 4].map(() => erase()));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await gateway.kit.heardOne('tenant.erased.v1', ({ subject }) => subject === String(leaving.id));
  expect(
    gateway.factsAbout('tenant', leaving.id).filter((fact) => fact.startsWith('tenant.erased')),
  ).toHaveLength(1);
});

test('is the platform administrator’s alone; an unknown one and bad bodies are refused', async () => {
  await suspend();
  expect((await erase(leaving.code, globex.admin)).status).toBe(403);
  expect((await erase(leaving.code, gateway.anyone)).status).toBe(401);
  const unknown = await gateway.root.call(eraseTenant, {
    params: { id: '999999' },
    body: { code: leaving.code },
  });
  expect(unknown.status).toBe(404);
  for (const body of [{}, { code: '' }, { code: 1 }, { code: leaving.code, more: 1 }])
    expect(
      (await gateway.root.call(eraseTenant, { params: params(), body: body as { code: string } })).status,
    ).toBe(400);
  expect(await gateway.root.ask(getTenant, { params: params() })).toMatchObject({
    code: leaving.code,
    erased_at: null,
  });
});

const ACTS: [string, 'count' | 'get', () => Promise<Answer>][] = [
  ['a member is added', 'count', () => inside().call(createMember, { body: aNewcomer() })],
  [
    'members are imported',
    'count',
    () =>
      inside().send('post', '/api/v1/members/import/', {
        headers: { 'content-type': 'text/csv' },
        raw: 'username,email\nlate,late@example.com',
      }),
  ],
  [
    'origins are set',
    'get',
    () => inside().call(updateSecuritySettings, { body: { allowed_origins: ['https://a.example'] } }),
  ],
];
test.each(ACTS)(
  'in the moment in which %s: that is refused, and nothing of it stays',
  async (_, step, act) => {
    await suspend();
    // Whoever acts has begun before.
    const original = TenantRepository.prototype[step] as (...given: unknown[]) => Promise<unknown>;
    let erasing: ReturnType<typeof erase> | undefined;
    const erasedMeanwhile = async function (this: TenantRepository, ...given: unknown[]) {
      const isFirst = !erasing;
      const result = step === 'get' ? await original.apply(this, given) : undefined;
      if (isFirst) await (erasing = erase());
      return step === 'get' ? result : original.apply(this, given);
    };
    Object.assign(TenantRepository.prototype, { [step]: erasedMeanwhile });
    try {
      expect(codeOf(await act())).toEqual([403, 'TENANT_SUSPENDED']);
    } finally {
      Object.assign(TenantRepository.prototype, { [step]: original });
    }
    expect((await erasing)?.status).toBe(200);
    await untilNothingIsLeft();
    expect(await gateway.root.ask(getTenant, { params: params() })).toMatchObject({ member_count: 0 });
    const stored = await gateway.kit.connection
      .collection<{ _id: number; allowedOrigins?: string[] }>('tenants')
      .findOne({ _id: leaving.id });
    expect(stored?.allowedOrigins ?? []).toEqual([]);
  },
);

test('one whose removal fails keeps no other, and is due again', async () => {
  const failing = leaving;
  await suspend();
  await erase();
  leaving = await gateway.aTenant(`leaving-${++tenants}`);
  await suspend();
  await erase();
  // From here on it is the test that looks: by the clock they are due in a minute.
  await look();
  const seen: number[] = [];
  await look(61_000, async (tenantId) => {
    seen.push(tenantId);
    if (tenantId === failing.id) throw new Error('planted: what it keeps elsewhere cannot be reached');
  });
  expect(seen).toEqual(expect.arrayContaining([failing.id, leaving.id]));
  const again: number[] = [];
  await look(61_000, async (tenantId) => void again.push(tenantId));
  expect([again.includes(failing.id), again.includes(leaving.id)]).toEqual([true, false]);
});
