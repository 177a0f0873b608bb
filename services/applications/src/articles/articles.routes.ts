/** Answers the endpoints of articles. */
import * as contracts from '@membership/contracts/endpoints/applications/articles';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { Directory } from '@membership/platform/directory';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { ApplicationRepository } from '../storage/application-repository.ts';
import { peopleOf, type Person } from '../people.ts';
import type { Article } from '../domain/article.ts';
import type { ArticleRepository } from '../storage/article-repository.ts';
import { changeArticle, deleteArticle } from './change-article.ts';
import { visibleTo } from '../domain/visibility.ts';
import { writeArticle } from './write-article.ts';

export type ArticleStores = {
  readonly applications: ApplicationRepository;
  readonly articles: ArticleRepository;
  readonly directory: Directory;
  readonly ids: Ids;
};

function rowView(
  article: Omit<Article, 'content'>,
  author: Person | null,
): ItemOf<typeof contracts.getArticle> extends infer Detail
  ? Omit<Detail & object, 'application_id' | 'content'>
  : never {
  const { _id: id, title, slug, excerpt, status, createdAt, updatedAt } = article;
  return {
    id,
    title,
    slug,
    excerpt,
    author_info: author,
    status,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

export function articleRoutes(stores: ArticleStores): Implementation[] {
  const { applications, articles, directory } = stores;
  const detail = async (
    scope: TenantScope,
    article: Article,
  ): Promise<ItemOf<typeof contracts.getArticle>> => {
    const personOf = await peopleOf(directory, scope, [article.author]);
    return {
      ...rowView(article, personOf(article.author)),
      application_id: article.applicationId,
      content: article.content,
    };
  };
  return [
    implement(contracts.listArticles, async ({ scope, params, query }) => {
      await applications.get(scope, params.id);
      const found = await articles.list(scope, params.id, visibleTo(scope), {
        page: query.page,
        size: query.page_size,
      });
      const personOf = await peopleOf(
        directory,
        scope,
        found.map(({ author }) => author),
      );
      return found.map((article) => rowView(article, personOf(article.author)));
    }),
    implementWrite(contracts.writeArticle, async ({ scope, params, body, http, unit }) =>
      detail(
        scope,
        await writeArticle(stores, scope, { ...body, applicationId: params.id, now: http.now }, unit),
      ),
    ),
    implement(contracts.getArticle, async ({ scope, params }) => {
      await applications.get(scope, params.id);
      return detail(scope, await articles.get(scope, params.id, params.article_id, visibleTo(scope)));
    }),
    implementWrite(contracts.changeArticle, async ({ scope, params, body, http, unit }) =>
      detail(
        scope,
        await changeArticle(
          stores,
          scope,
          { applicationId: params.id, articleId: params.article_id, fields: body, now: http.now },
          unit,
        ),
      ),
    ),
    implementWrite(contracts.deleteArticle, async ({ scope, params, http, unit }) =>
      deleteArticle(
        stores,
        scope,
        { applicationId: params.id, articleId: params.article_id, now: http.now },
        unit,
      ),
    ),
  ];
}
