/** Unknown keys that an address tried, as digests, in the database: over all replicas and restarts. They name no tenant. */
import { Schema, type Connection, type mongo } from 'mongoose';
import { modelled } from '@membership/platform/mongo/bounded-reads';

type GuessDocument = { _id: string; keys: string[]; expiresAt: Date };

const guessSchema = new Schema({ _id: String, keys: [String], expiresAt: Date }, { versionKey: false }).index(
  { expiresAt: 1 },
  { expireAfterSeconds: 0 },
);

export class GuessRepository {
  readonly #rows: mongo.Collection<GuessDocument>;
  constructor(connection: Connection) {
    this.#rows = modelled<GuessDocument>(connection.model('key_guesses', guessSchema, 'key_guesses'));
  }

  /** How many different keys were tried under this name within its window, and when that ends. */
  async tried(id: string, now: Date): Promise<{ count: number; until: Date }> {
    const row = await this.#rows.findOne({ _id: id, expiresAt: { $gt: now } });
    return { count: row?.keys.length ?? 0, until: row?.expiresAt ?? now };
  }

  /** Keeps a tried key, in one step; a window starts with its first. Returns what `tried` does, this one counted. */
  async keep(
    id: string,
    key: string,
    { now, until }: { now: Date; until: Date },
  ): Promise<{ count: number; until: Date }> {
    const isOver = { $lte: [{ $ifNull: ['$expiresAt', new Date(0)] }, now] };
    const row = await this.#rows.findOneAndUpdate(
      { _id: id },
      [
        {
          $set: {
            keys: { $cond: [isOver, [key], { $setUnion: ['$keys', [key]] }] },
            expiresAt: { $cond: [isOver, until, '$expiresAt'] },
          },
        },
      ],
      { upsert: true, returnDocument: 'after' },
    );
    return { count: row?.keys.length ?? 1, until: row?.expiresAt ?? until };
  }
}
