/** An article of an application and what may happen to it. Pure. */
import type { articleStatuses } from '@membership/contracts/endpoints/applications/schemas';
import { invalid, type Refusal } from '@membership/contracts/errors';

export type Article = {
  readonly _id: number;
  readonly tenantId: number;
  readonly applicationId: number;
  readonly title: string;
  /** Unique among the application's articles. */
  readonly slug: string;
  readonly excerpt: string;
  readonly content: string;
  readonly status: (typeof articleStatuses)[number];
  readonly author: { readonly id: number; readonly name: string } | null;
  readonly isDeleted: boolean;
  /** Events of this article so far. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type ArticleFields = Pick<Article, 'title' | 'slug' | 'excerpt' | 'content' | 'status'>;

/** The article with other fields, or itself when they are what it has. */
export function revise(
  article: Article,
  fields: { readonly [Name in keyof ArticleFields]?: ArticleFields[Name] | undefined },
  now: Date,
): Article {
  const given = Object.entries(fields).filter(
    ([name, value]) => value !== undefined && article[name as keyof ArticleFields] !== value,
  );
  return given.length === 0
    ? article
    : { ...article, ...Object.fromEntries(given), sequence: article.sequence + 1, updatedAt: now };
}

export const slugTaken = (): Refusal =>
  invalid({ slug: { zh: 'slug字段在当前应用下必须唯一', en: 'slug must be unique within the application' } });
