/** Keys of the platform's tokens in the database, sealed. They belong to no tenant. */
import { Schema, type ClientSession, type Connection, type mongo } from 'mongoose';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import type { StoredTokenKey } from './token-key-state.ts';

type KeyDocument = Omit<StoredTokenKey, 'kid'> & { _id: string };

const keySchema = new Schema({ _id: String }, { strict: false, versionKey: false, id: false });
const inSession = (session: ClientSession | undefined) => (session ? { session } : {});
const READ_MILLISECONDS = 2_000;

export class TokenKeyRepository {
  readonly #rows: mongo.Collection<KeyDocument>;
  constructor(connection: Connection) {
    this.#rows = modelled<KeyDocument>(connection.model('token_keys', keySchema, 'token_keys'));
  }

  /** All of them, the oldest first. */
  async list(session?: ClientSession): Promise<StoredTokenKey[]> {
    const rows = await this.#rows
      .find({}, { maxTimeMS: READ_MILLISECONDS, ...inSession(session) })
      .sort({ signsFrom: 1, _id: 1 })
      .toArray();
    return rows.map(({ _id: kid, ...key }) => ({ kid, ...key }));
  }

  async insert({ kid, ...key }: StoredTokenKey, session: ClientSession): Promise<void> {
    await this.#rows.insertOne({ _id: kid, ...key }, { session });
  }

  async change(
    kid: string,
    times: Partial<Pick<StoredTokenKey, 'signsFrom' | 'verifiesUntil'>>,
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.updateOne({ _id: kid }, { $set: times }, { session });
  }
}
