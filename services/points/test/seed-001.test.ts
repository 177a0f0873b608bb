/** Every request and answer of document 001's chapters on levels, profiles and records, each with its whole shape and its sentence. */
import {
  adjustPoints,
  getProfilePermissions,
  getProfileSummary,
  listPointsRecords,
  listProfiles,
  listUserLevels,
  summarizePointsRecords,
} from '@membership/contracts/endpoints/points/index';
import { dayOf } from '@membership/platform/calendar';
import { admin, ID, internal, JOHN, ledger, nextYear, params, post, TENANT, TIME } from './seed-001-kit.ts';

test('the list of levels', async () => {
  const { status, body } = await ledger
    .as({ tenantId: TENANT, userId: JOHN })
    .call(listUserLevels, { query: { is_active: 'true', ordering: 'level_order' } });
  const { results, ...page } = body;
  expect([status, page]).toEqual([200, { count: 4, next: null, previous: null }]);
  expect(results[0]).toEqual({
    id: ID,
    level_name: '青铜会员',
    level_code: 'BRONZE',
    level_order: 1,
    min_points: 0,
    max_points: 999,
    permissions: { can_view_basic_content: true, discount_rate: 0.05, priority_support: false },
    quota_config: { max_downloads_per_day: 10, max_api_calls_per_hour: 100 },
    level_color: '#CD7F32',
    level_icon: '🥉',
    level_description: '新用户的起始等级',
    is_active: true,
    is_default: true,
    created_at: TIME,
    updated_at: TIME,
  });
});

test('earning points', async () => {
  const { status, body } = await post('earn_points', {
    points_amount: 100,
    category: 'login',
    subcategory: 'daily_login',
    reason: '每日登录奖励',
    expires_at: nextYear,
    source_type: 'system',
    source_id: null,
  });
  expect([status, body]).toEqual([
    200,
    {
      success: true,
      message: '成功获得 100 积分',
      record_id: ID,
      new_total_points: 2_600,
      level_change: { upgraded: false, previous_level: '黄金会员', current_level: '黄金会员' },
      applied_multiplier: 1.2,
      actual_points_added: 120,
      timestamp: TIME,
    },
  ]);
});

test('the list of records', async () => {
  const { body } = await admin().call(listPointsRecords, {
    query: { member: String(JOHN), ordering: '-created_at', page_size: '10', category: 'login' },
  });
  expect(body).toEqual({
    count: 1,
    next: null,
    previous: null,
    results: [
      {
        id: ID,
        tenant_user_profile: JOHN,
        member: JOHN,
        tenant: TENANT,
        point_type: 'earn',
        category: 'login',
        subcategory: 'daily_login',
        points: 120,
        balance_before: 2_480,
        balance_after: 2_600,
        tenant_multiplier: '1.20',
        original_points: 100,
        source_type: 'system',
        source_id: null,
        source_description: '每日登录奖励',
        earned_at: TIME,
        expires_at: nextYear,
        expired_at: null,
        operation_reason: '每日登录奖励',
        operator_id: null,
        batch_id: null,
        status: 'active',
        is_manual: false,
        rule_id: null,
        event_id: null,
        reverses_record_id: null,
        hold_id: null,
        member_info: { id: JOHN, username: 'john_doe' },
        tenant_info: { id: TENANT, name: 'ACME Corp' },
        profile_info: { id: JOHN, total_points: 2_600, current_level_name: '黄金会员' },
        is_expired: false,
        days_until_expiry: 365,
        created_at: TIME,
        created_by_id: null,
      },
    ],
  });
});

test('spending points', async () => {
  const { status, body } = await post('spend_points', {
    points_amount: 500,
    category: 'vip_upgrade',
    subcategory: 'monthly_vip',
    reason: '购买月度VIP会员',
    source_type: 'order',
    source_id: 456,
  });
  expect([status, body]).toEqual([
    200,
    {
      success: true,
      message: '成功消费 500 积分',
      record_id: ID,
      new_total_points: 2_100,
      remaining_points: 2_100,
      timestamp: TIME,
    },
  ]);
});

test('adjusting by hand, up and down', async () => {
  const adjust = (body: Record<string, unknown>) =>
    admin().call(adjustPoints, { params, body: body as never });
  const up = await adjust({
    points_amount: 600,
    is_negative: false,
    category: 'manual',
    reason: '客服补偿积分',
    source_type: 'manual',
  });
  expect([up.status, up.body]).toEqual([
    200,
    {
      success: true,
      message: '积分调整成功',
      record_id: ID,
      new_total_points: 2_700,
      remaining_points: 2_700,
      level_change: { upgraded: false, previous_level: '黄金会员', current_level: '黄金会员' },
      timestamp: TIME,
    },
  ]);
  const down = await adjust({ points_amount: 200, is_negative: true, reason: '更正' });
  expect(down.body).toEqual({
    ...up.body,
    ...{ record_id: ID, new_total_points: 2_500, remaining_points: 2_500, timestamp: TIME },
  });
});

test('the list of profiles', async () => {
  await ledger.kit
    .as({ role: 'internal', tenantId: TENANT })
    .send('POST', `/api/v1/points/profiles/${JOHN}/holds/`, {
      body: { points_amount: 200, category: 'vip_upgrade' },
    });
  const { body } = await admin().call(listProfiles, { query: { search: 'john', ordering: '-total_points' } });
  expect(body).toEqual({
    count: 1,
    next: null,
    previous: null,
    results: [
      {
        id: JOHN,
        member: JOHN,
        tenant: TENANT,
        total_points: 2_500,
        available_points: 2_300,
        frozen_points: 200,
        owed_points: 0,
        current_level: ID,
        level_updated_at: TIME,
        level_review_at: null,
        level_set_by_hand: null,
        points_earned_total: 3_200,
        points_spent_total: 700,
        points_expired_total: 0,
        last_points_update: TIME,
        last_level_check: null,
        consecutive_login_days: 0,
        last_login_date: null,
        points_multiplier: '1.20',
        is_points_enabled: true,
        member_info: { id: JOHN, username: 'john_doe', email: 'john@example.com', is_active: true },
        tenant_info: { id: TENANT, name: 'ACME Corp', is_active: true },
        current_level_info: {
          id: ID,
          level_name: '黄金会员',
          level_code: 'GOLD',
          level_order: 3,
          min_points: 2_000,
          max_points: 9_999,
          level_color: '#FFD700',
          level_icon: '🥇',
        },
        points_summary: {
          total_points: 2_500,
          current_level: '黄金会员',
          points_multiplier: 1.2,
          summary_period_days: 30,
          earned: { total: 3_200, categories: { manual: 3_080, login: 120 } },
          spent: { total: 700, categories: { vip_upgrade: 500, manual: 200 } },
          net_change: 2_500,
          category_breakdown: [
            { category: 'manual', earned: 3_080, spent: 200, net: 2_880 },
            { category: 'login', earned: 120, spent: 0, net: 120 },
            { category: 'vip_upgrade', earned: 0, spent: 500, net: -500 },
          ],
        },
        active_tags: [
          {
            id: 1,
            tag_name: 'VIP金牌',
            tag_code: 'VIP_GOLD',
            tag_type: 'vip',
            tag_color: '#FFD700',
            expires_at: TIME,
            status: 'active',
            vip_status: {
              is_active: true,
              is_expired: false,
              is_in_grace_period: false,
              days_until_expiry: 97,
            },
          },
        ],
        effective_permissions: {
          can_view_basic_content: true,
          can_use_basic_features: true,
          can_view_premium_content: true,
          can_view_exclusive_content: true,
          discount_rate: 0.25,
          priority_support: true,
          can_earn_points: true,
          can_spend_points: true,
          can_manage_points: false,
        },
        created_at: TIME,
        updated_at: TIME,
      },
    ],
  });
});

test('the summary of a profile', async () => {
  const { body } = await internal().call(getProfileSummary, { params, query: { days: '30' } });
  const date = dayOf('Asia/Shanghai', new Date());
  expect(body).toEqual({
    total_points: 2_500,
    available_points: 2_300,
    frozen_points: 200,
    current_level: '黄金会员',
    points_multiplier: 1.2,
    summary_period_days: 30,
    earned: {
      total: 3_200,
      by_category: { manual: 3_080, login: 120 },
      by_day: [{ date, points: 3_200 }],
    },
    spent: {
      total: 700,
      by_category: { vip_upgrade: 500, manual: 200 },
      by_day: [{ date, points: 700 }],
    },
    net_change: 2_500,
    level_progress: {
      current_level: { name: '黄金会员', color: '#FFD700', min_points: 2_000, max_points: 9_999 },
      current_points: 2_500,
      next_level: { name: '钻石会员', color: '#B9F2FF', min_points: 10_000 },
      points_to_next: 7_500,
      progress_percentage: 6.25,
    },
    predictions: {
      // 7,500 ÷ (3,200 ÷ 30) = 70.3
      estimated_days_to_next_level: 71,
      monthly_average_earned: 3_200,
      trend: 'increasing',
    },
  });
});

test('the permissions of a member', async () => {
  const { body } = await internal().call(getProfilePermissions, { params });
  expect(body).toEqual({
    user_id: JOHN,
    tenant_id: TENANT,
    base_permissions: { can_view_basic_content: true, can_use_basic_features: true },
    level_permissions: {
      level_name: '黄金会员',
      can_view_basic_content: true,
      can_view_premium_content: true,
      discount_rate: 0.15,
      priority_support: false,
    },
    vip_tag_permissions: {
      VIP_GOLD: { discount_rate_bonus: 0.1, priority_support: true, exclusive_content_access: true },
    },
    effective_permissions: {
      can_view_basic_content: true,
      can_use_basic_features: true,
      can_view_premium_content: true,
      can_view_exclusive_content: true,
      discount_rate: 0.25,
      priority_support: true,
      can_earn_points: true,
      can_spend_points: true,
      max_downloads_per_day: 40,
      max_api_calls_per_hour: 600,
    },
    permission_calculation: { base_discount: 0, level_discount: 0.15, vip_bonus: 0.1, final_discount: 0.25 },
    quota_calculation: {
      max_downloads_per_day: { level_quota: 20, multipliers: { VIP_GOLD: 2 }, final_quota: 40 },
      max_api_calls_per_hour: { level_quota: 200, multipliers: { VIP_GOLD: 3 }, final_quota: 600 },
    },
  });
});

test('the summary of records', async () => {
  expect((await admin().call(summarizePointsRecords, {})).body).toEqual({
    total_records: 5,
    by_type: { earn: 1, spend: 1, adjust: 3, expire: 0 },
    by_category: { login: 1, vip_upgrade: 1, manual: 3 },
    by_status: { active: 5, expired: 0, cancelled: 0 },
    total_points_flow: { earned: 3_200, spent: 700, net: 2_500 },
  });
});

test('and the ledger adds up', async () => expect(await ledger.faults()).toEqual([]));
