/** Answers the endpoints of applications. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import type { Ids } from '@membership/platform/ids';
import type { ArticleRepository } from '../storage/article-repository.ts';
import { visibleTo } from '../domain/visibility.ts';
import type { FeedbackRepository } from '../storage/feedback-repository.ts';
import type { LicenseCounts } from '../licensing/license-counts.ts';
import { sortOf } from '@membership/platform/sorting';
import type { ApplicationRepository } from '../storage/application-repository.ts';
import { detailView, fieldsOf, rowView, statisticsView, writtenView } from './applications.views.ts';
import { changeApplication } from './change-application.ts';
import { createApplication } from './create-application.ts';
import { deleteApplication } from './delete-application.ts';
import { restoreApplication } from './restore-application.ts';

const FIELDS = { created_at: 'createdAt', updated_at: 'updatedAt', name: 'name', code: 'code' };

export type CatalogueStores = {
  readonly applications: ApplicationRepository;
  readonly articles: ArticleRepository;
  readonly feedbacks: FeedbackRepository;
  readonly licenses: LicenseCounts;
  readonly ids: Ids;
};

export const applicationRoutes = (stores: CatalogueStores): Implementation[] => [
  implement(contracts.listApplications, async ({ scope, query }) => {
    const { page, page_size: size, ordering, status, is_active: isActive, search } = query;
    const found = await stores.applications.list(
      scope,
      { status, isActive, search },
      sortOf(ordering, FIELDS),
      { page, size },
    );
    return { ...found, items: found.items.map(rowView) };
  }),
  implementWrite(contracts.createApplication, async ({ scope, body, http, unit }) => {
    const created = await createApplication(stores, scope, fieldsOf(body), http.now, unit);
    return writtenView(created);
  }),
  implement(contracts.getApplication, async ({ scope, params }) => {
    const application = await stores.applications.get(scope, params.id);
    const [licenses, feedbacks, articles] = await Promise.all([
      stores.licenses.total(scope, params.id),
      stores.feedbacks.countOf(scope, params.id),
      stores.articles.countOf(scope, params.id, visibleTo(scope)),
    ]);
    return detailView(application, { licenses, feedbacks, articles });
  }),
  implementWrite(contracts.replaceApplication, async ({ scope, params, body, http, unit }) => {
    const replaced = await changeApplication(
      stores,
      scope,
      { id: params.id, fields: fieldsOf(body), now: http.now },
      unit,
    );
    return writtenView(replaced);
  }),
  implementWrite(contracts.changeApplication, async ({ scope, params, body, http, unit }) => {
    const changed = await changeApplication(
      stores,
      scope,
      { id: params.id, fields: fieldsOf(body), now: http.now },
      unit,
    );
    return writtenView(changed);
  }),
  implementWrite(contracts.deleteApplication, async ({ scope, params, http, unit }) =>
    deleteApplication(stores, scope, params.id, http.now, unit),
  ),
  implementWrite(contracts.restoreApplication, async ({ scope, params, http, unit }) => {
    const restored = await restoreApplication(stores, scope, params.id, http.now, unit);
    return writtenView(restored);
  }),
  implement(contracts.applicationStatistics, async ({ scope, params }) => {
    await stores.applications.get(scope, params.id);
    const [licenses, activeLicenses, feedbacks, openFeedbacks, articles] = await Promise.all([
      stores.licenses.total(scope, params.id),
      stores.licenses.active(scope, params.id),
      stores.feedbacks.countOf(scope, params.id),
      stores.feedbacks.countOf(scope, params.id, 'open'),
      stores.articles.countOf(scope, params.id, visibleTo(scope)),
    ]);
    return statisticsView({ licenses, activeLicenses, feedbacks, openFeedbacks, articles });
  }),
];
