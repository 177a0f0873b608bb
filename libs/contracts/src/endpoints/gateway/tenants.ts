/** Tenants: the platform administrator's. */
import { z } from 'zod';
import { exactText, text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { byId, code, flag, ordering, pageQuery, requiredText, search } from '../../schemas.ts';
import { both } from '../../text.ts';
import { timeZone } from '../../time-zone.ts';
import { hostNames, noBody, tenantLimits, tenantView } from './shapes.ts';

const isLocale = (name: string): boolean => {
  try {
    return Intl.getCanonicalLocales(name).length === 1;
  } catch {
    return false;
  }
};
const timezone = timeZone.meta({
  type: 'string',
  description: both('IANA 时区名称，例如 Asia/Shanghai', 'IANA name of the zone, such as Asia/Shanghai'),
});
const locale = text()
  .max(35)
  .refine(isLocale, { error: both('未知的语言区域', 'Unknown locale') });
/** A code of digits alone could be taken for an id. */
const tenantCode = code
  .refine((value) => !/^\d+$/.test(value), {
    error: both('不能只包含数字', 'Must not be digits alone'),
  })
  .meta({ pattern: '^[0-9]*[A-Za-z_-][A-Za-z0-9_-]*$' });
const secret = exactText().min(12).max(255);

const fields = {
  name: requiredText,
  timezone,
  locale,
  limits: tenantLimits,
  cell: text().min(1).max(64).nullable(),
  plan: code.nullable(),
  hosts: hostNames,
};
const sample = {
  id: 1,
  code: 'acme',
  name: 'ACME Corp',
  timezone: 'Asia/Shanghai',
  locale: 'zh-CN',
  is_active: true,
  limits: { member_per_minute: null, admin_per_minute: null, internal_per_minute: null },
  cell: null,
  plan: 'starter',
  hosts: ['members.acme.example'],
  member_count: 3,
  created_at: '2026-01-05T08:00:00.000Z',
  updated_at: '2026-01-05T08:00:00.000Z',
  erased_at: null,
};
const tenants = { service: 'gateway', dialect: 'data', tag: 'Tenants', access: ['super'] } as const;

export const listTenants = endpoint({
  ...tenants,
  name: 'listTenants',
  method: 'get',
  path: '/api/v1/tenants/',
  kind: 'list',
  summary: { zh: '租户列表', en: 'Tenants' },
  query: z.strictObject({
    ...pageQuery(20),
    is_active: flag.optional(),
    code: text().max(64).optional(),
    search: search.optional(),
    ordering: ordering(['code', 'name', 'created_at'], 'code'),
  }),
  response: tenantView,
  examples: { response: sample },
});

export const createTenant = endpoint({
  ...tenants,
  name: 'createTenant',
  method: 'post',
  path: '/api/v1/tenants/',
  kind: 'object',
  status: 201,
  summary: {
    zh: '新建租户；Webhook 密钥仅此一次显示',
    en: 'Set up a tenant; its webhook secret is shown this once',
  },
  body: z.strictObject({
    code: tenantCode,
    name: fields.name,
    timezone: timezone.default('UTC'),
    locale: locale.default('zh-CN'),
    limits: tenantLimits.default({}),
    cell: fields.cell.default(null),
    plan: fields.plan.default(null),
    hosts: fields.hosts.default([]),
    webhook_secret: secret.optional(),
  }),
  response: tenantView.extend({ webhook_secret: z.string() }).meta({ id: 'NewTenant' }),
  message: { zh: '租户创建成功', en: 'The tenant was created' },
  examples: {
    request: { code: 'acme', name: 'ACME Corp', timezone: 'Asia/Shanghai' },
    response: { ...sample, plan: null, hosts: [], member_count: 0, webhook_secret: 'whsec_8c1f…' },
  },
});

export const getTenant = endpoint({
  ...tenants,
  name: 'getTenant',
  method: 'get',
  path: '/api/v1/tenants/:id/',
  kind: 'object',
  summary: { zh: '租户详情', en: 'One tenant' },
  params: byId,
  response: tenantView,
  examples: { response: sample },
});

export const updateTenant = endpoint({
  ...tenants,
  name: 'updateTenant',
  method: 'patch',
  path: '/api/v1/tenants/:id/',
  kind: 'object',
  summary: {
    zh: '修改租户；省略的字段不变，限额为 null 时恢复套餐或平台的默认值',
    en: 'Change a tenant; what is left out stays, a null limit is the plan’s or the platform’s default again',
  },
  params: byId,
  body: z.strictObject(fields).partial(),
  response: tenantView,
  message: { zh: '租户更新成功', en: 'The tenant was updated' },
  refusals: ['INVALID_STATE'],
  examples: { request: { name: 'ACME Corporation' }, response: { ...sample, name: 'ACME Corporation' } },
});

export const suspendTenant = endpoint({
  ...tenants,
  name: 'suspendTenant',
  method: 'post',
  path: '/api/v1/tenants/:id/suspend/',
  kind: 'action',
  summary: {
    zh: '停用租户：一秒内该租户的任何人都不能再调用',
    en: 'Suspend a tenant: within a second nobody of it may call',
  },
  params: byId,
  body: noBody,
  response: tenantView,
  message: { zh: '租户已停用', en: 'The tenant is suspended' },
  refusals: ['INVALID_STATE'],
  examples: { response: { ...sample, is_active: false } },
});

export const resumeTenant = endpoint({
  ...tenants,
  name: 'resumeTenant',
  method: 'post',
  path: '/api/v1/tenants/:id/resume/',
  kind: 'action',
  summary: { zh: '恢复已停用的租户', en: 'Let a suspended tenant call again' },
  params: byId,
  body: noBody,
  response: tenantView,
  message: { zh: '租户已恢复', en: 'The tenant may call again' },
  refusals: ['INVALID_STATE'],
  examples: { response: sample },
});

export const eraseTenant = endpoint({
  ...tenants,
  name: 'eraseTenant',
  method: 'post',
  path: '/api/v1/tenants/:id/erase/',
  kind: 'action',
  summary: {
    zh: '抹除租户及其全部数据；不可恢复',
    en: 'Erase a tenant and all that is its own; nothing brings it back',
  },
  description: {
    zh: '租户须先停用（否则409 INVALID_STATE）；`code` 须与租户代码一致，以免误删。名称、代码、域名和 Webhook 密钥随即删除，原代码和域名可重新使用；成员、会话、密钥、积分、标签、许可证、应用、统计和审计轨迹由各服务在一分钟内开始分批删除，并在得知后的一个月内再次查看（起初数次，其后每天一次），以清除稍后才到达的数据。重复请求得到相同的响应；之后不能再修改或恢复该租户。',
    en: 'The tenant has been suspended before (else 409 INVALID_STATE); `code` is the tenant’s, so that no other is erased by mistake. Name, code, hosts and webhook secret go at once, and code and hosts are free again; within a minute each service begins to remove members, sessions, keys, points, tags, licences, applications, statistics and the audit trail, some at a time, and looks again, several times at first and then once a day for a month after it was told, for what came late. Asked again it answers the same; the tenant can be neither changed nor resumed any more.',
  },
  params: byId,
  body: z.strictObject({ code: text().min(1).max(64) }),
  response: tenantView,
  message: { zh: '租户已抹除', en: 'The tenant is erased' },
  refusals: ['INVALID_STATE'],
  examples: {
    request: { code: 'acme' },
    response: {
      ...sample,
      ...{ code: 'erased:1', name: 'erased:1', is_active: false, plan: null, hosts: [], member_count: 0 },
      ...{ updated_at: '2026-03-01T08:00:00.000Z', erased_at: '2026-03-01T08:00:00.000Z' },
    },
  },
});

export const rotateWebhookSecret = endpoint({
  ...tenants,
  name: 'rotateWebhookSecret',
  method: 'post',
  path: '/api/v1/tenants/:id/rotate-webhook-secret/',
  kind: 'action',
  summary: {
    zh: '更换 Webhook 密钥，仅此一次显示；未指定时由平台生成',
    en: 'A new webhook secret, shown this once; made here unless one is given',
  },
  params: byId,
  body: z.strictObject({ secret: secret.optional() }),
  response: z.object({ webhook_secret: z.string() }),
  message: {
    zh: 'Webhook密钥已更换，仅显示一次',
    en: 'The webhook secret was changed; it is shown this once',
  },
  refusals: ['INVALID_STATE'],
  examples: { response: { webhook_secret: 'whsec_8c1f…' } },
});
