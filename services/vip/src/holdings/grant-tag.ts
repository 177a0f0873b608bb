import { invalid, Refusal } from '@membership/contracts/errors';
import type { Directory, Member } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Tag } from '../tags/tag.ts';
import type { TagRepository } from '../tags/tag-repository.ts';
import { takeStep, takeSteps, type Notebook } from './take-step.ts';
import { grant, requireGiveable, type Step, type UserTag } from './user-tag.ts';

export type GrantStores = Notebook & {
  readonly tags: TagRepository;
  readonly directory: Directory;
  readonly graceDays: number;
};
const UNKNOWN_TAG = { tag_id: { zh: '无效的标签ID', en: 'Unknown tag id' } };
const problemOf = (member: Member | null | undefined) => {
  if (!member) return { member_id: { zh: '无效的会员ID', en: 'Unknown member id' } };
  return member.isActive ? {} : { member_id: { zh: '该会员已停用', en: 'The member is deactivated' } };
};

type Command = {
  readonly memberId: number;
  readonly tagId: number;
  readonly days?: number | undefined;
  readonly reason: string | null;
  /** Whether it renews itself from then on; left out: as before. */
  readonly autoRenew?: boolean | undefined;
  readonly now: Date;
};

/**
 * Gives a member a tag; one that it has is renewed. Refuses an unknown or deactivated member and an unknown tag (400), a tag
 * that cannot be given (INVALID_STATE), and more time than the tag allows (VIP_DURATION_EXCEEDED).
 */
export async function grantTag(
  stores: GrantStores,
  scope: TenantScope,
  { memberId, tagId, ...terms }: Command,
  unit: UnitOfWork,
): Promise<UserTag> {
  const { tags, userTags, directory, ids } = stores;
  const [member, tag] = [
    await directory.findMember(scope, memberId, { unit }),
    await tags.find(scope, tagId, unit),
  ];
  const problems = { ...problemOf(member), ...(tag ? {} : UNKNOWN_TAG) };
  if (!tag || Object.keys(problems).length > 0) throw invalid(problems);
  const held = await userTags.findHeld(scope, memberId, tagId, unit);
  const id = held?._id ?? (await ids.next('user_tags'));
  const step = stepOf(stores, scope, held, { ...terms, id, memberId, tagId, tag });
  return takeStep(stores, scope, step, tag, terms.reason, unit);
}

type Batch = Omit<Command, 'memberId'> & { readonly memberIds: readonly number[] };

/**
 * Gives many members a tag, one result a member in their order; a refused one does not undo the others. What is wrong with
 * the tag refuses the whole: unknown (400), or not to be given (INVALID_STATE). A row is refused as a single grant is, and
 * when its member was named before.
 */
export async function batchGrantTag(
  stores: GrantStores,
  scope: TenantScope,
  { memberIds, ...command }: Batch,
  unit: UnitOfWork,
): Promise<readonly (UserTag | Refusal)[]> {
  const { tags, userTags, directory, ids } = stores;
  const tag = await tags.find(scope, command.tagId, unit);
  if (!tag) throw invalid(UNKNOWN_TAG);
  requireGiveable(tag);
  const members = await directory.findMembers(scope, memberIds, unit);
  const held = await userTags.heldByMember(scope, memberIds, tag._id, unit);
  const fresh = await ids.take('user_tags', memberIds.length);
  const named = new Set<number>();
  const outcomes = memberIds.map((memberId, index): Step | Refusal => {
    if (named.has(memberId))
      return invalid({ member_id: { zh: '重复的会员ID', en: 'The member is named more than once' } });
    named.add(memberId);
    const problems = problemOf(members.get(memberId));
    if (Object.keys(problems).length > 0) return invalid(problems);
    const before = held.get(memberId) ?? null;
    const id = before?._id ?? (fresh[index] as number);
    return stepOrRefusal(() => stepOf(stores, scope, before, { ...command, memberId, id, tag }));
  });
  const steps = outcomes.filter((outcome): outcome is Step => !(outcome instanceof Refusal));
  await takeSteps(stores, scope, steps, tag, command.reason, unit);
  return outcomes.map((outcome) => (outcome instanceof Refusal ? outcome : outcome.after));
}

const stepOf = (
  { graceDays }: GrantStores,
  { tenantId }: TenantScope,
  before: UserTag | null,
  { id, memberId, tagId, ...terms }: Command & { readonly id: number; readonly tag: Tag },
): Step => grant(before, { id, tenantId, memberId, tagId }, { ...terms, graceDays });

function stepOrRefusal(step: () => Step): Step | Refusal {
  try {
    return step();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
