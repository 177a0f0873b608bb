/** API keys of tenants, by id. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import { TenantCollection, type Paging, type Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { literally } from '@membership/platform/search';
import type { ApiKey } from '../domain/api-key.ts';

type KeyDocument = Omit<ApiKey, 'id'> & { _id: string };
export type KeyFilter = {
  readonly status?: 'active' | 'expired' | 'revoked' | undefined;
  readonly search?: string | undefined;
};
/** A use to write down: of the secret with this hash. */
export type KeyUse = { readonly id: string; readonly secretHash: string; readonly at: Date };

const REVOKED_KEPT_SECONDS = 90 * 24 * 3_600;
const keySchema = new Schema(
  {
    _id: String,
    tenantId: { type: Number, required: true },
    name: String,
    createdAt: Date,
    revokedAt: Date,
  },
  { strict: false, versionKey: false, id: false },
)
  .index({ tenantId: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, name: 1, _id: 1 })
  .index({ revokedAt: 1 }, { expireAfterSeconds: REVOKED_KEPT_SECONDS });

const toKey = ({ _id, ...key }: KeyDocument): ApiKey => ({ id: _id, ...key });

const withStatus = (status: KeyFilter['status'], now: Date) => {
  if (status === undefined) return {};
  if (status === 'revoked') return { revokedAt: { $ne: null } };
  return status === 'expired'
    ? { revokedAt: null, expiresAt: { $lte: now } }
    : { revokedAt: null, expiresAt: { $not: { $lte: now } } };
};

export class ApiKeyRepository {
  readonly #rows: TenantCollection<KeyDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<KeyDocument>(connection, 'api_keys', keySchema);
  }

  async list(
    scope: TenantScope,
    { status, search }: KeyFilter,
    now: Date,
    sort: Sort,
    paging: Paging,
  ): Promise<Page<ApiKey>> {
    const named = search ? { $or: [{ _id: literally(search) }, { name: literally(search) }] } : {};
    const filter = { ...withStatus(status, now), ...named };
    const { items, ...total } = await this.#rows.page(scope, filter, { sort, ...paging });
    return { items: items.map(toKey), ...total };
  }

  async insert(scope: TenantScope, { id, ...key }: ApiKey, session: ClientSession): Promise<void> {
    await this.#rows.insert(scope, [{ _id: id, ...key }], { session });
  }

  /** Refuses (404) one that the tenant does not have. */
  async get(scope: TenantScope, keyId: string, session?: ClientSession): Promise<ApiKey> {
    const row = await this.#rows.findOne(scope, { _id: keyId }, session ? { session } : {});
    if (!row) throw notFound({ zh: 'API 密钥不存在', en: 'There is no such API key' });
    return toKey(row);
  }

  async save(scope: TenantScope, { id, ...key }: ApiKey, session: ClientSession): Promise<void> {
    await this.#rows.updateOne(scope, { _id: id }, { $set: key }, { session });
  }

  /** Writes down when secrets were used, wherever they stand by now; an earlier time changes nothing. */
  async noteUses(uses: readonly KeyUse[]): Promise<void> {
    if (uses.length === 0) return;
    await this.#rows.acrossTenants('uses of many tenants’ keys are written together').bulkWrite(
      uses.flatMap(({ id, secretHash, at }) => [
        { updateOne: { filter: { _id: id, secretHash }, update: { $max: { lastUsedAt: at } } } },
        {
          updateOne: {
            filter: { _id: id, 'previous.secretHash': secretHash },
            update: { $max: { 'previous.lastUsedAt': at } },
          },
        },
      ]),
      { ordered: false },
    );
  }
}
