/** An index stands under every list of the service. */
import { sortOf } from '@membership/platform/sorting';
import { scopeOfJob } from '@membership/platform/scope';
import { ApplicationRepository } from '../src/storage/application-repository.ts';
import { ArticleRepository } from '../src/storage/article-repository.ts';
import { FeedbackRepository } from '../src/storage/feedback-repository.ts';
import { modelsOf } from '../src/models.ts';
import { aTenantOf } from './builders.ts';
import { kit } from './the-service.ts';

test('an index stands under every list', async () => {
  const { tenantId } = aTenantOf(kit);
  const scope = scopeOfJob(tenantId, 'applications', 'test');
  // The connection's own models, declared when the service started.
  kit.connection.deleteModel(/.*/);
  const models = modelsOf(kit.connection);
  const rows = Array.from({ length: 300 }, (_, index) => ({
    _id: tenantId * 1_000 + index,
    tenantId,
    applicationId: 1,
    memberId: index % 7,
    code: `c${index}`,
    name: `n${index % 10}`,
    description: null,
    slug: `s${index}`,
    status: index % 3 ? 'active' : 'testing',
    isActive: index % 2 === 0,
    isDeleted: false,
    createdAt: new Date(index),
    updatedAt: new Date(300 - index),
  }));
  await models.applications.native.insertMany(rows as never[]);
  await models.articles.native.insertMany(rows.map((row) => ({ ...row, status: 'published' })) as never[]);
  await models.feedbacks.native.insertMany(rows.map((row) => ({ ...row, status: 'open' })) as never[]);
  const applications = new ApplicationRepository(models.applications);
  const fields = { created_at: 'createdAt', updated_at: 'updatedAt', name: 'name', code: 'code' };
  for (const field of Object.keys(fields))
    for (const descending of [true, false])
      for (const filter of [
        {},
        { status: 'active' },
        { isActive: true },
        { status: 'active', isActive: true },
        { search: 'n1' },
      ])
        expectIndexed(
          await applications.explain(scope, filter, sortOf([{ field, descending }], fields)),
          'search' in filter ? 300 : 20,
        );
  const articleStore = new ArticleRepository(models.articles);
  for (const unpublished of [true, false])
    expectIndexed(await articleStore.explain(scope, 1, { unpublished }), 20);
  const feedbackStore = new FeedbackRepository(models.feedbacks);
  for (const filter of [
    {},
    { status: 'open' as const },
    { memberId: 3 },
    { memberId: 3, status: 'open' as const },
  ])
    expectIndexed(
      await feedbackStore.explain(scope, { applicationId: 1, ...filter }, { createdAt: -1, _id: -1 }),
      20,
    );
});

/** Neither a whole collection nor a sort in memory, and hardly more documents read than shown. */
function expectIndexed(explained: unknown, documents: number): void {
  const text = JSON.stringify(
    (explained as { queryPlanner: { winningPlan: unknown } }).queryPlanner.winningPlan,
  );
  expect(text).toContain('IXSCAN');
  expect(text).not.toMatch(/COLLSCAN|"SORT"/);
  expect(
    (explained as { executionStats: { totalDocsExamined: number } }).executionStats.totalDocsExamined,
  ).toBeLessThanOrEqual(documents);
}
