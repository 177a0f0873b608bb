/** Benefits of member levels (seed 003): what a member may use, how often, and using it for an order. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import {
  code,
  count,
  day,
  decimal,
  id,
  instant,
  limitQuery,
  longText,
  money,
  ordering,
  orderAmount,
  requiredText,
} from '../../schemas.ts';
import { both } from '../../text.ts';
import { orderId } from './member-points.ts';

const family = { service: 'points', dialect: 'code', tag: 'Benefits' } as const;
const path = '/api/v1/member-system/admin/benefits/';
const onePath = '/api/v1/member-system/admin/benefits/:benefit_id/';
const byCode = z.object({ benefit_id: code });
export const benefitTypes = ['DISCOUNT', 'FREE_SHIPPING', 'BIRTHDAY_GIFT', 'GIFT', 'SERVICE'] as const;
export const limitPeriods = ['year', 'month'] as const;

const shown = z.object({
  benefit_id: z.string(),
  benefit_name: z.string(),
  benefit_type: z.enum(benefitTypes),
  value: z.number(),
  description: z.string(),
  usage_limit: z.int().nullable(),
  used_count: count,
  valid_until: day.nullable(),
});
const fields = {
  benefit_name: requiredText,
  benefit_type: z.enum(benefitTypes),
  value: decimal(4, { min: 0.01, max: 1_000_000 })
    .nullable()
    .meta({
      description: both(
        'DISCOUNT：实付比例；null：按会员等级的比例',
        'DISCOUNT: the part that is paid; null: what the member’s level pays',
      ),
    }),
  description: longText.meta({
    description: both(
      '{discount} 代表中文习惯的折扣写法：9',
      '{discount} stands for the discount as Chinese shops say it: 9',
    ),
  }),
  required_level: id.nullable().meta({
    description: both('此等级及以上的会员；null：所有人', 'Members of this level and above; null: everybody'),
  }),
  usage_limit: z.int().min(1).max(1_000_000).nullable(),
  limit_period: z
    .enum(limitPeriods)
    .nullable()
    .meta({
      description: both(
        '使用次数何时重新计算；null：从不',
        'When the count of uses begins anew; null: never',
      ),
    }),
  is_active: z.boolean(),
};
const whole = z.object({ benefit_id: z.string(), ...fields, created_at: instant, updated_at: instant });
/** More than all of the price cannot be paid. */
const payable = {
  path: ['value'],
  error: both('折扣应在 0.01 到 1 之间', 'A discount pays a part from 0.01 to 1'),
};
const gift = {
  benefit_id: 'B003',
  benefit_name: '生日礼品',
  benefit_type: 'BIRTHDAY_GIFT',
  value: 1,
  description: '生日月份专属礼品',
  required_level: 2,
  usage_limit: 1,
  limit_period: 'year',
  is_active: true,
};
const stored = { ...gift, created_at: '2024-09-01T00:00:00Z', updated_at: '2024-09-01T00:00:00Z' };

export const listAvailableBenefits = endpoint({
  ...family,
  name: 'listAvailableBenefits',
  method: 'get',
  path: '/api/v1/member-system/benefits/available/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '查看自己等级的权益', en: 'Show the benefits of one’s own level' },
  description: {
    zh: '有周期限制时，`used_count` 和 `valid_until` 为当前周期的值。',
    en: '`used_count` and `valid_until` are of the current period, where a limit begins anew.',
  },
  refusals: ['BIZ_001'],
  response: z.object({ current_level: z.string(), benefits: z.array(shown) }),
  examples: {
    response: {
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
          ...{ description: '生日月份专属礼品', usage_limit: 1, used_count: 0, valid_until: '2024-12-31' },
        },
      ],
    },
  },
});
export const useBenefit = endpoint({
  ...family,
  name: 'useBenefit',
  method: 'post',
  path: '/api/v1/member-system/benefits/use/',
  access: ['internal'],
  kind: 'action',
  summary: { zh: '会员在订单中使用权益', en: 'Use a benefit of a member for an order' },
  description: {
    zh: '`discount_amount` 由平台计算；`discount_applied` 与之不符则返回400。每个权益每个订单一次：重复请求得到首次的响应，内容不同则409。等级不够为403，达到次数上限为409。订单属于其会员：其他会员的订单、已全额退款的订单为409。订单全额退款后，其使用次数退还。',
    en: '`discount_amount` is computed here; a `discount_applied` that differs is 400. Once per benefit and order: a repeat gets the first answer, another body 409. A level that is too low is 403, a limit that is reached 409. The order is its member’s: another member’s, or one that was refunded in whole, is 409. When the order is refunded in whole, its uses no longer count.',
  },
  body: z.strictObject({
    user_id: id,
    benefit_id: text().min(1).max(64),
    order_id: orderId,
    usage_context: z
      .strictObject({
        original_amount: orderAmount,
        discount_applied: orderAmount.optional(),
        shipping_fee: orderAmount.optional(),
      })
      .optional(),
  }),
  response: z.object({
    usage_id: z.string(),
    benefit_name: z.string(),
    discount_amount: money,
    remaining_usage: count.nullable(),
    used_at: instant,
  }),
  refusals: ['BIZ_001', 'PERM_001', 'BIZ_002', 'CONFLICT', 'INVALID_STATE'],
  message: { zh: '权益使用成功', en: 'The benefit is used' },
  examples: {
    request: {
      user_id: 1001,
      benefit_id: 'B001',
      order_id: 'ORD123458',
      usage_context: { original_amount: 100, discount_applied: 10 },
    },
    response: {
      usage_id: 'BU123456789',
      benefit_name: '会员专享折扣',
      discount_amount: 10,
      remaining_usage: null,
      used_at: '2024-09-17T10:00:00Z',
    },
  },
});
export const pageBenefits = endpoint({
  ...family,
  name: 'pageBenefits',
  method: 'get',
  path,
  access: ['admin'],
  kind: 'list',
  itemsKey: 'benefits',
  summary: { zh: '权益列表（管理）', en: 'List the benefits for their administration' },
  query: z.strictObject({ ...limitQuery(), ordering: ordering(['benefit_id'], 'benefit_id') }),
  response: whole,
});
export const getBenefit = endpoint({
  ...family,
  name: 'getBenefit',
  method: 'get',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '权益详情', en: 'Show a benefit' },
  params: byCode,
  response: whole,
  examples: { response: stored },
});
export const createBenefit = endpoint({
  ...family,
  name: 'createBenefit',
  method: 'post',
  path,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '新增权益', en: 'Define a benefit' },
  body: z
    .strictObject({
      ...fields,
      benefit_id: code,
      value: fields.value.default(null),
      description: longText.default(''),
      required_level: fields.required_level.default(null),
      usage_limit: fields.usage_limit.default(null),
      limit_period: fields.limit_period.default(null),
      is_active: z.boolean().default(true),
    })
    .refine(({ benefit_type, value }) => benefit_type !== 'DISCOUNT' || (value ?? 1) <= 1, payable),
  response: whole,
  message: { zh: '权益已创建', en: 'The benefit is defined' },
  examples: { request: gift, response: stored },
});
export const updateBenefit = endpoint({
  ...family,
  name: 'updateBenefit',
  method: 'patch',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '修改权益', en: 'Change a benefit' },
  description: {
    zh: '类型不可修改。不再需要的权益请停用。',
    en: 'Its type stays. One that is not wanted any more is switched off.',
  },
  params: byCode,
  body: z
    .strictObject({
      benefit_name: fields.benefit_name,
      value: fields.value,
      description: fields.description,
      required_level: fields.required_level,
      usage_limit: fields.usage_limit,
      limit_period: fields.limit_period,
      is_active: fields.is_active,
    })
    .partial(),
  response: whole,
  message: { zh: '权益已更新', en: 'The benefit is changed' },
  examples: { request: { usage_limit: 2 }, response: stored },
});
export const deleteBenefit = endpoint({
  ...family,
  name: 'deleteBenefit',
  method: 'delete',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '删除权益；使用记录保留', en: 'Remove a benefit; its uses stay on record' },
  params: byCode,
  response: z.object({ benefit_id: z.string() }),
  message: { zh: '权益已删除', en: 'The benefit is removed' },
  examples: { response: { benefit_id: 'B003' } },
});
