import { Schema } from 'mongoose';
import { untilMigrated } from '@membership/platform/migrated';
import { MigrationLost, migrate } from '@membership/platform/migrate';
import { tenantFence } from '@membership/platform/mongo';
import { eventually, startKit, type Kit } from './bus/kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
  const things = new Schema({ tenantId: Number, code: String }, { autoIndex: false });
  things.index({ tenantId: 1, code: 1 }, { unique: true });
  things.plugin(tenantFence);
  kit.connection.model('things', things, 'things');
});
afterAll(() => kit.close());

/** Whether a process of a version with these migrations may start by now. */
function waiting(migrations: { version: number; name: string }[]): { isOver: () => boolean } {
  const ended = new AbortController();
  let over = false;
  untilMigrated(kit.connection, migrations, kit.logger, ended.signal).then(
    () => (over = true),
    () => undefined,
  );
  kit.defer(async () => ended.abort());
  return { isOver: () => over };
}
const nothing = async () => undefined;

test('a process that leaves migrating to the job waits until the job of its own version has run', async () => {
  const first = waiting([]);
  await kit.connection.db?.command({ ping: 1 });
  expect(first.isOver()).toBe(false);
  await migrate(kit.connection, [], kit.logger);
  await eventually(() => expect(first.isOver()).toBe(true));

  const next = waiting([{ version: 1, name: 'second generation' }]);
  await migrate(kit.connection, [], kit.logger);
  expect(next.isOver()).toBe(false);
  await migrate(kit.connection, [{ version: 1, name: 'second generation', run: nothing }], kit.logger);
  await eventually(() => expect(next.isOver()).toBe(true));
  // An old process that is started again in the middle of a rolling update goes on.
  await untilMigrated(kit.connection, [], kit.logger);
});

test('an index of versions before that no question needs any more is dropped, as often as such a version makes it again', async () => {
  const retired = [
    ['outbox', { createdAt: 1, sequence: 1 }],
    ['directory_members', { tenantId: 1, username: 1, _id: 1 }],
    ['directory_members', { tenantId: 1, email: 1 }],
    ['of_a_service', { tenantId: 1, wanted: 1 }],
  ] as const;
  for (const _time of [1, 2]) {
    for (const [name, key] of retired) await kit.connection.collection(name).createIndex({ ...key });
    await migrate(kit.connection, [], kit.logger, {
      retiredIndexes: [
        ['of_a_service', 'tenantId_1_wanted_1'],
        ['of_nothing', 'tenantId_1_wanted_1'],
      ],
    });
    for (const [name] of retired)
      expect((await kit.connection.collection(name).indexes()).map((index) => index.name)).toEqual(['_id_']);
  }
});

test('a stop ends the waiting', async () => {
  const ended = new AbortController();
  const never = untilMigrated(kit.connection, [{ version: 9, name: 'never' }], kit.logger, ended.signal);
  ended.abort();
  await expect(never).rejects.toThrow('aborted');
});

test('a migration runs before the indexes that count on what it mended', async () => {
  const codes = new Schema({ tenantId: Number, code: String }, { autoIndex: false });
  codes.index({ tenantId: 1, code: 1 }, { unique: true });
  kit.connection.model('codes', codes, 'codes');
  await kit.connection.collection('codes').insertMany([
    { tenantId: 1, code: 'a' },
    { tenantId: 1, code: 'a' },
  ]);
  const run = async () =>
    void (await kit.connection.collection('codes').deleteOne({ tenantId: 1, code: 'a' }));
  await migrate(kit.connection, [{ version: 2, name: 'no code twice', run }], kit.logger);
  await expect(kit.connection.collection('codes').insertOne({ tenantId: 1, code: 'a' })).rejects.toThrow(
    'E11000',
  );
});

test('a migration whose lease another process took over ends, and is not marked as done', async () => {
  let ended: unknown;
  const begun = Promise.withResolvers<void>();
  const never = {
    version: 3,
    name: 'never ends by itself',
    run: (_connection: unknown, signal: AbortSignal) =>
      new Promise<void>((_, failed) => {
        signal.addEventListener('abort', () => {
          ended = signal.reason;
          failed(signal.reason as Error);
        });
        begun.resolve();
      }),
  };
  const migrating = migrate(kit.connection, [never], kit.logger, { leaseTtl: 600 });
  const lost = migrating.then(
    () => undefined,
    (error: Error) => error.message,
  );
  const leases = kit.connection.collection<{ _id: string; owner: string; until: Date }>('leases');
  await begun.promise;
  await eventually(async () => {
    const { matchedCount } = await leases.updateOne(
      { _id: 'migrate', until: { $gt: new Date() } },
      { $set: { owner: 'another', until: new Date(Date.now() + 60_000) } },
    );
    expect(matchedCount).toBe(1);
  });
  expect(await lost).toContain('took the migration over');
  expect(ended).toBeInstanceOf(MigrationLost);
  expect(await kit.connection.collection<{ _id: number }>('migrations').findOne({ _id: 3 })).toBeNull();
  expect((await leases.findOne({ _id: 'migrate' }))?.owner).toBe('another');
});
