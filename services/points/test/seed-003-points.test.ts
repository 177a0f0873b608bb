/** Document 003's chapters on points, for one member and for many at once, and its error examples. Chapter 15 is in `webhooks.test.ts`. */
import { plusDays } from '@membership/platform/calendar';
import { AN_INSTANT, refusal, success } from './member-system-kit.ts';
import { A_DAY, A_TRANSACTION, ADMIN, ask, INTERNAL, JANE, JOHN, system, today } from './seed-003-kit.ts';

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
    refusal('VALIDATION_ERROR', '请求参数错误', {
      errors: [
        { field: 'points_to_use', message: '积分使用数量必须大于0' },
        { field: 'order_amount', message: '订单金额格式不正确' },
      ],
    }),
  ]);
  await system.earn(JANE, 150);
  expect(await use(500, 200)).toEqual([
    409,
    refusal('INSUFFICIENT_POINTS', '积分余额不足', {
      required_points: 500,
      available_points: 300,
      shortage: 200,
    }),
  ]);
});
