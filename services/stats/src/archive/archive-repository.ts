/** Every event, once, in the order of the log: the audit trail, and what every figure is counted from. */
import type { ClientSession, Connection } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import type { IndexName, Migration } from '@membership/platform/migrate';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import { TenantCollection } from '@membership/platform/mongo';
import { runTransaction } from '@membership/platform/run-transaction';
import { askedOf, columnsOf } from './columns.ts';
import { archiveSchema, type ArchivedEvent } from './models.ts';
import { follow, positionOf, START, type Head } from './positions.ts';
import { Stretches, type Entry, type Place, type Stretch } from './stretches.ts';

/** Key of the stored offset. Another name would read the log from its start; the archive drops what is known. */
export const READER = 'stats';
const WHOLE_LOG = 'the log holds the facts of every tenant, each with its own id';
/** Written by every transaction that gives positions: none gives one that another gave, and they are committed in order. */
const HEAD = 'archive';
type StoredHead = Head & { readonly _id: string };
const headsOf = (connection: Connection) => collectionOf<StoredHead>(connection, 'archive_head');
const archiveOf = (connection: Connection) => connection.collection<ArchivedEvent>('archive');
const AT_ONCE = 1_000;
/** What cannot be asked for any more since the archive has an order. */
export const retiredIndexes: readonly IndexName[] = [
  ['archive', 'tenantId_1_type_1_time_-1__id_-1'],
  ['archive', 'tenantId_1_memberId_1_time_-1__id_-1'],
];

/**
 * Events that versions before archived get their positions, a tenant's in the order of their times. Broken off, it goes on
 * with those that have none. What such a version archives beside this one, the job gives its position (`placeNext`).
 */
export const placeArchive: Migration = {
  version: 2,
  name: 'positions of the archive',
  run: async (connection, signal) => {
    const archive = archiveOf(connection);
    await inBatches(
      archive
        .find({ position: { $exists: false } }, { projection: { text: 1 }, batchSize: AT_ONCE })
        .sort({ tenantId: -1, time: 1, _id: 1 }),
      signal,
      (some) => runTransaction(connection, (session) => placeAll(connection, some, session)),
    );
  },
};

/** Archived events say who caused them, and by which event, beside their text: the audit trail asks for it. */
export const tellCauses: Migration = {
  version: 3,
  name: 'actors and causes of archived events',
  run: (connection, signal) => {
    const archive = archiveOf(connection);
    return inBatches(
      archive.find({ actor: { $exists: false } }, { projection: { text: 1 }, batchSize: AT_ONCE }),
      signal,
      async (some) =>
        void (await archive.bulkWrite(
          some.map(({ _id, text }) => ({ updateOne: { filter: { _id }, update: { $set: saidOf(text) } } })),
          { ordered: false },
        )),
    );
  },
};

type Some = Pick<ArchivedEvent, '_id' | 'text'>;
async function inBatches(
  found: AsyncIterable<Some>,
  signal: AbortSignal,
  work: (some: readonly Some[]) => Promise<void>,
): Promise<void> {
  let some: Some[] = [];
  for await (const one of found) {
    if (some.push(one) < AT_ONCE) continue;
    signal.throwIfAborted();
    await work(some);
    some = [];
  }
  if (some.length > 0) await work(some);
}

const saidOf = (text: string) => askedOf(JSON.parse(text) as Envelope);

/** Places archived events after everything that has a position. */
async function placeAll(
  connection: Connection,
  some: readonly Some[],
  session: ClientSession,
): Promise<void> {
  const heads = headsOf(connection);
  const before = await heads.findOne({ _id: HEAD }, { session });
  const { head, positions } = follow(
    before,
    some.map((_one, index) => (before?.offset ?? -1) + 1 + index),
  );
  await heads.updateOne({ _id: HEAD }, { $set: { ...head } }, { session, upsert: true });
  await archiveOf(connection).bulkWrite(
    some.map(({ _id, text }, index) => ({
      updateOne: {
        // What has a position keeps it: it may be counted already.
        filter: { _id, position: { $exists: false } },
        update: { $set: { position: positions[index] as number, ...saidOf(text) } },
      },
    })),
    { session, ordered: false },
  );
}

/** Events that were archived in one transaction: all there is behind a position. */
export type Appended = { readonly after: number; readonly entries: readonly Entry[] };

export class ArchiveRepository {
  readonly #connection: Connection;
  /** Also for who only reads: a connection has one model of a collection. */
  readonly events: TenantCollection<ArchivedEvent>;
  readonly #stretches = new Stretches((place, limit) => this.#readAfter(place, limit));

  constructor(connection: Connection) {
    this.#connection = connection;
    this.events = new TenantCollection<ArchivedEvent>(connection, 'archive', archiveSchema);
  }

  /** Which of these events are archived already. */
  async findArchived(ids: readonly string[], session: ClientSession): Promise<Set<string>> {
    const found = await this.events
      .acrossTenants(WHOLE_LOG)
      .find({ _id: { $in: [...ids] } }, { session, projection: { _id: 1 }, batchSize: ids.length + 1 })
      .toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /**
   * Archives events after all others. Two processes at once: one of the two transactions fails, and finds the events when it
   * runs again.
   */
  async append(
    entries: readonly { readonly event: Envelope; readonly offset: number }[],
    session: ClientSession,
  ): Promise<Appended> {
    const { after, positions } = await this.#moveHead(
      entries.map(({ offset }) => offset),
      session,
    );
    const documents = entries.map(({ event }, index) => ({
      _id: event.id,
      tenantId: event.tenantid,
      ...columnsOf(event),
      position: positions[index] as number,
      text: JSON.stringify(event),
    }));
    await this.events.acrossTenants(WHOLE_LOG).insertMany(documents, { session, ordered: true });
    return {
      after,
      entries: entries.map(({ event }, index) => ({ event, position: positions[index] as number })),
    };
  }

  /** Spares those who follow the archive from reading what this process has archived. Once it is committed, never before. */
  hold({ after, entries }: Appended): void {
    this.#stretches.hold(after, entries);
  }

  /** In one call: the server does what `follow` does. */
  async #moveHead(
    offsets: readonly number[],
    session: ClientSession,
  ): Promise<{ readonly after: number; readonly positions: readonly number[] }> {
    const epoch = { $ifNull: ['$epoch', 1] };
    const isAfter = { $gt: [offsets[0], { $ifNull: ['$offset', -1] }] };
    const head = await headsOf(this.#connection).findOneAndUpdate(
      { _id: HEAD },
      [{ $set: { epoch: { $cond: [isAfter, epoch, { $add: [epoch, 1] }] }, offset: offsets.at(-1) } }],
      { session, upsert: true, returnDocument: 'before' },
    );
    return { after: positionOf(head), positions: follow(head, offsets).positions };
  }

  /** Position of the last event that a majority has. */
  async end(): Promise<number> {
    return positionOf(
      await headsOf(this.#connection).findOne({ _id: HEAD }, { readConcern: { level: 'majority' } }),
    );
  }

  /** The next events behind a place, for whoever follows the archive: committed, and shared with others who stand near. */
  nextAfter(place: Place, asked: { readonly limit: number; readonly end: number }): Promise<Stretch> {
    return this.#stretches.next(place, asked);
  }

  /** Positions are given in the order of commits: what is behind a place and committed is all that will ever be before its last. */
  async #readAfter(place: Place, limit: number): Promise<Stretch> {
    // Asked for first, and as the majority has it, too: what is archived meanwhile is left for the next time.
    const end = place.of === 1 ? undefined : Math.max(place.countedTo, await this.end());
    const entries = await this.#list(place, { limit, until: end }, { readConcern: 'majority' });
    const isAll = entries.length < limit;
    const last = entries.at(-1)?.position ?? place.countedTo;
    return { entries, to: isAll ? (end ?? last) : last, isAll };
  }

  /** The events behind a place up to a position, in order, as a transaction sees them. */
  async listUntil(
    place: Place,
    asked: { readonly limit: number; readonly until: number },
    session: ClientSession,
  ): Promise<readonly Envelope[]> {
    return (await this.#list(place, asked, { session })).map(({ event }) => event);
  }

  async #list(
    { countedTo, partition, of }: Place,
    { limit, until }: { readonly limit: number; readonly until?: number | undefined },
    options: { readonly session: ClientSession } | { readonly readConcern: 'majority' },
  ): Promise<Entry[]> {
    const position = {
      $gt: Math.max(countedTo, START),
      ...(until === undefined ? {} : { $lte: until }),
    };
    const ofPartition = of === 1 ? {} : { tenantId: { $mod: [of, partition] as [number, number] } };
    const found = await this.events
      .acrossTenants(WHOLE_LOG)
      .find(
        { position, ...ofPartition },
        { ...options, projection: { position: 1, text: 1 }, batchSize: limit + 1 },
      )
      .hint({ position: 1 })
      .sort({ position: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ position: at, text }) => ({
      position: at as number,
      event: JSON.parse(text) as Envelope,
    }));
  }

  /** Events that a version archived which knows no positions. */
  async listUnplaced(
    limit: number,
    session?: ClientSession,
  ): Promise<Pick<ArchivedEvent, '_id' | 'text' | 'time'>[]> {
    return this.events
      .acrossTenants(WHOLE_LOG)
      .find(
        { position: { $exists: false } },
        { ...(session ? { session } : {}), projection: { text: 1, time: 1 }, batchSize: limit + 1 },
      )
      .hint({ position: 1 })
      .limit(limit)
      .toArray();
  }

  /** Gives them their positions; returns how many there were. */
  async placeNext(limit: number, session: ClientSession): Promise<number> {
    const found = await this.listUnplaced(limit, session);
    if (found.length === 0) return 0;
    found.sort((left, right) => left.time.getTime() - right.time.getTime());
    await placeAll(this.#connection, found, session);
    return found.length;
  }
}
