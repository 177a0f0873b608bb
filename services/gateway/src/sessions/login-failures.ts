/** Failed proofs of identity, counted in the database: 10 an account, 100 an address in 15 minutes, over all replicas and restarts. */
import { Schema, type Connection } from 'mongoose';
import { refuse } from '@membership/contracts/errors';
import { digest } from '@membership/platform/scope';

type FailureDocument = { _id: string; count: number; expiresAt: Date };

const failureSchema = new Schema(
  { _id: String, count: Number, expiresAt: Date },
  { versionKey: false },
).index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const ACCOUNT_MAXIMUM = 10;
export const ADDRESS_MAXIMUM = 100;
const WINDOW_MILLISECONDS = 15 * 60 * 1000;

/** Who is counted. Keys are digests: no address and no name lies in the database. */
export const accountKey = (accountId: number): string => `account:${accountId}`;
export const unknownNameKey = (tenantId: number | null, usernameKey: string): string =>
  `name:${digest(String(tenantId), usernameKey)}`;
export const clientKey = (clientId: string, address: string): string => `client:${digest(clientId, address)}`;
export const addressKey = (address: string): string => `address:${digest(address)}`;
const maximumOf = (key: string): number => (key.startsWith('address:') ? ADDRESS_MAXIMUM : ACCOUNT_MAXIMUM);

export class LoginFailures {
  readonly #rows;
  constructor(connection: Connection) {
    this.#rows = connection.model('login_failures', failureSchema, 'login_failures')
      .collection as unknown as import('mongoose').mongo.Collection<FailureDocument>;
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
    const until = new Date(now.getTime() + WINDOW_MILLISECONDS);
    const isOver = { $lte: [{ $ifNull: ['$expiresAt', new Date(0)] }, now] };
    await this.#rows.bulkWrite(
      keys.map((key) => ({
        updateOne: {
          filter: { _id: key },
          update: [
            {
              $set: {
                count: { $cond: [isOver, 1, { $add: ['$count', 1] }] },
                expiresAt: { $cond: [isOver, until, '$expiresAt'] },
              },
            },
          ],
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  async forget(key: string): Promise<void> {
    await this.#rows.deleteOne({ _id: key });
  }
}

/** 429 with the time to wait. */
export const tooManyFailures = (seconds: number) =>
  refuse('RATE_LIMITED', {
    text: {
      zh: '失败次数过多，请在 {seconds} 秒后重试',
      en: 'Too many failures; try again in {seconds} seconds',
    },
    params: { seconds },
    headers: { 'retry-after': String(seconds) },
  });
