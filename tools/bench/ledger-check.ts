// Whether what was measured was the real thing: every balance is what its records add up to, and no answer was without its record.
import type { Db } from 'mongodb';

type Checked = { _id: number; total: number; points: number; records: number };

/** The records of a tenant's members so far. */
export const recordsOf = (database: Db, tenantId: number): Promise<number> =>
  database.collection('records').countDocuments({ tenantId });

/**
 * Throws a sentence when a profile's total is not what its records add up to, or when there are fewer records than `atLeast`.
 * One snapshot: earnings whose client has hung up may still be under way.
 */
export async function checkLedger(
  database: Db,
  { tenantId, atLeast }: { tenantId: number; atLeast: number },
): Promise<void> {
  const ofMember = { $and: [{ $eq: ['$tenantId', tenantId] }, { $eq: ['$memberId', '$$member'] }] };
  const checked = await database
    .collection('profiles')
    .aggregate<Checked>(
      [
        { $match: { tenantId } },
        {
          $lookup: {
            from: 'records',
            let: { member: '$_id' },
            pipeline: [
              { $match: { $expr: ofMember } },
              { $group: { _id: null, points: { $sum: '$points' }, records: { $sum: 1 } } },
            ],
            as: 'sums',
          },
        },
        {
          $project: {
            total: 1,
            points: { $ifNull: [{ $first: '$sums.points' }, 0] },
            records: { $ifNull: [{ $first: '$sums.records' }, 0] },
          },
        },
      ],
      { readConcern: { level: 'snapshot' } },
    )
    .toArray();
  const wrong = checked.filter(({ total, points }) => total !== points);
  if (wrong.length > 0)
    throw new Error(
      `${wrong.length} of ${checked.length} profiles are not what their records add up to, the first ${JSON.stringify(wrong[0])}`,
    );
  const records = checked.reduce((sum, each) => sum + each.records, 0);
  if (records < atLeast)
    throw new Error(`${atLeast} earnings were answered, but there are ${records} records`);
}
