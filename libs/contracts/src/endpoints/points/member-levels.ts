/** Member levels (seed 003): the ladder by money spent. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  code,
  decimal,
  id,
  instant,
  limitQuery,
  longText,
  money,
  ordering,
  pathId,
  requiredText,
} from '../../schemas.ts';
import { both } from '../../text.ts';

const family = { service: 'points', dialect: 'code', tag: 'Member levels' } as const;
const path = '/api/v1/member-system/admin/levels/';
const onePath = '/api/v1/member-system/admin/levels/:id/';

export const levelBenefits = z.object({
  free_shipping: z.boolean(),
  birthday_gift: z.boolean(),
  priority_service: z.boolean(),
  exclusive_events: z.boolean(),
});
export const memberLevel = z.object({
  level_id: id,
  level_name: z.string(),
  level_code: z.string(),
  required_spent: money,
  discount_rate: z
    .number()
    .meta({ description: both('实付比例：0.9 即9折', 'The part that is paid: 0.9 is 10 % off') }),
  point_multiplier: z.number(),
  benefits: levelBenefits,
});

const payRate = decimal(4, {
  min: 0.01,
  max: 1,
  error: both(
    '折扣率应在 0.01 到 1 之间，最多四位小数',
    'Must be a number from 0.01 to 1, at most four decimals',
  ),
});
const multiplier = decimal(2, { min: 0.01, max: 100 });
const fields = {
  level_name: requiredText,
  level_code: code,
  required_spent: money,
  discount_rate: payRate,
  point_multiplier: multiplier,
  benefits: z.strictObject(levelBenefits.shape).partial(),
};
const newLevel = z.strictObject({
  ...fields,
  discount_rate: payRate.default(1),
  point_multiplier: multiplier.default(1),
  benefits: fields.benefits.default({}),
});
const levelChanges = z.strictObject(fields).partial();

const basic = {
  level_id: 1,
  level_name: '注册会员',
  level_code: 'BASIC',
  required_spent: 0,
  discount_rate: 1,
  point_multiplier: 1,
  benefits: { free_shipping: false, birthday_gift: false, priority_service: false, exclusive_events: false },
};
const bronze = {
  level_id: 2,
  level_name: '铜牌会员',
  level_code: 'BRONZE',
  required_spent: 500,
  discount_rate: 0.95,
  point_multiplier: 1,
  benefits: { free_shipping: false, birthday_gift: true, priority_service: false, exclusive_events: false },
};
const platinum = {
  level_name: '白金会员',
  level_code: 'PLATINUM',
  required_spent: 20_000,
  discount_rate: 0.8,
  point_multiplier: 2,
  benefits: { free_shipping: true, birthday_gift: true, priority_service: true, exclusive_events: true },
};

export const listMemberLevels = endpoint({
  ...family,
  name: 'listMemberLevels',
  method: 'get',
  path: '/api/v1/member-system/levels/',
  access: ['public'],
  tenantByHost: true,
  kind: 'object',
  summary: { zh: '查看租户的会员等级', en: 'Show the member levels of a tenant' },
  description: {
    zh: '所有人可用。租户依次取自：`tenant`（租户代码）、令牌、主机名（`<代码>.<网关主机名>`）。',
    en: 'For everybody. The tenant is the one that `tenant` (its code) names, else that of the token, else that of the host (`<code>.<host of the gateway>`).',
  },
  query: z.strictObject({
    tenant: text()
      .trim()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: both('租户代码', 'Code of the tenant') }),
  }),
  response: z.object({ levels: z.array(memberLevel) }),
  refusals: ['TENANT_REQUIRED', 'TENANT_SUSPENDED'],
  examples: { response: { levels: [basic, bronze] } },
});
export const setMemberLevel = endpoint({
  ...family,
  name: 'setMemberLevel',
  method: 'post',
  path: '/api/v1/member-system/levels/upgrade/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '手动设置会员等级', en: 'Set the level of a member by hand' },
  description: {
    zh: '该等级作为下限，直到再次设置：会员拥有此等级；若消费金额达到更高等级，则为更高者（`new_level` 说明是哪个）。`operator` 只是备注；操作人以令牌为准。',
    en: 'The level is a floor until it is set again: the member has it, or the level that its money reaches where that is higher (`new_level` says which). `operator` is a note; who acted is the token.',
  },
  body: z.strictObject({
    user_id: id,
    target_level_id: id,
    reason: longText.nullish(),
    operator: text().max(255).nullish(),
  }),
  response: z.object({
    old_level: z.string(),
    new_level: z.string(),
    effective_time: instant,
    operation_id: z.string(),
  }),
  refusals: ['BIZ_001'],
  message: { zh: '等级调整成功', en: 'The level is set' },
  examples: {
    request: { user_id: 1001, target_level_id: 4, reason: '客服手动调整', operator: 'admin001' },
    response: {
      old_level: '银牌会员',
      new_level: '金牌会员',
      effective_time: '2024-09-17T10:00:00Z',
      operation_id: 'OP123456789',
    },
  },
});
export const pageMemberLevels = endpoint({
  ...family,
  name: 'pageMemberLevels',
  method: 'get',
  path,
  access: ['admin'],
  kind: 'list',
  itemsKey: 'levels',
  summary: { zh: '会员等级列表（管理）', en: 'List the member levels for their administration' },
  query: z.strictObject({
    ...limitQuery(),
    ordering: ordering(['required_spent', 'level_name', 'level_code'], 'required_spent'),
  }),
  response: memberLevel,
});
export const getMemberLevel = endpoint({
  ...family,
  name: 'getMemberLevel',
  method: 'get',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '会员等级详情', en: 'Show a member level' },
  params: byId,
  response: memberLevel,
  examples: { response: bronze },
});
export const createMemberLevel = endpoint({
  ...family,
  name: 'createMemberLevel',
  method: 'post',
  path,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '新增会员等级', en: 'Define a member level' },
  description: {
    zh: '代码和金额在租户内唯一；无需消费的等级是会员的起点。',
    en: 'Codes and amounts are unique in the tenant; the level that requires nothing is where members begin.',
  },
  body: newLevel,
  response: memberLevel,
  message: { zh: '会员等级已创建', en: 'The member level is defined' },
  examples: { request: platinum, response: { level_id: 5, ...platinum } },
});
export const updateMemberLevel = endpoint({
  ...family,
  name: 'updateMemberLevel',
  method: 'patch',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '修改会员等级', en: 'Change a member level' },
  description: {
    zh: '因金额调整而可升级的会员，在下一笔订单时升级。',
    en: 'A member that a change of amounts lifts gets the higher level with its next order.',
  },
  params: byId,
  body: levelChanges,
  response: memberLevel,
  message: { zh: '会员等级已更新', en: 'The member level is changed' },
  examples: { request: { discount_rate: 0.95 }, response: bronze },
});
export const deleteMemberLevel = endpoint({
  ...family,
  name: 'deleteMemberLevel',
  method: 'delete',
  path: onePath,
  access: ['admin'],
  kind: 'object',
  summary: { zh: '删除会员等级', en: 'Remove a member level' },
  description: {
    zh: '起始等级和仍有会员的等级不能删除（409）。',
    en: 'The first level, and one that members have, cannot be removed (409).',
  },
  params: z.object({ id: pathId }),
  response: z.object({ level_id: id }),
  refusals: ['CONFLICT'],
  message: { zh: '会员等级已删除', en: 'The member level is removed' },
  examples: { response: { level_id: 5 } },
});
