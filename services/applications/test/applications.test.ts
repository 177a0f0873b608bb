/** Seed 004 word for word, and what its words leave out. */
import { randomUUID } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import type { Client } from '@membership/contracts/client';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { applicationsService } from '../src/service.ts';
import { aTenantOf, besides, expectLikeSample, seedRequest, time } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(applicationsService);
});
afterAll(() => kit.stop());

const aTenant = () => aTenantOf(kit);
const register = async (client: Client, more: object = {}): Promise<number> =>
  (
    await client.ask(contracts.createApplication, {
      body: { ...seedRequest, code: `app-${randomUUID().slice(0, 8)}`, ...more },
    })
  ).id;
const appError = (code: number, error_code: string, message: unknown = expect.any(String)) => ({
  success: false,
  code,
  message,
  data: null,
  error_code,
});
const notThere = appError(4004, 'BIZ_001');

describe('creating', () => {
  test('answers the seed’s example, under the application’s own code, and announces it', async () => {
    const { admin, tenantId } = aTenant();
    const answer = await admin.call(contracts.createApplication, { body: seedRequest });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      code: 'my-app',
      message: '操作成功',
      data: { ...seedRequest, logo: null, is_active: true, metadata: {}, ...besides },
    });
    const fact = await kit.heardOne('application.created.v1', ({ tenantid }) => tenantid === tenantId);
    expect(fact).toMatchObject({
      subject: String(answer.body.data.id),
      sequence: 1,
      actor: 'user:3',
      correlationid: answer.headers.get('x-request-id'),
    });
    expect(fact.data).toEqual({
      applicationId: answer.body.data.id,
      name: '我的应用',
      code: 'my-app',
      status: 'development',
      isActive: true,
      isDeleted: false,
    });
  });

  test('needs name and code alone; the rest has defaults', async () => {
    const { admin } = aTenant();
    const { body } = await admin.call(contracts.createApplication, {
      body: { name: '应用', code: 'a_b-C9' },
    });
    expect(body.data).toEqual({
      ...besides,
      name: '应用',
      code: 'a_b-C9',
      description: null,
      logo: null,
      website: null,
      contact_email: null,
      current_version: '1.0.0',
      owner: null,
      team: null,
      status: 'development',
      is_active: true,
      tags: [],
      metadata: {},
    });
  });

  test('refuses a code that is taken in the tenant, in the seed’s words; another tenant may have it', async () => {
    const { admin, stranger } = aTenant();
    await register(admin, { code: 'mine' });
    const again = await admin.call(contracts.createApplication, { body: { ...seedRequest, code: 'mine' } });
    expect([again.status, again.body]).toEqual([
      400,
      appError(4000, 'VALIDATION_ERROR', 'code字段在当前租户下必须唯一'),
    ]);
    expect(
      (await stranger.call(contracts.createApplication, { body: { ...seedRequest, code: 'mine' } })).status,
    ).toBe(200);
  });

  test('a deleted application keeps its code, and says that it can be restored', async () => {
    const { admin } = aTenant();
    const id = await register(admin, { code: 'gone' });
    await admin.ask(contracts.deleteApplication, { params: { id: String(id) } });
    const again = await admin.call(contracts.createApplication, { body: { ...seedRequest, code: 'gone' } });
    expect(again.status).toBe(400);
    expect(again.body.message).toMatch(/^code字段在当前租户下必须唯一（.*恢复/);
    expect(again.body.message).toContain(`/api/v1/applications/${id}/restore/`);
  });

  test('of twelve at once under one code, one is made', async () => {
    const { admin, tenantId } = aTenant();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        admin.call(contracts.createApplication, { body: { ...seedRequest, code: 'race' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
      200,
      ...Array.from({ length: 11 }, () => 400),
    ]);
    expect((await admin.ask(contracts.listApplications, {})).count).toBe(1);
    await kit.heardOne('application.created.v1', ({ tenantid }) => tenantid === tenantId);
    expect(kit.heard.filter(({ tenantid }) => tenantid === tenantId)).toHaveLength(1);
  });

  test('the same key gives the same answer once; with another body it is refused', async () => {
    const { admin, tenantId } = aTenant();
    const headers = { 'idempotency-key': 'create-1' };
    const [one, two] = await Promise.all(
      [0, 1].map(() => admin.call(contracts.createApplication, { body: seedRequest }, { headers })),
    );
    expect([one?.status, two?.status]).toEqual([200, 200]);
    expect(two?.body).toEqual(one?.body);
    const third = await admin.call(contracts.createApplication, { body: seedRequest }, { headers });
    expect([third.headers.get('idempotent-replayed'), third.body]).toEqual(['true', one?.body]);
    const other = await admin.call(
      contracts.createApplication,
      { body: { ...seedRequest, code: 'other' } },
      { headers },
    );
    expect([other.status, other.body.error_code]).toEqual([422, 'IDEMPOTENCY_CONFLICT']);
    expect(
      (
        await kit
          .as({ role: 'admin', tenantId, userId: 77 })
          .call(contracts.createApplication, { body: { ...seedRequest, code: 'third' } }, { headers })
      ).status,
    ).toBe(200);
  });

  test.each([
    ['no name', { name: undefined }, 'name'],
    ['a blank name', { name: '  ' }, 'name'],
    ['a name of the wrong type', { name: 5 }, 'name'],
    ['an operator for a name', { name: { $gt: '' } }, 'name'],
    ['a code with a space', { code: 'my app' }, 'code'],
    ['a code that is too long', { code: 'x'.repeat(65) }, 'code'],
    ['an unknown status', { status: 'retired' }, 'status'],
    ['a website that is none', { website: 'javascript:alert(1)' }, 'website'],
    ['an address that is none', { contact_email: 'contact' }, 'contact_email'],
    ['tags that are no array', { tags: 'a' }, 'tags'],
    ['metadata with an operator', { metadata: { $where: '1' } }, 'metadata'],
    ['metadata that is null', { metadata: null }, 'metadata'],
    ['an unknown field', { is_deleted: true }, 'is_deleted'],
    ['somebody else’s tenant', { tenant_id: 1 }, 'tenant_id'],
  ])('refuses %s and names the field', async (_name, more, field) => {
    const { admin } = aTenant();
    const answer = await admin.call(contracts.createApplication, {
      body: { ...seedRequest, ...more } as never,
    });
    expect([answer.status, answer.body]).toEqual([
      400,
      appError(4000, 'VALIDATION_ERROR', expect.stringContaining(field)),
    ]);
    expect((await admin.ask(contracts.listApplications, {})).count).toBe(0);
  });

  test('names every wrong field at once, in the language asked for', async () => {
    const { admin } = aTenant();
    const { body } = await admin.call(
      contracts.createApplication,
      { body: { code: '?', status: 'x' } as never },
      { headers: { 'accept-language': 'en' } },
    );
    for (const field of ['name', 'code', 'status']) expect(body.message).toContain(field);
    expect(body.message).not.toMatch(/[\u4e00-\u9fff]/);
  });

  test.each([
    ['malformed JSON', '{"name":', 400],
    ['a prototype in metadata', '{"name":"a","code":"a","metadata":{"__proto__":{"x":1}}}', 400],
    ['a body that is no object', '[]', 400],
    ['a body over the limit', `{"name":"${'x'.repeat(200_000)}"}`, 413],
  ])('refuses %s', async (_name, raw, status) => {
    const answer = await aTenant().admin.send('POST', '/api/v1/applications/', { raw });
    expect([answer.status, answer.body.success]).toEqual([status, false]);
  });
});

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

describe('one application', () => {
  test('is shown as the seed shows it', async () => {
    const { admin, member } = aTenant();
    const given = {
      ...seedRequest,
      name: '测试应用',
      code: 'test-app',
      description: '应用描述',
      logo: 'https://example.com/logo.png',
      current_version: '2.1.0',
      status: 'active' as const,
      tags: ['测试'],
    };
    const { id } = await admin.ask(contracts.createApplication, { body: given });
    const { status, body } = await member.call(contracts.getApplication, { params: { id: String(id) } });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      code: 'test-app',
      message: '操作成功',
      data: {
        ...given,
        id,
        is_active: true,
        metadata: {},
        license_count: 0,
        feedback_count: 0,
        article_count: 0,
        created_at: time,
        updated_at: time,
      },
    });
  });

  test('is replaced as the seed shows it: logo and metadata left out are emptied, is_active stays', async () => {
    const { admin } = aTenant();
    const id = await register(admin, { logo: 'https://example.com/logo.png', metadata: { a: 1 } });
    await admin.ask(contracts.changeApplication, { params: { id: String(id) }, body: { is_active: false } });
    const replacement = {
      name: '更新后的应用名称',
      code: 'updated-app',
      description: '更新后的描述',
      current_version: '2.0.0',
      status: 'testing' as const,
      website: 'https://updated.com',
      contact_email: 'updated@example.com',
      owner: '李四',
      team: '测试团队',
      tags: ['更新', '测试'],
    };
    const { status, body } = await admin.call(contracts.replaceApplication, {
      params: { id: String(id) },
      body: replacement,
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      code: 'updated-app',
      message: '操作成功',
      data: { ...replacement, logo: null, is_active: false, metadata: {}, ...besides },
    });
    const on = await admin.call(contracts.replaceApplication, {
      params: { id: String(id) },
      body: { ...replacement, is_active: true },
    });
    expect(on.body.data.is_active).toBe(true);
  });

  test.each([
    'name',
    'code',
    'description',
    'current_version',
    'status',
    'website',
    'contact_email',
    'owner',
    'team',
    'tags',
  ])('PUT without %s is refused and changes nothing', async (field) => {
    const { admin } = aTenant();
    const id = await register(admin);
    const { [field as 'name']: _left, ...body } = seedRequest;
    const answer = await admin.call(contracts.replaceApplication, {
      params: { id: String(id) },
      body: { ...body, owner: field === 'owner' ? undefined : '王五' } as never,
    });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(field)]);
    expect((await admin.ask(contracts.getApplication, { params: { id: String(id) } })).owner).toBe('张三');
  });

  test('is changed in part as the seed shows it; every change is one fact, no change is none', async () => {
    const { admin } = aTenant();
    const id = await register(admin, { code: 'test-app' });
    const patch = { current_version: '2.5.0', description: '仅更新版本和描述' };
    const { body } = await admin.call(contracts.changeApplication, {
      params: { id: String(id) },
      body: patch,
    });
    expect(body).toEqual({
      success: true,
      code: 'test-app',
      message: '操作成功',
      data: {
        ...seedRequest,
        code: 'test-app',
        ...patch,
        logo: null,
        is_active: true,
        metadata: {},
        ...besides,
      },
    });
    expect(
      (await admin.call(contracts.changeApplication, { params: { id: String(id) }, body: patch })).body,
    ).toEqual(body);
    await admin.ask(contracts.changeApplication, { params: { id: String(id) }, body: {} });
    await admin.ask(contracts.changeApplication, { params: { id: String(id) }, body: { owner: null } });
    await kit.heardOne(
      'application.updated.v1',
      ({ subject, sequence }) => subject === String(id) && sequence === 3,
    );
    expect(
      kit.heard
        .filter(({ subject, type }) => subject === String(id) && type.startsWith('application.'))
        .map(({ sequence }) => sequence),
    ).toEqual([1, 2, 3]);
  });

  test('may keep its code, but not take another’s', async () => {
    const { admin } = aTenant();
    await register(admin, { code: 'taken' });
    const id = await register(admin, { code: 'own' });
    expect(
      (
        await admin.call(contracts.changeApplication, {
          params: { id: String(id) },
          body: { code: 'own', name: 'x' },
        })
      ).status,
    ).toBe(200);
    for (const call of [
      admin.call(contracts.changeApplication, { params: { id: String(id) }, body: { code: 'taken' } }),
      admin.call(contracts.replaceApplication, {
        params: { id: String(id) },
        body: { ...seedRequest, code: 'taken' },
      }),
    ]) {
      const answer = await call;
      expect([answer.status, answer.body.message]).toEqual([400, 'code字段在当前租户下必须唯一']);
    }
  });

  test('changed by many at once keeps every change and a gapless count of facts', async () => {
    const { admin } = aTenant();
    const id = String(await register(admin));
    const bodies = [
      { name: '一' },
      { owner: '二' },
      { team: '三' },
      { description: '四' },
      { tags: ['五'] },
      { current_version: '6' },
    ];
    const answers = await Promise.all(
      bodies.map((body) => admin.call(contracts.changeApplication, { params: { id }, body })),
    );
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
    expect(await admin.ask(contracts.getApplication, { params: { id } })).toMatchObject(
      Object.assign({}, ...bodies),
    );
    await kit.heardOne('application.updated.v1', ({ subject, sequence }) => subject === id && sequence === 7);
    expect(
      kit.heard
        .filter(({ subject, type }) => subject === id && type.startsWith('application.'))
        .map(({ sequence }) => sequence),
    ).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('deleting and restoring', () => {
  test('a deleted application answers 204, is nowhere, and comes back as it was', async () => {
    const { admin, member } = aTenant();
    const id = await register(admin, { code: 'phoenix' });
    const params = { id: String(id) };
    const deleted = await admin.call(contracts.deleteApplication, { params });
    expect([deleted.status, deleted.body]).toEqual([204, '']);
    for (const call of [
      member.call(contracts.getApplication, { params }),
      admin.call(contracts.changeApplication, { params, body: {} }),
      admin.call(contracts.deleteApplication, { params }),
      member.call(contracts.applicationStatistics, { params }),
    ]) {
      const answer = await call;
      expect([answer.status, answer.body]).toEqual([404, notThere]);
    }
    expect((await member.ask(contracts.listApplications, {})).count).toBe(0);
    const restored = await admin.call(contracts.restoreApplication, { params, body: {} });
    expect([restored.status, restored.body.code]).toEqual([200, 'phoenix']);
    expect(restored.body.data).toEqual({
      ...seedRequest,
      code: 'phoenix',
      logo: null,
      is_active: true,
      metadata: {},
      ...besides,
      id,
    });
    expect((await member.ask(contracts.listApplications, {})).count).toBe(1);
    const fact = await kit.heardOne('application.restored.v1', ({ subject }) => subject === String(id));
    expect([
      fact.sequence,
      (await kit.heardOne('application.deleted.v1', ({ subject }) => subject === String(id))).data.isDeleted,
    ]).toEqual([3, true]);
    const again = await admin.call(contracts.restoreApplication, { params, body: {} });
    expect([again.status, again.body]).toEqual([409, appError(4009, 'INVALID_STATE')]);
    expect((await admin.send('POST', `/api/v1/applications/${id}/restore/`)).status).toBe(409);
  });
});

describe('who may', () => {
  test('members read and do not write; without a context nobody does anything', async () => {
    const { admin, member, tenantId } = aTenant();
    const params = { id: String(await register(admin)) };
    for (const call of [
      member.call(contracts.createApplication, { body: seedRequest }),
      member.call(contracts.replaceApplication, { params, body: seedRequest }),
      member.call(contracts.changeApplication, { params, body: {} }),
      member.call(contracts.deleteApplication, { params }),
      member.call(contracts.restoreApplication, { params, body: {} }),
      kit.as({ role: 'internal', tenantId }).call(contracts.getApplication, { params }),
    ]) {
      const answer = await call;
      expect([answer.status, answer.body]).toEqual([403, appError(4003, 'PERM_001', '权限不足')]);
    }
    const direct = await fetch(`${kit.url}/api/v1/applications/`);
    expect([direct.status, await direct.json()]).toEqual([401, appError(4001, 'AUTH_001')]);
    expect((await member.call(contracts.getApplication, { params })).status).toBe(200);
  });

  test('another tenant’s application is not there, whatever is tried, and stays as it was', async () => {
    const { admin, stranger } = aTenant();
    const params = { id: String(await register(admin)) };
    const before = await admin.ask(contracts.getApplication, { params });
    for (const call of [
      stranger.call(contracts.getApplication, { params }),
      stranger.call(contracts.replaceApplication, { params, body: seedRequest }),
      stranger.call(contracts.changeApplication, { params, body: { name: '抢' } }),
      stranger.call(contracts.deleteApplication, { params }),
      stranger.call(contracts.restoreApplication, { params, body: {} }),
      stranger.call(contracts.applicationStatistics, { params }),
    ]) {
      const answer = await call;
      expect([answer.status, answer.body]).toEqual([404, notThere]);
    }
    expect(await admin.ask(contracts.getApplication, { params })).toEqual(before);
  });

  test.each(['0', '-1', 'x', '1.5', '99999999999999999999', '%24gt'])('%s is no id: 404', async (id) => {
    expect((await aTenant().member.send('GET', `/api/v1/applications/${id}/`)).status).toBe(404);
  });

  test('a path knows its methods', async () => {
    const answer = await aTenant().admin.send('DELETE', '/api/v1/applications/');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});

test.each([
  'application.created.v1',
  'application.updated.v1',
  'application.deleted.v1',
  'application.restored.v1',
])('%s was announced as its sample says', async (type) => {
  expectLikeSample(await kit.heardOne(type));
});
