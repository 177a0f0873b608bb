/** Award rules: which facts of other services give points. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  flag,
  id,
  idsFilter,
  instant,
  instantInput,
  jsonObject,
  keptNumber,
  longText,
  ordering,
  pageQuery,
  pointsAmount,
  requiredText,
} from '../../schemas.ts';
import { both } from '../../text.ts';
import { ruledWebhooks } from './webhooks.ts';
import { dryRunExample, newRuleExample, ruleExample } from './examples.ts';

/** Facts that a rule may name: those about one member, and what its webhooks tell. */
export const awardableEvents = [
  'member.created.v1',
  'member.logged_in.v1',
  'assignment.created.v1',
  'assignment.activated.v1',
  'device.bound.v1',
  'vip.granted.v1',
  'vip.renewed.v1',
  'feedback.opened.v1',
  ...ruledWebhooks,
] as const;
const conditionField = z.string().regex(/^[a-zA-Z]\w*(\.[a-zA-Z]\w*){0,3}$/, {
  error: both(
    '应为事件的字段名，最多四层，例如 streakDays 或 order.amount',
    'Must name a field of the event, four levels deep at most: streakDays, order.amount',
  ),
});
const operators = ['eq', 'ne', 'in', 'gte', 'lte', 'multiple_of'] as const;
const scalar = z.union([text().max(255), keptNumber(), z.boolean(), z.null()]);
const listed = z.union([text().max(255), keptNumber()]);
const having = <Value extends z.ZodType>(names: readonly (typeof operators)[number][], value: Value) =>
  z.strictObject({ field: conditionField, operator: z.enum(names), value });
/** What an operator compares with has its type: only numbers are more or less than another. */
const condition = z.discriminatedUnion(
  'operator',
  [
    having(['eq', 'ne'], scalar),
    having(['in'], z.array(listed).max(50)),
    having(['gte', 'lte'], keptNumber(both('必须为数字', 'Must be a number'))),
    having(['multiple_of'], keptNumber(both('必须为大于0的数字', 'Must be a number above 0')).gt(0)),
  ],
  { error: both(`可选：${operators.join('、')}`, `Must be one of: ${operators.join(', ')}`) },
);
/** As it was stored: older ones may compare with anything. */
const conditionView = z.object({
  field: z.string(),
  operator: z.enum(operators),
  value: z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number()]))]),
});
const perAmount = z.strictObject({
  field: conditionField,
  points: pointsAmount,
  amount: z.int().min(1).max(1_000_000_000),
});
const cap = z.int().min(1).max(1_000_000_000_000).nullable();
const caps = z.strictObject({
  per_day: cap.default(null).meta({
    description: both(
      '成员在租户的一天内由此规则获得的积分上限',
      'Points a member gets by this rule on one day of the tenant',
    ),
  }),
  per_member: cap
    .default(null)
    .meta({ description: both('成员由此规则累计获得的积分上限', 'Points a member ever gets by this rule') }),
  budget: cap.default(null).meta({
    description: both(
      '所有成员由此规则累计获得的积分上限',
      'Points that all members together ever get by this rule',
    ),
  }),
});
const noCaps = { per_day: null, per_member: null, budget: null };
const fields = {
  name: requiredText,
  event_type: z.enum(awardableEvents),
  conditions: z.array(condition).max(20),
  points: pointsAmount.nullable().meta({
    description: both(
      '固定积分；由 `per_amount` 决定时为 null',
      'Fixed points; null where `per_amount` says how many',
    ),
  }),
  per_amount: perAmount.nullable().meta({
    description: both(
      '事件数据中的某个数值每满 `amount` 给 `points` 积分，四舍五入',
      '`points` for each `amount` of a number in the data of the event, half up',
    ),
  }),
  caps: caps.meta({
    description: both(
      '以乘倍数之前的积分计。会超过上限的奖励整笔跳过。从规则创建起计数，包括没有上限的时候',
      'In points before multipliers. An award that would pass one is skipped whole. Counted since the rule was made, also while it had none',
    ),
  }),
  category: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z][a-z0-9_]*$/),
  subcategory: text().max(64).nullable(),
  reason: longText.nullable(),
  valid_from: instantInput.nullable(),
  valid_to: instantInput.nullable(),
  order: z.int().min(0).max(10_000),
  is_active: z.boolean(),
};
export const awardRule = z.object({
  id,
  version: z
    .int()
    .positive()
    .meta({ description: both('每次修改后递增', 'Grows with each change') }),
  name: z.string(),
  event_type: z.string(),
  conditions: z.array(conditionView),
  points: z.int().nullable(),
  per_amount: perAmount.nullable(),
  caps: z.object({ per_day: z.int().nullable(), per_member: z.int().nullable(), budget: z.int().nullable() }),
  category: z.string(),
  subcategory: z.string().nullable(),
  reason: z.string().nullable(),
  valid_from: instant.nullable(),
  valid_to: instant.nullable(),
  order: z.int(),
  is_active: z.boolean(),
  created_at: instant,
  updated_at: instant,
});
const family = { service: 'points', dialect: 'drf', tag: 'Award rules', access: ['admin'] } as const;
const path = '/api/v1/points/rules/';
const onePath = '/api/v1/points/rules/:id/';

export const listRules = endpoint({
  ...family,
  name: 'listRules',
  method: 'get',
  path,
  kind: 'list',
  summary: { zh: '奖励规则列表', en: 'List award rules' },
  query: z.strictObject({
    ...pageQuery(),
    ids: idsFilter.optional(),
    event_type: z.enum(awardableEvents).optional(),
    is_active: flag.optional(),
    ordering: ordering(['order', 'name', 'created_at'], 'order'),
  }),
  response: awardRule,
});
export const createRule = endpoint({
  ...family,
  name: 'createRule',
  method: 'post',
  path,
  kind: 'object',
  status: 201,
  summary: { zh: '新增奖励规则', en: 'Define an award rule' },
  body: z.strictObject({
    ...fields,
    conditions: fields.conditions.default([]),
    points: fields.points.default(null),
    per_amount: fields.per_amount.default(null),
    caps: fields.caps.default(noCaps),
    subcategory: fields.subcategory.default(null),
    reason: fields.reason.default(null),
    valid_from: fields.valid_from.default(null),
    valid_to: fields.valid_to.default(null),
    order: fields.order.default(100),
    is_active: z.boolean().default(true),
  }),
  response: awardRule,
  examples: { request: newRuleExample, response: ruleExample },
});
export const getRule = endpoint({
  ...family,
  name: 'getRule',
  method: 'get',
  path: onePath,
  kind: 'object',
  summary: { zh: '奖励规则详情', en: 'Show an award rule' },
  params: byId,
  response: awardRule,
});
export const updateRule = endpoint({
  ...family,
  name: 'updateRule',
  method: 'patch',
  path: onePath,
  kind: 'object',
  summary: { zh: '修改奖励规则', en: 'Change an award rule' },
  params: byId,
  body: z.strictObject(fields).partial(),
  response: awardRule,
  examples: { request: { points: 60 } },
});
export const deleteRule = endpoint({
  ...family,
  name: 'deleteRule',
  method: 'delete',
  path: onePath,
  kind: 'empty',
  summary: { zh: '删除奖励规则', en: 'Remove an award rule' },
  description: { zh: '已发放的积分不受影响。', en: 'What it has given stays.' },
  params: byId,
  response: undefined,
});
export const dryRunRules = endpoint({
  ...family,
  name: 'dryRunRules',
  method: 'post',
  path: '/api/v1/points/rules/dry-run/',
  kind: 'object',
  summary: { zh: '试算一个事件会奖励什么，以及原因', en: 'Say what an event would award, and why' },
  description: {
    zh: '试算适用于此类事件的每条规则。带 `member` 时还会在一个被撤销的事务中询问积分账本（倍数、每日上限、规则上限、积分停用）。不变动、不保存、不发布任何内容。',
    en: 'Every rule for this type of event is tried. With `member`, the ledger is asked too (multiplier, daily limits, caps, disabled points) in a transaction that is undone. Nothing is moved, kept or announced.',
  },
  body: z.strictObject({
    event_type: z.enum(awardableEvents),
    data: jsonObject.default({}),
    member: id.optional(),
    at: instantInput.optional(),
  }),
  response: z.object({
    results: z.array(
      z.object({
        rule_id: id,
        rule_name: z.string(),
        version: z.int(),
        would_award: z.boolean(),
        points: z.int().meta({ description: both('乘倍数之前', 'Before multipliers') }),
        actual_points: z
          .int()
          .nullable()
          .meta({
            description: both(
              '成员将获得的积分；未指定成员时为 null',
              'What the member would get; null without a member',
            ),
          }),
        category: z.string(),
        reasons: z
          .array(z.object({ code: z.string(), message: z.string() }))
          .meta({ description: both('不奖励的原因；会奖励时为空', 'Why not; empty when it would award') }),
      }),
    ),
    total_points: z.int().meta({
      description: both(
        '会奖励的各规则之和，乘倍数之前',
        'Of the rules that would award, before multipliers',
      ),
    }),
  }),
  examples: {
    response: dryRunExample,
    request: { event_type: 'member.logged_in.v1', data: { streakDays: 7 }, member: 123 },
  },
});
