import * as points from '@membership/contracts/endpoints/points/index';
import { expectLikeSample } from '@membership/platform/testing/samples';
import {
  AN_INSTANT,
  refusal,
  startMemberSystemKit,
  success,
  type MemberSystemKit,
} from './member-system-kit.ts';
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

const A_TRANSACTION = expect.stringMatching(/^PT[1-9]\d*$/);
const earned = (amount: number) => ({
  action: 'points_earned',
  points: amount,
  transaction_id: A_TRANSACTION,
});
const level = (name: string, changed = false) => ({
  action: 'level_check',
  level_changed: changed,
  current_level: name,
});
const handled = (...actions: unknown[]) =>
  success({ processed_actions: actions, processed_at: AN_INSTANT }, '事件处理成功');
const about = (member: number) => (fact: { subject: string }) => fact.subject === String(member);

describe('ORDER_COMPLETED', () => {
  test('the seed’s request and answer: points for the amount, the spend counted, the level looked at; the fact as its sample', async () => {
    await system.admin().ask(points.setMemberLevel, {
      body: { user_id: john, target_level_id: await system.levelId('SILVER') },
    });
    const { status, body } = await system.as().call(points.takeWebhook, {
      body: {
        event_type: 'ORDER_COMPLETED',
        event_data: {
          user_id: john,
          order_id: order,
          order_amount: 299.99,
          payment_time: '2024-09-17T10:00:00Z',
          items: [{ product_id: 'P123', category: 'electronics', quantity: 1, price: 299.99 }],
        },
        timestamp: '2024-09-17T10:01:00Z',
        signature: 'webhook_signature_hash',
      },
    });
    expect([status, body]).toEqual([200, handled(earned(300), level('银牌会员'))]);
    expect((await system.membership(john)).statistics).toMatchObject({
      total_spent: 299.99,
      total_orders: 1,
    });
    const fact = await system.kit.heardOne('order.completed.v1', about(john));
    expectLikeSample(fact);
    expect(fact.data).toMatchObject({
      orderId: order,
      amount: 29_999,
      pointsEarned: 300,
      spentTotal: 29_999,
      orderCount: 1,
    });
    expect((await system.records(john))[0]).toMatchObject({ category: 'payment', source_id: order });
    // What the order gave names it as its cause.
    const award = await system.kit.heardOne('points.earned.v1', about(john));
    expect(award.causationid).toBe(fact.id);
  });

  test('again, with other items and a later time: the same answer, once the effect; with another amount: 409', async () => {
    const { body } = await shop.completed(john, order, 100);
    const again = await shop.completed(john, order, 100, { items: [], payment_time: null });
    expect(again.body.data).toEqual(body.data);
    expect((await shop.completed(john, order, 100.01)).body).toEqual(
      refusal('CONFLICT', '该事件已经处理，且内容不同', { processed_at: body.data.processed_at }),
    );
    expect((await shop.completed(await system.aMember(), order, 100)).status).toBe(409);
    expect((await system.membership(john)).statistics).toMatchObject({ total_spent: 100, total_orders: 1 });
    expect((await system.profile(john)).total_points).toBe(100);
  });

  test('asked for 32 times at once: one effect, one answer', async () => {
    const answers = await Promise.all(Array.from({ length: 32 }, () => shop.completed(john, order, 60)));
    expect(answers.map(({ status }) => status)).toEqual(Array(32).fill(200));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body.data))).size).toBe(1);
    expect((await system.membership(john)).statistics).toMatchObject({ total_spent: 60, total_orders: 1 });
    expect((await system.profile(john)).total_points).toBe(60);
  });

  test('after points/earn for the order: that award is named, the spend counted; and the other way round 409', async () => {
    const earn = (related_order: string) =>
      system.as().call(points.earnMemberPoints, {
        body: { user_id: john, event_type: 'PURCHASE', points: 250, related_order },
      });
    const first = await earn(order);
    const { body } = await shop.completed(john, order, 299.99);
    expect(body.data.processed_actions[0]).toEqual({
      action: 'points_earned',
      points: 250,
      transaction_id: first.body.data.transaction_id,
    });
    expect((await system.profile(john)).total_points).toBe(250);
    expect((await system.membership(john)).statistics.total_spent).toBe(299.99);
    const other = anOrder();
    const told = await shop.completed(john, other, 80);
    expect((await earn(other)).body).toEqual(
      refusal('CONFLICT', '该订单的此项积分操作已经完成，且请求内容不同', {
        transaction_id: told.body.data.processed_actions[0].transaction_id,
      }),
    );
  });

  test('by webhook and points/earn at once: one award, whoever wins', async () => {
    for (let round = 0; round < 5; round++) {
      const raced = anOrder();
      const before = (await system.profile(john)).total_points;
      const [told, asked] = await Promise.all([
        shop.completed(john, raced, 40),
        system.as().call(points.earnMemberPoints, {
          body: { user_id: john, event_type: 'PURCHASE', points: 40, related_order: raced },
        }),
      ]);
      expect(told.status).toBe(200);
      expect([200, 409]).toContain(asked.status);
      expect((await system.profile(john)).total_points).toBe(before + 40);
    }
    expect((await system.membership(john)).statistics).toMatchObject({ total_spent: 200, total_orders: 5 });
  });

  test('rounded once, after profile × level × activity and the tenant’s points per unit', async () => {
    await system.settings({ points_earned_per_currency_unit: 0.5 });
    await system
      .admin()
      .ask(points.updateProfile, { params: { id: String(john) }, body: { points_multiplier: 1.2 } });
    // 3.35 × 0.5 × 1.2 = 2.01; rounding each step would give 2 × 1.2 = 2.4
    expect((await shop.completed(john, order, 3.35)).body.data.processed_actions[0]).toMatchObject({
      points: 2,
    });
    // 2.5 × 0.5 × 1.2 = 1.5; rounding first would give 1 × 1.2 = 1.2
    expect((await shop.completed(john, anOrder(), 2.5)).body.data.processed_actions[0]).toMatchObject({
      points: 2,
    });
    await system.settings({ points_earned_per_currency_unit: 1 });
  });

  test('double points for who takes part in a running activity', async () => {
    const { activity_id } = await system.admin().ask(points.createActivity, {
      body: {
        title: '双倍积分周',
        description: '购物享受双倍积分奖励',
        category: 'POINTS_PROMOTION',
        start_time: new Date(Date.now() - 3_600_000).toISOString(),
        end_time: new Date(Date.now() + 3_600_000).toISOString(),
        benefits: ['double_points'],
        next_action: '开始购物享受双倍积分奖励',
      },
    });
    await shop.completed(john, order, 10.4);
    await system.member(john).ask(points.joinActivity, { params: { activity_id }, body: {} });
    // 10.40 × 2 = 20.8; rounding first would give 20
    expect((await shop.completed(john, anOrder(), 10.4)).body.data.processed_actions[0]).toMatchObject({
      points: 21,
    });
    expect((await system.profile(john)).total_points).toBe(31);
  });

  test('an order that costs nothing counts, and gives nothing', async () => {
    const { body } = await shop.completed(john, order, 0);
    expect(body.data.processed_actions[0]).toEqual({
      action: 'points_earned',
      points: 0,
      transaction_id: null,
    });
    expect((await system.membership(john)).statistics.total_orders).toBe(1);
  });

  test('points disabled: skipped with the reason, the spend counts, and it is not tried again', async () => {
    await system
      .admin()
      .ask(points.updateProfile, { params: { id: String(john) }, body: { is_points_enabled: false } });
    const { body } = await shop.completed(john, order, 600);
    expect(body.data.processed_actions).toEqual([
      { action: 'points_skipped', reason: 'POINTS_DISABLED' },
      level('铜牌会员', true),
    ]);
    expect((await shop.completed(john, order, 600)).body.data).toEqual(body.data);
    expect((await system.membership(john)).statistics.total_spent).toBe(600);
  });
});

describe('facts that rules give points for', () => {
  const aRule = (event_type: string, more: Record<string, unknown> = {}) =>
    system.admin().ask(points.createRule, {
      body: { name: event_type, event_type, points: 30, category: 'community', ...more } as never,
    });
  const done = async (rule: { id: number }) =>
    system.admin().ask(points.deleteRule, { params: { id: String(rule.id) } });

  test('a registration, a review and a referral: once for what each is about, with the rule named', async () => {
    const rules = [
      await aRule('MEMBER_REGISTERED'),
      await aRule('REVIEW_POSTED', { conditions: [{ field: 'stars', operator: 'gte', value: 4 }] }),
      await aRule('REFERRAL_COMPLETED', { category: 'referral', points: 200 }),
    ];
    const award = (amount: number, rule: { id: number } | undefined) => ({
      ...earned(amount),
      rule_id: rule?.id,
    });
    const registered = await shop.tell('MEMBER_REGISTERED', { user_id: john });
    expect(registered.body).toEqual(handled(award(30, rules[0])));
    // Another telling at another time: nothing is given twice.
    expect((await shop.tell('MEMBER_REGISTERED', { user_id: john, later: 1 })).body).toEqual(handled());
    const review = { user_id: john, review_id: 'R1', stars: 5 };
    expect((await shop.tell('REVIEW_POSTED', review)).body).toEqual(handled(award(30, rules[1])));
    expect((await shop.tell('REVIEW_POSTED', { ...review, review_id: 'R2', stars: 3 })).body).toEqual(
      handled(),
    );
    const jane = await system.aMember();
    expect((await shop.tell('REFERRAL_COMPLETED', { user_id: john, referred_user_id: jane })).body).toEqual(
      handled(award(200, rules[2])),
    );
    expect((await system.profile(john)).total_points).toBe(260);
    const [record] = await system.records(john);
    expect(record).toMatchObject({ rule_id: rules[2]?.id, category: 'referral', source_id: jane });
    for (const rule of rules) await done(rule);
  });

  test('the same type and order again, and the very same event again: the same answer', async () => {
    const rule = await aRule('REVIEW_POSTED');
    const { body } = await shop.tell('REVIEW_POSTED', { user_id: john, order_id: order });
    expect(
      (await shop.tell('REVIEW_POSTED', { user_id: john, order_id: order, note: 'x' })).body.data,
    ).toEqual(body.data);
    const same = { timestamp: new Date().toISOString() };
    const event = { user_id: john, review_id: 'R9' };
    const first = await shop.tell('REVIEW_POSTED', event, same);
    expect((await shop.tell('REVIEW_POSTED', event, same)).body.data).toEqual(first.body.data);
    expect((await system.profile(john)).total_points).toBe(60);
    await done(rule);
  });

  test('a login counts the days in a row, is when the member was last here, and is skipped aloud at a cap', async () => {
    const rule = await aRule('MEMBER_LOGIN', {
      points: 10,
      category: 'login',
      caps: { per_day: null, per_member: 5, budget: null },
    });
    const { body } = await shop.tell('MEMBER_LOGIN', { user_id: john });
    expect(body).toEqual(
      handled(
        { action: 'login_counted', consecutive_days: 1 },
        { action: 'points_skipped', reason: 'CAP_PER_MEMBER', rule_id: rule.id },
      ),
    );
    expect((await system.profile(john)).consecutive_login_days).toBe(1);
    await done(rule);
  });
});

describe('refusals', () => {
  test('an unknown type names the known ones; wrong fields are named, all at once', async () => {
    const unknown = await shop.tell('ORDER_LOST', { user_id: john });
    expect(unknown.body).toEqual(
      refusal('VALIDATION_ERROR', '请求参数错误', {
        errors: [
          {
            field: 'event_type',
            message:
              '未知的事件类型，可选：ORDER_COMPLETED、ORDER_REFUNDED、MEMBER_REGISTERED、MEMBER_LOGIN、REVIEW_POSTED、REFERRAL_COMPLETED',
          },
        ],
      }),
    );
    const wrong = await shop.tell('ORDER_COMPLETED', { user_id: 'x', order_id: '', order_amount: 1.234 });
    expect(wrong.status).toBe(400);
    expect(wrong.body.data.errors.map(({ field }: { field: string }) => field)).toEqual([
      'event_data.user_id',
      'event_data.order_id',
      'event_data.order_amount',
    ]);
    const without = await shop.tell('ORDER_COMPLETED', { user_id: john });
    expect(without.body).toEqual(
      refusal('VALIDATION_ERROR', '请求参数错误', {
        errors: ['order_id', 'order_amount'].map((name) => ({
          ...{ field: `event_data.${name}`, message: '此字段为必填项' },
        })),
      }),
    );
    for (const data of [null, [], 'x', { user_id: john, $gt: '' }, { user_id: john, a: { 'b.c': 1 } }])
      expect((await shop.tell('MEMBER_LOGIN', data as never)).status).toBe(400);
    expect((await shop.tell('MEMBER_LOGIN', { user_id: john }, { surprise: 1 })).status).toBe(400);
    expect((await shop.tell('MEMBER_LOGIN', { user_id: john }, { timestamp: 'today' })).status).toBe(400);
  });

  test('an unknown member is 404, as is one of another tenant, whose order of the same id is its own', async () => {
    expect((await shop.completed(999_999_999, order, 10)).status).toBe(404);
    const hank = await system.aMember(2);
    expect((await shop.completed(hank, order, 10)).status).toBe(404);
    expect((await shop.completed(john, order, 10)).status).toBe(200);
    const globex = shopOf(system, { tenantId: 2 });
    expect((await globex.completed(hank, order, 20)).status).toBe(200);
    expect((await globex.refunded(order)).status).toBe(200);
    expect((await system.membership(john)).statistics.total_spent).toBe(10);
  });

  test('nobody but a service may tell', async () => {
    for (const role of ['member', 'admin', 'super'] as const)
      expect(
        (
          await system.kit.as({ role }).call(points.takeWebhook, {
            body: {
              event_type: 'MEMBER_LOGIN',
              event_data: { user_id: john },
              timestamp: new Date().toISOString(),
            },
          })
        ).status,
      ).toBe(403);
    expect(
      (
        await system.kit.as({ role: 'internal', scopes: ['points:read'] }).call(points.takeWebhook, {
          body: {
            event_type: 'MEMBER_LOGIN',
            event_data: { user_id: john },
            timestamp: new Date().toISOString(),
          },
        })
      ).status,
    ).toBe(403);
  });
});
