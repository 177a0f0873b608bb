/**
 * Parked events: listed, shown, replayed, discarded. A queue cannot be searched, so its messages are taken in hand, looked
 * at and given back; meanwhile nobody else sees them, hence one at a time across all processes.
 */
import { createHash } from 'node:crypto';
import type { ConfirmChannel, GetMessage } from 'amqplib';
import type { Envelope } from '@membership/contracts/event';
import type { Bus } from './bus.ts';
import { headers, originalHeaders, originalRoutingKey, retriesOf } from './bus/delivery.ts';
import { backoff } from './wake.ts';

export type DeadLetter = {
  /** The event's id, or one made of its bytes where it has none. */
  readonly id: string;
  /** Null where the message is no event. */
  readonly type: string | null;
  readonly tenantId: number | null;
  readonly routingKey: string;
  /** `unreadable`, `failed`, or `delivery_limit` (processes died with it in hand). */
  readonly reason: string;
  readonly error: string | null;
  readonly retries: number;
  readonly firstFailedAt: string | null;
  readonly parkedAt: string | null;
};
export type DeadLetterDetails = DeadLetter & {
  readonly stack: string | null;
  /** The event as JSON, or the bytes as text where it is none. */
  readonly body: unknown;
};
/** Which ones: exactly one of these. */
export type Selection = { readonly id: string } | { readonly type: string } | { readonly all: true };

/** How deep a look goes. What lies behind is reached once those before are replayed or discarded; `all` reaches everything. */
export const LOOK_LIMIT = 1_000;

export type DeadLetters = {
  /** How many are parked. */
  count(): Promise<number>;
  list(options?: { type?: string | undefined; limit?: number | undefined }): Promise<DeadLetter[]>;
  /** One of them in full, or null. */
  show(id: string): Promise<DeadLetterDetails | null>;
  /** Sends them to the service again as new, `limit` of all of them at most; returns how many. */
  replay(selection: Selection, options?: { limit?: number | undefined }): Promise<number>;
  /** Deletes them for good; returns how many. */
  discard(selection: Selection): Promise<number>;
};

/** The service has no queue of parked events at this broker. */
export class NoDeadLetters extends Error {
  constructor(queue: string) {
    super(
      `There is no queue "${queue}" at this broker: the service has not run here yet, or under another BUS_PREFIX.`,
    );
    this.name = 'NoDeadLetters';
  }
}
/** Somebody else is looking. */
export class DeadLettersBusy extends Error {
  constructor(queue: string) {
    super(`Somebody else has the messages of "${queue}" in hand: try again in a moment.`);
    this.name = 'DeadLettersBusy';
  }
}

const RESOURCE_LOCKED = 405;
const NOT_FOUND = 404;
const LOCK_PATIENCE = 10_000;
const BROKER_PATIENCE = 5_000;

/** The last look of each bus: the next one waits for it. */
const looks = new WeakMap<Bus, Promise<unknown>>();

/** The parked events of the bus's own service. */
export function deadLettersOf(bus: Bus): DeadLetters {
  const { events, dead, own } = bus.names;

  async function* messages(channel: ConfirmChannel, most: number): AsyncGenerator<GetMessage> {
    for (let seen = 0; seen < most; seen++) {
      const message = await channel.get(dead, { noAck: false });
      if (!message) return;
      yield message;
    }
  }

  /** Looks through the queue; what is not acknowledged goes back to its place when the channel closes. */
  function looking<T>(work: (channel: ConfirmChannel, parked: number) => Promise<T>): Promise<T> {
    const mine = (looks.get(bus) ?? Promise.resolve()).then(async () => {
      await bus.connected(BROKER_PATIENCE);
      const unlock = await lockAcrossProcesses(bus, `${dead}.lock`);
      const channel = await bus.openChannel('consume');
      try {
        const { messageCount } = await channel.checkQueue(dead).catch((error: Error & { code?: number }) => {
          throw error.code === NOT_FOUND ? new NoDeadLetters(dead) : error;
        });
        return await work(channel, messageCount);
      } finally {
        await closeQuietly(channel);
        await unlock();
      }
    });
    looks.set(
      bus,
      mine.catch(() => undefined),
    );
    return mine;
  }

  function eachMatching(
    selection: Selection,
    act: (message: GetMessage) => Promise<void>,
    limit = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    return looking(async (channel, parked) => {
      // Only those that were there at the start: one that fails again at once is not taken twice.
      const most = Math.min(parked, 'all' in selection ? limit : LOOK_LIMIT);
      let count = 0;
      for await (const message of messages(channel, most)) {
        const letter = letterOf(message);
        if (
          'id' in selection
            ? letter.id !== selection.id
            : 'type' in selection && letter.type !== selection.type
        )
          continue;
        await act(message);
        channel.ack(message);
        count++;
        if ('id' in selection) break;
      }
      return count;
    });
  }

  return {
    count: () => looking(async (_channel, parked) => parked),
    list: ({ type, limit = LOOK_LIMIT } = {}) =>
      looking(async (channel) => {
        const letters: DeadLetter[] = [];
        for await (const message of messages(channel, LOOK_LIMIT)) {
          const letter = letterOf(message);
          if (type === undefined || letter.type === type) letters.push(letter);
          if (letters.length >= limit) break;
        }
        return letters;
      }),
    show: (id) =>
      looking(async (channel) => {
        for await (const message of messages(channel, LOOK_LIMIT))
          if (letterOf(message).id === id) return detailsOf(message);
        return null;
      }),
    async replay(selection, { limit } = {}) {
      await bus.connected(BROKER_PATIENCE);
      const publisher = await bus.openChannel('publish');
      try {
        return await eachMatching(
          selection,
          (message) => publishAgain(publisher, { own, events }, message),
          limit,
        );
      } finally {
        await closeQuietly(publisher);
      }
    },
    discard: (selection) => eachMatching(selection, async () => undefined),
  };
}

/** Sends a parked message to the service's queue as if it came for the first time. Rejects unless the broker has it. */
function publishAgain(
  channel: ConfirmChannel,
  { own, events: queue }: Pick<Bus['names'], 'own' | 'events'>,
  message: GetMessage,
): Promise<void> {
  return new Promise((done, failed) => {
    let isReturned = false;
    const onReturn = () => (isReturned = true);
    channel.once('return', onReturn);
    const { messageId, contentType } = message.properties;
    channel.publish(
      own,
      queue,
      message.content,
      {
        persistent: true,
        mandatory: true,
        messageId,
        contentType,
        headers: { ...originalHeaders(message), [headers.routingKey]: originalRoutingKey(message) },
      },
      (error: Error | null) => {
        channel.off('return', onReturn);
        if (error)
          failed(
            new Error(`The broker did not take a replayed event (${error.message}): it stays parked.`, {
              cause: error,
            }),
          );
        else if (isReturned) failed(new NoDeadLetters(queue));
        else done();
      },
    );
  });
}

/** A queue that only one connection can have: the broker's own mutex, which ends with its holder. */
async function lockAcrossProcesses(bus: Bus, lock: string): Promise<() => Promise<void>> {
  const deadline = performance.now() + LOCK_PATIENCE;
  for (let attempt = 1; ; attempt++) {
    const channel = await bus.openChannel('consume');
    try {
      await channel.assertQueue(lock, { exclusive: true, durable: false, autoDelete: false });
      return async () => {
        await channel.deleteQueue(lock).catch(() => undefined);
        await closeQuietly(channel);
      };
    } catch (error) {
      await closeQuietly(channel);
      if ((error as { code?: number }).code !== RESOURCE_LOCKED) throw error;
      if (performance.now() > deadline) throw new DeadLettersBusy(lock);
      await new Promise((done) => setTimeout(done, backoff(attempt, { most: 500 })));
    }
  }
}

/** What an operator sees of a parked message. */
function letterOf(message: GetMessage): DeadLetter {
  const given = message.properties.headers ?? {};
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : null);
  const body = bodyOf(message);
  const event = typeof body === 'object' && body !== null ? (body as Partial<Envelope>) : {};
  return {
    id: idOf(message, event),
    type: typeof event.type === 'string' ? event.type : null,
    tenantId: typeof event.tenantid === 'number' ? event.tenantid : null,
    routingKey: originalRoutingKey(message),
    reason: text(headers.reason) ?? text('x-first-death-reason') ?? 'unknown',
    error: text(headers.error),
    retries: retriesOf(message),
    firstFailedAt: text(headers.firstFailedAt),
    parkedAt: text(headers.parkedAt),
  };
}

const detailsOf = (message: GetMessage): DeadLetterDetails => ({
  ...letterOf(message),
  stack:
    typeof message.properties.headers?.[headers.stack] === 'string'
      ? message.properties.headers[headers.stack]
      : null,
  body: bodyOf(message),
});

function idOf(message: GetMessage, event: Partial<Envelope>): string {
  if (typeof event.id === 'string' && event.id) return event.id;
  const { messageId } = message.properties;
  if (typeof messageId === 'string' && messageId) return messageId;
  return `bytes-${createHash('sha256').update(message.content).digest('hex').slice(0, 24)}`;
}

function bodyOf(message: GetMessage): unknown {
  const text = message.content.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Closes a channel that the broker may have closed already. */
const closeQuietly = (channel: ConfirmChannel): Promise<void> => channel.close().catch(() => undefined);
