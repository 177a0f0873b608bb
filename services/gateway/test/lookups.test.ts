/** Look-ups of services on the internal port. */
import { contextKey, signContext } from '@membership/platform/http/context';
import jwt from 'jsonwebtoken';
import type { ContextClaims } from '@membership/contracts/claims';
import { keyFor } from './fake-service.ts';
import { startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;
let acmes: string;
let globexs: string;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant();
  globex = await gateway.aTenant();
  member = await acme.aMember();
  acmes = await contextOf(acme);
  globexs = await contextOf(globex);
});
afterAll(() => gateway?.stop());

/** The context that the gateway signed for points on a request of somebody's. */
async function contextOf({ admin }: ATenant): Promise<string> {
  await admin.send('get', '/api/v1/points/profiles/');
  return String(gateway.points.last.headers['x-membership-context']);
}
/** A context as a service could make it: it has the key of its own contexts. */
const forged = (
  claims: Partial<ContextClaims>,
  audience: ContextClaims['aud'] = 'points',
  key: string = audience,
) =>
  signContext(contextKey(keyFor(key)), {
    aud: audience,
    sub: 'user:1',
    uid: 1,
    name: 'x',
    role: 'admin',
    tid: acme.id,
    scopes: [],
    rid: 'r',
    lang: 'zh',
    ...claims,
  });
const lookUp = async (
  path: string,
  context: string | undefined = acmes,
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
  expect((await lookUp(`members/${member.id}`, globexs)).status).toBe(404);
  expect((await lookUp(`tenants/${acme.id}`, globexs)).status).toBe(404);
  for (const path of ['members/0', 'members/abc', 'members/99999999', 'secrets/1', 'members/1/..%2F2'])
    expect((await lookUp(path)).status).toBe(404);
});

test('only with a context that was signed for the asking service', async () => {
  expect((await lookUp(`members/${member.id}`, '')).status).toBe(401);
  for (const service of ['vip', 'gateway', 'nobody'])
    expect((await lookUp(`members/${member.id}`, acmes, service)).status).toBe(401);
  expect((await lookUp(`members/${member.id}`, forged({}, 'vip', 'points'))).status).toBe(401);
});

test('a service that makes contexts with its own key looks up nothing, of whichever tenant', async () => {
  const { proof } = jwt.decode(globexs) as ContextClaims;
  expect(proof).toMatch(/^[\w-]{43}$/);
  const made = [
    forged({}),
    forged({ proof: 'A'.repeat(43) } as never),
    // The proof of a request in another tenant, under claims of the service's own.
    forged({ proof } as never),
    forged({ ...(jwt.decode(globexs) as ContextClaims), tid: acme.id } as never),
  ];
  for (const context of made)
    for (const path of [`members/${member.id}`, `tenants/${acme.id}`, 'applications/7'])
      expect((await lookUp(path, context)).status).toBe(401);
  expect((await lookUp(`tenants/${globex.id}`, globexs)).status).toBe(200);
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
    context: { aud: 'applications', sub: `user:${acme.adminId}`, tid: acme.id },
  });
});

test('the public port knows nothing of it', async () => {
  for (const path of [`members/${member.id}`, 'dead-letters'])
    expect((await lookUp(path, acmes, 'points', gateway.kit.url)).status).toBe(404);
});
