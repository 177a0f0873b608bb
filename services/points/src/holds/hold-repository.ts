/** Reads holds. They change in the ledger's transactions alone. */
import type { PageRequest } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { Hold, HoldStatus } from './hold.ts';

export class HoldRepository {
  readonly #models: Models;
  constructor(models: Models) {
    this.#models = models;
  }

  async find(scope: TenantScope, id: number): Promise<Hold | null> {
    return this.#models.holds.findOne(scope, { _id: id });
  }

  async list(
    scope: TenantScope,
    { memberId, status }: { memberId: number; status: HoldStatus | undefined },
    page: PageRequest,
  ) {
    const query = { memberId, ...(status === undefined ? {} : { status }) };
    return this.#models.holds.page(scope, query, page);
  }
}
