/** Definitions of VIP tags, and seed 001's view of them. */
import { endpoint } from '../../endpoint.ts';
import { byId } from '../../schemas.ts';
import { changeTagBody, defineTagBody, tagDefinition, tagListQuery } from './schemas.ts';
import type { Text } from '../../text.ts';

const common = { service: 'vip', dialect: 'drf', tag: 'VIP' } as const;
const request = {
  tag_name: 'VIP金牌',
  tag_code: 'VIP_GOLD',
  tag_type: 'vip' as const,
  tag_color: '#FFD700',
  tag_icon: '👑',
  tag_description: '最高级别的VIP会员',
  permission_modifiers: { discount_rate_bonus: 0.1, priority_support: true, exclusive_content_access: true },
  quota_modifiers: { download_multiplier: 2, api_calls_multiplier: 3 },
  price_config: { monthly_price: 99, yearly_price: 999, currency: 'CNY' },
  default_duration_days: 30,
  max_duration_days: 365,
  tag_level: 10,
  is_active: true,
  is_assignable: true,
  requires_payment: true,
};
const response = {
  id: 1,
  ...request,
  created_at: '2025-09-25T10:00:00Z',
  updated_at: '2025-09-25T10:00:00Z',
};
const LIST: Text = {
  zh: '不含已下架的标签。`search` 在名称、代码和描述中查找。',
  en: 'Retired tags are left out. `search` looks in name, code and description.',
};

export const listUserTypeTags = endpoint({
  ...common,
  tag: 'User type tags',
  name: 'listUserTypeTags',
  method: 'get',
  path: '/api/v1/points/user-type-tags/',
  access: ['member'],
  kind: 'list',
  summary: { zh: '标签定义列表', en: 'List tag definitions' },
  description: LIST,
  query: tagListQuery,
  response: tagDefinition,
});

export const getUserTypeTag = endpoint({
  ...common,
  tag: 'User type tags',
  name: 'getUserTypeTag',
  method: 'get',
  path: '/api/v1/points/user-type-tags/:id/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '标签定义详情', en: 'One tag definition' },
  params: byId,
  response: tagDefinition,
  refusals: ['BIZ_001'],
  examples: { response },
});

export const listTags = endpoint({
  ...common,
  name: 'listTags',
  method: 'get',
  path: '/api/v1/vip/tags/',
  access: ['member'],
  kind: 'list',
  summary: { zh: '标签定义列表', en: 'List tag definitions' },
  description: LIST,
  query: tagListQuery,
  response: tagDefinition,
});

export const defineTag = endpoint({
  ...common,
  name: 'defineTag',
  method: 'post',
  path: '/api/v1/vip/tags/',
  access: ['admin'],
  kind: 'object',
  status: 201,
  summary: { zh: '新增标签定义', en: 'Define a tag' },
  description: {
    zh: '`default_duration_days` 为 null：授予时没有到期时间；`max_duration_days` 为 null：不限天数。',
    en: '`default_duration_days` null: granted without an end; `max_duration_days` null: without a limit.',
  },
  body: defineTagBody,
  response: tagDefinition,
  refusals: ['VALIDATION_ERROR'],
  examples: { request, response },
});

export const getTag = endpoint({
  ...common,
  name: 'getTag',
  method: 'get',
  path: '/api/v1/vip/tags/:id/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '标签定义详情', en: 'One tag definition' },
  params: byId,
  response: tagDefinition,
  refusals: ['BIZ_001'],
  examples: { response },
});

export const replaceTag = endpoint({
  ...common,
  name: 'replaceTag',
  method: 'put',
  path: '/api/v1/vip/tags/:id/',
  access: ['admin'],
  kind: 'object',
  summary: { zh: '整体替换标签定义', en: 'Replace a tag definition' },
  description: {
    zh: '省略的字段取默认值。会员已持有的标签日期不变。',
    en: 'What is left out gets its default. Tags that members hold keep their dates.',
  },
  params: byId,
  body: defineTagBody,
  response: tagDefinition,
  refusals: ['VALIDATION_ERROR', 'BIZ_001'],
  examples: { request, response },
});

export const changeTag = endpoint({
  ...common,
  name: 'changeTag',
  method: 'patch',
  path: '/api/v1/vip/tags/:id/',
  access: ['admin'],
  kind: 'object',
  summary: { zh: '修改标签定义的部分字段', en: 'Change fields of a tag definition' },
  params: byId,
  body: changeTagBody,
  response: tagDefinition,
  refusals: ['VALIDATION_ERROR', 'BIZ_001'],
  examples: { request: { tag_level: 11 }, response: { ...response, tag_level: 11 } },
});

export const retireTag = endpoint({
  ...common,
  name: 'retireTag',
  method: 'delete',
  path: '/api/v1/vip/tags/:id/',
  access: ['admin'],
  kind: 'empty',
  summary: { zh: '下架标签', en: 'Retire a tag' },
  description: {
    zh: '不能再授予或续期，并从列表中消失；已持有的会员保留到到期。其代码可以再次使用。',
    en: 'It can no longer be granted or renewed and leaves the lists; those who hold it keep it to its end. Its code is free again.',
  },
  params: byId,
  response: undefined,
  refusals: ['BIZ_001'],
});
