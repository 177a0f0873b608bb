/** Tenants, members and service clients. */
import {
  createClient as createServiceClient,
  deleteClient,
  listClients,
} from '@membership/contracts/endpoints/gateway/clients';
import {
  createMember,
  deactivateMember,
  getMember,
  importMembers,
  listMembers,
  updateMember,
} from '@membership/contracts/endpoints/gateway/members';
import {
  createTenant,
  getTenant,
  listTenants,
  resumeTenant,
  rotateWebhookSecret,
  suspendTenant,
  updateTenant,
} from '@membership/contracts/endpoints/gateway/tenants';
import { me } from '@membership/contracts/endpoints/gateway/auth';
import { eventually } from '@membership/platform/testing/service-kit';
import { SecretBox } from '../src/tenants/webhook-secret.ts';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: Awaited<ReturnType<ATenant['aMember']>>;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
  member = await acme.aMember('john_doe');
}, 60_000);
afterAll(() => gateway?.stop());

const factsAbout = (subject: number) =>
  gateway.kit.heard
    .filter((event) => event.subject === String(subject))
    .map((event) => `${event.type} ${event.sequence}`);
const newMember = (username: string, more: Record<string, unknown> = {}) => ({
  username,
  email: `${username}@example.com`,
  password: PASSWORD,
  ...more,
});

describe('tenants', () => {
  test('are the platform administrator’s alone', async () => {
    for (const client of [acme.admin, member.client]) {
      expect((await client.call(listTenants, {})).status).toBe(403);
      expect((await client.call(getTenant, { params: { id: String(acme.id) } })).body.error.code).toBe(
        'PERM_001',
      );
      expect((await client.call(createTenant, { body: { code: 'mine', name: 'Mine' } })).status).toBe(403);
    }
    expect((await gateway.anyone.call(listTenants, {})).status).toBe(401);
  });

  test('are set up, read, listed, changed, suspended and resumed; each fact in order', async () => {
    const made = await gateway.root.call(createTenant, {
      body: {
        code: 'initech',
        name: 'Initech',
        timezone: 'America/New_York',
        limits: { member_per_minute: 5 },
      },
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        success: true,
        message: '租户创建成功',
        data: {
          code: 'initech',
          timezone: 'America/New_York',
          locale: 'zh-CN',
          is_active: true,
          cell: null,
          member_count: 0,
        },
      },
    });
    expect(made.body.data.limits).toEqual({
      member_per_minute: 5,
      admin_per_minute: null,
      internal_per_minute: null,
    });
    expect(made.body.data.webhook_secret).toMatch(/^whsec_/);
    const id = String(made.body.data.id);
    const read = await gateway.root.ask(getTenant, { params: { id } });
    expect(read).not.toHaveProperty('webhook_secret');
    const changed = await gateway.root.ask(updateTenant, {
      params: { id },
      body: { name: 'Initech Ltd', limits: { admin_per_minute: 50 } },
    });
    expect(changed).toMatchObject({
      name: 'Initech Ltd',
      limits: { member_per_minute: 5, admin_per_minute: 50 },
    });
    await gateway.root.ask(updateTenant, { params: { id }, body: { name: 'Initech Ltd' } });
    expect(await gateway.root.ask(suspendTenant, { params: { id }, body: {} })).toMatchObject({
      is_active: false,
    });
    const twice = await gateway.root.call(suspendTenant, { params: { id }, body: {} });
    expect([twice.status, twice.body.error.code, twice.body.error.details]).toEqual([
      409,
      'INVALID_STATE',
      { current_state: 'suspended', allowed_actions: ['resume'] },
    ]);
    expect(await gateway.root.ask(resumeTenant, { params: { id }, body: {} })).toMatchObject({
      is_active: true,
    });
    expect((await gateway.root.call(resumeTenant, { params: { id }, body: {} })).status).toBe(409);
    await eventually(() =>
      expect(factsAbout(made.body.data.id)).toEqual([
        'tenant.created.v1 1',
        'tenant.updated.v1 2',
        'tenant.suspended.v1 3',
        'tenant.resumed.v1 4',
      ]),
    );
    const created = gateway.kit.heard.find(
      (event) => event.type === 'tenant.created.v1' && event.subject === id,
    );
    expect(created).toMatchObject({
      tenantid: made.body.data.id,
      data: {
        tenantId: made.body.data.id,
        code: 'initech',
        name: 'Initech',
        timezone: 'America/New_York',
        isActive: true,
      },
    });
    expect(JSON.stringify(gateway.kit.heard)).not.toContain('whsec_');
    const list = await gateway.root.call(listTenants, {
      query: { search: 'INITECH', ordering: '-created_at' },
    });
    expect(list.body.data).toMatchObject({
      count: 1,
      next: null,
      previous: null,
      results: [{ code: 'initech' }],
      page_info: { current_page: 1, total_pages: 1, page_size: 20 },
    });
  });

  test('a suspended one is shut within a second, and open again when resumed', async () => {
    const shut = await gateway.aTenant('shutters');
    expect((await shut.admin.call(me, {})).status).toBe(200);
    await gateway.root.ask(suspendTenant, { params: { id: String(shut.id) }, body: {} });
    await eventually(
      async () => expect((await shut.admin.call(me, {})).body.error?.code).toBe('TENANT_SUSPENDED'),
      { milliseconds: 1_000 },
    );
    await gateway.root.ask(resumeTenant, { params: { id: String(shut.id) }, body: {} });
    await eventually(async () => expect((await shut.admin.call(me, {})).status).toBe(200), {
      milliseconds: 1_000,
    });
  });

  test('refuse bad input and a code that is taken, in any case', async () => {
    const bad = await gateway.root.call(createTenant, {
      body: {
        code: '123',
        name: ' ',
        timezone: 'Mars/Olympus',
        locale: 'x',
        cell: 'nowhere',
        more: 1,
      } as never,
    });
    expect([bad.status, Object.keys(bad.body.error.details).sort()]).toEqual([
      400,
      ['code', 'locale', 'more', 'name', 'timezone'],
    ]);
    const taken = await gateway.root.call(createTenant, { body: { code: 'ACME', name: 'Another' } });
    expect([taken.status, taken.body.error.details]).toEqual([400, { code: ['该租户代码已存在'] }]);
    expect(
      (await gateway.root.call(createTenant, { body: { code: 'cellular', name: 'C', cell: 'nowhere' } })).body
        .error.details,
    ).toEqual({ cell: ['未知的分区'] });
    for (const id of ['0', 'abc', '99999999', '-1', '9'.repeat(16)])
      expect((await gateway.root.send('get', `/api/v1/tenants/${id}/`)).status).toBe(404);
    expect(
      (
        await gateway.root.call(updateTenant, {
          params: { id: String(acme.id) },
          body: { code: 'new' } as never,
        })
      ).status,
    ).toBe(400);
    expect(
      (await gateway.root.send('get', '/api/v1/tenants/?page=0&ordering=secret&is_active=1&x=1')).body.error
        .details,
    ).toMatchObject({
      page: expect.anything(),
      ordering: expect.anything(),
      is_active: expect.anything(),
      x: expect.anything(),
    });
  });

  test('a repeated key gives the first answer, without the secret, which is nowhere in clear; another body is 422', async () => {
    const headers = { 'idempotency-key': 'make-umbrella' };
    const body = { code: 'umbrella', name: 'Umbrella', webhook_secret: 'a-secret-of-our-own' };
    const [first, second] = await Promise.all([
      gateway.root.call(createTenant, { body }, { headers }),
      gateway.root.call(createTenant, { body }, { headers }),
    ]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.data.id).toBe(first.body.data.id);
    expect(
      [first, second].filter((answer) => answer.headers.get('idempotent-replayed') === 'true'),
    ).toHaveLength(1);
    expect(
      [first, second].filter((answer) => answer.body.data.webhook_secret === 'a-secret-of-our-own'),
    ).toHaveLength(1);
    expect(
      (await gateway.root.call(createTenant, { body: { ...body, name: 'Other' } }, { headers })).status,
    ).toBe(422);
    for (const name of ['tenants', 'operations', 'outbox'])
      expect(JSON.stringify(await gateway.kit.connection.collection(name).find().toArray())).not.toContain(
        'a-secret-of-our-own',
      );
  });

  test('a webhook secret is rotated and lies sealed for its tenant', async () => {
    const params = { id: String(globex.id) };
    expect(
      await gateway.root.ask(rotateWebhookSecret, { params, body: { secret: 'demo-pass-2026' } }),
    ).toEqual({ webhook_secret: 'demo-pass-2026' });
    const row = await gateway.kit.connection
      .collection<{ _id: number; webhookSecret: { iv: string; tag: string; data: string } }>('tenants')
      .findOne({ _id: globex.id });
    const box = new SecretBox('a-key-for-webhook-secrets-0123456789-0123456789');
    expect(box.open(globex.id, row?.webhookSecret as never)).toBe('demo-pass-2026');
    expect(() => box.open(acme.id, row?.webhookSecret as never)).toThrow();
    expect((await gateway.root.ask(rotateWebhookSecret, { params, body: {} })).webhook_secret).toMatch(
      /^whsec_.{40,}/,
    );
    expect((await gateway.root.call(rotateWebhookSecret, { params, body: { secret: 'short' } })).status).toBe(
      400,
    );
    expect((await acme.admin.call(rotateWebhookSecret, { params, body: {} })).status).toBe(403);
  });
});

describe('members', () => {
  test('are the administrators’; a member may not, and another tenant sees nothing', async () => {
    expect((await member.client.call(listMembers, {})).status).toBe(403);
    expect((await member.client.call(createMember, { body: newMember('x1') })).status).toBe(403);
    const params = { id: String(member.id) };
    for (const answer of [
      await globex.admin.call(getMember, { params }),
      await globex.admin.call(updateMember, { params, body: { role: 'admin' } }),
      await globex.admin.call(deactivateMember, { params }),
    ])
      expect([answer.status, answer.body.error.code]).toEqual([404, 'BIZ_001']);
    const seen = await globex.admin.ask(listMembers, { query: { search: 'john' } });
    expect(seen.count).toBe(0);
    expect((await globex.admin.send('get', `/api/v1/members/?tenant=${acme.id}`)).body.data.count).toBe(0);
  });

  test('are added, read, listed, changed, deactivated and brought back; each fact in order', async () => {
    const made = await acme.admin.call(createMember, {
      body: newMember('amy', { display_name: 'Amy', external_id: 'ext-1' }),
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        success: true,
        message: '成员创建成功',
        data: {
          username: 'amy',
          email: 'amy@example.com',
          display_name: 'Amy',
          role: 'member',
          is_active: true,
          external_id: 'ext-1',
          last_login_at: null,
        },
      },
    });
    expect(JSON.stringify(made.body)).not.toMatch(/password|hash/i);
    const id = made.body.data.id as number;
    const params = { id: String(id) };
    expect(await acme.admin.ask(getMember, { params })).toEqual(made.body.data);
    expect(
      await acme.admin.ask(updateMember, { params, body: { email: 'amy@other.example', role: 'admin' } }),
    ).toMatchObject({ email: 'amy@other.example', role: 'admin' });
    await acme.admin.ask(updateMember, { params, body: { role: 'admin' } });
    const gone = await acme.admin.call(deactivateMember, { params });
    expect([gone.status, gone.body]).toEqual([204, '']);
    expect((await acme.admin.call(deactivateMember, { params })).status).toBe(204);
    expect(
      await acme.admin.ask(updateMember, { params, body: { is_active: true, display_name: 'Amy B' } }),
    ).toMatchObject({ is_active: true });
    await eventually(() =>
      expect(factsAbout(id)).toEqual([
        'member.created.v1 1',
        'member.updated.v1 2',
        'member.deactivated.v1 3',
        'member.updated.v1 4',
        'member.reactivated.v1 5',
      ]),
    );
    expect(
      gateway.kit.heard.find((event) => event.type === 'member.created.v1' && event.subject === String(id)),
    ).toMatchObject({
      tenantid: acme.id,
      actor: `user:${acme.adminId}`,
      data: {
        memberId: id,
        username: 'amy',
        email: 'amy@example.com',
        displayName: 'Amy',
        role: 'member',
        isActive: true,
        externalId: 'ext-1',
      },
    });
  });

  test('bad input is refused whole: mass assignment, operators, taken names', async () => {
    const bad = await acme.admin.call(createMember, {
      body: {
        username: '$where',
        email: 'no',
        password: 'short',
        role: 'super',
        tenant_id: globex.id,
        is_super_admin: true,
      } as never,
    });
    expect([bad.status, Object.keys(bad.body.error.details).sort()]).toEqual([
      400,
      ['email', 'is_super_admin', 'password', 'role', 'tenant_id', 'username'],
    ]);
    expect(
      (
        await acme.admin.call(updateMember, {
          params: { id: String(member.id) },
          body: { role: 'super' } as never,
        })
      ).status,
    ).toBe(400);
    expect(
      (
        await acme.admin.call(createMember, {
          body: newMember('JOHN_DOE', { email: 'JOHN_DOE@example.com' }),
        })
      ).body.error.details,
    ).toEqual({ username: ['该用户名已存在'], email: ['该邮箱已存在'] });
    expect((await globex.admin.call(createMember, { body: newMember('john_doe') })).status).toBe(201);
    expect((await acme.admin.send('get', '/api/v1/members/?username[$ne]=x')).status).toBe(400);
    expect(
      (await acme.admin.send('get', `/api/v1/members/?search=${encodeURIComponent('(a+)+$')}`)).body.data
        .count,
    ).toBe(0);
    expect(
      (
        await acme.admin.send('post', '/api/v1/members/', {
          raw: JSON.stringify(newMember('proto')).replace('{', '{"__proto__":{"role":"super"},'),
        })
      ).status,
    ).toBe(400);
  });

  test('two at once with one name: one is made', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => acme.admin.call(createMember, { body: newMember('only_one') })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
  });

  test('a tenant keeps its last administrator, whoever races; the platform’s may take it', async () => {
    const small = await gateway.aTenant('small');
    const params = { id: String(small.adminId) };
    for (const answer of [
      await small.admin.call(deactivateMember, { params }),
      await small.admin.call(updateMember, { params, body: { role: 'member' } }),
    ])
      expect([answer.status, answer.body.error.code]).toEqual([409, 'CONFLICT']);
    const other = await small.aMember();
    await small.admin.ask(updateMember, { params: { id: String(other.id) }, body: { role: 'admin' } });
    const boss = await gateway.logIn(other.username, 'small');
    const race = await Promise.all([
      small.admin.call(updateMember, { params: { id: String(other.id) }, body: { role: 'member' } }),
      boss.client.call(updateMember, { params, body: { role: 'member' } }),
    ]);
    expect(race.map(({ status }) => status).sort()).toEqual([200, 409]);
    const last = race[0]?.status === 200 ? small.adminId : other.id;
    const asRoot = gateway.root.as(gateway.rootToken, { 'x-tenant-id': 'small' });
    expect((await asRoot.call(deactivateMember, { params: { id: String(last) } })).status).toBe(204);
  });

  test('lists filter, order and page', async () => {
    const crowd = await gateway.aTenant('crowd');
    for (const name of ['b_bob', 'a_ann', 'c_cid'])
      await crowd.admin.ask(createMember, { body: newMember(name) });
    const page = await crowd.admin.call(listMembers, {
      query: { role: 'member', ordering: 'username', page_size: 2 },
    });
    expect(page.body.data).toMatchObject({
      count: 3,
      results: [{ username: 'a_ann' }, { username: 'b_bob' }],
      page_info: { current_page: 1, total_pages: 2, page_size: 2 },
    });
    expect(page.body.data.next).toBe(
      'http://gateway.test/api/v1/members/?role=member&ordering=username&page_size=2&page=2',
    );
    expect((await crowd.admin.call(listMembers, { query: { username: 'A_ANN' } })).body.data.count).toBe(1);
    expect((await crowd.admin.call(listMembers, { query: { page: 9 } })).body.data.results).toEqual([]);
    expect(
      (await crowd.admin.call(getMember, { params: { id: String(crowd.adminId) } })).body.data.last_login_at,
    ).not.toBeNull();
    expect((await gateway.root.ask(getTenant, { params: { id: String(crowd.id) } })).member_count).toBe(4);
  });

  test('the platform’s administrator names the tenant, by id or code; without: 400', async () => {
    const without = await gateway.root.call(listMembers, {});
    expect([without.status, without.body.error.code]).toEqual([400, 'TENANT_REQUIRED']);
    for (const named of ['acme', String(acme.id)])
      expect(
        (
          await gateway.root
            .as(gateway.rootToken, { 'x-tenant-id': named })
            .ask(getMember, { params: { id: String(member.id) } })
        ).username,
      ).toBe('john_doe');
    expect(
      (await gateway.root.as(gateway.rootToken, { 'x-tenant-id': 'no-such' }).call(listMembers, {})).status,
    ).toBe(400);
  });

  test('the same key twice gives the same answer', async () => {
    const headers = { 'idempotency-key': 'add-kim' };
    const first = await acme.admin.call(createMember, { body: newMember('kim') }, { headers });
    const again = await acme.admin.call(createMember, { body: newMember('kim') }, { headers });
    expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([
      201,
      first.body,
      'true',
    ]);
    expect((await acme.admin.call(createMember, { body: newMember('kim2') }, { headers })).status).toBe(422);
  });
});

describe('import', () => {
  const csv = [
    'username,email,password,role,display_name',
    'imp_a,imp_a@example.com,a-good-password,,"Smith, ""Al"""',
    'imp_b,imp_b@example.com,,admin,',
    'imp_a,again@example.com,,,',
    'john_doe,jd@example.com,,,',
    'bad name,nope,short,super,',
    'too,few',
  ].join('\r\n');
  const send = (body: string, type: string, headers: Record<string, string> = {}) =>
    acme.admin.send('post', importMembers.path, { raw: body, headers: { 'content-type': type, ...headers } });

  test('reports every row; bad ones undo nothing; members and a sum are announced', async () => {
    const { status, body } = await send(csv, 'text/csv; charset=utf-8', { 'idempotency-key': 'import-1' });
    expect([status, body.message]).toEqual([200, '导入完成']);
    expect(body.data).toMatchObject({ total: 6, created: 2, failed: 4 });
    expect(body.data.rows.map((row: { status: string }) => row.status)).toEqual([
      'created',
      'created',
      'failed',
      'failed',
      'failed',
      'failed',
    ]);
    expect(body.data.rows[2].errors).toEqual({ username: ['该用户名已存在'] });
    expect(body.data.rows[3].errors).toEqual({ username: ['该用户名已存在'] });
    expect(Object.keys(body.data.rows[4].errors).sort()).toEqual(['email', 'password', 'role', 'username']);
    const made = await acme.admin.ask(getMember, { params: { id: String(body.data.rows[0].member_id) } });
    expect(made).toMatchObject({ username: 'imp_a', display_name: 'Smith, "Al"', role: 'member' });
    expect((await gateway.logIn('imp_a', 'acme')).accessToken).toBeTruthy();
    expect(
      (
        await gateway.anyone.send('post', '/api/v1/auth/login/', {
          body: { username: 'imp_b', password: '' },
        })
      ).status,
    ).toBe(400);
    expect(
      (
        await gateway.anyone.send('post', '/api/v1/auth/login/', {
          body: { username: 'imp_b', password: 'anything' },
        })
      ).status,
    ).toBe(401);
    const sum = await gateway.kit.heardOne('member.imported.v1');
    expect(sum.data).toMatchObject({ total: 6, created: 2, failed: 4 });
    await gateway.kit.heardOne(
      'member.created.v1',
      (event) => event.subject === String(body.data.rows[1].member_id),
    );
    const again = await send(csv, 'text/csv; charset=utf-8', { 'idempotency-key': 'import-1' });
    expect([again.body.data, again.headers.get('idempotent-replayed')]).toEqual([body.data, 'true']);
    expect(
      (await send(`${csv}\r\nx,x@example.com,,,`, 'text/csv', { 'idempotency-key': 'import-1' })).status,
    ).toBe(422);
  });

  test('takes NDJSON', async () => {
    const lines = [
      JSON.stringify({ username: 'nd_a', email: 'nd_a@example.com' }),
      '{"broken',
      JSON.stringify(['list']),
      JSON.stringify({ username: { $gt: '' }, email: 'x@example.com' }),
    ];
    const { body } = await send(lines.join('\n'), 'application/x-ndjson');
    expect(body.data).toMatchObject({ total: 4, created: 1, failed: 3 });
  });

  test('refuses what is no import as a whole', async () => {
    for (const [text, type, status] of [
      ['', 'text/csv', 400],
      ['name,mail\na,b', 'text/csv', 400],
      ['username,email\n"open,quote', 'text/csv', 400],
      ['[]', 'application/json', 400],
      [
        `username,email\n${Array.from({ length: 1_001 }, (_, row) => `u${row},u${row}@example.com`).join('\n')}`,
        'text/csv',
        400,
      ],
      ['x'.repeat(1_100_000), 'text/csv', 413],
      ['a', 'application/xml', 415],
    ] as const)
      expect([text.slice(0, 20), (await send(text, type)).status]).toEqual([text.slice(0, 20), status]);
    expect(
      (
        await member.client.send('post', importMembers.path, {
          raw: csv,
          headers: { 'content-type': 'text/csv' },
        })
      ).status,
    ).toBe(403);
  });
});

describe('service clients', () => {
  const tokenFor = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    gateway.anyone.send('post', '/api/v1/auth/token/', {
      raw: new URLSearchParams(parameters).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });

  test('are added with their secret shown once, listed without it, and deleted', async () => {
    const made = await acme.admin.call(createServiceClient, {
      body: { name: 'Orders', scopes: ['points:read', 'points:write'] },
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        data: {
          name: 'Orders',
          scopes: ['points:read', 'points:write'],
          client_secret: expect.stringMatching(/^cs_.{40,}/),
        },
      },
    });
    const { client_id: id, client_secret: secret } = made.body.data;
    expect(JSON.stringify((await acme.admin.call(listClients, {})).body)).not.toContain(secret);
    expect(JSON.stringify(await gateway.kit.connection.collection('clients').find().toArray())).not.toContain(
      secret,
    );
    expect((await globex.admin.call(deleteClient, { params: { client_id: id } })).status).toBe(404);
    const issued = await tokenFor({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
    expect([issued.status, issued.body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'points:read points:write',
      },
    ]);
    expect((await acme.admin.call(deleteClient, { params: { client_id: id } })).status).toBe(204);
    expect(
      (await tokenFor({ grant_type: 'client_credentials', client_id: id, client_secret: secret })).status,
    ).toBe(401);
    const service = gateway.anyone.as(issued.body.access_token);
    await eventually(
      async () => expect((await service.send('get', '/api/v1/points/profiles/')).status).toBe(401),
      { milliseconds: 1_000 },
    );
  });

  test('may be given id and secret; the id is unique over the platform', async () => {
    const body = { name: 'Demo', client_id: 'demo-internal', client_secret: 'demo-pass-2026' };
    expect((await acme.admin.call(createServiceClient, { body })).body.data).toMatchObject({
      client_id: 'demo-internal',
      client_secret: 'demo-pass-2026',
    });
    expect((await globex.admin.call(createServiceClient, { body })).body.error.details).toEqual({
      client_id: ['该客户端ID已存在'],
    });
    expect(
      (
        await acme.admin.call(createServiceClient, {
          body: { ...body, client_id: '..', client_secret: 'short', scopes: ['all'] } as never,
        })
      ).status,
    ).toBe(400);
    expect((await member.client.call(listClients, {})).status).toBe(403);
  });

  test('tokens by RFC 6749: form, JSON, Basic; bare answers and errors', async () => {
    const asJson = (body: unknown) => gateway.anyone.send('post', '/api/v1/auth/token/', { body });
    const right = {
      grant_type: 'client_credentials',
      client_id: 'demo-internal',
      client_secret: 'demo-pass-2026',
    };
    const basic = {
      authorization: `Basic ${Buffer.from('demo-internal:demo-pass-2026').toString('base64')}`,
    };
    expect(
      (await asJson({ ...right, scope: 'points:read', resource: 'unknown parameters are passed over' })).body
        .scope,
    ).toBe('points:read');
    const issued = await tokenFor({ grant_type: 'client_credentials' }, basic);
    expect([issued.status, issued.headers.get('cache-control'), issued.headers.get('pragma')]).toEqual([
      200,
      'no-store',
      'no-cache',
    ]);
    expect(issued.body.scope).not.toContain('gateway');
    const errors: [unknown, number, string][] = [
      [await asJson({ ...right, client_secret: 'wrong-secret-here' }), 401, 'invalid_client'],
      [await asJson({ ...right, client_id: 'nobody' }), 401, 'invalid_client'],
      [await asJson({ grant_type: 'client_credentials' }), 401, 'invalid_client'],
      [await asJson({ ...right, grant_type: 'password' }), 400, 'unsupported_grant_type'],
      [await asJson({ client_id: 'demo-internal' }), 400, 'invalid_request'],
      [await asJson({ ...right, scope: 'points:read everything' }), 400, 'invalid_scope'],
      [await asJson({ ...right, client_secret: { $gt: '' } }), 400, 'invalid_request'],
      [await tokenFor(right, basic), 400, 'invalid_request'],
    ];
    for (const [answer, status, error] of errors)
      expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
    expect((errors[0]?.[0] as { headers: Headers }).headers.get('www-authenticate')).toMatch(/^Basic/);
  });
});
