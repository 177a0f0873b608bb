import * as points from '@membership/contracts/endpoints/points/index';
import { AN_INSTANT, refusal, success } from './member-system-kit.ts';
import { john, system } from './one-membership.ts';

let orders = 0;
let order: string;
beforeEach(async () => {
  order = `ORD${100_000 + ++orders}`;
});
const A_TRANSACTION = expect.stringMatching(/^PT[1-9]\d*$/);
const A_DAY = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);
const purchase = (more: Record<string, unknown> = {}) => ({
  user_id: john,
  event_type: 'PURCHASE',
  points: 250,
  description: `订单${order}购物获得积分`,
  related_order: order,
  related_data: { order_amount: 250, point_rate: 1 },
  ...more,
});
const earn = (body: Record<string, unknown> = purchase(), tenantId = 1) =>
  system.kit.as({ role: 'internal', tenantId }).call(points.earnMemberPoints, { body: body as never });
const use = (more: Record<string, unknown> = {}, who = system.member(john)) =>
  who.call(points.useMemberPoints, {
    body: { user_id: john, points_to_use: 100, order_amount: 200, order_id: order, ...more } as never,
  });
const transactions = (query: Record<string, string> = {}) =>
  system.member(john).call(points.listPointsTransactions, { query });

test('points for a purchase: the seed’s answer, once per order', async () => {
  const { status, body } = await earn();
  expect(status).toBe(200);
  expect(body).toEqual(
    success(
      {
        transaction_id: A_TRANSACTION,
        points_earned: 250,
        total_points: 250,
        expiry_date: A_DAY,
        level_upgraded: false,
      },
      '积分发放成功',
    ),
  );
  const { related_data, ...rest } = purchase();
  const again = await earn({ related_data: { point_rate: 1, order_amount: 250 }, ...rest });
  expect(related_data).toBeDefined();
  expect(again.body.data).toEqual(body.data);
  expect((await earn(purchase({ points: 251 }))).body).toEqual(
    refusal('CONFLICT', '该订单的此项积分操作已经完成，且请求内容不同', {
      transaction_id: body.data.transaction_id,
    }),
  );
  expect((await earn(purchase({ user_id: await system.aMember() }))).body).toEqual(
    refusal('CONFLICT', '该订单属于其他会员'),
  );
  expect((await earn(purchase({ event_type: 'REVIEW', points: 5 }))).body.data.points_earned).toBe(5);
  expect((await system.profile(john)).total_points).toBe(255);
});

test('one order, many at once: its points are given once', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => earn()));
  expect(new Set(answers.map(({ body }) => body.data.transaction_id)).size).toBe(1);
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  expect((await system.profile(john)).total_points).toBe(250);
});

test('asked points × profile × member level, rounded once; reaching a level says so', async () => {
  await system
    .admin()
    .ask(points.updateProfile, { params: { id: String(john) }, body: { points_multiplier: 1.2 } });
  await system.admin().ask(points.setMemberLevel, {
    body: { user_id: john, target_level_id: await system.levelId('GOLD') },
  });
  const { body } = await earn(purchase({ points: 1001 }));
  // 1001 × 1.20 × 1.5 = 1801.8
  expect(body.data).toMatchObject({ points_earned: 1802, level_upgraded: true });
  expect((await system.records(john))[0]).toMatchObject({ tenant_multiplier: '1.80', category: 'payment' });
});

test('points pay part of an order: the seed’s answer, once per order, no more than it needs', async () => {
  await system.earn(john, 2630);
  const { body } = await use();
  expect(body).toEqual(
    success(
      {
        transaction_id: A_TRANSACTION,
        points_used: 100,
        discount_amount: 1,
        remaining_points: 2530,
        final_amount: 199,
      },
      '积分使用成功',
    ),
  );
  expect((await use()).body.data).toEqual(body.data);
  expect((await use({ points_to_use: 50 })).status).toBe(409);
  expect(
    (await use({ order_id: `${order}-2`, points_to_use: 2000, order_amount: 5.5 })).body.data,
  ).toMatchObject({ points_used: 550, discount_amount: 5.5, final_amount: 0, remaining_points: 1980 });
  expect(
    await system.kit.heardOne('points.spent.v1', ({ subject }) => subject === String(john)),
  ).toMatchObject({
    data: { category: 'order_discount', sourceType: 'order', sourceId: order },
  });
});

test('two uses of one order at once take points once; many orders never take more than there is', async () => {
  await system.earn(john, 300);
  const same = await Promise.all(Array.from({ length: 5 }, () => use()));
  expect(same.map(({ status }) => status)).toEqual(Array(5).fill(200));
  expect((await system.profile(john)).available_points).toBe(200);
  const others = await Promise.all(
    Array.from({ length: 5 }, (_, index) => use({ order_id: `${order}-${index}` })),
  );
  expect(others.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
    200, 200, 409, 409, 409,
  ]);
  expect((await system.profile(john)).available_points).toBe(0);
});

test('the seed’s refusals: what is wrong with a request, and too few points', async () => {
  expect((await use({ points_to_use: 0, order_amount: 'viel' })).body).toEqual(
    refusal('VALIDATION_ERROR', '请求参数错误', {
      errors: [
        { field: 'points_to_use', message: '积分使用数量必须大于0' },
        { field: 'order_amount', message: '订单金额格式不正确' },
      ],
    }),
  );
  await system.earn(john, 300);
  expect((await use({ points_to_use: 500 })).body).toEqual(
    refusal('INSUFFICIENT_POINTS', '积分余额不足', {
      required_points: 500,
      available_points: 300,
      shortage: 200,
    }),
  );
  expect((await use({ points_to_use: 300 })).status).toBe(200);
});

test('a refused use leaves no trace: the order may be tried again', async () => {
  expect((await use()).status).toBe(409);
  await system.earn(john, 100);
  expect((await use()).status).toBe(200);
});

test('who may: a member for itself, a service for anybody of its tenant', async () => {
  await system.earn(john, 500);
  expect((await use({}, system.member(await system.aMember()))).status).toBe(404);
  expect((await use({}, system.kit.as({ role: 'internal', tenantId: 2 }))).status).toBe(404);
  expect((await use({}, system.as())).status).toBe(200);
  expect(
    (await system.member(john).call(points.earnMemberPoints, { body: purchase() as never })).status,
  ).toBe(403);
  expect((await system.admin().call(points.earnMemberPoints, { body: purchase() as never })).status).toBe(
    403,
  );
  expect((await earn(purchase({ user_id: 999_999 }))).status).toBe(404);
  expect((await earn(purchase(), 2)).status).toBe(404);
});

test('disabled points are neither given nor used', async () => {
  await system.earn(john, 500);
  await system
    .admin()
    .ask(points.updateProfile, { params: { id: String(john) }, body: { is_points_enabled: false } });
  expect((await earn()).body).toEqual(refusal('POINTS_DISABLED', '该用户未启用积分功能'));
  expect((await use()).body).toEqual(refusal('POINTS_DISABLED', '该用户未启用积分功能'));
});

test('event types are those of the tenant; bad bodies are refused whole', async () => {
  expect((await earn(purchase({ event_type: 'BIRTHDAY' }))).body.data.errors).toEqual([
    { field: 'event_type', message: expect.stringContaining('PURCHASE、LOGIN、REFERRAL、REVIEW') },
  ]);
  await system.settings({ own_earning_categories: ['birthday'] });
  expect((await earn(purchase({ event_type: 'BIRTHDAY' }))).status).toBe(200);
  for (const bad of [
    { points: 0 },
    { points: 1.5 },
    { points: 10_000_001 },
    { event_type: 'purchase' },
    { event_type: 'CONSTRUCTOR' },
    { related_order: '' },
    { related_order: { $gt: '' } },
    { related_data: { $where: 1 } },
    { surprise: 1 },
  ])
    expect([bad, (await earn(purchase(bad))).status]).toEqual([bad, 400]);
});

test('one’s own transactions, newest first, with totals; by type and by day', async () => {
  await earn();
  await use();
  await system.admin().ask(points.adjustPoints, {
    params: { id: String(john) },
    body: { points_amount: 30, category: 'manual', reason: '补发', is_negative: false } as never,
  });
  const { body } = await transactions();
  expect(body).toEqual(
    success({
      summary: { total_earned: 280, total_used: 100, current_balance: 180 },
      transactions: [
        {
          ...{ transaction_id: A_TRANSACTION, type: 'ADJUST', event_type: 'MANUAL', points: 30 },
          ...{ description: '补发', related_order: null, created_at: AN_INSTANT, expiry_date: A_DAY },
        },
        {
          ...{ transaction_id: A_TRANSACTION, type: 'USE', event_type: 'REDEMPTION', points: -100 },
          ...{ description: '积分抵扣', related_order: order, created_at: AN_INSTANT, expiry_date: null },
        },
        {
          ...{ transaction_id: A_TRANSACTION, type: 'EARN', event_type: 'PURCHASE', points: 250 },
          ...{ description: `订单${order}购物获得积分`, related_order: order },
          ...{ created_at: AN_INSTANT, expiry_date: A_DAY },
        },
      ],
      pagination: { page: 1, limit: 20, total: 3, total_pages: 1 },
    }),
  );
  expect((await transactions({ type: 'use' })).body.data.transactions).toHaveLength(1);
  expect((await transactions({ limit: '2', page: '2' })).body.data).toMatchObject({
    transactions: [{ type: 'EARN' }],
    pagination: { page: 2, limit: 2, total: 3, total_pages: 2 },
  });
  expect((await transactions({ start_date: '2024-08-01', end_date: '2024-09-17' })).body.data).toMatchObject({
    transactions: [],
    pagination: { total: 0, total_pages: 0 },
  });
  expect(
    (await transactions({ start_date: '2024-08-01', end_date: '2999-01-01' })).body.data.pagination.total,
  ).toBe(3);
  for (const bad of [
    { type: 'SPEND' },
    { start_date: 'gestern' },
    { start_date: '2024-09-02', end_date: '2024-09-01' },
    { page_size: '5' },
  ] as Record<string, string>[])
    expect([bad, (await transactions(bad)).status]).toEqual([bad, 400]);
  expect(
    (await system.member(await system.aMember()).call(points.listPointsTransactions, {})).body.data
      .transactions,
  ).toEqual([]);
});

test('dates are days of the tenant, their first and last moment included', async () => {
  // In Shanghai: the last moment of 9 February, the first and the last of the 10th, the first of the 11th.
  const moments = ['2025-02-09T15:59:59.999Z', '2025-02-09T16:00:00.000Z', '2025-02-10T15:59:59.999Z'];
  for (const [index, moment] of [...moments, '2025-02-10T16:00:00.000Z'].entries()) {
    const { transaction_id } = (
      await earn(purchase({ points: index + 1, related_order: `${order}-${index}` }))
    ).body.data;
    await system.kit.connection
      .collection<{ _id: number }>('records')
      .updateOne({ _id: Number(transaction_id.slice(2)) }, { $set: { createdAt: new Date(moment) } });
  }
  const pointsIn = async (query: Record<string, string>) =>
    (await transactions(query)).body.data.transactions.map((one: { points: number }) => one.points);
  expect(await pointsIn({ start_date: '2025-02-10', end_date: '2025-02-10' })).toEqual([3, 2]);
  expect(await pointsIn({ end_date: '2025-02-09' })).toEqual([1]);
  expect(await pointsIn({ start_date: '2025-02-11' })).toEqual([4]);
});
