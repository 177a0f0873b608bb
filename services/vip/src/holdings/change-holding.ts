/** What an administrator does to a member's tag. Each refuses an unknown one (404) and a forbidden step (INVALID_STATE). */
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Tag } from '../tags/tag.ts';
import type { TagRepository } from '../tags/tag-repository.ts';
import { takeStep, type Notebook } from './take-step.ts';
import { renew, resume, revoke, suspend, type Step, type UserTag } from './user-tag.ts';
import type { UserTagRepository } from './user-tag-repository.ts';

export type HoldingStores = Notebook & {
  readonly tags: TagRepository;
  readonly userTags: UserTagRepository;
  readonly graceDays: number;
};
type Command = { readonly id: number; readonly reason: string | null; readonly now: Date };

/** Extends it from the later of now and its end. Refuses also a retired tag, and more than the tag allows (VIP_DURATION_EXCEEDED). */
export const renewTag = (
  stores: HoldingStores,
  scope: TenantScope,
  command: Command & { readonly days?: number | undefined },
  unit: UnitOfWork,
): Promise<UserTag> =>
  changeHolding(stores, scope, command, unit, (held, tag) =>
    renew(held, { ...command, tag, graceDays: stores.graceDays }),
  );

/** Lets it rest: no privileges, while its clock runs on. */
export const suspendTag = (
  stores: HoldingStores,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<UserTag> => changeHolding(stores, scope, command, unit, (held) => suspend(held, command));

/** Gives its privileges back, as far as its clock still has any. */
export const resumeTag = (
  stores: HoldingStores,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<UserTag> => changeHolding(stores, scope, command, unit, (held) => resume(held, command));

/** Takes it away; it can only be granted anew. */
export const revokeTag = (
  stores: HoldingStores,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<UserTag> => changeHolding(stores, scope, command, unit, (held) => revoke(held, command));

/** Takes one step of a holding; none (null) leaves it as it is. */
export async function changeHolding(
  stores: HoldingStores,
  scope: TenantScope,
  { id, reason }: Pick<Command, 'id' | 'reason'>,
  unit: UnitOfWork,
  stepOf: (held: UserTag, tag: Tag) => Step | null,
): Promise<UserTag> {
  const held = await stores.userTags.get(scope, id, unit);
  const tag = (await stores.tags.byId(scope, [held.tagId], unit)).get(held.tagId);
  if (!tag) throw new Error(`tag ${held.tagId} of holding ${id} is gone`);
  const step = stepOf(held, tag);
  return step ? takeStep(stores, scope, step, tag, reason, unit) : held;
}
