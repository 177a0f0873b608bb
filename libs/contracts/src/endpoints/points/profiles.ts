/** Points profiles (seed 001): balances, levels, permissions. A profile is 1:1 with its member and shares its id. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  day,
  decimal,
  flag,
  id,
  idFilter,
  instant,
  ordering,
  pageQuery,
  queryInteger,
  requiredReason,
  search,
} from '../../schemas.ts';
import { both } from '../../text.ts';
import { levelCheckedExample, permissionsExample, profileExample, summaryExample } from './examples.ts';

const byCategory = z.record(z.string(), z.int());
const permissionValues = z.record(z.string(), z.union([z.boolean(), z.number(), z.string(), z.null()]));
export const activeTag = z.object({
  id,
  tag_name: z.string(),
  tag_code: z.string(),
  tag_type: z.string(),
  tag_color: z.string(),
  expires_at: instant.nullable(),
  status: z.string(),
  vip_status: z.object({
    is_active: z.boolean(),
    is_expired: z.boolean(),
    is_in_grace_period: z.boolean(),
    days_until_expiry: z.int().nullable(),
  }),
});
export const profile = z.object({
  id,
  member: id,
  tenant: id,
  total_points: z.int(),
  available_points: z.int(),
  frozen_points: z
    .int()
    .meta({ description: both('冻结中；计入总积分，但不可用', 'Held; in the total, but not available') }),
  owed_points: z.int().meta({
    description: both(
      '冲正尚未收回的积分；从之后的收入中扣除',
      'What reversals could not take back yet; taken from what comes in next',
    ),
  }),
  current_level: id.nullable(),
  level_updated_at: instant.nullable(),
  level_review_at: instant.nullable().meta({
    description: both(
      '积分低于当前等级的档案何时降一级（租户采用该降级策略时）',
      'When a profile below its level loses one step, where the tenant downgrades so',
    ),
  }),
  level_set_by_hand: z
    .object({ level: id, reason: z.string(), operator_id: id.nullable(), set_at: instant })
    .nullable()
    .meta({ description: both('无论积分多少都保持的等级', 'A level that holds whatever the points say') }),
  points_earned_total: z.int(),
  points_spent_total: z.int(),
  points_expired_total: z.int(),
  last_points_update: instant.nullable(),
  last_level_check: instant.nullable(),
  consecutive_login_days: z.int(),
  last_login_date: day.nullable(),
  points_multiplier: z
    .string()
    .meta({ description: both('两位小数的文本："1.20"', 'Two decimals, as text: "1.20"') }),
  is_points_enabled: z.boolean(),
  member_info: z.object({ id, username: z.string(), email: z.string(), is_active: z.boolean() }),
  tenant_info: z.object({ id, name: z.string(), is_active: z.boolean() }),
  current_level_info: z
    .object({
      id,
      level_name: z.string(),
      level_code: z.string(),
      level_order: z.int(),
      min_points: z.int(),
      max_points: z.int().nullable(),
      level_color: z.string(),
      level_icon: z.string(),
    })
    .nullable(),
  points_summary: z.object({
    total_points: z.int(),
    current_level: z.string().nullable(),
    points_multiplier: z.number(),
    summary_period_days: z.int(),
    earned: z.object({ total: z.int(), categories: byCategory }),
    spent: z.object({ total: z.int(), categories: byCategory }),
    net_change: z.int(),
    category_breakdown: z.array(
      z.object({ category: z.string(), earned: z.int(), spent: z.int(), net: z.int() }),
    ),
  }),
  active_tags: z.array(activeTag),
  effective_permissions: permissionValues,
  created_at: instant,
  updated_at: instant,
});

const WRONG_MULTIPLIER = both(
  '积分倍数应为 0.01 到 100 的数字，最多两位小数',
  'Must be a number from 0.01 to 100 with at most two decimals',
);
const size = { min: 0.01, max: 100, error: WRONG_MULTIPLIER };
/** A number, or its text as a profile shows it. */
const multiplier = z.union(
  [
    decimal(2, size),
    z
      .string()
      .regex(/^\d{1,3}(\.\d{1,2})?$/)
      .transform(Number)
      .pipe(decimal(2, size))
      .meta({ type: 'string', pattern: '^[0-9]{1,3}(\\.[0-9]{1,2})?$' }),
  ],
  { error: WRONG_MULTIPLIER },
);
const family = { service: 'points', dialect: 'drf', tag: 'Points profiles' } as const;
export const profilePath = '/api/v1/points/profiles/:id/';

export const listProfiles = endpoint({
  ...family,
  name: 'listProfiles',
  method: 'get',
  path: '/api/v1/points/profiles/',
  access: ['member', 'internal'],
  kind: 'list',
  summary: { zh: '用户积分档案列表', en: 'List points profiles' },
  description: {
    zh: '成员只能看到自己的档案。search 匹配用户名或邮箱的任意部分；超过五秒返回 503，请输入更多字符。',
    en: 'A member sees its own profile only. search finds any part of a name or an email address; after five seconds it is refused with 503: type more.',
  },
  query: z.strictObject({
    ...pageQuery(),
    current_level: idFilter.optional(),
    is_points_enabled: flag.optional(),
    search: search.optional(),
    ordering: ordering(['total_points', 'created_at', 'member'], '-total_points'),
  }),
  response: profile,
});
export const getProfile = endpoint({
  ...family,
  name: 'getProfile',
  method: 'get',
  path: profilePath,
  access: ['member', 'internal'],
  kind: 'object',
  summary: { zh: '用户积分档案详情', en: 'Show a points profile' },
  params: byId,
  response: profile,
  examples: { response: profileExample },
});
export const updateProfile = endpoint({
  ...family,
  name: 'updateProfile',
  method: 'patch',
  path: profilePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '启用或停用积分，设置积分倍数', en: 'Enable or disable points, set the multiplier' },
  params: byId,
  body: z
    .strictObject({
      is_points_enabled: z.boolean(),
      points_multiplier: multiplier,
    })
    .partial(),
  response: profile,
  examples: { request: { is_points_enabled: true, points_multiplier: 1.2 } },
});

export const profileSummary = z.object({
  total_points: z.int(),
  available_points: z.int(),
  frozen_points: z.int(),
  current_level: z.string().nullable(),
  points_multiplier: z.number(),
  summary_period_days: z.int(),
  earned: z.object({
    total: z.int(),
    by_category: byCategory,
    by_day: z.array(z.object({ date: day, points: z.int() })),
  }),
  spent: z.object({
    total: z.int(),
    by_category: byCategory,
    by_day: z.array(z.object({ date: day, points: z.int() })),
  }),
  net_change: z.int(),
  level_progress: z.object({
    current_level: z
      .object({ name: z.string(), color: z.string(), min_points: z.int(), max_points: z.int().nullable() })
      .nullable(),
    current_points: z.int(),
    next_level: z.object({ name: z.string(), color: z.string(), min_points: z.int() }).nullable(),
    points_to_next: z.int().nullable(),
    progress_percentage: z.number(),
  }),
  predictions: z.object({
    estimated_days_to_next_level: z.int().nullable(),
    monthly_average_earned: z.number(),
    trend: z.enum(['increasing', 'stable', 'decreasing']),
  }),
});
export const getProfileSummary = endpoint({
  ...family,
  name: 'getProfileSummary',
  method: 'get',
  path: '/api/v1/points/profiles/:id/summary/',
  access: ['member', 'internal'],
  kind: 'object',
  summary: { zh: '档案在若干天内的汇总', en: 'Sum up a profile over some days' },
  params: byId,
  query: z.strictObject({ days: queryInteger(1, 366).default(30) }),
  response: profileSummary,
  examples: { response: summaryExample },
});
export const getProfilePermissions = endpoint({
  ...family,
  name: 'getProfilePermissions',
  method: 'get',
  path: '/api/v1/points/profiles/:id/permissions/',
  access: ['member', 'internal'],
  kind: 'object',
  summary: {
    zh: '查看成员的权限，以及每项权限的来源',
    en: 'Show what a member may do, and where each permission comes from',
  },
  params: byId,
  response: z.object({
    user_id: id,
    tenant_id: id,
    base_permissions: permissionValues,
    level_permissions: permissionValues,
    vip_tag_permissions: z.record(z.string(), z.record(z.string(), z.unknown())),
    effective_permissions: permissionValues,
    permission_calculation: z.object({
      base_discount: z.number(),
      level_discount: z.number(),
      vip_bonus: z.number(),
      final_discount: z.number(),
    }),
    quota_calculation: z
      .record(
        z.string(),
        z.object({
          level_quota: z.number(),
          multipliers: z.record(z.string(), z.number()),
          final_quota: z.int(),
        }),
      )
      .meta({
        description: both(
          '每项配额：等级给予的数量，以及各标签的倍数',
          'Of each quota what the level gives, and by what each tag multiplies it',
        ),
      }),
  }),
  examples: { response: permissionsExample },
});
export const checkProfileLevel = endpoint({
  ...family,
  name: 'checkProfileLevel',
  method: 'post',
  path: '/api/v1/points/profiles/:id/check_level/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '立即重新计算等级', en: 'Recompute the level now' },
  params: byId,
  response: z.object({
    level_change: z.object({
      upgraded: z.boolean(),
      previous_level: z.string().nullable(),
      current_level: z.string().nullable(),
    }),
    timestamp: instant,
  }),
  message: { zh: '等级检查完成', en: 'The level was checked' },
  examples: { response: levelCheckedExample },
});
export const setProfileLevel = endpoint({
  ...family,
  name: 'setProfileLevel',
  method: 'post',
  path: '/api/v1/points/profiles/:id/set_level/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '手动设置等级', en: 'Set the level by hand' },
  description: {
    zh: '无论积分多少，该等级保持到再次设置；积分达到更高等级时仍会升级。null：立即恢复为只由积分决定。',
    en: 'The level holds, whatever the points say, until it is set again; higher ones are still reached by points. null: the points alone decide again, at once.',
  },
  params: byId,
  body: z.strictObject({ level_id: id.nullable(), reason: requiredReason }),
  response: z.object({
    level_change: z.object({
      upgraded: z.boolean(),
      previous_level: z.string().nullable(),
      current_level: z.string().nullable(),
    }),
    timestamp: instant,
  }),
  message: { zh: '等级调整成功', en: 'The level was set' },
  examples: { response: levelCheckedExample, request: { level_id: 3, reason: '客户关怀' } },
});
