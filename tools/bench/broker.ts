// The broker as a bystander sees it: hears what a service announces, announces in its place, reads the log.
import { randomUUID } from 'node:crypto';
import amqp, { type ChannelModel } from 'amqplib';
import { EVENT_CONTENT_TYPE, type Envelope } from '@membership/contracts/event';
import { pointsEarned } from '@membership/contracts/events/points';
import { topologyNames, type TopologyNames } from '@membership/platform/topology';
import type { Bench } from './bench.ts';

const PREFETCH = 200;
const LOG_PREFETCH = 1_000;
const PER_CONFIRM = 500;

const namesOf = ({ product }: Bench): TopologyNames =>
  topologyNames('points', product.services.environmentOf('points')['BUS_PREFIX'] ?? '');
const connected = ({ infrastructure }: Bench): Promise<ChannelModel> =>
  amqp.connect(infrastructure.amqpUrl, { noDelay: true });

/** Consumes the earnings through a queue like a service's: quorum, acknowledged by hand. Returns how to end it. */
export async function listen(
  bench: Bench,
  heard: (envelope: Envelope) => void,
): Promise<() => Promise<void>> {
  const names = namesOf(bench);
  const connection = await connected(bench);
  const channel = await connection.createChannel();
  const queue = `${names.exchange}.bench`;
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(queue, names.exchange, pointsEarned.type);
  await channel.prefetch(PREFETCH);
  await channel.consume(queue, (message) => {
    if (!message) return;
    heard(JSON.parse(message.content.toString('utf8')) as Envelope);
    channel.ack(message);
  });
  return async () => {
    await channel.deleteQueue(queue);
    await connection.close();
  };
}

/** Puts earnings like this one into the log, each an event of its own, confirmed by the broker. */
export async function announceLike(bench: Bench, like: Envelope, count: number): Promise<void> {
  const connection = await connected(bench);
  const { log } = namesOf(bench);
  try {
    const channel = await connection.createConfirmChannel();
    for (let sent = 1; sent <= count; sent++) {
      const id = randomUUID();
      const content = Buffer.from(JSON.stringify({ ...like, id, time: new Date().toISOString() }));
      // Straight into the log: no other service is to have work from it.
      channel.sendToQueue(log, content, { persistent: true, messageId: id, contentType: EVENT_CONTENT_TYPE });
      if (sent % PER_CONFIRM === 0 || sent === count) await channel.waitForConfirms();
    }
  } finally {
    await connection.close();
  }
}

/** Reads so many entries from the start of the log as fast as they come, doing nothing with them; entries a second. */
export async function rawReadRate(bench: Bench, count: number): Promise<number> {
  const connection = await connected(bench);
  try {
    const channel = await connection.createChannel();
    await channel.prefetch(LOG_PREFETCH);
    const began = performance.now();
    let read = 0;
    await new Promise<void>((done, failed) => {
      channel
        .consume(
          namesOf(bench).log,
          (message) => {
            if (!message || read >= count) return;
            channel.ack(message);
            if (++read === count) done();
          },
          { arguments: { 'x-stream-offset': 'first' } },
        )
        .catch(failed);
    });
    return (read * 1_000) / (performance.now() - began);
  } finally {
    await connection.close();
  }
}
