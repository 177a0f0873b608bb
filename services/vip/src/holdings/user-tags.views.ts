/** How a member's tags look to a client at a time. */
import type * as contracts from '@membership/contracts/endpoints/vip/user-tags';
import type { ItemOf } from '@membership/contracts/endpoint';
import { Refusal } from '@membership/contracts/errors';
import type { Language } from '@membership/contracts/text';
import type { Directory } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';
import type { Tag } from '../tags/tag.ts';
import type { TagRepository } from '../tags/tag-repository.ts';
import { tagInfoView } from '../tags/tags.views.ts';
import type { HistoryEntry } from './history.ts';
import { daysUntilExpiry, isPrivileged, statusAt, type UserTag } from './user-tag.ts';

type UserTagView = ItemOf<typeof contracts.getUserTag>;
type StatusView = ItemOf<typeof contracts.memberVipStatus>;
type HeldView = StatusView['active_tags'][number];

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

export function vipStatusView(userTag: UserTag, now: Date): UserTagView['vip_status'] {
  const status = statusAt(userTag, now);
  return {
    is_active: isPrivileged(status),
    is_expired: status === 'expired',
    is_in_grace_period: status === 'grace',
    days_until_expiry: daysUntilExpiry(userTag, now),
  };
}

const knownTag = (tags: ReadonlyMap<number, Tag>, id: number): Tag => {
  const tag = tags.get(id);
  if (!tag) throw new Error(`tag ${id} is gone`);
  return tag;
};

/** What has ended renews itself no more, whether or not that is written down. */
function renewalView(userTag: UserTag, now: Date): Pick<UserTagView, 'auto_renew' | 'renewal'> {
  const { autoRenew, renewal } = userTag;
  const hasEnded = ['expired', 'revoked'].includes(statusAt(userTag, now));
  if (!autoRenew || !renewal || hasEnded) return { auto_renew: false, renewal: null };
  const { days, at, purchaseId, waitsFor } = renewal;
  return {
    auto_renew: true,
    renewal: { duration_days: days, next_at: iso(at), purchase_id: purchaseId, waits_for: waitsFor },
  };
}

/** Views of holdings, with the names of their members and tags. */
export async function userTagViews(
  { tags, directory }: { readonly tags: TagRepository; readonly directory: Directory },
  scope: TenantScope,
  found: readonly UserTag[],
  now: Date,
): Promise<UserTagView[]> {
  if (found.length === 0) return [];
  const [definitions, members] = await Promise.all([
    tags.byId(
      scope,
      found.map(({ tagId }) => tagId),
    ),
    directory.membersById(
      scope,
      found.map(({ memberId }) => memberId),
    ),
  ]);
  return found.map((userTag) => {
    const member = members.get(userTag.memberId);
    return {
      id: userTag._id,
      member_id: userTag.memberId,
      member_info: { id: userTag.memberId, username: member?.username ?? null, email: member?.email ?? null },
      tag_id: userTag.tagId,
      tag_info: tagInfoView(knownTag(definitions, userTag.tagId)),
      status: statusAt(userTag, now),
      vip_status: vipStatusView(userTag, now),
      granted_at: userTag.grantedAt.toISOString(),
      expires_at: iso(userTag.expiresAt),
      grace_ends_at: iso(userTag.graceEndsAt),
      suspended_at: iso(userTag.suspendedAt),
      revoked_at: iso(userTag.revokedAt),
      ...renewalView(userTag, now),
      reason: userTag.reason,
      created_at: userTag.createdAt.toISOString(),
      updated_at: userTag.updatedAt.toISOString(),
    };
  });
}

/** What became of one row of a batch. */
export function batchRowView(
  outcome: UserTag | Refusal,
  row: { readonly index: number; readonly member_id: number },
  language: Language,
): ItemOf<typeof contracts.batchGrantTag>['results'][number] {
  if (!(outcome instanceof Refusal))
    return { ...row, status: 'success', user_tag_id: outcome._id, expires_at: iso(outcome.expiresAt) };
  const { code } = outcome;
  const details = { ...outcome.details(language) };
  return { ...row, status: 'failed', error: { code, message: outcome.sentence(language), details } };
}

export const historyView = (entry: HistoryEntry): ItemOf<typeof contracts.listUserTagHistory> => ({
  id: entry._id,
  action: entry.action,
  status_before: entry.statusBefore,
  status_after: entry.statusAfter,
  expires_at_before: iso(entry.expiresAtBefore),
  expires_at_after: iso(entry.expiresAtAfter),
  reason: entry.reason,
  actor: entry.actor,
  created_at: entry.createdAt.toISOString(),
});

/** What a member's tags are worth: those that give something first, the highest before the others. */
export function memberStatusView(
  memberId: number,
  found: readonly UserTag[],
  tags: ReadonlyMap<number, Tag>,
  now: Date,
): StatusView {
  const held = found
    .map((userTag): HeldView => {
      const { id: tagId, ...names } = tagInfoView(knownTag(tags, userTag.tagId));
      return {
        id: userTag._id,
        tag_id: tagId,
        ...names,
        expires_at: iso(userTag.expiresAt),
        grace_ends_at: iso(userTag.graceEndsAt),
        status: statusAt(userTag, now),
        vip_status: vipStatusView(userTag, now),
        auto_renew: renewalView(userTag, now).auto_renew,
      };
    })
    .sort((left, right) => right.tag_level - left.tag_level || (left.tag_name < right.tag_name ? -1 : 1));
  const active = held.filter(({ vip_status }) => vip_status.is_active);
  return {
    member_id: memberId,
    is_vip: active.length > 0,
    highest_tag: active[0] ?? null,
    active_tags: active,
    other_tags: held.filter(({ vip_status }) => !vip_status.is_active),
  };
}
