import { COUNTED_EACH_TIME, KeptCounts } from '@membership/platform/kept-counts';
import type { TenantCollection, TenantDocument, Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';

type Count = { readonly count: number };

/** How many documents a filter finds, however many: exact up to 10,000, beyond that as they were a minute ago at most. */
export class WholeCounts<T extends TenantDocument> {
  readonly #collection: TenantCollection<T>;
  readonly #kept = new KeptCounts<Count>();
  constructor(collection: TenantCollection<T>) {
    this.#collection = collection;
  }

  async of(scope: TenantScope, filter: Unscoped): Promise<number> {
    const countTo = (limit: number) => this.#collection.count(scope, filter, { limit });
    const countFew = async () => {
      const found = await countTo(COUNTED_EACH_TIME);
      return found.isEstimate ? null : found;
    };
    const key = JSON.stringify([scope.tenantId, filter]);
    return (await this.#kept.of(key, countFew, () => countTo(Number.MAX_SAFE_INTEGER - 1))).count;
  }
}
