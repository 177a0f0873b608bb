/** What a plan of the platform allows a tenant, and what a tenant has used. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { code, day, instant, ordering, pageQuery, queryInteger, requiredText } from '../../schemas.ts';
import { both } from '../../text.ts';
import { perMinute, tenantLimits } from './shapes.ts';

const byCode = z.object({ plan_code: code });
const allowed = {
  requests_per_day: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .nullable()
    .meta({
      description: both(
        '租户每天（按其时区）可发起的请求数；null 表示不限',
        'Requests of the tenant a day, in its zone; null: as many as it likes',
      ),
    }),
  concurrent_requests: z
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .meta({
      description: both(
        '租户可同时处理的请求数（数据流除外）；null 表示不限',
        'Requests of the tenant that may be under way at once, streams aside; null: as many as it likes',
      ),
    }),
};
const limitsView = z.object({
  member_per_minute: perMinute,
  admin_per_minute: perMinute,
  internal_per_minute: perMinute,
});
const planView = z
  .object({
    code: z.string(),
    name: z.string(),
    limits: limitsView,
    ...allowed,
    tenant_count: z.int().meta({ description: both('使用该套餐的租户数', 'Tenants that have it') }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'TenantPlan' });
const sample = {
  code: 'starter',
  name: 'Starter',
  limits: { member_per_minute: 60, admin_per_minute: null, internal_per_minute: 600 },
  requests_per_day: 100_000,
  concurrent_requests: 20,
  tenant_count: 3,
  created_at: '2026-01-05T08:00:00.000Z',
  updated_at: '2026-01-05T08:00:00.000Z',
};
const plans = { service: 'gateway', dialect: 'data', tag: 'Tenants', access: ['super'] } as const;
const precedence = {
  zh: '每分钟限额的次序：租户自己的限额、其套餐的限额、平台的默认值。修改在一秒内对所有租户生效。',
  en: 'Requests a minute: a tenant’s own limit goes before its plan’s, and that before the platform’s default. A change holds for every tenant of the plan within a second.',
};

export const listTenantPlans = endpoint({
  ...plans,
  name: 'listTenantPlans',
  method: 'get',
  path: '/api/v1/tenant-plans/',
  kind: 'list',
  summary: { zh: '平台的租户套餐', en: 'Plans of the platform' },
  query: z.strictObject({
    ...pageQuery(20),
    ordering: ordering(['code', 'name', 'created_at'], 'code'),
  }),
  response: planView,
  examples: { response: sample },
});

export const createTenantPlan = endpoint({
  ...plans,
  name: 'createTenantPlan',
  method: 'post',
  path: '/api/v1/tenant-plans/',
  kind: 'object',
  status: 201,
  summary: { zh: '新建租户套餐', en: 'Set up a plan' },
  description: precedence,
  body: z.strictObject({
    code,
    name: requiredText,
    limits: tenantLimits.default({}),
    requests_per_day: allowed.requests_per_day.default(null),
    concurrent_requests: allowed.concurrent_requests.default(null),
  }),
  response: planView,
  message: { zh: '套餐创建成功', en: 'The plan was created' },
  examples: {
    request: {
      code: 'starter',
      name: 'Starter',
      limits: { member_per_minute: 60, internal_per_minute: 600 },
      requests_per_day: 100_000,
      concurrent_requests: 20,
    },
    response: { ...sample, tenant_count: 0 },
  },
});

export const getTenantPlan = endpoint({
  ...plans,
  name: 'getTenantPlan',
  method: 'get',
  path: '/api/v1/tenant-plans/:plan_code/',
  kind: 'object',
  summary: { zh: '套餐详情', en: 'One plan' },
  params: byCode,
  response: planView,
  examples: { response: sample },
});

export const updateTenantPlan = endpoint({
  ...plans,
  name: 'updateTenantPlan',
  method: 'patch',
  path: '/api/v1/tenant-plans/:plan_code/',
  kind: 'object',
  summary: {
    zh: '修改套餐；省略的字段不变，null 表示不限或恢复平台默认值',
    en: 'Change a plan; what is left out stays, null is no bound or the platform’s default',
  },
  description: precedence,
  params: byCode,
  body: z.strictObject({ name: requiredText, limits: tenantLimits, ...allowed }).partial(),
  response: planView,
  message: { zh: '套餐更新成功', en: 'The plan was updated' },
  examples: { request: { requests_per_day: 200_000 }, response: { ...sample, requests_per_day: 200_000 } },
});

export const deleteTenantPlan = endpoint({
  ...plans,
  name: 'deleteTenantPlan',
  method: 'delete',
  path: '/api/v1/tenant-plans/:plan_code/',
  kind: 'empty',
  summary: {
    zh: '删除套餐；仍有租户使用时返回 409',
    en: 'Remove a plan; 409 while tenants have it',
  },
  params: byCode,
  response: undefined,
  refusals: ['CONFLICT'],
});

const usageOfDay = z.object({
  date: day,
  requests: z.int(),
  refused: z.int().meta({
    description: both(
      '因限额被拒绝的请求（429），不计入 requests',
      'Requests that a limit refused (429); not among the others',
    ),
  }),
});
export const getUsage = endpoint({
  service: 'gateway',
  dialect: 'data',
  tag: 'Tenants',
  access: ['admin'],
  name: 'getUsage',
  method: 'get',
  path: '/api/v1/usage/',
  kind: 'object',
  summary: {
    zh: '租户的套餐与用量：今天，以及最近若干天',
    en: 'Plan and usage of the tenant: today, and the last days',
  },
  description: {
    zh: '日期按租户时区计算，今天在前。统计租户成员、管理员、服务客户端和 API 密钥被受理的请求；登录等没有令牌的请求、平台管理员的请求、健康检查，以及查找和收回访问的请求（退出登录、修改密码；列出、查看、修改、停用和抹除成员；列出和结束会话；重置第二因素；列出、查看、修改、更换和吊销 API 密钥、外部签发方和 Webhook 端点；列出、更换和移除服务客户端）不计入，也不受每日配额和并发数的限制。当日配额用尽后此接口仍可调用。数字最多延迟十秒（有每日配额时为一秒）。',
    en: 'Days are the tenant’s, today first. Counted are the requests of its members, administrators, service clients and API keys that were let in; not those without a token (logging in), the platform administrators’, looks at health, and what finds and takes back access (logging out, changing one’s password; listing, reading, changing, deactivating and erasing members; listing and ending sessions; resetting a second factor; listing, reading, changing, replacing and revoking API keys, external issuers and webhook endpoints; listing, replacing and removing service clients), which neither the day’s requests nor those at once refuse. It answers when the day’s quota is used up, too. The figures are ten seconds old at most, one second where a quota a day is set.',
  },
  query: z.strictObject({ days: queryInteger(1, 400).default(30) }),
  response: z
    .object({
      plan: planView.omit({ tenant_count: true, created_at: true, updated_at: true }).nullable(),
      today: z.object({
        date: day,
        requests: z.int(),
        requests_per_day: z.int().nullable(),
        remaining: z.int().nullable(),
        resets_at: instant,
      }),
      days: z.array(usageOfDay),
    })
    .meta({ id: 'TenantUsage' }),
  examples: {
    response: {
      plan: {
        code: sample.code,
        name: sample.name,
        limits: sample.limits,
        requests_per_day: sample.requests_per_day,
        concurrent_requests: sample.concurrent_requests,
      },
      today: {
        date: '2026-01-06',
        requests: 4_210,
        requests_per_day: 100_000,
        remaining: 95_790,
        resets_at: '2026-01-06T16:00:00.000Z',
      },
      days: [
        { date: '2026-01-06', requests: 4_210, refused: 0 },
        { date: '2026-01-05', requests: 100_000, refused: 312 },
      ],
    },
  },
});
