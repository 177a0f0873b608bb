import { invalid } from '@membership/contracts/errors';
import type { Directory } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { TagRepository } from '../tags/tag-repository.ts';
import { takeStep, type Notebook } from './take-step.ts';
import { grant, type UserTag } from './user-tag.ts';

type Stores = Notebook & {
  readonly tags: TagRepository;
  readonly directory: Directory;
  readonly graceDays: number;
};
type Command = {
  readonly memberId: number;
  readonly tagId: number;
  readonly days?: number | undefined;
  readonly reason: string | null;
  readonly now: Date;
};

/**
 * Gives a member a tag; one that it has is renewed. Refuses an unknown or deactivated member and an unknown tag (400), a tag
 * that cannot be given (INVALID_STATE), and more time than the tag allows (VIP_DURATION_EXCEEDED).
 */
export async function grantTag(
  stores: Stores,
  scope: TenantScope,
  { memberId, tagId, days, reason, now }: Command,
  unit: UnitOfWork,
): Promise<UserTag> {
  const { tags, userTags, directory, ids, graceDays } = stores;
  const [member, tag] = [await directory.findMember(scope, memberId), await tags.find(scope, tagId, unit)];
  const problems = {
    ...(member ? {} : { member_id: { zh: '无效的会员ID', en: 'Unknown member id' } }),
    ...(member && !member.isActive
      ? { member_id: { zh: '该会员已停用', en: 'The member is deactivated' } }
      : {}),
    ...(tag ? {} : { tag_id: { zh: '无效的标签ID', en: 'Unknown tag id' } }),
  };
  if (!tag || Object.keys(problems).length > 0) throw invalid(problems);
  const held = await userTags.findHeld(scope, memberId, tagId, unit);
  const id = held?._id ?? (await ids.next('user_tags'));
  const step = grant(
    held,
    { id, tenantId: scope.tenantId, memberId, tagId },
    { tag, days, graceDays, reason, now },
  );
  return takeStep(stores, scope, step, tag, reason, unit);
}
