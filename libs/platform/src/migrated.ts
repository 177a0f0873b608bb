/**
 * Whether a database has what this version of a service counts on. `migrate` leaves a mark of the indexes and migrations
 * that it brought; a process that leaves migrating to the migration job waits for its own mark, so that no request runs
 * before the unique indexes stand.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { collectionOf } from './mongo/bounded-reads.ts';
import type { Logger } from './log.ts';
import { digest } from './scope.ts';

type Versioned = { readonly version: number; readonly name: string };
type Mark = { _id: string; at: Date };

const LOOK_MILLISECONDS = 1_000;
const SAY_AGAIN_MILLISECONDS = 30_000;

const marks = (connection: Connection) => collectionOf<Mark>(connection, 'schemas');

/** What the declared indexes and migrations come to; marks of older versions stay, for the old processes of a rolling update. */
function markOf(connection: Connection, migrations: readonly Versioned[]): string {
  const indexes = Object.values(connection.models)
    .map((model) => [model.collection.collectionName, model.schema.indexes()] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return digest(JSON.stringify([indexes, migrations.map(({ version, name }) => [version, name])]));
}

/** Says that the database has them. */
export async function markMigrated(connection: Connection, migrations: readonly Versioned[]): Promise<void> {
  await marks(connection).updateOne(
    { _id: markOf(connection, migrations) },
    { $set: { at: new Date() } },
    { upsert: true, writeConcern: { w: 'majority' } },
  );
}

/** Resolves once the migration job of this version has run; rejects when `signal` ends. Keeps on when the database is away. */
export async function untilMigrated(
  connection: Connection,
  migrations: readonly Versioned[],
  logger: Logger,
  signal?: AbortSignal,
): Promise<void> {
  const _id = markOf(connection, migrations);
  for (let said = Number.NEGATIVE_INFINITY; ; ) {
    const mark = await marks(connection)
      .findOne({ _id })
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'could not ask whether the database is migrated; trying on');
        return null;
      });
    if (mark) return;
    if (performance.now() - said > SAY_AGAIN_MILLISECONDS) {
      said = performance.now();
      logger.warn(
        'waiting for the migration job of this version (node src/main.ts migrate); MIGRATE_AT_START=true does it here',
      );
    }
    await delay(LOOK_MILLISECONDS, undefined, signal ? { signal } : {});
  }
}
