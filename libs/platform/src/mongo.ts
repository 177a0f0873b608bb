/** A service's own MongoDB: connection, collections, the tenant fence. */
import mongoose, {
  type ClientSession,
  type Connection,
  type Model,
  type PipelineStage,
  type Schema,
} from 'mongoose';
import { within } from './deadline.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { boundedReads, READ_MILLISECONDS } from './mongo/bounded-reads.ts';
import './mongo/closed-connections.ts';
import './mongo/idle-pools.ts';
import { oneBatch } from './mongo/one-batch.ts';
import type { TenantScope } from './scope.ts';

export type { Connection, ClientSession } from 'mongoose';

export type Mongo = {
  readonly connection: Connection;
  isUp(): boolean;
  /** See `ping`. */
  ping(milliseconds?: number): Promise<void>;
  close(): Promise<void>;
};

/**
 * A server that hangs, without a closed connection to show it, is noticed by the driver's own looks: so often, each
 * waiting so long. What was under way then fails, and what follows is refused until it answers again. The driver's
 * `timeoutMS` does nothing.
 */
const LOOK_MILLISECONDS = 5_000;
/** Documents of a list that are counted. */
const COUNTED = 10_000;
/** Documents of an answer that is asked for at once; a longer one comes by a cursor. */
const BATCH = 1_000;
/** Documents that `updateAll` and `deleteAll` leave to the transaction. */
export const LEFT_TO_TRANSACTION = 1_000;

/** Connects, and keeps trying: a service never ends because its database is not there yet. */
export async function connectMongo({
  uri,
  logger,
  metrics,
  poolSize = 50,
  signal,
}: {
  uri: string;
  logger: Logger;
  metrics?: Metrics;
  poolSize?: number;
  signal?: AbortSignal;
}): Promise<Mongo> {
  for (let attempt = 1; ; attempt++) {
    const connection = mongoose.createConnection(uri, {
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      maxPoolSize: poolSize,
      minPoolSize: 1,
      serverSelectionTimeoutMS: 5_000,
      heartbeatFrequencyMS: LOOK_MILLISECONDS,
      connectTimeoutMS: LOOK_MILLISECONDS,
      monitorCommands: false,
      noDelay: true,
    });
    try {
      await connection.asPromise();
      let checkedOut = 0;
      const client = connection.getClient();
      client.on('connectionCheckedOut', () => checkedOut++);
      client.on('connectionCheckedIn', () => checkedOut--);
      metrics?.gauge(
        'membership_mongo_connections_in_use',
        'Connections of the MongoDB pool in use',
        [],
        (gauge) => gauge.set(checkedOut),
      );
      metrics?.gauge('membership_mongo_up', '1 while MongoDB is connected', [], (gauge) =>
        gauge.set(connection.readyState === 1 ? 1 : 0),
      );
      return {
        connection,
        isUp: () => connection.readyState === 1,
        ping: (milliseconds) => ping(connection, milliseconds),
        close: () => connection.close(),
      };
    } catch (error) {
      await connection.close().catch(() => undefined);
      if (signal?.aborted) throw error;
      logger.warn({ err: error, attempt }, 'MongoDB does not answer yet; trying again');
      await new Promise((done) => setTimeout(done, Math.min(5_000, 250 * attempt)));
    }
  }
}

/** Resolves when the database answers; rejects when it does not in time, however it hangs. */
export async function ping(connection: Connection, milliseconds = 1_000): Promise<void> {
  await within(
    milliseconds,
    async (signal) => connection.db?.command({ ping: 1 }, { signal }),
    'the database does not answer',
  );
}

/** Every document that belongs to a tenant. Ids are integers (see ids.ts). */
export type TenantDocument = { _id: number | string; tenantId: number };
export type Sort = Record<string, 1 | -1>;
type FindOptions = {
  readonly sort?: Record<string, 1 | -1>;
  readonly skip?: number;
  readonly limit?: number;
  readonly projection?: Record<string, 0 | 1>;
  readonly collation?: mongoose.mongo.CollationOptions;
  /** The index to use, where the planner cannot know. */
  readonly hint?: Sort;
  readonly maxTimeMS?: number;
  readonly session?: ClientSession;
};
/** Which part of a list is asked for: the page's number, from 1, and how many a page has. */
export type Paging = { readonly page: number; readonly size: number };
export type PageRequest = Paging & { readonly sort: Sort; readonly projection?: Record<string, 0 | 1> };
type AggregateOptions = Pick<FindOptions, 'session' | 'hint'>;
type WriteOptions = { readonly session?: ClientSession; readonly upsert?: boolean };
/** A filter by any path but the tenant's, which the scope brings. */
export type Unscoped = { readonly tenantId?: never; readonly [path: string]: unknown };
type Filter = Record<string, unknown> & { tenantId: number };
export type Update = Readonly<Record<string, unknown>>;

/**
 * Documents of one collection, always inside one tenant: every method takes the scope first, so a query without a tenant
 * does not compile; at run time the schema's fence throws. What must cross tenants says so with `acrossTenants`.
 */
export class TenantCollection<T extends TenantDocument> {
  readonly #model: Model<TenantDocument>;
  readonly #connection: Connection;
  readonly #native: mongoose.mongo.Collection<T>;

  constructor(connection: Connection, name: string, schema: Schema) {
    schema.plugin(tenantFence);
    this.#connection = connection;
    this.#model = connection.model<TenantDocument>(name, schema as Schema<TenantDocument>, name);
    this.#native = boundedReads(this.#model.collection as unknown as mongoose.mongo.Collection<T>);
  }

  /** Not the model's fence, which what goes past the model would miss. */
  #filter(scope: TenantScope, filter: Unscoped): Filter {
    if (typeof scope.tenantId !== 'number') throw new Error(`${this.#model.modelName}: no tenant`);
    return { ...filter, tenantId: scope.tenantId };
  }

  async find(scope: TenantScope, filter: Unscoped, options: FindOptions = {}): Promise<T[]> {
    const { projection, ...others } = options;
    return (
      (await this.#findAtOnce(scope, filter, options)) ??
      ((await this.#model
        .find(this.#filter(scope, filter), projection, { maxTimeMS: READ_MILLISECONDS, ...others })
        .lean()) as unknown as T[])
    );
  }

  async findOne(scope: TenantScope, filter: Unscoped, options: FindOptions = {}): Promise<T | null> {
    const [found] = await this.find(scope, filter, { ...options, limit: 1 });
    return found ?? null;
  }

  /** What has an end that is near; null: a cursor's. */
  async #findAtOnce(
    scope: TenantScope,
    filter: Unscoped,
    { session, limit, ...options }: FindOptions,
  ): Promise<T[] | null> {
    if (limit === undefined || limit > BATCH) return null;
    const asked = {
      filter: this.#filter(scope, filter),
      limit,
      batchSize: limit,
      maxTimeMS: READ_MILLISECONDS,
    };
    return oneBatch<T>(
      this.#connection,
      { find: this.#model.collection.name, ...asked, ...options },
      session,
    );
  }

  /** The documents of a page, and how many there are in all. */
  async page(
    scope: TenantScope,
    filter: Unscoped,
    { page, size, ...options }: PageRequest,
  ): Promise<{ items: T[]; count: number; isEstimate: boolean }> {
    const before = (page - 1) * size;
    const items = await this.find(scope, filter, { ...options, skip: before, limit: size });
    // A page that is not full ends the list: nobody has to count it.
    const isLast = items.length < size && (items.length > 0 || page === 1);
    const total = isLast ? shown(before + items.length, COUNTED) : await this.count(scope, filter);
    return { items, ...total };
  }

  /** Exact up to `limit`; `isEstimate` beyond. */
  async count(
    scope: TenantScope,
    filter: Unscoped,
    { limit = COUNTED, session }: { limit?: number; session?: ClientSession } = {},
  ): Promise<{ count: number; isEstimate: boolean }> {
    const [counted] = await this.aggregate<{ count: number }>(
      scope,
      [{ $match: filter }, { $limit: limit + 1 }, { $count: 'count' }],
      session ? { session } : {},
    );
    return shown(counted?.count ?? 0, limit);
  }

  /** Inserts documents of this tenant; a document of another tenant throws. */
  async insert(scope: TenantScope, documents: readonly T[], { session }: WriteOptions = {}): Promise<void> {
    for (const document of documents)
      if (document.tenantId !== scope.tenantId)
        throw new Error(`${this.#model.modelName}: a document of another tenant`);
    if (documents.length > 0)
      await this.#model.insertMany(documents, { lean: true, ...(session ? { session } : {}) });
  }

  async updateOne(
    scope: TenantScope,
    filter: Unscoped,
    update: Update,
    options: WriteOptions = {},
  ): Promise<{ matched: number; modified: number; upserted: boolean }> {
    const result = await this.#model.updateOne(this.#filter(scope, filter), update, {
      ...options,
      timestamps: false,
    });
    return {
      matched: result.matchedCount,
      modified: result.modifiedCount,
      upserted: result.upsertedCount > 0,
    };
  }

  async updateMany(
    scope: TenantScope,
    filter: Unscoped,
    update: Update,
    options: WriteOptions = {},
  ): Promise<number> {
    return (
      await this.#model.updateMany(this.#filter(scope, filter), update, { ...options, timestamps: false })
    ).modifiedCount;
  }

  /** Updates one document and returns it as it is afterwards, or null when none matches. */
  async change(
    scope: TenantScope,
    filter: Unscoped,
    update: Update,
    options: WriteOptions & { sort?: Sort } = {},
  ): Promise<T | null> {
    return (await this.#model
      .findOneAndUpdate(this.#filter(scope, filter), update, { ...options, returnDocument: 'after' })
      .lean()) as unknown as T | null;
  }

  async deleteMany(scope: TenantScope, filter: Unscoped, { session }: WriteOptions = {}): Promise<number> {
    return (await this.#model.deleteMany(this.#filter(scope, filter), session ? { session } : {}))
      .deletedCount;
  }

  /**
   * Changes all that a filter finds, which must not find what was changed, however many they are: what a transaction would not
   * bear is changed before it, outside of it. For what is right though the rest may fail, and is done again: erasing.
   */
  async updateAll(
    scope: TenantScope,
    filter: Unscoped,
    update: Update,
    { session }: { readonly session: ClientSession },
  ): Promise<void> {
    await this.#inParts(scope, filter, (part) => this.updateMany(scope, part, update));
    await this.updateMany(scope, filter, update, { session });
  }

  /** As `updateAll`. */
  async deleteAll(
    scope: TenantScope,
    filter: Unscoped,
    { session }: { readonly session: ClientSession },
  ): Promise<void> {
    await this.#inParts(scope, filter, (part) => this.deleteMany(scope, part));
    await this.deleteMany(scope, filter, { session });
  }

  /** Until fewer are left than a transaction bears. */
  async #inParts(
    scope: TenantScope,
    filter: Unscoped,
    change: (part: Unscoped) => Promise<number>,
  ): Promise<void> {
    for (;;) {
      const found = await this.find(scope, filter, {
        projection: { _id: 1 },
        limit: LEFT_TO_TRANSACTION,
      });
      if (found.length < LEFT_TO_TRANSACTION) return;
      if ((await change({ ...filter, _id: { $in: found.map(({ _id }) => _id) } })) === 0)
        throw new Error(`${this.#model.modelName}: what was changed is found again`);
    }
  }

  async aggregate<R>(
    scope: TenantScope,
    pipeline: PipelineStage[],
    options: AggregateOptions = {},
  ): Promise<R[]> {
    return this.#aggregate([{ $match: this.#filter(scope, {}) }, ...pipeline], options);
  }

  /** A pipeline over several tenants, for the exceptions that spec/architecture.md names. `why` says which. */
  async aggregateAcrossTenants<R>(why: string, pipeline: PipelineStage[]): Promise<R[]> {
    requireReason(why);
    return this.#aggregate(pipeline);
  }

  async #aggregate<R>(pipeline: PipelineStage[], { session, ...hint }: AggregateOptions = {}): Promise<R[]> {
    const asked = { pipeline, cursor: { batchSize: BATCH }, maxTimeMS: READ_MILLISECONDS, ...hint };
    return (
      (await oneBatch<R>(this.#connection, { aggregate: this.#model.collection.name, ...asked }, session)) ??
      this.#model.collection
        .aggregate<R & mongoose.mongo.BSON.Document>(pipeline, {
          maxTimeMS: READ_MILLISECONDS,
          ...hint,
          ...(session ? { session } : {}),
        })
        .toArray()
    );
  }

  /**
   * Holds off every other transaction that takes this turn until this one is over: the other runs again and sees what this one
   * did. For what must be unique in a way that no index says. What is left of a turn ends by itself: it names codes and keys.
   */
  async takeTurn(name: string, session: ClientSession): Promise<void> {
    await this.#model.db
      .collection<{ _id: string; taken: number; takenAt: Date }>('turns')
      .updateOne(
        { _id: `${this.#model.modelName}:${name}` },
        { $inc: { taken: 1 }, $set: { takenAt: new Date() } },
        { session, upsert: true },
      );
  }

  /** How MongoDB would run a list query: for the tests that show an index under each. */
  async explain(scope: TenantScope, filter: Unscoped, sort: Sort): Promise<unknown> {
    return this.native
      .find(this.#filter(scope, filter) as never)
      .sort(sort)
      .limit(20)
      .explain('executionStats');
  }

  /** The driver's own collection, for hot paths whose filters name the tenant themselves. */
  get native(): mongoose.mongo.Collection<T> {
    return this.#native;
  }

  /** The driver's collection without the fence, for the exceptions that spec/architecture.md names. `why` says which. */
  acrossTenants(why: string): mongoose.mongo.Collection<T> {
    requireReason(why);
    return this.#native;
  }
}

const shown = (count: number, limit: number): { count: number; isEstimate: boolean } =>
  count > limit ? { count: limit, isEstimate: true } : { count, isEstimate: false };

function requireReason(why: string): void {
  if (why.length < 10) throw new Error('say why this query crosses tenants');
}

const FILTERED = [
  'find',
  'findOne',
  'findOneAndUpdate',
  'findOneAndDelete',
  'findOneAndReplace',
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
  'countDocuments',
  'distinct',
] as const;

/** Schema plugin: a query, pipeline or document without a tenant throws. */
export function tenantFence(schema: Schema): void {
  if (!schema.path('tenantId')) schema.add({ tenantId: { type: Number, required: true } });
  for (const operation of FILTERED)
    schema.pre(operation as 'find', function () {
      if (typeof this.getFilter().tenantId !== 'number')
        throw new Error(`${this.model.modelName}.${operation} without a tenant`);
    });
  schema.pre('aggregate', function () {
    const first = this.pipeline()[0] as { $match?: { tenantId?: unknown } } | undefined;
    if (typeof first?.$match?.tenantId !== 'number') throw new Error('aggregate without a tenant');
  });
  schema.pre('save', function () {
    if (typeof this.get('tenantId') !== 'number') throw new Error('document without a tenant');
  });
}
