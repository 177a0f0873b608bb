/** What the user of each service may do at RabbitMQ, asked of a RabbitMQ that read deploy/rabbitmq/definitions.json. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { services, type ServiceName } from '@membership/contracts/claims';
import { allEvents } from '@membership/contracts/events/index';
import { connectBus } from '@membership/platform/bus';
import { callsExchange, openCalls } from '@membership/platform/bus/calls';
import { deadLettersOf } from '@membership/platform/dead-letters';
import { createLogger } from '@membership/platform/log';
import { createMetrics } from '@membership/platform/metrics';
import { eventually } from '@membership/platform/testing/service-kit';
import { declareBase, declareService, topologyNames } from '@membership/platform/topology';
import { freePorts } from '../../tools/stack/ports.ts';
import { downloadedRabbitMq, installedRabbitMq } from '../../tools/stack/rabbitmq-program.ts';
import { startRabbitMq } from '../../tools/stack/rabbitmq-server.ts';
import type { RunningStore } from '../../tools/stack/store.ts';

const ROOT = join(import.meta.dirname, '../..');
const behind = services.filter((name) => name !== 'stats');
let broker: RunningStore | undefined;
let folder: string;
const connections: ChannelModel[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-rights-'));
  mkdirSync(join(folder, 'logs'));
  const definitions = join(folder, 'definitions.json');
  const template = readFileSync(join(ROOT, 'deploy/rabbitmq/definitions.json'), 'utf8');
  writeFileSync(definitions, template.replaceAll(/@RABBITMQ_PASSWORD(_\w+)?@/g, 'secret-of-the-test'));
  const [amqp, epmd, rabbitDistribution] = (await freePorts(3)) as [number, number, number];
  const settings = {
    stackDir: folder,
    ports: { amqp, epmd, rabbitDistribution },
    throwaway: true,
    definitions,
    log: () => undefined,
  };
  const program = await Promise.resolve()
    .then(installedRabbitMq)
    .catch(() => downloadedRabbitMq({ log: () => undefined }));
  broker = await startRabbitMq(program, { provider: 'downloaded', settings });
});
afterAll(async () => {
  for (const connection of connections) await connection.close();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function urlOf(user: string): string {
  const url = new URL(broker?.uri ?? '');
  url.username = user;
  url.password = 'secret-of-the-test';
  return url.href;
}
const open = new Map<string, Promise<ChannelModel>>();
async function channelOf(user: string): Promise<ConfirmChannel> {
  const connection =
    open.get(user) ??
    connect(urlOf(user), { noDelay: true }).then((made) => {
      connections.push(made);
      return made;
    });
  open.set(user, connection);
  const channel = await (await connection).createConfirmChannel();
  channel.on('error', () => undefined);
  return channel;
}
/** 'done', or the code of the broker's refusal. */
async function may(
  user: string,
  what: (channel: ConfirmChannel) => Promise<unknown>,
): Promise<'done' | number> {
  const channel = await channelOf(user);
  try {
    await Promise.race([what(channel), new Promise((_done, failed) => channel.once('error', failed))]);
    await channel.close();
    return 'done';
  } catch (error) {
    return (error as { code: number }).code;
  }
}
const REFUSED = 403;
const publish = (exchange: string, key: string) => async (channel: ConfirmChannel) => {
  channel.publish(exchange, key, Buffer.from('{}'), { persistent: true });
  await channel.waitForConfirms();
};

test.each(behind)('%s finds all that it needs, and needs to make nothing', async (service) => {
  const names = topologyNames(service, '', undefined, { isGiven: true });
  const outcome = await may(service, async (channel) => {
    await declareBase(channel, names);
    await declareService(channel, names, ['member.created.v1']);
    const { consumerTag } = await channel.consume(names.events, () => undefined);
    await channel.cancel(consumerTag);
  });
  expect(outcome).toBe('done');
  // What the definitions made is what the code would have made.
  const declared = topologyNames(service);
  expect(
    await may('membership', async (channel) => {
      await declareBase(channel, declared);
      await declareService(channel, declared, []);
    }),
  ).toBe('done');
});

test.each(services)('%s announces its own facts and nobody else’s', async (service) => {
  const own = allEvents.filter(({ producer }) => producer === service).map(({ type }) => type);
  for (const type of own)
    expect([type, await may(service, publish('domain.events', type))]).toEqual([type, 'done']);
  for (const other of services.filter((one) => one !== service)) {
    const foreign = allEvents.find(({ producer }) => producer === other)?.type;
    if (foreign)
      expect([foreign, await may(service, publish('domain.events', foreign))]).toEqual([foreign, REFUSED]);
  }
});

test.each(services)('%s reads its own queue alone, and puts nothing into another’s', async (service) => {
  for (const other of services.filter((one) => one !== service && one !== 'stats')) {
    const { events, dead, own, retries } = topologyNames(other);
    for (const queue of [events, dead, retries[0]?.queue as string]) {
      expect(await may(service, (channel) => channel.get(queue, { noAck: false }))).toBe(REFUSED);
      expect(await may(service, publish('', queue))).toBe(REFUSED);
      expect(await may(service, publish(own, queue))).toBe(REFUSED);
    }
    expect(await may(service, (channel) => channel.bindQueue(events, 'domain.events', 'x.y.v1'))).toBe(
      REFUSED,
    );
  }
  const log = may(service, async (channel) => {
    await channel.prefetch(1);
    await channel.consume('domain.events.log', () => undefined, { noAck: false });
  });
  expect(await log).toBe(service === 'stats' ? 'done' : REFUSED);
});

test.each(services)('%s makes, empties and deletes nothing', async (service) => {
  const { events, dead, exchange, log } = topologyNames(service as ServiceName);
  const acts: ((channel: ConfirmChannel) => Promise<unknown>)[] = [
    (channel) => channel.deleteExchange(exchange),
    (channel) => channel.deleteQueue(log),
    (channel) => channel.assertQueue('a-queue-of-my-own', { exclusive: true }),
    (channel) => channel.assertExchange('an-exchange', 'fanout'),
    (channel) => channel.unbindQueue(log, exchange, '#'),
    ...(service === 'stats'
      ? []
      : [events, dead].map((queue) => (channel: ConfirmChannel) => channel.deleteQueue(queue))),
  ];
  for (const act of acts) expect(await may(service, act)).toBe(REFUSED);
});

test('a service binds its queue to what it hears, and not to what is none of its business', async () => {
  const bind = (service: ServiceName, key: string) =>
    may(service, (channel) => channel.bindQueue(topologyNames(service).events, 'domain.events', key));
  expect(await bind('points', 'assignment.activated.v1')).toBe('done');
  expect(await bind('gateway', '#')).toBe('done');
  for (const key of ['#', 'points.*', 'webhook_endpoint.created.v1'])
    expect([key, await bind('licenses', key)]).toEqual([key, REFUSED]);
});

test.each([
  ['vip', 'relay'],
  ['stats', 'relay'],
  ['stats', 'archived'],
] as const)('the replicas of %s call each other by %s, and nobody else does', async (called, line) => {
  const busOf = (service: ServiceName) =>
    connectBus({
      url: urlOf(service),
      service,
      logger: createLogger({ service, level: 'silent' }),
      metrics: createMetrics(service),
      isTopologyGiven: true,
    });
  const buses = [busOf(called), busOf(called)];
  let heard = 0;
  const [calling, listening] = buses.map((bus, index) =>
    openCalls(bus, line, () => void (index === 1 && heard++)),
  );
  try {
    await eventually(() => {
      calling?.call();
      // The first is one's own look, when the line opens.
      expect(heard).toBeGreaterThan(1);
    });
    const exchange = callsExchange(topologyNames(called).events, line);
    expect(await may('points', publish(exchange, ''))).toBe(REFUSED);
    expect(await may('points', (channel) => channel.assertQueue(`${exchange}.0-0`))).toBe(REFUSED);
  } finally {
    await Promise.all([calling?.close(), listening?.close()]);
    await Promise.all(buses.map((bus) => bus.close()));
  }
});

test('what failed waits in the delay queue and comes back; parked events are looked at and replayed', async () => {
  const bus = connectBus({
    url: urlOf('points'),
    service: 'points',
    logger: createLogger({ service: 'points', level: 'silent' }),
    metrics: createMetrics('points'),
    isTopologyGiven: true,
  });
  try {
    await bus.connected(30_000);
    const channel = await bus.openChannel('consume');
    const { events, dead, own, retries } = bus.names;
    while (await channel.get(events, { noAck: true }));
    expect(await may('points', publish(own, retries[0]?.queue as string))).toBe('done');
    await eventually(async () => expect(await channel.get(events, { noAck: true })).toBeTruthy());
    expect(await may('points', publish(own, dead))).toBe('done');
    const letters = deadLettersOf(bus);
    await eventually(async () => expect(await letters.list()).toHaveLength(1));
    expect(await letters.replay({ all: true })).toBe(1);
    await eventually(async () => expect(await channel.get(events, { noAck: true })).toBeTruthy());
  } finally {
    await bus.close();
  }
});
