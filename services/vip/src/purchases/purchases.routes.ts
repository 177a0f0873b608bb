/** Answers the endpoints of buying tags. */
import * as contracts from '@membership/contracts/endpoints/vip/purchases';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { isPlainMember, requireMember, requireMemberId } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import { offerView, purchaseView } from './purchases.views.ts';
import { quoteTag } from './quote-tag.ts';
import { requestPurchase, type PurchaseStores } from './request-purchase.ts';

const FIELDS = { created_at: 'createdAt' };

export const purchaseRoutes = (stores: PurchaseStores): Implementation[] => [
  implement(contracts.quoteTag, async ({ scope, params, query, http }) =>
    offerView(
      await quoteTag(stores, scope, {
        tagId: params.id,
        memberId: requireMemberId(scope),
        days: query.duration_days,
        now: http.now,
      }),
    ),
  ),
  implementWrite(contracts.purchaseTag, async ({ scope, params, body, http, unit }) => {
    const memberId = requireMember(scope);
    const { duration_days: days, auto_renew: autoRenew = null } = body;
    const command = { tagId: params.id, memberId, days, autoRenew, now: http.now };
    return purchaseView(await requestPurchase(stores, scope, command, unit));
  }),
  implement(contracts.listPurchases, async ({ scope, query }) => {
    const { member, tag: tagId, status, page, page_size: size } = query;
    const own = isPlainMember(scope) ? requireMemberId(scope) : undefined;
    if (own !== undefined && member !== undefined && member !== own) return { items: [], count: 0 };
    const found = await stores.purchases.list(
      scope,
      { memberId: own ?? member, tagId, status },
      sortOf(query.ordering, FIELDS),
      { page, size },
    );
    return { ...found, items: found.items.map(purchaseView) };
  }),
  implement(contracts.getPurchase, async ({ scope, params }) =>
    purchaseView(await stores.purchases.get(scope, params.id)),
  ),
];
