/** How many requests a minute, for whom, and what the headers say of it. */
import { createClient as createServiceClient } from '@membership/contracts/endpoints/gateway/clients';
import { updateTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { eventually } from '@membership/platform/testing/eventually';
import { sampleOf, rawRequest, type RawAnswer } from './raw-http.ts';
import { startGateway, withinASecond, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;

beforeAll(async () => {
  gateway = await startGateway({
    RATE_LIMIT_MEMBER: '5',
    RATE_LIMIT_ADMIN: '60',
    RATE_LIMIT_ADDRESS: '40',
    TRUST_PROXY: '127.0.0.0/8',
  });
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
});
afterAll(() => gateway?.stop());

const PROFILES = '/api/v1/points/profiles/';
let addresses = 0;
/** Every test comes from an address of its own. */
const anAddress = () => `203.0.113.${++addresses}`;
const ask = (token: string | undefined, path = PROFILES, headers: Record<string, string> = {}) =>
  rawRequest(gateway.kit.url, path, {
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });
/** Asks until it is refused, at most `maximum` times; how often it was served. */
async function served(once: () => Promise<RawAnswer>, maximum: number): Promise<[number, RawAnswer]> {
  for (let count = 0; ; count++) {
    const answer = await once();
    if (answer.status === 429 || count === maximum) return [count, answer];
  }
}
/** A minute may begin anew in mid-test: then the count starts over, once. */
const fromFresh = async (token: string, limit: number) => {
  const [count, refused] = await served(() => ask(token), limit * 2);
  expect(count).toBeGreaterThanOrEqual(limit);
  return refused;
};

test('a member: so many a minute, said in every answer; then 429 and when to come again', async () => {
  const member = await acme.aMember();
  const first = await ask(member.accessToken);
  expect(first).toMatchObject({
    status: 200,
    headers: { 'ratelimit-limit': '5', 'ratelimit-remaining': '4' },
  });
  expect(Number(first.headers['ratelimit-reset'])).toBeGreaterThan(0);
  expect(Number(first.headers['ratelimit-reset'])).toBeLessThanOrEqual(60);
  expect((await ask(member.accessToken)).headers['ratelimit-remaining']).toBe('3');
  for (let round = 0; round < 3; round++) await ask(member.accessToken);
  const before = gateway.points.received.length;
  const refused = await ask(member.accessToken, PROFILES, { 'accept-language': 'en' });
  expect(refused).toMatchObject({
    status: 429,
    headers: { 'ratelimit-limit': '5', 'ratelimit-remaining': '0' },
    body: {
      success: false,
      error: { code: 'RATE_LIMITED', message: expect.stringMatching(/^Too many requests/) },
    },
  });
  expect(refused.headers['retry-after']).toBe(refused.headers['ratelimit-reset']);
  expect(gateway.points.received.length).toBe(before);
  expect(
    sampleOf(await gateway.kit.metrics(), 'membership_gateway_refused_total', { reason: 'limit' }),
  ).toBeGreaterThan(0);
});

test('counts over every path, the gateway’s own too, and over every token of one member', async () => {
  const member = await acme.aMember();
  const again = await gateway.logIn(member.username, 'acme');
  for (const path of [PROFILES, '/api/v1/auth/me/', '/api/v1/vip/tags/'])
    expect((await ask(member.accessToken, path)).status).toBe(200);
  expect((await ask(again.accessToken)).headers['ratelimit-remaining']).toBe('1');
});

test('what a role may not do counts too', async () => {
  const member = await acme.aMember();
  for (let round = 0; round < 5; round++)
    expect((await ask(member.accessToken, '/api/v1/points/rules/')).status).toBe(403);
  expect((await ask(member.accessToken)).status).toBe(429);
});

test.each([
  ['/api/v1/applications/', { code: 4029, success: false, data: null, error_code: 'RATE_LIMITED' }],
  ['/api/v1/license-assignments/', { success: false, error: { code: 'RATE_LIMITED' } }],
])('is refused in the dialect of the path: %s', async (path, body) => {
  const { accessToken } = await acme.aMember();
  await fromFresh(accessToken, 5);
  const answer = await ask(accessToken, path);
  expect(answer).toMatchObject({ status: 429, body });
});

test('one member’s use takes nothing from another, from the administrator, or from another tenant', async () => {
  const busy = await acme.aMember();
  const [same, other] = [await acme.aMember(), await globex.aMember()];
  await fromFresh(busy.accessToken, 5);
  for (const token of [same.accessToken, other.accessToken, acme.adminToken])
    expect((await ask(token)).status).toBe(200);
});

test('an administrator has more; a tenant may have limits of its own, which hold within a second', async () => {
  expect((await ask(globex.adminToken)).headers['ratelimit-limit']).toBe('60');
  await gateway.root.ask(updateTenant, {
    params: { id: String(globex.id) },
    body: { limits: { member_per_minute: 2, admin_per_minute: 7 } },
  });
  const member: AMember = await globex.aMember();
  await withinASecond(async () =>
    expect((await ask(globex.adminToken)).headers['ratelimit-limit']).toBe('7'),
  );
  await fromFresh(member.accessToken, 2);
  expect((await ask((await acme.aMember()).accessToken)).headers['ratelimit-limit']).toBe('5');
});

test('a service client has none, unless RATE_LIMIT_INTERNAL or its tenant sets one', async () => {
  const { client_id, client_secret } = await acme.admin.ask(createServiceClient, {
    body: { name: 'Orders', scopes: ['points:read'] },
  });
  const issued = await rawRequest(gateway.kit.url, '/api/v1/auth/token/', {
    method: 'POST',
    body: JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret }),
    headers: { 'x-forwarded-for': anAddress() },
  });
  const token = issued.body.access_token as string;
  for (let round = 0; round < 80; round++) {
    const answer = await ask(token);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('ratelimit-limit');
  }
  const replica = await gateway.aReplica({ RATE_LIMIT_INTERNAL: '4' });
  try {
    const headers = { authorization: `Bearer ${token}` };
    const [count, refused] = await served(() => rawRequest(replica.url, PROFILES, { headers }), 8);
    expect(count).toBeGreaterThanOrEqual(4);
    expect([refused.status, refused.headers['ratelimit-limit']]).toEqual([429, '4']);
  } finally {
    await replica.stop();
  }
  await gateway.root.ask(updateTenant, {
    params: { id: String(acme.id) },
    body: { limits: { internal_per_minute: 3 } },
  });
  await withinASecond(async () => expect((await ask(token)).headers['ratelimit-limit']).toBe('3'));
  await fromFresh(token, 0);
});

test('without a token: by address; a token that does not hold, and a path that is nowhere, count there', async () => {
  const from = { 'x-forwarded-for': anAddress() };
  const login = () =>
    rawRequest(gateway.kit.url, '/api/v1/auth/login/', { method: 'POST', body: '{}', headers: from });
  const first = await login();
  expect(first).toMatchObject({
    status: 400,
    headers: { 'ratelimit-limit': '40', 'ratelimit-remaining': '39' },
  });
  const left: unknown[] = [];
  for (let round = 0; round < 3; round++)
    for (const answer of [
      await ask('nonsense', PROFILES, from),
      await ask(undefined, '/api/v1/nowhere/', from),
      await rawRequest(gateway.kit.url, '/api/v1/auth/login/', { method: 'PUT', headers: from }),
    ]) {
      const { 'ratelimit-limit': limit, 'ratelimit-remaining': remaining } = answer.headers;
      expect(Number(answer.headers['ratelimit-reset'])).toBeGreaterThan(0);
      left.push([answer.status, limit, remaining]);
    }
  expect(left).toEqual(
    [401, 404, 405, 401, 404, 405, 401, 404, 405].map((status, index) => [status, '40', `${38 - index}`]),
  );
  expect((await login()).headers['ratelimit-remaining']).toBe('29');
  const [, refused] = await served(() => ask(undefined, PROFILES, from), 80);
  expect([refused.status, refused.body.error.code]).toEqual([429, 'RATE_LIMITED']);
  // Somebody else's address is not touched; the client cannot choose its own by writing more addresses in front.
  expect((await ask(undefined, PROFILES, { 'x-forwarded-for': anAddress() })).status).toBe(401);
  const disguised = { 'x-forwarded-for': `198.51.100.99, ${from['x-forwarded-for']}` };
  expect((await ask(undefined, PROFILES, disguised)).status).toBe(429);
  // A good token from that address is served by its own allowance.
  expect((await ask(acme.adminToken, PROFILES, from)).status).toBe(200);
});

test('health and documents are free, whoever asks however often', async () => {
  const from = { 'x-forwarded-for': anAddress() };
  await served(() => ask(undefined, PROFILES, from), 80);
  for (const path of ['/api/v1/health/', '/healthz', '/readyz', '/api/v1/docs/', '/api/v1/openapi.json']) {
    const answer = await ask(undefined, path, from);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.headers).not.toHaveProperty('ratelimit-limit');
  }
});

test('an IPv6 subscriber is one, whatever it makes of its last 64 bits', async () => {
  const from = (tail: string) => ({ 'x-forwarded-for': `2001:db8:7:7:${tail}` });
  const [, refused] = await served(() => ask(undefined, PROFILES, from(`${addresses++}::1`)), 80);
  expect(refused.status).toBe(429);
  expect((await ask(undefined, PROFILES, from('aaaa:bbbb:cccc:dddd'))).status).toBe(429);
  expect((await ask(undefined, PROFILES, { 'x-forwarded-for': '2001:db8:7:8::1' })).status).toBe(401);
});

// The last one: the gateway has no database afterwards.
test('a caller whose record cannot be read is not an attempt of its address: 503, however often, never 429', async () => {
  const { accessToken } = await acme.aMember();
  const from = { 'x-forwarded-for': anAddress() };
  await gateway.kit.connection.close();
  const statuses: number[] = [];
  await eventually(async () => expect((await ask(accessToken, PROFILES, from)).status).toBe(503));
  for (let count = 0; count < 60; count++) statuses.push((await ask(accessToken, PROFILES, from)).status);
  expect(new Set(statuses)).toEqual(new Set([503]));
});
