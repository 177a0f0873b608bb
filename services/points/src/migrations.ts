/** What the database of a version before lacks. */
import type { Connection } from 'mongoose';
import type { IndexName, Migration } from '@membership/platform/migrate';
import { keepLotsInRecords, tellLotsInFacts } from './ledger/ledger-shape.ts';
import type { Profile } from './domain/profile.ts';

/**
 * Points that members gave each other stand in a total of their own. Each profile is counted up to its last record, and again
 * if it has moved meanwhile, so that it can be done while the service runs, and done again.
 */
async function countReceived(connection: Connection): Promise<void> {
  const records = connection.collection('records');
  const profiles = connection.collection<Profile>('profiles');
  for await (const { _id } of records.aggregate<{ _id: number }>([
    { $match: { type: 'earn', transfer: { $exists: true } } },
    { $group: { _id: '$memberId' } },
  ]))
    for (let isCounted = false; !isCounted; ) {
      const profile = await profiles.findOne({ _id });
      if (!profile) break;
      const { tenantId, recordCount } = profile;
      const upTo = { tenantId, memberId: _id, ordinal: { $lte: recordCount } };
      const received = { ...upTo, type: 'earn', transfer: { $exists: true } };
      const ids = (await records.find(received, { projection: { _id: 1 } }).toArray()).map((one) => one._id);
      const [sum] = await records
        .aggregate<{ points: number }>([
          { $match: { ...upTo, $or: [received, { reversalOf: { $in: ids } }] } },
          { $group: { _id: null, points: { $sum: '$points' } } },
        ])
        .toArray();
      const change = { $set: { receivedTotal: sum?.points ?? 0 } };
      isCounted = (await profiles.updateOne({ _id, recordCount }, change)).matchedCount === 1;
    }
}

/** Who may manage points is copied into profiles; their members' own changes copy it from then on. */
async function copyRoles(connection: Connection): Promise<void> {
  const admins = connection.collection<{ _id: number }>('directory_members').find({ role: 'admin' });
  for await (const { _id } of admins)
    await connection
      .collection<Profile>('profiles')
      .updateOne({ _id, isMemberAdmin: { $exists: false } }, { $set: { isMemberAdmin: true } });
}

/** A database without profiles has had no version before. */
const isNew = async (connection: Connection): Promise<boolean> =>
  (await connection.collection('profiles').findOne()) === null;

/** What an older one holds is moved by `move-lots`, when all processes are new. */
async function beginWithLotsInRecords(connection: Connection): Promise<void> {
  if (await isNew(connection)) await keepLotsInRecords(connection);
}

/** What an older one holds is told by `tell-lots`, when all processes are new. */
async function beginWithLotsInFacts(connection: Connection): Promise<void> {
  if (await isNew(connection)) await tellLotsInFacts(connection);
}

/** Indexes that no question needs, or that others serve as well: each costs every movement, award and use of a benefit. */
export const retiredIndexes: readonly IndexName[] = [
  ['profiles', 'tenantId_1_memberLevelId_1'],
  ['profiles', 'tenantId_1_memberLevelFloorId_1'],
  ['awards', 'tenantId_1_memberId_1_createdAt_-1'],
  ['benefit_uses', 'tenantId_1_memberId_1_createdAt_-1'],
];

/** 4 and 6 have been others'. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'points from other members', run: countReceived },
  { version: 2, name: 'who may manage points', run: copyRoles },
  { version: 3, name: 'lots in their records', run: beginWithLotsInRecords },
  { version: 5, name: 'lots in facts', run: beginWithLotsInFacts },
];
