/** Look-ups of services on the internal port. */
import { signContext, keyOf } from '@membership/platform/http/context';
import type { ContextClaims } from '@membership/contracts/claims';
import { keyFor } from './fake-service.ts';
import { startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant();
  globex = await gateway.aTenant();
  member = await acme.aMember();
});
afterAll(() => gateway?.stop());

const contextIn = (
  tenantId: number | null,
  audience: ContextClaims['aud'] = 'points',
  key: string = audience,
) =>
  signContext(keyOf(keyFor(key)), {
    aud: audience,
    sub: 'user:1',
    uid: 1,
    name: 'x',
    role: 'admin',
    tid: tenantId,
    scopes: [],
    rid: 'r',
    lang: 'zh',
  });
const lookUp = async (
  path: string,
  context: string | undefined = contextIn(acme.id),
  service = 'points',
  base = gateway.internalUrl,
) => {
  const response = await fetch(`${base}/internal/${path}`, {
    headers: { 'x-membership-service': service, ...(context ? { 'x-membership-context': context } : {}) },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test('a member and the tenant of the caller’s context, with their sequence', async () => {
  expect(await lookUp(`members/${member.id}`)).toMatchObject({
    status: 200,
    body: {
      sequence: 2,
      state: {
        memberId: member.id,
        username: member.username,
        role: 'member',
        isActive: true,
        externalId: null,
      },
    },
  });
  expect(await lookUp(`tenants/${acme.id}`)).toMatchObject({
    status: 200,
    body: { sequence: 1, state: { tenantId: acme.id, code: acme.code, timezone: 'Asia/Shanghai' } },
  });
});

test('nothing of another tenant, and nothing without one', async () => {
  expect((await lookUp(`members/${member.id}`, contextIn(globex.id))).status).toBe(404);
  expect((await lookUp(`tenants/${acme.id}`, contextIn(globex.id))).status).toBe(404);
  expect((await lookUp(`tenants/${acme.id}`, contextIn(null))).status).toBe(404);
  for (const path of ['members/0', 'members/abc', 'members/99999999', 'secrets/1', 'members/1/..%2F2'])
    expect((await lookUp(path)).status).toBe(404);
});

test('only with a context that was signed for the asking service', async () => {
  expect((await lookUp(`members/${member.id}`, '')).status).toBe(401);
  expect((await lookUp(`members/${member.id}`, contextIn(acme.id, 'points'), 'vip')).status).toBe(401);
  expect((await lookUp(`members/${member.id}`, contextIn(acme.id, 'vip', 'points'))).status).toBe(401);
  expect((await lookUp(`members/${member.id}`, contextIn(acme.id), 'gateway')).status).toBe(401);
});

test('an application is asked of its service, as the same caller signed for it', async () => {
  gateway.others.answering = (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ sequence: 3, state: { applicationId: 7 } }));
  expect(await lookUp('applications/7')).toMatchObject({
    status: 200,
    body: { state: { applicationId: 7 } },
  });
  expect(gateway.others.last).toMatchObject({
    url: '/internal/applications/7',
    context: { aud: 'applications', sub: 'user:1', tid: acme.id },
  });
});

test('the public port knows nothing of it', async () => {
  for (const path of [`members/${member.id}`, 'dead-letters'])
    expect((await lookUp(path, contextIn(acme.id), 'points', gateway.kit.url)).status).toBe(404);
});
