/** Requests of tenants by day. Each process adds what it has counted; nothing of it is a request's own write. */
import { Schema, type Connection } from 'mongoose';
import { type Day } from '@membership/platform/calendar';
import { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';

export type Used = { readonly requests: number; readonly refused: number };
export type UsedOn = Used & { readonly tenantId: number; readonly day: Day };
type UsageDocument = UsedOn & { _id: string; expiresAt: Date };

const KEPT_DAYS = 400;
const DAY_MILLISECONDS = 86_400_000;
const usageSchema = new Schema(
  {
    _id: String,
    tenantId: { type: Number, required: true },
    day: String,
    requests: Number,
    refused: Number,
    expiresAt: Date,
  },
  { versionKey: false, id: false },
)
  .index({ tenantId: 1, day: 1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

const idOf = ({ tenantId, day }: Pick<UsedOn, 'tenantId' | 'day'>): string => `${tenantId}:${day}`;

export class UsageRepository {
  readonly #rows: TenantCollection<UsageDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection(connection, 'tenant_usage', usageSchema);
  }

  /** A tenant's days since one, by day. */
  async list(scope: TenantScope, from: Day): Promise<Map<Day, Used>> {
    const rows = await this.#rows.find(scope, { day: { $gte: from } }, { limit: KEPT_DAYS + 1 });
    return new Map(rows.map((row) => [row.day, row]));
  }

  /** What all processes have counted of each of these days of tenants. */
  async read(days: readonly Pick<UsedOn, 'tenantId' | 'day'>[]): Promise<Used[]> {
    const ids = days.map(idOf);
    const rows = await this.#all()
      .find({ _id: { $in: ids } })
      .toArray();
    const byId = new Map(rows.map((row) => [row._id, row]));
    return ids.map((id) => byId.get(id) ?? { requests: 0, refused: 0 });
  }

  async add(used: readonly UsedOn[]): Promise<void> {
    await this.#all().bulkWrite(
      used.map(({ tenantId, day, requests, refused }) => ({
        updateOne: {
          filter: { _id: idOf({ tenantId, day }) },
          update: {
            $inc: { requests, refused },
            $setOnInsert: {
              tenantId,
              day,
              expiresAt: new Date(Date.parse(`${day}T00:00:00Z`) + KEPT_DAYS * DAY_MILLISECONDS),
            },
          },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  #all() {
    return this.#rows.acrossTenants('usage of all tenants is written together');
  }
}
