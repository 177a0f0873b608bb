/** Lists of records by cursor: everything once, whatever is written meanwhile, and as quick deep down as at the top. */
import { listPointsRecords, listPointsTransactions } from '@membership/contracts/endpoints/points/index';
import { behind } from '@membership/platform/cursor';
import { earn, internal, kit, member, spend } from './one-member.ts';

const RECORDS = '/api/v1/points/points-records/';
const mine = () => kit.as({ userId: member });
const admin = (tenantId = 1) => kit.as({ role: 'admin', tenantId });
const records = async (query: Record<string, string>) =>
  (await mine().call(listPointsRecords, { query })).body;

beforeEach(async () => {
  // Spendings find what the first earning gave, in whatever order the others come.
  await earn(5);
  await Promise.all(Array.from({ length: 22 }, (_, index) => (index % 4 === 3 ? spend(1) : earn(5))));
});

test.each(['-created_at', 'created_at'])(
  '%s: each record once, also those of one moment',
  async (ordering) => {
    // Many of one millisecond: the id decides among them.
    await kit.connection
      .collection('records')
      .updateMany(
        { memberId: member, ordinal: { $gt: 4, $lt: 16 } },
        { $set: { createdAt: new Date(1_700_000_000_000) } },
      );
    const all = (await records({ page_size: '100', ordering })).results.map(({ id }: { id: number }) => id);
    const seen: number[] = [];
    let page = await records({ page_size: '4', ordering });
    for (;;) {
      seen.push(...page.results.map(({ id }: { id: number }) => id));
      expect(page.count).toBeGreaterThanOrEqual(23);
      if (page.next_cursor === undefined) break;
      page = await records({ page_size: '4', ordering, cursor: page.next_cursor });
      expect(page.previous).toBeNull();
    }
    expect(page.next).toBeNull();
    expect(seen).toEqual(all);
  },
);

test('newest first, what is written meanwhile moves nothing: none is seen twice, none is missed', async () => {
  const before = (await records({ page_size: '100' })).results.map(({ id }: { id: number }) => id);
  const seen: number[] = [];
  for (let cursor: string | undefined, isLast = false; !isLast; ) {
    const page = await records({ page_size: '5', ...(cursor ? { cursor } : {}) });
    seen.push(...page.results.map(({ id }: { id: number }) => id));
    cursor = page.next_cursor;
    isLast = cursor === undefined;
    await earn(1);
  }
  expect(seen).toEqual(before);
});

test('the link leads on by cursor, with the filters', async () => {
  const first = await records({ page_size: '6', point_type: 'earn' });
  expect(first.next).toContain('page=2');
  const second = await records({ page_size: '6', point_type: 'earn', cursor: first.next_cursor });
  const { pathname, search, searchParams } = new URL(second.next);
  expect([searchParams.get('cursor'), searchParams.get('page'), searchParams.get('point_type')]).toEqual([
    second.next_cursor,
    null,
    'earn',
  ]);
  const third = await mine().send('GET', `${pathname}${search}`);
  expect(third.body.results[0].point_type).toBe('earn');
  expect(third.body.results[0].id).not.toBe(second.results[0].id);
});

test('transactions of the member system, too', async () => {
  const list = async (query: Record<string, string>) =>
    (await mine().call(listPointsTransactions, { query })).body.data;
  const all = (await list({ limit: '100' })).transactions;
  expect(await list({ limit: '100' })).not.toHaveProperty('next_cursor');
  const seen: unknown[] = [];
  for (let cursor: string | undefined, isLast = false; !isLast; ) {
    const page = await list({ limit: '7', ...(cursor ? { cursor } : {}) });
    seen.push(...page.transactions);
    cursor = page.next_cursor;
    isLast = cursor === undefined;
    expect(page.pagination).toMatchObject({ page: 1, limit: 7, total: 23 });
  }
  expect(seen).toEqual(all);
});

test('what is no cursor of this list is refused by its field: another tenant’s, another order’s, made up, beside a page', async () => {
  const { next_cursor: cursor } = (await admin().call(listPointsRecords, { query: { page_size: '5' } })).body;
  expect(cursor).toEqual(expect.any(String));
  const ask = async (client: ReturnType<typeof admin>, query: string) => {
    const { status, body } = await client.send('GET', `${RECORDS}?${query}`);
    return [status, Object.keys(body.error?.details ?? {})];
  };
  for (const [client, query] of [
    [admin(2), `cursor=${cursor}`],
    [admin(), `cursor=${cursor}&ordering=created_at`],
    [admin(), `cursor=${cursor.slice(1)}`],
    [admin(), 'cursor=%00'],
    [admin(), 'cursor='],
    [admin(), `cursor=${'A'.repeat(201)}`],
  ] as const)
    expect([query, ...(await ask(client, query))]).toEqual([query, 400, ['cursor']]);
  expect(await ask(admin(), `cursor=${cursor}&page=2`)).toEqual([400, ['page']]);
  expect((await internal().send('GET', `${RECORDS}?cursor=${cursor}`)).status).toBe(403);
  // It shows nothing but a place: a member goes on there among its own records.
  const own = await mine().send('GET', `${RECORDS}?cursor=${cursor}`);
  expect([own.status, own.body.results.every((one: { member: number }) => one.member === member)]).toEqual([
    200,
    true,
  ]);
  const transactions = await mine().send('GET', '/api/v1/member-system/points/transactions/?cursor=AAAA');
  expect([transactions.status, transactions.body.data.errors]).toEqual([
    400,
    [{ field: 'cursor', message: expect.stringContaining('无效的游标') }],
  ]);
  const elsewhere = await mine().send('GET', '/api/v1/member-system/points/transactions/?tenant_id=2');
  expect(elsewhere.body.data).toMatchObject({
    summary: { total_earned: 0, total_used: 0, current_balance: 0 },
    transactions: [],
  });
});

test.each([1, -1] as const)('a page deep down reads no more than a page (order %i)', async (direction) => {
  const collection = kit.connection.collection('records');
  const sorted = { createdAt: direction, _id: direction } as const;
  const [deep] = await collection.find({ tenantId: 1 }).sort(sorted).skip(15).limit(1).toArray();
  const position = { at: deep?.createdAt as Date, id: Number(deep?._id) };
  const explained = (await collection
    .find({ tenantId: 1, ...behind('createdAt', position, direction) })
    .sort(sorted)
    .limit(4)
    .explain('executionStats')) as {
    executionStats: { totalDocsExamined: number };
    queryPlanner: { winningPlan: unknown };
  };
  expect(JSON.stringify(explained.queryPlanner.winningPlan)).not.toMatch(/"stage":"(SORT|COLLSCAN)"/);
  // Those of the same moment are looked at as well.
  const sameMoment = await collection.countDocuments({ tenantId: 1, createdAt: position.at });
  expect(explained.executionStats.totalDocsExamined).toBeLessThanOrEqual(4 + sameMoment);
});
