/** Outgoing webhooks: what endpoints get, what is sent again by hand, and what the log says. */
import * as webhooks from '@membership/contracts/endpoints/gateway/index';
import { eventually } from '@membership/platform/testing/service-kit';
import { transactionsOf } from '@membership/platform/transaction';
import { DeliveryRepository } from '../src/outgoing-webhooks/delivery-repository.ts';
import { byId, PATIENT, startWebhookKit, type WebhookKit } from './webhook-kit.ts';
import { isSignedWith } from './webhook-receiver.ts';

let hooks: WebhookKit;
let gateway: WebhookKit['gateway'];
let receiver: WebhookKit['receiver'];
let acme: WebhookKit['acme'];
let globex: WebhookKit['globex'];

beforeAll(async () => {
  hooks = await startWebhookKit();
  ({ gateway, receiver, acme, globex } = hooks);
});
afterAll(() => hooks?.stop());

test('an endpoint gets the events that it wants, signed, as the event says, and nobody else’s', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['member.created.v1']);
  const everything = await hooks.anEndpoint(globex, ['*']);
  const memberId = await hooks.aMember(acme);
  const envelope = await hooks.earned(acme);
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
  const sent = await hooks.settled(acme, endpoint.id, 'delivered');
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
  const theirs = await hooks.deliveries(globex);
  expect(theirs.map(({ type }) => type)).not.toContain('member.created.v1');
  expect(receiver.to(endpoint.path).map(({ json }) => json.type)).not.toContain(envelope.type);
  await Promise.all([hooks.remove(acme, endpoint), hooks.remove(globex, everything)]);
});

test('a thin payload has the ids alone', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['member.*'], { payload: 'thin' });
  const memberId = await hooks.aMember(acme);
  const [message] = await receiver.untilReceived(endpoint.path, 1);
  expect(message?.json.data).toEqual({ memberId, externalId: null });
  await hooks.remove(acme, endpoint);
});

test('while a secret is replaced both sign; the first failure is followed by the next attempt with the same id', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  const { secret } = await acme.admin.ask(webhooks.rotateWebhookEndpointSecret, {
    ...byId(endpoint.id),
    body: {},
  });
  receiver.answer(endpoint.path, (response, _message, count) =>
    count === 1 ? response.writeHead(500).end('no') : response.writeHead(200).end('yes'),
  );
  const envelope = await hooks.earned(acme);
  const messages = await receiver.untilReceived(endpoint.path, 2);
  for (const message of messages) {
    expect(message.headers['webhook-id']).toBe(envelope.id);
    expect([endpoint.secret, secret].map((one) => isSignedWith(one, message))).toEqual([true, true]);
  }
  const sent = await hooks.settled(acme, endpoint.id, 'delivered');
  expect((await acme.admin.ask(webhooks.getWebhookDelivery, byId(sent.id))).attempts).toMatchObject([
    { status_code: 500, failure: 'rejected', answer: 'no' },
    { status_code: 200, failure: null, answer: 'yes' },
  ]);
  await eventually(async () =>
    expect((await acme.admin.ask(webhooks.getWebhookEndpoint, byId(endpoint.id))).failing_since).toBeNull(),
  );
  await hooks.remove(acme, endpoint);
});

test('what fails to the end is sent again by hand: one, or all of a time; the log is filtered', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  receiver.answer(endpoint.path, (response) => response.writeHead(503).end());
  const [first, second] = [await hooks.earned(acme), await hooks.earned(acme)];
  const { id: endpoint_id } = endpoint;
  const failed = await eventually(async () => {
    const rows = await hooks.deliveries(acme, { endpoint_id, status: 'failed', type: 'points.earned.v1' });
    expect(rows).toHaveLength(2);
    return rows;
  }, PATIENT);
  for (const row of failed)
    expect(row).toMatchObject({ attempt_count: 4, status_code: 503, failure: 'rejected' });
  expect(new Set(failed.map(({ event_id }) => event_id))).toEqual(new Set([first.id, second.id]));
  const [newest, oldest] = failed.map(({ created_at }) => created_at) as [string, string];
  expect(newest >= oldest).toBe(true);
  const before = new Date(Date.parse(oldest) - 1).toISOString();
  expect(await hooks.deliveries(acme, { endpoint_id, created_before: before })).toEqual([]);
  expect(await hooks.deliveries(acme, { endpoint_id, created_after: before })).toHaveLength(2);
  expect(await hooks.deliveries(acme, { endpoint_id, type: 'member.created.v1' })).toEqual([]);
  expect(await hooks.deliveries(acme, { endpoint_id, status: 'delivered' })).toEqual([]);
  expect(await hooks.deliveries(globex, { endpoint_id })).toEqual([]);

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
    async () => expect(await hooks.deliveries(acme, { endpoint_id, status: 'delivered' })).toHaveLength(1),
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
    async () => expect(await hooks.deliveries(acme, { endpoint_id, status: 'delivered' })).toHaveLength(2),
    PATIENT,
  );
  expect((await replay('2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z')).body.error.details).toEqual({
    to: ['不能早于 from'],
  });
  expect(receiver.to(endpoint.path)).toHaveLength(2 * 4 + 2);
  await hooks.remove(acme, endpoint);
});

test('what was delivered is sent again by hand, too: the same bytes under the same id', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  await hooks.earned(acme);
  const { id } = await hooks.settled(acme, endpoint.id, 'delivered');
  await acme.admin.ask(webhooks.retryWebhookDelivery, { ...byId(id), body: {} });
  const [first, second] = await receiver.untilReceived(endpoint.path, 2);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
  expect(await hooks.settled(acme, endpoint.id, 'delivered')).toMatchObject({ id, attempt_count: 2 });
  await hooks.remove(acme, endpoint);
});

test('of more that failed than are sent again at a time the oldest are first, and it is said how many are left', async () => {
  const tenant = await gateway.aTenant();
  const { id: endpointId } = await hooks.anEndpoint(tenant, ['points.*']);
  // What becomes due stays so: nothing is sent.
  await hooks.suspend(tenant);
  const from = new Date('2026-01-05T08:00:00Z');
  const at = (milliseconds: number) => new Date(from.getTime() + milliseconds);
  const failed = [4, 2, 0, 1, 3].map((age) => ({
    ...{ _id: 10_000_000 + age, tenantId: tenant.id, endpointId, type: 'points.earned.v1' },
    ...{ status: 'failed', isOnce: false, createdAt: at(age) },
  }));
  const { connection } = gateway.kit;
  const rows = connection.collection<(typeof failed)[number]>('webhook_deliveries');
  await rows.insertMany(failed);
  const deliveries = new DeliveryRepository(connection, { days: 30 });
  const replay = (to: Date) =>
    transactionsOf(connection, 'gateway').run(({ session }) =>
      deliveries.sendFailedAgain(
        { tenantId: tenant.id } as never,
        { endpointId, from, to, now: new Date() },
        2,
        session,
      ),
    );
  const left = async () => (await rows.distinct('createdAt', { endpointId, status: 'failed' })).map(Number);
  expect(await replay(at(3))).toEqual({ replayed: 2, remaining: 2 });
  expect(await left()).toEqual([2, 3, 4].map((age) => at(age).getTime()));
  expect(await replay(at(3))).toEqual({ replayed: 2, remaining: 0 });
  expect(await replay(at(3))).toEqual({ replayed: 0, remaining: 0 });
  expect(await left()).toEqual([at(4).getTime()]);
});

test('a test message is sent once, to a disabled endpoint, too; nothing else is', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*'], { is_enabled: false });
  receiver.answer(endpoint.path, (response) => response.writeHead(404).end());
  await hooks.earned(acme);
  const pinged = await acme.admin.call(webhooks.pingWebhookEndpoint, { ...byId(endpoint.id), body: {} });
  expect(pinged).toMatchObject({ status: 202, body: { data: { type: 'webhook.ping', status: 'pending' } } });
  await hooks.settled(acme, endpoint.id, 'failed');
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
  const replayed = await acme.admin.call(webhooks.replayWebhookDeliveries, {
    ...byId(endpoint.id),
    body: { from: '2026-01-01T00:00:00Z' },
  });
  expect([replayed.status, replayed.body.error.details.current_state]).toEqual([409, 'disabled']);
  await hooks.remove(acme, endpoint);
  const gone = await acme.admin.call(webhooks.retryWebhookDelivery, {
    ...byId(pinged.body.data.id),
    body: {},
  });
  expect([gone.status, gone.body.error.details.current_state]).toEqual([409, 'deleted']);
});
