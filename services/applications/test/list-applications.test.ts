/** Seed 004, listing: word for word, and what its words leave out. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import { time } from './builders.ts';
import { aTenant, appError, register } from './the-service.ts';

describe('listing', () => {
  test('gives the seed’s page: ten a page, newest first, with links', async () => {
    const { admin, member } = aTenant();
    for (let index = 1; index <= 11; index++)
      await register(admin, { code: `app-${index}`, logo: 'https://example.com/logo.png' });
    const { status, body } = await member.call(contracts.listApplications, {});
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      code: 2000,
      message: '操作成功',
      data: {
        pagination: {
          count: 11,
          next: 'http://gateway.test/api/v1/applications/?page=2',
          previous: null,
          page_size: 10,
          current_page: 1,
          total_pages: 2,
        },
        results: expect.any(Array),
      },
    });
    expect(body.data.results).toHaveLength(10);
    expect(body.data.results[0]).toEqual({
      id: expect.any(Number),
      name: '我的应用',
      code: 'app-11',
      description: '这是一个测试应用',
      logo: 'https://example.com/logo.png',
      current_version: '1.0.0',
      status: 'development',
      is_active: true,
      created_at: time,
      updated_at: time,
    });
    const second = await member.call(contracts.listApplications, { query: { page: 2 } });
    expect(second.body.data.results.map(({ code }: { code: string }) => code)).toEqual(['app-1']);
    expect(second.body.data.pagination).toMatchObject({
      next: null,
      previous: expect.stringContaining('page=1'),
    });
    expect((await member.ask(contracts.listApplications, { query: { page: 99 } })).items).toEqual([]);
  });

  test('filters, searches and orders as the seed says', async () => {
    const { admin, stranger } = aTenant();
    await register(admin, { code: 'alpha', name: '甲测试', status: 'active' });
    await register(admin, {
      code: 'beta',
      name: '乙',
      description: 'A (literal) .* TEXT',
      status: 'testing',
    });
    const off = await register(admin, { code: 'gamma', name: '丙', description: null, status: 'active' });
    await admin.ask(contracts.changeApplication, { params: { id: String(off) }, body: { is_active: false } });
    const codes = async (query: object) =>
      (await admin.ask(contracts.listApplications, { query })).items.map(({ code }) => code);
    expect(await codes({ status: 'active', ordering: 'code' })).toEqual(['alpha', 'gamma']);
    expect(await codes({ is_active: 'false' })).toEqual(['gamma']);
    expect(await codes({ is_active: 'true', ordering: '-code' })).toEqual(['beta', 'alpha']);
    expect(await codes({ search: '测试', ordering: 'code' })).toEqual(['alpha']);
    expect(await codes({ search: '(literal) .* text' })).toEqual(['beta']);
    expect(await codes({ search: 'GAMMA' })).toEqual(['gamma']);
    expect(await codes({ search: '.*x' })).toEqual([]);
    expect(await codes({ status: 'active', search: '测试', ordering: '-created_at' })).toEqual(['alpha']);
    expect(await codes({ ordering: '-updated_at' })).toEqual(['gamma', 'beta', 'alpha']);
    expect(await codes({ tenant_id: 987_654 })).toEqual([]);
    expect((await stranger.ask(contracts.listApplications, { query: { search: 'alpha' } })).count).toBe(0);
  });

  test.each([
    { page: 0 },
    { page: 'x' },
    { page_size: 0 },
    { status: 'gone' },
    { is_active: 'yes' },
    { ordering: 'owner' },
    { unknown: 1 },
    { search: 'x'.repeat(101) },
  ])('refuses %j', async (query) => {
    const answer = await aTenant().member.call(contracts.listApplications, { query: query as never });
    expect([answer.status, answer.body]).toEqual([
      400,
      appError(4000, 'VALIDATION_ERROR', expect.stringContaining(Object.keys(query)[0] as string)),
    ]);
  });

  test('a size above 100 counts as 100', async () => {
    const { member } = aTenant();
    expect(
      (await member.call(contracts.listApplications, { query: { page_size: 500 } })).body.data.pagination
        .page_size,
    ).toBe(100);
  });
});
