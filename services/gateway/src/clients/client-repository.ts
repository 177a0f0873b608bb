/** Service clients: other systems of a tenant. The secret is kept as a hash alone. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import { TenantCollection, type Paging, type Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { literally } from '@membership/platform/search';

export type ServiceClient = {
  readonly id: string;
  readonly tenantId: number;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly secretHash: string;
  readonly createdAt: Date;
};
type ClientDocument = Omit<ServiceClient, 'id'> & { _id: string };

const clientSchema = new Schema(
  {
    _id: String,
    tenantId: { type: Number, required: true },
    name: String,
    scopes: [String],
    secretHash: String,
    createdAt: Date,
  },
  { versionKey: false, id: false },
)
  .index({ tenantId: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, _id: 1 });

const toClient = ({ _id, ...client }: ClientDocument): ServiceClient => ({ id: _id, ...client });

export class ClientRepository {
  readonly #rows: TenantCollection<ClientDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<ClientDocument>(connection, 'clients', clientSchema);
  }

  async list(
    scope: TenantScope,
    { search }: { search?: string | undefined },
    sort: Sort,
    paging: Paging,
  ): Promise<Page<ServiceClient>> {
    const filter = search ? { $or: [{ _id: literally(search) }, { name: literally(search) }] } : {};
    const { items, ...total } = await this.#rows.page(scope, filter, { sort, ...paging });
    return { items: items.map(toClient), ...total };
  }

  async insert(scope: TenantScope, { id, ...client }: ServiceClient, session: ClientSession): Promise<void> {
    await this.#rows.insert(scope, [{ _id: id, ...client }], { session });
  }

  /** Refuses (404) one that the tenant does not have. */
  async delete(scope: TenantScope, clientId: string, session: ClientSession): Promise<void> {
    if ((await this.#rows.deleteMany(scope, { _id: clientId }, { session })) === 0)
      throw notFound({ zh: '服务客户端不存在', en: 'There is no such client' });
  }

  /** A client wherever it belongs: its id is unique over the platform, and finds the tenant. */
  async findAnywhere(clientId: string, session?: ClientSession): Promise<ServiceClient | null> {
    const row = await this.#rows
      .acrossTenants('a service token finds its tenant')
      .findOne({ _id: clientId }, session ? { session } : {});
    return row && toClient(row);
  }
}
