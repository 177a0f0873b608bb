/** Looks through the ledger for anything that does not add up, while the service runs. Changes nothing. */
import type { ClientSession, Connection } from 'mongoose';
import type { Hold } from '../domain/hold.ts';
import type { Order } from '../domain/order.ts';
import { ProfileAudit, type Fault } from './audit.ts';
import { isCarried, isOwn, lotOf, type Lot } from '../domain/lots.ts';
import type { PointsRecord } from '../domain/record.ts';
import type { Profile } from '../domain/profile.ts';

/** As they are stored: verification reads every tenant's, each profile with what is its own, and needs no models for that. */
const storesOf = (connection: Connection) => ({
  profiles: connection.collection<Profile>('profiles'),
  records: connection.collection<PointsRecord>('records'),
  lots: connection.collection<Lot>('lots'),
  holds: connection.collection<Hold>('holds'),
  orders: connection.collection<Order>('orders'),
});
type Stores = ReturnType<typeof storesOf>;
/** Profiles that are looked at in one snapshot: it must end within the store's history of snapshots (5 minutes). */
const TOGETHER = 100;
const IDS_AT_ONCE = 1_000;

export type Verified = { readonly profiles: number; readonly records: number; readonly faults: number };
type Asked = {
  readonly tenantId?: number | undefined;
  readonly profileIds?: readonly number[] | undefined;
  /** Each fault as it is found. */
  readonly onFault: (fault: Fault) => void;
  readonly onProgress?: (sofar: Verified) => void;
  readonly signal?: AbortSignal;
};

/** Verifies every profile of one tenant or of all, or those that are named. Each is read in one snapshot with its records, lots and holds. */
export async function verifyLedger(
  connection: Connection,
  { tenantId, profileIds, onFault, onProgress, signal }: Asked,
): Promise<Verified> {
  const stores = storesOf(connection);
  const sofar = { profiles: 0, records: 0, faults: 0 };
  let after = 0;
  while (!signal?.aborted) {
    const session = await connection.startSession({ snapshot: true });
    try {
      const profiles = (await stores.profiles
        .find(
          {
            _id: { $gt: after, ...(profileIds ? { $in: [...profileIds] } : {}) },
            ...(tenantId === undefined ? {} : { tenantId }),
          },
          { session, sort: { _id: 1 }, limit: TOGETHER },
        )
        .toArray()) as Profile[];
      for (const profile of profiles) {
        const { faults, records } = await verifyProfile(stores, profile, session);
        sofar.profiles += 1;
        sofar.records += records;
        sofar.faults += faults.length;
        faults.forEach(onFault);
      }
      onProgress?.({ ...sofar });
      const last = profiles.at(-1);
      if (!last || profiles.length < TOGETHER) break;
      after = last._id;
    } finally {
      await session.endSession();
    }
  }
  return sofar;
}

async function verifyProfile(
  stores: Stores,
  profile: Profile,
  session: ClientSession,
): Promise<{ faults: readonly Fault[]; records: number }> {
  const { tenantId, _id: memberId } = profile;
  const audit = new ProfileAudit(profile);
  const homes = new LotHomeAudit(profile);
  const carried: Lot[] = [];
  let records = 0;
  const chain = stores.records.find({ tenantId, memberId }, { session, sort: { ordinal: 1 } });
  for await (const record of chain) {
    audit.hear(record as PointsRecord);
    homes.hear(record as PointsRecord);
    carried.push(...carriedBy(record as PointsRecord).filter(({ remaining }) => remaining > 0));
    records += 1;
  }
  const separate = (await stores.lots
    .find({ tenantId, memberId, remaining: { $gt: 0 } }, { session })
    .toArray()) as Lot[];
  const known = new Set([...carried, ...separate].map(({ _id }) => _id));
  const emptied = audit.lotsTakenFrom.filter((id) => !known.has(id));
  for (let at = 0; at < emptied.length; at += IDS_AT_ONCE) {
    const named = { _id: { $in: emptied.slice(at, at + IDS_AT_ONCE) }, tenantId, memberId };
    for await (const record of stores.records.find({ ...named, lot: { $exists: true } }, { session }))
      carried.push(...carriedBy(record as PointsRecord));
    separate.push(...((await stores.lots.find(named, { session }).toArray()) as Lot[]));
  }
  const holds = (await stores.holds
    .find({ tenantId, memberId, status: 'held' }, { session })
    .toArray()) as Hold[];
  const orders = (await stores.orders
    .find({ tenantId, memberId }, { session, projection: { paid: 1, refunded: 1 } })
    .toArray()) as Pick<Order, 'paid' | 'refunded'>[];
  const lots = [...carried, ...separate];
  return { faults: [...audit.finish(lots, holds, orders), ...homes.finish(separate)], records };
}

const carriedBy = ({ lot, ...record }: PointsRecord): Lot[] => (lot ? [lotOf({ ...record, lot })] : []);

/** Whether the lots of a profile are where it says that they are. */
class LotHomeAudit {
  readonly #profile: Profile;
  readonly #faults: Fault[] = [];

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  hear({ _id, type, points, reversalOf, lot }: PointsRecord): void {
    const { lotsIn } = this.#profile;
    if (lot && !lotsIn) this.#fault(`record ${_id} carries a lot, the profile says that none does`);
    if (lot && lot.isOpen !== lot.remaining > 0)
      this.#fault(
        `record ${_id} carries ${lot.remaining} points and is${lot.isOpen ? '' : ' not'} found by them`,
      );
    const isEarned = type === 'earn' && points > 0 && reversalOf === undefined;
    if (!lot && lotsIn && isEarned) this.#fault(`record ${_id} carries no lot`);
  }

  /** Compares with the lots that are documents of their own. */
  finish(separate: readonly Lot[]): readonly Fault[] {
    const { lotsIn } = this.#profile;
    for (const lot of separate)
      if (isCarried(lot, lotsIn) || (lotsIn === 'records' && !isOwn(lot)))
        this.#fault(`lot ${lot._id} is a document of its own, the profile says that it is in its record`);
    return this.#faults;
  }

  #fault(found: string): void {
    const { tenantId, _id: profileId } = this.#profile;
    this.#faults.push({ tenantId, profileId, rule: 'home', found });
  }
}
