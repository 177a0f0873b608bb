/** Storage of the keys that sign licence files. They are the platform's, no tenant's. */
import type { ClientSession } from '@membership/platform/mongo';
import { Schema, type Connection, type mongo } from 'mongoose';
import type { SigningKey } from './signing-key.ts';

const keySchema = new Schema(
  { _id: String, x: String, sealed: String, createdAt: Date, retiredAt: Date },
  { versionKey: false },
);

export class SigningKeyRepository {
  readonly #keys: mongo.Collection<SigningKey>;
  constructor(connection: Connection) {
    this.#keys = connection.model('signing_keys', keySchema, 'signing_keys')
      .collection as unknown as mongo.Collection<SigningKey>;
  }

  /** Those that sign, the newest first. */
  listSigning(): Promise<SigningKey[]> {
    return this.#keys.find({ retiredAt: null }).sort({ createdAt: -1, _id: 1 }).toArray();
  }

  /** Those that sign, and those retired since a moment, the newest first. */
  listPublished(since: Date): Promise<SigningKey[]> {
    return this.#keys
      .find({ $or: [{ retiredAt: null }, { retiredAt: { $gte: since } }] })
      .sort({ createdAt: -1, _id: 1 })
      .toArray();
  }

  async add(key: SigningKey, session?: ClientSession): Promise<void> {
    await this.#keys.insertOne(key, session ? { session } : { writeConcern: { w: 'majority' } });
  }

  /** All but one sign no more; their private parts are gone for good. */
  async retireOthers(id: string, now: Date, session?: ClientSession): Promise<void> {
    await this.#keys.updateMany(
      { _id: { $ne: id }, retiredAt: null },
      { $set: { retiredAt: now, sealed: null } },
      session ? { session } : {},
    );
  }
}
