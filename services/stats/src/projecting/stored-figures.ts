/** Figures as they are stored: in the collections of a projector, each document's `_id` beginning with its generation. */
import type { Connection } from 'mongoose';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';

const ofGeneration = (generation: number) => ({ $gte: `${generation}/`, $lt: `${generation}0` });
const figuresIn = (connection: Connection, name: string) => collectionOf<{ _id: string }>(connection, name);
/** Documents that are copied at a time. */
const AT_ONCE = 2_000;

/** Removes every figure of a generation. */
export async function removeFigures(
  connection: Connection,
  collections: readonly string[],
  generation: number,
): Promise<void> {
  for (const name of collections)
    await figuresIn(connection, name).deleteMany({ _id: ofGeneration(generation) });
}

/**
 * Copies the next documents of a generation to another one, within the database. What is there already stays, so one who is
 * late overwrites nothing. Returns behind which to go on; null where there are no more.
 */
export async function copyFigures(
  connection: Connection,
  collection: string,
  { from, to, after }: { readonly from: number; readonly to: number; readonly after: string | null },
): Promise<string | null> {
  const figures = figuresIn(connection, collection);
  const rest = { ...ofGeneration(from), ...(after === null ? {} : { $gt: after }) };
  const [last] = await figures
    .find({ _id: rest }, { projection: { _id: 1 } })
    .sort({ _id: 1 })
    .skip(AT_ONCE - 1)
    .limit(1)
    .toArray();
  const key = { $substrBytes: ['$_id', String(from).length, -1] };
  await figures
    .aggregate(
      [
        { $match: { _id: last ? { ...rest, $lte: last._id } : rest } },
        { $set: { _id: { $concat: [String(to), key] }, generation: to } },
        { $merge: { into: collection, on: '_id', whenMatched: 'keepExisting', whenNotMatched: 'insert' } },
      ],
      { writeConcern: { w: 'majority' } },
    )
    .toArray();
  return last?._id ?? null;
}
