/** A member's profile in the member system: its own (seed 003), and as administrators see one. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, count, day, id, instant, money, requiredLine } from '../../schemas.ts';
import { both } from '../../text.ts';
import { levelBenefits } from './member-levels.ts';

const family = {
  service: 'points',
  dialect: 'code',
  tag: 'Member profile',
  access: ['member'],
  refusals: ['BIZ_001'],
  path: '/api/v1/member-system/profile/',
} as const;

/** A day that has been: nobody is born tomorrow. Members live in zones up to 14 hours ahead. */
const birthday = z.iso
  .date({ error: both('日期格式不正确（应为 YYYY-MM-DD）', 'Must be a day such as 1990-01-15') })
  .refine((text) => text >= '1900-01-01' && Date.parse(text) <= Date.now() + 14 * 3_600_000, {
    error: both('生日不能晚于今天', 'A birthday cannot be in the future'),
  });

const preferences = {
  notification_email: z.boolean(),
  notification_sms: z.boolean(),
  marketing_consent: z.boolean(),
  show_on_leaderboards: z.boolean().meta({
    description: both(
      '排行榜上是否向其他成员显示；关闭后仍计入名次。默认 true',
      'Whether other members see this one on the leaderboards; it is ranked either way. True unless set',
    ),
  }),
};

const level = z.object({
  level_id: id,
  level_name: z.string(),
  level_code: z.string(),
  discount_rate: z.number(),
  point_multiplier: z.number(),
});
const nextLevel = z
  .object({
    level_name: z.string(),
    required_spent: money,
    remaining_spent: money,
    progress_percentage: z.number(),
  })
  .nullable();
const silver = {
  level_id: 3,
  level_name: '银牌会员',
  level_code: 'SILVER',
  discount_rate: 0.9,
  point_multiplier: 1,
};
const toGold = {
  level_name: '金牌会员',
  required_spent: 5000,
  remaining_spent: 2500,
  progress_percentage: 50,
};

export const getMemberProfile = endpoint({
  ...family,
  name: 'getMemberProfile',
  method: 'get',
  kind: 'object',
  summary: {
    zh: '查看自己的会员信息：等级、积分、消费、权益',
    en: 'Show one’s own membership: level, points, spending, benefits',
  },
  response: z.object({
    member_id: z.string(),
    user_id: id,
    nickname: z.string().nullable(),
    birthday: day.nullable(),
    preferences: z.object(preferences),
    level,
    points: z.object({
      total_points: count,
      available_points: count,
      frozen_points: count,
      expiring_points: count,
      expiring_date: day.nullable(),
    }),
    statistics: z.object({
      total_spent: money,
      total_orders: count,
      join_date: day,
      last_active: instant,
    }),
    benefits: levelBenefits,
    next_level: nextLevel,
  }),
  examples: {
    response: {
      member_id: 'M123456789',
      user_id: 1001,
      nickname: null,
      birthday: null,
      preferences: {
        notification_email: true,
        notification_sms: false,
        marketing_consent: false,
        show_on_leaderboards: true,
      },
      level: silver,
      points: {
        total_points: 2580,
        available_points: 2380,
        frozen_points: 200,
        expiring_points: 500,
        expiring_date: '2025-01-15',
      },
      statistics: {
        total_spent: 2500,
        total_orders: 15,
        join_date: '2024-01-15',
        last_active: '2024-09-17T09:30:00Z',
      },
      benefits: {
        free_shipping: true,
        birthday_gift: true,
        priority_service: false,
        exclusive_events: false,
      },
      next_level: toGold,
    },
  },
});
export const updateMemberProfile = endpoint({
  ...family,
  name: 'updateMemberProfile',
  method: 'put',
  kind: 'action',
  summary: { zh: '修改会员自己的资料', en: 'Change what a member says about itself' },
  description: {
    zh: '任意字段；昵称或生日为 null 即清除。偏好设置中省略的项不变。',
    en: 'Any of the fields; null takes a nickname or birthday away. Preferences that are left out stay.',
  },
  body: z
    .strictObject({
      nickname: requiredLine(64).nullable(),
      birthday: birthday.nullable(),
      preferences: z.strictObject(preferences).partial(),
    })
    .partial(),
  response: z.object({ updated_fields: z.array(z.string()), updated_at: instant }),
  message: { zh: '会员信息更新成功', en: 'The member information is updated' },
  examples: {
    request: {
      nickname: '新昵称',
      birthday: '1990-01-15',
      preferences: { notification_email: true, notification_sms: false, marketing_consent: true },
    },
    response: { updated_fields: ['nickname', 'birthday', 'preferences'], updated_at: '2024-09-17T10:00:00Z' },
  },
});

/** A member that a level was set for by hand: as the newest time it was. */
const setByHand = z
  .object({
    operation_id: z.string().meta({ description: both('设置时返回的编号', 'What setting it answered') }),
    level_id: id,
    level_name: z.string(),
    reason: z.string().nullable(),
    operator: z
      .string()
      .nullable()
      .meta({ description: both('调用方的备注', 'A note of the caller’s') }),
    operator_id: id.nullable().meta({
      description: both('操作的成员；由系统操作时为 null', 'The member who did it; null where a system did'),
    }),
    set_at: instant,
  })
  .nullable()
  .meta({
    description: both(
      '人工设置的等级，作为下限，直到再次设置',
      'A level that was set by hand: a floor until it is set again',
    ),
  });

export const getMembership = endpoint({
  ...{ service: 'points', dialect: 'code', tag: 'Member levels', access: ['admin'], refusals: ['BIZ_001'] },
  name: 'getMembership',
  method: 'get',
  path: '/api/v1/member-system/admin/members/:id/',
  kind: 'object',
  summary: {
    zh: '查看某个成员的会员等级、消费，以及人工设置等级的原因',
    en: 'Show the level of a member, what it spent, and why a level was set by hand',
  },
  params: byId,
  response: z.object({
    user_id: id,
    level,
    level_set_by_hand: setByHand,
    level_review_at: instant.nullable().meta({
      description: both(
        '消费低于当前等级的成员何时降一级（租户采用该降级策略时）',
        'When a member below its level loses one step, where the tenant downgrades so',
      ),
    }),
    statistics: z.object({ total_spent: money, total_orders: count }),
    benefits: levelBenefits,
    next_level: nextLevel,
  }),
  examples: {
    response: {
      user_id: 1001,
      level: silver,
      level_set_by_hand: {
        operation_id: 'OP123456789',
        level_id: 3,
        level_name: '银牌会员',
        reason: '客服手动调整',
        operator: 'admin001',
        operator_id: 12,
        set_at: '2024-09-17T10:00:00Z',
      },
      level_review_at: null,
      statistics: { total_spent: 2500, total_orders: 15 },
      benefits: {
        free_shipping: true,
        birthday_gift: true,
        priority_service: false,
        exclusive_events: false,
      },
      next_level: toGold,
    },
  },
});
