/** A page of a collection: rows by an index, and a count that costs no more than 10,000 of its keys. */
import type { Sort, TenantCollection, TenantDocument, Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';

export type Paging = { readonly page: number; readonly size: number };
export type Found<T> = { readonly items: T[]; readonly count: number; readonly isEstimate?: boolean };

/** Rows of a page and how many match. */
export async function findPage<T extends TenantDocument>(
  collection: TenantCollection<T>,
  scope: TenantScope,
  filter: Unscoped,
  sort: Sort,
  { page, size }: Paging,
): Promise<Found<T>> {
  const [items, total] = await Promise.all([
    collection.find(scope, filter, { sort, skip: (page - 1) * size, limit: size }),
    collection.count(scope, filter),
  ]);
  return { items, count: total.count, ...(total.isEstimate ? { isEstimate: true } : {}) };
}
