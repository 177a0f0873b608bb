/**
 * MongoDB's own failures of commits, set by `configureFailPoint`: they hold for the whole server, so each is bound to the
 * name of the connection that it is for. Servers that `npm test` starts allow it; one that was given may not.
 */
import { randomUUID } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import { on, startConsumer } from '@membership/platform/consumer';
import { transactionsOf } from '@membership/platform/transaction';
import { startKit, thingMade, type Kit } from '../bus/kit.ts';
import { eventually } from '@membership/platform/testing/eventually';
import { withFailPoints } from '@membership/platform/testing/fail-points';
import { scopeOf, until, WritesKit } from './kit.ts';

let kit: WritesKit;
let bus: Kit;
beforeAll(async () => {
  [kit, bus] = await Promise.all([WritesKit.start(), startKit()]);
});
afterAll(async () => {
  await bus.close();
  await kit.stop();
});

const connections: Connection[] = [];
afterAll(async () => {
  for (const connection of connections) await connection.close();
});

/** A connection that the server knows by a name of its own. */
async function connect(to: Connection): Promise<{ connection: Connection; appName: string }> {
  const appName = `test-${randomUUID()}`;
  const uri = new URL(process.env.MONGODB_URI as string);
  uri.pathname = `/${to.name}`;
  uri.searchParams.set('appName', appName);
  const connection = await mongoose.createConnection(uri.href, { bufferCommands: false }).asPromise();
  connections.push(connection);
  return { connection, appName };
}

/** Work on a connection of its own, whose commits fail so many times from `fail` on. */
type Work = (connection: Connection, fail: () => Promise<void>) => Promise<void>;
async function failing(to: Connection, [, times, how]: Failure, work: Work): Promise<void> {
  const { connection, appName } = await connect(to);
  await withFailPoints(to, (fail) =>
    work(connection, () => fail(times, { failCommands: ['commitTransaction'], appName, ...how })),
  );
}

/** Shutting down: the commit is done, and its answer says that this is not sure. */
const NOT_SURE = { writeConcernError: { code: 91, errmsg: 'shutting down', codeName: 'ShutdownInProgress' } };
type Failure = [what: string, times: number, how: Record<string, unknown>];
const failures: Failure[] = [
  ['whose connection breaks before it, twice', 2, { closeConnection: true }],
  ['that is done and not confirmed, four times', 4, NOT_SURE],
  ['that the server cannot take, with an error that nobody labels', 3, { errorCode: 2 }],
  ['that takes long', 1, { blockConnection: true, blockTimeMS: 400 }],
];

test.each(failures)('a lone write %s: once', (...failure) =>
  failing(kit.connection, failure, async (connection, fail) => {
    const [what] = failure;
    await fail();
    let begun = 0;
    await transactionsOf(connection, 'points').run(
      async (unit) => {
        begun++;
        await kit.add(connection, what, unit);
      },
      { deadline: until(120_000) },
    );
    expect([begun, await kit.times(what)]).toEqual([1, 1]);
  }),
);

test.each(failures)('a batch of 64 %s: each item once', (...failure) =>
  failing(kit.connection, failure, async (connection, fail) => {
    const [what] = failure;
    await fail();
    const group = kit.group(connection);
    const names = Array.from({ length: 64 }, (_, index) => `${what} ${index}`);
    const deadline = until(120_000);
    const settled = await Promise.all(
      names.map((to) => group.submit({ scope: scopeOf(), command: { to }, deadline })),
    );
    expect(settled).toEqual(names.map((outcome) => ({ outcome })));
    expect(await Promise.all(names.map((to) => kit.times(to)))).toEqual(names.map(() => 1));
  }),
);

test.each(failures)('a consumer’s batch %s: each fact once', (...failure) =>
  failing(bus.connection, failure, async (connection, fail) => {
    const effects = connection.collection<{ _id: string; times: number }>('effects');
    const line = bus.bus();
    const consumer = await startConsumer({
      service: 'points',
      bus: line,
      connection,
      transactions: transactionsOf(connection, 'points'),
      logger: bus.logger,
      metrics: line.metrics,
      subscriptions: [
        on(thingMade, async ({ envelope }, { unit }) => {
          await effects.updateOne(
            { _id: envelope.id },
            { $inc: { times: 1 } },
            { upsert: true, session: unit.session },
          );
        }),
      ],
      settings: { startTimeout: 60_000 },
    });
    await fail();
    const facts = Array.from({ length: 64 }, (_, index) =>
      bus.envelope(thingMade, String(index), 1, { value: index }),
    );
    await Promise.all(facts.map((fact) => bus.publish(fact)));
    const ids = facts.map(({ id }) => id);
    await eventually(async () => {
      const rows = await bus.connection
        .collection<{ _id: string; times: number }>('effects')
        .find({ _id: { $in: ids } })
        .toArray();
      expect(rows.map((row) => row.times)).toEqual(ids.map(() => 1));
    });
    await consumer.stop();
    const twice = await bus.connection.collection('effects').countDocuments({ times: { $gt: 1 } });
    expect(twice).toBe(0);
  }),
);
