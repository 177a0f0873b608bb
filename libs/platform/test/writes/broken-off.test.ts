/**
 * Connections that the server has ended before the driver has noticed, or ends under a command that is being written: what is
 * asked on them is asked again, as on any connection that breaks, and done once.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import zlib from 'node:zlib';
import { type Connection, Schema } from 'mongoose';
import { TenantCollection, type TenantDocument } from '@membership/platform/mongo';
import { transactionsOf } from '@membership/platform/transaction';
import { scopeOf, until, WritesKit } from './kit.ts';

/** As long as a test may take: the server is there throughout. */
const WAITS_MS = 60_000;

let kit: WritesKit;
const sockets = new Set<Socket>();
const collect = (message: unknown) => void sockets.add((message as { socket: Socket }).socket);
beforeAll(async () => {
  subscribe('net.client.socket', collect);
  kit = await WritesKit.start();
});
afterAll(async () => {
  unsubscribe('net.client.socket', collect);
  await kit.stop();
});

/** Begins work once the server has ended the one idle connection, before the driver can know. */
type OnEnded = <T>(work: () => Promise<T>) => Promise<T>;
async function idleLine(turns = 0): Promise<{ connection: Connection; onEnded: OnEnded }> {
  const { line, connection } = await kit.line(WAITS_MS);
  await connection.collection('counters').findOne({});
  const onEnded: OnEnded = <T>(work: () => Promise<T>) =>
    new Promise<T>((begun) => {
      const begin = async () => {
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        return work();
      };
      for (const socket of sockets)
        if (socket.remotePort === line.port) socket.once('end', () => begun(begin()));
      line.hangUp();
    });
  return { connection, onEnded };
}

type Counter = { _id: string; times: number };
const counters = (connection: Connection) => connection.collection<Counter>('counters');
const addTo = (_id: string) => ({
  updateOne: { filter: { _id }, update: { $inc: { times: 1 } }, upsert: true },
});

/** In the turn of the end the socket says that it has ended; in the next it says nothing any more, and has not closed. */
describe.each([0, 1, 2])('on a connection that was ended %i turns ago', (turns) => {
  const name = (what: string) => `${what} after ${turns}`;

  test('a read, a list and what fits into one answer are answered', async () => {
    const things = (connection: Connection) =>
      new TenantCollection<TenantDocument>(connection, 'things', new Schema({ _id: Number }));
    const reads: ((connection: Connection) => Promise<unknown>)[] = [
      (connection) => counters(connection).findOne({ _id: 'nobody' }),
      (connection) => counters(connection).find({ _id: 'nobody' }).toArray(),
      (connection) => things(connection).find(scopeOf(), {}, { limit: 1 }),
    ];
    const answers: unknown[] = [];
    for (const read of reads) {
      const { connection, onEnded } = await idleLine(turns);
      answers.push(await onEnded(() => read(connection)));
    }
    expect(answers).toEqual([null, [], []]);
  });

  test('a write and many of them are done once', async () => {
    const writes: ((connection: Connection, to: string) => Promise<unknown>)[] = [
      (connection, to) =>
        counters(connection).updateOne({ _id: to }, { $inc: { times: 1 } }, { upsert: true }),
      (connection, to) => counters(connection).bulkWrite([addTo(to), addTo(name('beside'))]),
    ];
    for (const [index, write] of writes.entries()) {
      const { connection, onEnded } = await idleLine(turns);
      await onEnded(() => write(connection, name(String(index))));
    }
    expect([await kit.times(name('0')), await kit.times(name('1'))]).toEqual([1, 1]);
  });

  test('a lone transaction is done once', async () => {
    const { connection, onEnded } = await idleLine(turns);
    const write = () =>
      transactionsOf(connection, 'points').run((unit) => kit.add(connection, name('lone'), unit), {
        deadline: until(60_000),
      });
    await onEnded(write);
    expect(await kit.times(name('lone'))).toBe(1);
  });

  test('a batch of 64 is done once, each item', async () => {
    const { connection, onEnded } = await idleLine(turns);
    const group = kit.group(connection);
    const names = Array.from({ length: 64 }, (_, index) => name(`batch-${index}`));
    const deadline = until(60_000);
    const submit = () =>
      Promise.all(names.map((to) => group.submit({ scope: scopeOf(), command: { to }, deadline })));
    expect(await onEnded(submit)).toEqual(names.map((outcome) => ({ outcome })));
    expect(await Promise.all(names.map((to) => kit.times(to)))).toEqual(names.map(() => 1));
  });
});

describe('under a large command that is being written', () => {
  /** More than the system holds for a connection on both of its sides. */
  const large = (name: string) =>
    Array.from({ length: 3 }, (_, index) => ({ _id: `${name} ${index}`, text: 'x'.repeat(10_000_000) }));
  const insert = (connection: Connection, name: string, options = {}) =>
    connection.collection<{ _id: string }>('counters').insertMany(large(name), options);
  const kept = (name: string) =>
    kit.connection.collection<{ _id: string }>('counters').countDocuments({ _id: { $regex: `^${name} ` } });

  test('a write is done once', async () => {
    const { line, connection } = await kit.line(WAITS_MS);
    line.breakUnderMuch();
    await insert(connection, 'alone');
    expect(await kept('alone')).toBe(3);
  });

  test('a transaction is run again, and done once', async () => {
    const { line, connection } = await kit.line(WAITS_MS);
    line.breakUnderMuch();
    let begun = 0;
    await transactionsOf(connection, 'points').run(
      async ({ session }) => {
        begun++;
        await insert(connection, 'together', { session });
      },
      { deadline: until(60_000) },
    );
    expect(begun).toBeGreaterThan(1);
    expect(await kept('together')).toBe(3);
  });
});

describe('under a command that is being compressed', () => {
  /** Holds the next command at its compressing until its connection has closed. */
  async function closedMeanwhile<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const { line, connection } = await kit.line(WAITS_MS, { compressors: ['zlib'] });
    await counters(connection).findOne({});
    const ofLine = [...sockets].filter((socket) => socket.remotePort === line.port && !socket.destroyed);
    const closed = Promise.all(ofLine.map((socket) => new Promise((done) => socket.once('close', done))));
    const deflate = zlib.deflate;
    let held = 0;
    zlib.deflate = ((...given: Parameters<typeof deflate>) => {
      zlib.deflate = deflate;
      held++;
      line.restore();
      void closed.then(() => deflate(...given));
    }) as typeof deflate;
    try {
      return await work(connection);
    } finally {
      zlib.deflate = deflate;
      expect(held).toBe(1);
    }
  }

  test('a read is answered', async () => {
    expect(await closedMeanwhile((connection) => counters(connection).findOne({ _id: 'nobody' }))).toBeNull();
  });

  test('a write is done once', async () => {
    await closedMeanwhile((connection) =>
      counters(connection).updateOne({ _id: 'pressed' }, { $inc: { times: 1 } }, { upsert: true }),
    );
    expect(await kit.times('pressed')).toBe(1);
  });

  test('a transaction is run again, and done once', async () => {
    await closedMeanwhile((connection) =>
      transactionsOf(connection, 'points').run((unit) => kit.add(connection, 'pressed together', unit), {
        deadline: until(60_000),
      }),
    );
    expect(await kit.times('pressed together')).toBe(1);
  });
});
