/** The log of deliveries, which is the queue of those that are pending, too. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import { namingEvents } from '@membership/contracts/events/gateway';
import { given } from '@membership/platform/given';
import { TenantCollection, type Paging, type Sort, type Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { ATTEMPTS_KEPT, type Attempt, type AttemptResult, type Delivery, type Failure } from './delivery.ts';

/** Facts that hold a member's names. */
const NAMING: readonly string[] = namingEvents.map(({ type }) => type);
type DeliveryDocument = Omit<Delivery, 'id'> & {
  _id: number;
  expiresAt: Date;
  /** Whose names the body holds; those of before do not say. */
  memberId?: number;
};
export type DeliveryFilter = {
  readonly endpointId?: number | undefined;
  readonly status?: Delivery['status'] | undefined;
  readonly type?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
};
/** An endpoint for which something waits, and since or until when. */
export type Lane = { readonly endpointId: number; readonly dueAt: Date };

const deliverySchema = new Schema(
  {
    _id: Number,
    tenantId: { type: Number, required: true },
    endpointId: Number,
    status: String,
    type: String,
    memberId: Number,
    nextAttemptAt: Date,
    createdAt: Date,
    expiresAt: Date,
  },
  { strict: false, versionKey: false, id: false, minimize: false },
)
  .index({ tenantId: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, status: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, type: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, endpointId: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, endpointId: 1, status: 1, createdAt: 1, _id: 1 })
  // What holds names, by whose they are: forgotten when the member is erased.
  .index({ tenantId: 1, memberId: 1, _id: 1 }, { partialFilterExpression: { type: { $in: NAMING } } })
  // The scheduler's: the first of each endpoint is found by skipping from one to the next, however many wait behind it.
  .index({ status: 1, endpointId: 1, nextAttemptAt: 1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

const toDelivery = ({ _id, expiresAt: _end, memberId: _named, ...delivery }: DeliveryDocument): Delivery => ({
  id: _id,
  ...delivery,
});
const memberIn = ({ body }: Pick<Delivery, 'body'>): number =>
  (JSON.parse(body) as { data: { memberId: number } }).data.memberId;
/** What holds a member's names; and of what does not say whose it holds, which no new one does, what names the member. */
export const namesOf = (memberId: number): readonly Unscoped[] => [
  { type: { $in: NAMING }, memberId },
  { type: { $in: NAMING }, memberId: null, body: { $regex: `"memberId":${memberId}[,}]` } },
];
const LANES = [
  { $match: { status: 'pending' } },
  { $sort: { status: 1, endpointId: 1, nextAttemptAt: 1 } },
  { $group: { _id: '$endpointId', dueAt: { $first: '$nextAttemptAt' } } },
];
const WHY = 'deliveries of all tenants are sent by one process';

export class DeliveryRepository {
  readonly #rows: TenantCollection<DeliveryDocument>;
  readonly #milliseconds: number;
  #someWaited = false;
  constructor(connection: Connection, { days }: { days: number }) {
    this.#rows = new TenantCollection(connection, 'webhook_deliveries', deliverySchema);
    this.#milliseconds = days * 86_400_000;
  }

  async list(
    scope: TenantScope,
    { createdAfter, createdBefore, ...fields }: DeliveryFilter,
    sort: Sort,
    paging: Paging,
  ): Promise<Page<Delivery>> {
    const range = {
      ...(createdAfter ? { $gt: createdAfter } : {}),
      ...(createdBefore ? { $lt: createdBefore } : {}),
    };
    const filter: Unscoped = {
      ...given(fields),
      ...(Object.keys(range).length > 0 ? { createdAt: range } : {}),
    };
    const projection = { body: 0, attempts: 0 } as const;
    const { items, ...total } = await this.#rows.page(scope, filter, { sort, projection, ...paging });
    return { items: items.map(toDelivery), ...total };
  }

  /** Refuses (404) one that the tenant does not have. */
  async get(scope: TenantScope, id: number, session?: ClientSession): Promise<Delivery> {
    const row = await this.#rows.findOne(scope, { _id: id }, session ? { session } : {});
    if (!row) throw notFound({ zh: '投递记录不存在', en: 'There is no such delivery' });
    return toDelivery(row);
  }

  async insert(scope: TenantScope, deliveries: readonly Delivery[], session: ClientSession): Promise<void> {
    const rows = deliveries.map(({ id, ...delivery }) => ({
      _id: id,
      ...delivery,
      ...(NAMING.includes(delivery.type) ? { memberId: memberIn(delivery) } : {}),
      expiresAt: new Date(delivery.createdAt.getTime() + this.#milliseconds),
    }));
    await this.#rows.insert(scope, rows, { session });
  }

  /** Forgets deliveries that hold a member's names, waiting ones too. */
  async forgetMember(scope: TenantScope, memberId: number, session: ClientSession): Promise<void> {
    for (const filter of namesOf(memberId)) await this.#rows.deleteAll(scope, filter, { session });
  }

  /** For each endpoint that something waits for, when the first is due. */
  async lanes(): Promise<Lane[]> {
    const rows = this.#rows.acrossTenants(WHY);
    // Mostly nothing waits, and an aggregate costs MongoDB several times what this does.
    if (!this.#someWaited && !(await rows.findOne({ status: 'pending' }, { projection: { _id: 1 } })))
      return [];
    const lanes = await rows.aggregate<{ _id: number; dueAt: Date }>(LANES).toArray();
    this.#someWaited = lanes.length > 0;
    return lanes.map(({ _id, dueAt }) => ({ endpointId: _id, dueAt }));
  }

  /** The first few of one endpoint that are due. */
  async due(endpointId: number, now: Date, limit: number): Promise<Delivery[]> {
    const rows = await this.#rows
      .acrossTenants(WHY)
      .find({ status: 'pending', endpointId, nextAttemptAt: { $lte: now } })
      .sort({ nextAttemptAt: 1 })
      .limit(limit)
      .toArray();
    return rows.map(toDelivery);
  }

  /** Writes an attempt down, and what the delivery is now. */
  async attempted(scope: TenantScope, id: number, attempt: Attempt, result: AttemptResult): Promise<void> {
    const attempts = { $each: [attempt], $slice: -ATTEMPTS_KEPT };
    await this.#rows.updateOne(
      scope,
      { _id: id },
      { $push: { attempts }, $inc: { attemptCount: 1 }, $set: result },
    );
  }

  /** Ends what waits for an endpoint that gets nothing any more; a disabled one still gets test messages. Returns how many. */
  async giveUp(endpointId: number, failure: Failure, now: Date): Promise<number> {
    const which = failure === 'endpoint_disabled' ? { isOnce: false } : {};
    const ended = await this.#rows
      .acrossTenants(WHY)
      .updateMany(
        { status: 'pending', endpointId, createdAt: { $lte: now }, ...which },
        { $set: { status: 'failed', failure, nextAttemptAt: null, completedAt: now } },
      );
    return ended.modifiedCount;
  }

  /** Makes a delivery due now, the schedule beginning anew; returns it afterwards. */
  async sendAgain(
    scope: TenantScope,
    id: number,
    now: Date,
    session: ClientSession,
  ): Promise<Delivery | null> {
    const row = await this.#rows.change(scope, { _id: id }, { $set: this.#again(now) }, { session });
    return row && toDelivery(row);
  }

  /** Makes the failed ones of a time due now, oldest first, up to `most`. */
  async sendFailedAgain(
    scope: TenantScope,
    { endpointId, from, to, now }: { endpointId: number; from: Date; to: Date; now: Date },
    most: number,
    session: ClientSession,
  ): Promise<{ replayed: number; remaining: number }> {
    const filter = { endpointId, status: 'failed', createdAt: { $gte: from, $lte: to }, isOnce: false };
    const { count } = await this.#rows.count(scope, filter, { limit: 1_000_000, session });
    const sort = { createdAt: 1, _id: 1 } as const;
    const rows = await this.#rows.find(scope, filter, { sort, limit: most, projection: { _id: 1 }, session });
    const ids = rows.map(({ _id }) => _id);
    const replayed = await this.#rows.updateMany(
      scope,
      { _id: { $in: ids } },
      { $set: this.#again(now) },
      { session },
    );
    return { replayed, remaining: count - replayed };
  }

  /** What is sent again is kept as long as what is new. */
  #again(now: Date) {
    return {
      status: 'pending',
      tries: 0,
      nextAttemptAt: now,
      completedAt: null,
      expiresAt: new Date(now.getTime() + this.#milliseconds),
    };
  }

  /** How MongoDB finds a page: for the tests that show an index under each list. */
  explain(scope: TenantScope, filter: Unscoped, sort: Sort): Promise<unknown> {
    return this.#rows.explain(scope, filter, sort);
  }

  /** How MongoDB finds the lanes. */
  explainLanes(): Promise<unknown> {
    return this.#rows.acrossTenants(WHY).aggregate(LANES).explain('executionStats');
  }
}
