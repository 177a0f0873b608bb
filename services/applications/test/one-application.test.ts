/** Seed 004, one application: read and changed. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { besides, seedRequest, time } from './builders.ts';
import { aTenant, kit, register } from './the-service.ts';

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

test.each(['application.updated.v1'])('%s was announced as its sample says', async (type) => {
  expectLikeSample(await kit.heardOne(type));
});
