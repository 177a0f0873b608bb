/** Endpoints of outgoing webhooks, and how many a tenant has. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import { TenantCollection, type Paging, type Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { WebhookEndpoint } from './endpoint.ts';

type EndpointDocument = Omit<WebhookEndpoint, 'id'> & { _id: number };
type CountDocument = { _id: number; tenantId: number; endpoints: number };

const loose = { strict: false, versionKey: false, id: false, minimize: false } as const;
const endpointSchema = new Schema(
  { _id: Number, tenantId: { type: Number, required: true }, isEnabled: Boolean, createdAt: Date },
  loose,
)
  .index({ tenantId: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, isEnabled: 1, createdAt: 1, _id: 1 })
  // Who wants an event type, over all tenants: asked when the queue's bindings are looked over.
  .index({ isEnabled: 1, eventTypes: 1 });
const countSchema = new Schema({ _id: Number, tenantId: Number, endpoints: Number }, loose).index({
  tenantId: 1,
});

const toEndpoint = ({ _id, ...endpoint }: EndpointDocument): WebhookEndpoint => ({ id: _id, ...endpoint });
const inSession = (session: ClientSession | undefined) => (session ? { session } : {});

export class EndpointRepository {
  readonly #rows: TenantCollection<EndpointDocument>;
  readonly #counts: TenantCollection<CountDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection(connection, 'webhook_endpoints', endpointSchema);
    this.#counts = new TenantCollection(connection, 'webhook_endpoint_counts', countSchema);
  }

  async list(
    scope: TenantScope,
    { isEnabled }: { isEnabled?: boolean | undefined },
    sort: Sort,
    paging: Paging,
  ): Promise<Page<WebhookEndpoint>> {
    const filter = isEnabled === undefined ? {} : { isEnabled };
    const { items, ...total } = await this.#rows.page(scope, filter, { sort, ...paging });
    return { items: items.map(toEndpoint), ...total };
  }

  async find(scope: TenantScope, id: number, session?: ClientSession): Promise<WebhookEndpoint | null> {
    const row = await this.#rows.findOne(scope, { _id: id }, inSession(session));
    return row && toEndpoint(row);
  }

  /** Refuses (404) one that the tenant does not have. */
  async get(scope: TenantScope, id: number, session?: ClientSession): Promise<WebhookEndpoint> {
    const endpoint = await this.find(scope, id, session);
    if (!endpoint) throw notFound({ zh: 'Webhook端点不存在', en: 'There is no such endpoint' });
    return endpoint;
  }

  /** Those of a tenant that get events. */
  async enabled(scope: TenantScope, session: ClientSession): Promise<WebhookEndpoint[]> {
    return (await this.#rows.find(scope, { isEnabled: true }, { session })).map(toEndpoint);
  }

  async insert(
    scope: TenantScope,
    { id, ...endpoint }: WebhookEndpoint,
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.insert(scope, [{ _id: id, ...endpoint }], { session });
  }

  async save(
    scope: TenantScope,
    { id, ...endpoint }: WebhookEndpoint,
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.updateOne(scope, { _id: id }, { $set: endpoint }, { session });
  }

  /** False when there is none. */
  async delete(scope: TenantScope, id: number, session: ClientSession): Promise<boolean> {
    return (await this.#rows.deleteMany(scope, { _id: id }, { session })) > 0;
  }

  /** One endpoint more or fewer. False, and nothing done, if there were more than `most`: a row that all who add one write. */
  async count(scope: TenantScope, change: 1 | -1, most: number, session: ClientSession): Promise<boolean> {
    const { tenantId } = scope;
    if (change === 1)
      await this.#counts.updateOne(
        scope,
        { _id: tenantId },
        { $setOnInsert: { endpoints: 0 } },
        { session, upsert: true },
      );
    const room = change === 1 ? { endpoints: { $lt: most } } : {};
    const update = { $inc: { endpoints: change } };
    return (
      (await this.#counts.updateOne(scope, { _id: tenantId, ...room }, update, { session })).matched === 1
    );
  }

  /** Endpoints of any tenants, by id. */
  async findMany(ids: readonly number[]): Promise<Map<number, WebhookEndpoint>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#rows
      .acrossTenants('deliveries of all tenants are sent by one process')
      .find({ _id: { $in: [...ids] } })
      .toArray();
    return new Map(rows.map((row) => [row._id, toEndpoint(row)]));
  }

  /** Every type and pattern that some enabled endpoint of some tenant wants. */
  async wantedPatterns(): Promise<string[]> {
    return (await this.#rows
      .acrossTenants('one queue serves all tenants')
      .distinct('eventTypes', { isEnabled: true })) as string[];
  }

  async isWanted(pattern: string, session: ClientSession): Promise<boolean> {
    const rows = this.#rows.acrossTenants('one queue serves all tenants');
    return (
      (await rows.findOne({ isEnabled: true, eventTypes: pattern }, { session, projection: { _id: 1 } })) !==
      null
    );
  }

  /** Remembers a failure, and what the receiver asked for; returns the endpoint afterwards, null when it is gone or disabled. */
  async failed(
    scope: TenantScope,
    id: number,
    { now, pausedUntil }: { now: Date; pausedUntil: Date | null },
  ): Promise<WebhookEndpoint | null> {
    await this.#rows.updateOne(scope, { _id: id, failingSince: null }, { $set: { failingSince: now } });
    const update = { $inc: { failures: 1 }, ...(pausedUntil ? { $max: { pausedUntil } } : {}) };
    const row = await this.#rows.change(scope, { _id: id, isEnabled: true }, update);
    return row && toEndpoint(row);
  }

  /** Forgets failures. */
  async succeeded(scope: TenantScope, id: number): Promise<void> {
    await this.#rows.updateOne(
      scope,
      { _id: id },
      { $set: { failingSince: null, failures: 0, pausedUntil: null } },
    );
  }

  /** What was asked for by hand is not held up by what a receiver asked for before. */
  async unpause(scope: TenantScope, id: number, session: ClientSession): Promise<void> {
    await this.#rows.updateOne(
      scope,
      { _id: id, pausedUntil: { $ne: null } },
      { $set: { pausedUntil: null } },
      { session },
    );
  }
}
