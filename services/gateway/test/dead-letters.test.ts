/** Parked events, as platform administrators look at them and replay them: the gateway's own, and those that a service tells of. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { scopes } from '@membership/contracts/claims';
import type { Client } from '@membership/contracts/client';
import { issueServiceToken } from '@membership/contracts/endpoints/gateway/auth';
import { createClient as createServiceClient } from '@membership/contracts/endpoints/gateway/clients';
import * as contracts from '@membership/contracts/endpoints/gateway/dead-letters';
import { profileCreated } from '@membership/contracts/events/points';
import { eventually } from '@membership/platform/testing/eventually';
import type { Received } from './fake-service.ts';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

const POISON = '{"half';
let gateway: GatewayKit;
let acme: ATenant;
beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant();
});
afterAll(() => gateway?.stop());
afterEach(async () => {
  gateway.points.answering = undefined;
  gateway.others.answering = undefined;
});

const OWN = { service: 'gateway' };
const listed = async (type?: string) =>
  gateway.root.ask(contracts.listDeadLetters, { params: OWN, query: type ? { type } : {} });
const replay = (body: { id?: string; type?: string; all?: true }, headers = {}) =>
  gateway.root.call(contracts.replayDeadLetters, { params: OWN, body }, { headers });
async function emptied(): Promise<void> {
  const channel = await gateway.kit.running.bus.openChannel('publish');
  await channel.purgeQueue(gateway.kit.running.bus.names.dead);
  await channel.close();
}
/** Puts a message where what failed is parked. */
async function park(content: string): Promise<void> {
  const channel = await gateway.kit.running.bus.openChannel('publish');
  channel.sendToQueue(gateway.kit.running.bus.names.dead, Buffer.from(content), {
    persistent: true,
    headers: { 'x-original-routing-key': profileCreated.type },
  });
  await channel.waitForConfirms();
  await channel.close();
}
const profile = (id: string) =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/services/points',
    type: profileCreated.type,
    subject: String(acme.adminId),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    tenantid: acme.id,
    sequence: 1,
    correlationid: randomUUID(),
    actor: 'system',
    data: {
      profileId: acme.adminId,
      levelId: 1,
      levelName: 'Bronze',
      memberLevelId: 7,
      memberLevelName: 'Registered',
    },
  });
const json = (response: ServerResponse, body: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

test('an event that cannot be read is parked, counted, listed, shown, and parked again when it is replayed', async () => {
  await gateway.kit.publishRaw(profileCreated.type, Buffer.from(POISON));
  await eventually(async () => expect((await listed()).count).toBe(1));
  const [letter] = (await listed()).items;
  expect(letter).toMatchObject({ type: null, tenant_id: null, reason: 'unreadable' });
  const { services } = await gateway.root.ask(contracts.countDeadLetters, {});
  expect(services.find(({ service }) => service === 'gateway')).toEqual({ service: 'gateway', parked: 1 });
  expect((await listed('points.earned.v1')).count).toBe(0);
  const id = letter?.id as string;
  const shown = await gateway.root.ask(contracts.getDeadLetter, { params: { ...OWN, event_id: id } });
  expect(shown).toMatchObject({ id, body: POISON, routing_key: profileCreated.type });

  const key = { 'idempotency-key': 'replayed-once' };
  const first = await replay({ id }, key);
  expect(first).toMatchObject({ status: 200, body: { data: { replayed: 1 } } });
  await eventually(async () =>
    expect((await listed()).items.map(({ parked_at }) => parked_at)).toEqual([
      expect.not.stringContaining(letter?.parked_at as string),
    ]),
  );
  // The same request again is not another replay.
  const again = await replay({ id }, key);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect((await replay({ type: 'points.earned.v1' }, key)).status).toBe(422);
  await emptied();
});

test('one event is replayed once by two at once, handled, and then there is no such event', async () => {
  const id = randomUUID();
  await park(profile(id));
  const both = await Promise.all([replay({ id }), replay({ id })]);
  expect(both.map(({ status }) => String(status)).sort()).toEqual(['200', '404']);
  await eventually(async () =>
    expect(
      await gateway.kit.connection.collection('inbox').countDocuments({ _id: new RegExp(id) as never }),
    ).toBe(1),
  );
  expect((await listed()).count).toBe(0);
  expect((await replay({ id })).status).toBe(404);
  expect((await replay({ all: true })).body).toMatchObject({ data: { replayed: 0 } });
  await park(profile(randomUUID()));
  await park('no event');
  expect((await replay({ type: profileCreated.type })).body).toMatchObject({ data: { replayed: 1 } });
  await eventually(async () => expect((await listed()).items.map(({ type }) => type)).toEqual([null]));
  await emptied();
});

/** A service client of the tenant with every scope there is. */
async function aService(): Promise<Client> {
  const made = await acme.admin.ask(createServiceClient, {
    body: { name: 'All scopes', scopes: [...scopes] },
  });
  const { access_token } = await gateway.anyone.ask(issueServiceToken, {
    body: {
      grant_type: 'client_credentials',
      client_id: made.client_id,
      client_secret: made.client_secret,
    },
  });
  return gateway.anyone.as(access_token);
}

test('nobody but a platform administrator may: no service of a tenant, whatever its scopes', async () => {
  const member = await acme.aMember();
  await park('of nobody else');
  await eventually(async () => expect((await listed()).count).toBe(1));
  for (const [client, status] of [
    [gateway.anyone, 401],
    [member.client, 403],
    [acme.admin, 403],
    [await aService(), 403],
  ] as const) {
    const params = { ...OWN, event_id: 'any' };
    expect((await client.call(contracts.countDeadLetters, {})).status).toBe(status);
    expect((await client.call(contracts.listDeadLetters, { params: OWN })).status).toBe(status);
    expect((await client.call(contracts.getDeadLetter, { params })).status).toBe(status);
    expect(
      (await client.call(contracts.replayDeadLetters, { params: OWN, body: { all: true } })).status,
    ).toBe(status);
  }
  expect((await listed()).count).toBe(1);
  await emptied();
});

test('bad input is said', async () => {
  for (const service of ['nobody', 'points@nowhere', 'Points'])
    expect((await gateway.root.call(contracts.listDeadLetters, { params: { service } })).status).toBe(404);
  for (const body of [{}, { id: 'a', type: 'b' }, { all: false }, { id: '' }, { which: 'all' }])
    expect((await replay(body as never)).status).toBe(400);
  const params = { ...OWN, event_id: 'no-such-event' };
  expect((await gateway.root.call(contracts.getDeadLetter, { params })).status).toBe(404);
});

test('a service is asked as the caller, and what it refuses or fails is told apart', async () => {
  const params = { service: 'points' };
  const letter = {
    id: 'e-1',
    type: 'points.earned.v1',
    tenantId: acme.id,
    routingKey: 'points.earned.v1',
    reason: 'failed',
    error: 'Error: broken',
    retries: 4,
    firstFailedAt: '2026-01-05T08:00:00.000Z',
    parkedAt: '2026-01-05T08:11:11.000Z',
  };
  const asked: Received[] = [];
  gateway.points.answering = (_request, response, received) => {
    asked.push(received);
    if (received.url.startsWith('/internal/dead-letters/count')) return json(response, { parked: 1_500 });
    if (received.method === 'POST') return json(response, { replayed: 3 });
    json(response, { results: [letter, { ...letter, id: 'e-2' }], parked: 1_500 });
  };
  gateway.others.answering = (_request, response) => json(response, {}, 503);
  const { body } = await gateway.root.call(contracts.listDeadLetters, {
    params,
    query: { page: 2, page_size: 1, type: 'points.earned.v1' },
  });
  expect(body).toMatchObject({ data: { results: [{ id: 'e-2' }], count: 2, count_is_estimate: true } });
  expect(asked[0]).toMatchObject({
    url: '/internal/dead-letters/?type=points.earned.v1',
    context: { aud: 'points', role: 'super' },
  });
  expect((await gateway.root.ask(contracts.countDeadLetters, {})).services).toEqual(
    expect.arrayContaining([
      { service: 'points', parked: 1_500 },
      { service: 'vip', parked: null },
    ]),
  );
  const done = await gateway.root.call(contracts.replayDeadLetters, { params, body: { all: true } });
  expect(done.body).toMatchObject({ data: { replayed: 3 } });
  expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({ all: true, limit: 1_000 });
  for (const [told, listing, replaying] of [
    // One that reads the log alone has no queue of them: nothing is parked there.
    [404, 200, 404],
    [409, 409, 409],
    [503, 503, 503],
    [500, 503, 503],
  ] as const) {
    gateway.points.answering = (_request, response) => json(response, {}, told);
    expect((await gateway.root.call(contracts.listDeadLetters, { params })).status).toBe(listing);
    expect(
      (await gateway.root.call(contracts.replayDeadLetters, { params, body: { all: true } })).status,
    ).toBe(replaying);
  }
  gateway.points.answering = (request) => request.socket.destroy();
  expect((await gateway.root.call(contracts.listDeadLetters, { params })).status).toBe(503);
});

test('while the broker is away it is said, and nothing waits for ever', async () => {
  const lonely = await gateway.aReplica({ AMQP_URL: 'amqp://guest:guest@127.0.0.1:1' });
  try {
    const root = lonely.anyone.as(gateway.rootToken);
    const { services } = await root.ask(contracts.countDeadLetters, {});
    expect(services.find(({ service }) => service === 'gateway')).toMatchObject({ parked: null });
    expect((await root.call(contracts.listDeadLetters, { params: OWN })).status).toBe(503);
    expect((await root.call(contracts.replayDeadLetters, { params: OWN, body: { all: true } })).status).toBe(
      503,
    );
  } finally {
    await lonely.stop();
  }
});
