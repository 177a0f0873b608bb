/** Publishing with confirms: every message ends in a named outcome, none is forgotten. */
import type { ConfirmChannel, Message } from 'amqplib';
import type { Bus, KeptChannel } from '../bus.ts';

export type Outgoing = {
  /** '' is the default exchange: the routing key is then a queue's name. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly messageId: string;
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>>;
};

/**
 * `confirmed`: the broker has it safely. `refused`: a queue nacked it (an election, a full queue). `unroutable`: no queue
 * takes it. `lost`: the channel went before an answer came, so it may have arrived. All but the first: send it again.
 */
export type Outcome = 'confirmed' | 'refused' | 'unroutable' | 'lost';

export type Publisher = {
  readonly channel: KeptChannel;
  /** Never rejects. */
  publish(message: Outgoing): Promise<Outcome>;
  close(): Promise<void>;
};

/** A confirm that takes longer is given up; the message is then sent again on a fresh channel. */
const CONFIRM_TIMEOUT = 30_000;
/**
 * amqplib keeps a slot for each message confirmed out of order until a `multiple` confirm comes by, which under light load
 * may be never; a fresh channel now and then, when nothing is under way, bounds that.
 */
const CHANNEL_LIFETIME = 100_000;

/** A publisher with a channel of its own, prepared by `open` whenever it is made. */
export function createPublisher(
  bus: Bus,
  name: string,
  open: (channel: ConfirmChannel) => Promise<void>,
): Publisher {
  let underway = 0;
  let sent = 0;
  let oldest = 0;
  const returned = new Set<string>();
  const channel = bus.keepChannel({
    purpose: 'publish',
    name,
    async open(fresh) {
      returned.clear();
      sent = 0;
      fresh.on('return', (message: Message) => returned.add(String(message.properties.messageId)));
      await open(fresh);
    },
  });
  const watch = setInterval(() => {
    if (underway > 0 && !bus.isBlocked() && performance.now() - oldest > CONFIRM_TIMEOUT) {
      bus.logger.warn({ channel: name, underway }, 'the broker confirms nothing; opening another channel');
      channel.renew();
    }
  }, 1_000).unref();

  function publish({
    exchange,
    routingKey,
    content,
    messageId,
    contentType,
    headers,
  }: Outgoing): Promise<Outcome> {
    const on = channel.current();
    if (!on) return Promise.resolve('lost');
    if (underway++ === 0) oldest = performance.now();
    sent++;
    return new Promise<Outcome>((done) => {
      const settle = (outcome: Outcome) => {
        underway--;
        oldest = performance.now();
        done(outcome);
        if (underway === 0 && sent >= CHANNEL_LIFETIME) channel.renew();
      };
      try {
        on.publish(
          exchange,
          routingKey,
          content,
          { persistent: true, mandatory: true, messageId, contentType: contentType as string, headers },
          (error: Error | null) => {
            // The return of a message comes right before its confirm.
            if (returned.delete(messageId)) settle('unroutable');
            else if (!error) settle('confirmed');
            else settle(error.message === 'message nacked' ? 'refused' : 'lost');
          },
        );
      } catch (error) {
        bus.logger.debug({ err: error, channel: name }, 'publish failed');
        settle('lost');
      }
    });
  }

  return {
    channel,
    publish,
    async close() {
      clearInterval(watch);
      await channel.close();
    },
  };
}
