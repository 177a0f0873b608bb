import { articleCreated } from '@membership/contracts/events/applications';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { ApplicationRepository } from '../storage/application-repository.ts';
import { announceArticle } from './announce-article.ts';
import { slugTaken, type Article, type ArticleFields } from '../domain/article.ts';
import type { ArticleRepository } from '../storage/article-repository.ts';

type Stores = {
  readonly applications: ApplicationRepository;
  readonly articles: ArticleRepository;
  readonly ids: Ids;
};
type Command = Omit<ArticleFields, 'slug'> & {
  readonly applicationId: number;
  readonly slug?: string | undefined;
  readonly now: Date;
};

/** Writes an article of an application (404 unknown). Refuses a slug that another article of it has (400). */
export async function writeArticle(
  { applications, articles, ids }: Stores,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<Article> {
  const { applicationId, now, title, excerpt, content, status } = command;
  await applications.get(scope, applicationId, unit);
  const id = await ids.next('articles');
  const slug = command.slug ?? `article-${id}`;
  if (await articles.hasSlug(scope, applicationId, slug, unit)) throw slugTaken();
  const { actor } = scope;
  const author = actor.id === null ? null : { id: actor.id, name: actor.name };
  const article: Article = {
    _id: id,
    tenantId: scope.tenantId,
    applicationId,
    title,
    slug,
    excerpt,
    content,
    status,
    author,
    isDeleted: false,
    sequence: 1,
    createdAt: now,
    updatedAt: now,
  };
  await articles.add(scope, article, unit);
  announceArticle(scope, articleCreated, article, unit);
  return article;
}
