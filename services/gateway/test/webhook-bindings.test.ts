/** The queue gets what somebody wants: from the answer to the endpoint on, and no longer than that. */
import amqp from 'amqplib';
import mongoose from 'mongoose';
import { updateTenant } from '@membership/contracts/endpoints/gateway/tenants';
import * as webhooks from '@membership/contracts/endpoints/gateway/index';
import { memberLevelChanged } from '@membership/contracts/events/member-system';
import { pointsEarned } from '@membership/contracts/events/points';
import { createLogger } from '@membership/platform/log';
import { sampleOf } from '@membership/platform/testing/samples';
import { eventually } from '@membership/platform/testing/service-kit';
import { transactionsOf } from '@membership/platform/transaction';
import { BindingRepository } from '../src/outgoing-webhooks/binding-repository.ts';
import { DeliveryRepository } from '../src/outgoing-webhooks/delivery-repository.ts';
import { EndpointRepository } from '../src/outgoing-webhooks/endpoint-repository.ts';
import { wantedEvents, type WantedEvents } from '../src/outgoing-webhooks/wanted-events.ts';
import { heardAnyway } from '../src/subscriptions.ts';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { startReceiver, type Receiver } from './webhook-receiver.ts';

let gateway: GatewayKit;
let receiver: Receiver;
let acme: ATenant;
/** As another replica has it. */
let connection: mongoose.Connection;
let bindings: BindingRepository;
let other: WantedEvents;

const make = (path: string, event_types: string[]) =>
  acme.admin.ask(webhooks.createWebhookEndpoint, { body: { url: receiver.url(path), event_types } });
const remove = (id: number) =>
  acme.admin.call(webhooks.deleteWebhookEndpoint, { params: { id: String(id) } });
const earned = (subject: number) =>
  gateway.kit.publish(pointsEarned, {
    tenantId: acme.id,
    subject,
    data: sampleOf(pointsEarned.type).data as never,
  });
async function consumed(type: string): Promise<number> {
  const lines = (await gateway.kit.metrics()).split('\n');
  return lines
    .filter((line) => line.startsWith('membership_events_consumed_total') && line.includes(`type="${type}"`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
/** A message may be at its receiver a moment before its event is counted. */
const someConsumed = (type: string) =>
  eventually(async () => {
    const count = await consumed(type);
    expect(count).toBeGreaterThanOrEqual(1);
    return count;
  });

beforeAll(async () => {
  gateway = await startGateway({ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', WEBHOOK_RETRY_SECONDS: '0,1,1,1' });
  receiver = await startReceiver();
  acme = await gateway.aTenant('acme');
  const uri = new URL(process.env.MONGODB_URI ?? '');
  uri.pathname = `/${gateway.kit.connection.name}`;
  connection = await mongoose.createConnection(uri.href).asPromise();
  bindings = new BindingRepository(connection);
  const parts = { bindings, endpoints: new EndpointRepository(connection) };
  other = wantedEvents({
    heardAnyway,
    ...parts,
    transactions: transactionsOf(connection, 'gateway'),
    logger: createLogger({ service: 'tests', level: 'silent' }),
  });
  other.attach(gateway.kit.running.bus);
});
afterAll(async () => {
  await connection?.close();
  await gateway?.stop();
  await receiver?.close();
});

test('nothing comes while nobody wants it; what nobody wants any more is unbound', async () => {
  const renamed = (name: string) =>
    gateway.root.ask(updateTenant, { params: { id: String(acme.id) }, body: { name } });
  await renamed('First');
  await gateway.kit.heardOne('tenant.updated.v1');
  const [{ id }, kept] = [await make('/a', ['tenant.updated.v1']), await make('/kept', ['points.*'])];
  await renamed('Second');
  await receiver.untilReceived('/a', 1);
  const before = await someConsumed('tenant.updated.v1');
  expect(await other.release()).toBe(0);
  await remove(id);
  expect(await other.release()).toBe(1);
  expect(await bindings.bound()).toEqual(['points.*']);
  await renamed('Third');
  await gateway.kit.heardOne('tenant.updated.v1', ({ data }) => data.name === 'Third');
  // What is still wanted comes after it in the same queue.
  await earned(1);
  await receiver.untilReceived('/kept', 1);
  expect(await consumed('tenant.updated.v1')).toBe(before);
  await remove(kept.id);
});

test('what the gateway hears for itself reaches endpoints that want it, and stays bound when they are gone', async () => {
  const changed = (sequence: number) =>
    gateway.kit.publish(memberLevelChanged, {
      tenantId: acme.id,
      subject: acme.adminId,
      sequence,
      data: sampleOf(memberLevelChanged.type).data as never,
    });
  const { id } = await make('/levels', ['member_level.changed.v1']);
  await changed(1);
  await receiver.untilReceived('/levels', 1);
  await remove(id);
  await other.release();
  expect(await bindings.bound()).toContain('member_level.changed.v1');
  const before = await someConsumed('member_level.changed.v1');
  await changed(2);
  await eventually(async () => expect(await consumed('member_level.changed.v1')).toBe(before + 1));
});

test('an endpoint misses nothing from its answer on, while another replica unbinds what it finds unwanted', async () => {
  let isOver = false;
  const releasing = (async () => {
    while (!isOver) await other.release();
  })();
  try {
    for (let round = 1; round <= 25; round++) {
      const path = `/race/${round}`;
      // On a slow machine it may have to be asked for again: nothing was made then.
      const { id } = await eventually(() => make(path, ['points.earned.v1']));
      await earned(1_000 + round);
      await receiver.untilReceived(path, 1);
      await remove(id);
    }
  } finally {
    isOver = true;
    await releasing;
  }
});

test('an unbinding that nobody finished is finished, or taken over, after a minute', async () => {
  const rows = connection.collection<{ _id: string }>('webhook_bindings');
  const stuck = (seconds: number) =>
    rows.updateOne(
      { _id: 'points.spent.v1' },
      { $set: { state: 'unbinding', since: new Date(Date.now() - seconds * 1_000), uses: 0 } },
      { upsert: true },
    );
  await stuck(0);
  const refused = await acme.admin.call(webhooks.createWebhookEndpoint, {
    body: { url: receiver.url('/stuck'), event_types: ['points.spent.v1'] },
  });
  expect([refused.status, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([
    503,
    'SYS_002',
    '30',
  ]);
  await stuck(61);
  const { id } = await make('/stuck', ['points.spent.v1']);
  expect(await bindings.bound()).toContain('points.spent.v1');
  await remove(id);
  await other.release();
  await stuck(61);
  await eventually(async () => {
    await other.release();
    expect(await rows.countDocuments({ _id: 'points.spent.v1' })).toBe(0);
  });
});

test('an index is under each list, and the scheduler skips from endpoint to endpoint', async () => {
  const deliveries = new DeliveryRepository(connection, { days: 30 });
  const rows = connection.collection('webhook_deliveries');
  const waiting = Array.from({ length: 400 }, (_, index) => ({
    _id: 1_000_000 + index,
    tenantId: acme.id,
    endpointId: index % 4 === 0 ? 2 : 1,
    status: 'pending',
    type: 'points.earned.v1',
    createdAt: new Date(),
    nextAttemptAt: new Date(Date.now() + 3_600_000 + index),
  }));
  await rows.insertMany(waiting as never);
  const scope = { tenantId: acme.id } as never;
  const sort = { createdAt: -1, _id: -1 } as const;
  for (const filter of [
    {},
    { endpointId: 2 },
    { status: 'pending' },
    { type: 'points.earned.v1' },
    { endpointId: 2, status: 'pending' },
  ]) {
    const plan = (await deliveries.explain(scope, filter, sort)) as {
      queryPlanner: { winningPlan: unknown };
      executionStats: { totalKeysExamined: number };
    };
    const stages = JSON.stringify(plan.queryPlanner.winningPlan);
    expect([filter, stages.includes('"IXSCAN"'), stages.includes('"SORT"')]).toEqual([filter, true, false]);
    expect([filter, plan.executionStats.totalKeysExamined]).toEqual([filter, 20]);
  }
  expect((await deliveries.lanes()).sort((left, right) => left.endpointId - right.endpointId)).toMatchObject([
    { endpointId: 1, dueAt: waiting[1]?.nextAttemptAt },
    { endpointId: 2, dueAt: waiting[0]?.nextAttemptAt },
  ]);
  const plan = JSON.stringify(await deliveries.explainLanes());
  expect(plan).toContain('DISTINCT_SCAN');
  expect(plan).not.toContain('"totalKeysExamined":400');
});

test('after a restart with the broker’s queue gone, what is wanted is bound again', async () => {
  await make('/again', ['points.earned.v1']);
  const { events } = gateway.kit.running.bus.names;
  await gateway.kit.restart(async () => {
    const broker = await amqp.connect(process.env.AMQP_URL ?? '');
    await (await broker.createChannel()).deleteQueue(events);
    await broker.close();
  });
  await earned(2_000);
  await receiver.untilReceived('/again', 1);
});
