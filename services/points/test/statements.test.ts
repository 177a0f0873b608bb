import {
  batchPoints,
  expirePoints,
  getBalance,
  getExpiringPoints,
  getStatement,
  updateProfile,
} from '@membership/contracts/endpoints/points/index';
import { dayOf, plusDays, startOfDay } from '@membership/platform/calendar';
import { csvHeadingOf } from '@membership/platform/testing/csv-heading';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const ZONE = 'Asia/Shanghai';
let ledger: LedgerKit;
let member: number;
beforeAll(async () => {
  ledger = await startLedgerKit({ EXPIRY_JOB_SECONDS: '3600' });
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  member = await ledger.aMember();
});
afterEach(async () => expect(await ledger.faults()).toEqual([]));
const params = () => ({ id: String(member) });
const mine = () => ledger.as({ userId: member });
const today = () => dayOf(ZONE, new Date());
/** Noon of a coming day of the tenant. */
const noonIn = (days: number) =>
  new Date(startOfDay(ZONE, plusDays(today(), days)).getTime() + 12 * 3_600_000).toISOString();

describe('the statement', () => {
  test('shows the records in their order with the running balance, in pages', async () => {
    const { body: first } = await ledger.earn(member, 100, { reason: '注册奖励' });
    await ledger.spend(member, 30);
    await ledger.earn(member, 5);
    const call = (query: Record<string, string>) => mine().call(getStatement, { params: params(), query });
    const { status, body } = await call({ page_size: '2' });
    expect(status).toBe(200);
    expect(body).toEqual({
      member,
      date_from: plusDays(today(), -29),
      date_to: today(),
      opening_balance: 0,
      closing_balance: 75,
      entries: [
        {
          record_id: first.record_id,
          created_at: expect.any(String),
          point_type: 'earn',
          category: 'license',
          subcategory: null,
          points: 100,
          balance_before: 0,
          balance_after: 100,
          status: 'active',
          source_type: 'manual',
          source_id: null,
          reason: '注册奖励',
          reverses_record_id: null,
        },
        expect.objectContaining({ points: -30, balance_before: 100, balance_after: 70 }),
      ],
      next_cursor: '3',
    });
    const next = await call({ page_size: '2', cursor: body.next_cursor });
    expect(next.body).toMatchObject({
      opening_balance: 0,
      closing_balance: 75,
      entries: [{ points: 5, balance_after: 75 }],
      next_cursor: null,
    });
    const later = { date_from: plusDays(today(), 1), date_to: plusDays(today(), 2) };
    expect((await call(later)).body).toMatchObject({ opening_balance: 75, closing_balance: 75, entries: [] });
    const earlier = { date_from: plusDays(today(), -9), date_to: plusDays(today(), -1) };
    expect((await call(earlier)).body).toMatchObject({ opening_balance: 0, closing_balance: 0, entries: [] });
  });

  test('is streamed as CSV, safe to open in a spreadsheet, and as NDJSON, however long', async () => {
    await ledger.earn(member, 10_000, { reason: '=HYPERLINK("http://x")' });
    await ledger.admin().call(batchPoints, {
      body: {
        operation_type: 'USE',
        reason: 'many',
        users: Array.from({ length: 1_000 }, () => ({ user_id: member, points: 2 })),
      },
    });
    const csv = await mine().call(getStatement, { params: params(), query: { format: 'csv' } });
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="statement-\d+-.*\.csv"$/);
    const lines = csv.body.replace('\uFEFF', '').split('\r\n');
    expect(lines[0]).toBe(csvHeadingOf(getStatement));
    expect(lines).toHaveLength(1_003);
    expect(lines[1]).toContain(`,"'=HYPERLINK(""http://x"")",`);
    const ndjson = await mine().call(getStatement, { params: params(), query: { format: 'ndjson' } });
    const entries = ndjson.body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line));
    expect(entries.map(({ balance_after: after }: { balance_after: number }) => after)).toEqual(
      Array.from({ length: 1_001 }, (_, index) => 10_000 - 2 * index),
    );
  });

  test('is its member’s and the administrator’s alone; wrong queries are 400', async () => {
    const other = await ledger.aMember();
    const status = async (client: ReturnType<LedgerKit['as']>) =>
      (await client.call(getStatement, { params: params() })).status;
    expect(await status(ledger.as({ userId: other }))).toBe(404);
    expect(await status(ledger.as({ role: 'admin', tenantId: 2 }))).toBe(404);
    expect(await status(ledger.as())).toBe(403);
    expect(await status(ledger.admin())).toBe(200);
    for (const query of [
      'date_from=2026-02-30',
      'format=xml',
      'cursor=0',
      'date_from=2026-02-02&date_to=2026-02-01',
    ])
      expect([
        query,
        (await mine().send('GET', `/api/v1/points/profiles/${member}/statement/?${query}`)).status,
      ]).toEqual([query, 400]);
  });
});

test('the balance at a moment is what it was then', async () => {
  const at = async (time?: string) =>
    mine().ask(getBalance, { params: params(), query: time ? { at: time } : {} });
  const before = new Date().toISOString();
  const { body: earned } = await ledger.earn(member, 100);
  const { body: hold } = await ledger.hold(member, 40);
  await ledger.capture(hold.id, 30);
  expect(await at(before)).toMatchObject({ total_points: 0, available_points: 0, frozen_points: 0 });
  expect(await at(earned.timestamp)).toMatchObject({ total_points: 100, available_points: 100 });
  expect(await at(hold.created_at)).toMatchObject({
    total_points: 100,
    available_points: 60,
    frozen_points: 40,
  });
  expect(await at()).toMatchObject({ member, total_points: 70, available_points: 70, frozen_points: 0 });
  const path = `/api/v1/points/profiles/${member}/balance/?at=`;
  expect((await mine().send('GET', `${path}2999-01-01T00:00:00Z`)).status).toBe(400);
  expect((await mine().send('GET', `${path}yesterday`)).status).toBe(400);
});

test('the forecast says what ends on which day of the tenant; held and endless points are left out', async () => {
  await ledger.earn(member, 10, { expires_at: noonIn(1) });
  await ledger.earn(member, 20, { expires_at: noonIn(1) });
  await ledger.earn(member, 40, { expires_at: noonIn(3) });
  await ledger.earn(member, 80, { expires_at: null });
  await ledger.hold(member, 5);
  const ask = (days: string) => mine().ask(getExpiringPoints, { params: params(), query: { days } });
  expect(await ask('30')).toEqual({
    member,
    days: 30,
    total_points: 65,
    by_day: [
      { date: plusDays(today(), 1), points: 25 },
      { date: plusDays(today(), 3), points: 40 },
    ],
    next_expiry_at: noonIn(1),
    without_end: 80,
  });
  expect(await ask('3')).toMatchObject({ total_points: 25 });
  expect(await ask('4')).toMatchObject({ total_points: 65 });
  expect((await mine().send('GET', `/api/v1/points/profiles/${member}/expiring/?days=0`)).status).toBe(400);
});

test('what is due can be ended by hand, in the own tenant alone, and a second time ends nothing', async () => {
  const { body: earned } = await ledger.earn(member, 50, { expires_at: noonIn(1) });
  await ledger.endNow(member, { lot: earned.record_id });
  expect((await ledger.as({ role: 'admin', tenantId: 2 }).call(expirePoints, {})).body.profiles).toBe(0);
  expect((await ledger.admin().call(expirePoints, {})).body).toEqual({
    success: true,
    message: '已处理 1 个到期的用户档案',
    profiles: 1,
    is_complete: true,
    timestamp: expect.any(String),
  });
  expect(await ledger.profile(member)).toMatchObject({ total_points: 0, points_expired_total: 50 });
  expect((await ledger.admin().call(expirePoints, {})).body.profiles).toBe(0);
  expect((await mine().call(expirePoints, {})).status).toBe(403);
});

describe('a batch', () => {
  const users = (points: number, ...ids: number[]) => ids.map((user_id) => ({ user_id, points }));

  test('answers as seed 003 shows; points are moved as named', async () => {
    const other = await ledger.aMember();
    await ledger.admin().ask(updateProfile, { params: params(), body: { points_multiplier: 2 } });
    const { status, body } = await ledger.admin().call(batchPoints, {
      body: {
        operation_type: 'EARN',
        reason: '系统补偿积分',
        operator: 'admin001',
        users: [
          { user_id: member, points: 100, note: '订单异常补偿' },
          { user_id: other, points: 150 },
        ],
      },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      code: 200,
      message: '批量操作成功',
      data: {
        batch_id: expect.stringMatching(/^BAT\d+$/),
        total_users: 2,
        successful_count: 2,
        failed_count: 0,
        total_points: 250,
        results: [
          {
            user_id: member,
            status: 'success',
            transaction_id: expect.stringMatching(/^PT\d+$/),
            points: 100,
          },
          {
            user_id: other,
            status: 'success',
            transaction_id: expect.stringMatching(/^PT\d+$/),
            points: 150,
          },
        ],
      },
      timestamp: expect.any(String),
    });
    expect((await ledger.records(member))[0]).toMatchObject({
      points: 100,
      batch_id: body.data.batch_id,
      operation_reason: '订单异常补偿',
      tenant_multiplier: '1.00',
    });
    expect((await ledger.records(other))[0]).toMatchObject({ operation_reason: '系统补偿积分' });
  });

  test('a row that fails does not undo the rest; each row sees those before it', async () => {
    const [poor, foreign] = [await ledger.aMember(), await ledger.aMember(2)];
    await ledger.earn(member, 100);
    const { status, body } = await ledger.admin().call(batchPoints, {
      body: {
        operation_type: 'USE',
        reason: '扣除',
        users: users(60, member, poor, foreign, 999_999, member),
      },
    });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ successful_count: 1, failed_count: 4, total_points: 60 });
    expect(body.data.results.map((row: { error?: { code: string } }) => row.error?.code)).toEqual([
      undefined,
      'INSUFFICIENT_POINTS',
      'BIZ_001',
      'BIZ_001',
      'INSUFFICIENT_POINTS',
    ]);
    expect(body.data.results[1]).toEqual({
      user_id: poor,
      status: 'failed',
      transaction_id: null,
      points: 60,
      error: { code: 'INSUFFICIENT_POINTS', message: '积分余额不足' },
    });
    expect((await ledger.profile(member)).total_points).toBe(40);
  });

  test('the same key once; too many rows, wrong points and other roles are refused', async () => {
    const path = '/api/v1/member-system/admin/points/batch';
    const body = { operation_type: 'EARN', reason: 'x', users: users(5, member) };
    const headers = { 'idempotency-key': `batch-${member}` };
    const send = (given: unknown, client = ledger.admin()) =>
      client.send('POST', path, { body: given, headers });
    const answers = [await send(body), await send(body)];
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect((await ledger.profile(member)).total_points).toBe(5);
    const many = { ...body, users: Array.from({ length: 1_001 }, () => ({ user_id: member, points: 1 })) };
    expect((await send(many)).status).toBe(400);
    expect((await send({ ...body, users: users(0, member) })).body.data.errors).toMatchObject([
      { field: 'users.0.points' },
    ]);
    expect((await send({ ...body, operation_type: 'GIVE' })).status).toBe(400);
    expect((await send(body, mine())).status).toBe(403);
    expect((await send(body, ledger.as())).status).toBe(403);
  });
});
