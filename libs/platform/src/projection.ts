/** Keeping what another service owns: the newest state by `sequence` wins, whatever order or number of times events come. */
import type { ClientSession, mongo } from 'mongoose';

/**
 * Writes a document if `sequence` is higher than what is stored. Safe in a transaction: an older event changes nothing
 * and raises nothing. Returns whether it was newer.
 */
export async function projectNewest<T extends { _id: number | string; sequence: number }>(
  collection: mongo.Collection<T>,
  document: T,
  session: ClientSession | undefined,
): Promise<boolean> {
  const result = await collection.updateOne(
    { _id: document._id } as mongo.Filter<T>,
    [
      {
        $replaceWith: {
          $cond: [
            { $gt: [document.sequence, { $ifNull: ['$sequence', -1] }] },
            { $literal: document },
            '$$ROOT',
          ],
        },
      },
    ],
    { upsert: true, ...(session ? { session } : {}) },
  );
  return result.upsertedCount + result.modifiedCount > 0;
}
