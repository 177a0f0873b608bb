/** What other services learn of a tag's definition. */
import type { FactOf } from '@membership/contracts/event';
import type { vipTagDefined, vipTagRetired, vipTagUpdated } from '@membership/contracts/events/vip';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Tag } from './tag.ts';

/** The whole state of a definition, as facts carry it. */
export const tagState = (tag: Tag): FactOf<typeof vipTagDefined> => ({
  tagId: tag._id,
  tagName: tag.name,
  tagCode: tag.code,
  tagType: tag.type,
  tagColor: tag.color,
  tagIcon: tag.icon,
  tagLevel: tag.level,
  permissionModifiers: tag.permissionModifiers,
  quotaModifiers: tag.quotaModifiers,
  isActive: tag.isActive,
});

export function announceTag(
  scope: TenantScope,
  event: typeof vipTagDefined | typeof vipTagUpdated | typeof vipTagRetired,
  tag: Tag,
  unit: UnitOfWork,
): void {
  unit.announce(scope, event, { subject: tag._id, sequence: tag.sequence, data: tagState(tag) });
}
