/** Counts of failed proofs in the database, under digests of names and addresses; they come before any tenant is known. */
import { Schema, type Connection, type mongo } from 'mongoose';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import { WINDOW_MILLISECONDS, maximumOf } from './login-failures.ts';

type FailureDocument = { _id: string; count: number; expiresAt: Date };

const failureSchema = new Schema(
  { _id: String, count: Number, expiresAt: Date },
  { versionKey: false },
).index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** One more in the window of a key, or the first of another. */
function oneMore(now: Date): mongo.Document[] {
  const until = new Date(now.getTime() + WINDOW_MILLISECONDS);
  const isOver = { $lte: [{ $ifNull: ['$expiresAt', new Date(0)] }, now] };
  return [
    {
      $set: {
        count: { $cond: [isOver, 1, { $add: ['$count', 1] }] },
        expiresAt: { $cond: [isOver, until, '$expiresAt'] },
      },
    },
  ];
}

/** By key, the seconds until it may try again. */
const closedOf = (rows: readonly FailureDocument[], now: Date): Map<string, number> =>
  new Map(
    rows.map((row) => [row._id, Math.max(1, Math.ceil((row.expiresAt.getTime() - now.getTime()) / 1000))]),
  );

export class LoginFailureRepository {
  readonly #rows: mongo.Collection<FailureDocument>;
  constructor(connection: Connection) {
    this.#rows = modelled<FailureDocument>(
      connection.model('login_failures', failureSchema, 'login_failures'),
    );
  }

  /** Of these, the ones that may not try now, each with the seconds until it may. */
  async blocked(keys: readonly string[], now: Date): Promise<Map<string, number>> {
    const found = await this.#rows.find({ _id: { $in: [...keys] }, expiresAt: { $gt: now } }).toArray();
    return closedOf(
      found.filter((row) => row.count >= maximumOf(row._id)),
      now,
    );
  }

  /**
   * One more under each key, each in one step; a window starts with its first. Returns those that had none left, with the seconds
   * until they have: of any number that come at once, no more than the maximum are missing there.
   */
  async count(keys: readonly string[], now: Date): Promise<Map<string, number>> {
    const update = oneMore(now);
    const options = { upsert: true, returnDocument: 'after' } as const;
    const rows = await Promise.all(
      keys.map((key) => this.#rows.findOneAndUpdate({ _id: key }, update, options)),
    );
    return closedOf(
      rows.filter((row) => row !== null && row.count > maximumOf(row._id)) as FailureDocument[],
      now,
    );
  }

  async forget(key: string): Promise<void> {
    await this.#rows.deleteOne({ _id: key });
  }
}
