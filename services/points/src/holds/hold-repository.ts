/** Reads holds. They change in the ledger's transactions alone. */
import type { Sort } from '@membership/platform/mongo';
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
    { page, size, sort }: { page: number; size: number; sort: Sort },
  ) {
    const query = { memberId, ...(status === undefined ? {} : { status }) };
    return {
      items: await this.#models.holds.find(scope, query, { sort, skip: (page - 1) * size, limit: size }),
      ...(await this.#models.holds.count(scope, query)),
    };
  }
}
