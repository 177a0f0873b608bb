/** The fact that an article is in a new state. */
import type {
  articleCreated,
  articleDeleted,
  articleUpdated,
} from '@membership/contracts/events/applications';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Article } from '../domain/article.ts';

/** Announces the state of an article, as each of its facts carries it: without its text. */
export function announceArticle(
  scope: TenantScope,
  event: typeof articleCreated | typeof articleUpdated | typeof articleDeleted,
  article: Article,
  unit: UnitOfWork,
): void {
  const { _id, applicationId, title, slug, status, isDeleted, sequence } = article;
  unit.announce(scope, event, {
    subject: _id,
    sequence,
    data: { articleId: _id, applicationId, title, slug, status, isDeleted },
  });
}
