import type { Bus } from '@membership/platform/bus';
import { logEntries } from '@membership/platform/log-entries';
import { startLogReader, type LogReader, type LogReaderOptions } from '@membership/platform/log-stream';
import { declareBase } from '@membership/platform/topology';
import { eventually, pause, startKit, thingMade, type Kit } from './kit.ts';

let kit: Kit;
const running: LogReader[] = [];
beforeEach(async () => {
  kit = await startKit('stats');
});
afterEach(async () => {
  for (const reader of running.splice(0)) await reader.stop();
  await kit.close();
});

type Counted = { _id: string; times: number };
const counted = () => kit.connection.collection<Counted>('counted');
const count: LogReaderOptions['handle'] = async (events, { session }) => {
  const updates = events.map(({ id }) => ({
    updateOne: { filter: { _id: id }, update: { $inc: { times: 1 } }, upsert: true },
  }));
  await counted().bulkWrite(updates, { session });
};

async function readerOn({ bus = kit.bus(), ...options }: Partial<LogReaderOptions> & { bus?: Bus } = {}) {
  const reader = await startLogReader({
    bus,
    connection: kit.connection,
    transactions: kit.transactions(),
    name: 'figures',
    handle: count,
    // So long that a slow moment does not hand the log to another reader.
    leaseTtl: 6_000,
    ...options,
  });
  running.push(reader);
  return { bus, reader };
}

/** Publishes this many events through the log. */
async function publish(events: number) {
  await declareBase(kit.channel, kit.names);
  const envelopes = Array.from({ length: events }, (_, index) =>
    kit.envelope(thingMade, `t${index}`, 1, { value: index }),
  );
  await Promise.all(envelopes.map((envelope) => kit.publish(envelope)));
  return envelopes;
}
const hasCounted = (events: number) =>
  eventually(
    async () => {
      expect(await counted().countDocuments()).toBe(events);
      expect(await counted().countDocuments({ times: 1 })).toBe(events);
    },
    { milliseconds: 60_000 },
  );

test('every event is counted once, from the first, and the position says so', async () => {
  const events = await publish(1_200);
  const { bus, reader } = await readerOn();
  await hasCounted(1_200);
  await eventually(async () =>
    expect(await reader.position()).toEqual({
      offset: 1_199,
      asOf: events.at(-1)?.time,
      caughtUp: true,
      lagSeconds: 0,
    }),
  );
  await eventually(async () => {
    expect(await kit.metric(bus, 'membership_stream_offset')).toBe(1_199);
    expect(await kit.metric(bus, 'membership_stream_events_total')).toBe(1_200);
  });
});

test('a reader that starts again goes on where the last one stopped', async () => {
  await publish(30);
  const first = await readerOn();
  await hasCounted(30);
  await first.reader.stop();
  await publish(20);
  const second = await readerOn();
  await hasCounted(50);
  await eventually(async () =>
    expect(await kit.metric(second.bus, 'membership_stream_events_total')).toBe(20),
  );
});

test('an entry that is no event is skipped, and what follows is counted', async () => {
  await publish(3);
  await kit.publishRaw('x', Buffer.from('nonsense'));
  await publish(3);
  const { bus, reader } = await readerOn();
  await hasCounted(6);
  await eventually(async () => expect((await reader.position()).offset).toBe(6));
  await eventually(async () => expect(await kit.metric(bus, 'membership_stream_unreadable_total')).toBe(1));
});

test('what the log holds is read beside its reader, up to an offset; one that ends before it is another log', async () => {
  const events = await publish(700);
  await kit.publishRaw('x', Buffer.from('nonsense'));
  await publish(5);
  const bus = kit.bus();
  const read = async (until: number) => {
    const found = [];
    for await (const entries of logEntries(bus, until, { quietMilliseconds: 500 })) found.push(...entries);
    return found;
  };
  const all = await read(702);
  expect(all.map(({ offset }) => offset)).toEqual(Array.from({ length: 703 }, (_, offset) => offset));
  expect(new Set(all.slice(0, 700).map(({ event }) => event?.id))).toEqual(
    new Set(events.map(({ id }) => id)),
  );
  expect([all[700]?.event, all[701]?.event?.type]).toEqual([null, 'thing.made.v1']);
  expect(await read(3)).toHaveLength(4);
  await expect(read(10_000)).rejects.toThrow('ends at 705; 10000 was read of it before');
});

test('a crash in the middle of a batch counts nothing twice', async () => {
  let crashes = 3;
  const crashing: LogReaderOptions['handle'] = async (events, batch) => {
    await count(events, batch);
    if (crashes-- > 0) throw new Error('in the middle');
  };
  await publish(50);
  await readerOn({ handle: crashing, batch: 20 });
  await hasCounted(50);
  expect(crashes).toBeLessThan(0);
});

test('a connection that breaks between the commit and the acknowledgement counts nothing twice', async () => {
  const line = await kit.brokerLine();
  let cuts = 3;
  const cutting: LogReaderOptions['handle'] = async (events, batch) => {
    await count(events, batch);
    if (cuts-- > 0) {
      await line.cut();
      await line.join();
    }
  };
  await publish(300);
  const { reader } = await readerOn({ bus: kit.bus({ url: line.url }), handle: cutting, batch: 30 });
  await hasCounted(300);
  await publish(10);
  await hasCounted(310);
  await eventually(async () =>
    expect(await reader.position()).toMatchObject({ offset: 309, caughtUp: true }),
  );
});

test('of two readers one counts; the other takes over', async () => {
  const first = await readerOn();
  await eventually(async () => expect((await first.reader.position()).caughtUp).toBe(true));
  const second = await readerOn();
  await publish(40);
  await hasCounted(40);
  expect(await kit.metric(second.bus, 'membership_stream_events_total')).toBe(0);
  expect(await second.reader.position()).toMatchObject({ offset: 39, caughtUp: null });
  await first.reader.stop();
  await publish(40);
  await hasCounted(80);
});

test('two readers that both believe to be alone still count nothing twice', async () => {
  const { transactionsOf } = await import('@membership/platform/transaction');
  await publish(400);
  // Another lease name is what a paused holder amounts to: both read, only one offset can move on.
  const bus = kit.bus();
  const readers = await Promise.all([
    readerOn({ batch: 7 }),
    startLogReader({
      bus,
      connection: leaselessCopy(),
      transactions: transactionsOf(kit.connection, 'stats'),
      name: 'figures',
      handle: count,
      batch: 11,
    }),
  ]);
  running.push(readers[1]);
  await hasCounted(400);

  /** The same database, except that its leases are its own. */
  function leaselessCopy() {
    return new Proxy(kit.connection, {
      get: (connection, name) =>
        name === 'collection'
          ? (collection: string) =>
              connection.collection(collection === 'leases' ? 'leases_of_another' : collection)
          : Reflect.get(connection, name),
    });
  }
});

test('a log that was made anew is read from its very first entry, also while forgetting the old offset takes long', async () => {
  await publish(3);
  const first = await readerOn();
  await hasCounted(3);
  await first.reader.stop();
  await kit.channel.deleteQueue(kit.names.log);
  await publish(8);
  const offsets = kit.connection.collection('stream_offsets');
  const forget = offsets.deleteOne.bind(offsets);
  // Longer than entries gather before they are counted.
  offsets.deleteOne = (async (...filter: Parameters<typeof forget>) => {
    await pause(1_000);
    return forget(...filter);
  }) as typeof forget;
  try {
    await readerOn();
    await hasCounted(11);
  } finally {
    offsets.deleteOne = forget;
  }
});

test('a log that was made anew is read from its start', async () => {
  await publish(30);
  const first = await readerOn();
  await hasCounted(30);
  await first.reader.stop();
  await kit.channel.deleteQueue(kit.names.log);
  await publish(5);
  const second = await readerOn({ anchorTimeout: 500 });
  await hasCounted(35);
  await eventually(async () =>
    expect(await second.reader.position()).toMatchObject({ offset: 4, caughtUp: true }),
  );
  await second.reader.stop();
  // This time the new log is longer than the old one was.
  await kit.channel.deleteQueue(kit.names.log);
  await publish(20);
  await readerOn();
  await hasCounted(55);
});
