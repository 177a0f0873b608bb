/** Tenants. They are what scopes are made of, so nothing here is inside one (spec/architecture.md, "what finds the tenant"). */
import { Schema, type ClientSession, type Connection, type mongo } from 'mongoose';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import type { Page } from '@membership/contracts/dialects';
import { notFound, refuse } from '@membership/contracts/errors';
import type { Paging, Sort } from '@membership/platform/mongo';
import { literally } from '@membership/platform/search';
import type { Tenant } from '../domain/tenant.ts';
import type { SealedSecret } from '../secrets/secret-box.ts';

type TenantDocument = Omit<Tenant, 'id'> & {
  _id: number;
  codeKey: string;
  webhookSecret: SealedSecret | null;
};
export type TenantFilter = {
  readonly isActive?: boolean | undefined;
  readonly code?: string | undefined;
  readonly search?: string | undefined;
};

const tenantSchema = new Schema(
  { _id: Number, code: String, codeKey: String, name: String, isActive: Boolean, createdAt: Date },
  { strict: false, versionKey: false, id: false },
)
  .index({ codeKey: 1 }, { unique: true })
  .index({ hosts: 1 }, { unique: true, partialFilterExpression: { 'hosts.0': { $exists: true } } })
  .index({ name: 1, _id: 1 })
  .index({ createdAt: 1, _id: 1 });

const codeKeyOf = (code: string): string => code.toLowerCase();
const toTenant = ({ _id, codeKey: _key, webhookSecret: _secret, ...tenant }: TenantDocument): Tenant => ({
  id: _id,
  ...tenant,
});
const inSession = (session: ClientSession | undefined) => (session ? { session } : {});

export class TenantRepository {
  readonly #rows: mongo.Collection<TenantDocument>;
  constructor(connection: Connection) {
    this.#rows = modelled<TenantDocument>(connection.model('tenants', tenantSchema, 'tenants'));
  }

  async find(tenantId: number, session?: ClientSession): Promise<Tenant | null> {
    const row = await this.#rows.findOne({ _id: tenantId }, inSession(session));
    return row && toTenant(row);
  }

  /** Refuses (404) an unknown one. */
  async get(tenantId: number, session?: ClientSession): Promise<Tenant> {
    const tenant = await this.find(tenantId, session);
    if (!tenant) throw notFound({ zh: '租户不存在', en: 'There is no such tenant' });
    return tenant;
  }

  /** Refuses (TENANT_SUSPENDED) one that was erased: nothing is done in it any more, whoever began before. */
  async getLiving(tenantId: number, session: ClientSession): Promise<Tenant> {
    const tenant = await this.get(tenantId, session);
    if (tenant.erasedAt) throw refuse('TENANT_SUSPENDED');
    return tenant;
  }

  async findByCode(code: string, session?: ClientSession): Promise<Tenant | null> {
    const row = await this.#rows.findOne({ codeKey: codeKeyOf(code) }, inSession(session));
    return row && toTenant(row);
  }

  /** The tenant that one of these hosts belongs to. */
  async findByHost(hosts: readonly string[], session: ClientSession): Promise<Tenant | null> {
    const row = await this.#rows.findOne({ hosts: { $in: [...hosts] } }, { session });
    return row && toTenant(row);
  }

  async findMany(tenantIds: readonly number[]): Promise<Map<number, Tenant>> {
    if (tenantIds.length === 0) return new Map();
    const rows = await this.#rows.find({ _id: { $in: [...tenantIds] } }).toArray();
    return new Map(rows.map((row) => [row._id, toTenant(row)]));
  }

  async list(
    { isActive, code, search }: TenantFilter,
    sort: Sort,
    { page, size }: Paging,
  ): Promise<Page<Tenant>> {
    const filter: mongo.Filter<TenantDocument> = {
      ...(isActive === undefined ? {} : { isActive }),
      ...(code === undefined ? {} : { codeKey: codeKeyOf(code) }),
      ...(search ? { $or: [{ code: literally(search) }, { name: literally(search) }] } : {}),
    };
    const rows = await this.#rows
      .find(filter)
      .sort(sort)
      .skip((page - 1) * size)
      .limit(size)
      .toArray();
    return { items: rows.map(toTenant), count: await this.#rows.countDocuments(filter) };
  }

  async insert(
    { id, ...tenant }: Tenant,
    webhookSecret: SealedSecret,
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.insertOne(
      { _id: id, ...tenant, codeKey: codeKeyOf(tenant.code), webhookSecret },
      { session },
    );
  }

  /** Saves what an administrator changes; the counts are kept by `count`. */
  async save(
    {
      id,
      name,
      timezone,
      locale,
      isActive,
      limits,
      cell,
      plan = null,
      hosts = [],
      allowedOrigins = [],
      adminSecondFactor = 'optional',
      updatedAt,
      sequence,
    }: Tenant,
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.updateOne(
      { _id: id },
      {
        $set: {
          name,
          timezone,
          locale,
          isActive,
          limits,
          cell,
          plan,
          hosts,
          allowedOrigins,
          adminSecondFactor,
          updatedAt,
          sequence,
        },
      },
      { session },
    );
  }

  /** Leaves nothing of what its administrators chose. */
  async erase({ id, ...tenant }: Tenant, session: ClientSession): Promise<void> {
    const fields = { ...tenant, codeKey: codeKeyOf(tenant.code), webhookSecret: null };
    await this.#rows.updateOne({ _id: id }, { $set: fields }, { session });
  }

  async setWebhookSecret(
    tenantId: number,
    webhookSecret: SealedSecret,
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.updateOne({ _id: tenantId }, { $set: { webhookSecret } }, { session });
  }

  async webhookSecret(tenantId: number): Promise<SealedSecret | null> {
    return (
      (await this.#rows.findOne({ _id: tenantId }, { projection: { webhookSecret: 1 } }))?.webhookSecret ??
      null
    );
  }

  /**
   * Members and active administrators more or fewer. False, and nothing done, if fewer than `adminsAtLeast` would stay. Refuses
   * (TENANT_SUSPENDED) a tenant that was erased meanwhile.
   */
  async count(
    tenantId: number,
    { members, admins, adminsAtLeast }: { members: number; admins: number; adminsAtLeast: number },
    session: ClientSession,
  ): Promise<boolean> {
    if (members === 0 && admins === 0) return true;
    const tenant = await this.getLiving(tenantId, session);
    if (admins < 0 && tenant.adminCount + admins < adminsAtLeast) return false;
    const change = { $inc: { memberCount: members, adminCount: admins } };
    await this.#rows.updateOne({ _id: tenantId }, change, { session });
    return true;
  }
}
