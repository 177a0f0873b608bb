/** Revoked names in the database. They are read by every replica and belong to no one tenant: a token finds them. */
import { Schema, type ClientSession, type Connection, type mongo } from 'mongoose';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import { within } from '@membership/platform/deadline';

const READ_MILLISECONDS = 5_000;

export type Revocation = { readonly name: string; readonly at: Date; readonly expiresAt: Date };
type RevocationDocument = { _id: string; at: Date; expiresAt: Date };

const revocationSchema = new Schema({ _id: String, at: Date, expiresAt: Date }, { versionKey: false })
  .index({ at: 1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export class RevocationRepository {
  readonly #rows: mongo.Collection<RevocationDocument>;
  constructor(connection: Connection) {
    this.#rows = modelled<RevocationDocument>(
      connection.model('revocations', revocationSchema, 'revocations'),
    );
  }

  /** Keeps names until the last token that bears one has expired. `at` is the database's time: replicas' clocks differ. */
  async keep(names: readonly string[], expiresAt: Date, session?: ClientSession): Promise<void> {
    if (names.length === 0) return;
    await this.#rows.bulkWrite(
      names.map((name) => ({
        updateOne: {
          filter: { _id: name },
          update: [{ $set: { at: '$$NOW', expiresAt: { $max: ['$expiresAt', expiresAt] } } }],
          upsert: true,
        },
      })),
      { ordered: true, ...(session ? { session } : {}) },
    );
  }

  /** What was revoked since then, as the majority knows it: what is acted on must not be rolled back. */
  async listSince(since: Date): Promise<Revocation[]> {
    const rows = await within(
      READ_MILLISECONDS,
      (signal) =>
        this.#rows
          .find(
            { at: { $gte: since } },
            {
              projection: { at: 1, expiresAt: 1 },
              readPreference: 'primary',
              readConcern: 'majority',
              signal,
            },
          )
          .toArray(),
      'the revocations could not be read in time',
    );
    return rows.map(({ _id, at, expiresAt }) => ({ name: _id, at, expiresAt }));
  }
}
