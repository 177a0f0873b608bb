/**
 * Tells the lots of profiles of versions before, while the service runs: their facts did not. A profile at a time is told
 * wholly or not at all, so it may be stopped anywhere and run again.
 */
import type { ClientSession, Connection } from 'mongoose';
import { profileLotsListed } from '@membership/contracts/events/points';
import { scopeOfJob } from '@membership/platform/scope';
import { transactionsOf, type UnitOfWork } from '@membership/platform/transaction';
import { tellLotsInFacts } from './ledger-shape.ts';
import { LotsListed } from './lot-months.ts';
import { lotOf, type Lot } from '../domain/lots.ts';
import type { Profile } from '../domain/profile.ts';
import type { PointsRecord } from '../domain/record.ts';

/** Profiles of one transaction. */
const TOGETHER = 20;
const PER_CALL = 1_000;
/** Profiles that a process began to open before it was said that facts tell lots are there by then. */
const OPENED_WITHIN_MS = 15_000;

export type ToldLots = { readonly profiles: number; readonly lots: number };
type Asked = {
  readonly onProgress?: (sofar: ToldLots) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the last profiles that were opened before facts told lots are there. */
  readonly openedWithin?: number;
};
const NOT_TOLD = { lotsTold: { $exists: false } } as const;

const storesOf = (connection: Connection) => ({
  profiles: connection.collection<Profile>('profiles'),
  records: connection.collection<PointsRecord>('records'),
  lots: connection.collection<Lot>('lots'),
});
type Stores = ReturnType<typeof storesOf>;

/**
 * Tells the lots of all profiles, in order of their ids. For when no process of a version before runs any more: what it would
 * move is not told.
 */
export async function tellLots(
  connection: Connection,
  { onProgress, signal, openedWithin = OPENED_WITHIN_MS }: Asked = {},
): Promise<ToldLots> {
  const stores = storesOf(connection);
  const transactions = transactionsOf(connection, 'points');
  const run = `tell-lots-${new Date().toISOString()}`;
  const sofar = { profiles: 0, lots: 0 };
  const since = await tellLotsInFacts(connection);
  const pass = async () => {
    for (let after = 0; !signal?.aborted; ) {
      const ids = await stores.profiles
        .find(
          { _id: { $gt: after }, ...NOT_TOLD },
          { sort: { _id: 1 }, limit: TOGETHER, projection: { _id: 1 } },
        )
        .map(({ _id }) => _id)
        .toArray();
      const last = ids.at(-1);
      if (last === undefined) return;
      const told = await transactions.run(async (unit) => {
        const done = { profiles: 0, lots: 0 };
        for (const id of ids) {
          const lots = await tellOf(stores, id, run, unit);
          done.profiles += lots === null ? 0 : 1;
          done.lots += lots ?? 0;
        }
        return done;
      });
      sofar.profiles += told.profiles;
      sofar.lots += told.lots;
      onProgress?.({ ...sofar });
      after = last;
    }
  };
  await pass();
  const left = since.getTime() + openedWithin - Date.now();
  if (!signal?.aborted && left > 0) {
    await new Promise((done) => setTimeout(done, left));
    await pass();
  }
  return sofar;
}

/** Tells the lots of one profile; returns how many, or null where another has told them meanwhile. */
async function tellOf(stores: Stores, _id: number, run: string, unit: UnitOfWork): Promise<number | null> {
  const { session } = unit;
  // Written first: whoever moves points of this member meanwhile meets it.
  const profile = await stores.profiles.findOneAndUpdate(
    { _id, ...NOT_TOLD },
    { $set: { lotsTold: true }, $inc: { sequence: 1 } },
    { session, returnDocument: 'after' },
  );
  if (!profile) return null;
  const { tenantId, sequence } = profile;
  const listed = new LotsListed();
  let count = 0;
  for await (const lot of lotsOf(stores, { tenantId, memberId: _id }, session)) {
    listed.add(lot);
    count += 1;
  }
  unit.announce(scopeOfJob(tenantId, 'points', run), profileLotsListed, {
    ...{ subject: _id, sequence },
    data: { profileId: _id, lots: listed.list() },
  });
  return count;
}

/** Every lot of a member, empty ones too. */
async function* lotsOf(
  stores: Stores,
  whose: { readonly tenantId: number; readonly memberId: number },
  session: ClientSession,
): AsyncGenerator<Lot> {
  const options = { session, batchSize: PER_CALL };
  const carriers = stores.records.find({ ...whose, lot: { $exists: true } }, options);
  for await (const { lot, ...record } of carriers)
    if (lot) yield await withEarning(stores, lotOf({ ...(record as PointsRecord), lot }), session);
  for await (const lot of stores.lots.find({ memberId: whose.memberId }, options))
    yield await withEarning(stores, lot as Lot, session);
}

/** Versions before did not write down when points were earned that were given back: few, and for good from now on. */
async function withEarning(stores: Stores, lot: Lot, session: ClientSession): Promise<Lot> {
  const { _id, originId } = lot;
  if (originId === undefined || lot.earnedAt) return lot;
  const origin = await stores.records.findOne({ _id: originId }, { session, projection: { createdAt: 1 } });
  if (!origin) return lot;
  const { createdAt: earnedAt } = origin;
  await stores.records.updateOne(
    { _id, lot: { $exists: true } },
    { $set: { 'lot.earnedAt': earnedAt } },
    { session },
  );
  await stores.lots.updateOne({ _id }, { $set: { earnedAt } }, { session });
  return { ...lot, earnedAt };
}
