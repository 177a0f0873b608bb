/** Service clients of a tenant: other systems that call with scopes instead of a role. */
import { z } from 'zod';
import { exactText } from '../../characters.ts';
import { scopes } from '../../claims.ts';
import { endpoint } from '../../endpoint.ts';
import { instant, ordering, pageQuery, requiredText, search } from '../../schemas.ts';
import { both } from '../../text.ts';

const clientId = z.string().regex(/^[A-Za-z0-9][\w.-]{2,63}$/, {
  error: both(
    '3 到 64 个字母、数字或 . _ -，以字母或数字开头',
    '3 to 64 letters, digits or . _ -, starting with a letter or digit',
  ),
});
const byClientId = z.object({ client_id: clientId });
const scopeList = z.array(z.enum(scopes)).min(1).max(scopes.length);
const clientView = z
  .object({ client_id: z.string(), name: z.string(), scopes: z.array(z.string()), created_at: instant })
  .meta({ id: 'ServiceClient' });
const sample = {
  client_id: 'demo-internal',
  name: 'Order system',
  scopes: ['points:read', 'points:write'],
  created_at: '2026-01-05T08:00:00.000Z',
};
const clients = { service: 'gateway', dialect: 'data', tag: 'Clients', access: ['admin'] } as const;

export const listClients = endpoint({
  ...clients,
  name: 'listClients',
  method: 'get',
  path: '/api/v1/clients/',
  kind: 'list',
  summary: { zh: '租户的服务客户端', en: 'Service clients of the tenant' },
  query: z.strictObject({
    ...pageQuery(20),
    search: search.optional(),
    ordering: ordering(['client_id', 'created_at'], '-created_at'),
  }),
  response: clientView,
  examples: { response: sample },
});

export const createClient = endpoint({
  ...clients,
  name: 'createClient',
  method: 'post',
  path: '/api/v1/clients/',
  kind: 'object',
  status: 201,
  summary: {
    zh: '新增服务客户端；密钥仅此一次显示',
    en: 'Add a service client; its secret is shown this once',
  },
  body: z.strictObject({
    name: requiredText,
    scopes: scopeList.default(() => scopes.filter((scope) => !scope.startsWith('gateway:'))),
    client_id: clientId.optional(),
    client_secret: exactText().min(12).max(255).optional(),
  }),
  response: clientView.extend({ client_secret: z.string() }).meta({ id: 'NewServiceClient' }),
  message: { zh: '服务客户端创建成功', en: 'The service client was added' },
  examples: {
    request: { name: 'Order system', scopes: ['points:read', 'points:write'] },
    response: { ...sample, client_secret: 'cs_4c9f…' },
  },
});

export const rotateClientSecret = endpoint({
  ...clients,
  name: 'rotateClientSecret',
  method: 'post',
  path: '/api/v1/clients/:client_id/rotate-secret/',
  kind: 'action',
  summary: {
    zh: '为服务客户端更换密钥，仅此一次显示；未指定时由平台生成',
    en: 'Another secret for a service client, shown this once; made here unless one is given',
  },
  description: {
    zh: '旧密钥在 `keep_previous_hours` 小时内（默认24）与新密钥同时有效，便于系统平滑切换。设为0则立即失效，此前签发的所有令牌在一秒内作废：用于密钥已泄露的情况。',
    en:
      'The secret before works beside it for `keep_previous_hours` (24 unless said), so that a system can be moved without a gap. ' +
      'With 0 it ends at once, and within a second every token that was made before is worth nothing: for a secret that others know.',
  },
  params: byClientId,
  body: z.strictObject({
    client_secret: exactText().min(12).max(255).optional(),
    keep_previous_hours: z.int().min(0).max(168).default(24),
  }),
  response: z.object({
    client_id: z.string(),
    client_secret: z.string(),
    previous_valid_until: instant.nullable(),
  }),
  message: {
    zh: '密钥已更换，仅显示一次',
    en: 'The secret was changed; it is shown this once',
  },
  examples: {
    request: { keep_previous_hours: 24 },
    response: {
      client_id: 'demo-internal',
      client_secret: 'cs_4c9f…',
      previous_valid_until: '2026-01-06T08:00:00.000Z',
    },
  },
});

export const deleteClient = endpoint({
  ...clients,
  name: 'deleteClient',
  method: 'delete',
  path: '/api/v1/clients/:client_id/',
  kind: 'empty',
  summary: {
    zh: '删除服务客户端：其令牌在一秒内作废',
    en: 'Delete a service client: within a second its tokens are worth nothing',
  },
  params: byClientId,
  response: undefined,
});
