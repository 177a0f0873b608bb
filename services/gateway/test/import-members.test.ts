/** Members by the hundred, from CSV and NDJSON. */
import { getMember, importMembers, listMembers } from '@membership/contracts/endpoints/gateway/members';
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
const send = (body: string | Uint8Array, type: string, headers: Record<string, string> = {}) =>
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
  const other = await send(`${csv}\r\nx,x@example.com,,,`, 'text/csv', { 'idempotency-key': 'import-1' });
  expect([other.status, other.body.error.details]).toEqual([
    422,
    { differs_in: 'body', used_at: expect.any(String) },
  ]);
});

describe('files of people who do not know what UTF-8 is', () => {
  /** `gbk_a,gbk_a@example.com,张三` under its header, as GBK. */
  const gbk = (name: string) =>
    Buffer.from(`username,email,display_name\n${name},${name}@example.com,\xd5\xc5\xc8\xfd\n`, 'latin1');
  const nameOf = async (body: { data: { rows: { member_id: number }[] } }) =>
    (await acme.admin.ask(getMember, { params: { id: String(body.data.rows[0]?.member_id) } })).display_name;

  test('are read in the encoding that the request names, and that is said', async () => {
    const { status, body } = await send(gbk('gbk_a'), 'text/csv; charset=GBK');
    expect([status, body.data.created, body.data.encoding]).toEqual([200, 1, 'gbk']);
    expect(body.message).toContain('gbk');
    expect(await nameOf(body)).toBe('张三');
  });
  test('or as their mark says: UTF-16 with tabs, as Excel saves “Unicode text”', async () => {
    const text = '\uFEFFusername\temail\tdisplay_name\r\nutf16\tutf16@example.com\t李四\r\n';
    const { body } = await send(Buffer.from(text, 'utf16le'), 'text/csv');
    expect([body.data.created, body.data.encoding]).toEqual([1, 'utf-16le']);
    expect(await nameOf(body)).toBe('李四');
  });
  test('or refused with advice, never damaged', async () => {
    for (const [body, advice] of [
      [gbk('gbk_b'), /CSV UTF-8/],
      [Buffer.from('username,email,display_name\nmu,mu@example.com,M\xfcller', 'latin1'), /第 2 行/],
      [Buffer.from('PK\x03\x04', 'latin1'), /工作簿/],
    ] as const) {
      const answer = await send(body, 'text/csv');
      expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
      expect(answer.body.error.details.body[0]).toMatch(advice);
    }
    expect((await acme.admin.call(listMembers, { query: { search: 'gbk_b' } })).body.data.count).toBe(0);
  });
  test('another file under the same key is another request, also where both are no UTF-8', async () => {
    const key = { 'idempotency-key': 'import-gbk' };
    const other = Buffer.from(gbk('gbk_c').toString('latin1').replace('\xc8\xfd', '\xcb\xc4'), 'latin1');
    expect((await send(gbk('gbk_c'), 'text/csv; charset=gbk', key)).status).toBe(200);
    expect((await send(other, 'text/csv; charset=gbk', key)).status).toBe(422);
    const again = await send(gbk('gbk_c'), 'text/csv; charset=gbk', key);
    expect([again.status, again.body.data.encoding, again.headers.get('idempotent-replayed')]).toEqual([
      200,
      'gbk',
      'true',
    ]);
  });
  test.each(['application/vnd.ms-excel', 'application/csv', 'text/csv'])(
    'are taken as %s; blank rows are passed over and rows keep their place',
    async (type) => {
      const name = `ex_${type.length}`;
      const { body } = await send(
        `username;email;role\r\n;;\r\n${name};${name}@example.com;\r\n , \r\n;;\r\n`,
        type,
      );
      expect(body.data).toMatchObject({ total: 2, created: 1, failed: 1 });
      expect(body.data.rows.map(({ row }: { row: number }) => row)).toEqual([2, 3]);
    },
  );
  test('blank cells behind the columns are passed over; a row that is too long or too short says so', async () => {
    const { body } = await send(
      'Username,EMAIL,role,,\r\nbc_a,bc_a@example.com,member,,\r\nbc_b,bc_b@example.com,,\r\nbc_c,bc_c@example.com\r\nbc_d,bc_d@example.com,,x,\r\n',
      'text/csv',
    );
    expect(body.data).toMatchObject({ total: 4, created: 2, failed: 2 });
    const [, , short, long] = body.data.rows as { row: number; errors: object }[];
    for (const row of [short, long]) expect(row?.errors).toEqual({ row: ['单元格数与表头不一致'] });
  });
  test('a NUL or half a character spoils its own row', async () => {
    const rows = [
      { username: 'nul_a', email: 'nul_a@example.com', display_name: 'a\u0000b' },
      { username: 'nul_b', email: 'nul_b@example.com', external_id: 'k\ud800' },
      { username: 'nul_c', email: 'nul_c@example.com', display_name: 'e\u0301' },
    ];
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    const { body } = await send(lines, 'application/x-ndjson');
    expect(
      body.data.rows.map((row: { errors: object | null }) => row.errors && Object.keys(row.errors)),
    ).toEqual([['display_name'], ['external_id'], null]);
  });
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
