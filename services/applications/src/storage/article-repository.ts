/** Storage of articles. */
import { notFound } from '@membership/contracts/errors';
import type { Paging, TenantCollection, Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { WholeCounts } from '../whole-counts.ts';
import type { Article } from '../domain/article.ts';
import type { Visibility } from '../domain/visibility.ts';

const NEWEST_FIRST = { createdAt: -1, _id: -1 } as const;

export class ArticleRepository {
  readonly #collection: TenantCollection<Article>;
  readonly #counts: WholeCounts<Article>;
  constructor(collection: TenantCollection<Article>) {
    this.#collection = collection;
    this.#counts = new WholeCounts(collection);
  }

  /** A page of an application's articles, newest first, without their content. */
  list(
    scope: TenantScope,
    applicationId: number,
    visibility: Visibility,
    { page, size }: Paging,
  ): Promise<Omit<Article, 'content'>[]> {
    return this.#collection.find(scope, this.#filter(applicationId, visibility), {
      sort: NEWEST_FIRST,
      skip: (page - 1) * size,
      limit: size,
      projection: { content: 0 },
    });
  }

  explain(scope: TenantScope, applicationId: number, visibility: Visibility): Promise<unknown> {
    return this.#collection.explain(scope, this.#filter(applicationId, visibility), NEWEST_FIRST);
  }

  /** How many of an application's articles may be listed; see `WholeCounts`. */
  countOf(scope: TenantScope, applicationId: number, visibility: Visibility): Promise<number> {
    return this.#counts.of(scope, this.#filter(applicationId, visibility));
  }

  /** Refuses (404) what is removed, unpublished for those who may not see it, or of another application. */
  async get(
    scope: TenantScope,
    applicationId: number,
    id: number,
    visibility: Visibility,
    unit?: UnitOfWork,
  ): Promise<Article> {
    const found = await this.#collection.findOne(
      scope,
      { _id: id, ...this.#filter(applicationId, visibility) },
      unit ? { session: unit.session } : {},
    );
    if (!found) throw notFound();
    return found;
  }

  async hasSlug(scope: TenantScope, applicationId: number, slug: string, unit: UnitOfWork): Promise<boolean> {
    return (
      (await this.#collection.findOne(
        scope,
        { applicationId, slug, isDeleted: false },
        { session: unit.session, projection: { _id: 1 } },
      )) !== null
    );
  }

  async add(scope: TenantScope, article: Article, unit: UnitOfWork): Promise<void> {
    await this.#collection.insert(scope, [article], { session: unit.session });
  }

  async save(
    scope: TenantScope,
    { _id, tenantId: _tenant, ...fields }: Article,
    unit: UnitOfWork,
  ): Promise<void> {
    await this.#collection.updateOne(scope, { _id }, { $set: fields }, { session: unit.session });
  }

  #filter(applicationId: number, { unpublished }: Visibility): Unscoped {
    return { applicationId, isDeleted: false, ...(unpublished ? {} : { status: 'published' }) };
  }
}
