/** Document 001's chapters on how it is used, step by step, and on the usual errors. */
import {
  adjustPoints,
  earnPoints,
  getProfile,
  getProfileSummary,
  listPointsRecords,
  listUserLevels,
  spendPoints,
  updateProfile,
} from '@membership/contracts/endpoints/points/index';
import { admin, ID, internal, JOHN, ledger, params, post, TENANT, TIME } from './seed-001-kit.ts';

/** john, who asks for what is his own. */
const john = () => ledger.as({ tenantId: TENANT, userId: JOHN });
const gold = { upgraded: false, previous_level: '黄金会员', current_level: '黄金会员' };

describe('a member’s points from the first to the last step', () => {
  test('1: the level that a new member begins with', async () => {
    const { body } = await john().call(listUserLevels, { query: { is_default: 'true' } });
    expect(body).toMatchObject({ count: 1, results: [{ level_code: 'BRONZE', is_default: true }] });
  });

  test('2 and 3: points for a login and for activating a licence', async () => {
    const earned = async (body: Record<string, unknown>) =>
      (await internal().call(earnPoints, { params, body: body as never })).body;
    expect(
      await earned({
        points_amount: 10,
        category: 'login',
        subcategory: 'daily_login',
        reason: '每日登录奖励',
        source_type: 'system',
      }),
    ).toEqual({
      success: true,
      message: '成功获得 10 积分',
      record_id: ID,
      new_total_points: 2_492,
      level_change: gold,
      applied_multiplier: 1.2,
      actual_points_added: 12,
      timestamp: TIME,
    });
    expect(
      await earned({
        points_amount: 100,
        category: 'license',
        subcategory: 'activation',
        reason: '激活专业版许可证',
        source_type: 'license',
        source_id: 789,
      }),
    ).toMatchObject({ message: '成功获得 100 积分', new_total_points: 2_612, actual_points_added: 120 });
  });

  test('4: where one stands, and how far the next level is', async () => {
    expect(await john().ask(getProfile, { params })).toMatchObject({
      total_points: 2_612,
      current_level_info: { level_code: 'GOLD' },
    });
    expect((await john().ask(getProfileSummary, { params })).level_progress).toMatchObject({
      current_points: 2_612,
      points_to_next: 7_388,
      progress_percentage: 7.65,
    });
  });

  test('5 and 6: points spent for VIP, and made good by an administrator', async () => {
    const { body: spent } = await john().call(spendPoints, {
      params,
      body: {
        points_amount: 1_000,
        category: 'vip_upgrade',
        subcategory: 'monthly_vip',
        reason: '购买VIP金牌月卡',
        source_type: 'order',
        source_id: 456,
      },
    });
    expect(spent).toEqual({
      success: true,
      message: '成功消费 1000 积分',
      record_id: ID,
      new_total_points: 1_612,
      remaining_points: 1_612,
      timestamp: TIME,
    });
    const { body: adjusted } = await admin().call(adjustPoints, {
      params,
      body: {
        points_amount: 500,
        is_negative: false,
        reason: '客服补偿：系统故障导致积分丢失',
        category: 'manual',
        source_type: 'manual',
      },
    });
    expect(adjusted).toEqual({
      success: true,
      message: '积分调整成功',
      record_id: ID,
      new_total_points: 2_112,
      remaining_points: 2_112,
      level_change: gold,
      timestamp: TIME,
    });
  });

  test('7: the newest records first', async () => {
    const { body } = await john().call(listPointsRecords, {
      query: { member: String(JOHN), ordering: '-created_at', page_size: '10' },
    });
    expect(body).toMatchObject({ count: 5, next: null, previous: null });
    expect(body.results.map(({ points }: { points: number }) => points)).toEqual([
      500, -1_000, 120, 12, 2_480,
    ]);
  });
});

describe('the usual errors', () => {
  const refused = (code: string, message: string, details: Record<string, unknown>) => ({
    success: false,
    error: { code, message, details },
    timestamp: TIME,
    request_id: expect.any(String),
  });

  test('too few points', async () => {
    const { status, body } = await post('spend_points', { points_amount: 2_200, category: 'vip_upgrade' });
    const details = { required_points: 2_200, available_points: 2_112, shortage: 88 };
    expect([status, body]).toEqual([409, refused('INSUFFICIENT_POINTS', '积分余额不足', details)]);
  });

  test('the limit of a day', async () => {
    const other = await ledger.aMember();
    await ledger.earn(other, 50, { category: 'login' });
    const { status, body } = await ledger.earn(other, 10, { category: 'login' });
    const details = { daily_limit: 50, earned_today: 50 };
    expect([status, body]).toEqual([409, refused('DAILY_LIMIT_EXCEEDED', '今日登录积分已达上限', details)]);
  });

  test('points disabled', async () => {
    await admin().ask(updateProfile, { params, body: { is_points_enabled: false } });
    const { status, body } = await post('spend_points', { points_amount: 1, category: 'vip_upgrade' });
    expect([status, body]).toEqual([409, refused('POINTS_DISABLED', '该用户未启用积分功能', {})]);
  });
});

test('and the ledger adds up', async () => expect(await ledger.faults()).toEqual([]));
