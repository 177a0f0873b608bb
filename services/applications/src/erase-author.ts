/** Names that stand under feedback and articles give way to the member's made-up one when it is erased; the texts stay. */
import type { Member } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from './models.ts';

export async function eraseAuthor(
  { articles, feedbacks }: Models,
  scope: TenantScope,
  { _id: memberId, username }: Member,
  { session }: UnitOfWork,
): Promise<void> {
  const isOther = { $ne: username };
  await feedbacks.updateAll(
    scope,
    { memberId, memberName: isOther },
    { $set: { memberName: username } },
    { session },
  );
  await articles.updateAll(
    scope,
    { 'author.id': memberId, 'author.name': isOther },
    { $set: { 'author.name': username } },
    { session },
  );
}
