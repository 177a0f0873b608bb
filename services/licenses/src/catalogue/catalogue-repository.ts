/** Storage of products and plans. */
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import type { Failures } from '@membership/platform/failures';
import type { ClientSession, Paging, Sort, TenantCollection, Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { ownLicensesOf } from '../domain/own-licenses.ts';
import type { Plan, Product } from '../domain/product.ts';

/** So many of one name are looked at. */
const NAMED = 1_000;

/** Products, or plans: both are read, changed and retired in the same way. */
export class CatalogueRepository<T extends Product | Plan> {
  readonly #things: TenantCollection<T>;
  constructor(things: TenantCollection<T>) {
    this.#things = things;
  }

  find(scope: TenantScope, id: number, session?: ClientSession): Promise<T | null> {
    return this.#things.findOne(scope, { _id: id, isRetired: false }, session ? { session } : {});
  }

  /** Refuses (404) what is not there or retired. */
  async get(scope: TenantScope, id: number, session?: ClientSession): Promise<T> {
    const thing = await this.find(scope, id, session);
    if (!thing) throw notFound();
    return thing;
  }

  /** By id, retired ones too: licences go on showing their names. */
  async byId(scope: TenantScope, ids: readonly number[]): Promise<Map<number, T>> {
    const wanted = [...new Set(ids)];
    const found = wanted.length === 0 ? [] : await this.#things.find(scope, { _id: { $in: wanted } });
    return new Map(found.map((thing) => [thing._id, thing]));
  }

  list(scope: TenantScope, filter: Unscoped, sort: Sort, paging: Paging): Promise<Page<T>> {
    return this.#things.page(scope, { ...filter, isRetired: false }, { sort, ...paging });
  }

  /** Ids of what a name is part of, retired ones too. */
  async idsNamed(scope: TenantScope, name: RegExp): Promise<number[]> {
    const options = { projection: { _id: 1 }, sort: { _id: -1 }, limit: NAMED } as const;
    return (await this.#things.find(scope, { name }, options)).map(({ _id }) => _id);
  }

  count(scope: TenantScope, filter: Unscoped): Promise<{ count: number }> {
    return this.#things.count(scope, { ...filter, isRetired: false });
  }

  add(scope: TenantScope, thing: T, session: ClientSession): Promise<void> {
    return this.#things.insert(scope, [thing], { session });
  }

  async save(scope: TenantScope, { _id, tenantId: _tenant, ...fields }: T, unit: UnitOfWork): Promise<void> {
    // Its name stands in the lists of whoever has a licence of it.
    unit.changes(ownLicensesOf(scope.tenantId));
    await this.#things.updateOne(scope, { _id }, { $set: fields }, { session: unit.session });
  }

  /** Plans whose lease was given until a moment and has not reached the devices that were bound before, over all tenants. */
  findLeaseGiven(until: Date, limit: number, failures?: Failures): Promise<Plan[]> {
    return this.#things
      .acrossTenants('leases that plans were given are looked for over all tenants')
      .find({ leaseGivenAt: { $lte: until, $type: 'date' }, ...failures?.others } as never)
      .sort({ leaseGivenAt: 1, _id: 1 })
      .limit(limit)
      .toArray() as Promise<unknown> as Promise<Plan[]>;
  }

  /** Every device has the lease that was given at a moment; one that was given since is still to be given. */
  async markLeaseGiven(scope: TenantScope, id: number, givenAt: Date): Promise<void> {
    await this.#things.updateOne(scope, { _id: id, leaseGivenAt: givenAt }, { $set: { leaseGivenAt: null } });
  }
}
