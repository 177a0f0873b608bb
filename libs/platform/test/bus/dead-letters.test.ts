import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Envelope } from '@membership/contracts/event';
import type { Bus } from '@membership/platform/bus';
import { DeadLettersBusy, deadLettersOf, NoDeadLetters } from '@membership/platform/dead-letters';
import { on, startConsumer, type Consumer } from '@membership/platform/consumer';
import { rememberErased } from '@membership/platform/erased-tenants';
import { eventually, startKit, thingChanged, thingMade, type Kit } from './kit.ts';

let kit: Kit;
let isBroken = true;
let handled: string[] = [];
let consumer: Consumer;
let bus: Bus;
beforeAll(async () => {
  kit = await startKit();
  bus = kit.bus({ retryDelays: [] });
  const handle = async (id: string) => {
    if (isBroken) throw new Error('broken');
    handled.push(id);
  };
  consumer = await startConsumer({
    service: 'points',
    bus,
    connection: kit.connection,
    transactions: kit.transactions(),
    logger: kit.logger,
    metrics: bus.metrics,
    subscriptions: [
      on(thingMade, ({ envelope }) => handle(envelope.id)),
      on(thingChanged, ({ envelope }) => handle(envelope.id)),
    ],
    settings: { startTimeout: 60_000 },
  });
});
afterAll(async () => {
  await consumer.stop();
  await kit.close();
});
afterEach(async () => {
  await kit.channel.purgeQueue(kit.names.dead);
  isBroken = true;
  handled = [];
});

/** How many of these the service has done with. */
const inboxed = (events: readonly (Envelope | undefined)[]) =>
  kit.connection
    .collection<{ _id: string }>('inbox')
    .countDocuments({ _id: { $in: events.map((event) => event?.id ?? '') } });

/** Parks events by handling them badly. */
async function park(
  count: number,
  event: typeof thingMade | typeof thingChanged = thingMade,
  about: Partial<Envelope> = {},
) {
  const events = Array.from({ length: count }, (_, index) => ({
    ...kit.envelope(event, `t${index}`, 1, { value: index }),
    ...about,
  }));
  const before = await kit.queueLength(kit.names.dead);
  for (const envelope of events) await kit.publish(envelope);
  await eventually(async () => expect(await kit.queueLength(kit.names.dead)).toBe(before + count));
  return events;
}

test('parked events are listed and shown, again and again, and stay where they are', async () => {
  const letters = deadLettersOf(kit.bus());
  const events = await park(5);
  const [poison] = ['{"half'];
  await kit.publishRaw('thing.made.v1', Buffer.from(poison as string));
  await eventually(async () => expect(await letters.count()).toBe(6));
  const ids = (await letters.list()).map(({ id }) => id);
  expect(ids.slice(0, 5)).toEqual(events.map(({ id }) => id));
  // More often than RabbitMQ 4 would bear without a limit of our own.
  for (let look = 0; look < 25; look++) expect((await letters.list()).map(({ id }) => id)).toEqual(ids);
  expect((await letters.list())[0]).toMatchObject({
    type: 'thing.made.v1',
    tenantId: 1,
    reason: 'failed',
    error: 'Error: broken',
    retries: 1,
    routingKey: 'thing.made.v1',
  });
  expect(await letters.show(events[2]?.id as string)).toMatchObject({
    body: events[2],
    stack: expect.stringContaining('broken'),
  });
  expect(await letters.show(ids[5] as string)).toMatchObject({
    type: null,
    reason: 'unreadable',
    body: '{"half',
  });
  expect(await letters.show('unknown')).toBeNull();
  expect(await letters.list({ type: 'thing.changed.v1' })).toEqual([]);
  expect(await letters.list({ limit: 2 })).toHaveLength(2);
});

test('a replayed event goes to the service as new, and has its effect', async () => {
  const letters = deadLettersOf(kit.bus());
  const events = await park(3);
  isBroken = false;
  expect(await letters.replay({ id: events[1]?.id as string })).toBe(1);
  await eventually(() => expect(handled).toEqual([events[1]?.id]));
  expect((await letters.list()).map(({ id }) => id)).toEqual([events[0]?.id, events[2]?.id]);
  expect(await letters.replay({ id: 'unknown' })).toBe(0);
});

test('an event that fails again after a replay is parked again, counted anew', async () => {
  const letters = deadLettersOf(kit.bus());
  const events = await park(2);
  expect(await letters.replay({ all: true })).toBe(2);
  await eventually(async () => expect(await letters.count()).toBe(2));
  expect((await letters.list()).map(({ id, retries, routingKey }) => ({ id, retries, routingKey }))).toEqual(
    events.map(({ id }) => ({ id, retries: 1, routingKey: 'thing.made.v1' })),
  );
});

test('an event of an erased tenant brings nothing back when it is replayed after the month of looks', async () => {
  const letters = deadLettersOf(kit.bus());
  const time = new Date(Date.now() - 32 * 86_400_000).toISOString();
  const [ofErased] = await park(1, thingMade, { tenantid: 7, time });
  const [ofOther] = await park(1, thingMade, { tenantid: 8, time });
  // What came within the month is looked for afterwards.
  const [inTime] = await park(1, thingMade, { tenantid: 7 });
  await kit.transactions().run(({ session }) => rememberErased(kit.connection, 7, session));
  isBroken = false;
  expect(await letters.replay({ all: true })).toBe(3);
  await eventually(async () => expect(await inboxed([ofErased, ofOther, inTime])).toBe(3));
  expect(handled).toEqual([ofOther?.id, inTime?.id]);
  expect(await kit.metric(bus, 'membership_events_consumed_total', { outcome: 'ignored' })).toBe(1);
  expect(await letters.count()).toBe(0);
});

test('replay and discard take one type, or all', async () => {
  const letters = deadLettersOf(kit.bus());
  const made = await park(2, thingMade);
  await park(3, thingChanged);
  isBroken = false;
  expect(await letters.discard({ type: 'thing.changed.v1' })).toBe(3);
  expect(await letters.replay({ type: 'thing.made.v1' })).toBe(2);
  await eventually(() => expect(handled).toEqual(made.map(({ id }) => id)));
  await park2(4);
  expect(await letters.discard({ all: true })).toBe(4);
  expect(await letters.count()).toBe(0);

  async function park2(count: number) {
    isBroken = true;
    await park(count);
  }
});

test('two that look at once see everything, one after the other', async () => {
  const [here, there] = [deadLettersOf(kit.bus()), deadLettersOf(kit.bus())];
  await park(10);
  const lists = await Promise.all([here.list(), there.list(), here.list(), deadLettersOf(kit.bus()).list()]);
  expect(lists.map((list) => list.length)).toEqual([10, 10, 10, 10]);
});

test('a service without a queue, and a broker that is away, are said by name', async () => {
  await expect(deadLettersOf(kit.bus({ service: 'vip' })).list()).rejects.toThrow(NoDeadLetters);
  const line = await kit.brokerLine();
  await line.cut();
  await expect(deadLettersOf(kit.bus({ url: line.url })).list()).rejects.toThrow(
    `No RabbitMQ at amqp://127.0.0.1:${line.port}`,
  );
  expect(new DeadLettersBusy('q').message).toContain('try again');
});

test('the command does the same', async () => {
  const tool = fileURLToPath(new URL('../../../../tools/dead-letters.ts', import.meta.url));
  const prefix = kit.names.exchange.replace('domain.events', '');
  const command = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) =>
      execFile(
        process.execPath,
        [tool, ...args, '--service', 'points'],
        { env: { ...process.env, AMQP_URL: kit.amqpUrl, BUS_PREFIX: prefix } },
        (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
      ),
    );
  const [event, other] = await park(2);
  const listed = await command('list');
  expect(listed.out).toContain(event?.id);
  expect(listed.out).toContain('Error: broken');
  expect(JSON.parse((await command('show', '--id', event?.id as string)).out)).toMatchObject({
    id: event?.id,
    body: event,
  });
  isBroken = false;
  expect((await command('replay', '--id', event?.id as string)).out).toBe('Replayed 1 event of points.\n');
  await eventually(() => expect(handled).toEqual([event?.id]));
  expect(await command('discard', '--id', other?.id as string)).toMatchObject({
    code: 0,
    out: 'Discarded 1 event of points.\n',
  });
  expect(await command('discard', '--all')).toMatchObject({
    code: 1,
    err: 'No parked event of points matches.\n',
  });
});
