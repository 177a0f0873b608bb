/** Lots as they are stored, wherever they are: in their records, or in documents of their own. */
import type { Connection } from '@membership/platform/mongo';
import { bySoonestEnd, lotOf, type Lot } from '../src/domain/lots.ts';
import type { PointsRecord } from '../src/domain/record.ts';

/** Those of a member, soonest end first; of several that end at once, in the order of their ids. */
export async function storedLots(connection: Connection, memberId: number): Promise<Lot[]> {
  const records = await connection
    .collection<PointsRecord>('records')
    .find({ memberId, lot: { $exists: true } })
    .toArray();
  const carried = records.flatMap(({ lot, ...record }) => (lot ? [lotOf({ ...record, lot })] : []));
  const separate = await connection.collection<Lot>('lots').find({ memberId }).toArray();
  return [...carried, ...separate].sort(bySoonestEnd);
}

/** Lets lots end at another time. */
export async function endLots(
  connection: Connection,
  lots: readonly Pick<Lot, '_id'>[],
  endsAt: Date,
): Promise<void> {
  const by = (name: string) => connection.collection<{ _id: number }>(name);
  const these = { _id: { $in: lots.map(({ _id }) => _id) } };
  await by('lots').updateMany(these, { $set: { endsAt } });
  await by('records').updateMany({ ...these, lot: { $exists: true } }, { $set: { 'lot.endsAt': endsAt } });
}

/** Makes profiles as a version before has left them: each lot is a document of its own. */
export async function asVersionBefore(connection: Connection, memberIds: readonly number[]): Promise<void> {
  const records = connection.collection<PointsRecord>('records');
  for (const memberId of memberIds)
    await connection.transaction(async (session) => {
      const moving = { session };
      await connection
        .collection<{ _id: number }>('profiles')
        .updateOne({ _id: memberId }, { $unset: { lotsIn: 1 } }, moving);
      const carriers = await records.find({ memberId, lot: { $exists: true } }, moving).toArray();
      const lots = carriers.flatMap(({ lot, ...record }) =>
        lot ? [lotOf({ ...(record as PointsRecord), lot })] : [],
      );
      if (lots.length > 0) await connection.collection<Lot>('lots').insertMany(lots, moving);
      await records.updateMany({ memberId }, { $unset: { lot: 1 } }, moving);
    });
}
