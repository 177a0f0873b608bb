/** Answers the endpoints of buying tags. */
import * as contracts from '@membership/contracts/endpoints/vip/purchases';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { requireMemberId } from '@membership/platform/scope';
import { offerView } from './purchases.views.ts';
import { quoteTag, type QuoteStores } from './quote-tag.ts';

export const purchaseRoutes = (stores: QuoteStores): Implementation[] => [
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
];
