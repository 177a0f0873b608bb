/**
 * Hears facts: whatever has arrived is handled in one transaction together with the inbox rows that make it once, and is
 * acknowledged after the commit. A failing message goes through the delay queues alone and is parked in the end; it never
 * holds up those behind it. The database being away is nobody's failure: then the messages are held until it is back.
 */
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { Connection } from 'mongoose';
import type { ServiceName } from '@membership/contracts/claims';
import { Refusal } from '@membership/contracts/errors';
import type { Envelope } from '@membership/contracts/event';
import type { Bus } from './bus.ts';
import { deadLetterGauge, measuresOf } from './bus/consumer-metrics.ts';
import { USUAL_SETTINGS, type ConsumerSettings } from './bus/consumer-settings.ts';
import {
  failureHeaders,
  originalRoutingKey,
  parkedHeaders,
  readEnvelope,
  retriesOf,
  Unreadable,
} from './bus/delivery.ts';
import { createPublisher } from './bus/publisher.ts';
import { findTooLate } from './erased-tenants.ts';
import { isStoreAway } from './store-outage.ts';
import { backoff, pause } from './wake.ts';
import { findHandled, rememberHandled } from './inbox.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { ping } from './mongo.ts';
import { scopeOfEnvelope } from './scope.ts';
import { defineSubscriptions, type Subscription } from './subscriptions.ts';
import { declareBase, declareService } from './topology.ts';
import type { Transactions } from './transaction.ts';

export {
  on,
  onOther,
  onWanted,
  defineSubscriptions,
  type Handler,
  type Handling,
  type Received,
  type Subscription,
} from './subscriptions.ts';

export type ConsumerOptions = {
  readonly service: ServiceName;
  readonly bus: Bus;
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly subscriptions: readonly Subscription[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings?: Partial<ConsumerSettings>;
};

export type Consumer = {
  /** Whether messages can arrive: the queues stand and the broker knows this consumer. */
  isConsuming(): boolean;
  /** Takes no more messages, finishes and acknowledges those in hand; what is not done in time is delivered again to another. */
  stop(): Promise<void>;
};

/** A message in hand. Its channel may be gone by the time it is done; then the broker delivers it again. */
type Delivery = { readonly message: ConsumeMessage; readonly channel: ConfirmChannel };
type Readable = Delivery & {
  readonly envelope: Envelope;
  readonly data: unknown;
  readonly subscription: Subscription;
};
type Result = 'handled' | 'duplicate' | 'ignored' | { readonly error: unknown };

/**
 * Starts hearing. Resolves once the queues stand and messages can come, or after a few seconds without the broker (they
 * come later then). Rejects with TopologyMismatch, and with an error when two handlers want one type.
 */
export async function startConsumer({
  service,
  bus,
  connection,
  transactions,
  subscriptions: list,
  logger,
  metrics,
  settings,
}: ConsumerOptions): Promise<Consumer> {
  const {
    prefetch,
    batch: batchSize,
    batchTime,
    holdTime,
    startTimeout,
    stopTimeout,
  } = { ...USUAL_SETTINGS, ...settings };
  const subscriptions = defineSubscriptions(service, list);
  const { names } = bus;
  const measures = measuresOf(metrics);
  const publisher = createPublisher(bus, 'retries', (channel) => declareService(channel, names, []));
  const arrived: Delivery[] = [];
  const parking = new Set<Promise<void>>();
  const abandoning = new AbortController();
  const { signal } = abandoning;
  const ending = new AbortController();
  let working: Promise<void> | undefined;
  let consumerTag: string | undefined;
  /** The newest channel; what an older one brought is delivered again. */
  let live: ConfirmChannel | undefined;
  /**
   * One message at a time, until one comes for the first time. Those that come again may hold one that ends the process, and
   * each such end counts for everything in hand: alone, it counts for that one only.
   */
  let isCareful = true;

  const channel = bus.keepChannel({
    purpose: 'consume',
    name: 'consumer',
    async open(fresh) {
      await declareBase(fresh, names);
      await declareService(fresh, names, await subscriptions.bindings());
      live = fresh;
      arrived.length = 0;
      await untilStoreIsBack();
      if (ending.signal.aborted) return;
      isCareful = true;
      await consume(fresh);
    },
  });

  async function consume(on: ConfirmChannel): Promise<void> {
    await on.prefetch(isCareful ? 1 : prefetch);
    const consuming = await on.consume(names.events, (message) => {
      if (message) take({ message, channel: on });
      else {
        logger.warn({ queue: names.events }, 'the broker ended the consumer; starting again');
        channel.renew();
      }
    });
    consumerTag = consuming.consumerTag;
  }

  /** A number of messages ahead holds for consumers that are new: so this one ends, and another begins. */
  async function takeMany(on: ConfirmChannel): Promise<void> {
    isCareful = false;
    try {
      if (consumerTag) await on.cancel(consumerTag);
      if (!ending.signal.aborted) await consume(on);
    } catch (error) {
      logger.debug({ err: error }, 'the channel went before it could take more; a fresh one follows');
    }
  }
  deadLetterGauge(metrics, channel, names.dead);

  function take(delivery: Delivery): void {
    arrived.push(delivery);
    if (isCareful && !delivery.message.fields.redelivered) void takeMany(delivery.channel);
    working ??= work().finally(() => (working = undefined));
  }

  async function work(): Promise<void> {
    // What came in the same read of the socket shares the first batch.
    await Promise.resolve();
    try {
      while (arrived.length > 0 && !signal.aborted) await handle(nextBatch());
    } catch (error) {
      logger.error(
        { err: error },
        'the consumer failed in a way it should not; what it held is delivered again',
      );
      channel.renew();
    }
  }

  /** What comes for the first time goes together; what comes again goes alone, lest it fails or ends its neighbours. */
  function nextBatch(): Delivery[] {
    const again = arrived.findIndex(({ message }) => message.fields.redelivered);
    return arrived.splice(0, again === 0 ? 1 : again < 0 ? batchSize : Math.min(again, batchSize));
  }

  async function handle(batch: readonly Delivery[]): Promise<void> {
    const readable: Readable[] = [];
    const done: Delivery[] = [];
    let isWhole = parking.size === 0;
    const setAside = (delivery: Delivery, type: string, error: unknown) => {
      isWhole = false;
      const parked: Promise<void> = park(delivery, type, error).finally(() => parking.delete(parked));
      parking.add(parked);
    };
    for (const delivery of batch) {
      try {
        const read = readDelivery(delivery);
        if (read) readable.push(read);
        else done.push(delivery);
      } catch (error) {
        setAside(delivery, 'unreadable', error);
      }
    }
    const results = await commitAll(readable);
    if (!results) return;
    readable.forEach((item, index) => {
      const result = results[index] as Result;
      if (typeof result === 'string') {
        measures.count(item.envelope.type, result);
        if (result === 'handled') measures.lag(item.envelope);
        done.push(item);
      } else setAside(item, item.envelope.type, result.error);
    });
    acknowledge(batch, done, isWhole);
  }

  /** What a message says, or null when nobody here wants it. Throws Unreadable. */
  function readDelivery(delivery: Delivery): Readable | null {
    const envelope = readEnvelope(delivery.message.content);
    const subscription = subscriptions.handlerOf(envelope.type);
    if (!subscription) {
      measures.count(envelope.type, 'ignored');
      return null;
    }
    return { ...delivery, envelope, data: subscription.read(envelope), subscription };
  }

  /** In as few transactions as their time allows. Null when given up because of a stop. */
  async function commitAll(items: readonly Readable[]): Promise<Result[] | null> {
    const results: Result[] = [];
    while (results.length < items.length) {
      const some = await commitSome(items.slice(results.length));
      if (!some) return null;
      results.push(...some);
    }
    return results;
  }

  /** The first of them in one transaction; when that fails, each in its own. Null when given up because of a stop. */
  async function commitSome(items: readonly Readable[]): Promise<Result[] | null> {
    const together = await whileStoreAway(() => commit(items));
    if (!together) return null;
    if (!('error' in together)) return together.results;
    if (items.length > 1)
      logger.debug(
        { err: together.error, messages: items.length },
        'a batch failed; each message goes alone',
      );
    const results: Result[] = [];
    for (const item of items) {
      const alone =
        items.length === 1 && !isSettledRefusal(item, together.error)
          ? together
          : await whileStoreAway(() => commitAlone(item));
      if (!alone) return null;
      results.push('error' in alone ? alone : (alone.results[0] as Result));
    }
    return results;
  }

  /** As many of them as fit into the time of one transaction, in their order, one at least. */
  async function commit(items: readonly Readable[]): Promise<Result[]> {
    return transactions.run(async (unit) => {
      const until = performance.now() + batchTime;
      const handled = await findHandled(
        connection,
        items.map(({ envelope }) => envelope.id),
        unit.session,
      );
      const tooLate = await findTooLate(
        connection,
        items.map(({ envelope }) => envelope),
        unit.session,
      );
      const fresh: string[] = [];
      const results: Result[] = [];
      for (const { envelope, data, subscription } of items) {
        if (results.length > 0 && performance.now() > until) break;
        if (handled.has(envelope.id)) {
          results.push('duplicate');
          continue;
        }
        handled.add(envelope.id);
        fresh.push(envelope.id);
        if (tooLate.has(envelope.id)) {
          results.push('ignored');
          continue;
        }
        await subscription.handle({ envelope, data }, { scope: scopeOfEnvelope(envelope, service), unit });
        results.push('handled');
      }
      await rememberHandled(connection, fresh, unit.session);
      return results;
    });
  }

  async function commitAlone(item: Readable): Promise<Result[]> {
    try {
      return await commit([item]);
    } catch (error) {
      if (!isSettledRefusal(item, error)) throw error;
      // Nothing of the refused attempt stays; the event counts as handled.
      return transactions.run(async ({ session }) => {
        const handled = await findHandled(connection, [item.envelope.id], session);
        if (handled.size === 0) await rememberHandled(connection, [item.envelope.id], session);
        return ['handled'];
      });
    }
  }

  /** Tries until the database is there. Null when given up: because of a stop, or because it is away for long. */
  async function whileStoreAway(
    attempt: () => Promise<Result[]>,
  ): Promise<{ results: Result[] } | { error: unknown } | null> {
    const since = performance.now();
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return { results: await attempt() };
      } catch (error) {
        if (!isStoreAway(error)) return { error };
        if (failures === 1)
          logger.warn({ err: error }, 'the database is away; holding what arrived until it is back');
        measures.held();
        if (performance.now() - since > holdTime) {
          logger.warn('the database is away for long; what was held goes back to the broker');
          arrived.length = 0;
          channel.renew();
          return null;
        }
        await pause(backoff(failures, { most: 2_000 }), signal);
      }
    }
    return null;
  }

  async function untilStoreIsBack(): Promise<void> {
    for (let failures = 1; !ending.signal.aborted; failures++) {
      if (
        await ping(connection).then(
          () => true,
          () => false,
        )
      )
        return;
      await pause(backoff(failures, { most: 2_000 }), ending.signal);
    }
  }

  /** Sends a failed message on, to wait for its next attempt or to be parked, and only then acknowledges it. */
  async function park(delivery: Delivery, type: string, error: unknown): Promise<void> {
    const { message } = delivery;
    const retries = retriesOf(message);
    const next = error instanceof Unreadable ? undefined : names.retries[retries];
    const id = String(message.properties.messageId ?? '');
    const outgoing = {
      exchange: names.own,
      routingKey: next?.queue ?? names.dead,
      content: message.content,
      messageId: id || `unnamed-${delivery.message.fields.deliveryTag}-${Date.now()}`,
      contentType: message.properties.contentType as string | undefined,
      headers: next ? failureHeaders(message, error) : parkedHeaders(message, error),
    };
    for (let failures = 1; !signal.aborted && delivery.channel === live; failures++) {
      const outcome = (await publisher.channel.wait(1_000)) ? await publisher.publish(outgoing) : 'lost';
      if (outcome === 'confirmed') {
        measures.count(type, next ? 'retried' : 'dead');
        const about = {
          err: error,
          eventId: id,
          type,
          routingKey: originalRoutingKey(message),
          attempt: retries + 1,
        };
        if (next) logger.warn({ ...about, again: next.delay }, 'an event failed; it comes again');
        else logger.error(about, 'an event was parked: look at it with npm run dead-letters');
        acknowledgeOne(delivery);
        return;
      }
      // The queue may be gone: opening the channel declares it again.
      if (outcome === 'unroutable') publisher.channel.renew();
      await pause(backoff(failures, { most: 2_000 }), signal);
    }
  }

  function acknowledge(batch: readonly Delivery[], done: readonly Delivery[], isWhole: boolean): void {
    const last = batch.at(-1);
    if (isWhole && last) acknowledgeOne(last, { andAllBefore: true });
    else for (const delivery of done) acknowledgeOne(delivery);
  }

  function acknowledgeOne({ channel: on, message }: Delivery, { andAllBefore = false } = {}): void {
    try {
      on.ack(message, andAllBefore);
    } catch (error) {
      logger.debug({ err: error }, 'the channel went before the acknowledgement; the inbox knows');
    }
  }

  async function finishInHand(): Promise<void> {
    while (working || parking.size > 0) await Promise.all([working, ...parking]);
  }

  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      ending.abort();
      if (consumerTag)
        await channel
          .current()
          ?.cancel(consumerTag)
          .catch(() => undefined);
      const inTime = await Promise.race([finishInHand().then(() => true), sleep(stopTimeout)]);
      if (!inTime)
        logger.warn({ messages: arrived.length }, 'stopped with messages in hand; they are delivered again');
      abandoning.abort();
      await channel.close();
      await publisher.close();
    })());

  try {
    await channel.opened(startTimeout);
  } catch (error) {
    await stop();
    throw error;
  }
  return { isConsuming: () => channel.current() !== null && !ending.signal.aborted, stop };
}

const isSettledRefusal = (item: Readable, error: unknown) =>
  item.subscription.whenRefused === 'settle' && error instanceof Refusal;

const sleep = (milliseconds: number) =>
  new Promise<false>((done) => setTimeout(() => done(false), milliseconds).unref());
