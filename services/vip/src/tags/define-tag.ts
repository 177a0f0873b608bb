import { vipTagDefined } from '@membership/contracts/events/vip';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { codeTaken, define, type Tag, type TagFields } from './tag.ts';
import { announceTag } from './tag-facts.ts';
import type { TagRepository } from './tag-repository.ts';

/** Defines a tag. Refuses a code that is taken and a default longer than the limit (400). */
export async function defineTag(
  { tags, ids }: { readonly tags: TagRepository; readonly ids: Ids },
  scope: TenantScope,
  fields: TagFields,
  now: Date,
  unit: UnitOfWork,
): Promise<Tag> {
  if (await tags.holderOf(scope, fields.code, unit)) throw codeTaken();
  const tag = define(fields, { id: await ids.next('tags'), tenantId: scope.tenantId, now });
  await tags.add(scope, tag, unit);
  announceTag(scope, vipTagDefined, tag, unit);
  return tag;
}
