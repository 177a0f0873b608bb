/** How a tenant's holdings look together. */
import type * as contracts from '@membership/contracts/endpoints/vip/overview';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { Tag } from '../tags/tag.ts';
import type { Census } from './census-repository.ts';
import type { Status } from './user-tag.ts';

type SummaryView = ItemOf<typeof contracts.getVipSummary>;

const none = (): Record<Status, number> => ({ active: 0, grace: 0, suspended: 0, expired: 0, revoked: 0 });

export function summaryView({ asOf, members, groups }: Census, tags: ReadonlyMap<number, Tag>): SummaryView {
  const [all, byTag] = [none(), new Map<number, Record<Status, number>>()];
  let endingSoon = 0;
  for (const { tagId, status, count, endingSoon: soon } of groups) {
    const counts = byTag.get(tagId) ?? none();
    byTag.set(tagId, { ...counts, [status]: count });
    all[status] += count;
    endingSoon += soon;
  }
  return {
    as_of: asOf.toISOString(),
    vip_members: members,
    expiring_in_7_days: endingSoon,
    by_status: all,
    by_tag: [...byTag]
      .map(([tagId, counts]) => ({ ...namesOf(tags, tagId), ...counts }))
      .sort((left, right) => right.tag_level - left.tag_level || left.tag_id - right.tag_id),
  };
}

function namesOf(tags: ReadonlyMap<number, Tag>, tagId: number) {
  const tag = tags.get(tagId);
  if (!tag) throw new Error(`tag ${tagId} is gone`);
  return {
    tag_id: tagId,
    tag_name: tag.name,
    tag_code: tag.code,
    tag_level: tag.level,
    is_retired: tag.isRetired,
  };
}
