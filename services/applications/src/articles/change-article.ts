import { articleDeleted, articleUpdated } from '@membership/contracts/events/applications';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { ApplicationRepository } from '../storage/application-repository.ts';
import { announceArticle } from './announce-article.ts';
import { revise, slugTaken, type Article } from '../domain/article.ts';
import type { ArticleRepository } from '../storage/article-repository.ts';

type Stores = { readonly applications: ApplicationRepository; readonly articles: ArticleRepository };
type Which = { readonly applicationId: number; readonly articleId: number; readonly now: Date };
const EVERYTHING = { unpublished: true };

/** Changes an article (404 unknown). Refuses a slug that another article of the application has (400). */
export async function changeArticle(
  { applications, articles }: Stores,
  scope: TenantScope,
  { applicationId, articleId, now, fields }: Which & { readonly fields: Parameters<typeof revise>[1] },
  unit: UnitOfWork,
): Promise<Article> {
  await applications.get(scope, applicationId, unit);
  const current = await articles.get(scope, applicationId, articleId, EVERYTHING, unit);
  const revised = revise(current, fields, now);
  if (revised === current) return current;
  if (revised.slug !== current.slug && (await articles.hasSlug(scope, applicationId, revised.slug, unit)))
    throw slugTaken();
  await articles.save(scope, revised, unit);
  announceArticle(scope, articleUpdated, revised, unit);
  return revised;
}

/** Removes an article (404 unknown or removed already); its slug is free again. */
export async function deleteArticle(
  { applications, articles }: Stores,
  scope: TenantScope,
  { applicationId, articleId, now }: Which,
  unit: UnitOfWork,
): Promise<void> {
  await applications.get(scope, applicationId, unit);
  const current = await articles.get(scope, applicationId, articleId, EVERYTHING, unit);
  const removed = { ...current, isDeleted: true, sequence: current.sequence + 1, updatedAt: now };
  await articles.save(scope, removed, unit);
  announceArticle(scope, articleDeleted, removed, unit);
}
