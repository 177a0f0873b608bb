/** The numbers of one generation: quarter hours, totals, and the rows that say how each thing is. */
import type { ClientSession, Connection, mongo } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import { ofOneMoment } from '@membership/platform/mongo/one-moment';
import type { TenantScope } from '@membership/platform/scope';
import type { State } from './countable.ts';
import { addTo, flows, type Breakdown, type Flow } from './figures.ts';
import {
  bucketSchema,
  groupSchema,
  rowSchema,
  totalsSchema,
  type NestedSums,
  type StoredBucket,
  type StoredGroup,
  type StoredRow,
  type StoredTotals,
} from './models.ts';
import type { GroupOf } from './things.ts';
import type { ActiveRow, Known, Row, Series, Tally, VipRow } from './tally.ts';

/** A level as it is defined; `threshold` is what its ladder is ordered by: money spent in hundredths, or points. */
export type LevelDefinition = {
  readonly id: string;
  readonly name: string;
  readonly threshold: number;
  readonly isRemoved: boolean;
};

const WHOLE_LOG = 'the log holds the facts of every tenant; every row carries its own';
const collectionsOf = (connection: Connection) => ({
  rows: new TenantCollection<StoredRow>(connection, 'rows', rowSchema),
  buckets: new TenantCollection<StoredBucket>(connection, 'buckets', bucketSchema),
  totals: new TenantCollection<StoredTotals>(connection, 'totals', totalsSchema),
  groups: new TenantCollection<StoredGroup>(connection, 'groups', groupSchema),
});

export class CountersRepository {
  readonly #connection: Connection;
  readonly #collections: ReturnType<typeof collectionsOf>;
  /** Whose moment reports are read as of. */
  readonly #moment: { readonly session?: ClientSession };

  constructor(
    connection: Connection,
    collections = collectionsOf(connection),
    moment: { readonly session?: ClientSession } = {},
  ) {
    this.#connection = connection;
    this.#collections = collections;
    this.#moment = moment;
  }

  /** What `read` gives, all of whose reads see the figures as of one moment; its first one is awaited before others begin. */
  ofOneMoment<T>(read: (counters: CountersRepository, session: ClientSession) => Promise<T>): Promise<T> {
    return ofOneMoment(this.#connection, (session) =>
      read(new CountersRepository(this.#connection, this.#collections, { session }), session),
    );
  }

  /** What is known of the things that a batch is about. */
  async findKnown(
    generation: number,
    keys: Readonly<Record<keyof Known, readonly string[]>>,
    session: ClientSession,
  ): Promise<Known> {
    const ids = [...keys.rows, ...keys.vips, ...keys.actives].map((key) => idOf(generation, key));
    const found =
      ids.length === 0
        ? []
        : await this.#collections.rows
            .acrossTenants(WHOLE_LOG)
            .find({ _id: { $in: ids } }, { session, batchSize: ids.length + 1 })
            .toArray();
    const rows = new Map<string, Row>();
    const vips = new Map<string, VipRow>();
    const actives = new Map<string, ActiveRow>();
    for (const { _id, tenantId, sequence, state, told, liveTags, lastActiveAt } of found) {
      const key = _id.slice(_id.indexOf('/') + 1);
      if (state && sequence !== undefined)
        rows.set(key, { tenantId, key, sequence, state, ...(told ? { told } : {}) });
      else if (liveTags !== undefined) vips.set(key, { tenantId, key, liveTags });
      else if (lastActiveAt) actives.set(key, { tenantId, key, lastActiveAt });
    }
    return { rows, vips, actives };
  }

  /** Writes what a batch adds up to: one call a collection, however many events there were. */
  async add(
    generation: number,
    { rows, vips, actives, buckets, totals, groups }: Tally,
    session: ClientSession,
  ): Promise<void> {
    const documents: StoredRow[] = [
      ...[...rows, ...vips, ...actives].map(({ key, ...row }) => ({
        _id: idOf(generation, key),
        generation,
        ...row,
      })),
    ];
    await this.#write(
      this.#collections.rows,
      documents.map((replacement) => ({
        replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
      })),
      session,
    );
    await this.#write(
      this.#collections.buckets,
      buckets.map(({ tenantId, series, at, flows: added }) => ({
        updateOne: {
          filter: { _id: idOf(generation, `${tenantId}:${series}:${at.toISOString()}`) },
          update: {
            $inc: prefixed('flows', added),
            $setOnInsert: { tenantId, generation, series, at },
          },
          upsert: true,
        },
      })),
      session,
    );
    await this.#write(
      this.#collections.totals,
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
    await this.#write(
      this.#collections.groups,
      groups.map(({ tenantId, of, id, sums }) => ({
        updateOne: {
          filter: { _id: idOf(generation, `${tenantId}:${of}:${id}`) },
          update: { $inc: prefixed('sums', sums), $setOnInsert: { tenantId, generation, of, subject: id } },
          upsert: true,
        },
      })),
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
    return this.#collections.totals.findOne(
      scope,
      { _id: idOf(generation, String(scope.tenantId)) },
      this.#moment,
    );
  }

  /** The same of several tenants, by their ids. */
  async listTotals(generation: number, tenantIds: readonly number[]): Promise<Map<number, StoredTotals>> {
    const found = await this.#collections.totals
      .acrossTenants('one look for all who follow their figures; each is sent its own')
      .find({ _id: { $in: tenantIds.map((tenantId) => idOf(generation, String(tenantId))) } })
      .toArray();
    return new Map(found.map((totals) => [totals.tenantId, totals]));
  }

  /** The tenant's zone as its newest event says; UTC until one was heard. */
  async zoneOf(scope: TenantScope, generation: number): Promise<string> {
    const row = await this.#collections.rows.findOne(
      scope,
      { _id: idOf(generation, `${scope.tenantId}:tenant:${scope.tenantId}`) },
      this.#moment,
    );
    return row?.state?.kind === 'tenant' ? row.state.timezone : 'UTC';
  }

  /** How members are shown to others: those that are private, or no more active, are not. */
  async listMemberNames(
    scope: TenantScope,
    generation: number,
    memberIds: readonly number[],
  ): Promise<Map<number, { readonly displayName: string; readonly isShown: boolean }>> {
    const keyOf = (kind: State['kind'], memberId: number) =>
      idOf(generation, `${scope.tenantId}:${kind}:${memberId}`);
    if (memberIds.length === 0) return new Map();
    const ids = memberIds.flatMap((id) => [keyOf('member', id), keyOf('member_preferences', id)]);
    const found = await this.#collections.rows.find(scope, { _id: { $in: ids } }, this.#moment);
    const states = new Map(found.map(({ _id, state }) => [_id, state]));
    return new Map(
      memberIds.map((id) => {
        const member = states.get(keyOf('member', id));
        const preferences = states.get(keyOf('member_preferences', id));
        const isPrivate = preferences?.kind === 'member_preferences' && !preferences.isOnLeaderboards;
        const { isActive, displayName } =
          member?.kind === 'member' ? member : { isActive: true, displayName: '' };
        return [id, { displayName, isShown: isActive && !isPrivate }];
      }),
    );
  }

  /** The levels of a ladder that the tenant defines, the first of the ladder first. */
  async listLevels(
    scope: TenantScope,
    generation: number,
    kind: 'member_level' | 'user_level',
  ): Promise<LevelDefinition[]> {
    const prefix = idOf(generation, `${scope.tenantId}:${kind}:`);
    const rows = await this.#collections.rows.find(
      scope,
      { _id: { $gte: prefix, $lt: `${prefix}:` } },
      this.#moment,
    );
    return rows
      .flatMap(({ _id, state }) => {
        if (state?.kind !== 'member_level' && state?.kind !== 'user_level') return [];
        const threshold = state.kind === 'member_level' ? state.requiredSpent : state.minPoints;
        return [{ id: _id.slice(prefix.length), name: state.name, threshold, isRemoved: state.isRemoved }];
      })
      .sort((left, right) => left.threshold - right.threshold);
  }

  /** How things are now of each tag, plan or application of which anything was told: sums by `assignments.active` and the like. */
  async listGroups(
    scope: TenantScope,
    generation: number,
    of: GroupOf,
  ): Promise<Map<number, Record<string, number>>> {
    const found = await this.#collections.groups.find(
      scope,
      { generation, of },
      { sort: { subject: 1 }, ...this.#moment },
    );
    return new Map(found.map(({ subject, sums = {} }) => [subject, flattened(sums)]));
  }

  /** What was told last of each thing of a kind, by its id. For kinds of which a tenant has few. */
  async listStates<Kind extends State['kind']>(
    scope: TenantScope,
    generation: number,
    kind: Kind,
  ): Promise<Map<number, Extract<State, { kind: Kind }>>> {
    const prefix = idOf(generation, `${scope.tenantId}:${kind}:`);
    const rows = await this.#collections.rows.find(
      scope,
      { _id: { $gte: prefix, $lt: `${prefix}:` } },
      this.#moment,
    );
    return new Map(
      rows.map(({ _id, state }) => [
        Number(_id.slice(prefix.length)),
        state as Extract<State, { kind: Kind }>,
      ]),
    );
  }

  /** What happened from one moment up to another, which is not included. */
  async sumFlows(
    scope: TenantScope,
    generation: number,
    from: Date,
    until: Date,
  ): Promise<Record<Flow, number>> {
    const sums = Object.fromEntries(flows.map((flow) => [flow, { $sum: `$flows.${flow}` }]));
    const [found] = await this.#collections.buckets.aggregate<Record<Flow, number>>(
      scope,
      [
        { $match: { generation, series: 'tenant' satisfies Series, at: { $gte: from, $lt: until } } },
        { $group: { _id: null, ...sums } },
      ],
      this.#moment,
    );
    return Object.fromEntries(flows.map((flow) => [flow, found?.[flow] ?? 0])) as Record<Flow, number>;
  }

  /**
   * What happened between each of these moments and the next. Quarter hours are told apart here, by the calendar that
   * everything else uses: a database may know other zones, or know them otherwise.
   */
  async flowsBetween<Name extends Flow>(
    scope: TenantScope,
    generation: number,
    moments: readonly Date[],
    names: readonly Name[],
  ): Promise<Record<Name, number>[]> {
    const sums = await this.#sumsBetween(scope, generation, 'tenant', moments, names);
    return sums.map(
      (sum) => Object.fromEntries(names.map((name) => [name, sum[name] ?? 0])) as Record<Name, number>,
    );
  }

  /** The same of a breakdown: the sums of every name that moved, `login.earned` and the like. */
  detailsBetween(
    scope: TenantScope,
    generation: number,
    series: Breakdown | 'usage',
    moments: readonly Date[],
  ): Promise<Record<string, number>[]> {
    return this.#sumsBetween(scope, generation, series, moments);
  }

  async #sumsBetween(
    scope: TenantScope,
    generation: number,
    series: Series,
    moments: readonly Date[],
    names?: readonly string[],
  ): Promise<Record<string, number>[]> {
    const [from, until] = [moments[0] as Date, moments.at(-1) as Date];
    const wanted = names?.map((name) => `flows.${name}`) ?? ['flows'];
    const quarters = await this.#collections.buckets.find(
      scope,
      { generation, series, at: { $gte: from, $lt: until } },
      {
        projection: Object.fromEntries(['at', ...wanted].map((path) => [path, 1])),
        sort: { at: 1 },
        ...this.#moment,
      },
    );
    const sums = moments.slice(1).map((): Record<string, number> => ({}));
    let index = 0;
    for (const { at, flows: happened = {} } of quarters) {
      while (at >= (moments[index + 1] as Date)) index++;
      addTo(sums[index] as Record<string, number>, flattened(happened as NestedSums));
    }
    return sums;
  }

  /** Members that were active at or after a moment. */
  async countActive(scope: TenantScope, generation: number, since: Date): Promise<number> {
    const [found] = await this.#collections.buckets.aggregate<{ members: number }>(
      scope,
      [
        { $match: { generation, series: 'activity' satisfies Series, at: { $gte: since } } },
        { $group: { _id: null, members: { $sum: '$flows.lastActive' } } },
      ],
      this.#moment,
    );
    return found?.members ?? 0;
  }
}

const idOf = (generation: number, key: string): string => `${generation}/${key}`;
const prefixed = (prefix: string, sums: Readonly<Partial<Record<string, number>>>): Record<string, number> =>
  Object.fromEntries(Object.entries(sums).map(([name, value]) => [`${prefix}.${name}`, value ?? 0]));
/** Nested sums by the name that nests them: `{ login: { earned: 5 } }` as `login.earned`. */
function flattened(sums: NestedSums, prefix = ''): Record<string, number> {
  return Object.fromEntries(
    Object.entries(sums).flatMap(([name, value]): [string, number][] =>
      typeof value === 'number'
        ? [[prefix + name, value]]
        : Object.entries(flattened(value, `${prefix}${name}.`)),
    ),
  );
}
