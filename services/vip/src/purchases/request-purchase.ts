import { vipPurchaseRequested } from '@membership/contracts/events/vip';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { factOf, request, type Purchase } from './purchase.ts';
import type { PurchaseRepository } from './purchase-repository.ts';
import { quoteTag, type QuoteStores } from './quote-tag.ts';

export type PurchaseStores = QuoteStores & {
  readonly purchases: PurchaseRepository;
  readonly ids: Ids;
  readonly purchaseTimeoutMs: number;
};
type Command = {
  readonly tagId: number;
  readonly memberId: number;
  readonly days?: number | undefined;
  readonly now: Date;
};

/** Asks for a tag at the price that is stated now; points freezes it next. Refuses as a quote does, and what costs nothing. */
export async function requestPurchase(
  stores: PurchaseStores,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<Purchase> {
  const offer = await quoteTag(stores, scope, command, unit);
  const ids = {
    _id: await stores.ids.next('purchases'),
    tenantId: scope.tenantId,
    memberId: command.memberId,
  };
  const purchase = request(offer, ids, { now: command.now, timeoutMs: stores.purchaseTimeoutMs });
  await stores.purchases.add(scope, purchase, unit);
  unit.announce(scope, vipPurchaseRequested, { subject: purchase._id, sequence: 1, data: factOf(purchase) });
  return purchase;
}
