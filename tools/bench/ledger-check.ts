// Whether what was measured was the real thing: every balance is what its records add up to, and no answer was without its record.
import type { Db } from 'mongodb';

type Sums = { _id: number; points: number; records: number };
type Balance = { _id: number; total: number };

/** The records of a tenant's members so far. */
export const recordsOf = (database: Db, tenantId: number): Promise<number> =>
  database.collection('records').countDocuments({ tenantId });

/** Throws a sentence when a profile's total is not what its records add up to, or when there are fewer records than `atLeast`. */
export async function checkLedger(
  database: Db,
  { tenantId, atLeast }: { tenantId: number; atLeast: number },
): Promise<void> {
  const balances = await database
    .collection<Balance>('profiles')
    .find({ tenantId }, { projection: { total: 1 } })
    .toArray();
  const sums = await database
    .collection('records')
    .aggregate<Sums>([
      { $match: { tenantId } },
      { $group: { _id: '$memberId', points: { $sum: '$points' }, records: { $sum: 1 } } },
    ])
    .toArray();
  const byMember = new Map(sums.map((sum) => [sum._id, sum]));
  const wrong = balances.filter(({ _id, total }) => total !== (byMember.get(_id)?.points ?? 0));
  if (wrong.length > 0)
    throw new Error(`${wrong.length} of ${balances.length} profiles are not what their records add up to`);
  const records = sums.reduce((sum, each) => sum + each.records, 0);
  if (records < atLeast)
    throw new Error(`${atLeast} earnings were answered, but there are ${records} records`);
}
