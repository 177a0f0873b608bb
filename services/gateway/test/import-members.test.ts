/** Members by the hundred, from CSV and NDJSON. */
import { getMember, importMembers } from '@membership/contracts/endpoints/gateway/members';
import { startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let member: AMember;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  member = await acme.aMember('john_doe');
});
afterAll(() => gateway?.stop());

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
    ['[]', 'application/json', 415],
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
