import mongoose from 'mongoose';
import { refuse } from '@membership/contracts/errors';
import type { Envelope } from '@membership/contracts/event';
import type { Bus } from '@membership/platform/bus';
import {
  on,
  onOther,
  startConsumer,
  type Consumer,
  type ConsumerOptions,
  type Subscription,
} from '@membership/platform/consumer';
import type { OutboxEntry } from '@membership/platform/outbox';
import { transactionsOf } from '@membership/platform/transaction';
import { eventually, pause, startKit, thingChanged, thingEnded, thingMade, type Kit } from './kit.ts';

type Effect = { _id: string; value: number; times?: number };
let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
afterAll(() => kit.close());

const running: Consumer[] = [];
afterEach(async () => {
  for (const consumer of running.splice(0)) await consumer.stop();
  for (const queue of [kit.names.events, kit.names.dead]) await kit.channel.purgeQueue(queue);
});

const effects = () => kit.connection.collection<Effect>('effects');
const inboxed = async (id: string) =>
  kit.connection.collection<{ _id: string }>('inbox').findOne({ _id: id });

/** Writes down that it ran; `$inc` shows what ran twice. */
const record: Subscription = on(thingMade, async ({ envelope, data }, { unit }) => {
  await effects().updateOne(
    { _id: envelope.id },
    { $set: { value: data.value }, $inc: { times: 1 } },
    { upsert: true, session: unit.session },
  );
});

async function listen(
  subscriptions: readonly Subscription[],
  { bus = kit.bus(), ...options }: Partial<ConsumerOptions> & { bus?: Bus } = {},
) {
  const consumer = await startConsumer({
    service: 'points',
    bus,
    connection: kit.connection,
    transactions: kit.transactions(),
    logger: kit.logger,
    metrics: bus.metrics,
    subscriptions,
    ...options,
    // What is published before the queue is bound would be for nobody.
    settings: { startTimeout: 60_000, ...options.settings },
  });
  running.push(consumer);
  const outcome = (name: string) => kit.metric(bus, 'membership_events_consumed_total', { outcome: name });
  return { bus, consumer, outcome };
}

/** Publishes in order and resolves when the broker has all of it. */
const publishAll = (envelopes: readonly Envelope[]) =>
  Promise.all(envelopes.map((envelope) => kit.publish(envelope)));
const things = (count: number) =>
  Array.from({ length: count }, (_, index) => kit.envelope(thingMade, `thing-${index}`, 1, { value: index }));
const recorded = (envelopes: readonly Envelope[]) =>
  effects().countDocuments({ _id: { $in: envelopes.map(({ id }) => id) }, times: 1 });

test('an event is handled in the transaction that marks it, then acknowledged', async () => {
  const { bus, consumer, outcome } = await listen([record]);
  const [event] = things(1) as [Envelope];
  await kit.publish(event);
  await eventually(async () =>
    expect(await effects().findOne({ _id: event.id })).toMatchObject({ value: 0, times: 1 }),
  );
  expect(await inboxed(event.id)).not.toBeNull();
  await eventually(async () => expect(await outcome('handled')).toBe(1));
  expect(await kit.metric(bus, 'membership_consumer_lag_seconds', { le: '30' })).toBe(1);
  await consumer.stop();
  expect(await kit.queueLength(kit.names.events)).toBe(0);
});

test('the same event twice, then a hundred times at once, has one effect', async () => {
  const { outcome } = await listen([record]);
  const [event] = things(1) as [Envelope];
  await kit.publish(event);
  await kit.publish(event);
  await eventually(async () => expect(await outcome('duplicate')).toBe(1));
  await publishAll(Array.from({ length: 100 }, () => event));
  await eventually(async () => expect(await outcome('duplicate')).toBe(101));
  expect(await effects().findOne({ _id: event.id })).toMatchObject({ times: 1 });
});

test('two replicas that get copies of one event at the same time give it one effect', async () => {
  const first = await listen([record]);
  const second = await listen([record]);
  const events = things(40);
  await publishAll([...events, ...events, ...events]);
  await eventually(async () =>
    expect((await first.outcome('handled')) + (await second.outcome('handled'))).toBe(40),
  );
  await eventually(async () =>
    expect((await first.outcome('duplicate')) + (await second.outcome('duplicate'))).toBe(80),
  );
  expect(await recorded(events)).toBe(40);
});

test('poison is parked at once and does not hold up what comes behind it', async () => {
  const { bus, outcome } = await listen([record]);
  const events = things(3);
  const wrongData = { ...kit.envelope(thingMade, 'x', 1, { value: 1 }), data: { value: 'no number' } };
  await kit.publishRaw('thing.made.v1', Buffer.from('{"half": '));
  await kit.publishRaw('thing.made.v1', Buffer.from('{"specversion":"1.0"}'));
  await kit.publish(wrongData as Envelope);
  await publishAll(events);
  await eventually(async () => expect(await recorded(events)).toBe(3));
  await eventually(async () => expect(await outcome('dead')).toBe(3));
  expect(await kit.metric(bus, 'membership_dead_letters')).toBe(3);
  const parked = await kit.channel.get(kit.names.dead, { noAck: true });
  expect(parked && parked.properties.headers).toMatchObject({
    'x-reason': 'unreadable',
    'x-retry-count': 1,
    'x-original-routing-key': 'thing.made.v1',
    'x-error': expect.stringContaining('not JSON'),
  });
});

test('a handler that fails is tried again after a delay, and then has one effect', async () => {
  let failures = 2;
  const flaky = on(thingMade, async (message, handling) => {
    await record.handle(message, handling);
    if (failures-- > 0) throw new Error('not yet');
  });
  const { outcome } = await listen([flaky]);
  const [event] = things(1) as [Envelope];
  await kit.publish(event);
  await eventually(async () => expect(await outcome('handled')).toBe(1));
  // The first failure of a batch of one is its attempt alone, so each failure is one retry.
  expect(await outcome('retried')).toBe(2);
  expect(await effects().findOne({ _id: event.id })).toMatchObject({ times: 1 });
});

test('one failing message does not take the others of its batch with it', async () => {
  const bad = 13;
  const { outcome } = await listen([
    on(thingMade, async (message, handling) => {
      if (message.data.value === bad) throw new Error('never');
      await record.handle(message, handling);
    }),
  ]);
  const events = things(30);
  await publishAll(events);
  await eventually(async () => expect(await recorded(events)).toBe(29));
  await eventually(async () => expect(await outcome('dead')).toBe(1));
  expect(await outcome('retried')).toBe(4);
});

test('what fails through all delays is parked with its history', async () => {
  let attempts = 0;
  const { outcome } = await listen([
    on(thingMade, async () => {
      attempts++;
      throw new TypeError('broken for good');
    }),
  ]);
  const [event] = things(1) as [Envelope];
  await kit.publish(event);
  await eventually(async () => expect(await outcome('dead')).toBe(1));
  expect(attempts).toBe(5);
  const parked = await kit.channel.get(kit.names.dead, { noAck: true });
  if (!parked) throw new Error('nothing is parked');
  expect(JSON.parse(parked.content.toString())).toEqual(event);
  expect(parked.properties.messageId).toBe(event.id);
  expect(parked.properties.headers).toMatchObject({
    'x-reason': 'failed',
    'x-retry-count': 5,
    'x-error': 'TypeError: broken for good',
    'x-stack': expect.stringContaining('consumer.test.ts'),
    'x-original-routing-key': 'thing.made.v1',
    'x-first-failed-at': expect.stringMatching(/^\d{4}-.*Z$/),
    'x-parked-at': expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(await inboxed(event.id)).toBeNull();
});

test('facts that a handler announces commit with its effect, and name their cause', async () => {
  let shouldFail = true;
  const { outcome } = await listen([
    on(thingMade, async ({ data }, { scope, unit }) => {
      unit.announce(scope, thingEnded, { subject: 'z', sequence: 1, data });
      if (shouldFail) {
        shouldFail = false;
        throw new Error('after the announcement');
      }
    }),
  ]);
  const [event] = things(1) as [Envelope];
  await kit.publish(event);
  await eventually(async () => expect(await outcome('handled')).toBe(1));
  const entries = await kit.connection.collection<OutboxEntry>('outbox').find().toArray();
  const [fact, ...others] = entries.flatMap(({ facts }) => facts);
  expect(others).toEqual([]);
  expect(JSON.parse(fact?.content as string)).toMatchObject({
    type: 'thing.ended.v1',
    causationid: event.id,
    correlationid: event.correlationid,
    tenantid: 1,
    actor: 'system:points',
  });
  await kit.connection.collection('outbox').deleteMany({});
});

test('a refusal is retried, or settles the event where the handler says so, without anything it wrote', async () => {
  const refusing = on(
    thingMade,
    async (message, handling) => {
      await record.handle(message, handling);
      throw refuse('POINTS_DISABLED');
    },
    { whenRefused: 'settle' },
  );
  const { outcome } = await listen([refusing]);
  const events = things(5);
  await publishAll(events);
  await eventually(async () => expect(await outcome('handled')).toBe(5));
  expect(await recorded(events)).toBe(0);
  expect(await inboxed((events[0] as Envelope).id)).not.toBeNull();
});

test('other types go to the catch-all, and those that nobody wants any more are let go', async () => {
  const others: string[] = [];
  const first = await listen([
    record,
    onOther(['thing.*.v1'], async ({ envelope }) => void others.push(envelope.type)),
  ]);
  await kit.publish(kit.envelope(thingChanged, 'c', 1, { value: 1 }));
  await eventually(async () => expect(await first.outcome('handled')).toBe(1));
  expect(others).toEqual(['thing.changed.v1']);
  await first.consumer.stop();
  // The binding to thing.*.v1 stays at the broker; this version has no use for it.
  const second = await listen([record]);
  await kit.publish(kit.envelope(thingChanged, 'c', 2, { value: 1 }));
  await eventually(async () => expect(await second.outcome('ignored')).toBe(1));
  await second.consumer.stop();
  expect(await kit.queueLength(kit.names.events)).toBe(0);
  await kit.channel.unbindQueue(kit.names.events, kit.names.exchange, 'thing.*.v1');
});

test('two handlers for one type end the start', async () => {
  await expect(listen([record, on(thingMade, async () => undefined)])).rejects.toThrow(
    'points has two handlers for thing.made.v1',
  );
});

test('a broker connection that breaks is made again, and nothing is lost or done twice', async () => {
  const line = await kit.brokerLine();
  const { consumer, outcome } = await listen([record], { bus: kit.bus({ url: line.url }) });
  const before = things(200);
  await publishAll(before.slice(0, 100));
  await line.cut();
  // Once the broker has seen it, what was not acknowledged waits for the next connection.
  await eventually(async () =>
    expect((await kit.channel.checkQueue(kit.names.events)).consumerCount).toBe(0),
  );
  await publishAll(before.slice(100));
  await line.join();
  await eventually(async () => expect(await recorded(before)).toBe(200));
  await eventually(() => expect(consumer.isConsuming()).toBe(true));
  expect(await outcome('dead')).toBe(0);
  await eventually(async () => expect(await kit.queueLength(kit.names.events)).toBe(0));
  await consumer.stop();
  expect(await kit.queueLength(kit.names.events)).toBe(0);
});

test('while MongoDB is away messages are held, not retried; then they are handled', async () => {
  const line = await kit.mongoLine();
  const connection = await mongoose
    .createConnection(line.url, {
      bufferCommands: false,
      serverSelectionTimeoutMS: 300,
      heartbeatFrequencyMS: 500,
    })
    .asPromise();
  kit.defer(() => connection.close());
  const own = connection.collection<Effect>('effects');
  const subscription = on(thingMade, async ({ envelope, data }, { unit }) => {
    await own.updateOne(
      { _id: envelope.id },
      { $set: { value: data.value }, $inc: { times: 1 } },
      { upsert: true, session: unit.session },
    );
  });
  const { bus, consumer, outcome } = await listen([subscription], {
    connection,
    transactions: transactionsOf(connection, 'points'),
  });
  await line.cut();
  const events = things(20);
  await publishAll(events);
  await eventually(async () => expect(await kit.queueLength(kit.names.events)).toBe(0));
  await eventually(async () =>
    expect(await kit.metric(bus, 'membership_consumer_held_total')).toBeGreaterThanOrEqual(2),
  );
  expect(await outcome('retried')).toBe(0);
  await line.join();
  await eventually(async () => expect(await recorded(events)).toBe(20));
  expect(await outcome('retried')).toBe(0);
  expect(await outcome('dead')).toBe(0);
  expect(bus.isConnected()).toBe(true);
  await consumer.stop();
});

test('while MongoDB is away for long nothing is held or consumed; once it is back everything is handled, once', async () => {
  const line = await kit.mongoLine();
  const connection = await mongoose
    .createConnection(line.url, { bufferCommands: false, serverSelectionTimeoutMS: 300 })
    .asPromise();
  kit.defer(() => connection.close());
  const handled: number[] = [];
  const { consumer, outcome } = await listen(
    [on(thingMade, async ({ data }) => void handled.push(data.value))],
    {
      connection,
      transactions: transactionsOf(connection, 'points'),
      settings: { holdTime: 100 },
    },
  );
  await line.cut();
  await publishAll(things(20));
  // What was taken stands in the queue again, and nobody consumes it.
  await eventually(async () => {
    expect(await kit.channel.checkQueue(kit.names.events)).toMatchObject({
      messageCount: 20,
      consumerCount: 0,
    });
    expect(consumer.isConsuming()).toBe(false);
  });
  await line.join();
  await eventually(() => expect(new Set(handled).size).toBe(20));
  await eventually(async () => expect(await outcome('handled')).toBe(20));
  expect([await outcome('retried'), await outcome('dead')]).toEqual([0, 0]);
});

test('a message that ends the process each time is parked by the broker in the end, and none of its neighbours with it', async () => {
  const events = things(40);
  const DEADLY = 7;
  const line = await kit.brokerLine();
  const gone = Promise.withResolvers<void>();
  let ends = 0;
  for (let isOver = false; !isOver; ) {
    let isEnded = false;
    let end: () => void = () => undefined;
    const ended = new Promise<'ended'>((done) => {
      end = () => {
        isEnded = true;
        done('ended');
      };
    });
    const deadly = on(thingMade, async (message, handling) => {
      if (message.data.value !== DEADLY) return record.handle(message, handling);
      end();
      // The process is gone in the middle of its work: nothing follows, until all is over.
      await gone.promise;
    });
    const { bus, consumer } = await listen([deadly], {
      bus: kit.bus({ url: line.url }),
      settings: { stopTimeout: 0, prefetch: 40 },
    });
    if (ends === 0) await publishAll(events);
    // Nobody looks any more once this one has ended: the queue goes with the tests.
    const parked = eventually(async () => {
      if (!isEnded) expect(await kit.queueLength(kit.names.dead)).toBeGreaterThan(0);
      return 'parked' as const;
    });
    isOver = (await Promise.race([ended, parked])) === 'parked';
    await line.cut();
    await consumer.stop();
    await bus.close();
    await line.join();
    ends++;
  }
  expect(ends).toBeGreaterThan(15);
  await listen([record]);
  await eventually(async () => expect(await recorded(events)).toBe(39));
  expect(await kit.queueLength(kit.names.dead)).toBe(1);
  gone.reject(new Error('the test is over'));
});

test('a stop finishes what is in hand and leaves the rest to others', async () => {
  let release: (() => void) | undefined;
  const gate = new Promise<void>((done) => (release = done));
  const slow = on(thingMade, async (message, handling) => {
    await gate;
    await record.handle(message, handling);
  });
  const { consumer } = await listen([slow], { settings: { prefetch: 10 } });
  const events = things(30);
  await publishAll(events);
  await eventually(async () => expect(await kit.queueLength(kit.names.events)).toBeLessThanOrEqual(20));
  const stopping = consumer.stop();
  expect(consumer.isConsuming()).toBe(false);
  release?.();
  await stopping;
  // The first came before the consumer took ten ahead.
  expect(await recorded(events)).toBe(11);
  await eventually(async () => expect(await kit.queueLength(kit.names.events)).toBe(19));
  await listen([record]);
  await eventually(async () => expect(await recorded(events)).toBe(30));
});

test('without a broker the start goes on, and consuming begins when it comes', async () => {
  const line = await kit.brokerLine();
  await line.cut();
  const { consumer } = await listen([record], {
    bus: kit.bus({ url: line.url }),
    settings: { startTimeout: 100 },
  });
  expect(consumer.isConsuming()).toBe(false);
  await line.join();
  await eventually(() => expect(consumer.isConsuming()).toBe(true));
  const [event] = things(1) as [Envelope];
  await kit.publish(event);
  await eventually(async () => expect(await recorded([event])).toBe(1));
});

test('what takes long is committed in parts: the first are done while the last are still being handled', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((done) => (release = done));
  const events = things(12);
  const { outcome } = await listen(
    [
      on(thingMade, async ({ envelope, data }, handling) => {
        if (data.value === 11) await released;
        await pause(20);
        await record.handle({ envelope, data }, handling);
      }),
    ],
    { settings: { batchTime: 50 } },
  );
  await publishAll(events);
  await eventually(async () => expect(await recorded(events)).toBeGreaterThan(0));
  release();
  await eventually(async () => expect(await outcome('handled')).toBe(12));
  expect(await recorded(events)).toBe(12);
});
