/** Outgoing webhooks: what endpoints get, when it fails, and what the log says. */
import { createMember } from '@membership/contracts/endpoints/gateway/members';
import { resumeTenant, suspendTenant } from '@membership/contracts/endpoints/gateway/tenants';
import * as webhooks from '@membership/contracts/endpoints/gateway/index';
import { pointsEarned } from '@membership/contracts/events/points';
import { sampleOf } from '@membership/platform/testing/samples';
import { eventually } from '@membership/platform/testing/service-kit';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { isSignedWith, startReceiver, type Receiver } from './webhook-receiver.ts';

let gateway: GatewayKit;
let receiver: Receiver;
let acme: ATenant;
let globex: ATenant;
let counter = 0;

const PATIENT = { milliseconds: 60_000 };
const byId = (id: number) => ({ params: { id: String(id) } });
/** An endpoint at a path of its own. */
async function anEndpoint(tenant: ATenant, eventTypes: string[], more: Record<string, unknown> = {}) {
  const path = `/hooks/${++counter}`;
  const body = { url: receiver.url(path), event_types: eventTypes, ...more };
  return { path, ...(await tenant.admin.ask(webhooks.createWebhookEndpoint, { body })) };
}
async function aMember(tenant: ATenant): Promise<number> {
  const username = `hooked_${++counter}`;
  const body = { username, email: `${username}@example.com`, password: PASSWORD };
  return (await tenant.admin.ask(createMember, { body })).id;
}
const earned = (tenant: ATenant, sequence = 1) =>
  gateway.kit.publish(pointsEarned, {
    tenantId: tenant.id,
    subject: ++counter,
    sequence,
    data: sampleOf(pointsEarned.type).data as never,
  });
const deliveries = async (tenant: ATenant, query: Record<string, string | number> = {}) =>
  (await tenant.admin.ask(webhooks.listWebhookDeliveries, { query })).items;
/** Waits until the newest delivery of an endpoint has a status. */
const settled = (tenant: ATenant, endpoint_id: number, status: string) =>
  eventually(async () => {
    const [newest] = await deliveries(tenant, { endpoint_id });
    expect(newest?.status).toBe(status);
    return newest as NonNullable<typeof newest>;
  }, PATIENT);
const remove = (tenant: ATenant, { id }: { id: number }) =>
  tenant.admin.call(webhooks.deleteWebhookEndpoint, byId(id));

beforeAll(async () => {
  gateway = await startGateway({
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    WEBHOOK_RETRY_SECONDS: '0,0,0',
    WEBHOOK_TIMEOUT_MS: '5000',
    WEBHOOK_DISABLE_AFTER_HOURS: '0',
  });
  receiver = await startReceiver();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
});
afterAll(async () => {
  await gateway?.stop();
  await receiver?.close();
});

test('an endpoint gets the events that it wants, signed, as the event says, and nobody else’s', async () => {
  const endpoint = await anEndpoint(acme, ['member.created.v1']);
  const everything = await anEndpoint(globex, ['*']);
  const memberId = await aMember(acme);
  const envelope = await earned(acme);
  const [message] = await receiver.untilReceived(endpoint.path, 1);
  const fact = await gateway.kit.heardOne('member.created.v1', ({ subject }) => subject === String(memberId));
  expect(message?.json).toEqual({
    type: 'member.created.v1',
    timestamp: fact.time,
    tenantid: acme.id,
    subject: String(memberId),
    sequence: 1,
    data: fact.data,
  });
  expect(message?.headers).toMatchObject({
    'webhook-id': fact.id,
    'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    'content-type': 'application/json',
    'user-agent': 'Membership-Webhooks/1',
  });
  expect(isSignedWith(endpoint.secret, message as never)).toBe(true);
  expect(isSignedWith(everything.secret, message as never)).toBe(false);
  const sent = await settled(acme, endpoint.id, 'delivered');
  expect(sent).toMatchObject({
    endpoint_id: endpoint.id,
    event_id: fact.id,
    attempt_count: 1,
    status_code: 204,
    failure: null,
    next_attempt_at: null,
    completed_at: expect.any(String),
  });
  const detail = await acme.admin.ask(webhooks.getWebhookDelivery, byId(sent.id));
  expect(detail).toMatchObject({
    payload: message?.json,
    attempts: [
      { status_code: 204, failure: null, reason: null, answer: '', duration_ms: expect.any(Number) },
    ],
  });
  expect(JSON.stringify(detail)).not.toContain('whsec_');
  expect((await globex.admin.call(webhooks.getWebhookDelivery, byId(sent.id))).status).toBe(404);
  const theirs = await deliveries(globex);
  expect(theirs.map(({ type }) => type)).not.toContain('member.created.v1');
  expect(receiver.to(endpoint.path).map(({ json }) => json.type)).not.toContain(envelope.type);
  await Promise.all([remove(acme, endpoint), remove(globex, everything)]);
});

test('a thin payload has the ids alone', async () => {
  const endpoint = await anEndpoint(acme, ['member.*'], { payload: 'thin' });
  const memberId = await aMember(acme);
  const [message] = await receiver.untilReceived(endpoint.path, 1);
  expect(message?.json.data).toEqual({ memberId, externalId: null });
  await remove(acme, endpoint);
});

test('while a secret is replaced both sign; the first failure is followed by the next attempt with the same id', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  const { secret } = await acme.admin.ask(webhooks.rotateWebhookEndpointSecret, {
    ...byId(endpoint.id),
    body: {},
  });
  receiver.answer(endpoint.path, (response, _message, count) =>
    count === 1 ? response.writeHead(500).end('no') : response.writeHead(200).end('yes'),
  );
  const envelope = await earned(acme);
  const messages = await receiver.untilReceived(endpoint.path, 2);
  for (const message of messages) {
    expect(message.headers['webhook-id']).toBe(envelope.id);
    expect([endpoint.secret, secret].map((one) => isSignedWith(one, message))).toEqual([true, true]);
  }
  const sent = await settled(acme, endpoint.id, 'delivered');
  expect((await acme.admin.ask(webhooks.getWebhookDelivery, byId(sent.id))).attempts).toMatchObject([
    { status_code: 500, failure: 'rejected', answer: 'no' },
    { status_code: 200, failure: null, answer: 'yes' },
  ]);
  await eventually(async () =>
    expect((await acme.admin.ask(webhooks.getWebhookEndpoint, byId(endpoint.id))).failing_since).toBeNull(),
  );
  await remove(acme, endpoint);
});

test('what fails to the end is sent again by hand: one, or all of a time; the log is filtered', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response) => response.writeHead(503).end());
  const [first, second] = [await earned(acme), await earned(acme)];
  const { id: endpoint_id } = endpoint;
  const failed = await eventually(async () => {
    const rows = await deliveries(acme, { endpoint_id, status: 'failed', type: 'points.earned.v1' });
    expect(rows).toHaveLength(2);
    return rows;
  }, PATIENT);
  for (const row of failed)
    expect(row).toMatchObject({ attempt_count: 4, status_code: 503, failure: 'rejected' });
  expect(new Set(failed.map(({ event_id }) => event_id))).toEqual(new Set([first.id, second.id]));
  const [newest, oldest] = failed.map(({ created_at }) => created_at) as [string, string];
  expect(newest >= oldest).toBe(true);
  const before = new Date(Date.parse(oldest) - 1).toISOString();
  expect(await deliveries(acme, { endpoint_id, created_before: before })).toEqual([]);
  expect(await deliveries(acme, { endpoint_id, created_after: before })).toHaveLength(2);
  expect(await deliveries(acme, { endpoint_id, type: 'member.created.v1' })).toEqual([]);
  expect(await deliveries(acme, { endpoint_id, status: 'delivered' })).toEqual([]);
  expect(await deliveries(globex, { endpoint_id })).toEqual([]);

  receiver.answer(endpoint.path, (response) => response.writeHead(200).end());
  const retried = await acme.admin.call(webhooks.retryWebhookDelivery, {
    ...byId(failed[0]?.id as number),
    body: {},
  });
  expect(retried.body).toMatchObject({
    message: '将立即重新投递',
    data: { id: failed[0]?.id, status: 'pending', attempt_count: 4 },
  });
  await eventually(
    async () => expect(await deliveries(acme, { endpoint_id, status: 'delivered' })).toHaveLength(1),
    PATIENT,
  );
  const replay = (from: string, to?: string) =>
    acme.admin.call(webhooks.replayWebhookDeliveries, {
      ...byId(endpoint_id),
      body: { from, ...(to === undefined ? {} : { to }) },
    });
  expect((await replay('2020-01-01T00:00:00Z', before)).body.data).toEqual({ replayed: 0, remaining: 0 });
  expect((await replay('2020-01-01T00:00:00Z')).body).toMatchObject({
    message: '将重新投递 1 条',
    data: { replayed: 1, remaining: 0 },
  });
  await eventually(
    async () => expect(await deliveries(acme, { endpoint_id, status: 'delivered' })).toHaveLength(2),
    PATIENT,
  );
  expect((await replay('2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z')).body.error.details).toEqual({
    to: ['不能早于 from'],
  });
  expect(receiver.to(endpoint.path)).toHaveLength(2 * 4 + 2);
  await remove(acme, endpoint);
});

test('a test message is sent once, to a disabled endpoint, too; nothing else is', async () => {
  const endpoint = await anEndpoint(acme, ['points.*'], { is_enabled: false });
  receiver.answer(endpoint.path, (response) => response.writeHead(404).end());
  await earned(acme);
  const pinged = await acme.admin.call(webhooks.pingWebhookEndpoint, { ...byId(endpoint.id), body: {} });
  expect(pinged).toMatchObject({ status: 202, body: { data: { type: 'webhook.ping', status: 'pending' } } });
  await settled(acme, endpoint.id, 'failed');
  expect(receiver.to(endpoint.path).map(({ json }) => [json.type, json.data])).toEqual([
    ['webhook.ping', { endpointId: endpoint.id }],
  ]);
  expect((await acme.admin.ask(webhooks.getWebhookEndpoint, byId(endpoint.id))).failing_since).toBeNull();
  const again = await acme.admin.call(webhooks.retryWebhookDelivery, {
    ...byId(pinged.body.data.id),
    body: {},
  });
  expect([again.status, again.body.error.details]).toEqual([
    409,
    { current_state: 'disabled', allowed_actions: ['enable'] },
  ]);
  await remove(acme, endpoint);
  const gone = await acme.admin.call(webhooks.retryWebhookDelivery, {
    ...byId(pinged.body.data.id),
    body: {},
  });
  expect([gone.status, gone.body.error.details.current_state]).toEqual([409, 'deleted']);
});

test('redirects are not followed', async () => {
  const target = await anEndpoint(acme, ['vip.granted.v1']);
  const endpoint = await anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response) => response.writeHead(307, { location: target.url }).end());
  await earned(acme);
  expect(await settled(acme, endpoint.id, 'failed')).toMatchObject({ status_code: 307, failure: 'rejected' });
  expect(receiver.to(target.path)).toEqual([]);
  await Promise.all([remove(acme, target), remove(acme, endpoint)]);
});

test('410 disables an endpoint at once; enabled again it gets what happens from then on', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response) => response.writeHead(410).end());
  await earned(acme);
  expect(await settled(acme, endpoint.id, 'failed')).toMatchObject({ attempt_count: 1, status_code: 410 });
  const fact = await gateway.kit.heardOne(
    'webhook_endpoint.disabled.v1',
    ({ subject }) => subject === String(endpoint.id),
  );
  expect(fact).toMatchObject({ actor: 'system:gateway', data: { isEnabled: false, disabledReason: 'gone' } });
  expect(await acme.admin.ask(webhooks.getWebhookEndpoint, byId(endpoint.id))).toMatchObject({
    is_enabled: false,
    disabled_reason: 'gone',
    failing_since: expect.any(String),
  });
  receiver.answer(endpoint.path, (response) => response.writeHead(200).end());
  await acme.admin.ask(webhooks.updateWebhookEndpoint, { ...byId(endpoint.id), body: { is_enabled: true } });
  await earned(acme);
  await settled(acme, endpoint.id, 'delivered');
  await remove(acme, endpoint);
});

test('an endpoint that only fails is disabled, and what waits for it fails', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response) => response.destroy());
  for (let event = 0; event < 12; event++) await earned(acme);
  await gateway.kit.heardOne(
    'webhook_endpoint.disabled.v1',
    ({ subject, data }) => subject === String(endpoint.id) && data.disabledReason === 'failing',
  );
  const rows = await eventually(async () => {
    const all = await deliveries(acme, { endpoint_id: endpoint.id });
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 'failed'));
    return all;
  }, PATIENT);
  expect(rows.map(({ failure }) => failure)).toContain('endpoint_disabled');
  const attempts = rows.reduce((sum, { attempt_count: count }) => sum + count, 0);
  expect(attempts).toBeGreaterThanOrEqual(10);
  const tried = rows.find(({ attempt_count: count }) => count > 0) as (typeof rows)[number];
  expect((await acme.admin.ask(webhooks.getWebhookDelivery, byId(tried.id))).attempts[0]).toMatchObject({
    failure: 'unreachable',
    status_code: null,
  });
  await remove(acme, endpoint);
});

test('a receiver that asks for patience gets it', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response, _message, count) =>
    count === 1 ? response.writeHead(429, { 'retry-after': '3600' }).end() : response.writeHead(200).end(),
  );
  await earned(acme);
  const waiting = await eventually(async () => {
    const [row] = await deliveries(acme, { endpoint_id: endpoint.id });
    expect(row).toMatchObject({ status: 'pending', attempt_count: 1, status_code: 429 });
    return row as NonNullable<typeof row>;
  }, PATIENT);
  expect(Date.parse(waiting.next_attempt_at as string) - Date.now()).toBeGreaterThan(3_500_000);
  await acme.admin.call(webhooks.retryWebhookDelivery, { ...byId(waiting.id), body: {} });
  await settled(acme, endpoint.id, 'delivered');
  await remove(acme, endpoint);
});

test('one that hangs holds up nobody else, and its messages count as too late', async () => {
  const hung = await anEndpoint(acme, ['points.*']);
  const quick = await anEndpoint(acme, ['points.*']);
  const held: (() => void)[] = [];
  receiver.answer(hung.path, (response) => void held.push(() => response.writeHead(200).end()));
  await Promise.all(Array.from({ length: 20 }, () => earned(acme)));
  await receiver.untilReceived(quick.path, 20);
  const [row] = await deliveries(acme, { endpoint_id: hung.id, status: 'pending' });
  expect(row).toMatchObject({ status: 'pending' });
  // At most so many at a time, whatever waits.
  expect(receiver.to(hung.path).length).toBeLessThan(20);
  await eventually(async () => {
    const [late] = (await deliveries(acme, { endpoint_id: hung.id })).filter(
      ({ failure }) => failure !== null,
    );
    expect(late).toMatchObject({ failure: 'timeout' });
  }, PATIENT);
  for (const release of held) release();
  await Promise.all([remove(acme, hung), remove(acme, quick)]);
});

test('a name that leads to an address inside is refused when it is connected to, and says so', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  // As a name would that led outside when the endpoint was made.
  const url = `http://[::1]:${receiver.port}/inside`;
  await gateway.kit.connection
    .collection<{ _id: number }>('webhook_endpoints')
    .updateOne({ _id: endpoint.id }, { $set: { url } });
  await earned(acme);
  const failed = await settled(acme, endpoint.id, 'failed');
  expect(failed).toMatchObject({ failure: 'address_refused', status_code: null });
  expect((await acme.admin.ask(webhooks.getWebhookDelivery, byId(failed.id))).attempts[0]).toMatchObject({
    reason: 'ADDRESS_REFUSED',
    answer: null,
  });
  expect(receiver.to('/inside')).toEqual([]);
  await remove(acme, endpoint);
});

test('a suspended tenant’s messages wait until it is resumed', async () => {
  const shut = await gateway.aTenant();
  const endpoint = await anEndpoint(shut, ['points.*']);
  await gateway.root.ask(suspendTenant, { params: { id: String(shut.id) }, body: {} });
  await earned(shut);
  const rows = gateway.kit.connection.collection('webhook_deliveries');
  await eventually(async () =>
    expect(await rows.countDocuments({ tenantId: shut.id, status: 'pending' })).toBe(1),
  );
  const other = await anEndpoint(acme, ['points.*']);
  await earned(acme);
  await receiver.untilReceived(other.path, 1);
  expect(receiver.to(endpoint.path)).toEqual([]);
  await gateway.root.ask(resumeTenant, { params: { id: String(shut.id) }, body: {} });
  await receiver.untilReceived(endpoint.path, 1);
  await remove(acme, other);
});

test('of several gateways one sends, each message once; what one records another sends', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  const replica = await gateway.aReplica();
  try {
    const envelopes = await Promise.all(Array.from({ length: 40 }, () => earned(acme)));
    await receiver.untilReceived(endpoint.path, 40);
    await eventually(async () =>
      expect(await deliveries(acme, { endpoint_id: endpoint.id, status: 'pending' })).toEqual([]),
    );
    const ids = receiver.to(endpoint.path).map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(40);
    expect(new Set(ids)).toEqual(new Set(envelopes.map(({ id }) => id)));
  } finally {
    await replica.stop();
  }
  await remove(acme, endpoint);
});

test('a secret that cannot be read any more fails its messages, until there is another; the log ends by itself', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  const endpoints = gateway.kit.connection.collection<{ _id: number; secrets: unknown[] }>(
    'webhook_endpoints',
  );
  await endpoints.updateOne(
    { _id: endpoint.id },
    { $set: { 'secrets.0.sealed.tag': Buffer.alloc(16).toString('base64') } },
  );
  await earned(acme);
  const failed = await settled(acme, endpoint.id, 'failed');
  expect(failed).toMatchObject({ failure: 'internal', status_code: null, attempt_count: 4 });
  const { secret } = await acme.admin.ask(webhooks.rotateWebhookEndpointSecret, {
    ...byId(endpoint.id),
    body: {},
  });
  await acme.admin.ask(webhooks.retryWebhookDelivery, { ...byId(failed.id), body: {} });
  const [message] = await receiver.untilReceived(endpoint.path, 1);
  expect(isSignedWith(secret, message as never)).toBe(true);
  const rows = gateway.kit.connection.collection<{ _id: number; expiresAt: Date }>('webhook_deliveries');
  const days =
    (((await rows.findOne({ _id: failed.id }))?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000;
  expect([days > 29, days <= 30]).toEqual([true, true]);
  expect(await rows.indexes()).toContainEqual(
    expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }),
  );
  await remove(acme, endpoint);
});

test('metrics tell the outcomes and how late the oldest is', async () => {
  const text = await gateway.kit.metrics();
  expect(text).toMatch(/membership_webhook_attempts_total\{outcome="delivered",service="gateway"\} [1-9]/);
  expect(text).toMatch(/membership_webhook_attempts_total\{outcome="timeout",service="gateway"\} [1-9]/);
  expect(text).toContain('membership_webhook_overdue_seconds{service="gateway"}');
});

test('when the gateway that sends stops, another goes on', async () => {
  const endpoint = await anEndpoint(acme, ['points.*']);
  const replica = await gateway.aReplica();
  try {
    await gateway.kit.restart(async () => {
      const envelopes = [await earned(acme), await earned(acme)];
      const messages = await receiver.untilReceived(endpoint.path, 2);
      expect(new Set(messages.map(({ headers }) => headers['webhook-id']))).toEqual(
        new Set(envelopes.map(({ id }) => id)),
      );
    });
  } finally {
    await replica.stop();
  }
});
