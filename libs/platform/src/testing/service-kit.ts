/** Component tests: a real service in this process, on a real MongoDB and RabbitMQ, spoken to as the gateway would. */
import { randomBytes, randomUUID } from 'node:crypto';
import amqp from 'amqplib';
import jwt from 'jsonwebtoken';
import mongoose from 'mongoose';
import { createClient, type Client } from '@membership/contracts/client';
import { CONTEXT_HEADER, type ContextClaims, type ServiceName } from '@membership/contracts/claims';
import {
  EVENT_CONTENT_TYPE,
  type Envelope,
  type EventDefinition,
  type FactOf,
} from '@membership/contracts/event';
import * as facts from '@membership/contracts/events/gateway';
import type { ServiceFields } from '../config.ts';
import { keyOf } from '../http/context.ts';
import { startService, type RunningService, type ServiceDefinition, type ServiceParts } from '../service.ts';
import { declareBase, topologyNames } from '../topology.ts';
import { checkedFetch } from './checked-fetch.ts';
import { eventually } from './eventually.ts';
import { TestPublisher } from './publisher.ts';
import { giveBackDatabase, keepStructure, takeDatabase } from './spare-databases.ts';

export { eventually } from './eventually.ts';

export type Caller = {
  readonly role?: ContextClaims['role'];
  readonly tenantId?: number | null;
  readonly userId?: number | null;
  readonly name?: string;
  readonly scopes?: readonly string[];
  readonly language?: 'zh' | 'en';
};

export type ServiceKit = {
  readonly url: string;
  readonly metricsUrl: string;
  readonly running: RunningService;
  readonly connection: mongoose.Connection;
  /** `fetch` that holds answers to their contracts: what the kit's clients ask with. */
  readonly fetch: typeof fetch;
  /** A client whose requests carry a context signed as the gateway signs it. Tenant 1, user 1, role member unless said. */
  as(caller?: Caller): Client;
  /** The headers of such a client, for requests whose answers have no end. */
  headersOf(caller?: Caller): Record<string, string>;
  /** Publishes an event as another service would. Resolves with its envelope once the broker has it. */
  publish<E extends EventDefinition>(
    event: E,
    fact: {
      tenantId?: number;
      subject: string | number;
      sequence?: number;
      data: FactOf<E>;
      id?: string;
      correlationId?: string;
    },
  ): Promise<Envelope>;
  /** Publishes any bytes under a routing key: for poison. */
  publishRaw(routingKey: string, content: Buffer): Promise<void>;
  /** Every event that was published so far under this kit's exchange. */
  readonly heard: readonly Envelope[];
  /** Waits until an event of this type (and this shape) was published. */
  heardOne(type: string, matches?: (envelope: Envelope) => boolean): Promise<Envelope>;
  /** A tenant that this service knows, by its event. */
  aTenant(state?: Partial<FactOf<typeof facts.tenantCreated>>): Promise<number>;
  /** A member that this service knows, by its event. */
  aMember(state?: Partial<FactOf<typeof facts.memberCreated>> & { tenantId?: number }): Promise<number>;
  /** Text of /metrics. */
  metrics(): Promise<string>;
  /** Stops the service and starts it again on the same database and broker names; `meanwhile` runs while it is down. */
  restart(meanwhile?: () => Promise<unknown>): Promise<void>;
  /** A second process of the service, or of another version of it, on the same database and broker names. Stop it before the kit. */
  replica(version?: Version): Promise<Replica>;
  stop(): Promise<void>;
};

/** A service built otherwise, as another version of it is. */
export type Version = { readonly build: (context: never) => ServiceParts | Promise<ServiceParts> };

/** As far as a test asks it: what a client of this very process is told. */
export type Replica = { as(caller?: Caller): Client; stop(): Promise<void> };

const KEY = 'a-key-of-the-tests-that-is-long-enough-0123456789';

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run the tests with "npm test", which starts MongoDB and RabbitMQ`);
  return value;
}

/** The address of a database of this test's own on the server that MONGODB_URI names. */
export const ownDatabase = (prefix: string): string =>
  addressOf(`${prefix}_${randomBytes(5).toString('hex')}`);

function addressOf(database: string): string {
  const uri = new URL(required('MONGODB_URI'));
  uri.pathname = `/${database}`;
  return uri.href;
}

/** Starts a service for one test file: its own database and its own names at the broker. Stop it in afterAll. */
export async function startServiceKit<F extends ServiceFields>(
  definition: ServiceDefinition<F>,
  environment: Record<string, string> = {},
): Promise<ServiceKit> {
  const fetcher = await checkedFetch(definition.name);
  const prefix = `t${randomBytes(5).toString('hex')}.`;
  const amqpUrl = required('AMQP_URL');
  const names = topologyNames(definition.name, prefix);
  const heard: Envelope[] = [];
  const broker = await amqp.connect(amqpUrl, { noDelay: true });
  const channel = await broker.createConfirmChannel();
  // The log, too: what is published before it stands would not be in it.
  await declareBase(channel, names);
  const spy = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(spy.queue, names.exchange, '#');
  await channel.consume(spy.queue, (message) => message && heard.push(safeParse(message.content)), {
    noAck: true,
  });
  const settings = {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    MONGODB_URI: addressOf(takeDatabase(definition.name)),
    AMQP_URL: amqpUrl,
    BUS_PREFIX: prefix,
    INTERNAL_KEY: KEY,
    PUBLIC_URL: 'http://gateway.test',
    GATEWAY_INTERNAL_URL: 'http://127.0.0.1:9',
    // However slow the machine is.
    WRITE_DEADLINE_MS: '60000',
    ...environment,
  };
  /** Starts it and waits until it hears events: what is published before would never reach it. */
  const start = async () => {
    const started = await startService(definition, settings);
    await eventually(
      () => {
        if (!started.isHearing()) throw new Error(`${definition.name} does not hear events yet`);
      },
      { milliseconds: 120_000 },
    );
    return started;
  };
  let running = await start().catch(async (error: unknown) => {
    await broker.close();
    throw error;
  });
  await keepStructure(databaseOf(running.connection));
  const urlOf = (port: number) => `http://127.0.0.1:${port}`;
  const key = keyOf(KEY);
  const sequences = new Map<string, number>();
  let nextId = 1_000;

  const publisher = new TestPublisher(amqpUrl);
  const publishRaw = (routingKey: string, content: Buffer) =>
    publisher.publish(names.exchange, routingKey, content, EVENT_CONTENT_TYPE);
  const kit: ServiceKit = {
    get url() {
      return urlOf(running.port);
    },
    get metricsUrl() {
      return `${urlOf(running.metricsPort)}/metrics`;
    },
    get running() {
      return running;
    },
    get connection() {
      return running.connection;
    },
    fetch: fetcher,
    heard,
    headersOf: (caller = {}) => ({ [CONTEXT_HEADER]: contextFor(key, definition.name, caller) }),
    as: (caller = {}) =>
      createClient({
        baseUrl: kit.url,
        fetch: fetcher,
        headers: { [CONTEXT_HEADER]: contextFor(key, definition.name, caller) },
      }),
    publishRaw,
    async publish(
      event,
      { tenantId = 1, subject, sequence, data, id = randomUUID(), correlationId = randomUUID() },
    ) {
      const counter = `${tenantId}:${event.aggregate}:${subject}`;
      const counted = sequence ?? (sequences.get(counter) ?? 0) + 1;
      sequences.set(counter, Math.max(counted, sequences.get(counter) ?? 0));
      const envelope: Envelope = {
        specversion: '1.0',
        id,
        source: `/services/${event.producer}`,
        type: event.type,
        subject: String(subject),
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        tenantid: tenantId,
        actor: `system:${event.producer}`,
        correlationid: correlationId,
        sequence: counted,
        data: event.data.parse(data) as Record<string, unknown>,
      };
      await publishRaw(event.type, Buffer.from(JSON.stringify(envelope)));
      return envelope;
    },
    heardOne: (type, matches = () => true) =>
      eventually(() => {
        const found = heard.find((envelope) => envelope.type === type && matches(envelope));
        if (!found)
          throw new Error(
            `no ${type} yet; heard ${[...new Set(heard.map((envelope) => envelope.type))].join(', ') || 'nothing'}`,
          );
        return found;
      }),
    async aTenant(state = {}) {
      const tenantId = state.tenantId ?? nextId++;
      const data = {
        tenantId,
        code: `tenant-${tenantId}`,
        name: `Tenant ${tenantId}`,
        timezone: 'Asia/Shanghai',
        locale: 'zh-CN',
        isActive: true,
        ...state,
      };
      await kit.publish(facts.tenantCreated, { tenantId, subject: tenantId, data });
      await eventually(async () => {
        if (
          !(await running.connection
            .collection<{ _id: number }>('directory_tenants')
            .findOne({ _id: tenantId }, { readConcern: 'majority' }))
        )
          throw new Error(`tenant ${tenantId} is not known yet`);
      });
      return tenantId;
    },
    async aMember({ tenantId = 1, ...state } = {}) {
      const memberId = state.memberId ?? nextId++;
      const username = state.username ?? `member_${memberId}`;
      const data = {
        memberId,
        username,
        email: `${username}@example.com`,
        displayName: username,
        role: 'member' as const,
        isActive: true,
        externalId: null,
        joinedAt: new Date().toISOString(),
        ...state,
      };
      await kit.publish(facts.memberCreated, { tenantId, subject: memberId, data });
      await eventually(async () => {
        if (
          !(await running.connection
            .collection<{ _id: number }>('directory_members')
            .findOne({ _id: memberId }, { readConcern: 'majority' }))
        )
          throw new Error(`member ${memberId} is not known yet`);
      });
      return memberId;
    },
    metrics: async () => (await fetch(kit.metricsUrl)).text(),
    async restart(meanwhile) {
      await running.stop();
      await meanwhile?.();
      running = await start();
    },
    async replica({ build } = definition) {
      const second = await startService({ ...definition, build: build as typeof definition.build }, settings);
      return {
        as: (caller = {}) =>
          createClient({
            baseUrl: urlOf(second.port),
            fetch: fetcher,
            headers: { [CONTEXT_HEADER]: contextFor(key, definition.name, caller) },
          }),
        stop: () => second.stop(),
      };
    },
    async stop() {
      const databaseName = running.connection.name;
      await running.stop();
      const cleaner = await mongoose.createConnection(required('MONGODB_URI')).asPromise();
      await giveBackDatabase(definition.name, databaseOf(cleaner.useDb(databaseName)));
      await cleaner.close();
      await publisher.close();
      for (const queue of names.queues) await channel.deleteQueue(queue);
      await channel.deleteExchange(names.own);
      await channel.deleteExchange(names.exchange);
      await broker.close();
    },
  };
  return kit;
}

function databaseOf({ db }: mongoose.Connection): mongoose.mongo.Db {
  if (!db) throw new Error('MongoDB is not connected');
  return db;
}

function safeParse(content: Buffer): Envelope {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return { type: 'unreadable' } as Envelope;
  }
}

function contextFor(key: ReturnType<typeof keyOf>, audience: ServiceName, caller: Caller): string {
  const { role = 'member', tenantId = 1, language = 'zh' } = caller;
  const userId = caller.userId ?? (role === 'internal' || role === 'anonymous' ? null : 1);
  const name = caller.name ?? (userId === null ? 'tests' : `user_${userId}`);
  const scopes = caller.scopes ?? (role === 'internal' ? [`${audience}:read`, `${audience}:write`] : []);
  const claims = {
    aud: audience,
    sub: userId === null ? `client:${name}` : `user:${userId}`,
    uid: userId,
    name,
    role,
    tid: tenantId,
    scopes,
    rid: `req_${randomBytes(6).toString('hex')}`,
    lang: language,
  };
  return jwt.sign({ ...claims, iss: 'gateway' }, key, { algorithm: 'HS256', expiresIn: '1h' });
}
