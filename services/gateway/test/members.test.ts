/** Members of a tenant, as its administrators keep them. */
import {
  createMember,
  deactivateMember,
  getMember,
  listMembers,
  updateMember,
} from '@membership/contracts/endpoints/gateway/members';
import { getTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { eventually } from '@membership/platform/testing/service-kit';
import { holdersOf } from '../src/storage/member-repository.ts';
import { PASSWORD, startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
  member = await acme.aMember('john_doe');
});
afterAll(() => gateway?.stop());

const newMember = (username: string, more: Record<string, unknown> = {}) => ({
  username,
  email: `${username}@example.com`,
  password: PASSWORD,
  ...more,
});

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
    expect(gateway.factsAbout('member', id)).toEqual([
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
    (await acme.admin.send('get', `/api/v1/members/?search=${encodeURIComponent('(a+)+$')}`)).body.data.count,
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
  expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
    201, 400, 400,
  ]);
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
  // Each gives up its own role: the other's would no longer be let in once it had lost it.
  const race = await Promise.all([
    small.admin.call(updateMember, { params, body: { role: 'member' } }),
    boss.client.call(updateMember, { params: { id: String(other.id) }, body: { role: 'member' } }),
  ]);
  expect(race.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 409]);
  const last = race[0]?.status === 200 ? other.id : small.adminId;
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

test('several are listed by their ids, whatever becomes of them; not those of another tenant', async () => {
  const many = await gateway.aTenant('by-ids');
  const [one, two] = [await many.aMember('one'), await many.aMember('two')];
  await many.admin.call(deactivateMember, { params: { id: String(two.id) } });
  const ids = [one.id, two.id, member.id, 999_999].join(',');
  const asked = { query: { ids, ordering: 'username' } };
  for (const { count, items } of await Promise.all([
    many.admin.ask(listMembers, asked),
    many.admin.ask(listMembers, asked),
  ]))
    expect([count, items.map(({ username }) => username)]).toEqual([2, ['one', 'two']]);
  expect((await many.admin.ask(listMembers, { query: { ids, is_active: true } })).count).toBe(1);
  expect((await one.client.call(listMembers, asked)).status).toBe(403);
  const tooMany = Array.from({ length: 101 }, (_, index) => index + 1).join(',');
  for (const bad of ['', '0', '1,', '1,x', '-1', '1 ,2', '1'.repeat(16), tooMany]) {
    const { status, body } = await many.admin.call(listMembers, { query: { ids: bad } });
    expect([bad, status, Object.keys(body.error.details)]).toEqual([bad, 400, ['ids']]);
  }
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

test('whether a name is taken is looked up, however many members there are', async () => {
  const rows = gateway.kit.connection.collection<{ _id: number }>('members');
  const { _id: _own, ...john } = (await rows.findOne({ _id: member.id })) ?? {};
  const base = 7_000_000;
  await rows.insertMany(
    Array.from({ length: 300 }, (_, index) => ({
      ...john,
      _id: base + index,
      usernameKey: `many ${index}`,
      emailKey: `many ${index}`,
      externalId: index % 2 ? `many ${index}` : null,
    })),
  );
  const names = { usernames: ['many 7'], emails: ['many 7'], externalIds: ['many 7', 'nobody'] };
  for (const filter of Object.values(holdersOf(names))) {
    const { executionStats } = await rows
      .find({ tenantId: acme.id, ...filter } as object)
      .explain('executionStats');
    expect([filter, executionStats.totalKeysExamined < 10]).toEqual([filter, true]);
    expect([filter, executionStats.totalDocsExamined < 10]).toEqual([filter, true]);
  }
  await rows.deleteMany({ _id: { $gte: base, $lt: base + 300 } });
});
