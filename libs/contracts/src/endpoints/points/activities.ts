/** Activities for members (seed 003): who may take part, how many, and what taking part gives. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import {
  count,
  id,
  instant,
  instantInput,
  jsonObject,
  limitQuery,
  longText,
  ordering,
  prefixedId,
  requiredText,
} from '../../schemas.ts';
import { both } from '../../text.ts';

const family = { service: 'points', dialect: 'code', tag: 'Activities' } as const;
const path = '/api/v1/member-system/admin/activities/';
const onePath = '/api/v1/member-system/admin/activities/:activity_id/';
const byActivity = z.object({ activity_id: prefixedId('ACT') });
export const activityBenefits = ['double_points'] as const;
const category = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, {
  error: both('只能包含大写字母、数字和下划线', 'Capital letters, digits and underscore only'),
});

const shown = {
  activity_id: z.string(),
  title: z.string(),
  description: z.string(),
  category: z.string(),
  required_level: id.nullable(),
  start_time: instant,
  end_time: instant,
  participation_count: count,
  max_participants: z.int().nullable(),
};
const forMember = z.object({ ...shown, is_eligible: z.boolean(), is_participated: z.boolean() });
const fields = {
  title: requiredText,
  description: longText,
  category,
  required_level: id.nullable().meta({
    description: both('此等级及以上的会员；null：所有人', 'Members of this level and above; null: everybody'),
  }),
  start_time: instantInput,
  end_time: instantInput,
  max_participants: z.int().min(1).max(100_000_000).nullable(),
  benefits: z.array(z.enum(activityBenefits)).max(10),
  next_action: longText,
  is_active: z.boolean(),
};
const whole = z.object({
  ...shown,
  benefits: z.array(z.string()),
  next_action: z.string(),
  is_active: z.boolean(),
  created_at: instant,
  updated_at: instant,
});
const week = {
  title: '银牌会员双倍积分周',
  description: '银牌及以上会员购物享受双倍积分奖励',
  category: 'POINTS_PROMOTION',
  required_level: 3,
  start_time: '2024-09-15T00:00:00Z',
  end_time: '2024-09-22T23:59:59Z',
  max_participants: 1000,
};
const inFull = {
  ...week,
  benefits: ['double_points'],
  next_action: '开始购物享受双倍积分奖励',
  is_active: true,
};
const stored = {
  activity_id: 'ACT123456',
  ...inFull,
  participation_count: 156,
  created_at: '2024-09-01T00:00:00Z',
  updated_at: '2024-09-01T00:00:00Z',
};

export const listActivities = endpoint({
  ...family,
  name: 'listActivities',
  method: 'get',
  path: '/api/v1/member-system/activities/',
  access: ['member'],
  kind: 'list',
  itemsKey: 'activities',
  summary: { zh: '活动列表，开始时间最晚的在前', en: 'List activities, those that begin last first' },
  query: z.strictObject({
    ...limitQuery(10),
    status: z.enum(['upcoming', 'active', 'ended', 'all']).default('active'),
    category: z.union([z.literal('all'), category]).default('all'),
  }),
  refusals: ['BIZ_001'],
  response: forMember,
  examples: {
    response: {
      code: 200,
      message: 'success',
      data: {
        activities: [
          {
            ...{ activity_id: 'ACT123456', ...week, participation_count: 156 },
            ...{ is_eligible: true, is_participated: false },
          },
        ],
        pagination: { page: 1, limit: 10, total: 5, total_pages: 1 },
      },
    },
  },
});
export const joinActivity = endpoint({
  ...family,
  name: 'joinActivity',
  method: 'post',
  path: '/api/v1/member-system/activities/:activity_id/join/',
  access: ['member'],
  kind: 'action',
  summary: { zh: '参加活动', en: 'Take part in an activity' },
  description: {
    zh: '等级不够为403；已满、未开始、已结束或已参加为409。`double_points` 使活动期间的购物积分翻倍。',
    en: 'A level that is too low is 403; full, not begun, over, or joined already is 409. `double_points` doubles the points of purchases while the activity runs.',
  },
  params: byActivity,
  body: z.strictObject({ participation_data: jsonObject.nullish() }),
  response: z.object({
    participation_id: z.string(),
    activity_title: z.string(),
    joined_at: instant,
    benefits_activated: z.array(z.string()),
    next_action: z.string(),
  }),
  refusals: ['PERM_001', 'CONFLICT'],
  message: { zh: '活动参与成功', en: 'You take part in the activity' },
  examples: {
    request: {
      participation_data: { contact_phone: '13800138000', preferences: ['电子产品', '服装'] },
    },
    response: {
      participation_id: 'PAR123456789',
      activity_title: '银牌会员双倍积分周',
      joined_at: '2024-09-17T10:00:00Z',
      benefits_activated: ['double_points'],
      next_action: '开始购物享受双倍积分奖励',
    },
  },
});
export const pageActivities = endpoint({
  ...family,
  name: 'pageActivities',
  method: 'get',
  path,
  access: ['admin'],
  kind: 'list',
  itemsKey: 'activities',
  summary: { zh: '活动列表（管理）', en: 'List the activities for their administration' },
  query: z.strictObject({ ...limitQuery(), ordering: ordering(['start_time'], '-start_time') }),
  response: whole,
});
export const getActivity = endpoint({
  ...family,
  name: 'getActivity',
  method: 'get',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '活动详情', en: 'Show an activity' },
  params: byActivity,
  response: whole,
  examples: { response: stored },
});
export const createActivity = endpoint({
  ...family,
  name: 'createActivity',
  method: 'post',
  path,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '发布活动', en: 'Announce an activity' },
  body: z
    .strictObject({
      ...fields,
      description: longText.default(''),
      required_level: fields.required_level.default(null),
      max_participants: fields.max_participants.default(null),
      benefits: fields.benefits.default([]),
      next_action: longText.default(''),
      is_active: z.boolean().default(true),
    })
    .refine(({ start_time, end_time }) => end_time > start_time, {
      path: ['end_time'],
      error: both('必须晚于 start_time', 'Must be after start_time'),
    }),
  response: whole,
  message: { zh: '活动已创建', en: 'The activity is announced' },
  examples: { request: inFull, response: stored },
});
export const updateActivity = endpoint({
  ...family,
  name: 'updateActivity',
  method: 'patch',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '修改活动', en: 'Change an activity' },
  description: {
    zh: '已参加的会员不受影响，即使人数多于新的 `max_participants`。',
    en: 'Those who take part stay, also where there are more of them than `max_participants` allows now.',
  },
  params: byActivity,
  body: z.strictObject(fields).partial(),
  response: whole,
  message: { zh: '活动已更新', en: 'The activity is changed' },
  examples: { request: { max_participants: 1000 }, response: stored },
});
export const deleteActivity = endpoint({
  ...family,
  name: 'deleteActivity',
  method: 'delete',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '删除活动', en: 'Remove an activity' },
  description: {
    zh: '已有会员参加的活动不能删除（409）：请改为停用。',
    en: 'One that members take part in cannot be removed (409): switch it off instead.',
  },
  params: byActivity,
  response: z.object({ activity_id: z.string() }),
  refusals: ['CONFLICT'],
  message: { zh: '活动已删除', en: 'The activity is removed' },
  examples: { response: { activity_id: 'ACT123456' } },
});
