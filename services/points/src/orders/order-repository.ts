/** Orders, one document each: whatever an order has once is decided on it, and written to it in the same transaction. */
import { Refusal } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import {
  newOrder,
  orderKey,
  whyNotTheirs,
  whyRefunded,
  withEarlyRefund,
  type EarlyRefund,
  type Order,
} from '../domain/order.ts';

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
      return { ...known, memberId };
    }
    const order = newOrder(scope.tenantId, orderId, memberId, new Date());
    await this.#models.orders.insert(scope, [order], { session });
    return order;
  }

  /**
   * Something else hangs on the order, too: it is the member's, and who refunds it at once meets on its document. Refuses
   * (CONFLICT) another member's, (INVALID_STATE) one that was refunded in whole.
   */
  async joinWithin(scope: TenantScope, orderId: string, memberId: number, unit: UnitOfWork): Promise<void> {
    const order = await this.open(scope, orderId, memberId, unit);
    const over = whyRefunded(order);
    if (over) throw over;
    await this.keep(scope, order, unit);
  }

  /** Keeps a refund of an order of which nobody has said whose it is. Refusals: those of `withEarlyRefund`. */
  async keepRefund(
    scope: TenantScope,
    orderId: string,
    refund: EarlyRefund,
    unit: UnitOfWork,
  ): Promise<Refusal | undefined> {
    const _id = orderKey(scope.tenantId, orderId);
    const { session } = unit;
    const known = await this.#models.orders.findOne(scope, { _id }, { session });
    const order = withEarlyRefund(known ?? newOrder(scope.tenantId, orderId, null, new Date()), refund);
    if (order instanceof Refusal) return order;
    if (known) await this.keep(scope, order, unit);
    else await this.#models.orders.insert(scope, [order], { session });
    return undefined;
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
