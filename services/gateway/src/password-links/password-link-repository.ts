/** Links that wait to be fetched by the tenant's mailer. What is in a link is made when it is fetched, and is not here. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import type { UserRole } from '@membership/contracts/claims';
import { notFound } from '@membership/contracts/errors';
import { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';

export type PasswordLink = {
  readonly id: string;
  readonly memberId: number;
  /** The member's when it was made; none was kept by versions before. */
  readonly role?: UserRole | undefined;
  /** What the member's password and role were then; none was kept by versions before. */
  readonly restsOn?: string | undefined;
  readonly kind: 'invitation' | 'reset';
  readonly expiresAt: Date;
  readonly fetchedAt: Date | null;
};
type LinkDocument = Omit<PasswordLink, 'id'> & { _id: string; tenantId: number };

const linkSchema = new Schema(
  {
    _id: String,
    tenantId: { type: Number, required: true },
    memberId: Number,
    role: String,
    restsOn: String,
    kind: String,
    expiresAt: Date,
    fetchedAt: Date,
  },
  { versionKey: false, id: false },
)
  .index({ tenantId: 1, memberId: 1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const noSuchLink = () =>
  notFound({ zh: '链接不存在或已失效', en: 'There is no such link, or it has ended' });

export class PasswordLinkRepository {
  readonly #rows: TenantCollection<LinkDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<LinkDocument>(connection, 'password_links', linkSchema);
  }

  async insert(scope: TenantScope, { id, ...link }: PasswordLink, session: ClientSession): Promise<void> {
    await this.#rows.insert(scope, [{ _id: id, tenantId: scope.tenantId, ...link }], { session });
  }

  /** Refuses (404) one that the tenant does not have, or that has ended. */
  async get(scope: TenantScope, id: string, now: Date, session: ClientSession): Promise<PasswordLink> {
    const row = await this.#rows.findOne(scope, { _id: id, expiresAt: { $gt: now } }, { session });
    if (!row) throw noSuchLink();
    const { _id, tenantId: _tenant, ...link } = row;
    return { id: _id, ...link };
  }

  async setFetched(scope: TenantScope, id: string, fetchedAt: Date, session: ClientSession): Promise<void> {
    await this.#rows.updateOne(scope, { _id: id }, { $set: { fetchedAt } }, { session });
  }

  /** Ends all links of a member. */
  async endAll(scope: TenantScope, memberId: number, session: ClientSession): Promise<void> {
    await this.#rows.deleteMany(scope, { memberId }, { session });
  }
}
