/** Plans of the platform, and what they allow a tenant: rates, requests a day, requests at once; and what a tenant has used. */
import {
  createApiKey,
  getApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
} from '@membership/contracts/endpoints/gateway/api-keys';
import { logout, me } from '@membership/contracts/endpoints/gateway/auth';
import {
  deactivateMember,
  getMember,
  listMembers,
  updateMember,
} from '@membership/contracts/endpoints/gateway/members';
import { listMemberSessions } from '@membership/contracts/endpoints/gateway/sessions';
import {
  createTenantPlan,
  deleteTenantPlan,
  getTenantPlan,
  getUsage,
  listTenantPlans,
  updateTenantPlan,
} from '@membership/contracts/endpoints/gateway/tenant-plans';
import { createTenant, getTenant, updateTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { dayOf, plusDays } from '@membership/platform/calendar';
import { eventually } from '@membership/platform/testing/eventually';
import { createMetrics } from '@membership/platform/metrics';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { TenantUsage } from '../src/limits/tenant-usage.ts';
import { UsageRepository } from '../src/limits/usage-repository.ts';
import { startGateway, withinASecond, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, sampleOf } from './raw-http.ts';
import { redisLine, type RedisLine } from '@membership/platform/testing/redis-line';

const PROFILES = '/api/v1/points/profiles/';
let line: RedisLine | undefined;
let gateway: GatewayKit;
let replica: Awaited<ReturnType<GatewayKit['aReplica']>>;
let acme: ATenant;
let globex: ATenant;
// Days of tenants are counted.
beforeAll(() => clearOfMidnight('Asia/Shanghai'));
beforeAll(async () => {
  line = process.env.REDIS_URL ? await redisLine() : undefined;
  gateway = await startGateway(line ? { REDIS_URL: line.url, REDIS_PREFIX: line.prefix } : {});
  replica = await gateway.aReplica();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
});
afterAll(async () => {
  await replica?.stop();
  await gateway?.stop();
  await line?.close();
});

let counter = 0;
const aPlan = (allowed: Record<string, unknown> = {}) =>
  gateway.root.ask(createTenantPlan, { body: { code: `Plan-${++counter}`, name: 'A plan', ...allowed } });
const give = (tenant: ATenant, plan: string | null) =>
  gateway.root.ask(updateTenant, { params: { id: String(tenant.id) }, body: { plan } });
const ask = (token: string, base = gateway.kit.url, headers: Record<string, string> = {}) =>
  rawRequest(base, PROFILES, { headers: { authorization: `Bearer ${token}`, ...headers } });

describe('plans', () => {
  test('are the platform administrator’s alone', async () => {
    const { code } = await aPlan();
    const member = await acme.aMember();
    for (const client of [acme.admin, member.client]) {
      expect((await client.call(listTenantPlans, {})).status).toBe(403);
      expect((await client.call(createTenantPlan, { body: { code: 'mine', name: 'Mine' } })).status).toBe(
        403,
      );
      expect((await client.call(getTenantPlan, { params: { plan_code: code } })).status).toBe(403);
      expect((await client.call(deleteTenantPlan, { params: { plan_code: code } })).status).toBe(403);
    }
    expect((await gateway.anyone.call(listTenantPlans, {})).status).toBe(401);
  });

  test('are set up, read under their code in any case, listed, changed and removed', async () => {
    const made = await gateway.root.call(createTenantPlan, {
      body: { code: 'Starter', name: 'Starter', limits: { member_per_minute: 7 }, requests_per_day: 1_000 },
    });
    expect(made).toMatchObject({ status: 201, body: { message: '套餐创建成功' } });
    expect(made.body.data).toMatchObject({
      code: 'Starter',
      limits: { member_per_minute: 7, admin_per_minute: null, internal_per_minute: null },
      requests_per_day: 1_000,
      concurrent_requests: null,
      tenant_count: 0,
    });
    const params = { plan_code: 'STARTER' };
    expect(await gateway.root.ask(getTenantPlan, { params })).toEqual(made.body.data);
    const changed = await gateway.root.ask(updateTenantPlan, {
      params,
      body: { concurrent_requests: 3, limits: { member_per_minute: null } },
    });
    expect(changed).toMatchObject({
      ...{ name: 'Starter', requests_per_day: 1_000, concurrent_requests: 3 },
      limits: { member_per_minute: null },
    });
    const same = await gateway.root.ask(updateTenantPlan, { params, body: { concurrent_requests: 3 } });
    expect(same.updated_at).toBe(changed.updated_at);
    const listed = await gateway.root.ask(listTenantPlans, { query: { ordering: '-code', page_size: 100 } });
    expect(listed.items.map(({ code }) => code)).toContain('Starter');
    expect((await gateway.root.call(deleteTenantPlan, { params })).status).toBe(204);
    expect((await gateway.root.call(getTenantPlan, { params })).status).toBe(404);
  });

  test.each([
    [{ code: 'bad code' }, 'code'],
    [{ code: 'x', name: '' }, 'name'],
    [{ requests_per_day: 0 }, 'requests_per_day'],
    [{ requests_per_day: 1.5 }, 'requests_per_day'],
    [{ concurrent_requests: '3' }, 'concurrent_requests'],
    [{ limits: { member_per_minute: -1 } }, 'limits.member_per_minute'],
    [{ limits: { per_second: 1 } }, 'limits'],
  ])('%j is refused and named', async (wrong, field) => {
    const body = { code: 'fine', name: 'Fine', ...wrong } as never;
    const answer = await gateway.root.call(createTenantPlan, { body });
    expect([answer.status, JSON.stringify(answer.body.error.details)]).toEqual([
      400,
      expect.stringContaining(field),
    ]);
  });

  test('a code is one plan’s, in whatever case, also of two that come at once; a key repeated is one plan', async () => {
    const body = { code: 'once', name: 'Once' };
    const both = await Promise.all([
      gateway.root.call(createTenantPlan, { body }),
      gateway.root.call(createTenantPlan, { body: { ...body, code: 'ONCE' } }),
    ]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 400]));
    const headers = { 'idempotency-key': 'plan-key-1' };
    const twice = { code: 'twice', name: 'Twice' };
    const first = await gateway.root.call(createTenantPlan, { body: twice }, { headers });
    const again = await gateway.root.call(createTenantPlan, { body: twice }, { headers });
    expect([again.status, again.body.data]).toEqual([201, first.body.data]);
    expect(
      (await gateway.root.call(createTenantPlan, { body: { ...twice, name: 'Other' } }, { headers })).status,
    ).toBe(422);
  });

  test('are given to tenants, and not removed while tenants have them', async () => {
    const plan = await aPlan();
    const params = { plan_code: plan.code };
    expect((await give(acme, plan.code.toLowerCase())).plan).toBe(plan.code);
    await give(acme, plan.code);
    const made = await gateway.root.ask(createTenant, {
      body: { code: 'planned', name: 'Planned', plan: plan.code },
    });
    expect((await gateway.root.ask(getTenantPlan, { params })).tenant_count).toBe(2);
    const refused = await gateway.root.call(deleteTenantPlan, { params });
    expect([refused.status, refused.body.error.code, refused.body.error.details]).toEqual([
      409,
      'CONFLICT',
      { tenant_count: 2 },
    ]);
    const unknown = await gateway.root.call(updateTenant, {
      params: { id: String(acme.id) },
      body: { plan: 'nowhere' },
    });
    expect([unknown.status, Object.keys(unknown.body.error.details)]).toEqual([400, ['plan']]);
    expect((await gateway.root.ask(getTenant, { params: { id: String(acme.id) } })).plan).toBe(plan.code);
    await give(acme, null);
    await gateway.root.ask(updateTenant, { params: { id: String(made.id) }, body: { plan: null } });
    expect((await gateway.root.call(deleteTenantPlan, { params })).status).toBe(204);
  });

  test('given and removed at the same moment: one of both happens', async () => {
    for (let round = 0; round < 5; round++) {
      const plan = await aPlan();
      const [given, removed] = await Promise.all([
        gateway.root.call(updateTenant, { params: { id: String(acme.id) }, body: { plan: plan.code } }),
        gateway.root.call(deleteTenantPlan, { params: { plan_code: plan.code } }),
      ]);
      expect([
        [200, 409],
        [400, 204],
      ]).toContainEqual([given.status, removed.status]);
      await give(acme, null);
    }
  });

  test('say how many requests a minute, after the tenant’s own limit and before the platform’s', async () => {
    const plan = await aPlan({
      limits: { member_per_minute: 11, admin_per_minute: 12, internal_per_minute: 13 },
    });
    await give(acme, plan.code);
    const member = await acme.aMember();
    const key = await acme.admin.ask(createApiKey, { body: { name: 'Shop', scopes: ['points:read'] } });
    const limitOf = async (token: string) => (await ask(token)).headers['ratelimit-limit'];
    await withinASecond(async () => expect(await limitOf(member.accessToken)).toBe('11'));
    expect([await limitOf(acme.adminToken), await limitOf(key.api_key)]).toEqual(['12', '13']);
    await gateway.root.ask(updateTenantPlan, {
      params: { plan_code: plan.code },
      body: { limits: { member_per_minute: 21 } },
    });
    await withinASecond(async () => expect(await limitOf(member.accessToken)).toBe('21'));
    await gateway.root.ask(updateTenant, {
      params: { id: String(acme.id) },
      body: { limits: { member_per_minute: 31 } },
    });
    await withinASecond(async () => expect(await limitOf(member.accessToken)).toBe('31'));
    await gateway.root.ask(updateTenant, {
      params: { id: String(acme.id) },
      body: { plan: null, limits: { member_per_minute: null } },
    });
    await withinASecond(async () => expect(await limitOf(member.accessToken)).toBe('10000'));
  });
});

describe('requests a day', () => {
  test('are counted over all gateways, then refused until the tenant’s day ends; others and its usage are not touched', async () => {
    const tenant = await gateway.aTenant();
    const plan = await aPlan({ requests_per_day: 12 });
    await give(tenant, plan.code);
    await withinASecond(async () =>
      expect((await tenant.admin.ask(getUsage, {})).today.requests_per_day).toBe(12),
    );
    const before = (await tenant.admin.ask(getUsage, {})).today.requests;
    let served = 0;
    await eventually(async () => {
      for (const base of [gateway.kit.url, replica.url])
        if ((await ask(tenant.adminToken, base)).status === 200) served++;
      expect((await ask(tenant.adminToken)).status).toBe(429);
      expect((await ask(tenant.adminToken, replica.url)).status).toBe(429);
    });
    // What both let in before either heard of the other: a second's requests.
    expect(before + served).toBeGreaterThanOrEqual(10);
    const refused = await ask(tenant.adminToken, replica.url, { 'accept-language': 'en' });
    const seconds = Number(refused.headers['retry-after']);
    expect(refused.body.error).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(/^The tenant has used up its 12 requests of today/),
      details: { limit: 'requests_per_day', allowed: 12, resets_at: expect.any(String) },
    });
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(25 * 3_600);
    const usage = await tenant.admin.ask(getUsage, { query: { days: '3' } });
    const today = dayOf('Asia/Shanghai', new Date());
    expect(usage.days.map(({ date }) => date)).toEqual([today, plusDays(today, -1), plusDays(today, -2)]);
    expect(usage.today.remaining).toBe(0);
    expect(usage.days[0]?.refused).toBeGreaterThan(0);
    // Who looks after the platform is not held by it, and no other tenant is.
    expect((await ask(gateway.rootToken, gateway.kit.url, { 'x-tenant-id': tenant.code })).status).toBe(200);
    expect((await ask(globex.adminToken)).status).toBe(200);
    expect(
      sampleOf(await gateway.kit.metrics(), 'membership_gateway_refused_total', { reason: 'quota' }),
    ).toBeGreaterThan(0);
    await gateway.root.ask(updateTenantPlan, {
      params: { plan_code: plan.code },
      body: { requests_per_day: 1_000 },
    });
    await withinASecond(async () => expect((await ask(tenant.adminToken)).status).toBe(200));
  });

  test('what ends access goes on when they are used up: a key that leaked cannot keep itself from being revoked', async () => {
    const tenant = await gateway.aTenant();
    const body = { name: 'Leaked', scopes: ['points:read' as const] };
    const [leaked, other] = [
      await tenant.admin.ask(createApiKey, { body }),
      await tenant.admin.ask(createApiKey, { body }),
    ];
    const member = await tenant.aMember();
    await give(tenant, (await aPlan({ requests_per_day: 1, concurrent_requests: 1 })).code);
    await withinASecond(async () => expect((await ask(leaked.api_key)).status).toBe(429));
    const { requests } = (await tenant.admin.ask(getUsage, {})).today;
    const params = (key_id: string) => ({ params: { key_id } });
    // They are found, too, and a password that leaked is replaced.
    const found = await tenant.admin.ask(listApiKeys, {});
    expect(found.items.map(({ id }) => id)).toEqual(expect.arrayContaining([leaked.id, other.id]));
    expect((await tenant.admin.ask(listMembers, {})).items.map(({ id }) => id)).toContain(member.id);
    const ofMember = { params: { id: String(member.id) } };
    expect((await tenant.admin.ask(getMember, ofMember)).id).toBe(member.id);
    expect((await tenant.admin.ask(getApiKey, params(leaked.id))).id).toBe(leaked.id);
    expect((await tenant.admin.ask(listMemberSessions, ofMember)).items).not.toEqual([]);
    expect(
      (await tenant.admin.call(rotateApiKey, { ...params(other.id), body: { keep_previous_hours: 0 } }))
        .status,
    ).toBe(200);
    expect((await tenant.admin.call(revokeApiKey, params(leaked.id))).status).toBe(204);
    await withinASecond(async () => expect((await ask(leaked.api_key)).status).toBe(401));
    expect((await member.client.call(logout, { body: {} })).status).toBe(200);
    const changed = { ...ofMember, body: { password: 'another-password-1' } };
    expect((await tenant.admin.call(updateMember, changed)).status).toBe(200);
    expect((await tenant.admin.call(deactivateMember, ofMember)).status).toBe(204);
    expect((await tenant.admin.ask(getUsage, {})).today.requests).toBe(requests);
    expect((await tenant.admin.call(createApiKey, { body })).status).toBe(429);
  });

  test('what is counted on both sides of the end of a day, by gateways that know of each other later, is each day’s own', async () => {
    const rows = () =>
      new UsageRepository(gateway.kit.connection.useDb(gateway.kit.connection.name, { useCache: false }));
    const aGateway = () =>
      new TenantUsage(rows(), { warn: () => undefined }, { gauge: () => undefined as never });
    const [one, two] = [aGateway(), aGateway()];
    const tenant = {
      ...{ _id: 900_001, code: 'border', timezone: 'America/New_York' },
      plan: { requestsPerDay: 10 },
    };
    const count = async (by: TenantUsage, at: number, times: number) => {
      const today = await by.today(tenant, at);
      for (let time = 0; time < times; time++) by.count(today, 'requests');
      return today;
    };
    const { endsAt, day } = await one.today(tenant, Date.now());
    const [before, after] = [endsAt - 1, endsAt];
    await Promise.all([count(one, before, 3), count(two, before, 3)]);
    await Promise.all([one.write(), two.write()]);
    // One knows that the day is over, the other, whose clock is behind, does not; some of the old day is not written yet.
    await count(one, before, 1);
    const [next, also] = await Promise.all([count(one, after, 2), count(one, after, 2)]);
    expect(also).toBe(next);
    expect([next.day, next.stored]).toEqual([plusDays(day, 1), 0]);
    await count(two, before, 2);
    await Promise.all([one.write(), two.write()]);
    await count(two, after, 1);
    for (const by of [one, two, one]) await by.write({ isAsked: true });
    const stored = await rows().read(
      [day, plusDays(day, 1)].map((on) => ({ tenantId: tenant._id, day: on })),
    );
    expect(stored.map(({ requests }) => requests)).toEqual([9, 5]);
    const sides = await Promise.all([one, two].map(async (by) => by.today(tenant, after)));
    await count(one, after, 1);
    await one.write();
    expect(sides.map((today) => today.day)).toEqual([plusDays(day, 1), plusDays(day, 1)]);
    expect(sides[0]?.stored).toBe(6);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('usage is a tenant’s own, survives the process, and is told by a metric', async () => {
    const tenant = await gateway.aTenant();
    const before = (await tenant.admin.ask(getUsage, {})).today.requests;
    for (let number = 0; number < 5; number++) await ask(tenant.adminToken);
    const started = await gateway.aReplica();
    for (let number = 0; number < 4; number++) await ask(tenant.adminToken, started.url);
    await started.stop();
    expect((await tenant.admin.ask(getUsage, {})).today).toMatchObject({
      requests: before + 9,
      remaining: null,
    });
    expect((await globex.admin.ask(getUsage, {})).plan).toBeNull();
    const member = await tenant.aMember();
    expect((await member.client.call(getUsage, {})).status).toBe(403);
    expect((await gateway.anyone.call(getUsage, {})).status).toBe(401);
    for (const days of ['0', '401', 'x'])
      expect((await tenant.admin.call(getUsage, { query: { days } })).status).toBe(400);
    expect(
      sampleOf(await gateway.kit.metrics(), 'membership_gateway_tenant_requests_today', {
        tenant: tenant.code,
      }),
    ).toBeGreaterThanOrEqual(9);
  });

  test('the metric names the 20 tenants that ask most, and the others together', async () => {
    const metrics = createMetrics('usage');
    const rows = new UsageRepository(
      gateway.kit.connection.useDb(gateway.kit.connection.name, { useCache: false }),
    );
    const usage = new TenantUsage(rows, { warn: () => undefined }, metrics);
    // The first asks once, the next one twice, and so on; some of it is written down, some is not yet.
    const asked = Array.from({ length: 25 }, (_, index) => index + 1);
    const ask = async (times: (count: number) => number) => {
      for (const count of asked) {
        const tenant = { _id: 910_000 + count, code: `t-${count}`, timezone: 'Asia/Shanghai', plan: null };
        const today = await usage.today(tenant, Date.now());
        for (let time = 0; time < times(count); time++) usage.count(today, 'requests');
      }
    };
    await ask((count) => count - 1);
    await usage.write({ isAsked: true });
    await ask(() => 1);
    const text = await metrics.registry.metrics();
    const told = [
      ...text.matchAll(/^membership_gateway_tenant_requests_today\{tenant="([^"]+)".*\} (\d+)$/gm),
    ];
    expect(Object.fromEntries(told.map(([, tenant, requests]) => [tenant, Number(requests)]))).toEqual({
      ...Object.fromEntries(asked.slice(5).map((count) => [`t-${count}`, count])),
      '(others)': 1 + 2 + 3 + 4 + 5,
    });
    await usage.stop();
  });
});

describe('requests at once', () => {
  test('as many as the plan allows, over all gateways; the next waits for one of them to end', async () => {
    const plan = await aPlan({ concurrent_requests: 2 });
    await give(globex, plan.code);
    await withinASecond(async () =>
      expect((await globex.admin.ask(getUsage, {})).plan?.code).toBe(plan.code),
    );
    const held: (() => void)[] = [];
    gateway.points.taking = (_request, response) => held.push(() => void response.end('{}'));
    const first = ask(globex.adminToken);
    const second = ask(globex.adminToken, line ? replica.url : gateway.kit.url);
    await eventually(() => expect(held).toHaveLength(2));
    for (const base of line ? [gateway.kit.url, replica.url] : [gateway.kit.url]) {
      const refused = await ask(globex.adminToken, base);
      expect([refused.status, refused.headers['retry-after'], refused.body.error.details]).toEqual([
        429,
        '1',
        { limit: 'concurrent_requests', allowed: 2 },
      ]);
    }
    // Nobody else's.
    expect((await acme.admin.call(me, {})).status).toBe(200);
    for (const end of held.splice(0)) end();
    await Promise.all([first, second]);
    gateway.points.taking = undefined;
    await eventually(async () => expect((await ask(globex.adminToken)).status).toBe(200));
    expect(
      sampleOf(await gateway.kit.metrics(), 'membership_gateway_refused_total', { reason: 'concurrency' }),
    ).toBeGreaterThan(0);
  });

  test('a client that goes away gives its place back, and so does a request that is refused', async () => {
    gateway.points.taking = () => undefined;
    const leaving = new AbortController();
    const gone = [1, 2].map(() =>
      rawRequest(gateway.kit.url, PROFILES, {
        headers: { authorization: `Bearer ${globex.adminToken}` },
        signal: leaving.signal,
      }).catch(() => undefined),
    );
    await eventually(async () => expect((await ask(globex.adminToken)).status).toBe(429));
    leaving.abort();
    await Promise.all(gone);
    gateway.points.taking = undefined;
    await eventually(async () => expect((await ask(globex.adminToken)).status).toBe(200));
    const member = await globex.aMember();
    for (let number = 0; number < 5; number++)
      expect(
        (
          await rawRequest(gateway.kit.url, '/api/v1/points/rules/', {
            headers: { authorization: `Bearer ${member.accessToken}` },
          })
        ).status,
      ).toBe(403);
  });

  const withRedis = process.env.REDIS_URL ? test : test.skip;
  withRedis('hold in each gateway while Redis is away', async () => {
    await line?.cut();
    const held: (() => void)[] = [];
    gateway.points.taking = (_request, response) => held.push(() => void response.end('{}'));
    const under = [1, 2].map(() => ask(globex.adminToken));
    await eventually(() => expect(held).toHaveLength(2));
    expect((await ask(globex.adminToken)).status).toBe(429);
    for (const end of held.splice(0)) end();
    await Promise.all(under);
    gateway.points.taking = undefined;
    await line?.restore();
    await eventually(async () => expect((await ask(globex.adminToken)).status).toBe(200));
  });

  withRedis.each([
    ['cut off', () => line?.cut()],
    ['silent', () => line?.hold()],
  ])('that end while Redis is %s hold no place once it is back', async (_how, lose) => {
    const isUp = (value: 0 | 1) =>
      eventually(async () =>
        expect(sampleOf(await gateway.kit.metrics(), 'membership_gateway_redis_up')).toBe(value),
      );
    await isUp(1);
    const held: (() => void)[] = [];
    gateway.points.taking = (_request, response) => held.push(() => void response.end('{}'));
    const under = [1, 2].map(() => ask(globex.adminToken));
    await eventually(() => expect(held).toHaveLength(2));
    const { client } = await acme.aMember();
    await lose();
    // Of whom nothing is known yet Redis is asked.
    expect((await client.call(me, {})).status).toBe(200);
    await isUp(0);
    for (const end of held.splice(0)) end();
    expect((await Promise.all(under)).map(({ status }) => status)).toEqual([200, 200]);
    gateway.points.taking = undefined;
    await line?.restore();
    await isUp(1);
    expect((await ask(globex.adminToken)).status).toBe(200);
  });
});
