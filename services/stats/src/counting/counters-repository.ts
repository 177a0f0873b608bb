/** The numbers of one generation: quarter hours, totals, and the rows that say how each thing is. */
import type { ClientSession, Connection, mongo } from 'mongoose';
import { TenantCollection, type Migration } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { flows, type Flow } from './figures.ts';
import {
  bucketSchema,
  rowSchema,
  totalsSchema,
  type Generation,
  type StoredBucket,
  type StoredRow,
  type StoredTotals,
} from './models.ts';
import type { Known, Row, Tally, VipRow } from './tally.ts';

const WHOLE_LOG = 'the log holds the facts of every tenant; every row carries its own';
const WHOLE_TENANT = 'tenant';
const generations = (connection: Connection) => connection.collection<Generation>('generations');

/** The first generation, into which the log is counted from its beginning. */
export const firstGeneration: Migration = {
  version: 1,
  name: 'first generation',
  run: async (connection) =>
    void (await generations(connection).updateOne(
      { _id: 1 },
      { $setOnInsert: { isServing: true, asOf: null, events: 0 } },
      { upsert: true },
    )),
};

export class CountersRepository {
  readonly #connection: Connection;
  readonly #rows: TenantCollection<StoredRow>;
  readonly #buckets: TenantCollection<StoredBucket>;
  readonly #totals: TenantCollection<StoredTotals>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#rows = new TenantCollection<StoredRow>(connection, 'rows', rowSchema);
    this.#buckets = new TenantCollection<StoredBucket>(connection, 'buckets', bucketSchema);
    this.#totals = new TenantCollection<StoredTotals>(connection, 'totals', totalsSchema);
  }

  /** The generation that answers are made from. */
  async servingGeneration(): Promise<Generation> {
    const found = await generations(this.#connection).findOne({ isServing: true });
    if (!found) throw new Error('no generation serves: the migrations have not run');
    return found;
  }

  /** Notes that the serving generation counts these events too. Two processes at once: one of them waits or runs again. */
  async advance(events: number, asOf: Date, session: ClientSession): Promise<number> {
    const found = await generations(this.#connection).findOneAndUpdate(
      { isServing: true },
      { $inc: { events }, $max: { asOf } },
      { session, projection: { _id: 1 } },
    );
    if (!found) throw new Error('no generation serves: the migrations have not run');
    return found._id;
  }

  /** What is known of the things that a batch is about. */
  async findKnown(
    generation: number,
    keys: { rows: readonly string[]; vips: readonly string[] },
    session: ClientSession,
  ): Promise<Known> {
    const ids = [...keys.rows, ...keys.vips].map((key) => idOf(generation, key));
    const found =
      ids.length === 0
        ? []
        : await this.#rows
            .acrossTenants(WHOLE_LOG)
            .find({ _id: { $in: ids } }, { session, batchSize: ids.length + 1 })
            .toArray();
    const rows = new Map<string, Row>();
    const vips = new Map<string, VipRow>();
    for (const { _id, tenantId, sequence, state, liveTags } of found) {
      const key = _id.slice(_id.indexOf('/') + 1);
      if (state && sequence !== undefined) rows.set(key, { tenantId, key, sequence, state });
      else if (liveTags !== undefined) vips.set(key, { tenantId, key, liveTags });
    }
    return { rows, vips };
  }

  /** Writes what a batch adds up to: one call a collection, however many events there were. */
  async add(
    generation: number,
    { rows, vips, buckets, totals }: Tally,
    session: ClientSession,
  ): Promise<void> {
    const documents: StoredRow[] = [
      ...rows.map(({ tenantId, key, sequence, state }) => ({
        _id: idOf(generation, key),
        tenantId,
        generation,
        sequence,
        state,
      })),
      ...vips.map(({ tenantId, key, liveTags }) => ({
        _id: idOf(generation, key),
        tenantId,
        generation,
        liveTags,
      })),
    ];
    await this.#write(
      this.#rows,
      documents.map((replacement) => ({
        replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
      })),
      session,
    );
    await this.#write(
      this.#buckets,
      buckets.map(({ tenantId, at, flows: added }) => ({
        updateOne: {
          filter: { _id: idOf(generation, `${tenantId}:${WHOLE_TENANT}:${at.toISOString()}`) },
          update: {
            $inc: prefixed('flows', added),
            $setOnInsert: { tenantId, generation, series: WHOLE_TENANT, at },
          },
          upsert: true,
        },
      })),
      session,
    );
    await this.#write(
      this.#totals,
      totals.flatMap(({ tenantId, flows: added, standings }) => {
        const $inc = { ...prefixed('flows', added), ...prefixed('standings', standings) };
        if (Object.keys($inc).length === 0) return [];
        return [
          {
            updateOne: {
              filter: { _id: idOf(generation, String(tenantId)) },
              update: { $inc, $setOnInsert: { tenantId, generation } },
              upsert: true,
            },
          },
        ];
      }),
      session,
    );
  }

  async #write<T extends { _id: string; tenantId: number }>(
    collection: TenantCollection<T>,
    operations: readonly unknown[],
    session: ClientSession,
  ): Promise<void> {
    if (operations.length > 0)
      await collection
        .acrossTenants(WHOLE_LOG)
        .bulkWrite(operations as mongo.AnyBulkWriteOperation<T>[], { session, ordered: true });
  }

  /** All time, and how things are now; null for a tenant of which nothing was heard yet. */
  async findTotals(scope: TenantScope, generation: number): Promise<StoredTotals | null> {
    return this.#totals.findOne(scope, { _id: idOf(generation, String(scope.tenantId)) });
  }

  /** The tenant's zone as its newest event says; UTC until one was heard. */
  async zoneOf(scope: TenantScope, generation: number): Promise<string> {
    const row = await this.#rows.findOne(scope, {
      _id: idOf(generation, `${scope.tenantId}:tenant:${scope.tenantId}`),
    });
    return row?.state?.kind === 'tenant' ? row.state.timezone : 'UTC';
  }

  /** What happened from one moment up to another, which is not included. */
  async sumFlows(
    scope: TenantScope,
    generation: number,
    from: Date,
    until: Date,
  ): Promise<Record<Flow, number>> {
    const sums = Object.fromEntries(flows.map((flow) => [flow, { $sum: `$flows.${flow}` }]));
    const [found] = await this.#buckets.aggregate<Record<Flow, number>>(scope, [
      { $match: { generation, series: WHOLE_TENANT, at: { $gte: from, $lt: until } } },
      { $group: { _id: null, ...sums } },
    ]);
    return Object.fromEntries(flows.map((flow) => [flow, found?.[flow] ?? 0])) as Record<Flow, number>;
  }
}

const idOf = (generation: number, key: string): string => `${generation}/${key}`;
const prefixed = (prefix: string, sums: Readonly<Partial<Record<string, number>>>): Record<string, number> =>
  Object.fromEntries(Object.entries(sums).map(([name, value]) => [`${prefix}.${name}`, value ?? 0]));
