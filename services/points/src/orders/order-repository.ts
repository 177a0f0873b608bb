/** Orders, one document each: whatever an order has once is decided on it, and written to it in the same transaction. */
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import { newOrder, orderKey, whyNotTheirs, type Order } from './order.ts';

export class OrderRepository {
  readonly #models: Models;
  constructor(models: Models) {
    this.#models = models;
  }

  /** The order of a member, made on first need; two at once meet on its key. Refuses (CONFLICT) another member's. */
  async open(scope: TenantScope, orderId: string, memberId: number, unit: UnitOfWork): Promise<Order> {
    const _id = orderKey(scope.tenantId, orderId);
    const { session } = unit;
    const known = await this.#models.orders.findOne(scope, { _id }, { session });
    if (known) {
      const refusal = whyNotTheirs(known, memberId);
      if (refusal) throw refusal;
      return known;
    }
    const order = newOrder(scope.tenantId, orderId, memberId, new Date());
    await this.#models.orders.insert(scope, [order], { session });
    return order;
  }

  async keep(scope: TenantScope, order: Order, unit: UnitOfWork): Promise<void> {
    const { _id, tenantId: _tenant, createdAt: _made, ...state } = order;
    await this.#models.orders.updateOne(
      scope,
      { _id },
      { $set: { ...state, updatedAt: new Date() } },
      { session: unit.session },
    );
  }
}
