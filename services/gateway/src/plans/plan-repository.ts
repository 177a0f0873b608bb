/** Plans. They belong to the platform and to no tenant. */
import { Schema, type ClientSession, type Connection, type mongo } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import type { Paging, Sort } from '@membership/platform/mongo';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import { codeKeyOf, type TenantPlan } from '../domain/plan.ts';

export type PlanDocument = TenantPlan & { _id: string };

const planSchema = new Schema(
  { _id: String, code: String, name: String, createdAt: Date },
  { strict: false, versionKey: false, id: false },
)
  .index({ name: 1, _id: 1 })
  .index({ createdAt: 1, _id: 1 });

const toPlan = ({ _id, ...plan }: PlanDocument): TenantPlan => plan;
const inSession = (session: ClientSession | undefined) => (session ? { session } : {});

export class PlanRepository {
  readonly #rows: mongo.Collection<PlanDocument>;
  constructor(connection: Connection) {
    this.#rows = modelled<PlanDocument>(connection.model('tenant_plans', planSchema, 'tenant_plans'));
  }

  async find(code: string, session?: ClientSession): Promise<TenantPlan | null> {
    const row = await this.#rows.findOne({ _id: codeKeyOf(code) }, inSession(session));
    return row && toPlan(row);
  }

  /** Refuses (404) an unknown one. */
  async get(code: string, session?: ClientSession): Promise<TenantPlan> {
    const plan = await this.find(code, session);
    if (!plan) throw notFound({ zh: '套餐不存在', en: 'There is no such plan' });
    return plan;
  }

  async list(sort: Sort, { page, size }: Paging): Promise<Page<TenantPlan>> {
    const rows = await this.#rows
      .find({})
      .sort(sort)
      .skip((page - 1) * size)
      .limit(size)
      .toArray();
    return { items: rows.map(toPlan), count: await this.#rows.countDocuments({}) };
  }

  async insert(plan: TenantPlan, session: ClientSession): Promise<void> {
    await this.#rows.insertOne({ _id: codeKeyOf(plan.code), ...plan }, { session });
  }

  /** Saves what an administrator changes; tenants are counted by `count`. */
  async save(
    { code, name, limits, requestsPerDay, concurrentRequests, updatedAt }: TenantPlan,
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.updateOne(
      { _id: codeKeyOf(code) },
      { $set: { name, limits, requestsPerDay, concurrentRequests, updatedAt } },
      { session },
    );
  }

  /** One tenant more or fewer. The write keeps a plan that is given from being removed at the same moment. */
  async count(code: string, tenants: 1 | -1, session: ClientSession): Promise<void> {
    await this.#rows.updateOne({ _id: codeKeyOf(code) }, { $inc: { tenantCount: tenants } }, { session });
  }

  async delete(code: string, session: ClientSession): Promise<void> {
    await this.#rows.deleteOne({ _id: codeKeyOf(code) }, { session });
  }
}
