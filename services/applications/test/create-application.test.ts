/** Seed 004, creating: word for word, and what its words leave out. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { besides, seedRequest } from './builders.ts';
import { aTenant, appError, kit, register } from './the-service.ts';

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

  test('a code is one in whatever case it is given, that of a deleted application, too', async () => {
    const { admin, tenantId } = aTenant();
    const create = (code: string, client = admin) =>
      client.call(contracts.createApplication, { body: { name: '应用', code } });
    const first = (await create('My-App')).body.data;
    expect(first.code).toBe('My-App');
    for (const code of ['my-app', 'MY-APP']) expect((await create(code)).status).toBe(400);
    const params = { id: String(first.id) };
    expect(
      (await admin.call(contracts.changeApplication, { params, body: { code: 'my-app' } })).body.data.code,
    ).toBe('my-app');
    await admin.call(contracts.deleteApplication, { params });
    expect(JSON.stringify((await create('MY-App')).body)).toContain(`/${first.id}/restore/`);
    const second = await kit.replica();
    const there = second.as({ role: 'admin', tenantId });
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([create(`race-${round}`), create(`RACE-${round}`, there)]);
      expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 400]);
    }
    await second.stop();
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

test.each(['application.created.v1'])('%s was announced as its sample says', async (type) => {
  expectLikeSample(await kit.heardOne(type));
});
