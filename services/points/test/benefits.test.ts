import * as points from '@membership/contracts/endpoints/points/index';
import { dayOf } from '@membership/platform/calendar';
import { AN_INSTANT, defineTheSeedsBenefits, refusal, success } from './member-system-kit.ts';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { john, system } from './one-membership.ts';
import { shopOf, type Shop } from './shop.ts';

let orders = 0;
let order: string;
const define = (body: Record<string, unknown>, tenantId = 1) =>
  system.kit.as({ role: 'admin', tenantId }).call(points.createBenefit, { body: body as never });
const setLevel = async (code: string, member = john) =>
  system.admin().ask(points.setMemberLevel, {
    body: { user_id: member, target_level_id: await system.levelId(code) },
  });
let shop: Shop;
beforeAll(async () => {
  shop = shopOf(system);
  await defineTheSeedsBenefits(system);
});
beforeEach(async () => {
  order = `ORD${++orders}`;
  await setLevel('SILVER');
});
const use = (more: Record<string, unknown> = {}, tenantId = 1) =>
  system.kit.as({ role: 'internal', tenantId }).call(points.useBenefit, {
    body: {
      user_id: john,
      benefit_id: 'B001',
      order_id: order,
      usage_context: { original_amount: 100, discount_applied: 10 },
      ...more,
    } as never,
  });
const available = async (member = john) =>
  (await system.member(member).call(points.listAvailableBenefits, {})).body;

test('the benefits of one’s level are the seed’s', async () => {
  await use({ benefit_id: 'B002', usage_context: { original_amount: 100, shipping_fee: 8 } });
  const year = dayOf('Asia/Shanghai', new Date()).slice(0, 4);
  expect(await available()).toEqual(
    success({
      current_level: '银牌会员',
      benefits: [
        {
          ...{ benefit_id: 'B001', benefit_name: '会员专享折扣', benefit_type: 'DISCOUNT', value: 0.9 },
          ...{ description: '全场商品9折优惠', usage_limit: null, used_count: 0, valid_until: null },
        },
        {
          ...{ benefit_id: 'B002', benefit_name: '免运费', benefit_type: 'FREE_SHIPPING', value: 1 },
          ...{ description: '全场免运费', usage_limit: null, used_count: 1, valid_until: null },
        },
        {
          ...{ benefit_id: 'B003', benefit_name: '生日礼品', benefit_type: 'BIRTHDAY_GIFT', value: 1 },
          ...{ description: '生日月份专属礼品', usage_limit: 1, used_count: 0, valid_until: `${year}-12-31` },
        },
      ],
    }),
  );
  expect((await available(await system.aMember())).data).toEqual({ current_level: '注册会员', benefits: [] });
});

test('using a discount: the seed’s answer, once per order', async () => {
  const { status, body } = await use();
  expect(status).toBe(200);
  expect(body).toEqual(
    success(
      {
        usage_id: expect.stringMatching(/^BU[1-9]\d*$/),
        benefit_name: '会员专享折扣',
        discount_amount: 10,
        remaining_usage: null,
        used_at: AN_INSTANT,
      },
      '权益使用成功',
    ),
  );
  expect((await use()).body.data).toEqual(body.data);
  expect((await use({ usage_context: { original_amount: 200 } })).body).toEqual(
    refusal('CONFLICT', '该订单已使用过此权益，且请求内容不同', { usage_id: body.data.usage_id }),
  );
  expect((await available()).data.benefits[0].used_count).toBe(1);
  const id = body.data.usage_id.slice(2);
  const fact = await system.kit.heardOne('benefit.used.v1', ({ subject }) => subject === id);
  expect(fact.data).toMatchObject({ memberId: john, benefitCode: 'B001', discountAmount: 10 });
});

test('a benefit that was switched off is used no more; what it was used for has its answer', async () => {
  const params = { benefit_id: 'B002' };
  const switched = (is_active: boolean) =>
    system.admin().ask(points.updateBenefit, { params, body: { is_active } });
  const shipping = { ...params, usage_context: { original_amount: 100, shipping_fee: 8 } };
  const first = await use(shipping);
  await switched(false);
  expect((await use(shipping)).body.data).toEqual(first.body.data);
  expect((await use({ ...shipping, user_id: await system.aMember() })).status).toBe(409);
  expect((await use({ ...shipping, order_id: `${order}-2` })).status).toBe(404);
  await switched(true);
});

test('the discount is computed here: one that differs is refused; shipping is taken off whole', async () => {
  expect((await use({ usage_context: { original_amount: 100, discount_applied: 15 } })).body).toEqual(
    refusal('VALIDATION_ERROR', '请求参数错误', {
      errors: [{ field: 'usage_context.discount_applied', message: '折扣金额不正确，应为 10' }],
    }),
  );
  expect((await use({ usage_context: { original_amount: 0.95 } })).body.data.discount_amount).toBe(0.1);
  const shipping = { original_amount: 100, shipping_fee: 12.5 };
  expect((await use({ benefit_id: 'B002', usage_context: shipping })).body.data.discount_amount).toBe(12.5);
});

test('a birthday gift: in its month, once a year, however many ask at once', async () => {
  const gift = (number: number) => ({
    benefit_id: 'B003',
    order_id: `${order}-${number}`,
    usage_context: undefined,
  });
  expect((await use(gift(0))).body).toEqual(refusal('CONFLICT', '生日礼品仅限生日当月使用'));
  const today = dayOf('Asia/Shanghai', new Date());
  await system
    .member(john)
    .ask(points.updateMemberProfile, { body: { birthday: `1990-${today.slice(5, 7)}-15` } });
  const answers = await Promise.all([1, 2, 3, 4, 5].map((number) => use(gift(number))));
  expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
    200, 409, 409, 409, 409,
  ]);
  expect(answers.find(({ status }) => status === 200)?.body.data).toMatchObject({
    discount_amount: 0,
    remaining_usage: 0,
  });
  expect((await use(gift(6))).body).toEqual(
    refusal('BIZ_002', '该权益的使用次数已达上限', { usage_limit: 1, used_count: 1 }),
  );
});

test('one order, many at once: used once', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => use()));
  expect(new Set(answers.map(({ body }) => body.data.usage_id)).size).toBe(1);
  expect((await available()).data.benefits[0].used_count).toBe(1);
});

describe('an order that is refunded', () => {
  const free = { benefit_id: 'B010', usage_context: undefined };
  const usedOf = async (code: string) =>
    (await available()).data.benefits.find(({ benefit_id }: { benefit_id: string }) => benefit_id === code)
      .used_count;
  beforeAll(() =>
    define({ benefit_id: 'B010', benefit_name: '免费包装', benefit_type: 'SERVICE', usage_limit: 1 }),
  );

  test('in whole gives its uses back, once: they can be had for another order; in part it gives none', async () => {
    const { usage_id } = (await use(free)).body.data;
    await shop.completed(john, order, 100);
    await shop.refunded(order, { refund_id: `${order}-1`, refund_amount: 40 });
    expect(await usedOf('B010')).toBe(1);
    expect((await use({ ...free, order_id: `${order}-2` })).status).toBe(409);
    const rest = await shop.refunded(order, { refund_id: `${order}-3` });
    expect(rest.body.data.processed_actions).toContainEqual({
      ...{ action: 'benefit_returned', benefit_id: 'B010', usage_id },
    });
    expect((await shop.refunded(order, { refund_id: `${order}-3` })).body.data).toEqual(rest.body.data);
    expect(await usedOf('B010')).toBe(0);
    const fact = await system.kit.heardOne(
      'benefit.returned.v1',
      ({ subject }) => `BU${subject}` === usage_id,
    );
    expectLikeSample(fact);
    expect(fact).toMatchObject({
      sequence: 2,
      data: { memberId: john, orderId: order, benefitCode: 'B010' },
    });
    expect((await use({ ...free, order_id: `${order}-2` })).status).toBe(200);
  });

  test('before it is paid, too; nothing can be used for it any more, known or not', async () => {
    await use(free);
    await shop.refunded(order);
    expect(await usedOf('B010')).toBe(0);
    expect((await use({ benefit_id: 'B001' })).body).toEqual(
      refusal('INVALID_STATE', '该订单已全额退款', { current_state: 'refunded', allowed_actions: [] }),
    );
    await shop.refunded(`${order}-2`);
    expect((await use({ ...free, order_id: `${order}-2` })).status).toBe(409);
    expect((await shop.completed(john, order, 10)).status).toBe(200);
    expect(await usedOf('B010')).toBe(0);
  });

  test('by parts that were told before it: once it is paid', async () => {
    await use(free);
    await shop.refunded(order, { refund_amount: 10 });
    expect(await usedOf('B010')).toBe(1);
    const { body } = await shop.completed(john, order, 10);
    expect(body.data.processed_actions).toContainEqual(expect.objectContaining({ benefit_id: 'B010' }));
    expect(await usedOf('B010')).toBe(0);
  });

  test('while a benefit is used for it: either the use is refused or it is given back', async () => {
    for (let round = 0; round < 4; round++) {
      const raced = `${order}-${round}`;
      await Promise.all([use({ ...free, order_id: raced }), shop.refunded(raced, { user_id: john })]);
      expect(await usedOf('B010')).toBe(0);
    }
  });

  test('a use that does not say where it was counted is taken off its period; a benefit that is gone breaks nothing', async () => {
    const uses = system.kit.connection.collection('benefit_uses');
    await use(free);
    await uses.updateOne({ orderId: order }, { $unset: { countKey: 1 } });
    await shop.refunded(order);
    expect(await usedOf('B010')).toBe(0);
    await use({ ...free, order_id: `${order}-2` });
    await system.admin().ask(points.deleteBenefit, { params: { benefit_id: 'B010' } });
    await uses.updateOne({ orderId: `${order}-2` }, { $unset: { countKey: 1 } });
    expect((await shop.refunded(`${order}-2`)).status).toBe(200);
  });

  test('is its member’s: nobody else uses benefits for it', async () => {
    await shop.completed(await system.aMember(), order, 10);
    expect((await use({ benefit_id: 'B001' })).body).toEqual(refusal('CONFLICT', '该订单属于其他会员'));
  });
});

test('not eligible, unknown, wrong role, other tenant, bad input', async () => {
  const basic = await system.aMember();
  expect((await use({ user_id: basic })).body).toEqual(refusal('PERM_001', '当前会员等级不享有该权益'));
  expect((await use({ benefit_id: 'NOTHING' })).status).toBe(404);
  expect((await use({ user_id: 999_999 })).status).toBe(404);
  expect((await use({}, 2)).status).toBe(404);
  const body = { user_id: john, benefit_id: 'B001', order_id: order };
  expect((await system.member(john).call(points.useBenefit, { body })).status).toBe(403);
  for (const bad of [
    { order_id: '' },
    { order_id: { $ne: 1 } },
    { usage_context: { original_amount: -1 } },
    { usage_context: { discount_applied: 1 } },
    { surprise: 1 },
  ])
    expect([bad, (await use(bad)).status]).toEqual([bad, 400]);
});

test('benefits are defined, changed and removed by an administrator of the tenant', async () => {
  const b9 = { benefit_id: 'B009', benefit_name: '专属客服', benefit_type: 'SERVICE', usage_limit: 3 };
  const { body } = await define(b9);
  expect(body).toEqual(
    success(
      {
        ...b9,
        value: null,
        description: '',
        required_level: null,
        limit_period: null,
        is_active: true,
        created_at: AN_INSTANT,
        updated_at: AN_INSTANT,
      },
      '权益已创建',
    ),
  );
  expect((await define(b9)).body.data.errors).toEqual([{ field: 'benefit_id', message: '权益编号已存在' }]);
  const params = { benefit_id: 'B009' };
  const change = (changes: Record<string, unknown>) =>
    system.admin().call(points.updateBenefit, { params, body: changes });
  expect((await change({ usage_limit: 2, limit_period: 'month' })).body.data).toMatchObject({
    usage_limit: 2,
  });
  for (const bad of [{ required_level: 999_999 }, { usage_limit: 0 }, { benefit_type: 'GIFT' }, { value: 0 }])
    expect([bad, (await change(bad)).status]).toEqual([bad, 400]);
  const b001 = { params: { benefit_id: 'B001' }, body: { value: 1.5 } };
  expect((await system.admin().call(points.updateBenefit, b001)).status).toBe(400);
  expect((await system.admin().ask(points.pageBenefits, {})).count).toBe(4);
  const stranger = system.kit.as({ role: 'admin', tenantId: 2 });
  expect((await stranger.call(points.getBenefit, { params })).status).toBe(404);
  expect((await stranger.call(points.deleteBenefit, { params })).status).toBe(404);
  expect((await system.admin().call(points.deleteBenefit, { params })).body).toEqual(
    success({ benefit_id: 'B009' }, '权益已删除'),
  );
  expect((await system.member(john).call(points.pageBenefits, {})).status).toBe(403);
});
