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
  readonly retries: readonly RetryQueue[];
  /** Every queue named here, the log included: for tests that clean up. */
  readonly queues: readonly string[];
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
    retries,
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

/** What every process needs: the exchange, and the log behind it (so that no event is ever unroutable). */
export async function declareBase(channel: Channel, names: TopologyNames): Promise<void> {
  await declared(names.exchange, channel.assertExchange(names.exchange, 'topic', { durable: true }));
  await declareQueue(channel, names.log, {
    'x-queue-type': 'stream',
    'x-max-age': LOG_RETENTION.age,
    'x-max-length-bytes': LOG_RETENTION.bytes,
    'x-stream-max-segment-size-bytes': LOG_RETENTION.segmentBytes,
  });
  await channel.bindQueue(names.log, names.exchange, '#');
}

/** Dead-lettering through the default exchange, which the broker confirms to itself: nothing is lost on the way. */
const deadLettersTo = (queue: string) => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

/**
 * The service's own queues, bound to exactly these routing keys (or patterns). AMQP cannot list bindings: one that an
 * older version made stays, its events are acknowledged as `ignored`, and `rabbitmqctl list_bindings` shows it.
 */
export async function declareService(
  channel: Channel,
  names: TopologyNames,
  bindings: readonly string[],
): Promise<void> {
  await declareQueue(channel, names.dead, {
    'x-queue-type': 'quorum',
    'x-delivery-limit': NO_DELIVERY_LIMIT,
  });
  await declareQueue(channel, names.events, {
    'x-queue-type': 'quorum',
    'x-delivery-limit': DELIVERY_LIMIT,
    ...deadLettersTo(names.dead),
  });
  for (const { queue, delay } of names.retries)
    await declareQueue(channel, queue, {
      'x-queue-type': 'quorum',
      'x-message-ttl': delay,
      ...deadLettersTo(names.events),
    });
  for (const binding of bindings) await channel.bindQueue(names.events, names.exchange, binding);
}
