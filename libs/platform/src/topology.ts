/** What stands at the broker, and what each part is called (spec/events.md). Works with RabbitMQ 3.10 and 4. */
import type { Channel, Options } from 'amqplib';
import type { ServiceName } from '@membership/contracts/claims';

/** Waits before a failed event is delivered again; after the last one it is parked. */
export const RETRY_DELAYS: readonly number[] = [1_000, 10_000, 60_000, 600_000];
/** Deliveries that end without an answer (a process that died holding the message) before the broker parks it. */
const DELIVERY_LIMIT = 20;
/** Looking at a parked message counts as a delivery; RabbitMQ 4 would drop it at its own limit of 20. */
const NO_DELIVERY_LIMIT = 1_000_000_000;

/** How long the log keeps an event. Both bounds hold; what is older may be gone. */
export const LOG_RETENTION = { age: '30D', bytes: 20_000_000_000, segmentBytes: 100_000_000 } as const;

export type RetryQueue = { readonly delay: number; readonly queue: string };
export type TopologyNames = {
  readonly exchange: string;
  readonly log: string;
  /** The queue that the service consumes. */
  readonly events: string;
  /** Where it parks what it could not handle. */
  readonly dead: string;
  /** The service's own exchange: what failed or is replayed goes through it to the service's own queues, and to nobody's else. */
  readonly own: string;
  readonly retries: readonly RetryQueue[];
  /** Every queue named here, the log included: for tests that clean up. */
  readonly queues: readonly string[];
  /** All of it stands at the broker already, and the service's user may make none of it: it is looked for, not declared. */
  readonly isGiven: boolean;
};

/** `1s`, `10m`, `250ms`. */
export function delayName(milliseconds: number): string {
  if (milliseconds % 60_000 === 0) return `${milliseconds / 60_000}m`;
  if (milliseconds % 1_000 === 0) return `${milliseconds / 1_000}s`;
  return `${milliseconds}ms`;
}

/**
 * The names of one service's part of the topology. `prefix` goes before each, so that several platforms (or test files)
 * share a broker. A delay queue carries its delay in its name: another setting makes another queue, never a mismatch.
 */
export function topologyNames(
  service: ServiceName,
  prefix = '',
  retryDelays: readonly number[] = RETRY_DELAYS,
  { isGiven = false }: { readonly isGiven?: boolean } = {},
): TopologyNames {
  const events = `${prefix}${service}.events`;
  const dead = `${events}.dead`;
  const log = `${prefix}domain.events.log`;
  const retries = retryDelays.map((delay) => ({ delay, queue: `${events}.retry.${delayName(delay)}` }));
  return {
    exchange: `${prefix}domain.events`,
    log,
    events,
    dead,
    own: `${events}.own`,
    retries,
    isGiven,
    queues: [events, ...retries.map(({ queue }) => queue), dead, log],
  };
}

/** What stands at the broker differs from what this version declares. Nothing was changed. */
export class TopologyMismatch extends Error {
  readonly subject: string;
  constructor(subject: string, cause: Error) {
    super(
      `"${subject}" exists at the broker with other settings than this version declares (${cause.message}). ` +
        `Either start the version that made it, or: stop its users, let "${subject}" run empty (or move its messages), delete it, and start again; it is then made anew.`,
      { cause },
    );
    this.name = 'TopologyMismatch';
    this.subject = subject;
  }
}

const PRECONDITION_FAILED = 406;

async function declared<T>(subject: string, declaring: Promise<T>): Promise<T> {
  try {
    return await declaring;
  } catch (error) {
    if ((error as { code?: number }).code === PRECONDITION_FAILED)
      throw new TopologyMismatch(subject, error as Error);
    throw error;
  }
}

const declareQueue = (channel: Channel, name: string, settings: Options.AssertQueue['arguments']) =>
  declared(name, channel.assertQueue(name, { durable: true, arguments: settings }));

/** Settings of the log. */
const LOG = {
  'x-queue-type': 'stream',
  'x-max-age': LOG_RETENTION.age,
  'x-max-length-bytes': LOG_RETENTION.bytes,
  'x-stream-max-segment-size-bytes': LOG_RETENTION.segmentBytes,
} as const;

/** What every process needs: the exchange, and the log behind it (so that no event is ever unroutable). */
export async function declareBase(channel: Channel, names: TopologyNames): Promise<void> {
  if (names.isGiven) {
    await channel.checkExchange(names.exchange);
    await channel.checkQueue(names.log);
    return;
  }
  await declared(names.exchange, channel.assertExchange(names.exchange, 'topic', { durable: true }));
  await declareQueue(channel, names.log, LOG);
  await channel.bindQueue(names.log, names.exchange, '#');
}

/** Dead-lettering through the default exchange, which the broker confirms to itself: nothing is lost on the way. */
const deadLettersTo = (queue: string) => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

/** The service's own queues with their settings; those that others send to come first. */
function ownQueues({ dead, events, retries }: TopologyNames): [string, Options.AssertQueue['arguments']][] {
  return [
    [dead, { 'x-queue-type': 'quorum', 'x-delivery-limit': NO_DELIVERY_LIMIT }],
    [events, { 'x-queue-type': 'quorum', 'x-delivery-limit': DELIVERY_LIMIT, ...deadLettersTo(dead) }],
    ...retries.map(({ queue, delay }): [string, Options.AssertQueue['arguments']] => [
      queue,
      { 'x-queue-type': 'quorum', 'x-message-ttl': delay, ...deadLettersTo(events) },
    ]),
  ];
}

/**
 * The service's own queues, bound to exactly these routing keys (or patterns). AMQP cannot list bindings: one that an
 * older version made stays, its events are acknowledged as `ignored`, and `rabbitmqctl list_bindings` shows it.
 */
export async function declareService(
  channel: Channel,
  names: TopologyNames,
  bindings: readonly string[],
): Promise<void> {
  if (names.isGiven) {
    await channel.checkExchange(names.own);
    for (const [queue] of ownQueues(names)) await channel.checkQueue(queue);
  } else {
    await declared(names.own, channel.assertExchange(names.own, 'direct', { durable: true }));
    for (const [queue, settings] of ownQueues(names)) {
      await declareQueue(channel, queue, settings);
      await channel.bindQueue(queue, names.own, queue);
    }
  }
  for (const binding of bindings) await channel.bindQueue(names.events, names.exchange, binding);
}

/** All that `declareBase` and `declareService` would make, as RabbitMQ's definitions say it: for a broker that makes it itself. */
export function definitionsOf(names: TopologyNames, { hasQueues }: { readonly hasQueues: boolean }) {
  const own = hasQueues ? ownQueues(names) : [];
  const exchange = (name: string, type: 'topic' | 'direct') => ({ name, type, durable: true });
  const queue = (name: string, settings: unknown) => ({ name, durable: true, arguments: settings });
  const binding = (source: string, destination: string, key: string) => ({
    source,
    destination,
    destination_type: 'queue',
    routing_key: key,
  });
  return {
    exchanges: [exchange(names.exchange, 'topic'), ...(hasQueues ? [exchange(names.own, 'direct')] : [])],
    queues: [queue(names.log, LOG), ...own.map(([name, settings]) => queue(name, settings))],
    bindings: [
      binding(names.exchange, names.log, '#'),
      ...own.map(([name]) => binding(names.own, name, name)),
    ],
  };
}
