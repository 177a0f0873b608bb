/** API keys: what a tenant's own server shows with each request, with scopes instead of a role. */
import { z } from 'zod';
import { scopes } from '../../claims.ts';
import { endpoint } from '../../endpoint.ts';
import { instant, instantInput, ordering, pageQuery, requiredText, search } from '../../schemas.ts';
import { both } from '../../text.ts';

const byKeyId = z.object({ key_id: z.string().regex(/^[A-Za-z0-9]{12}$/) });
const scopeList = z.array(z.enum(scopes)).min(1).max(scopes.length);
const limit = z
  .int()
  .min(1)
  .max(1_000_000)
  .nullable()
  .meta({
    description: both(
      '该密钥每分钟的请求数；null 为租户的限额。两者都有时取较小者',
      'Requests a minute with this key; null: the tenant’s limit. Of both the lower one holds',
    ),
  });
const end = instantInput.nullable().meta({
  description: both('失效时间；null 为永不失效', 'When it ends; null: never'),
});
const status = z.enum(['active', 'expired', 'revoked'], {
  error: both('只能是 active、expired 或 revoked', 'Must be active, expired or revoked'),
});

const keyView = z
  .object({
    id: z.string(),
    prefix: z.string().meta({
      description: both(
        '密钥公开的开头部分，用于在日志和配置中辨认',
        'The part of the key that is no secret, to find it by in logs and settings',
      ),
    }),
    name: z.string(),
    scopes: z.array(z.string()),
    limit_per_minute: z.int().nullable(),
    status,
    expires_at: instant.nullable(),
    last_used_at: instant.nullable().meta({
      description: both('最近一次使用，精确到一分钟左右', 'When it was last used, to about a minute'),
    }),
    previous: z
      .object({ valid_until: instant, last_used_at: instant.nullable() })
      .nullable()
      .meta({
        description: both(
          '更换前的密钥：何时失效，最近何时仍在使用',
          'The secret before the last rotation: until when it works, and when it was last used',
        ),
      }),
    created_by: z
      .int()
      .nullable()
      .meta({
        description: both('创建者的成员 id', 'Id of the member who made it'),
      }),
    created_at: instant,
    updated_at: instant,
    revoked_at: instant.nullable(),
  })
  .meta({ id: 'ApiKey' });
const shownKey = z.string().meta({
  description: both(
    '密钥本身，仅此一次显示：`mk_`、12个字符、`_`、42个字符（其中末6个为校验码）',
    'The key itself, shown this once: `mk_`, 12 characters, `_`, 42 characters of which the last 6 are a checksum',
  ),
});
const sample = {
  id: 'f3Kx0Vw92aQd',
  prefix: 'mk_f3Kx0Vw92aQd',
  name: 'Order system',
  scopes: ['points:read', 'points:write'],
  limit_per_minute: null,
  status: 'active',
  expires_at: '2027-01-05T08:00:00.000Z',
  last_used_at: null,
  previous: null,
  created_by: 2,
  created_at: '2026-01-05T08:00:00.000Z',
  updated_at: '2026-01-05T08:00:00.000Z',
  revoked_at: null,
};
const keys = { service: 'gateway', dialect: 'data', tag: 'API keys', access: ['admin'] } as const;

export const listApiKeys = endpoint({
  ...keys,
  name: 'listApiKeys',
  method: 'get',
  path: '/api/v1/api-keys/',
  kind: 'list',
  summary: { zh: '租户的 API 密钥', en: 'API keys of the tenant' },
  description: {
    zh: '不含密钥本身。已吊销的密钥保留90天。',
    en: 'Without the keys themselves. What was revoked is kept for 90 days.',
  },
  query: z.strictObject({
    ...pageQuery(20),
    status: status.optional(),
    search: search.optional(),
    ordering: ordering(['name', 'created_at'], '-created_at'),
  }),
  response: keyView,
  examples: { response: sample },
});

export const createApiKey = endpoint({
  ...keys,
  name: 'createApiKey',
  method: 'post',
  path: '/api/v1/api-keys/',
  kind: 'object',
  status: 201,
  summary: { zh: '新增 API 密钥，仅此一次显示', en: 'Add an API key; it is shown this once' },
  description: {
    zh: '随每个请求以 `Authorization: Bearer mk_…` 发送。仅限服务器使用：浏览器和应用程序中的密钥人人可见。',
    en: 'Sent with each request as `Authorization: Bearer mk_…`. For servers alone: in a browser or an app everybody can read it.',
  },
  body: z.strictObject({
    name: requiredText,
    scopes: scopeList,
    expires_at: end.default(null),
    limit_per_minute: limit.default(null),
  }),
  response: keyView.extend({ api_key: shownKey }).meta({ id: 'NewApiKey' }),
  message: { zh: 'API 密钥创建成功', en: 'The API key was added' },
  examples: {
    request: {
      name: 'Order system',
      scopes: ['points:read', 'points:write'],
      expires_at: '2027-01-05T08:00:00Z',
    },
    response: { ...sample, api_key: 'mk_f3Kx0Vw92aQd_…' },
  },
});

export const getApiKey = endpoint({
  ...keys,
  name: 'getApiKey',
  method: 'get',
  path: '/api/v1/api-keys/:key_id/',
  kind: 'object',
  summary: { zh: 'API 密钥详情', en: 'One API key' },
  params: byKeyId,
  response: keyView,
  examples: { response: { ...sample, last_used_at: '2026-02-14T02:05:00.000Z' } },
});

export const updateApiKey = endpoint({
  ...keys,
  name: 'updateApiKey',
  method: 'patch',
  path: '/api/v1/api-keys/:key_id/',
  kind: 'object',
  summary: {
    zh: '修改 API 密钥的名称、权限范围、限额或失效时间；一秒内生效',
    en: 'Change the name, scopes, limit or end of an API key; it holds within a second',
  },
  params: byKeyId,
  body: z
    .strictObject({ name: requiredText, scopes: scopeList, expires_at: end, limit_per_minute: limit })
    .partial(),
  response: keyView,
  message: { zh: 'API 密钥更新成功', en: 'The API key was changed' },
  refusals: ['INVALID_STATE'],
  examples: { request: { scopes: ['points:read'] }, response: { ...sample, scopes: ['points:read'] } },
});

export const rotateApiKey = endpoint({
  ...keys,
  name: 'rotateApiKey',
  method: 'post',
  path: '/api/v1/api-keys/:key_id/rotate/',
  kind: 'action',
  summary: {
    zh: '更换 API 密钥，仅此一次显示；旧密钥继续有效一段时间',
    en: 'Another secret for an API key, shown this once; the one before goes on for a while',
  },
  description: {
    zh: '旧密钥在 `keep_previous_hours` 小时内（默认24）与新密钥同时有效，其最近使用时间见 `previous`。设为0则在一秒内失效。更早的密钥立即失效。名称、权限范围、限额和失效时间不变。',
    en:
      'The secret before works beside the new one for `keep_previous_hours` (24 unless said); `previous` tells when it was last used. ' +
      'With 0 it ends within a second. One from before that ends at once. Name, scopes, limit and end stay.',
  },
  params: byKeyId,
  body: z.strictObject({ keep_previous_hours: z.int().min(0).max(168).default(24) }),
  response: keyView.extend({ api_key: shownKey }).meta({ id: 'RotatedApiKey' }),
  message: { zh: 'API 密钥已更换，仅显示一次', en: 'The API key was changed; it is shown this once' },
  refusals: ['INVALID_STATE'],
  examples: {
    request: { keep_previous_hours: 24 },
    response: {
      ...sample,
      previous: { valid_until: '2026-01-06T08:00:00.000Z', last_used_at: '2026-01-05T07:59:00.000Z' },
      api_key: 'mk_f3Kx0Vw92aQd_…',
    },
  },
});

export const revokeApiKey = endpoint({
  ...keys,
  name: 'revokeApiKey',
  method: 'delete',
  path: '/api/v1/api-keys/:key_id/',
  kind: 'empty',
  summary: {
    zh: '吊销 API 密钥：一秒内失效，不可恢复',
    en: 'Revoke an API key: within a second it is worth nothing, for good',
  },
  params: byKeyId,
  response: undefined,
});
