/**
 * Moves the lots of profiles of versions before into the records that made them, while the service runs: a profile at a time
 * is wholly as it was or wholly moved, so it may be stopped anywhere and run again.
 */
import type { ClientSession, Connection } from 'mongoose';
import { runTransaction } from '@membership/platform/run-transaction';
import { keepLotsInRecords } from './ledger-shape.ts';
import { carriedOf, isOwn, type Lot } from '../domain/lots.ts';
import type { Profile } from '../domain/profile.ts';
import type { PointsRecord } from '../domain/record.ts';

/** Profiles of one transaction, unless they have more lots than that together: then each goes alone. */
const TOGETHER = 20;
const LOTS_TOGETHER = 2_000;
const PER_CALL = 1_000;
/** Of lots, only those that hold points are indexed by their member. */
const BY_MEMBER = 'moving_by_member';
/** Profiles that a process began to open before it was said where their lots go are there by then. */
const OPENED_WITHIN_MS = 15_000;

export type Moved = { readonly profiles: number; readonly lots: number };
type Asked = {
  readonly onProgress?: (sofar: Moved) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the last profiles that were opened before it was said where their lots go are there. */
  readonly openedWithin?: number;
};

const storesOf = (connection: Connection) => ({
  profiles: connection.collection<Profile>('profiles'),
  records: connection.collection<PointsRecord>('records'),
  lots: connection.collection<Lot>('lots'),
});
type Stores = ReturnType<typeof storesOf>;

/**
 * Moves the lots of all profiles, in order of their ids. For when no process of a version before runs any more: it would not
 * find the lots. What a profile's transaction takes while its member's own writes go on, they wait for, or are decided again.
 */
export async function moveLots(
  connection: Connection,
  { onProgress, signal, openedWithin = OPENED_WITHIN_MS }: Asked = {},
): Promise<Moved> {
  const stores = storesOf(connection);
  const sofar = { profiles: 0, lots: 0 };
  const since = await keepLotsInRecords(connection);
  await stores.lots.createIndex({ memberId: 1 }, { name: BY_MEMBER });
  const pass = async () => {
    for await (const ids of unmoved(stores, signal)) {
      const count = await stores.lots.countDocuments(
        { memberId: { $in: ids } },
        { limit: LOTS_TOGETHER + 1 },
      );
      for (const part of count > LOTS_TOGETHER ? ids.map((id) => [id]) : [ids]) {
        const moved = await runTransaction(connection, (session) => moveOf(stores, part, session));
        sofar.profiles += moved.profiles;
        sofar.lots += moved.lots;
        onProgress?.({ ...sofar });
        if (signal?.aborted) return;
      }
    }
  };
  await pass();
  const left = since.getTime() + openedWithin - Date.now();
  if (!signal?.aborted && left > 0) {
    await new Promise((done) => setTimeout(done, left));
    await pass();
  }
  if (!signal?.aborted) await stores.lots.dropIndex(BY_MEMBER);
  return sofar;
}

/** Ids of profiles whose lots are documents of their own. */
async function* unmoved({ profiles }: Stores, signal: AbortSignal | undefined): AsyncGenerator<number[]> {
  for (let after = 0; !signal?.aborted; ) {
    const ids = await profiles
      .find(
        { _id: { $gt: after }, lotsIn: { $exists: false } },
        { sort: { _id: 1 }, limit: TOGETHER, projection: { _id: 1 } },
      )
      .map(({ _id }) => _id)
      .toArray();
    if (ids.length > 0) yield ids;
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

async function moveOf(
  { profiles, records, lots }: Stores,
  memberIds: readonly number[],
  session: ClientSession,
): Promise<Moved> {
  // Written first: whoever moves points of these members meanwhile meets it.
  const isUnmoved = { _id: { $in: [...memberIds] }, lotsIn: { $exists: false } };
  const marked = await profiles.updateMany(isUnmoved, { $set: { lotsIn: 'records' } }, { session });
  if (marked.modifiedCount === 0) return { profiles: 0, lots: 0 };
  const others = new Set<number>();
  let [moved, batch]: [number, Lot[]] = [0, []];
  const moveBatch = async () => {
    if (batch.length === 0) return;
    const options = { session, ordered: false };
    await records.bulkWrite(
      batch.map((lot) => ({
        updateOne: {
          filter: { _id: lot._id, memberId: lot.memberId },
          update: { $set: { lot: carriedOf(lot) } },
        },
      })),
      options,
    );
    await lots.deleteMany({ _id: { $in: batch.map(({ _id }) => _id) } }, options);
    moved += batch.length;
    batch = [];
  };
  const cursor = lots.find({ memberId: { $in: [...memberIds] } }, { session, batchSize: PER_CALL });
  for await (const lot of cursor as AsyncIterable<Lot>) {
    if (isOwn(lot)) batch.push(lot);
    else others.add(lot.memberId);
    if (batch.length === PER_CALL) await moveBatch();
  }
  await moveBatch();
  if (others.size > 0)
    await profiles.updateMany({ _id: { $in: [...others] } }, { $set: { lotsIn: 'both' } }, { session });
  return { profiles: marked.modifiedCount, lots: moved };
}
