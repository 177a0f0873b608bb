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
  /** `signal` ends when another process took the migrating over; what is written after that must bear it. */
  run(connection: Connection, signal: AbortSignal): Promise<void>;
};

type IndexDescription = mongo.IndexDescription;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** Collections of the platform in every service's database, with their indexes. */
const PLATFORM_COLLECTIONS: Readonly<Record<string, readonly IndexDescription[]>> = {
  outbox: [],
  inbox: [{ key: { createdAt: 1 }, expireAfterSeconds: 30 * DAY_S }],
  operations: [{ key: { createdAt: 1 }, expireAfterSeconds: DAY_S }],
  leases: [],
  hilo: [],
  turns: [{ key: { takenAt: 1 }, expireAfterSeconds: HOUR_S }],
  erased_tenants: [],
  stream_offsets: [],
  migrations: [],
  schemas: [],
};

export type IndexName = readonly [collection: string, name: string];
/** Indexes that versions before had and no question needs any more: each costs every write. */
const RETIRED_INDEXES: readonly IndexName[] = [
  ['outbox', 'createdAt_1_sequence_1'],
  ['directory_members', 'tenantId_1_username_1__id_1'],
  ['directory_members', 'tenantId_1_email_1'],
];

type Declared = readonly (readonly [name: string, indexes: readonly IndexDescription[]])[];

const declaredBy = (connection: Connection): Declared =>
  Object.values(connection.models).map((model) => [
    model.collection.collectionName,
    model.schema.indexes().map(([key, options]) => ({ ...options, key }) as IndexDescription),
  ]);

/** Collections that are missing, all at once: a new database waits for its disk, not for turns. */
async function createCollections(connection: Connection, declared: Declared): Promise<void> {
  const there = new Set((await connection.listCollections()).map(({ name }) => name));
  const missing = declared.filter(([name]) => !there.has(name));
  await Promise.all(missing.map(([name]) => createCollection(connection, name)));
}

async function createIndexes(connection: Connection, declared: Declared): Promise<void> {
  await Promise.all(
    declared
      .filter(([, indexes]) => indexes.length > 0)
      .map(([name, indexes]) => connection.collection(name).createIndexes([...indexes])),
  );
}

/** Drops those that are there. Done twice, or in another process at the same time, it does no more. */
async function dropIndexes(connection: Connection, retired: readonly IndexName[]): Promise<void> {
  const there = new Set((await connection.listCollections()).map(({ name }) => name));
  for (const [collection, name] of retired.filter(([collection]) => there.has(collection)))
    try {
      if (await connection.collection(collection).indexExists(name))
        await connection.collection(collection).dropIndex(name);
    } catch (error) {
      if ((error as { codeName?: string }).codeName !== 'IndexNotFound') throw error;
    }
}

async function createCollection(connection: Connection, name: string): Promise<void> {
  try {
    await connection.createCollection(name);
  } catch (error) {
    if ((error as { codeName?: string }).codeName !== 'NamespaceExists') throw error;
  }
}

/** Another process took the migrating over: this one must not go on beside it. */
export class MigrationLost extends Error {
  override readonly name = 'MigrationLost';
}

type MigrateOptions = {
  /** Indexes of the service's collections that versions before had and nothing needs any more. */
  readonly retiredIndexes?: readonly IndexName[] | undefined;
  readonly leaseTtl?: number;
};

/**
 * Brings a database up to date, by one process at a time (others wait): collections, then versioned migrations, each once,
 * then indexes: each time the retired ones go, as a process of a version before may have made them again, and the declared
 * ones come, which may count on what the migrations mended. A failed migration leaves its version unmarked and can be run
 * again. Rejects with MigrationLost when the lease was lost; the process is to end then.
 */
export async function migrate(
  connection: Connection,
  migrations: readonly Migration[],
  logger: Logger,
  { retiredIndexes = [], leaseTtl = MIGRATION_LEASE }: MigrateOptions = {},
): Promise<void> {
  const lease = new Lease(connection, 'migrate');
  while (!(await lease.claim({ ttl: leaseTtl }))) await new Promise((done) => setTimeout(done, 100));
  const holding = holdWhile(lease, leaseTtl);
  try {
    const bringing = bringUpToDate(connection, migrations, retiredIndexes, logger, holding.signal);
    await Promise.race([bringing, holding.lost]);
  } finally {
    holding.end();
    await lease.release();
  }
}

async function bringUpToDate(
  connection: Connection,
  migrations: readonly Migration[],
  retiredIndexes: readonly IndexName[],
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const platforms = Object.entries(PLATFORM_COLLECTIONS);
  const declared = declaredBy(connection);
  await createCollections(connection, [...platforms, ...declared]);
  await createIndexes(connection, platforms);
  const done = connection.collection<{ _id: number; name: string; at: Date }>('migrations');
  const known = new Set((await done.find().toArray()).map((row) => row._id));
  for (const migration of [...migrations].sort((left, right) => left.version - right.version)) {
    if (known.has(migration.version)) continue;
    logger.info({ version: migration.version, name: migration.name }, 'migrating');
    signal.throwIfAborted();
    await migration.run(connection, signal);
    signal.throwIfAborted();
    await done.insertOne({ _id: migration.version, name: migration.name, at: new Date() });
  }
  signal.throwIfAborted();
  await dropIndexes(connection, [...RETIRED_INDEXES, ...retiredIndexes]);
  await createIndexes(connection, declared);
  await markMigrated(connection, migrations);
}

/** Prolongs a lease that is held; `lost` rejects, and the signal ends, when somebody else has it. */
function holdWhile(lease: Lease, ttl: number): { signal: AbortSignal; lost: Promise<never>; end(): void } {
  const losing = new AbortController();
  const prolong = async () => {
    const isMine = await lease.claim({ ttl }).catch(() => lease.isHeld());
    if (!isMine) losing.abort(new MigrationLost('another process took the migration over'));
  };
  const prolonging = setInterval(() => void prolong(), ttl / 3);
  const lost = new Promise<never>((_, failed) =>
    losing.signal.addEventListener('abort', () => failed(losing.signal.reason as Error), { once: true }),
  );
  lost.catch(() => undefined);
  return { signal: losing.signal, lost, end: () => clearInterval(prolonging) };
}
