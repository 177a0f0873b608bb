/** Answers the endpoints of the tags that members hold. */
import * as contracts from '@membership/contracts/endpoints/vip/user-tags';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { Directory } from '@membership/platform/directory';
import { implement, implementWrite, reply, type Implementation } from '@membership/platform/http/implement';
import { isPlainMember, requireMemberId, requireOwn, type TenantScope } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import { endOfMoment } from '@membership/platform/tenant-moment';
import { renewTag, resumeTag, revokeTag, suspendTag, type HoldingStores } from './change-holding.ts';
import { batchGrantTag, grantTag } from './grant-tag.ts';
import { setAutoRenewal } from './set-auto-renewal.ts';
import type { UserTag } from './user-tag.ts';
import { batchRowView, historyView, memberStatusView, userTagViews } from './user-tags.views.ts';

const FIELDS = { granted_at: 'grantedAt', expires_at: 'expiresAt' };

export function userTagRoutes(stores: HoldingStores & { readonly directory: Directory }): Implementation[] {
  const { userTags, tags, directory } = stores;
  const view = async (scope: TenantScope, userTag: UserTag, now: Date) =>
    (await userTagViews(stores, scope, [userTag], now))[0] as ItemOf<typeof contracts.getUserTag>;
  const statusOf = async (scope: TenantScope, memberId: number, now: Date) => {
    const found = await userTags.ofMember(scope, memberId);
    return memberStatusView(
      memberId,
      found,
      await tags.byId(
        scope,
        found.map(({ tagId }) => tagId),
      ),
      now,
    );
  };
  return [
    implement(contracts.listUserTags, async ({ scope, query, http }) => {
      const { member, tag: tagId, status, page, page_size: size } = query;
      const own = isPlainMember(scope) ? requireMemberId(scope) : undefined;
      if (own !== undefined && member !== undefined && member !== own) return { items: [], count: 0 };
      const expiresBefore = await endOfMoment(directory, scope, query.expires_before);
      const found = await userTags.list(
        scope,
        { memberId: own ?? member, tagId, status, expiresBefore },
        sortOf(query.ordering, FIELDS),
        { page, size },
        http.now,
      );
      return { ...found, items: await userTagViews(stores, scope, found.items, http.now) };
    }),
    implement(contracts.getUserTag, async ({ scope, params, http }) =>
      view(scope, await userTags.get(scope, params.id), http.now),
    ),
    implement(contracts.listUserTagHistory, async ({ scope, params, query }) => {
      await userTags.get(scope, params.id);
      const found = await userTags.history(scope, params.id, { page: query.page, size: query.page_size });
      return { ...found, items: found.items.map(historyView) };
    }),
    implementWrite(contracts.grantTag, async ({ scope, body, http, unit }) => {
      const { member_id: memberId, tag_id: tagId, duration_days: days, reason } = body;
      return view(
        scope,
        await grantTag(stores, scope, { memberId, tagId, days, reason, now: http.now }, unit),
        http.now,
      );
    }),
    implementWrite(contracts.batchGrantTag, async ({ scope, body, http, unit }) => {
      const { member_ids: memberIds, tag_id: tagId, duration_days: days, reason } = body;
      const outcomes = await batchGrantTag(
        stores,
        scope,
        { memberIds, tagId, days, reason, now: http.now },
        unit,
      );
      const results = outcomes.map((outcome, index) =>
        batchRowView(outcome, { index, member_id: memberIds[index] as number }, http.language),
      );
      const count = results.filter(({ status }) => status === 'success').length;
      return reply(
        { total: results.length, successful_count: count, failed_count: results.length - count, results },
        { params: { count } },
      );
    }),
    implementWrite(contracts.renewUserTag, async ({ scope, params, body, http, unit }) =>
      view(
        scope,
        await renewTag(
          stores,
          scope,
          { id: params.id, days: body.duration_days, reason: body.reason, now: http.now },
          unit,
        ),
        http.now,
      ),
    ),
    implementWrite(contracts.revokeUserTag, async ({ scope, params, body, http, unit }) =>
      view(
        scope,
        await revokeTag(stores, scope, { id: params.id, reason: body.reason, now: http.now }, unit),
        http.now,
      ),
    ),
    implementWrite(contracts.suspendUserTag, async ({ scope, params, body, http, unit }) =>
      view(
        scope,
        await suspendTag(stores, scope, { id: params.id, reason: body.reason, now: http.now }, unit),
        http.now,
      ),
    ),
    implementWrite(contracts.resumeUserTag, async ({ scope, params, body, http, unit }) =>
      view(
        scope,
        await resumeTag(stores, scope, { id: params.id, reason: body.reason, now: http.now }, unit),
        http.now,
      ),
    ),
    implementWrite(contracts.setAutoRenewal, async ({ scope, params, body, http, unit }) => {
      const { auto_renew: isOn, duration_days: days } = body;
      return view(
        scope,
        await setAutoRenewal(stores, scope, { id: params.id, isOn, days, now: http.now }, unit),
        http.now,
      );
    }),
    implement(contracts.memberVipStatus, async ({ scope, params, http }) => {
      requireOwn(scope, params.id);
      await directory.getMember(scope, params.id);
      return statusOf(scope, params.id, http.now);
    }),
    implement(contracts.myVipStatus, async ({ scope, http }) =>
      statusOf(scope, requireMemberId(scope), http.now),
    ),
  ];
}
