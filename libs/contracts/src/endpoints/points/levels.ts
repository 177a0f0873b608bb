/** User levels (seed 001): the ladder by points. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  code,
  flag,
  id,
  instant,
  jsonObject,
  longText,
  ordering,
  pageQuery,
  requiredText,
  search,
} from '../../schemas.ts';
import { both } from '../../text.ts';

const rate = z.number().min(0).max(1);
const colour = z.string().regex(/^#[0-9A-Fa-f]{6}$/, {
  error: both('颜色格式不正确，例如 #CD7F32', 'Must be a colour such as #CD7F32'),
});
const NOT_A_PERMISSION = both('必须为布尔值、数字或文本', 'Must be a boolean, a number or text');
const WRONG_RATE = both('折扣率应在 0 到 1 之间', 'Must be a number from 0 to 1');
const TAKEN_NAME = both('该名称由平台使用', 'The platform uses this name itself');
/** What a level gives, by name. Its own name stands beside these, and is none of them. */
const permissions = jsonObject
  .superRefine((value, context) => {
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    for (const [name, one] of Object.entries(value))
      if (name === 'level_name') refuse(name, TAKEN_NAME);
      else if (name === 'discount_rate') {
        if (!rate.safeParse(one).success) refuse(name, WRONG_RATE);
      } else if (typeof one === 'object' && one !== null) refuse(name, NOT_A_PERMISSION);
  })
  .meta({
    properties: { discount_rate: { type: 'number', minimum: 0, maximum: 1 } },
    additionalProperties: { type: ['boolean', 'number', 'string', 'null'] },
  });
/** Quotas are shown among the permissions: none may pass for one. */
const quotaName = z
  .string()
  .regex(/^\w{1,64}$/)
  .refine((name) => name !== 'discount_rate' && !name.startsWith('can_'), { error: TAKEN_NAME });
const quotas = z.record(quotaName, z.int().min(0), {
  error: both('配额必须为非负整数', 'Quotas are integers of at least 0'),
});

export const userLevel = z.object({
  id,
  level_name: z.string(),
  level_code: z.string(),
  level_order: z.int(),
  min_points: z.int(),
  max_points: z.int().nullable(),
  permissions: z.record(z.string(), z.unknown()),
  quota_config: z.record(z.string(), z.number()),
  level_color: z.string(),
  level_icon: z.string(),
  level_description: z.string(),
  is_active: z.boolean(),
  is_default: z.boolean(),
  created_at: instant,
  updated_at: instant,
});

const fields = {
  level_name: requiredText,
  level_code: code,
  level_order: z.int().min(1).max(1000),
  min_points: z.int().min(0).max(1_000_000_000_000),
  max_points: z.int().min(0).max(1_000_000_000_000).nullable(),
  permissions,
  quota_config: quotas,
  level_color: colour,
  level_icon: text().max(16),
  level_description: longText,
  is_active: z.boolean(),
  is_default: z.boolean(),
};
const wholeLevel = z.strictObject({
  ...fields,
  max_points: fields.max_points.default(null),
  permissions: permissions.default({}),
  quota_config: quotas.default({}),
  level_color: colour.default('#808080'),
  level_icon: fields.level_icon.default(''),
  level_description: longText.default(''),
  is_active: z.boolean().default(true),
  is_default: z.boolean().default(false),
});
const partialLevel = z.strictObject(fields).partial();

const family = { service: 'points', dialect: 'drf', tag: 'User levels' } as const;
const path = '/api/v1/points/user-levels/';
const onePath = '/api/v1/points/user-levels/:id/';
export const bronze = {
  id: 1,
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
  created_at: '2025-09-25T10:00:00Z',
  updated_at: '2025-09-25T10:00:00Z',
};

const { id: _id, created_at: _created, updated_at: _updated, ...defined } = bronze;

export const listUserLevels = endpoint({
  ...family,
  name: 'listUserLevels',
  method: 'get',
  path,
  access: ['member', 'internal'],
  kind: 'list',
  summary: { zh: '租户的用户等级列表', en: 'List the user levels of the tenant' },
  query: z.strictObject({
    ...pageQuery(),
    is_active: flag.optional(),
    is_default: flag.optional(),
    search: search.optional(),
    ordering: ordering(
      ['level_order', 'level_name', 'level_code', 'min_points', 'created_at'],
      'level_order',
    ),
  }),
  response: userLevel,
  examples: { response: { count: 1, next: null, previous: null, results: [bronze] } },
});
export const getUserLevel = endpoint({
  ...family,
  name: 'getUserLevel',
  method: 'get',
  path: onePath,
  access: ['member', 'internal'],
  kind: 'object',
  summary: { zh: '用户等级详情', en: 'Show a user level' },
  params: byId,
  response: userLevel,
});
export const createUserLevel = endpoint({
  ...family,
  name: 'createUserLevel',
  method: 'post',
  path,
  access: ['admin'],
  kind: 'object',
  status: 201,
  summary: { zh: '新增用户等级', en: 'Define a user level' },
  description: {
    zh: '启用的等级积分区间不能重叠，有且只有一个默认等级，代码在租户内唯一。',
    en: 'Ranges of active levels may not overlap, one level is the default, codes are unique in the tenant.',
  },
  body: wholeLevel,
  response: userLevel,
  examples: {
    request: {
      ...defined,
      level_code: 'PLATINUM',
      level_name: '铂金会员',
      level_order: 5,
      min_points: 50_000,
      max_points: null,
      is_default: false,
    },
    response: bronze,
  },
});
export const replaceUserLevel = endpoint({
  ...family,
  name: 'replaceUserLevel',
  method: 'put',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '整体替换用户等级', en: 'Replace a user level' },
  params: byId,
  body: wholeLevel,
  response: userLevel,
  examples: { request: defined, response: bronze },
});
export const updateUserLevel = endpoint({
  ...family,
  name: 'updateUserLevel',
  method: 'patch',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '修改用户等级', en: 'Change a user level' },
  params: byId,
  body: partialLevel,
  response: userLevel,
  examples: { request: { level_name: '青铜会员', level_color: '#CD7F32' } },
});
export const deleteUserLevel = endpoint({
  ...family,
  name: 'deleteUserLevel',
  method: 'delete',
  path: onePath,
  access: ['admin'],
  kind: 'empty',
  summary: { zh: '删除用户等级', en: 'Remove a user level' },
  description: {
    zh: '默认等级和仍有用户的等级不能删除（409）。',
    en: 'The default level, and one that profiles still have, cannot be removed (409).',
  },
  params: byId,
  response: undefined,
  refusals: ['CONFLICT'],
});
