/** Reads of a tenant's documents: as one command where the answer is one batch, by a cursor where it is not. */
import { randomUUID } from 'node:crypto';
import mongoose, { Schema, type Connection } from 'mongoose';
import { LEFT_TO_TRANSACTION, TenantCollection } from '@membership/platform/mongo';
import { scopeOfJob } from '@membership/platform/scope';
import { withFailPoints } from '@membership/platform/testing/fail-points';
import { ownDatabase } from '@membership/platform/testing/service-kit';
import { transactionsOf } from '@membership/platform/transaction';

type Thing = { readonly _id: number; readonly tenantId: number; readonly text?: string; readonly at?: Date };

const appName = `test-${randomUUID()}`;
let connection: Connection;
let things: TenantCollection<Thing>;
const mine = scopeOfJob(1, 'points', 'test');
const theirs = scopeOfJob(2, 'points', 'test');

beforeAll(async () => {
  const uri = new URL(ownDatabase('reads'));
  uri.searchParams.set('appName', appName);
  connection = await mongoose.createConnection(uri.href, { bufferCommands: false }).asPromise();
  things = new TenantCollection<Thing>(
    connection,
    'things',
    new Schema({ _id: Number }, { strict: false, versionKey: false }),
  );
  await things.insert(
    mine,
    Array.from({ length: 30 }, (_, index) => ({ _id: index + 1, tenantId: 1, at: new Date(index) })),
  );
  await things.insert(theirs, [{ _id: 101, tenantId: 2 }]);
});
afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
});

const ids = (found: readonly Thing[]) => found.map(({ _id }) => _id);

it('answer a page in its order, from its place, and how many there are', async () => {
  const page = await things.page(mine, {}, { page: 2, size: 10, sort: { _id: -1 }, projection: { at: 0 } });
  expect(page).toEqual({
    items: Array.from({ length: 10 }, (_, index) => ({ _id: 20 - index, tenantId: 1 })),
    count: 30,
    isEstimate: false,
  });
  expect(await things.count(mine, {}, { limit: 7 })).toEqual({ count: 7, isEstimate: true });
  expect(await things.count(mine, { _id: { $gt: 1_000 } })).toEqual({ count: 0, isEstimate: false });
});

it('see one tenant, and what is not given matches what is not there', async () => {
  expect(ids(await things.find(theirs, {}, { limit: 10 }))).toEqual([101]);
  expect(await things.findOne(theirs, { _id: 1 })).toBeNull();
  expect(await things.find(mine, { at: undefined }, { limit: 10 })).toEqual([]);
  expect(await things.aggregate(theirs, [{ $count: 'n' }])).toEqual([{ n: 1 }]);
  const nobody = { ...mine, tenantId: undefined } as unknown as typeof mine;
  await expect(things.findOne(nobody, {})).rejects.toThrow('no tenant');
  await expect(things.aggregate(nobody, [])).rejects.toThrow('no tenant');
});

it('answer with more than fits into a batch, whole', async () => {
  // 16 MB a batch at most: of these, three.
  const long = 'x'.repeat(5_000_000);
  await things.insert(
    mine,
    [201, 202, 203, 204].map((_id) => ({ _id, tenantId: 1, text: long })),
  );
  const found = await things.find(mine, { _id: { $gt: 200 } }, { sort: { _id: 1 }, limit: 10 });
  expect(found.map(({ _id, text }) => [_id, text?.length])).toEqual(
    [201, 202, 203, 204].map((_id) => [_id, long.length]),
  );
  expect(await things.aggregate(mine, [{ $match: { _id: { $gt: 200 } } }])).toHaveLength(4);
  // What the one command began is not left to the server.
  const idle = { type: 'idleCursor', ns: `${connection.name}.things` };
  const stages = [{ $currentOp: { idleCursors: true } }, { $match: idle }];
  expect(await connection.getClient().db('admin').aggregate(stages).toArray()).toEqual([]);
  await things.deleteMany(mine, { _id: { $gt: 200 } });
});

it('see what their own transaction wrote, and nobody else does before its end', async () => {
  await transactionsOf(connection, 'points').run(async ({ session }) => {
    await things.insert(mine, [{ _id: 301, tenantId: 1 }], { session });
    expect(await things.findOne(mine, { _id: 301 }, { session })).toEqual({ _id: 301, tenantId: 1 });
    expect(await things.count(mine, { _id: 301 }, { session })).toEqual({ count: 1, isEstimate: false });
    expect(await things.findOne(mine, { _id: 301 })).toBeNull();
    await things.deleteMany(mine, { _id: 301 }, { session });
  });
});

it('are asked again when a connection breaks under them; a server that refuses is not', async () => {
  await withFailPoints(connection, async (fail) => {
    await fail(1, { appName, failCommands: ['find'], closeConnection: true });
    expect(ids(await things.find(mine, {}, { sort: { _id: 1 }, limit: 2 }))).toEqual([1, 2]);
    await fail(1, { appName, failCommands: ['aggregate'], closeConnection: true });
    expect(await things.count(mine, {})).toEqual({ count: 30, isEstimate: false });
    await fail(1, { appName, failCommands: ['find'], errorCode: 13_436 });
    expect(await things.findOne(mine, { _id: 1 })).not.toBeNull();
    // Too much for the time that a read has.
    await fail(1, { appName, failCommands: ['find'], errorCode: 50 });
    await expect(things.findOne(mine, { _id: 1 })).rejects.toMatchObject({ code: 50 });
  });
});

it('change all of a tenant’s, however many: a transaction that fails has few of them to do again', async () => {
  const count = 2 * LEFT_TO_TRANSACTION + 500;
  await things.insert(
    mine,
    Array.from({ length: count }, (_, index) => ({ _id: 10_000 + index, tenantId: 1, text: 'old' })),
  );
  await things.insert(theirs, [{ _id: 102, tenantId: 2, text: 'old' }]);
  const left = async (text: string) => (await things.count(mine, { text })).count;
  const transactions = transactionsOf(connection, 'points');
  const change = (fails: boolean) =>
    transactions.run(async ({ session }) => {
      await things.updateAll(mine, { text: 'old' }, { $set: { text: 'new' } }, { session });
      if (fails) throw new Error('something else fails');
    });
  await expect(change(true)).rejects.toThrow('something else fails');
  expect(await left('old')).toBe(500);
  await change(false);
  expect([await left('old'), await left('new')]).toEqual([0, count]);
  const remove = (fails: boolean) =>
    transactions.run(async ({ session }) => {
      await things.deleteAll(mine, { text: 'new' }, { session });
      if (fails) throw new Error('something else fails');
    });
  await expect(remove(true)).rejects.toThrow('something else fails');
  expect(await left('new')).toBe(500);
  await remove(false);
  expect(await left('new')).toBe(0);
  expect(await things.count(theirs, { text: 'old' })).toMatchObject({ count: 1 });
  await expect(
    transactions.run(({ session }) =>
      things.updateAll(mine, { _id: { $lte: 10 } }, { $set: { text: 'x' } }, { session }),
    ),
  ).resolves.toBeUndefined();
});
