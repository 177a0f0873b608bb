/** What the tests of the bus stand on: a database and names of their own, and a line to the stores that can be cut. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, connect as connectSocket, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import amqp, { type ConfirmChannel } from 'amqplib';
import mongoose, { type Connection } from 'mongoose';
import { z } from 'zod';
import type { ServiceName } from '@membership/contracts/claims';
import {
  defineEvent,
  EVENT_CONTENT_TYPE,
  type Envelope,
  type EventDefinition,
  type FactOf,
} from '@membership/contracts/event';
import { connectBus, type Bus } from '@membership/platform/bus';
import { createLogger, type Logger } from '@membership/platform/log';
import { createMetrics, type Metrics } from '@membership/platform/metrics';
import { scopeOfJob } from '@membership/platform/scope';
import { topologyNames, type TopologyNames } from '@membership/platform/topology';
import { transactionsOf, type Transactions } from '@membership/platform/transaction';

export { eventually } from '@membership/platform/testing/eventually';
export { pause };

const definition = {
  producer: 'licenses',
  aggregate: 'thing',
  description: { zh: '用于测试。', en: 'For tests.' },
  data: z.object({ value: z.int() }),
} as const;
/** Facts of no business: the bus carries whatever it is given. */
export const thingMade = defineEvent('thing.made.v1', definition);
export const thingChanged = defineEvent('thing.changed.v1', definition);
export const thingEnded = defineEvent('thing.ended.v1', { ...definition, producer: 'points' });

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run the tests with "npm test", which starts MongoDB and RabbitMQ`);
  return value;
}

/** A line to a server that can be cut and joined again, as when the server is stopped and started. */
export type Line = {
  readonly port: number;
  cut(): Promise<void>;
  join(): Promise<void>;
  /** Nothing comes through any more, though connections stand and new ones are taken: as when the server is suspended. */
  hang(): void;
  /** What had to wait goes on. */
  goOn(): void;
  close(): Promise<void>;
};

export async function lineTo(host: string, port: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let isHung = false;
  let server: Server;
  let own = 0;
  const listen = () =>
    new Promise<void>((done, failed) => {
      server = createServer((near) => {
        const far = connectSocket({ host, port, noDelay: true });
        near.setNoDelay(true);
        for (const socket of [near, far]) {
          sockets.add(socket);
          socket.on('error', () => undefined);
          socket.on('close', () => {
            sockets.delete(socket);
            near.destroy();
            far.destroy();
          });
        }
        near.pipe(far).pipe(near);
        if (isHung) for (const socket of [near, far]) socket.pause();
      });
      server.once('error', failed);
      server.listen(own, '127.0.0.1', () => {
        own = (server.address() as { port: number }).port;
        done();
      });
    });
  const cut = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  await listen();
  return {
    get port() {
      return own;
    },
    cut,
    join: listen,
    hang() {
      isHung = true;
      for (const socket of sockets) socket.pause();
    },
    goOn() {
      isHung = false;
      for (const socket of sockets) socket.resume();
    },
    close: cut,
  };
}

export type Kit = {
  readonly service: ServiceName;
  readonly connection: Connection;
  readonly names: TopologyNames;
  readonly logger: Logger;
  readonly amqpUrl: string;
  readonly mongoUrl: string;
  /** A channel straight to the broker, past the bus. */
  readonly channel: ConfirmChannel;
  /** A bus (with metrics of its own, as another process would have), closed at the end. */
  bus(options?: { url?: string; retryDelays?: readonly number[]; service?: ServiceName }): Bus;
  /** Transactions of a service. */
  transactions(service?: ServiceName): Transactions;
  /** What a metric of this bus stands at, by labels. */
  metric(bus: Bus, name: string, labels?: Record<string, string>): Promise<number>;
  envelope<E extends EventDefinition>(event: E, subject: string, sequence: number, data: FactOf<E>): Envelope;
  /** Publishes straight to the exchange; resolves when the broker has it. */
  publish(envelope: Envelope): Promise<void>;
  publishRaw(routingKey: string, content: Buffer): Promise<void>;
  /** Announces in a transaction of its own, as a use-case does. */
  announce<E extends EventDefinition>(
    transactions: Transactions,
    event: E,
    subject: string,
    sequence: number,
    data: FactOf<E>,
  ): Promise<string>;
  /** Whatever is published from now on, in order of arrival. */
  spy(): Promise<Envelope[]>;
  /** A copy of the line to a store that can be cut. */
  brokerLine(): Promise<Line & { url: string }>;
  mongoLine(): Promise<Line & { url: string }>;
  queueLength(queue: string): Promise<number>;
  /** Called at the end, last first. */
  defer(end: () => Promise<unknown>): void;
  close(): Promise<void>;
};

export const RETRIES = [40, 80, 120, 160];

export async function startKit(service: ServiceName = 'points'): Promise<Kit> {
  const id = randomBytes(5).toString('hex');
  const prefix = `b${id}.`;
  const amqpUrl = required('AMQP_URL');
  const mongoUrl = new URL(required('MONGODB_URI'));
  mongoUrl.pathname = `/bus_${id}`;
  const logger = createLogger({ service, level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const names = topologyNames(service, prefix, RETRIES);
  const connection = await mongoose.createConnection(mongoUrl.href, { bufferCommands: false }).asPromise();
  for (const collection of ['outbox', 'inbox', 'leases', 'stream_offsets'])
    await connection.createCollection(collection);
  const broker = await amqp.connect(amqpUrl, { noDelay: true });
  const channel = await broker.createConfirmChannel();
  channel.on('error', () => undefined);
  await channel.assertExchange(names.exchange, 'topic', { durable: true });
  const ends: (() => Promise<unknown>)[] = [];
  const run = `test:${id}`;
  const defer = (end: () => Promise<unknown>) => void ends.push(end);
  const publishRaw = (routingKey: string, content: Buffer, messageId?: string) =>
    new Promise<void>((done, failed) =>
      channel.publish(
        names.exchange,
        routingKey,
        content,
        { persistent: true, contentType: EVENT_CONTENT_TYPE, ...(messageId ? { messageId } : {}) },
        (error) => (error ? failed(error) : done()),
      ),
    );
  return {
    service,
    connection,
    names,
    logger,
    amqpUrl,
    mongoUrl: mongoUrl.href,
    channel,
    publishRaw,
    defer,
    bus(options = {}) {
      const metrics: Metrics = createMetrics(service);
      const bus = connectBus({
        url: amqpUrl,
        service,
        logger,
        metrics,
        prefix,
        retryDelays: RETRIES,
        ...options,
      });
      defer(() => bus.close());
      return bus;
    },
    transactions: (of = service) => transactionsOf(connection, of),
    async metric(bus, name, labels = {}) {
      const values = (await bus.metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
      return values
        .filter((value) =>
          Object.entries(labels).every(
            ([label, wanted]) => String((value.labels as Record<string, unknown>)[label]) === wanted,
          ),
        )
        .reduce((sum, { value }) => sum + value, 0);
    },
    envelope: (event, subject, sequence, data) => ({
      specversion: '1.0',
      id: randomUUID(),
      source: `/services/${event.producer}`,
      type: event.type,
      subject,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      tenantid: 1,
      actor: 'system:test',
      correlationid: run,
      sequence,
      data: data as Record<string, unknown>,
    }),
    publish: (envelope) => publishRaw(envelope.type, Buffer.from(JSON.stringify(envelope)), envelope.id),
    announce: (transactions, event, subject, sequence, data) =>
      transactions.run(async (unit) =>
        unit.announce(scopeOfJob(1, transactions.service, run), event, { subject, sequence, data }),
      ),
    async spy() {
      const heard: Envelope[] = [];
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, names.exchange, '#');
      await channel.consume(
        queue,
        (message) => message && heard.push(JSON.parse(message.content.toString('utf8'))),
        { noAck: true },
      );
      return heard;
    },
    async brokerLine() {
      const url = new URL(amqpUrl);
      const line = await lineTo(url.hostname, Number(url.port || 5672));
      defer(() => line.close());
      url.hostname = '127.0.0.1';
      url.port = String(line.port);
      return Object.assign(line, { url: url.href });
    },
    async mongoLine() {
      const hello = await connection.db?.admin().command({ hello: 1 });
      const [host = '127.0.0.1', port = '27017'] = String(hello?.primary ?? mongoUrl.host).split(':');
      const line = await lineTo(host, Number(port));
      defer(() => line.close());
      const url = new URL(mongoUrl.href);
      url.host = `127.0.0.1:${line.port}`;
      url.searchParams.delete('replicaSet');
      url.searchParams.set('directConnection', 'true');
      return Object.assign(line, { url: url.href });
    },
    queueLength: async (queue) => (await channel.checkQueue(queue)).messageCount,
    async close() {
      for (const end of ends.reverse()) await end();
      await connection.dropDatabase();
      await connection.close();
      for (const queue of names.queues) await channel.deleteQueue(queue);
      await channel.deleteExchange(names.own);
      await channel.deleteExchange(names.exchange);
      await broker.close();
    },
  };
}
