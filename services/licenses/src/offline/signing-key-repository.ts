/** Storage of the keys that sign licence files. They are the platform's, no tenant's. */
import type { ClientSession } from '@membership/platform/mongo';
import { Schema, type Connection, type mongo } from 'mongoose';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import type { SigningKey } from './signing-key.ts';

const keySchema = new Schema(
  {
    _id: String,
    x: String,
    sealed: String,
    createdAt: Date,
    startsAt: Date,
    retiredAt: Date,
    withdrawnAt: Date,
  },
  { versionKey: false },
);
/** As stored: keys of before there were next ones signed from the moment they were made. */
type Stored = Omit<SigningKey, 'startsAt'> & { startsAt?: Date };

export class SigningKeyRepository {
  readonly #keys: mongo.Collection<Stored>;
  constructor(connection: Connection) {
    this.#keys = modelled<Stored>(connection.model('signing_keys', keySchema, 'signing_keys'));
  }

  /** Those that sign or will, the latest to start first. */
  listSigning(session?: ClientSession): Promise<SigningKey[]> {
    return this.#list({ retiredAt: null }, session);
  }

  /** Those that sign or will, and those retired since a moment, the latest to start first. */
  listPublished(since: Date): Promise<SigningKey[]> {
    return this.#list({ $or: [{ retiredAt: null }, { retiredAt: { $gte: since } }] });
  }

  async add(key: SigningKey, session?: ClientSession): Promise<void> {
    await this.#keys.insertOne(key, session ? { session } : { writeConcern: { w: 'majority' } });
  }

  /** They sign no more; their private parts are gone for good. */
  async retire(keys: readonly SigningKey[], now: Date, session?: ClientSession): Promise<void> {
    if (keys.length === 0) return;
    await this.#keys.updateMany(
      { _id: { $in: keys.map(({ _id }) => _id) }, retiredAt: null },
      { $set: { retiredAt: now, sealed: null } },
      session ? { session } : {},
    );
  }

  /** Its private part, sealed anew. False: it was retired meanwhile, or somebody else did. */
  async sealAnew({ _id, sealed }: SigningKey, anew: string): Promise<boolean> {
    const { modifiedCount } = await this.#keys.updateOne(
      { _id, sealed, retiredAt: null },
      { $set: { sealed: anew } },
    );
    return modifiedCount === 1;
  }

  async find(id: string, session: ClientSession): Promise<SigningKey | null> {
    return (await this.#list({ _id: id }, session))[0] ?? null;
  }

  /** It signs no more, and what it signed since a moment is not to be believed; an earlier moment stays. */
  async withdraw(
    { _id, retiredAt }: SigningKey,
    { since, now, session }: { readonly since: Date; readonly now: Date; readonly session: ClientSession },
  ): Promise<void> {
    await this.#keys.updateOne(
      { _id },
      { $set: { retiredAt: retiredAt ?? now, sealed: null }, $min: { withdrawnAt: since } },
      { session },
    );
  }

  async #list(filter: mongo.Filter<Stored>, session?: ClientSession): Promise<SigningKey[]> {
    const found = await this.#keys.find(filter, session ? { session } : {}).toArray();
    return found
      .map((key) => ({ ...key, startsAt: key.startsAt ?? key.createdAt }))
      .sort(
        (left, right) =>
          right.startsAt.getTime() - left.startsAt.getTime() || (left._id < right._id ? -1 : 1),
      );
  }
}
