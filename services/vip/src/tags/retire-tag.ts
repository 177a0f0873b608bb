import { vipTagRetired } from '@membership/contracts/events/vip';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { retire } from './tag.ts';
import { announceTag } from './tag-facts.ts';
import type { TagRepository } from './tag-repository.ts';

/** Retires a tag (404 unknown or retired already): nobody gets it any more, its code is free. */
export async function retireTag(
  { tags }: { readonly tags: TagRepository },
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const retired = retire(await tags.get(scope, id, unit), now);
  await tags.save(scope, retired, unit);
  announceTag(scope, vipTagRetired, retired, unit);
}
