/** Every request and answer of document 003's chapters on members and levels, each with its whole shape and its sentence. */
import { plusDays } from '@membership/platform/calendar';
import { AN_INSTANT, success } from './member-system-kit.ts';
import { ADMIN, ask, JOHN, levelIds, system, today } from './seed-003-kit.ts';

test('1. the member’s own profile', async () => {
  expect(await ask('GET', 'profile')).toEqual([
    200,
    success({
      member_id: 'M1001',
      user_id: 1001,
      nickname: null,
      birthday: null,
      preferences: {
        ...{ notification_email: true, notification_sms: false, marketing_consent: false },
        show_on_leaderboards: true,
      },
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
