/** Reads holds. They change in the ledger's transactions alone. */
import { given } from '@membership/platform/given';
import type { PageRequest } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { Hold, HoldStatus } from '../domain/hold.ts';

export class HoldRepository {
  readonly #models: Models;
  constructor(models: Models) {
    this.#models = models;
  }

  async find(scope: TenantScope, id: number): Promise<Hold | null> {
    return this.#models.holds.findOne(scope, { _id: id });
  }

  /** Of all members, in the states that they have at a moment. */
  async listAll(
    scope: TenantScope,
    { memberId, status }: { memberId: number | undefined; status: HoldStatus | undefined },
    now: Date,
    page: PageRequest,
  ) {
    const ended = { status: 'held', expiresAt: { $lte: now } };
    const byStatus = {
      held: { status: 'held', $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] },
      captured: { status: 'captured' },
      released: { status: 'released' },
      expired: { $or: [{ status: 'expired' }, ended] },
    };
    const query = { ...given({ memberId }), ...(status === undefined ? {} : byStatus[status]) };
    return this.#models.holds.page(scope, query, page);
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
