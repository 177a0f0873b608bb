/**
 * Tokens that are good once, for one purpose and a short time. Kept as hashes: who reads the database has none. A token finds its
 * tenant, so it is looked up across them.
 */
import { randomBytes } from 'node:crypto';
import { Schema, type ClientSession, type Connection } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import { digest, type TenantScope } from '@membership/platform/scope';

export type TokenPurpose = 'login-challenge' | 'password-link';
export type OneTimeToken = {
  readonly tenantId: number;
  readonly memberId: number;
  /** What the token rests on (a password's hash, digested): with another one it is worth nothing. */
  readonly restsOn: string;
};
type TokenDocument = OneTimeToken & { _id: string; purpose: TokenPurpose; expiresAt: Date };

const tokenSchema = new Schema(
  {
    _id: String,
    tenantId: { type: Number, required: true },
    memberId: Number,
    purpose: String,
    expiresAt: Date,
  },
  { strict: false, versionKey: false, id: false },
)
  .index({ tenantId: 1, memberId: 1, purpose: 1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

const hashOf = (purpose: TokenPurpose, token: string): string => digest(purpose, token);

export class OneTimeTokenRepository {
  readonly #rows: TenantCollection<TokenDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<TokenDocument>(connection, 'one_time_tokens', tokenSchema);
  }

  /** A new token, shown this once. */
  async make(
    scope: TenantScope,
    purpose: TokenPurpose,
    { prefix, expiresAt, ...token }: Omit<OneTimeToken, 'tenantId'> & { prefix: string; expiresAt: Date },
    session: ClientSession,
  ): Promise<string> {
    const text = `${prefix}${randomBytes(32).toString('base64url')}`;
    await this.#rows.insert(
      scope,
      [{ _id: hashOf(purpose, text), tenantId: scope.tenantId, purpose, expiresAt, ...token }],
      { session },
    );
    return text;
  }

  /** What a token is for; null for one that is nobody's, was taken or has ended. */
  async find(purpose: TokenPurpose, token: string, now: Date): Promise<OneTimeToken | null> {
    const row = await this.#rows
      .acrossTenants('a one-time token finds its tenant')
      .findOne({ _id: hashOf(purpose, token), expiresAt: { $gt: now } });
    return row && { tenantId: row.tenantId, memberId: row.memberId, restsOn: row.restsOn };
  }

  /** Takes a token: one of two takers gets it. */
  async take(
    scope: TenantScope,
    purpose: TokenPurpose,
    token: string,
    session: ClientSession,
  ): Promise<boolean> {
    return (await this.#rows.deleteMany(scope, { _id: hashOf(purpose, token) }, { session })) === 1;
  }

  /** Ends what a member has of a purpose, or of every one. */
  async endAll(
    scope: TenantScope,
    { memberId, purpose }: { memberId: number; purpose?: TokenPurpose },
    session: ClientSession,
  ): Promise<void> {
    const filter = { memberId, ...(purpose === undefined ? {} : { purpose }) };
    await this.#rows.deleteMany(scope, filter, { session });
  }
}
