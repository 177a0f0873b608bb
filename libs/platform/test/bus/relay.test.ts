import type { ConsumeMessage } from 'amqplib';
import mongoose from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { startConsumer, on } from '@membership/platform/consumer';
import { Lease, LEASES, type LeaseRow } from '@membership/platform/lease';
import { firstEntryIdAt, type OutboxEntry } from '@membership/platform/outbox';
import { startRelay, type Relay, type RelayOptions } from '@membership/platform/relay';
import { waitingFact, type Transactions } from '@membership/platform/transaction';
import { scopeOfJob } from '@membership/platform/scope';
import { eventually, startKit, thingChanged, thingMade, type Kit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit('licenses');
});
afterAll(() => kit.close());

const running: Relay[] = [];
afterEach(async () => {
  for (const relay of running.splice(0)) await relay.stop({ flush: false });
  await outbox().deleteMany({});
});

const outbox = () => kit.connection.collection<OutboxEntry>('outbox');
const isEmpty = () => eventually(async () => expect(await outbox().countDocuments()).toBe(0));

function relayOn({
  connection = kit.connection,
  bus = kit.bus(),
  transactions = kit.transactions(),
  settings = {},
}: Partial<RelayOptions> = {}) {
  const relay = startRelay({
    connection,
    bus,
    transactions,
    logger: kit.logger,
    metrics: bus.metrics,
    service: 'licenses',
    // So long that a slow moment does not cost a relay its lease.
    settings: { leaseTtl: 6_000, ...settings },
  });
  running.push(relay);
  return { bus, relay, transactions };
}

const isHolder = (relay: Relay) => eventually(() => expect(relay.isHolder()).toBe(true));

/** Announces facts 1 … `count` of each aggregate, each in a transaction of its own. */
async function announceSeries(
  transactions: Transactions,
  aggregates: readonly string[],
  count: number,
): Promise<void> {
  for (let sequence = 1; sequence <= count; sequence++)
    for (const aggregate of aggregates)
      await kit.announce(transactions, thingMade, aggregate, sequence, { value: sequence });
}

const madeFact = (subject: string, sequence: number) =>
  waitingFact('licenses', scopeOfJob(1, 'licenses', 'test'), thingMade, {
    subject,
    sequence,
    data: { value: sequence },
  });

/** Writes facts as a process of the version before does: a document each. */
const insertOfBefore = (facts: readonly ReturnType<typeof madeFact>[], createdAt = new Date()) =>
  kit.connection.collection<{ _id: string }>('outbox').insertMany(
    facts.map(({ id: _id, content, ...fact }) => ({
      _id,
      ...fact,
      envelope: JSON.parse(content) as Envelope,
      createdAt,
    })),
  );

/** Announces facts 1 … `count` of one aggregate in one transaction. */
const announceTogether = (transactions: Transactions, subject: string, count: number) =>
  transactions.run(async (unit) => {
    for (const sequence of upTo(count))
      unit.announce(scopeOfJob(1, 'licenses', 'test'), thingMade, {
        subject,
        sequence,
        data: { value: sequence },
      });
  });

/** Sequences in order of arrival, repeats left out. */
function sequencesOf(events: readonly Envelope[], aggregate: string): number[] {
  return [...new Set(events.filter(({ subject }) => subject === aggregate).map(({ sequence }) => sequence))];
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('a fact is published after its commit, and leaves the outbox', async () => {
  const heard = await kit.spy();
  const { bus, relay, transactions } = relayOn({ settings: { poll: 60_000 } });
  await isHolder(relay);
  const id = await kit.announce(transactions, thingMade, 'a', 1, { value: 1 });
  await eventually(() => expect(heard.map((event) => event.id)).toEqual([id]));
  await isEmpty();
  expect(
    await kit.metric(bus, 'membership_events_published_total', {
      type: 'thing.made.v1',
      outcome: 'confirmed',
    }),
  ).toBe(1);
  expect(await kit.metric(bus, 'membership_outbox_rows')).toBe(0);
  await eventually(async () => expect(await kit.metric(bus, 'membership_relay_holder')).toBe(1));
  await eventually(async () => expect(await kit.queueLength(kit.names.log)).toBeGreaterThanOrEqual(1));
});

test('a transaction that fails announces nothing', async () => {
  const heard = await kit.spy();
  const { transactions } = relayOn();
  const failing = transactions.run(async (unit) => {
    unit.announce(scopeOfJob(1, 'licenses', 'test'), thingMade, {
      subject: 'undone',
      sequence: 1,
      data: { value: 1 },
    });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await kit.announce(transactions, thingMade, 'done', 1, { value: 1 });
  await eventually(() => expect(heard.map(({ subject }) => subject)).toEqual(['done']));
});

test('what a transaction announces is one document, or a few when it is very much', async () => {
  const heard = await kit.spy();
  const transactions = kit.transactions();
  await announceTogether(transactions, 'few', 40);
  expect((await outbox().find().toArray()).map(({ facts }) => facts.length)).toEqual([40]);
  await announceTogether(transactions, 'many', 1_100);
  const entries = await outbox().find().sort({ _id: 1 }).toArray();
  expect(entries.map(({ facts }) => facts.length)).toEqual([40, 500, 500, 100]);
  expect(entries.slice(1).flatMap(({ facts }) => facts.map(({ sequence }) => sequence))).toEqual(upTo(1_100));
  relayOn({ transactions });
  await isEmpty();
  for (const [subject, count] of [
    ['few', 40],
    ['many', 1_100],
  ] as const)
    expect(
      heard.filter((event) => event.subject === subject).map(({ data }) => (data as { value: number }).value),
    ).toEqual(upTo(count));
});

test('facts that do not fit into one document are in several', async () => {
  const transactions = kit.transactions();
  const scope = { ...scopeOfJob(1, 'licenses', 'test'), requestId: '世'.repeat(1_500_000) };
  await transactions.run(async (unit) => {
    for (const sequence of upTo(5))
      unit.announce(scope, thingMade, { subject: 'large', sequence, data: { value: sequence } });
  });
  const entries = await outbox().find().sort({ _id: 1 }).toArray();
  expect(entries.map(({ facts }) => facts.map(({ sequence }) => sequence))).toEqual([[1, 2], [3, 4], [5]]);
});

test('facts that a version before wrote, a document each, go first and in order, also many of them', async () => {
  const heard = await kit.spy();
  const transactions = kit.transactions();
  const ofBefore = upTo(30).map((sequence) => madeFact('both', sequence));
  for (const [index, fact] of ofBefore.entries())
    await insertOfBefore([fact], new Date(Date.now() - 60_000 + index));
  for (const sequence of [31, 32])
    await kit.announce(transactions, thingMade, 'both', sequence, { value: sequence });
  const { bus } = relayOn({ transactions, settings: { batch: 7 } });
  await isEmpty();
  expect(heard.map(({ sequence }) => sequence)).toEqual(upTo(32));
  expect(heard.slice(0, 30).map(({ id }) => id)).toEqual(ofBefore.map(({ id }) => id));
  expect(await kit.metric(bus, 'membership_outbox_oldest_seconds')).toBe(0);
});

test('what another replica wrote is published at its call, long before the next look', async () => {
  const heard = await kit.spy();
  const { relay } = relayOn({ settings: { poll: 600_000 } });
  await isHolder(relay);
  const other = relayOn({ settings: { poll: 600_000 } });
  await eventually(() => expect(other.relay.isOpen()).toBe(true));
  for (let sequence = 1; sequence <= 20; sequence++) {
    await kit.announce(other.transactions, thingMade, 'called', sequence, { value: sequence });
    await eventually(() => expect(heard).toHaveLength(sequence));
  }
  expect([relay.isHolder(), other.relay.isHolder()]).toEqual([true, false]);
});

test('what another replica wrote while its line to the broker was cut is called for as soon as it is back', async () => {
  const heard = await kit.spy();
  const { relay } = relayOn({ settings: { poll: 600_000 } });
  await isHolder(relay);
  const line = await kit.brokerLine();
  const other = relayOn({ bus: kit.bus({ url: line.url }), settings: { poll: 600_000 } });
  await eventually(() => expect(other.relay.isOpen()).toBe(true));
  await line.cut();
  await eventually(() => expect(other.relay.isOpen()).toBe(false));
  await kit.announce(other.transactions, thingMade, 'cut', 1, { value: 1 });
  await line.join();
  await eventually(() => expect(sequencesOf(heard, 'cut')).toEqual([1]));
  expect([relay.isHolder(), other.relay.isHolder()]).toEqual([true, false]);
});

test('what this process commits is sent without being read back; what is handed over twice goes once', async () => {
  const heard = await kit.spy();
  let reads = 0;
  const uri = new URL(kit.mongoUrl);
  uri.pathname = `/${kit.connection.name}`;
  const connection = await mongoose.createConnection(uri.href, { monitorCommands: true }).asPromise();
  connection.getClient().on('commandStarted', ({ command }) => void (command.find === 'outbox' && reads++));
  const { relay, transactions } = relayOn({ connection, settings: { poll: 600_000 } });
  await eventually(() => expect(relay.isHolder() && relay.isOpen() && reads > 0).toBe(true));
  reads = 0;
  await announceSeries(transactions, ['h', 'i'], 50);
  await eventually(() => expect(heard).toHaveLength(100));
  // The line for calls may open late, which is a look.
  expect(reads).toBeLessThan(5);
  relay.wake();
  await isEmpty();
  await relay.stop();
  for (const aggregate of ['h', 'i'])
    expect(heard.filter(({ subject }) => subject === aggregate).map(({ sequence }) => sequence)).toEqual(
      upTo(50),
    );
  await connection.close();
});

test('what another replica wrote before goes first, also when nobody told of it', async () => {
  const heard = await kit.spy();
  const { relay, transactions } = relayOn({ settings: { poll: 600_000 } });
  await eventually(() => expect(relay.isHolder() && relay.isOpen()).toBe(true));
  const silent = kit.transactions();
  for (const sequence of upTo(60))
    for (const aggregate of ['p', 'q'])
      await kit.announce(sequence % 3 === 1 ? silent : transactions, thingMade, aggregate, sequence, {
        value: sequence,
      });
  await isEmpty();
  for (const aggregate of ['p', 'q']) {
    expect(sequencesOf(heard, aggregate)).toEqual(upTo(60));
    expect(heard.filter(({ subject }) => subject === aggregate)).toHaveLength(60);
  }
});

test('what another replica wrote is found without being told', async () => {
  const heard = await kit.spy();
  const { relay } = relayOn();
  await isHolder(relay);
  await kit.announce(kit.transactions(), thingMade, 'elsewhere', 1, { value: 1 });
  await eventually(() => expect(heard).toHaveLength(1));
});

test('the facts of an aggregate are published in the order of their sequence', async () => {
  const heard = await kit.spy();
  const transactions = kit.transactions();
  const aggregates = ['a', 'b', 'c'];
  await announceSeries(transactions, aggregates, 20);
  // As a replica with a slow clock would write: newer facts with an older time.
  const newer = await outbox()
    .find({ 'facts.sequence': { $gt: 10 } })
    .toArray();
  await outbox().deleteMany({ 'facts.sequence': { $gt: 10 } });
  await outbox().insertMany(
    newer.map(({ _id, facts }) => ({
      _id: `${firstEntryIdAt(Number.parseInt(_id.slice(1, 13), 16) - 3_600_000)}${_id.slice(13)}`,
      facts,
    })),
  );
  relayOn({ transactions });
  await isEmpty();
  for (const aggregate of aggregates) expect(sequencesOf(heard, aggregate)).toEqual(upTo(20));
});

test('order holds while a queue refuses: nothing of that aggregate overtakes, others go on', async () => {
  const { channel, names } = kit;
  const narrow = `${names.events}.narrow`;
  await channel.assertQueue(narrow, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish' },
  });
  await channel.bindQueue(narrow, names.exchange, thingChanged.type);
  const heard = await kit.spy();
  const { bus, relay, transactions } = relayOn();
  await isHolder(relay);
  let last = 0;
  const announceNext = () => kit.announce(transactions, thingChanged, 'narrow', ++last, { value: last });
  for (const _one of upTo(12)) await announceNext();
  // A full queue is known as full only a moment later: facts go on until one is refused.
  await eventually(async () => {
    await announceNext();
    expect(
      await kit.metric(bus, 'membership_events_published_total', { outcome: 'refused' }),
    ).toBeGreaterThan(0);
  });
  await kit.announce(transactions, thingMade, 'free', 1, { value: 1 });
  await eventually(() => expect(sequencesOf(heard, 'free')).toEqual([1]));
  const received: number[] = [];
  const { consumerTag } = await channel.consume(narrow, (message: ConsumeMessage | null) => {
    if (!message) return;
    received.push((JSON.parse(message.content.toString()) as Envelope).sequence);
    channel.ack(message);
  });
  await isEmpty();
  await eventually(() => expect(received.at(-1)).toBe(last));
  expect([...new Set(received)]).toEqual(upTo(last));
  await channel.cancel(consumerTag);
  await channel.deleteQueue(narrow);
});

test('while the broker is away writes go on, and the outbox drains in order when it is back', async () => {
  const line = await kit.brokerLine();
  const heard = await kit.spy();
  const { bus, relay, transactions } = relayOn({ bus: kit.bus({ url: line.url }) });
  await isHolder(relay);
  await announceSeries(transactions, ['before'], 1);
  await isEmpty();
  await line.cut();
  await announceSeries(transactions, ['a', 'b'], 30);
  expect(await outbox().countDocuments()).toBe(60);
  // A slow database keeps a scrape at its last value.
  await eventually(async () => {
    expect(await kit.metric(bus, 'membership_outbox_rows')).toBe(60);
    expect(await kit.metric(bus, 'membership_outbox_oldest_seconds')).toBeGreaterThan(0);
  });
  await line.join();
  await isEmpty();
  await eventually(() => {
    for (const aggregate of ['a', 'b']) expect(sequencesOf(heard, aggregate)).toEqual(upTo(30));
  });
});

test('the broker goes in the middle of a batch: everything arrives, in order', async () => {
  const line = await kit.brokerLine();
  const heard = await kit.spy();
  const transactions = kit.transactions();
  const aggregates = upTo(40).map((number) => `m${number}`);
  await announceSeries(transactions, aggregates, 10);
  const { relay } = relayOn({ bus: kit.bus({ url: line.url }), transactions, settings: { batch: 50 } });
  await isHolder(relay);
  await eventually(() => expect(heard.length).toBeGreaterThan(20), { every: 1 });
  await line.cut();
  await line.join();
  await isEmpty();
  await eventually(() => {
    for (const aggregate of aggregates) expect(sequencesOf(heard, aggregate)).toEqual(upTo(10));
  });
});

test('a hot aggregate: many of its facts are under way at once, in order, also when the broker goes in the middle', async () => {
  const line = await kit.brokerLine();
  const heard = await kit.spy();
  const transactions = kit.transactions();
  const many = 1_500;
  await announceTogether(transactions, 'hot', many);
  const { bus, relay } = relayOn({ bus: kit.bus({ url: line.url }), transactions });
  await isHolder(relay);
  await eventually(() => expect(heard.length).toBeGreaterThan(100), { every: 1 });
  await line.cut();
  await line.join();
  await isEmpty();
  await eventually(() => expect(sequencesOf(heard, 'hot')).toEqual(upTo(many)));
  // What was lost with the connection is a window at most: nothing went on without its forerunners.
  const lost = await kit.metric(bus, 'membership_events_published_total', { outcome: 'lost' });
  expect(lost).toBeLessThanOrEqual(64);
});

test('a relay killed between the confirm and the deletion publishes again, which has one effect', async () => {
  const done = kit.connection.collection<{ _id: string; times: number }>('done');
  const listener = kit.bus({ service: 'points' });
  const consumer = await startConsumer({
    service: 'points',
    bus: listener,
    connection: kit.connection,
    transactions: kit.transactions('points'),
    logger: kit.logger,
    metrics: listener.metrics,
    subscriptions: [
      on(
        thingMade,
        async ({ envelope }, { unit }) =>
          void (await done.updateOne(
            { _id: envelope.id },
            { $inc: { times: 1 } },
            { upsert: true, session: unit.session },
          )),
      ),
    ],
    settings: { startTimeout: 60_000 },
  });
  const fact = madeFact('twice', 1);
  await kit.publish(JSON.parse(fact.content) as Envelope);
  await eventually(async () => expect(await done.findOne({ _id: fact.id })).toMatchObject({ times: 1 }));
  await outbox().insertOne({ _id: firstEntryIdAt(Date.now()), facts: [fact] });
  relayOn();
  await isEmpty();
  await eventually(async () =>
    expect(await kit.metric(listener, 'membership_events_consumed_total', { outcome: 'duplicate' })).toBe(1),
  );
  expect(await done.findOne({ _id: fact.id })).toMatchObject({ times: 1 });
  await consumer.stop();
  for (const queue of listener.names.queues)
    if (queue !== listener.names.log) await kit.channel.deleteQueue(queue);
});

test('of two relays one publishes, so that they do not interleave; the other takes over when it ends', async () => {
  const heard = await kit.spy();
  const transactions = kit.transactions();
  const first = relayOn({ transactions });
  await isHolder(first.relay);
  const second = relayOn({ transactions });
  await announceSeries(transactions, ['x', 'y'], 25);
  await isEmpty();
  expect(second.relay.isHolder()).toBe(false);
  expect(await kit.metric(second.bus, 'membership_events_published_total')).toBe(0);
  await first.relay.stop();
  await isHolder(second.relay);
  await kit.announce(transactions, thingMade, 'x', 26, { value: 26 });
  await isEmpty();
  expect(heard.filter(({ subject }) => subject === 'x').map(({ sequence }) => sequence)).toEqual(upTo(26));
  expect(heard.filter(({ subject }) => subject === 'y').map(({ sequence }) => sequence)).toEqual(upTo(25));
});

test('a relay whose holder died takes over when the lease ends', async () => {
  await new Lease(kit.connection, 'relay').claim({ ttl: 3_600_000 });
  const heard = await kit.spy();
  const { relay, transactions } = relayOn({ settings: { leaseTtl: 600 } });
  await kit.announce(transactions, thingMade, 'orphan', 1, { value: 1 });
  expect(relay.isHolder()).toBe(false);
  await kit.connection
    .collection<LeaseRow>(LEASES)
    .updateOne({ _id: 'relay' }, { $set: { until: new Date() } });
  await eventually(() => expect(heard.map(({ subject }) => subject)).toEqual(['orphan']));
});

test('a stop flushes the outbox, or leaves it for the next start', async () => {
  const heard = await kit.spy();
  const transactions = kit.transactions();
  const left = relayOn({ transactions, settings: { poll: 60_000, batch: 5 } });
  await isHolder(left.relay);
  await left.relay.stop({ flush: false });
  await announceSeries(transactions, ['f'], 12);
  const next = relayOn({ transactions });
  // A stop does not wait long for a channel: one that opens slowly leaves all to the next start.
  await eventually(() => expect(next.relay.isHolder() && next.relay.isOpen()).toBe(true));
  await next.relay.stop({ flush: true });
  expect(await outbox().countDocuments()).toBe(0);
  await eventually(() => expect(sequencesOf(heard, 'f')).toEqual(upTo(12)));
});

test('a stop does not wait for a broker that takes nothing; the next start sends what stayed', async () => {
  const line = await kit.brokerLine();
  // Nothing but the stop itself may end the waiting.
  const url = new URL(line.url);
  url.searchParams.set('heartbeat', '0');
  const { relay, transactions } = relayOn({
    bus: kit.bus({ url: url.href }),
    settings: { batch: 2, flushTimeout: 200 },
  });
  await eventually(() => expect(relay.isHolder() && relay.isOpen()).toBe(true));
  line.hang();
  for (let sequence = 1; sequence <= 8; sequence++)
    await kit.announce(transactions, thingMade, 'stuck', sequence, { value: sequence });
  await relay.stop();
  expect(await outbox().countDocuments()).toBe(8);
  line.goOn();
  const heard = await kit.spy();
  relayOn();
  await eventually(() =>
    expect(
      new Set(heard.filter(({ subject }) => subject === 'stuck').map(({ sequence }) => sequence)).size,
    ).toBe(8),
  );
});

test('a missing topology keeps the facts; declared again, it takes them', async () => {
  const { relay, transactions } = relayOn();
  await isHolder(relay);
  await kit.announce(transactions, thingMade, 'u', 1, { value: 1 });
  await isEmpty();
  await kit.channel.deleteExchange(kit.names.exchange);
  await kit.announce(transactions, thingMade, 'u', 2, { value: 2 });
  await isEmpty();
  await kit.channel.unbindQueue(kit.names.log, kit.names.exchange, '#');
  await kit.announce(transactions, thingMade, 'u', 3, { value: 3 });
  await isEmpty();
  await kit.channel.checkExchange(kit.names.exchange);
});

test('a fact too old to be sent is reported and kept', async () => {
  const heard = await kit.spy();
  const longAgo = Date.now() - 31 * 24 * 3_600_000;
  await outbox().insertOne({ _id: firstEntryIdAt(longAgo), facts: [madeFact('old', 1)] });
  await insertOfBefore([madeFact('older', 1)], new Date(longAgo));
  const { bus, transactions } = relayOn();
  await kit.announce(transactions, thingMade, 'new', 1, { value: 1 });
  await eventually(() => expect(heard.map(({ subject }) => subject)).toEqual(['new']));
  await eventually(async () => expect(await kit.metric(bus, 'membership_outbox_stale_rows')).toBe(2));
  // The other is deleted beside the publishing, a moment after it was heard.
  await eventually(async () => expect(await outbox().countDocuments()).toBe(2));
  expect(await kit.metric(bus, 'membership_outbox_oldest_seconds')).toBeGreaterThan(30 * 24 * 3_600);
});
