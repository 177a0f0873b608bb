/** Outgoing webhooks that fail: what counts as a failure, what is tried again, and when an endpoint is left alone. */
import * as webhooks from '@membership/contracts/endpoints/gateway/index';
import { eventually } from '@membership/platform/testing/service-kit';
import { byId, PATIENT, startWebhookKit, type WebhookKit } from './webhook-kit.ts';
import { isSignedWith } from './webhook-receiver.ts';

let hooks: WebhookKit;
let gateway: WebhookKit['gateway'];
let receiver: WebhookKit['receiver'];
let acme: WebhookKit['acme'];

beforeAll(async () => {
  hooks = await startWebhookKit();
  ({ gateway, receiver, acme } = hooks);
});
afterAll(() => hooks?.stop());

test('redirects are not followed', async () => {
  const target = await hooks.anEndpoint(acme, ['vip.granted.v1']);
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response) => response.writeHead(307, { location: target.url }).end());
  await hooks.earned(acme);
  expect(await hooks.settled(acme, endpoint.id, 'failed')).toMatchObject({
    status_code: 307,
    failure: 'rejected',
  });
  expect(receiver.to(target.path)).toEqual([]);
  await Promise.all([hooks.remove(acme, target), hooks.remove(acme, endpoint)]);
});

test('410 disables an endpoint at once; enabled again it gets what happens from then on', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response) => response.writeHead(410).end());
  await hooks.earned(acme);
  expect(await hooks.settled(acme, endpoint.id, 'failed')).toMatchObject({
    attempt_count: 1,
    status_code: 410,
  });
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
  await hooks.earned(acme);
  await hooks.settled(acme, endpoint.id, 'delivered');
  await hooks.remove(acme, endpoint);
});

test('an endpoint that only fails is disabled, and what waits for it fails', async () => {
  const tenant = await gateway.aTenant();
  const endpoint = await hooks.anEndpoint(tenant, ['points.*']);
  receiver.answer(endpoint.path, (response) => response.destroy());
  // All wait before the first is tried: what comes once the endpoint is disabled is not for it.
  await hooks.suspend(tenant);
  for (let event = 0; event < 12; event++) await hooks.earned(tenant);
  await hooks.untilWaiting(tenant, 12);
  await hooks.resume(tenant);
  await gateway.kit.heardOne(
    'webhook_endpoint.disabled.v1',
    ({ subject, data }) => subject === String(endpoint.id) && data.disabledReason === 'failing',
  );
  const rows = await eventually(async () => {
    const all = await hooks.deliveries(tenant, { endpoint_id: endpoint.id });
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 'failed'));
    return all;
  }, PATIENT);
  expect(rows.map(({ failure }) => failure)).toContain('endpoint_disabled');
  const attempts = rows.reduce((sum, { attempt_count: count }) => sum + count, 0);
  expect(attempts).toBeGreaterThanOrEqual(10);
  const tried = rows.find(({ attempt_count: count }) => count > 0) as (typeof rows)[number];
  expect((await tenant.admin.ask(webhooks.getWebhookDelivery, byId(tried.id))).attempts[0]).toMatchObject({
    failure: 'unreachable',
    status_code: null,
  });
  await hooks.remove(tenant, endpoint);
});

test('a receiver that asks for patience gets it', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response, _message, count) =>
    count === 1 ? response.writeHead(429, { 'retry-after': '3600' }).end() : response.writeHead(200).end(),
  );
  await hooks.earned(acme);
  const waiting = await eventually(async () => {
    const [row] = await hooks.deliveries(acme, { endpoint_id: endpoint.id });
    expect(row).toMatchObject({ status: 'pending', attempt_count: 1, status_code: 429 });
    return row as NonNullable<typeof row>;
  }, PATIENT);
  expect(Date.parse(waiting.next_attempt_at as string) - Date.now()).toBeGreaterThan(3_500_000);
  await acme.admin.call(webhooks.retryWebhookDelivery, { ...byId(waiting.id), body: {} });
  await hooks.settled(acme, endpoint.id, 'delivered');
  await hooks.remove(acme, endpoint);
});

test('one that hangs holds up nobody else, and its messages count as too late', async () => {
  const hung = await hooks.anEndpoint(acme, ['points.*']);
  const quick = await hooks.anEndpoint(acme, ['points.*']);
  const held: (() => void)[] = [];
  receiver.answer(hung.path, (response) => void held.push(() => response.writeHead(200).end()));
  await Promise.all(Array.from({ length: 20 }, () => hooks.earned(acme)));
  await receiver.untilReceived(quick.path, 20);
  const [row] = await hooks.deliveries(acme, { endpoint_id: hung.id, status: 'pending' });
  expect(row).toMatchObject({ status: 'pending' });
  // At most so many at a time, whatever waits.
  expect(receiver.to(hung.path).length).toBeLessThan(20);
  await eventually(async () => {
    const [late] = (await hooks.deliveries(acme, { endpoint_id: hung.id })).filter(
      ({ failure }) => failure !== null,
    );
    expect(late).toMatchObject({ failure: 'timeout' });
  }, PATIENT);
  for (const release of held) release();
  await Promise.all([hooks.remove(acme, hung), hooks.remove(acme, quick)]);
});

test('a name that leads to an address inside is refused when it is connected to, and says so', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  // As a name would that led outside when the endpoint was made.
  const url = `http://[::1]:${receiver.port}/inside`;
  await gateway.kit.connection
    .collection<{ _id: number }>('webhook_endpoints')
    .updateOne({ _id: endpoint.id }, { $set: { url } });
  await hooks.earned(acme);
  const failed = await hooks.settled(acme, endpoint.id, 'failed');
  expect(failed).toMatchObject({ failure: 'address_refused', status_code: null });
  expect((await acme.admin.ask(webhooks.getWebhookDelivery, byId(failed.id))).attempts[0]).toMatchObject({
    reason: 'ADDRESS_REFUSED',
    answer: null,
  });
  expect(receiver.to('/inside')).toEqual([]);
  await hooks.remove(acme, endpoint);
});

test('a secret that cannot be read any more fails its messages, until there is another; the log ends by itself', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  const endpoints = gateway.kit.connection.collection<{ _id: number; secrets: unknown[] }>(
    'webhook_endpoints',
  );
  await endpoints.updateOne(
    { _id: endpoint.id },
    { $set: { 'secrets.0.sealed.tag': Buffer.alloc(16).toString('base64') } },
  );
  await hooks.earned(acme);
  const failed = await hooks.settled(acme, endpoint.id, 'failed');
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
  await hooks.remove(acme, endpoint);
});

test('metrics tell the outcomes and how late the oldest is', async () => {
  const text = await gateway.kit.metrics();
  expect(text).toMatch(/membership_webhook_attempts_total\{outcome="delivered",service="gateway"\} [1-9]/);
  expect(text).toMatch(/membership_webhook_attempts_total\{outcome="timeout",service="gateway"\} [1-9]/);
  expect(text).toContain('membership_webhook_overdue_seconds{service="gateway"}');
});
