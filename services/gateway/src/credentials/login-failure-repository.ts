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
    return new Map(
      found
        .filter((row) => row.count >= maximumOf(row._id))
        .map((row) => [row._id, Math.max(1, Math.ceil((row.expiresAt.getTime() - now.getTime()) / 1000))]),
    );
  }

  /** Counts a failure under each key; a window starts with its first. */
  async count(keys: readonly string[], now: Date): Promise<void> {
    const update = oneMore(now);
    await this.#rows.bulkWrite(
      keys.map((key) => ({ updateOne: { filter: { _id: key }, update, upsert: true } })),
      { ordered: false },
    );
  }

  /** Counts what is no failure under a key. False: one too many, however many come at once. */
  async take(key: string, now: Date): Promise<boolean> {
    const options = { upsert: true, returnDocument: 'after' } as const;
    const row = await this.#rows.findOneAndUpdate({ _id: key }, oneMore(now), options);
    return (row?.count ?? 0) <= maximumOf(key);
  }

  async forget(key: string): Promise<void> {
    await this.#rows.deleteOne({ _id: key });
  }
}
