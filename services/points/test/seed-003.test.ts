/**
 * Every request and answer that document 003 shows, in its order, each with its whole shape and its sentence. Section 13 is
 * the statistics service's; section 15 has tests of its own (`webhooks.test.ts`).
 */
import * as points from '@membership/contracts/endpoints/points/index';
import { dayOf, plusDays } from '@membership/platform/calendar';
import {
  AN_INSTANT,
  defineTheSeedsBenefits,
  refusal,
  startMemberSystemKit,
  success,
  type MemberSystemKit,
} from './member-system-kit.ts';
import { shopOf } from './shop.ts';

const ZONE = 'Asia/Shanghai';
const [JOHN, JANE] = [1001, 1002];
const A_TRANSACTION = expect.stringMatching(/^PT[1-9]\d*$/);
const A_DAY = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);
const today = () => dayOf(ZONE, new Date());
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
let system: MemberSystemKit;
let levelIds: Record<string, number>;

const ask = async (
  method: string,
  path: string,
  body?: unknown,
  caller: Parameters<MemberSystemKit['as']>[0] = { userId: JOHN },
) => {
  const answer = await system.as(caller).send(method, `/api/v1/member-system/${path}`, { body });
  return [answer.status, answer.body] as const;
};
const ADMIN = { role: 'admin', userId: 1 } as const;
const INTERNAL = { role: 'internal' } as const;

/** John as the document has him: SILVER by 2,500.00 in 15 orders, 2,580 points, 200 of them frozen, 500 ending in ten days. */
beforeAll(async () => {
  system = await startMemberSystemKit();
  const { kit } = system;
  await kit.aMember({ memberId: JOHN, username: 'user001' });
  await kit.aMember({ memberId: JANE, username: 'user002' });
  const shop = shopOf(system);
  for (let order = 1; order <= 14; order++) await shop.completed(JOHN, `EARLIER-${order}`, 150);
  await shop.completed(JOHN, 'EARLIER-15', 400);
  await system.spend(JOHN, 420);
  await system.hold(JOHN, 200);
  await system.earn(JOHN, 500, { expires_at: inHours(240) });
  levelIds = Object.fromEntries(
    (await system.levels()).map(({ level_code, level_id }) => [level_code, level_id]),
  );
  await system.admin().ask(points.createRedemptionItem, {
    body: { redemption_item_id: 'GIFT001', item_name: '积分商城礼品', points_cost: 500, stock: 100_000 },
  });
  await defineTheSeedsBenefits(system);
  for (let order = 1; order <= 15; order++)
    await system.as().ask(points.useBenefit, {
      body: {
        ...{ user_id: JOHN, benefit_id: 'B002', order_id: `EARLIER-${order}` },
        usage_context: { original_amount: 100, shipping_fee: 8 },
      },
    });
});
afterAll(() => system?.stop());
afterEach(async () => expect(await system.faults()).toEqual([]));

test('1. the member’s own profile', async () => {
  expect(await ask('GET', 'profile')).toEqual([
    200,
    success({
      member_id: 'M1001',
      user_id: 1001,
      nickname: null,
      birthday: null,
      preferences: { notification_email: true, notification_sms: false, marketing_consent: false },
      level: {
        level_id: levelIds.SILVER,
        level_name: '银牌会员',
        level_code: 'SILVER',
        discount_rate: 0.9,
        point_multiplier: 1.0,
      },
      points: {
        total_points: 2580,
        available_points: 2380,
        frozen_points: 200,
        expiring_points: 500,
        expiring_date: plusDays(today(), 10),
      },
      statistics: { total_spent: 2500.0, total_orders: 15, join_date: today(), last_active: AN_INSTANT },
      benefits: {
        free_shipping: true,
        birthday_gift: true,
        priority_service: false,
        exclusive_events: false,
      },
      next_level: {
        level_name: '金牌会员',
        required_spent: 5000.0,
        remaining_spent: 2500.0,
        progress_percentage: 50.0,
      },
    }),
  ]);
});

test('2. the member changes what it says about itself', async () => {
  const body = {
    nickname: '新昵称',
    birthday: '1990-01-15',
    preferences: { notification_email: true, notification_sms: false, marketing_consent: true },
  };
  expect(await ask('PUT', 'profile', body)).toEqual([
    200,
    success(
      { updated_fields: ['nickname', 'birthday', 'preferences'], updated_at: AN_INSTANT },
      '会员信息更新成功',
    ),
  ]);
  expect(await system.membership(JOHN)).toMatchObject(body);
});

test('3. the ladder, for everybody', async () => {
  const [status, body] = await ask('GET', 'levels?tenant=tenant-1', undefined, {
    role: 'anonymous',
    tenantId: null,
  });
  const none = {
    free_shipping: false,
    birthday_gift: false,
    priority_service: false,
    exclusive_events: false,
  };
  expect([status, { ...body, data: { levels: body.data.levels.slice(0, 2) } }]).toEqual([
    200,
    success({
      levels: [
        {
          ...{ level_id: levelIds.BASIC, level_name: '注册会员', level_code: 'BASIC', required_spent: 0 },
          ...{ discount_rate: 1.0, point_multiplier: 1.0, benefits: none },
        },
        {
          ...{ level_id: levelIds.BRONZE, level_name: '铜牌会员', level_code: 'BRONZE', required_spent: 500 },
          ...{ discount_rate: 0.95, point_multiplier: 1.0, benefits: { ...none, birthday_gift: true } },
        },
      ],
    }),
  ]);
  expect(Object.keys(body.data)).toEqual(['levels']);
});

test('4. an administrator sets a level by hand', async () => {
  const set = (target_level_id: number | undefined) =>
    ask(
      'POST',
      'levels/upgrade',
      { user_id: JOHN, target_level_id, reason: '客服手动调整', operator: 'admin001' },
      ADMIN,
    );
  expect(await set(levelIds.GOLD)).toEqual([
    200,
    success(
      {
        old_level: '银牌会员',
        new_level: '金牌会员',
        effective_time: AN_INSTANT,
        operation_id: expect.stringMatching(/^OP[1-9]\d*$/),
      },
      '等级调整成功',
    ),
  ]);
  // Back to what the rest of the document goes on from.
  expect(await set(levelIds.SILVER)).toMatchObject([200, { data: { new_level: '银牌会员' } }]);
});

test('6. points for a purchase', async () => {
  expect(
    await ask(
      'POST',
      'points/earn',
      {
        user_id: JOHN,
        event_type: 'PURCHASE',
        points: 250,
        description: '订单ORD123456购物获得积分',
        related_order: 'ORD123456',
        related_data: { order_amount: 250.0, point_rate: 1.0 },
      },
      INTERNAL,
    ),
  ).toEqual([
    200,
    success(
      {
        transaction_id: A_TRANSACTION,
        points_earned: 250,
        // The document leaves out the 200 that are frozen.
        total_points: 2830,
        expiry_date: A_DAY,
        level_upgraded: false,
      },
      '积分发放成功',
    ),
  ]);
});

test('7. points pay part of an order', async () => {
  const body = { user_id: JOHN, points_to_use: 100, order_amount: 200.0, order_id: 'ORD123457' };
  expect(await ask('POST', 'points/use', body)).toEqual([
    200,
    success(
      {
        transaction_id: A_TRANSACTION,
        points_used: 100,
        discount_amount: 1.0,
        remaining_points: 2530,
        final_amount: 199.0,
      },
      '积分使用成功',
    ),
  ]);
});

test('5. the member’s transactions, with those of 6 and 7', async () => {
  const dates = `start_date=${plusDays(today(), -30)}&end_date=${today()}`;
  const [status, body] = await ask('GET', `points/transactions?page=1&limit=20&type=all&${dates}`);
  const { transactions, ...rest } = body.data;
  expect([status, { ...body, data: { ...rest, transactions: transactions.slice(0, 2) } }]).toEqual([
    200,
    success({
      summary: { total_earned: 3250, total_used: 520, current_balance: 2530 },
      transactions: [
        {
          transaction_id: A_TRANSACTION,
          type: 'USE',
          event_type: 'REDEMPTION',
          points: -100,
          description: '积分抵扣',
          related_order: 'ORD123457',
          created_at: AN_INSTANT,
          expiry_date: null,
        },
        {
          transaction_id: A_TRANSACTION,
          type: 'EARN',
          event_type: 'PURCHASE',
          points: 250,
          description: '订单ORD123456购物获得积分',
          related_order: 'ORD123456',
          created_at: AN_INSTANT,
          expiry_date: A_DAY,
        },
      ],
      pagination: { page: 1, limit: 20, total: 19, total_pages: 1 },
    }),
  ]);
});

test('8. points for an item', async () => {
  expect(
    await ask('POST', 'points/redeem', {
      redemption_item_id: 'GIFT001',
      quantity: 1,
      delivery_address: { name: '张三', phone: '13800138000', address: '北京市朝阳区xxx街道xxx号' },
    }),
  ).toEqual([
    200,
    success(
      {
        redemption_id: expect.stringMatching(/^RED[1-9]\d*$/),
        item_name: '积分商城礼品',
        points_cost: 500,
        remaining_points: 2030,
        estimated_delivery: plusDays(today(), 3),
        tracking_code: null,
      },
      '兑换成功',
    ),
  ]);
});

test('9. the benefits of the member’s level', async () => {
  expect(await ask('GET', 'benefits/available')).toEqual([
    200,
    success({
      current_level: '银牌会员',
      benefits: [
        {
          ...{ benefit_id: 'B001', benefit_name: '会员专享折扣', benefit_type: 'DISCOUNT', value: 0.9 },
          ...{ description: '全场商品9折优惠', usage_limit: null, used_count: 0, valid_until: null },
        },
        {
          ...{ benefit_id: 'B002', benefit_name: '免运费', benefit_type: 'FREE_SHIPPING', value: 1 },
          ...{ description: '全场免运费', usage_limit: null, used_count: 15, valid_until: null },
        },
        {
          ...{ benefit_id: 'B003', benefit_name: '生日礼品', benefit_type: 'BIRTHDAY_GIFT', value: 1 },
          ...{ description: '生日月份专属礼品', usage_limit: 1, used_count: 0 },
          valid_until: `${today().slice(0, 4)}-12-31`,
        },
      ],
    }),
  ]);
});

test('10. a benefit is used', async () => {
  const body = {
    user_id: JOHN,
    benefit_id: 'B001',
    order_id: 'ORD123458',
    usage_context: { original_amount: 100.0, discount_applied: 10.0 },
  };
  expect(await ask('POST', 'benefits/use', body, INTERNAL)).toEqual([
    200,
    success(
      {
        usage_id: expect.stringMatching(/^BU[1-9]\d*$/),
        benefit_name: '会员专享折扣',
        discount_amount: 10.0,
        remaining_usage: null,
        used_at: AN_INSTANT,
      },
      '权益使用成功',
    ),
  ]);
});

test('11. and 12. the activities that run, and joining one', async () => {
  const [start_time, end_time] = [inHours(-48), inHours(120)];
  const { activity_id } = await system.admin().ask(points.createActivity, {
    body: {
      title: '银牌会员双倍积分周',
      description: '银牌及以上会员购物享受双倍积分奖励',
      category: 'POINTS_PROMOTION',
      required_level: levelIds.SILVER as number,
      ...{ start_time, end_time, max_participants: 1000, benefits: ['double_points'] },
      next_action: '开始购物享受双倍积分奖励',
    } as never,
  });
  const listed = () => ask('GET', 'activities?status=active&category=all&page=1&limit=10');
  const seen = (participation_count: number, is_participated: boolean) => [
    200,
    success({
      activities: [
        {
          activity_id,
          title: '银牌会员双倍积分周',
          description: '银牌及以上会员购物享受双倍积分奖励',
          category: 'POINTS_PROMOTION',
          required_level: levelIds.SILVER,
          ...{ start_time, end_time, participation_count, max_participants: 1000 },
          is_eligible: true,
          is_participated,
        },
      ],
      pagination: { page: 1, limit: 10, total: 1, total_pages: 1 },
    }),
  ];
  expect(activity_id).toMatch(/^ACT[1-9]\d*$/);
  expect(await listed()).toEqual(seen(0, false));
  expect(
    await ask('POST', `activities/${activity_id}/join`, {
      participation_data: { contact_phone: '13800138000', preferences: ['电子产品', '服装'] },
    }),
  ).toEqual([
    200,
    success(
      {
        participation_id: expect.stringMatching(/^PAR[1-9]\d*$/),
        activity_title: '银牌会员双倍积分周',
        joined_at: AN_INSTANT,
        benefits_activated: ['double_points'],
        next_action: '开始购物享受双倍积分奖励',
      },
      '活动参与成功',
    ),
  ]);
  expect(await listed()).toEqual(seen(1, true));
});

test('14. points for many at once', async () => {
  const row = (user_id: number, amount: number) => ({
    ...{ user_id, status: 'success', transaction_id: A_TRANSACTION, points: amount },
  });
  expect(
    await ask(
      'POST',
      'admin/points/batch',
      {
        operation_type: 'EARN',
        reason: '系统补偿积分',
        operator: 'admin001',
        users: [
          { user_id: JOHN, points: 100, note: '订单异常补偿' },
          { user_id: JANE, points: 150, note: '活动奖励' },
        ],
      },
      ADMIN,
    ),
  ).toEqual([
    200,
    success(
      {
        batch_id: expect.stringMatching(/^BAT[1-9]\d*$/),
        ...{ total_users: 2, successful_count: 2, failed_count: 0, total_points: 250 },
        results: [row(JOHN, 100), row(JANE, 150)],
      },
      '批量操作成功',
    ),
  ]);
});

test('the error examples: 400 names every wrong field, 409 says what is missing', async () => {
  const use = (points_to_use: number, order_amount: unknown) =>
    ask(
      'POST',
      'points/use',
      { user_id: JANE, points_to_use, order_amount, order_id: 'ORD200000' },
      { userId: JANE },
    );
  expect(await use(0, '200')).toEqual([
    400,
    refusal(400, '请求参数错误', {
      errors: [
        { field: 'points_to_use', message: '积分使用数量必须大于0' },
        { field: 'order_amount', message: '订单金额格式不正确' },
      ],
    }),
  ]);
  await system.earn(JANE, 150);
  expect(await use(500, 200)).toEqual([
    409,
    refusal(409, '积分余额不足', { required_points: 500, available_points: 300, shortage: 200 }),
  ]);
});

/** The document's matrix, then what it leaves out. A role includes those above it; `internal` stands apart. */
const MEMBER = ['member', 'admin', 'super'];
const matrix: readonly (readonly [string, string, readonly string[]])[] = [
  ['GET', 'profile', MEMBER],
  ['PUT', 'profile', MEMBER],
  ['GET', 'levels', ['anonymous', ...MEMBER, 'internal']],
  ['POST', 'levels/upgrade', ['admin', 'super']],
  ['GET', 'points/transactions', MEMBER],
  ['POST', 'points/earn', ['internal']],
  ['POST', 'points/use', [...MEMBER, 'internal']],
  ['POST', 'admin/points/batch', ['admin', 'super']],
  ['POST', 'webhooks/events', ['internal']],
  ['POST', 'points/redeem', MEMBER],
  ['GET', 'benefits/available', MEMBER],
  ['POST', 'benefits/use', ['internal']],
  ['GET', 'activities', MEMBER],
  ['POST', 'activities/ACT1/join', MEMBER],
];
test.each(matrix)('%s /%s is for %j alone', async (method, path, allowed) => {
  const roles = ['anonymous', 'member', 'admin', 'super', 'internal'] as const;
  const turnedAway: string[] = [];
  for (const role of roles) {
    // A body that is refused whoever sends it: the role is looked at first.
    const userId = role === 'internal' || role === 'anonymous' ? null : JOHN;
    const [status] = await ask(method, path, method === 'GET' ? undefined : { nonsense: 1 }, {
      role,
      userId,
    });
    if (status === 401 || status === 403) turnedAway.push(role);
    expect(status).toBeLessThan(500);
  }
  expect(turnedAway).toEqual(roles.filter((role) => !allowed.includes(role)));
});
