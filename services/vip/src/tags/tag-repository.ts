/** Storage of tag definitions. */
import { notFound } from '@membership/contracts/errors';
import { given } from '@membership/platform/given';
import type { Paging, Sort, TenantCollection, Unscoped } from '@membership/platform/mongo';
import { literally } from '@membership/platform/search';
import { holderOfCode } from '@membership/platform/spelling';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Tag } from './tag.ts';

export type TagFilter = {
  readonly type?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly isAssignable?: boolean | undefined;
  readonly requiresPayment?: boolean | undefined;
  readonly search?: string | undefined;
};

export class TagRepository {
  readonly #collection: TenantCollection<Tag>;
  constructor(collection: TenantCollection<Tag>) {
    this.#collection = collection;
  }

  /** A page of those that are not retired, and how many there are. */
  list(scope: TenantScope, filter: TagFilter, sort: Sort, paging: Paging) {
    return this.#collection.page(scope, this.#filter(filter), { sort, ...paging });
  }

  explain(scope: TenantScope, filter: TagFilter, sort: Sort): Promise<unknown> {
    return this.#collection.explain(scope, this.#filter(filter), sort);
  }

  /** One that is not retired, or null. */
  find(scope: TenantScope, id: number, unit?: UnitOfWork): Promise<Tag | null> {
    return this.#collection.findOne(
      scope,
      { _id: id, isRetired: false },
      unit ? { session: unit.session } : {},
    );
  }

  /** One that is not retired. Refuses (404) any other. */
  async get(scope: TenantScope, id: number, unit?: UnitOfWork): Promise<Tag> {
    const found = await this.find(scope, id, unit);
    if (!found) throw notFound();
    return found;
  }

  /** By id, retired ones too: members may still hold them. */
  async byId(
    scope: TenantScope,
    ids: readonly number[],
    unit?: UnitOfWork,
  ): Promise<ReadonlyMap<number, Tag>> {
    const found = await this.#collection.find(
      scope,
      { _id: { $in: [...new Set(ids)] } },
      unit ? { session: unit.session } : {},
    );
    return new Map(found.map((tag) => [tag._id, tag]));
  }

  /** Who has a code that is to be given. */
  holderOf(scope: TenantScope, code: string, { session }: UnitOfWork): Promise<Tag | null> {
    return holderOfCode(this.#collection, scope, code, { isRetired: false, session });
  }

  async add(scope: TenantScope, tag: Tag, unit: UnitOfWork): Promise<void> {
    await this.#collection.insert(scope, [tag], { session: unit.session });
  }

  async save(
    scope: TenantScope,
    { _id, tenantId: _tenant, ...fields }: Tag,
    unit: UnitOfWork,
  ): Promise<void> {
    await this.#collection.updateOne(scope, { _id }, { $set: fields }, { session: unit.session });
  }

  #filter({ search, ...exact }: TagFilter): Unscoped {
    const pattern = search ? literally(search) : undefined;
    return {
      isRetired: false,
      ...given(exact),
      ...(pattern ? { $or: [{ name: pattern }, { code: pattern }, { description: pattern }] } : {}),
    };
  }
}
