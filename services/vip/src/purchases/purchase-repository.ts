/** Storage of purchases. */
import { notFound } from '@membership/contracts/errors';
import type { Failures } from '@membership/platform/failures';
import { given } from '@membership/platform/given';
import type { Paging, Sort, TenantCollection } from '@membership/platform/mongo';
import { isPlainMember, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Purchase, PurchaseStatus, Settlement } from './purchase.ts';

export type PurchaseFilter = {
  readonly memberId?: number | undefined;
  readonly tagId?: number | undefined;
  readonly status?: PurchaseStatus | undefined;
};

export class PurchaseRepository {
  readonly #purchases: TenantCollection<Purchase>;
  constructor(purchases: TenantCollection<Purchase>) {
    this.#purchases = purchases;
  }

  /** A page, and how many there are. */
  list(scope: TenantScope, filter: PurchaseFilter, sort: Sort, paging: Paging) {
    return this.#purchases.page(scope, given(filter), { sort, ...paging });
  }

  explain(scope: TenantScope, filter: PurchaseFilter, sort: Sort): Promise<unknown> {
    return this.#purchases.explain(scope, given(filter), sort);
  }

  /** Refuses (404) an unknown one, and to a plain member those of others. */
  async get(scope: TenantScope, id: number): Promise<Purchase> {
    const mine = isPlainMember(scope) ? { memberId: scope.actor.id } : {};
    const found = await this.#purchases.findOne(scope, { _id: id, ...mine });
    if (!found) throw notFound();
    return found;
  }

  async find(scope: TenantScope, id: number, { session }: UnitOfWork): Promise<Purchase | null> {
    return this.#purchases.findOne(scope, { _id: id }, { session });
  }

  /** Whether a purchase of a tag is on its way for a member. */
  async isRequested(
    scope: TenantScope,
    { memberId, tagId }: Pick<Purchase, 'memberId' | 'tagId'>,
    { session }: UnitOfWork,
  ): Promise<boolean> {
    const found = await this.#purchases.findOne(
      scope,
      { memberId, tagId, status: 'requested' },
      { session, projection: { _id: 1 } },
    );
    return found !== null;
  }

  async add(scope: TenantScope, purchase: Purchase, { session }: UnitOfWork): Promise<void> {
    await this.#purchases.insert(scope, [purchase], { session });
  }

  /** Settles one that is still requested: of all who try, one wins. Null for the others. */
  async settle(
    scope: TenantScope,
    id: number,
    settlement: Settlement,
    { session }: UnitOfWork,
  ): Promise<Purchase | null> {
    return this.#purchases.change(
      scope,
      { _id: id, status: 'requested' },
      { $set: settlement, $inc: { sequence: 1 } },
      { session },
    );
  }

  /** Purchases of any tenant that nobody settled in time, the longest due first. */
  async overdue(
    now: Date,
    limit: number,
    { tenantId, failures }: { readonly tenantId?: number | undefined; readonly failures?: Failures } = {},
  ): Promise<Pick<Purchase, '_id' | 'tenantId'>[]> {
    return this.#purchases
      .acrossTenants('the due-date index of the timeout')
      .find(
        { status: 'requested', dueAt: { $lte: now }, ...failures?.others, ...given({ tenantId }) },
        { projection: { tenantId: 1 } },
      )
      .sort({ dueAt: 1 })
      .limit(limit)
      .toArray();
  }
}
