import { vipTagUpdated } from '@membership/contracts/events/vip';
import { changesNothing } from '@membership/platform/given';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { codeTaken, redefine, type Tag, type TagFields } from './tag.ts';
import { announceTag } from './tag-facts.ts';
import type { TagRepository } from './tag-repository.ts';

type Command = { readonly id: number; readonly fields: Partial<TagFields>; readonly now: Date };

/** Changes a definition (404 unknown or retired). Refuses a code that is taken and a default longer than the limit (400). */
export async function changeTag(
  { tags }: { readonly tags: TagRepository },
  scope: TenantScope,
  { id, fields, now }: Command,
  unit: UnitOfWork,
): Promise<Tag> {
  const current = await tags.get(scope, id, unit);
  if (changesNothing<Tag>(current, fields)) return current;
  const changed = redefine(current, fields, now);
  const holder = changed.code === current.code ? null : await tags.holderOf(scope, changed.code, unit);
  if (holder && holder._id !== id) throw codeTaken();
  await tags.save(scope, changed, unit);
  announceTag(scope, vipTagUpdated, changed, unit);
  return changed;
}
