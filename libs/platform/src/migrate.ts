/** Brings a service's database up to what its version counts on: collections, indexes, migrations. */
import type { Connection, mongo } from 'mongoose';
import { Lease } from './lease.ts';
import type { Logger } from './log.ts';
import { markMigrated } from './migrated.ts';

/** Milliseconds after which the migration of a process that died is taken over. */
const MIGRATION_LEASE = 30_000;

export type Migration = {
  /** Grows by one; never changed once released. */
  readonly version: number;
  readonly name: string;
  run(connection: Connection): Promise<void>;
};

type IndexDescription = mongo.IndexDescription;
const DAY_S = 24 * 3600;

/** Collections of the platform in every service's database, with their indexes. */
const PLATFORM_COLLECTIONS: Readonly<Record<string, readonly IndexDescription[]>> = {
  outbox: [{ key: { createdAt: 1, sequence: 1 } }],
  inbox: [{ key: { createdAt: 1 }, expireAfterSeconds: 30 * DAY_S }],
  operations: [{ key: { createdAt: 1 }, expireAfterSeconds: DAY_S }],
  leases: [],
  hilo: [],
  stream_offsets: [],
  migrations: [],
  schemas: [],
};

/** The platform's collections and those of the service's models, all at once: a new database waits for its disk, not for turns. */
async function prepareCollections(connection: Connection): Promise<void> {
  const declared = Object.values(connection.models).map(
    (model) =>
      [
        model.collection.collectionName,
        model.schema.indexes().map(([key, options]) => ({ ...options, key }) as IndexDescription),
      ] as const,
  );
  await Promise.all(
    [...Object.entries(PLATFORM_COLLECTIONS), ...declared].map(async ([name, indexes]) => {
      await createCollection(connection, name);
      if (indexes.length > 0) await connection.collection(name).createIndexes([...indexes]);
    }),
  );
}

async function createCollection(connection: Connection, name: string): Promise<void> {
  try {
    await connection.createCollection(name);
  } catch (error) {
    if ((error as { codeName?: string }).codeName !== 'NamespaceExists') throw error;
  }
}

/**
 * Brings a database up to date: collections, declared indexes, versioned migrations, each once, by one process at a time
 * (others wait). A failed migration leaves its version unmarked and can be run again.
 */
export async function migrate(
  connection: Connection,
  migrations: readonly Migration[],
  logger: Logger,
): Promise<void> {
  const lease = new Lease(connection, 'migrate');
  while (!(await lease.claim({ ttl: MIGRATION_LEASE }))) await new Promise((done) => setTimeout(done, 100));
  const prolonging = setInterval(
    () => void lease.claim({ ttl: MIGRATION_LEASE }).catch(() => undefined),
    MIGRATION_LEASE / 3,
  );
  try {
    await prepareCollections(connection);
    const done = connection.collection<{ _id: number; name: string; at: Date }>('migrations');
    const known = new Set((await done.find().toArray()).map((row) => row._id));
    for (const migration of [...migrations].sort((left, right) => left.version - right.version)) {
      if (known.has(migration.version)) continue;
      logger.info({ version: migration.version, name: migration.name }, 'migrating');
      await migration.run(connection);
      await done.insertOne({ _id: migration.version, name: migration.name, at: new Date() });
    }
    await markMigrated(connection, migrations);
  } finally {
    clearInterval(prolonging);
    await lease.release();
  }
}
