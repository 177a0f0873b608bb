import { on, startConsumer } from '@membership/platform/consumer';
import { startRelay } from '@membership/platform/relay';
import { declareBase, declareService, TopologyMismatch } from '@membership/platform/topology';
import { eventually, startKit, thingMade, type Kit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
afterAll(() => kit.close());

test('everything is declared as often as one likes', async () => {
  for (const _time of [1, 2]) {
    await declareBase(kit.channel, kit.names);
    await declareService(kit.channel, kit.names, ['thing.made.v1']);
  }
  for (const queue of kit.names.queues) expect((await kit.channel.checkQueue(queue)).messageCount).toBe(0);
});

test('a queue that stands there with other settings ends the start, names itself and says what to do', async () => {
  const other = await startKit('vip');
  await other.channel.assertQueue(other.names.events, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 },
  });
  const bus = other.bus();
  const starting = startConsumer({
    service: 'vip',
    bus,
    connection: other.connection,
    transactions: other.transactions(),
    logger: other.logger,
    metrics: bus.metrics,
    subscriptions: [on(thingMade, async () => undefined)],
    settings: { startTimeout: 60_000 },
  });
  const failure = await starting.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TopologyMismatch);
  expect((failure as TopologyMismatch).subject).toBe(other.names.events);
  expect((failure as Error).message).toMatch(/inequivalent arg.*delete it, and start again/s);
  await other.close();
});

test('a log with other settings is told by the relay too', async () => {
  const other = await startKit('vip');
  await other.channel.assertQueue(other.names.log, {
    durable: true,
    arguments: { 'x-queue-type': 'stream' },
  });
  const bus = other.bus();
  const relay = startRelay({
    connection: other.connection,
    bus,
    transactions: other.transactions(),
    logger: other.logger,
    metrics: bus.metrics,
    service: 'vip',
  });
  await expect(relay.opened(60_000)).rejects.toThrow(TopologyMismatch);
  await relay.stop();
  await other.close();
});

test('an address with a wrong password is tried on, and says why when somebody waits', async () => {
  const url = new URL(kit.amqpUrl);
  url.username = 'nobody';
  url.password = 'wrong';
  const bus = kit.bus({ url: url.href });
  await eventually(() =>
    expect(bus.connected(1_000)).rejects.toThrow(/No RabbitMQ at amqp:\/\/[^@]*: .*ACCESS.REFUSED/i),
  );
  expect(bus.isConnected()).toBe(false);
  await bus.close();
});

test('publishing and consuming have a connection each', async () => {
  const bus = kit.bus();
  await bus.connected(60_000);
  const [publish, consume] = await Promise.all([bus.openChannel('publish'), bus.openChannel('consume')]);
  expect(publish.connection).not.toBe(consume.connection);
  await bus.close();
});
