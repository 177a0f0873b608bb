/** Second factors, one a member at most (tenant 0: platform administrators). Secrets lie sealed, recovery codes as hashes. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { SealedSecret } from '../secrets/secret-box.ts';

export type SecondFactor = {
  readonly memberId: number;
  /** Null until it is confirmed the first time. */
  readonly secret: SealedSecret | null;
  readonly enabledAt: Date | null;
  /** The step of the last code that was taken: none up to it is taken again. */
  readonly lastStep: number;
  readonly recoveryHashes: readonly string[];
  /** What waits to be confirmed. */
  readonly pending: { readonly secret: SealedSecret; readonly until: Date } | null;
};
type FactorDocument = Omit<SecondFactor, 'memberId'> & { _id: number; tenantId: number };

const factorSchema = new Schema(
  { _id: Number, tenantId: { type: Number, required: true }, lastStep: Number, enabledAt: Date },
  { strict: false, versionKey: false, id: false },
).index({ tenantId: 1, _id: 1 });

export class SecondFactorRepository {
  readonly #rows: TenantCollection<FactorDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<FactorDocument>(connection, 'second_factors', factorSchema);
  }

  async find(scope: TenantScope, memberId: number, session?: ClientSession): Promise<SecondFactor | null> {
    const row = await this.#rows.findOne(scope, { _id: memberId }, session ? { session } : {});
    if (!row) return null;
    const { _id, tenantId: _tenant, ...factor } = row;
    return { memberId: _id, ...factor };
  }

  /** Lays a secret ready to be confirmed; the one that is on, if any, stays so. */
  async prepare(
    scope: TenantScope,
    memberId: number,
    pending: NonNullable<SecondFactor['pending']>,
    session: ClientSession,
  ): Promise<void> {
    const empty = { secret: null, enabledAt: null, lastStep: 0, recoveryHashes: [] };
    await this.#rows.updateOne(
      scope,
      { _id: memberId },
      { $set: { pending }, $setOnInsert: empty },
      { upsert: true, session },
    );
  }

  /** Turns on what was ready. False: it is ready no more, because another took it, or it was made anew. */
  async enable(
    scope: TenantScope,
    memberId: number,
    given: {
      readonly secret: SealedSecret;
      readonly enabledAt: Date;
      readonly lastStep: number;
      readonly recoveryHashes: readonly string[];
    },
    session: ClientSession,
  ): Promise<boolean> {
    const { matched } = await this.#rows.updateOne(
      scope,
      { _id: memberId, 'pending.secret.data': given.secret.data },
      { $set: { ...given, pending: null } },
      { session },
    );
    return matched === 1;
  }

  /** Takes a code's step. False: it, or a later one, was taken before. */
  async takeStep(
    scope: TenantScope,
    memberId: number,
    step: number,
    session: ClientSession,
  ): Promise<boolean> {
    const { matched } = await this.#rows.updateOne(
      scope,
      { _id: memberId, lastStep: { $lt: step } },
      { $set: { lastStep: step } },
      { session },
    );
    return matched === 1;
  }

  /** Takes a recovery code. False: there is none such, or it was taken before. */
  async takeRecoveryCode(
    scope: TenantScope,
    memberId: number,
    hash: string,
    session: ClientSession,
  ): Promise<boolean> {
    const { matched } = await this.#rows.updateOne(
      scope,
      { _id: memberId, recoveryHashes: hash },
      { $pull: { recoveryHashes: hash } },
      { session },
    );
    return matched === 1;
  }

  async setRecoveryCodes(
    scope: TenantScope,
    memberId: number,
    recoveryHashes: readonly string[],
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.updateOne(scope, { _id: memberId }, { $set: { recoveryHashes } }, { session });
  }

  async remove(scope: TenantScope, memberId: number, session: ClientSession): Promise<void> {
    await this.#rows.deleteMany(scope, { _id: memberId }, { session });
  }
}
