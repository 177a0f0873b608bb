/**
 * Calls between the replicas of a service: "look again". They go over the broker, last a moment, and may be lost; whoever
 * listens looks by itself now and then, too.
 */
import { randomUUID } from 'node:crypto';
import type { Bus, KeptChannel } from '../bus.ts';

/** A call that nobody took by then means nothing any more. */
const CALL_MILLISECONDS = 1_000;
/** Calls within this time are one: it lets a busy writer call two hundred times a second, not at each commit. */
const TOGETHER_MILLISECONDS = 5;

export type Calls = {
  /** Calls the other replicas. */
  call(): void;
  close(): Promise<void>;
};

/** What the replicas of a service call each other by, beside its own queue; their queues have its name and more. */
export const callsExchange = (events: string, name: string): string => `${events}.${name}`;

/** Opens the line between the replicas of a service; `heard` is called when another one calls. */
export function openCalls(bus: Bus, name: string, heard: () => void): Calls {
  const exchange = callsExchange(bus.names.events, name);
  const own = randomUUID();
  const declare = async (channel: NonNullable<ReturnType<KeptChannel['current']>>) =>
    void (await channel.assertExchange(exchange, 'fanout', { durable: false, autoDelete: true }));
  const listening = bus.keepChannel({
    purpose: 'consume',
    name: `${name} (calls)`,
    async open(channel) {
      await declare(channel);
      const queue = `${exchange}.${own}`;
      // One call that waits is as good as many.
      await channel.assertQueue(queue, { exclusive: true, autoDelete: true, durable: false, maxLength: 1 });
      await channel.bindQueue(queue, exchange, '');
      await channel.consume(
        queue,
        (message) => {
          if (message && message.properties.messageId !== own) heard();
        },
        { noAck: true },
      );
      // What was called meanwhile was for nobody.
      heard();
    },
  });
  const send = (channel: NonNullable<ReturnType<KeptChannel['current']>>) =>
    channel.publish(exchange, '', Buffer.alloc(0), { messageId: own, expiration: CALL_MILLISECONDS });
  const speaking = bus.keepChannel({
    purpose: 'publish',
    name: `${name} (calling)`,
    async open(channel) {
      await declare(channel);
      // What was called meanwhile, or as the channel before was lost, was heard by nobody.
      send(channel);
    },
  });
  let pending: NodeJS.Timeout | undefined;
  let calledAt = Number.NEGATIVE_INFINITY;
  const speak = () => {
    pending = undefined;
    calledAt = performance.now();
    try {
      const channel = speaking.current();
      if (channel) send(channel);
    } catch (error) {
      bus.logger.debug({ err: error }, 'a call was not sent; the next look finds what it was for');
    }
  };
  return {
    call() {
      if (pending || bus.isBlocked()) return;
      const wait = calledAt + TOGETHER_MILLISECONDS - performance.now();
      if (wait <= 0) speak();
      else pending = setTimeout(speak, wait);
    },
    async close() {
      clearTimeout(pending);
      await Promise.all([listening.close(), speaking.close()]);
    },
  };
}
