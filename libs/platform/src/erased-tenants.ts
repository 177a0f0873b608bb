/**
 * Erased tenants: whatever a service keeps of one goes, some rows at a time and outside of any transaction. What was under way
 * when it was erased may come later, so it is looked for again, until a month has passed. Events that come after that are let go.
 */
import type { ClientSession, Connection, mongo } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { Failures } from './failures.ts';
import type { Logger } from './log.ts';
import { collectionOf } from './mongo/bounded-reads.ts';
import type { Transactions } from './transaction.ts';

/**
 * `_id` is the tenant. `toldAt`: when this service learned of it, which may be days later: what comes late is counted from there.
 * `nextAt`: when it is looked at next; null: never again.
 */
type ErasedTenant = { readonly _id: number; readonly toldAt: Date; readonly nextAt: Date | null };

const DAY_MS = 86_400_000;
/** Since a service was told: soon, then once a day, until the broker's log has nothing of it any more. */
const LOOKED_AT_MS = [
  ...[60_000, 600_000, 3_600_000],
  ...Array.from({ length: 31 }, (_, days) => (days + 1) * DAY_MS),
];
/** After so long nothing looks any more for what an event would bring: somebody replays one that was parked. */
const LATE_MS = 30 * DAY_MS;
/** Rows that one command removes. */
const AT_ONCE = 1_000;

const rowsOf = (connection: Connection) => collectionOf<ErasedTenant>(connection, 'erased_tenants');

/** Writes down that a tenant is erased, in the transaction that takes it in; told again, it is looked at again. */
export async function rememberErased(
  connection: Connection,
  tenantId: number,
  session: ClientSession,
): Promise<void> {
  const toldAt = new Date();
  await rowsOf(connection).updateOne(
    { _id: tenantId },
    { $set: { toldAt, nextAt: toldAt } },
    { upsert: true, session },
  );
}

/** Ids of all that ever were. */
export const listErased = async (connection: Connection): Promise<number[]> =>
  (await rowsOf(connection).find().toArray()).map(({ _id }) => _id);

/** Ids of the events that come too late for a tenant that was erased. The database is asked about old events alone. */
export async function findTooLate(
  connection: Connection,
  envelopes: readonly Envelope[],
  session: ClientSession,
): Promise<ReadonlySet<string>> {
  const before = Date.now() - LATE_MS;
  const old = envelopes.filter(({ time }) => Date.parse(time) < before);
  if (old.length === 0) return new Set();
  const tenants = [...new Set(old.map(({ tenantid }) => tenantid))];
  const erased = await rowsOf(connection)
    .find({ _id: { $in: tenants } }, { session })
    .toArray();
  const gone = new Set(erased.map(({ _id }) => _id));
  return new Set(old.filter(({ tenantid }) => gone.has(tenantid)).map(({ id }) => id));
}

/** Those that are to be looked at now. */
export const dueErasures = (connection: Connection, now: Date): Promise<ErasedTenant[]> =>
  rowsOf(connection)
    .find({ nextAt: { $lte: now } })
    .toArray();

export type ErasureOptions = {
  readonly now: Date;
  /** By which answers that are kept about a tenant are told. */
  readonly transactions: Pick<Transactions, 'run'>;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** What of a tenant's lies under other names than `tenantId`. */
  readonly also?: ((tenantId: number) => Promise<void>) | undefined;
};

/**
 * Removes what there is of the tenants that are due. Returns how many it removed; what fails, and what a stop leaves, is due
 * again, and keeps none of the others.
 */
export async function eraseDueTenants(
  connection: Connection,
  { now, transactions, signal, logger, also }: ErasureOptions,
): Promise<number> {
  let erased = 0;
  const failures = new Failures(logger, 'tenant-erasures');
  const erase = async ({ _id: tenantId, toldAt, nextAt }: ErasedTenant): Promise<void> => {
    for (const collection of ofTenants(connection)) await removeFrom(collection, tenantId, signal);
    // Found by no index; after a day they end by themselves.
    if (now.getTime() < toldAt.getTime() + 2 * DAY_MS)
      await removeFrom(connection.collection<Row>('operations'), tenantId, signal);
    await also?.(tenantId);
    // Who read something before it was gone may have kept it since the event.
    await transactions.run(async (unit) => unit.changesTenant(tenantId));
    if (signal.aborted) return;
    const next = LOOKED_AT_MS.find((since) => toldAt.getTime() + since > now.getTime());
    // Told again meanwhile: it stays due.
    await rowsOf(connection).updateOne(
      { _id: tenantId, nextAt },
      { $set: { nextAt: next === undefined ? null : new Date(toldAt.getTime() + next) } },
    );
    erased++;
  };
  for (const due of await dueErasures(connection, now)) {
    await failures.attempt(due._id, { tenantId: due._id }, () => erase(due));
    if (signal.aborted || failures.areTooMany) break;
  }
  return erased;
}

type Row = { _id: number | string; tenantId: number };
type Rows = Pick<mongo.Collection<Row>, 'find' | 'deleteMany'>;

/** Each collection whose rows are a tenant's; not the answers that are kept for repeated requests. */
const ofTenants = (connection: Connection): Rows[] =>
  Object.values(connection.models)
    .filter((model) => model.schema.path('tenantId'))
    .map((model) => model.collection as unknown as Rows);

async function removeFrom(collection: Rows, tenantId: number, signal: AbortSignal): Promise<void> {
  let ids: Row['_id'][] = [];
  const remove = async (): Promise<void> => {
    if (ids.length > 0) await collection.deleteMany({ _id: { $in: ids }, tenantId });
    ids = [];
  };
  for await (const { _id } of collection.find({ tenantId }, { projection: { _id: 1 }, batchSize: AT_ONCE })) {
    if (signal.aborted) return;
    ids.push(_id);
    if (ids.length === AT_ONCE) await remove();
  }
  await remove();
}
