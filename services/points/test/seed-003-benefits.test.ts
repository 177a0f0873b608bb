/** Document 003's chapters on benefits and activities. Chapter 13 is the statistics service's. */
import * as points from '@membership/contracts/endpoints/points/index';
import { AN_INSTANT, success } from './member-system-kit.ts';
import { ask, inHours, INTERNAL, JOHN, levelIds, system, today } from './seed-003-kit.ts';

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
