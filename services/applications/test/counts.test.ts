/** Articles, feedbacks, and what an application counts: its own, and licences out of the licences service's facts. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import * as articles from '@membership/contracts/endpoints/applications/articles';
import * as feedbacks from '@membership/contracts/endpoints/applications/feedbacks';
import type { Client } from '@membership/contracts/client';
import * as facts from '@membership/contracts/events/licenses';
import type { FactOf } from '@membership/contracts/event';
import { sortOf } from '@membership/platform/sorting';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { scopeOfJob } from '@membership/platform/scope';
import { ApplicationRepository } from '../src/catalogue/application-repository.ts';
import { ArticleRepository } from '../src/articles/article-repository.ts';
import { FeedbackRepository } from '../src/feedbacks/feedback-repository.ts';
import { modelsOf } from '../src/models.ts';
import { applicationsService } from '../src/service.ts';
import { aTenantOf, expectLikeSample, seedRequest, time } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(applicationsService);
});
afterAll(() => kit.stop());

const anApplication = async (admin: Client) => ({
  id: String((await admin.ask(contracts.createApplication, { body: seedRequest })).id),
});

describe('articles', () => {
  const given = {
    title: '应用使用指南',
    slug: 'app-guide',
    excerpt: '详细的使用说明',
    content: '第一步：……',
  };

  test('are listed as the seed shows them: a bare array with their author', async () => {
    const { admin, member, tenantId } = aTenantOf(kit);
    await kit.aMember({
      tenantId,
      memberId: tenantId * 10,
      username: 'admin',
      email: 'admin@example.com',
      role: 'admin',
    });
    const author = kit.as({ role: 'admin', tenantId, userId: tenantId * 10, name: 'admin' });
    const params = await anApplication(admin);
    expect((await member.call(articles.listArticles, { params })).body).toEqual({
      success: true,
      code: 2000,
      message: '操作成功',
      data: [],
    });
    const written = await author.call(articles.writeArticle, { params, body: given });
    const row = {
      id: expect.any(Number),
      title: '应用使用指南',
      slug: 'app-guide',
      excerpt: '详细的使用说明',
      status: 'published',
      author_info: { id: tenantId * 10, username: 'admin', email: 'admin@example.com' },
      created_at: time,
      updated_at: time,
    };
    expect([written.status, written.body]).toEqual([
      200,
      {
        success: true,
        code: 2000,
        message: '操作成功',
        data: { ...row, application_id: Number(params.id), content: given.content },
      },
    ]);
    expect((await member.call(articles.listArticles, { params })).body).toEqual({
      success: true,
      code: 2000,
      message: '操作成功',
      data: [row],
    });
    const fact = await kit.heardOne('article.created.v1', ({ tenantid }) => tenantid === tenantId);
    expect(fact.data).toEqual({
      articleId: written.body.data.id,
      applicationId: Number(params.id),
      title: given.title,
      slug: given.slug,
      status: 'published',
      isDeleted: false,
    });
  });

  test('come newest first, a hundred a page', async () => {
    const { admin, tenantId } = aTenantOf(kit);
    const params = await anApplication(admin);
    const rows = Array.from({ length: 103 }, (_, index) => ({
      _id: tenantId * 1_000 + index,
      tenantId,
      applicationId: Number(params.id),
      title: `文章 ${index}`,
      slug: `a-${index}`,
      excerpt: '',
      content: '',
      status: 'published',
      author: null,
      isDeleted: false,
      sequence: 1,
      createdAt: new Date(1_700_000_000_000 + (index >> 1) * 1_000),
      updatedAt: new Date(),
    }));
    await kit.connection.collection<{ _id: number }>('articles').insertMany(rows);
    const first = await admin.ask(articles.listArticles, { params });
    const second = await admin.ask(articles.listArticles, { params, query: { page: 2 } });
    expect([first.length, first[0]?.title, second.map(({ title }) => title)]).toEqual([
      100,
      '文章 102',
      ['文章 2', '文章 1', '文章 0'],
    ]);
    expect((await admin.call(articles.listArticles, { params, query: { page: 0 } })).status).toBe(400);
  });

  test('members see what is published; a removed one is gone, its slug free, the count true', async () => {
    const { admin, member, stranger } = aTenantOf(kit);
    const params = await anApplication(admin);
    const { id } = await admin.ask(articles.writeArticle, { params, body: { ...given, status: 'draft' } });
    const one = { ...params, article_id: String(id) };
    expect(await member.ask(articles.listArticles, { params })).toEqual([]);
    expect((await member.call(articles.getArticle, { params: one })).status).toBe(404);
    expect(await admin.ask(articles.listArticles, { params })).toHaveLength(1);
    await admin.ask(articles.changeArticle, { params: one, body: { status: 'published' } });
    expect((await member.ask(articles.getArticle, { params: one })).content).toBe(given.content);
    const taken = await admin.call(articles.writeArticle, { params, body: given });
    expect([taken.status, taken.body.message]).toEqual([400, 'slug字段在当前应用下必须唯一']);
    expect((await admin.ask(articles.writeArticle, { params, body: { title: '无短名' } })).slug).toMatch(
      /^article-\d+$/,
    );
    expect(await member.ask(contracts.getApplication, { params })).toMatchObject({ article_count: 2 });
    for (const call of [
      stranger.call(articles.getArticle, { params: one }),
      stranger.call(articles.deleteArticle, { params: one }),
      stranger.call(articles.listArticles, { params }),
    ])
      expect((await call).status).toBe(404);
    expect((await admin.call(articles.deleteArticle, { params: one })).status).toBe(204);
    expect((await admin.call(articles.deleteArticle, { params: one })).status).toBe(404);
    expect((await admin.call(articles.writeArticle, { params, body: given })).status).toBe(200);
    expect((await kit.heardOne('article.deleted.v1', ({ subject }) => subject === String(id))).sequence).toBe(
      3,
    );
  });

  test('members write none, and bad input is refused', async () => {
    const { admin, member } = aTenantOf(kit);
    const params = await anApplication(admin);
    expect((await member.call(articles.writeArticle, { params, body: given })).status).toBe(403);
    for (const body of [
      {},
      { title: '' },
      { title: 'x', slug: 'Not A Slug' },
      { title: 'x', status: 'gone' },
      { title: 'x', author: 1 },
      { title: { $ne: 1 } },
    ])
      expect((await admin.call(articles.writeArticle, { params, body: body as never })).status).toBe(400);
    expect((await admin.call(articles.writeArticle, { params: { id: '999999' }, body: given })).status).toBe(
      404,
    );
    const two = await Promise.all(
      [0, 1, 2].map(() => admin.call(articles.writeArticle, { params, body: given })),
    );
    expect(two.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 400, 400]);
  });
});

describe('feedbacks', () => {
  test('members give them and see their own; administrators answer and close', async () => {
    const { admin, member, tenantId, stranger } = aTenantOf(kit);
    const other = kit.as({ role: 'member', tenantId, userId: 10 });
    const params = await anApplication(admin);
    const given = await member.call(feedbacks.giveFeedback, {
      params,
      body: { title: '导出很慢', content: '要一分钟', rating: 3 },
    });
    expect([given.status, given.body.data]).toEqual([
      200,
      {
        id: expect.any(Number),
        application_id: Number(params.id),
        member_id: 9,
        member_info: { id: 9, username: 'john_doe', email: null },
        title: '导出很慢',
        content: '要一分钟',
        rating: 3,
        status: 'open',
        reply: null,
        created_at: time,
        updated_at: time,
        closed_at: null,
      },
    ]);
    await other.ask(feedbacks.giveFeedback, { params, body: { content: '很好' } });
    const listed = async (client: Client, query = {}) =>
      (await client.ask(feedbacks.listFeedbacks, { params, query })).items.map(({ content }) => content);
    expect(await listed(member)).toEqual(['要一分钟']);
    expect(await listed(admin)).toEqual(['很好', '要一分钟']);
    expect((await admin.call(contracts.applicationStatistics, { params })).body.data.feedbacks).toEqual({
      total: 2,
      open: 2,
    });

    const one = { ...params, feedback_id: String(given.body.data.id) };
    expect(
      (await member.call(feedbacks.answerFeedback, { params: one, body: { status: 'closed' } })).status,
    ).toBe(403);
    expect(
      (await stranger.call(feedbacks.answerFeedback, { params: one, body: { status: 'closed' } })).status,
    ).toBe(404);
    const closed = await admin.ask(feedbacks.answerFeedback, {
      params: one,
      body: { status: 'closed', reply: '已修复' },
    });
    expect(closed).toMatchObject({ status: 'closed', reply: '已修复', closed_at: time });
    await admin.ask(feedbacks.answerFeedback, { params: one, body: { status: 'closed' } });
    await admin.ask(feedbacks.answerFeedback, { params: one, body: { reply: '再谢' } });
    expect(await listed(admin, { status: 'open' })).toEqual(['很好']);
    expect((await admin.call(contracts.applicationStatistics, { params })).body.data).toEqual({
      licenses: { total: 0, active: 0 },
      feedbacks: { total: 2, open: 1 },
      articles: { total: 0 },
    });
    expect(
      (await admin.ask(feedbacks.answerFeedback, { params: one, body: { status: 'open' } })).closed_at,
    ).toBeNull();
    await kit.heardOne(
      'feedback.opened.v1',
      ({ subject, sequence }) => subject === one.feedback_id && sequence === 3,
    );
    expect(
      kit.heard
        .filter(({ subject, type }) => subject === one.feedback_id && type.startsWith('feedback.'))
        .map(({ type, sequence }) => [type, sequence]),
    ).toEqual([
      ['feedback.opened.v1', 1],
      ['feedback.closed.v1', 2],
      ['feedback.opened.v1', 3],
    ]);
  });

  test.each([
    {},
    { content: '' },
    { content: 'x', rating: 6 },
    { content: 'x', rating: 2.5 },
    { content: 'x', member_id: 5 },
    { content: { $gt: '' } },
  ])('refuses %j', async (body) => {
    const { admin, member } = aTenantOf(kit);
    const params = await anApplication(admin);
    expect((await member.call(feedbacks.giveFeedback, { params, body: body as never })).status).toBe(400);
  });
});

describe('licence counts', () => {
  const product = (productId: number, applicationId: number | null): FactOf<typeof facts.productCreated> => ({
    productId,
    name: 'SuperApp Pro',
    version: '2.0',
    applicationId,
    isActive: true,
  });
  const license = (
    licenseId: number,
    productId: number,
    applicationId: number | null,
  ): FactOf<typeof facts.licenseIssued> => ({
    licenseId,
    productId,
    planId: 1,
    applicationId,
    maxActivations: 10,
    status: 'active',
    expiresAt: null,
  });
  const assignment = (
    assignmentId: number,
    licenseId: number,
    productId: number,
    status: 'assigned' | 'active' | 'suspended' | 'revoked',
  ): FactOf<typeof facts.assignmentCreated> => ({
    assignmentId,
    memberId: 9,
    licenseId,
    productId,
    planId: 1,
    applicationId: null,
    productName: 'SuperApp Pro',
    planName: '专业版',
    status,
    assignedAt: new Date().toISOString(),
    activatedAt: null,
    expiresAt: null,
    reason: null,
  });
  const counted = (client: Client, params: { id: string }, licenses: { total: number; active: number }) =>
    eventually(async () => {
      expect((await client.ask(contracts.applicationStatistics, { params })).licenses).toEqual(licenses);
      expect((await client.ask(contracts.getApplication, { params })).license_count).toBe(licenses.total);
    });

  test('follow the facts: every licence of its products, active with an active assignment', async () => {
    const { admin, stranger, tenantId } = aTenantOf(kit);
    const params = await anApplication(admin);
    const [one, two] = [tenantId * 100 + 1, tenantId * 100 + 2];
    const send = { tenantId };
    await kit.publish(facts.productCreated, { ...send, subject: one, data: product(one, Number(params.id)) });
    await kit.publish(facts.licenseIssued, {
      ...send,
      subject: one,
      data: license(one, one, Number(params.id)),
    });
    await kit.publish(facts.licenseIssued, {
      ...send,
      subject: two,
      data: license(two, one, Number(params.id)),
    });
    await kit.publish(facts.assignmentCreated, {
      ...send,
      subject: one,
      data: assignment(one, one, one, 'assigned'),
    });
    await counted(admin, params, { total: 2, active: 0 });
    await kit.publish(facts.assignmentActivated, {
      ...send,
      subject: one,
      data: assignment(one, one, one, 'active'),
    });
    await kit.publish(facts.assignmentActivated, {
      ...send,
      subject: two,
      data: assignment(two, one, one, 'active'),
    });
    await counted(admin, params, { total: 2, active: 1 });
    await kit.publish(facts.assignmentSuspended, {
      ...send,
      subject: one,
      data: assignment(one, one, one, 'suspended'),
    });
    await kit.publish(facts.assignmentRevoked, {
      ...send,
      subject: two,
      sequence: 2,
      data: assignment(two, one, one, 'revoked'),
    });
    await counted(admin, params, { total: 2, active: 0 });
    await kit.publish(facts.productUpdated, { ...send, subject: one, data: product(one, null) });
    await counted(admin, params, { total: 0, active: 0 });
    expect((await stranger.ask(contracts.listApplications, {})).count).toBe(0);
  });

  test('are the same for facts that come twice and backwards', async () => {
    const { admin, tenantId } = aTenantOf(kit);
    const params = await anApplication(admin);
    const first = tenantId * 100 + 1;
    const id = Number(params.id);
    const story = [
      () =>
        kit.publish(facts.productCreated, {
          tenantId,
          subject: first,
          sequence: 1,
          id: `p1-${tenantId}`,
          data: product(first, null),
        }),
      () =>
        kit.publish(facts.productUpdated, {
          tenantId,
          subject: first,
          sequence: 2,
          id: `p2-${tenantId}`,
          data: product(first, id),
        }),
      () =>
        kit.publish(facts.licenseIssued, {
          tenantId,
          subject: first,
          sequence: 1,
          id: `l1-${tenantId}`,
          data: license(first, first, null),
        }),
      () =>
        kit.publish(facts.assignmentCreated, {
          tenantId,
          subject: first,
          sequence: 1,
          id: `a1-${tenantId}`,
          data: assignment(first, first, first, 'assigned'),
        }),
      () =>
        kit.publish(facts.assignmentActivated, {
          tenantId,
          subject: first,
          sequence: 2,
          id: `a2-${tenantId}`,
          data: assignment(first, first, first, 'active'),
        }),
    ];
    for (const tell of [...story].reverse()) await tell();
    for (const tell of story) await tell();
    const last = await kit.publish(facts.licenseIssued, {
      tenantId,
      subject: first + 1,
      data: license(first + 1, first, id),
    });
    await counted(admin, params, { total: 2, active: 1 });
    await eventually(async () =>
      expect(await kit.connection.collection('inbox').countDocuments()).toBeGreaterThan(0),
    );
    expect(last.tenantid).toBe(tenantId);
  });

  test('a poisoned message holds nobody up', async () => {
    const { admin, tenantId } = aTenantOf(kit);
    const params = await anApplication(admin);
    await kit.publishRaw('license.issued.v1', Buffer.from('{not json'));
    await kit.publishRaw(
      'license.issued.v1',
      Buffer.from(JSON.stringify({ specversion: '1.0', type: 'license.issued.v1', data: {} })),
    );
    const id = tenantId * 100 + 1;
    await kit.publish(facts.licenseIssued, {
      tenantId,
      subject: id,
      data: license(id, id, Number(params.id)),
    });
    await counted(admin, params, { total: 1, active: 0 });
    await eventually(async () => expect(await kit.metrics()).toMatch(/dead|parked|unreadable/));
  });
});

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

test.each([
  'article.created.v1',
  'article.updated.v1',
  'article.deleted.v1',
  'feedback.opened.v1',
  'feedback.closed.v1',
])('%s was announced as its sample says', async (type) => {
  expectLikeSample(await kit.heardOne(type));
});
