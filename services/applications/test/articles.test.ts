/** Articles of an application, and what the application counts of them. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import * as articles from '@membership/contracts/endpoints/applications/articles';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { aTenantOf, time } from './builders.ts';
import { anApplication, kit } from './the-service.ts';

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

test.each(['article.created.v1', 'article.updated.v1', 'article.deleted.v1'])(
  '%s was announced as its sample says',
  async (type) => {
    expectLikeSample(await kit.heardOne(type));
  },
);
