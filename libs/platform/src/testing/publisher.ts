/** Publishing of component tests, as a relay would: confirmed, and again when the broker lost the connection before it confirmed. */
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';

const ATTEMPTS = 5;
type Open = { readonly connection: ChannelModel; readonly channel: ConfirmChannel };

export class TestPublisher {
  readonly #url: string;
  #open: Promise<Open> | undefined;
  constructor(url: string) {
    this.#url = url;
  }

  /** Resolves once the broker has the message; rejects when it could not be had after several attempts. */
  async publish(exchange: string, routingKey: string, content: Buffer, contentType: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const opening = (this.#open ??= this.#connect());
      try {
        const { channel } = await opening;
        await new Promise<void>((done, failed) =>
          channel.publish(exchange, routingKey, content, { persistent: true, contentType }, (error) =>
            error ? failed(error) : done(),
          ),
        );
        return;
      } catch (error) {
        await this.#leave(opening);
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** A stream that is only just declared can cost RabbitMQ 3.10 the connection that publishes to it. */
  async #connect(): Promise<Open> {
    const connection = await amqp.connect(this.#url, { noDelay: true });
    // Unheard, an error would be thrown before what is unconfirmed hears of it, which would then wait for ever.
    connection.on('error', () => undefined);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    return { connection, channel };
  }

  /** Closes a connection that failed; others may have gone on to the next one already. */
  async #leave(opening: Promise<Open>): Promise<void> {
    if (this.#open === opening) this.#open = undefined;
    const open = await opening.catch(() => undefined);
    await open?.connection.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.#open) await this.#leave(this.#open);
  }
}
