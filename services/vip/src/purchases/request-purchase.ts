import { vipPurchaseRequested } from '@membership/contracts/events/vip';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { UserTag } from '../holdings/user-tag.ts';
import { factOf, request, type Purchase } from './purchase.ts';
import { quoteTag, type QuoteStores } from './quote-tag.ts';
import { completePurchase, type SettleStores } from './settle-purchase.ts';

export type PurchaseStores = QuoteStores & SettleStores & { readonly purchaseTimeoutMs: number };
type Command = {
  readonly tagId: number;
  readonly memberId: number;
  readonly days?: number | undefined;
  /** Whether the tag is to renew itself from then on; null: as before. */
  readonly autoRenew: boolean | null;
  /** The holding whose end started this, in an auto-renewal. */
  readonly renews?: Pick<UserTag, '_id' | 'expiresAt'> | undefined;
  readonly now: Date;
};

/**
 * Asks for a tag at the price that is stated now; points freezes it next. What costs nothing is granted at once: there is
 * nothing to freeze. Refuses as a quote does.
 */
export async function requestPurchase(
  stores: PurchaseStores,
  scope: TenantScope,
  { autoRenew, renews, ...command }: Command,
  unit: UnitOfWork,
): Promise<Purchase> {
  const { purchases, purchaseTimeoutMs: timeoutMs } = stores;
  const { memberId, now } = command;
  const offer = await quoteTag(stores, scope, command, unit);
  const ids = { _id: await stores.ids.next('purchases'), tenantId: scope.tenantId, memberId };
  const origin = { renewsUserTagId: renews?._id ?? null, renewsEnd: renews?.expiresAt ?? null };
  const purchase = request(offer, ids, { autoRenew, ...origin, now, timeoutMs });
  await purchases.add(scope, purchase, unit);
  unit.announce(scope, vipPurchaseRequested, { subject: purchase._id, sequence: 1, data: factOf(purchase) });
  if (purchase.points > 0) return purchase;
  await completePurchase(stores, scope, { purchaseId: purchase._id, now }, unit);
  return (await purchases.find(scope, purchase._id, unit)) ?? purchase;
}
