import * as points from '@membership/contracts/endpoints/points/index';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { refusal, startMemberSystemKit, type MemberSystemKit } from './member-system-kit.ts';
import { anOrder, shopOf, type Shop } from './shop.ts';

let system: MemberSystemKit;
let shop: Shop;
let john: number;
let order: string;
beforeAll(async () => {
  system = await startMemberSystemKit();
  shop = shopOf(system);
});
afterAll(() => system?.stop());
beforeEach(async () => {
  john = await system.aMember();
  order = anOrder();
});
afterEach(async () => expect(await system.faults()).toEqual([]));

const use = (asked: number, amount: number) =>
  system.as().ask(points.useMemberPoints, {
    body: { user_id: john, points_to_use: asked, order_amount: amount, order_id: order },
  });
const balances = async () => {
  const { total_points, available_points } = await system.profile(john);
  const { statistics } = await system.membership(john);
  return {
    total: total_points,
    available: available_points,
    spent: statistics.total_spent,
    orders: statistics.total_orders,
  };
};
const done = ({ body }: Awaited<ReturnType<Shop['refunded']>>) =>
  Object.fromEntries(
    body.data.processed_actions.map(({ action, ...rest }: { action: string }) => [action, rest]),
  );

test('in whole: what it earned is taken back, what it used comes back, the spend is lower; the fact as its sample', async () => {
  await system.earn(john, 500);
  await use(200, 300);
  await shop.completed(john, order, 298);
  expect(await balances()).toEqual({ total: 598, available: 598, spent: 298, orders: 1 });
  const answer = await shop.refunded(order);
  expect(done(answer)).toEqual({
    points_taken_back: { points: 298, owed_points: 0, transaction_id: expect.stringMatching(/^PT/) },
    points_given_back: { points: 200, transaction_id: expect.stringMatching(/^PT/) },
    level_check: { level_changed: false, current_level: '注册会员' },
  });
  expect(await balances()).toEqual({ total: 500, available: 500, spent: 0, orders: 0 });
  const fact = await system.kit.heardOne('order.refunded.v1', ({ subject }) => subject === String(john));
  expectLikeSample(fact);
  expect(fact.data).toMatchObject({ amount: 29_800, refundedTotal: 29_800, spentTotal: 0, orderCount: 0 });
  expect((await shop.refunded(order)).body.data).toEqual(answer.body.data);
  expect((await shop.refunded(order, { refund_id: 'R2' })).body).toEqual(
    refusal('INVALID_STATE', '该订单已全额退款', { current_state: 'refunded', allowed_actions: [] }),
  );
});

test('in parts, pro rata and to the last point: each part once, whatever is repeated', async () => {
  await system.earn(john, 100);
  await use(100, 101);
  await shop.completed(john, order, 100);
  const part = (id: string, amount?: number) =>
    shop.refunded(order, { refund_id: id, ...(amount === undefined ? {} : { refund_amount: amount }) });
  const first = await part('A', 33.33);
  expect(done(first)).toMatchObject({ points_taken_back: { points: 33 }, points_given_back: { points: 33 } });
  expect((await part('A', 33.33)).body.data).toEqual(first.body.data);
  expect((await part('A', 40)).status).toBe(409);
  // 66.66 of 100 is 67 points: this part takes 34.
  expect(done(await part('B', 33.33))).toMatchObject({ points_taken_back: { points: 34 } });
  expect(await balances()).toEqual({ total: 100, available: 100, spent: 33.34, orders: 1 });
  expect((await part('C', 33.35)).body).toEqual(
    refusal('CONFLICT', '退款金额超过订单可退金额', {
      order_amount: 100,
      refunded_amount: 66.66,
      refundable_amount: 33.34,
    }),
  );
  expect(done(await part('D'))).toMatchObject({
    points_taken_back: { points: 33 },
    points_given_back: { points: 33 },
  });
  expect(await balances()).toEqual({ total: 100, available: 100, spent: 0, orders: 0 });
});

test('points that are gone are owed, and taken from the next earnings by a record of its own', async () => {
  await shop.completed(john, order, 300);
  await system.spend(john, 250);
  expect(done(await shop.refunded(order))).toMatchObject({
    points_taken_back: { points: 50, owed_points: 250 },
  });
  expect(await balances()).toMatchObject({ total: 0, available: 0 });
  await system.earn(john, 400);
  expect(await balances()).toMatchObject({ total: 150, available: 150 });
});

test('many parts at once, and the same part many times: the whole is never passed', async () => {
  await shop.completed(john, order, 100);
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      shop.refunded(order, { refund_id: `P${index % 12}`, refund_amount: 10 }),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  expect(statuses.filter((status) => status === 409)).toHaveLength(4);
  expect(await balances()).toEqual({ total: 0, available: 0, spent: 0, orders: 0 });
});

test('over two processes at once: an order and each of its parts are done once, whoever is asked', async () => {
  const replica = await system.kit.replica();
  try {
    const other = shopOf({ kit: replica });
    const asked = (index: number) => (index % 2 === 0 ? shop : other);
    const told = await Promise.all(
      Array.from({ length: 12 }, (_, index) => asked(index).completed(john, order, 90)),
    );
    expect(told.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(new Set(told.map(({ body }) => JSON.stringify(body.data))).size).toBe(1);
    expect(await balances()).toEqual({ total: 90, available: 90, spent: 90, orders: 1 });
    const parts = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        asked(index).refunded(order, { refund_id: `${order}-${index >> 2}`, refund_amount: 30 }),
      ),
    );
    expect(parts.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(await balances()).toEqual({ total: 0, available: 0, spent: 0, orders: 0 });
  } finally {
    await replica.stop();
  }
});

test('a record that was cancelled by hand, in whole or after a part, is never taken back twice', async () => {
  await shop.completed(john, order, 100);
  await shop.refunded(order, { refund_id: `${order}-A`, refund_amount: 40 });
  const award = (await system.records(john)).find(({ source_type }) => source_type === 'order');
  const cancelled = await system.cancel(award?.id as number);
  expect(cancelled.body).toMatchObject({ points_reversed: -60 });
  expect(await balances()).toMatchObject({ total: 0, spent: 60 });
  expect(done(await shop.refunded(order, { refund_id: `${order}-B` }))).toMatchObject({
    points_taken_back: { points: 0, owed_points: 0, transaction_id: null },
  });
  expect(await balances()).toMatchObject({ total: 0, spent: 0 });
  expect((await system.cancel(award?.id as number)).status).toBe(409);
});

test('an order that was never paid is cancelled in whole: what it used comes back, and paid later it earns nothing', async () => {
  await system.earn(john, 100);
  await use(60, 10);
  expect(done(await shop.refunded(order))).toMatchObject({
    refund_kept: { refund_amount: null },
    points_given_back: { points: 60 },
    points_taken_back: { points: 0 },
  });
  expect((await use(60, 10)).points_used).toBe(60);
  const paid = await shop.completed(john, order, 10);
  expect([paid.status, done(paid)]).toMatchObject([200, { points_skipped: { reason: 'ORDER_REFUNDED' } }]);
  expect(await balances()).toEqual({ total: 100, available: 100, spent: 0, orders: 0 });
});

test('the record that paid for an order is undone with the order alone; what it earned, by hand, too', async () => {
  await system.earn(john, 100);
  await use(60, 10);
  const paying = (await system.records(john)).find(({ source_type }) => source_type === 'order');
  const cancelled = await system.cancel(paying?.id as number);
  expect([cancelled.status, cancelled.body]).toMatchObject([409, { error: { code: 'INVALID_STATE' } }]);
  await shop.refunded(order);
  expect(await balances()).toMatchObject({ total: 100 });
});

describe('told before the order', () => {
  const part = (amount?: number, more: Record<string, unknown> = {}) =>
    shop.refunded(order, { ...(amount === undefined ? {} : { refund_amount: amount }), ...more });

  test('in part, of nobody yet: the order earns and counts what is left, once', async () => {
    const kept = await part(33.33, { refund_id: `${order}-1` });
    expect([kept.status, done(kept)]).toEqual([200, { refund_kept: { refund_amount: 33.33 } }]);
    expect((await part(33.33, { refund_id: `${order}-1` })).body.data).toEqual(kept.body.data);
    expect((await part(40, { refund_id: `${order}-1` })).status).toBe(409);
    const paid = await shop.completed(john, order, 100);
    expect(done(paid)).toMatchObject({ points_earned: { points: 67 }, points_taken_back: { points: 0 } });
    expect((await shop.completed(john, order, 100)).body.data).toEqual(paid.body.data);
    expect((await part(33.33, { refund_id: `${order}-1` })).body.data).toEqual(kept.body.data);
    expect(await balances()).toEqual({ total: 67, available: 67, spent: 66.67, orders: 1 });
    await part(undefined, { refund_id: `${order}-2` });
    expect(await balances()).toEqual({ total: 0, available: 0, spent: 0, orders: 0 });
  });

  test('in part, all but two cents: the order earns no point, counts what is left, and can be refunded', async () => {
    await part(99.97, { refund_id: `${order}-1` });
    const paid = await shop.completed(john, order, 99.99);
    expect([paid.status, done(paid).points_earned.points]).toEqual([200, 0]);
    expect(await balances()).toEqual({ total: 0, available: 0, spent: 0.02, orders: 1 });
    const { data } = await system.kit.heardOne('points.earned.v1', ({ subject }) => subject === String(john));
    expect(data).toMatchObject({ points: 0, askedPoints: 1 });
    expect((await part(undefined, { refund_id: `${order}-2` })).status).toBe(200);
    expect(await balances()).toEqual({ total: 0, available: 0, spent: 0, orders: 0 });
  });

  test('in whole: the order, whoever tells of it, earns and uses nothing', async () => {
    await part();
    await system.earn(john, 100);
    const earn = await system.as().call(points.earnMemberPoints, {
      body: { user_id: john, event_type: 'PURCHASE', points: 50, related_order: order },
    });
    const pay = await system.as().call(points.useMemberPoints, {
      body: { user_id: john, points_to_use: 50, order_amount: 10, order_id: order },
    });
    expect([earn.status, pay.status]).toEqual([409, 409]);
    expect(done(await shop.completed(john, order, 100))).toMatchObject({
      points_skipped: { reason: 'ORDER_REFUNDED' },
    });
    expect(await balances()).toEqual({ total: 100, available: 100, spent: 0, orders: 0 });
    const fact = await system.kit.heardOne(
      'order.refunded.v1',
      ({ subject, data }) => subject === String(john) && data.orderId === order,
    );
    expect(fact.data).toMatchObject({ amount: 10_000, refundedTotal: 10_000, spentTotal: 0, orderCount: 0 });
  });

  test('in part: what points/earn gave and points/use took for the order is undone once it is paid', async () => {
    await system.earn(john, 100);
    await part(50);
    await use(100, 200);
    await system.as().ask(points.earnMemberPoints, {
      body: { user_id: john, event_type: 'PURCHASE', points: 40, related_order: order },
    });
    expect(await balances()).toMatchObject({ total: 40, spent: 0 });
    expect(done(await shop.completed(john, order, 200))).toMatchObject({
      points_earned: { points: 40 },
      points_taken_back: { points: 10 },
      points_given_back: { points: 25 },
    });
    expect(await balances()).toEqual({ total: 55, available: 55, spent: 150, orders: 1 });
  });

  test('with the member: the order is that one’s', async () => {
    await part(5, { user_id: john });
    const other = await system.aMember();
    expect((await shop.completed(other, order, 100)).status).toBe(409);
    expect((await part(1, { user_id: other, refund_id: `${order}-2` })).status).toBe(409);
    expect((await part(1, { user_id: 999_999_999, refund_id: `${order}-3` })).status).toBe(404);
    expect((await shop.completed(john, order, 100)).status).toBe(200);
    expect(await balances()).toMatchObject({ total: 95, spent: 95 });
  });

  test('another tenant’s order of the same id is another', async () => {
    await shopOf(system, { tenantId: 2 }).refunded(order);
    await shop.completed(john, order, 100);
    expect(await balances()).toMatchObject({ total: 100, spent: 100, orders: 1 });
  });

  test('order and refunds at once, each several times, over two processes: what is left is earned once', async () => {
    const replica = await system.kit.replica();
    try {
      const other = shopOf({ kit: replica });
      for (let round = 0; round < 2; round++) {
        const raced = anOrder();
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, index) => {
            const asked = index % 2 === 0 ? shop : other;
            const refund = { refund_id: `${raced}-${index % 3}`, refund_amount: 20 };
            return index % 4 === 3 ? asked.completed(john, raced, 90) : asked.refunded(raced, refund);
          }),
        );
        expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
        expect(await balances()).toMatchObject({ total: 30 * (round + 1), spent: 30 * (round + 1) });
      }
    } finally {
      await replica.stop();
    }
  });
});

test('refusals: another member’s order, no amount', async () => {
  await shop.completed(john, order, 10);
  expect((await shop.refunded(order, { user_id: await system.aMember() })).status).toBe(409);
  expect((await shop.refunded(order, { refund_amount: 0 })).status).toBe(400);
  expect((await shop.refunded(order, { user_id: john })).status).toBe(200);
});

describe('the level by spending', () => {
  const levelOf = async () => (await system.membership(john)).level.level_code;
  const policy = (downgrade: string, review_days = 30) =>
    system.settings({ level_policy: { basis: 'total', downgrade, review_days } });
  const reviewNow = () =>
    system.kit.connection
      .collection<{ _id: number }>('profiles')
      .updateOne({ _id: john }, { $set: { memberLevelReviewAt: new Date(), nextExpiryAt: new Date() } });
  afterEach(() => policy('none'));

  test('rises at once, at the boundary and not below it, and tells of it', async () => {
    await shop.completed(john, order, 499.99);
    expect(await levelOf()).toBe('BASIC');
    const { body } = await shop.completed(john, anOrder(), 0.01);
    expect(body.data.processed_actions[1]).toEqual({
      action: 'level_check',
      level_changed: true,
      current_level: '铜牌会员',
    });
    expect(
      (await system.kit.heardOne('member_level.changed.v1', ({ subject }) => subject === String(john))).data,
    ).toMatchObject({ levelCode: 'BRONZE', isUpgrade: true, reason: 'spending' });
    await shop.completed(john, anOrder(), 10_000);
    expect(await levelOf()).toBe('GOLD');
  });

  test('stays after a refund (none), falls at once (recompute), or by a step at each review (one_step)', async () => {
    await shop.completed(john, order, 6_000);
    expect(await levelOf()).toBe('GOLD');
    await shop.refunded(order, { refund_id: '1', refund_amount: 3_000 });
    expect(await levelOf()).toBe('GOLD');
    await policy('recompute');
    const { body } = await shop.refunded(order, { refund_id: '2', refund_amount: 500 });
    expect(body.data.processed_actions.at(-1)).toMatchObject({
      level_changed: true,
      current_level: '银牌会员',
    });
    await policy('one_step');
    await shop.refunded(order, { refund_id: '3' });
    expect(await levelOf()).toBe('SILVER');
    await reviewNow();
    await system.kit.heardOne(
      'member_level.changed.v1',
      ({ subject, data }) =>
        subject === String(john) && data.levelCode === 'BRONZE' && data.reason === 'review',
    );
    expect(await levelOf()).toBe('BRONZE');
  });

  test('never falls below what was set by hand, until it is set again', async () => {
    await policy('recompute');
    await system.admin().ask(points.setMemberLevel, {
      body: { user_id: john, target_level_id: await system.levelId('SILVER') },
    });
    await shop.completed(john, order, 6_000);
    expect(await levelOf()).toBe('GOLD');
    await shop.refunded(order);
    expect(await levelOf()).toBe('SILVER');
    await system.admin().ask(points.setMemberLevel, {
      body: { user_id: john, target_level_id: await system.levelId('BASIC') },
    });
    await shop.completed(john, anOrder(), 1);
    expect(await levelOf()).toBe('BASIC');
  });
});
