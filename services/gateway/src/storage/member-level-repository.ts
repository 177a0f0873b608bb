/** The member level of each member, as the points service tells it: what a new token's `level` says. */
import { Schema, type Connection } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import { projectNewest } from '@membership/platform/projection';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';

type MemberLevelRow = {
  readonly _id: number;
  readonly tenantId: number;
  readonly levelId: number | null;
  /** That of the member's profile as the points service counts it. */
  readonly sequence: number;
};

const schema = new Schema(
  { _id: Number, tenantId: { type: Number, required: true }, levelId: Number, sequence: Number },
  { versionKey: false, id: false },
).index({ tenantId: 1, _id: 1 });

export class MemberLevelRepository {
  readonly #rows: TenantCollection<MemberLevelRow>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<MemberLevelRow>(connection, 'member_levels', schema);
  }

  /** The id of the member's level; null while nothing was heard of it. */
  async find(scope: TenantScope, memberId: number): Promise<number | null> {
    return (await this.#rows.findOne(scope, { _id: memberId }))?.levelId ?? null;
  }

  /** Takes a level over unless a later one is known. */
  async project(
    { tenantId }: TenantScope,
    { memberId, levelId, sequence }: { memberId: number; levelId: number | null; sequence: number },
    { session }: UnitOfWork,
  ): Promise<void> {
    await projectNewest(this.#rows.native, { _id: memberId, tenantId, levelId, sequence }, session);
  }
}
