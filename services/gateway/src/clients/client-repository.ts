/** Service clients of tenants, by id. */
import { Schema, type ClientSession, type Connection, type mongo } from 'mongoose';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import { TenantCollection, type Paging, type Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { literally } from '@membership/platform/search';
import { issueOfBefore, type ServiceClient } from '../domain/client.ts';

/** Clients of before have neither a secret before nor an issue. */
type ClientDocument = Omit<ServiceClient, 'id' | 'previous' | 'issue'> &
  Partial<Pick<ServiceClient, 'previous' | 'issue'>> & { _id: string };
type SequenceDocument = { _id: string; sequence: number };

const clientSchema = new Schema(
  {
    _id: String,
    tenantId: { type: Number, required: true },
    name: String,
    scopes: [String],
    secretHash: String,
    previous: { type: { secretHash: String, validUntil: Date, _id: false }, default: null },
    issue: String,
    createdAt: Date,
  },
  { versionKey: false, id: false },
)
  .index({ tenantId: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, _id: 1 });

const toClient = ({
  _id,
  tenantId,
  name,
  scopes,
  secretHash,
  previous = null,
  issue,
  createdAt,
}: ClientDocument): ServiceClient => ({
  id: _id,
  tenantId,
  name,
  scopes,
  secretHash,
  previous,
  issue: issue ?? issueOfBefore(createdAt),
  createdAt,
});

export class ClientRepository {
  readonly #rows: TenantCollection<ClientDocument>;
  /** Facts announced about each id: it may be given again, by another tenant too, and its facts are counted on. */
  readonly #sequences: mongo.Collection<SequenceDocument>;
  constructor(connection: Connection) {
    this.#sequences = collectionOf<SequenceDocument>(connection, 'client_sequences');
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
  async get(scope: TenantScope, clientId: string, session: ClientSession): Promise<ServiceClient> {
    const row = await this.#rows.findOne(scope, { _id: clientId }, { session });
    if (!row) throw notFound({ zh: '服务客户端不存在', en: 'There is no such client' });
    return toClient(row);
  }

  async save(
    scope: TenantScope,
    { id, secretHash, previous, issue }: ServiceClient,
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.updateOne(scope, { _id: id }, { $set: { secretHash, previous, issue } }, { session });
  }

  async delete(scope: TenantScope, clientId: string, session: ClientSession): Promise<void> {
    await this.#rows.deleteMany(scope, { _id: clientId }, { session });
  }

  /** The next number of a client's facts. */
  async nextSequence(clientId: string, session: ClientSession): Promise<number> {
    const counted = await this.#sequences.findOneAndUpdate(
      { _id: clientId },
      { $inc: { sequence: 1 } },
      { upsert: true, returnDocument: 'after', session },
    );
    return counted?.sequence ?? 1;
  }

  /** A client wherever it belongs: its id is unique over the platform, and finds the tenant. */
  async findAnywhere(clientId: string, session?: ClientSession): Promise<ServiceClient | null> {
    const row = await this.#rows
      .acrossTenants('a service token finds its tenant')
      .findOne({ _id: clientId }, session ? { session } : {});
    return row && toClient(row);
  }
}
