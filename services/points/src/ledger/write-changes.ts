/**
 * Writes what a batch of commands has changed, and tells its facts: a handful of calls, whatever their number. Documents are
 * named by their ids alone: the books hold only what is their members' own, and MongoDB plans nothing for such an update.
 */
import type { UnitOfWork } from '@membership/platform/transaction';
import { withCauses } from './with-causes.ts';
import { isInRecord, markFields, recordsMade, type Changes } from './changes.ts';
import { balancesOf } from '../domain/balances.ts';
import { increments } from '../domain/day-totals.ts';
import type { Ledger } from './ledger.ts';
import type { Lot } from '../domain/lots.ts';
import type { Profile } from '../domain/profile.ts';

type Stores = Ledger['models'];

export async function writeChanges(
  { models }: Pick<Ledger, 'models'>,
  changes: Changes,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  await writeProfiles(models, changes, unit);
  await writeRecords(models, changes, now, unit);
  await writeLots(models, changes, unit);
  await writeHolds(models, changes, unit);
  await writeOrders(models, changes, unit);
  await writeDays(models, changes, unit);
  for (const { scope, event, announcement } of withCauses(changes.facts))
    unit.announce(scope, event, announcement);
}

const inUnit = ({ session }: UnitOfWork) => ({ session, ordered: false }) as const;

/** The fields that are others than before. */
function changedFields(before: Profile, after: Profile): Record<string, unknown> {
  const were = before as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== were[name]));
}

async function writeProfiles({ profiles }: Stores, changes: Changes, unit: UnitOfWork): Promise<void> {
  const writes = [...changes.profiles.values()].flatMap(({ before, after }) => {
    const fields = changedFields(before, after);
    const { _id, tenantId } = after;
    if (Object.keys(fields).length === 0) return [];
    unit.changes(balancesOf(tenantId, _id));
    return [{ updateOne: { filter: { _id }, update: { $set: fields } } }];
  });
  if (writes.length > 0) await profiles.native.bulkWrite(writes, inUnit(unit));
}

async function writeRecords(
  { records }: Stores,
  changes: Changes,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const made = recordsMade(changes, now);
  if (made.length > 0) await records.native.insertMany(made, inUnit(unit));
  const marks = [...changes.marks]
    .filter(([id]) => !changes.records.has(id))
    .map(([_id, mark]) => ({
      updateOne: {
        // What was undone stays so, whatever becomes of its lot: it can be undone once.
        filter: { _id, ...(mark.status === 'expired' ? { status: 'active' as const } : {}) },
        update: { $set: markFields(mark, now) },
      },
    }));
  const lots = [...changes.changedLots.values()]
    .filter((lot) => isInRecord(changes, lot))
    .map(({ _id, ...lot }) => ({
      updateOne: {
        filter: { _id },
        update: { $set: { ...stateOf(lot, 'lot.'), 'lot.isOpen': lot.remaining > 0 } },
      },
    }));
  if (marks.length + lots.length > 0) await records.native.bulkWrite([...marks, ...lots], inUnit(unit));
}

/** What changes of a lot. */
const stateOf = (
  { remaining, held, expired = 0, heirs }: Pick<Lot, 'remaining' | 'held' | 'expired' | 'heirs'>,
  prefix = '',
): Record<string, unknown> => ({
  [`${prefix}remaining`]: remaining,
  [`${prefix}held`]: held,
  [`${prefix}expired`]: expired,
  ...(heirs ? { [`${prefix}heirs`]: heirs } : {}),
});

/** Those that are documents of their own. */
async function writeLots({ lots }: Stores, changes: Changes, unit: UnitOfWork): Promise<void> {
  const isSeparate = (lot: Lot) => !isInRecord(changes, lot);
  const made = [...changes.newLots.values()].filter(isSeparate);
  if (made.length > 0) await lots.native.insertMany(made, inUnit(unit));
  const changed = [...changes.changedLots.values()].filter(isSeparate);
  if (changed.length === 0) return;
  await lots.native.bulkWrite(
    changed.map(({ _id, ...lot }) => ({ updateOne: { filter: { _id }, update: { $set: stateOf(lot) } } })),
    inUnit(unit),
  );
}

async function writeHolds({ holds }: Stores, changes: Changes, unit: UnitOfWork): Promise<void> {
  if (changes.newHolds.size > 0) await holds.native.insertMany([...changes.newHolds.values()], inUnit(unit));
  if (changes.changedHolds.size === 0) return;
  await holds.native.bulkWrite(
    [...changes.changedHolds.values()].map(({ _id, status, captured, released, recordId, settledAt }) => ({
      updateOne: {
        filter: { _id },
        update: { $set: { status, captured, released, recordId, settledAt } },
      },
    })),
    inUnit(unit),
  );
}

async function writeOrders({ orders }: Stores, changes: Changes, unit: UnitOfWork): Promise<void> {
  if (changes.newOrders.size > 0)
    await orders.native.insertMany([...changes.newOrders.values()], inUnit(unit));
  if (changes.changedOrders.size === 0) return;
  await orders.native.bulkWrite(
    [...changes.changedOrders.values()].map(({ _id, tenantId: _whose, createdAt: _made, ...state }) => ({
      updateOne: { filter: { _id }, update: { $set: state } },
    })),
    inUnit(unit),
  );
}

async function writeDays({ days }: Stores, changes: Changes, unit: UnitOfWork): Promise<void> {
  if (changes.days.size === 0) return;
  await days.native.bulkWrite(
    [...changes.days.values()].map(({ _id, tenantId, memberId, day, ...counts }) => ({
      updateOne: {
        filter: { _id },
        update: { $setOnInsert: { tenantId, memberId, day }, $inc: increments(counts) },
        upsert: true,
      },
    })),
    inUnit(unit),
  );
}
