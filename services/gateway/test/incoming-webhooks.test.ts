/** A shop's webhooks: who may tell what, and what the service behind hears of it. */
import { createHmac } from 'node:crypto';
import { canonicalJson } from '@membership/platform/canonical-json';
import { createClient } from '@membership/contracts/endpoints/gateway/clients';
import {
  createTenant,
  rotateWebhookSecret,
  resumeTenant,
  suspendTenant,
} from '@membership/contracts/endpoints/gateway/tenants';
import { issueServiceToken } from '@membership/contracts/endpoints/gateway/auth';
import { startGateway, withinASecond, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, type RawRequest } from './raw-http.ts';

const PATH = '/api/v1/member-system/webhooks/events/';
const SECRET = 'a-webhook-secret-of-the-tests-0123456789';
let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let serviceToken: string;

const setSecret = (tenant: ATenant, secret: string) =>
  gateway.root.ask(rotateWebhookSecret, { params: { id: String(tenant.id) }, body: { secret } });
async function tokenOf(tenant: ATenant, scopes: string[]): Promise<string> {
  const { client_id, client_secret } = await tenant.admin.ask(createClient, {
    body: { name: 'Shop', scopes } as never,
  });
  return (
    await gateway.anyone.call(issueServiceToken, {
      body: { grant_type: 'client_credentials', client_id, client_secret },
    })
  ).body.access_token;
}

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
  await setSecret(acme, SECRET);
  await setSecret(globex, `${SECRET}-of-globex`);
  serviceToken = await tokenOf(acme, ['points:write']);
});
afterAll(() => gateway?.stop());
afterEach(() => {
  gateway.points.answering = undefined;
});

const data = { user_id: 1001, order_id: 'ORD123456', order_amount: 299.99 };
const anEvent = (more: Record<string, unknown> = {}) => ({
  event_type: 'ORDER_COMPLETED',
  event_data: data as Record<string, unknown>,
  timestamp: new Date().toISOString(),
  ...more,
});
type Event = ReturnType<typeof anEvent> & { signature?: string };
const hmac = (secret: string, content: string) => createHmac('sha256', secret).update(content).digest('hex');
const signed = (event: Event, secret = SECRET): Event => ({
  ...event,
  signature: hmac(secret, `${event.timestamp}.${event.event_type}.${canonicalJson(event.event_data)}`),
});
const tell = (body: unknown, headers: Record<string, string> = {}, more: RawRequest = {}) =>
  rawRequest(gateway.kit.url, PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  });
const asAcme = { 'x-tenant-id': 'acme' };
/** That nothing of it went on to the service. */
async function refused(
  telling: ReturnType<typeof tell>,
  status: number,
  fields?: readonly string[],
): Promise<void> {
  const before = gateway.points.received.length;
  const answer = await telling;
  expect([answer.status, answer.body]).toEqual([
    status,
    {
      ...{ code: status, message: expect.any(String), data: expect.any(Object) },
      ...{ error_code: expect.any(String), timestamp: expect.any(String) },
    },
  ]);
  if (fields) expect(answer.body.data.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  expect(gateway.points.received.length).toBe(before);
}

test('a signed event is passed on as internal, in the tenant that the header names', async () => {
  const event = signed(anEvent());
  for (const named of ['acme', 'ACME', String(acme.id)])
    expect((await tell(event, { 'x-tenant-id': named })).status).toBe(200);
  const { context, body, headers } = gateway.points.last;
  expect(context).toMatchObject({
    role: 'internal',
    sub: `client:webhook@${acme.id}`,
    name: `webhook@${acme.id}`,
    uid: null,
    tid: acme.id,
    scopes: ['points:write'],
  });
  expect(JSON.parse(body)).toEqual(event);
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
});

test('the data may be written in any order of keys, and any spelling of its numbers', async () => {
  const event = signed(anEvent());
  const written = JSON.stringify(event).replace(
    /"event_data":\{[^}]*\}/,
    '"event_data": {"order_amount": 2.9999e2, "order_id": "ORD\\u0031\\u00323456",\n "user_id": 1001.0}',
  );
  expect((await tell(written, asAcme)).status).toBe(200);
  expect(JSON.parse(gateway.points.last.body)).toEqual(event);
});

test('X-Webhook-Signature is over the raw body: one blank more and it does not hold', async () => {
  const body = JSON.stringify(anEvent(), null, 2);
  const header = { ...asAcme, 'x-webhook-signature': hmac(SECRET, body) };
  expect((await tell(body, header)).status).toBe(200);
  await refused(tell(`${body} `, header), 401);
  // In both forms, both must hold.
  const twice = signed(anEvent());
  const raw = (event: Event, secret = SECRET) => ({
    ...asAcme,
    'x-webhook-signature': hmac(secret, JSON.stringify(event)),
  });
  expect((await tell(twice, raw(twice))).status).toBe(200);
  await refused(tell(twice, raw(twice, 'wrong')), 401, ['X-Webhook-Signature']);
  const half = signed(anEvent(), 'wrong');
  await refused(tell(half, raw(half)), 401, ['signature']);
  await refused(tell(half, raw(half, 'wrong')), 401, ['signature', 'X-Webhook-Signature']);
  const withType = body.replace('ORDER_COMPLETED', 'ORDER_REFUNDED');
  await refused(tell(withType, header), 401);
});

test('a service token needs no signature; one that is there must hold', async () => {
  const bearer = { authorization: `Bearer ${serviceToken}` };
  expect((await tell(anEvent(), bearer)).status).toBe(200);
  expect(gateway.points.last.context).toMatchObject({ role: 'internal', tid: acme.id });
  expect((await tell(signed(anEvent()), bearer)).status).toBe(200);
  await refused(tell(signed(anEvent(), 'another'), bearer), 401);
  await refused(tell(anEvent(), { ...bearer, 'x-webhook-signature': 'ab'.repeat(32) }), 401);
  await refused(tell(anEvent({ signature: '' }), bearer), 401);
  await refused(tell(signed(anEvent()), { ...bearer, 'x-tenant-id': 'globex' }), 403);
  const reader = await tokenOf(acme, ['points:read']);
  await refused(tell(signed(anEvent()), { authorization: `Bearer ${reader}` }), 403);
});

describe('what does not hold is 401', () => {
  test('no proof at all, a tenant without a signature, a signature without a tenant', async () => {
    await refused(tell(anEvent()), 401, ['X-Tenant-ID']);
    await refused(tell(anEvent(), asAcme), 401, ['X-Webhook-Signature']);
    await refused(tell(signed(anEvent())), 401, ['X-Tenant-ID']);
    await refused(tell(signed(anEvent()), { authorization: 'Bearer nonsense', ...asAcme }), 401);
  });

  test('the wrong secret, another tenant’s, or a tenant that is not there: the same words', async () => {
    const texts = [];
    for (const [event, tenant] of [
      [signed(anEvent(), 'wrong'), 'acme'],
      [signed(anEvent(), `${SECRET}-of-globex`), 'acme'],
      [signed(anEvent()), 'globex'],
      [signed(anEvent()), 'nobody'],
      [signed(anEvent()), '99999999'],
      [signed(anEvent()), '__proto__'],
      [anEvent({ signature: 'webhook_signature_hash' }), 'acme'],
    ] as const) {
      const answer = await tell(event, { 'x-tenant-id': tenant });
      expect(answer.status).toBe(401);
      expect(answer.body.message).toBe('签名无效');
      texts.push(JSON.stringify(answer.body.data));
    }
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('"field":"signature"');
  });

  test('a body that was changed after it was signed, or is told under another type', async () => {
    const event = signed(anEvent());
    await refused(tell({ ...event, event_data: { ...data, order_amount: 9_999.99 } }, asAcme), 401);
    await refused(tell({ ...event, event_data: { ...data, more: 1 } }, asAcme), 401);
    await refused(tell({ ...event, event_type: 'ORDER_REFUNDED' }, asAcme), 401);
    await refused(tell({ ...event, timestamp: new Date(Date.now() - 1_000).toISOString() }, asAcme), 401);
  });

  test('a time more than five minutes off, either way, with a token too', async () => {
    for (const minutes of [-6, 6]) {
      const event = anEvent({ timestamp: new Date(Date.now() + minutes * 60_000).toISOString() });
      await refused(tell(signed(event), asAcme), 401, ['timestamp']);
      await refused(tell(event, { authorization: `Bearer ${serviceToken}` }), 401, ['timestamp']);
    }
    const near = anEvent({ timestamp: new Date(Date.now() - 4 * 60_000).toISOString() });
    expect((await tell(signed(near), asAcme)).status).toBe(200);
  });

  test('forged words in the platform’s own voice', async () => {
    await refused(
      tell(anEvent(), {
        ...asAcme,
        'x-membership-context': 'eyJhbGciOiJub25lIn0.eyJyb2xlIjoiaW50ZXJuYWwifQ.',
        'x-membership-service': 'gateway',
      }),
      401,
    );
  });
});

test('people may not tell, whatever they sign', async () => {
  const member = await acme.aMember();
  for (const token of [member.accessToken, acme.adminToken, gateway.rootToken])
    await refused(tell(signed(anEvent()), { authorization: `Bearer ${token}`, ...asAcme }), 403);
});

test('a body that is wrong is 4xx in the dialect, before it is passed on', async () => {
  const bearer = { authorization: `Bearer ${serviceToken}` };
  for (const headers of [bearer, asAcme]) {
    await refused(tell('{', headers), 400);
    await refused(tell('[]', headers), 400);
    await refused(tell(signed(anEvent({ event_type: 'ORDER_LOST' })), headers), 400, ['event_type']);
    const { order_amount: _, ...without } = data;
    const field = 'event_data.order_amount';
    await refused(tell(anEvent({ event_data: without }), headers), 400, [field]);
    const inEnglish = { ...headers, 'accept-language': 'en' };
    expect((await tell(anEvent({ event_data: without }), inEnglish)).body).toMatchObject({
      error_code: 'VALIDATION_ERROR',
      data: { errors: [{ field, message: 'This field is required' }] },
    });
    await refused(tell(signed(anEvent({ event_data: { ...data, __proto__x: { $gt: '' } } })), headers), 400);
    await refused(tell('{"__proto__":{"a":1}}', headers), 400);
    await refused(tell(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, headers), 413);
    await refused(tell(`${'['.repeat(40_000)}`, headers), 400);
    await refused(tell('a=1', { ...headers, 'content-type': 'application/x-www-form-urlencoded' }), 415);
  }
});

test('another secret holds within a second, the old one no longer', async () => {
  const tenant = await gateway.aTenant();
  const headers = { 'x-tenant-id': tenant.code };
  await setSecret(tenant, SECRET);
  await withinASecond(async () => expect((await tell(signed(anEvent()), headers)).status).toBe(200));
  await setSecret(tenant, `${SECRET}-2`);
  await withinASecond(async () => {
    expect((await tell(signed(anEvent()), headers)).status).toBe(401);
    expect((await tell(signed(anEvent(), `${SECRET}-2`), headers)).status).toBe(200);
  });
});

test('a suspended tenant’s shop gets 403, once its signature holds', async () => {
  const { id, code } = await gateway.root.ask(createTenant, {
    body: { code: 'closed', name: 'Closed', timezone: 'UTC', webhook_secret: SECRET },
  });
  const params = { id: String(id) };
  await gateway.root.ask(suspendTenant, { params, body: {} });
  await withinASecond(async () =>
    expect((await tell(signed(anEvent()), { 'x-tenant-id': code })).status).toBe(403),
  );
  expect((await tell(signed(anEvent(), 'wrong'), { 'x-tenant-id': code })).status).toBe(401);
  await gateway.root.ask(resumeTenant, { params, body: {} });
});

test('attempts that do not hold use up the address’s allowance, those that hold do not', async () => {
  const strict = await startGateway({ RATE_LIMIT_ADDRESS: '25' });
  try {
    const tenant = await strict.aTenant('strict');
    await strict.root.ask(rotateWebhookSecret, {
      params: { id: String(tenant.id) },
      body: { secret: SECRET },
    });
    const send = (event: Event) =>
      rawRequest(strict.kit.url, PATH, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-tenant-id': 'strict' },
        body: JSON.stringify(event),
      });
    for (let count = 0; count < 40; count++) expect((await send(signed(anEvent()))).status).toBe(200);
    // A minute may begin anew on the way; of twice as many as it allows, and a few, one of the two has too many.
    const statuses: number[] = [];
    while (!statuses.includes(429) && statuses.length < 60)
      statuses.push((await send(signed(anEvent(), 'wrong'))).status);
    expect(statuses.at(-1)).toBe(429);
  } finally {
    await strict.stop();
  }
});
