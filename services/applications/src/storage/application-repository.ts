/** Storage of applications. */
import { notFound } from '@membership/contracts/errors';
import type { Paging, Sort, TenantCollection, Unscoped } from '@membership/platform/mongo';
import { holderOfCode } from '@membership/platform/spelling';
import { literally } from '@membership/platform/search';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Application } from '../domain/application.ts';

export type ApplicationFilter = {
  readonly status?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly search?: string | undefined;
};

export class ApplicationRepository {
  readonly #collection: TenantCollection<Application>;
  constructor(collection: TenantCollection<Application>) {
    this.#collection = collection;
  }

  /** A page of those that are not deleted, and how many there are. */
  list(scope: TenantScope, filter: ApplicationFilter, sort: Sort, paging: Paging) {
    return this.#collection.page(scope, this.#filter(filter), { sort, ...paging });
  }

  /** How MongoDB runs such a list: for the test that shows an index under each. */
  explain(scope: TenantScope, filter: ApplicationFilter, sort: Sort): Promise<unknown> {
    return this.#collection.explain(scope, this.#filter(filter), sort);
  }

  /** One that is not deleted. Refuses (404) any other. */
  async get(scope: TenantScope, id: number, unit?: UnitOfWork): Promise<Application> {
    const found = await this.#collection.findOne(
      scope,
      { _id: id, isDeleted: false },
      unit ? { session: unit.session } : {},
    );
    if (!found) throw notFound();
    return found;
  }

  /** One, deleted or not. Refuses (404) an unknown one. */
  async getAny(scope: TenantScope, id: number, unit: UnitOfWork): Promise<Application> {
    const found = await this.#collection.findOne(scope, { _id: id }, { session: unit.session });
    if (!found) throw notFound();
    return found;
  }

  /** Who has a code that is to be given, deleted ones included. */
  holderOf(scope: TenantScope, code: string, { session }: UnitOfWork): Promise<Application | null> {
    return holderOfCode(this.#collection, scope, code, { session });
  }

  async add(scope: TenantScope, application: Application, unit: UnitOfWork): Promise<void> {
    await this.#collection.insert(scope, [application], { session: unit.session });
  }

  async save(scope: TenantScope, application: Application, unit: UnitOfWork): Promise<void> {
    const { _id, tenantId: _tenant, ...fields } = application;
    await this.#collection.updateOne(scope, { _id }, { $set: fields }, { session: unit.session });
  }

  #filter({ status, isActive, search }: ApplicationFilter): Unscoped {
    const pattern = search ? literally(search) : undefined;
    return {
      isDeleted: false,
      ...(status === undefined ? {} : { status }),
      ...(isActive === undefined ? {} : { isActive }),
      ...(pattern ? { $or: [{ name: pattern }, { code: pattern }, { description: pattern }] } : {}),
    };
  }
}
