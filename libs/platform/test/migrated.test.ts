import { Schema } from 'mongoose';
import { untilMigrated } from '@membership/platform/migrated';
import { migrate } from '@membership/platform/migrate';
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

test('a stop ends the waiting', async () => {
  const ended = new AbortController();
  const never = untilMigrated(kit.connection, [{ version: 9, name: 'never' }], kit.logger, ended.signal);
  ended.abort();
  await expect(never).rejects.toThrow('aborted');
});
