import * as points from '@membership/contracts/endpoints/points/index';
import { AN_INSTANT, refusal, success } from './member-system-kit.ts';
import { john, system } from './one-membership.ts';

let gifts = 0;
let gift: string;
beforeEach(async () => {
  gift = `GIFT${++gifts}`;
});
const delivery_address = { name: '张三', phone: '13800138000', address: '北京市朝阳区xxx街道xxx号' };
const offer = (more: Record<string, unknown> = {}, tenantId = 1) =>
  system.kit.as({ role: 'admin', tenantId }).call(points.createRedemptionItem, {
    body: {
      redemption_item_id: gift,
      item_name: '积分商城礼品',
      points_cost: 500,
      stock: 10,
      ...more,
    } as never,
  });
const redeem = (more: Record<string, unknown> = {}, member = john) =>
  system.member(member).call(points.redeemPoints, {
    body: { redemption_item_id: gift, quantity: 1, delivery_address, ...more } as never,
  });
const step = (which: 'ship' | 'complete' | 'cancel', redemption_id: string) => {
  const params = { redemption_id };
  const admin = system.admin();
  if (which === 'ship') return admin.call(points.shipRedemption, { params, body: { tracking_code: 'SF1' } });
  if (which === 'complete') return admin.call(points.completeRedemption, { params });
  return admin.call(points.cancelRedemption, { params, body: { reason: '缺货' } });
};
const stock = async () =>
  (await system.admin().ask(points.getRedemptionItem, { params: { item_id: gift } })).stock;

test('points for an item: the seed’s answer', async () => {
  await offer();
  await system.earn(john, 2530);
  const { status, body } = await redeem();
  expect(status).toBe(200);
  expect(body).toEqual(
    success(
      {
        redemption_id: expect.stringMatching(/^RED[1-9]\d*$/),
        item_name: '积分商城礼品',
        points_cost: 500,
        remaining_points: 2030,
        estimated_delivery: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        tracking_code: null,
      },
      '兑换成功',
    ),
  );
  expect(await stock()).toBe(9);
  const fact = await system.kit.heardOne(
    'redemption.requested.v1',
    ({ data }) => (data as { memberId: number }).memberId === john,
  );
  expect(fact.data).toMatchObject({ itemCode: gift, points: 500, status: 'requested' });
  expect(JSON.stringify(system.kit.heard)).not.toContain('13800138000');
});

test('refused in this order: points, stock, limit; nothing moves', async () => {
  await offer({ stock: 1, per_member_limit: 1 });
  await system.earn(john, 300);
  expect((await redeem()).body).toEqual(
    refusal('INSUFFICIENT_POINTS', '积分余额不足', {
      required_points: 500,
      available_points: 300,
      shortage: 200,
    }),
  );
  await system.earn(john, 1200);
  expect((await redeem({ quantity: 2 })).body).toEqual(
    refusal('OUT_OF_STOCK', '库存不足', { requested: 2, available_stock: 1 }),
  );
  await system.admin().ask(points.updateRedemptionItem, { params: { item_id: gift }, body: { stock: 5 } });
  expect((await redeem({ quantity: 2 })).body).toEqual(
    refusal('MEMBER_LIMIT_REACHED', '已达到每位会员的数量上限', { limit: 1, used: 0 }),
  );
  expect((await redeem()).status).toBe(200);
  expect((await redeem()).body.data).toEqual({ limit: 1, used: 1 });
  expect([await stock(), (await system.profile(john)).total_points]).toEqual([4, 1000]);
});

test('many at once never take more than the stock', async () => {
  await offer({ stock: 3, points_cost: 10 });
  const members = await Promise.all(Array.from({ length: 8 }, () => system.aMember()));
  for (const member of members) await system.earn(member, 10);
  const answers = await Promise.all(members.map((member) => redeem({}, member)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
  expect(await stock()).toBe(0);
});

test('one member, many at once: never over its limit', async () => {
  await offer({ per_member_limit: 2, points_cost: 10 });
  await system.earn(john, 100);
  const answers = await Promise.all(Array.from({ length: 6 }, () => redeem()));
  expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
    200, 200, 409, 409, 409, 409,
  ]);
  expect([await stock(), (await system.profile(john)).total_points]).toEqual([8, 80]);
});

test('the same key twice redeems once', async () => {
  await offer();
  await system.earn(john, 2000);
  const headers = { 'idempotency-key': `redeem-${john}` };
  const call = (quantity: number) =>
    system
      .member(john)
      .call(
        points.redeemPoints,
        { body: { redemption_item_id: gift, quantity, delivery_address } },
        { headers },
      );
  const answers = await Promise.all([call(1), call(1)]);
  expect(answers[0]?.body.data).toEqual(answers[1]?.body.data);
  expect((await call(2)).status).toBe(422);
  expect((await system.profile(john)).total_points).toBe(1500);
});

test('sent, received; what is final stays so', async () => {
  await offer();
  await system.earn(john, 500);
  const id = (await redeem()).body.data.redemption_id as string;
  expect((await step('ship', id)).body).toEqual(
    success(
      {
        redemption_id: id,
        user_id: john,
        redemption_item_id: gift,
        item_name: '积分商城礼品',
        quantity: 1,
        points_cost: 500,
        status: 'shipped',
        delivery_address,
        estimated_delivery: expect.any(String),
        tracking_code: 'SF1',
        reason: null,
        created_at: AN_INSTANT,
        updated_at: AN_INSTANT,
      },
      '兑换已发货',
    ),
  );
  expect((await step('ship', id)).body).toMatchObject({
    code: 409,
    data: { current_state: 'shipped', allowed_actions: ['complete', 'cancel'] },
  });
  expect((await step('complete', id)).body.data.status).toBe('completed');
  expect((await step('cancel', id)).status).toBe(409);
  await system.kit.heardOne('redemption.completed.v1', ({ subject }) => `RED${subject}` === id);
});

test('cancelling gives points, stock and limit back, once, however many cancel', async () => {
  await offer({ per_member_limit: 1 });
  await system.earn(john, 500);
  const id = (await redeem()).body.data.redemption_id as string;
  const answers = await Promise.all([step('cancel', id), step('cancel', id), step('cancel', id)]);
  expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 409, 409]);
  expect([await stock(), (await system.profile(john)).available_points]).toEqual([10, 500]);
  expect((await redeem()).status).toBe(200);
  const listed = await system.admin().call(points.listRedemptions, {
    query: { user_id: String(john), status: 'cancelled' },
  });
  expect(listed.body.data).toMatchObject({
    redemptions: [{ redemption_id: id, reason: '缺货' }],
    pagination: { page: 1, limit: 20, total: 1, total_pages: 1 },
  });
});

test('returned: what was received gives its points back once, however many say so, and its stock where it can be given again', async () => {
  await offer({ per_member_limit: 1 });
  await system.earn(john, 500);
  const id = (await redeem()).body.data.redemption_id as string;
  const giveBack = (body: object, admin = system.admin(), redemption_id = id) =>
    admin.call(points.returnRedemption, { params: { redemption_id }, body: body as never });
  const body = { reason: '质量问题', restock: false };
  const early = await giveBack(body);
  expect([early.status, early.body.data]).toEqual([
    409,
    { current_state: 'requested', allowed_actions: ['ship', 'complete', 'cancel'] },
  ]);
  await step('complete', id);
  expect((await step('cancel', id)).body.data).toMatchObject({ allowed_actions: ['return'] });
  for (const wrong of [{}, { reason: '' }, { ...body, restock: 'no' }, { ...body, more: 1 }])
    expect((await giveBack(wrong)).status).toBe(400);
  expect((await giveBack(body, system.member(john))).status).toBe(403);
  expect((await giveBack(body, system.kit.as({ role: 'admin', tenantId: 2 }))).status).toBe(404);
  expect((await giveBack(body, system.admin(), 'RED999999999')).status).toBe(404);
  const answers = await Promise.all([giveBack(body), giveBack(body), giveBack(body)]);
  expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 409, 409]);
  expect(answers.find(({ status }) => status === 200)?.body.data).toMatchObject({
    ...{ status: 'cancelled', reason: '质量问题' },
  });
  expect([await stock(), (await system.profile(john)).available_points]).toEqual([9, 500]);
  await system.kit.heardOne('redemption.cancelled.v1', ({ subject }) => `RED${subject}` === id);
  const again = (await redeem()).body.data.redemption_id as string;
  await step('complete', again);
  expect((await giveBack({ reason: '质量问题' }, system.admin(), again)).status).toBe(200);
  expect([await stock(), (await system.profile(john)).available_points]).toEqual([9, 500]);
});

test('the spending of a redemption is undone by cancelling the redemption, not by itself', async () => {
  await offer();
  await system.earn(john, 500);
  const id = (await redeem()).body.data.redemption_id as string;
  const [spent] = await system.records(john);
  const refused = await system.cancel(spent?.id as number);
  expect([refused.status, refused.body.error.code]).toEqual([409, 'INVALID_STATE']);
  expect((await step('cancel', id)).status).toBe(200);
  expect((await system.profile(john)).total_points).toBe(500);
});

test('items: codes are unique in the tenant, an address where it is sent, withdrawn when nothing is open', async () => {
  const { body } = await offer({ needs_delivery: false, points_cost: 10 });
  expect(body).toEqual(
    success(
      {
        redemption_item_id: gift,
        item_name: '积分商城礼品',
        description: '',
        points_cost: 10,
        stock: 10,
        per_member_limit: null,
        needs_delivery: false,
        delivery_days: 3,
        is_active: true,
        created_at: AN_INSTANT,
        updated_at: AN_INSTANT,
      },
      '兑换商品已创建',
    ),
  );
  expect((await offer()).body.data.errors).toEqual([
    { field: 'redemption_item_id', message: '商品编号已存在' },
  ]);
  expect((await offer({}, 2)).status).toBe(200);
  await system.earn(john, 10);
  const redeemed = await redeem({ delivery_address: undefined });
  expect(redeemed.body.data.estimated_delivery).toBeNull();
  const withdraw = () => system.admin().call(points.deleteRedemptionItem, { params: { item_id: gift } });
  expect((await withdraw()).status).toBe(409);
  await step('complete', redeemed.body.data.redemption_id);
  expect((await withdraw()).body).toEqual(success({ redemption_item_id: gift }, '兑换商品已删除'));
  expect((await redeem()).status).toBe(404);
});

test.each([1, 2, 3, 4])('withdrawn and redeemed at once: one of the two (%i)', async () => {
  await offer();
  await system.earn(john, 500);
  const [redeemed, withdrawn] = await Promise.all([
    redeem(),
    system.admin().call(points.deleteRedemptionItem, { params: { item_id: gift } }),
  ]);
  expect([
    [200, 409],
    [404, 200],
  ]).toContainEqual([redeemed.status, withdrawn.status]);
});

test('bad input, wrong role, other tenant', async () => {
  await offer();
  await system.earn(john, 5000);
  for (const bad of [
    { quantity: 0 },
    { quantity: 1.5 },
    { delivery_address: null },
    { delivery_address: { name: '张三' } },
    { redemption_item_id: { $gt: '' } },
    { user_id: 5 },
  ])
    expect([bad, (await redeem(bad)).status]).toEqual([bad, 400]);
  expect((await redeem({ redemption_item_id: 'NOTHING' })).body).toEqual(refusal('BIZ_001', '资源不存在'));
  const id = (await redeem()).body.data.redemption_id as string;
  const stranger = system.kit.as({ role: 'admin', tenantId: 2 });
  for (const redemption_id of [id, 'RED0', '12', 'REDx'])
    expect((await stranger.call(points.getRedemption, { params: { redemption_id } })).status).toBe(404);
  expect((await stranger.call(points.getRedemptionItem, { params: { item_id: gift } })).status).toBe(404);
  expect((await stranger.call(points.listRedemptions, {})).body.data.redemptions).toEqual([]);
  expect(
    (await system.member(john).call(points.getRedemption, { params: { redemption_id: id } })).status,
  ).toBe(403);
  expect(
    (await system.as().call(points.redeemPoints, { body: { redemption_item_id: gift } as never })).status,
  ).toBe(403);
});

test('an item is known in whatever case its code is typed, and its code is nobody else’s', async () => {
  gift = `Gift-${gifts}`;
  await offer();
  await system.earn(john, 500);
  for (const redemption_item_id of [gift.toLowerCase(), gift.toUpperCase()])
    expect((await offer({ redemption_item_id })).status).toBe(400);
  const admin = system.admin();
  const params = { item_id: gift.toUpperCase() };
  expect((await admin.ask(points.getRedemptionItem, { params })).redemption_item_id).toBe(gift);
  expect(
    (await admin.ask(points.updateRedemptionItem, { params, body: { stock: 3 } })).redemption_item_id,
  ).toBe(gift);
  const { status, body } = await redeem({ redemption_item_id: gift.toLowerCase() });
  expect([status, await stock()]).toEqual([200, 2]);
  expect((await admin.call(points.deleteRedemptionItem, { params })).status).toBe(409);
  await step('cancel', body.data.redemption_id);
  expect((await admin.call(points.deleteRedemptionItem, { params })).status).toBe(200);
});

test('a benefit and a level, too', async () => {
  const admin = system.admin();
  const define = (benefit_id: string) =>
    admin.call(points.createBenefit, {
      body: { benefit_id, benefit_name: '礼品', benefit_type: 'GIFT' } as never,
    });
  expect([(await define('Case-B1')).status, (await define('CASE-b1')).status]).toEqual([200, 400]);
  const params = { benefit_id: 'CASE-B1' };
  expect((await admin.ask(points.getBenefit, { params })).benefit_id).toBe('Case-B1');
  expect((await admin.ask(points.updateBenefit, { params, body: { benefit_name: '新' } })).benefit_id).toBe(
    'Case-B1',
  );
  expect((await admin.call(points.deleteBenefit, { params })).status).toBe(200);
  expect((await admin.call(points.getBenefit, { params })).status).toBe(404);
  const level = await admin.call(points.createMemberLevel, {
    body: { level_code: 'basic', level_name: '又一个', required_spent: 77 } as never,
  });
  expect([level.status, JSON.stringify(level.body)]).toEqual([
    400,
    expect.stringContaining('等级代码已存在'),
  ]);
});
