/** Logging in and out, and service tokens (spec/api.md "Identity and tenants"). */
import { z } from 'zod';
import { exactText, text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { identity, newPassword } from './shapes.ts';
import { both } from '../../text.ts';

const tokenPair = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  /** Seconds. */
  expires_in: z.int(),
});
export const signedIn = tokenPair.extend(identity.shape).meta({ id: 'SignedIn' });
const sample = {
  access_token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
  refresh_token: '3f0f5b52-5c1c-4ac3-9d43-6f1f5c6f9f10.1.m3Yw…',
  token_type: 'Bearer',
  expires_in: 3600,
  user: { id: 3, username: 'john_doe', email: 'john_doe@acme.example', role: 'member' },
  tenant: { id: 1, code: 'acme', name: 'ACME Corp', timezone: 'Asia/Shanghai' },
};
export const signedInSample = sample;
export const credentials = z.strictObject({
  username: text().min(1).max(255),
  password: exactText().min(1).max(1024),
  tenant: z.union([text().min(1).max(64), z.int().positive()]).optional(),
});
const auth = { service: 'gateway', dialect: 'data', tag: 'Auth' } as const;

export const login = endpoint({
  ...auth,
  name: 'login',
  method: 'post',
  path: '/api/v1/auth/login/',
  access: ['public'],
  kind: 'object',
  summary: { zh: '用户名密码登录', en: 'Log in with username and password' },
  description: {
    zh: '启用了第二因素（或租户、平台要求）的管理员得到401 SECOND_FACTOR_REQUIRED：以其 `details.challenge_token` 完成第二步（`login/second-factor/`），或在 `is_enrolled` 为 false 时先设置第二因素。15分钟内同一账号失败10次，或同一地址失败100次：返回429，直到这些失败满15分钟。多个租户都有的用户名需要 `tenant`（代码或 id）：只要密码与其中之一相符，无论有几个，都返回400 TENANT_REQUIRED。在租户自己的域名上登录时，未给出的 `tenant` 即该租户。不带 `tenant` 的失败，只会关闭该用户名不带 `tenant` 的登录。',
    en:
      'An administrator with a second factor, or in whose tenant one is required, gets 401 SECOND_FACTOR_REQUIRED: its `details.challenge_token` is for the second step (`login/second-factor/`), or, where `is_enrolled` is false, for setting one up. ' +
      'Ten failures of one account, or a hundred from one address, within 15 minutes: 429 until they are 15 minutes old. ' +
      'A username that several tenants know needs `tenant` (code or id): 400 TENANT_REQUIRED, once the password fits one of them, ' +
      'however many there are. At a host that is a tenant’s own, a `tenant` that is not named is that one. Failures under such a name without `tenant` close it for logins without `tenant` alone.',
  },
  body: credentials,
  response: signedIn,
  message: { zh: '登录成功', en: 'Logged in' },
  refusals: ['AUTH_001', 'SECOND_FACTOR_REQUIRED', 'TENANT_REQUIRED', 'TENANT_SUSPENDED', 'RATE_LIMITED'],
  examples: { request: { username: 'john_doe', password: 'demo-pass-2026' }, response: sample },
});

export const refreshSession = endpoint({
  ...auth,
  name: 'refreshSession',
  method: 'post',
  path: '/api/v1/auth/refresh/',
  access: ['public'],
  kind: 'object',
  summary: { zh: '用刷新令牌换取新令牌', en: 'Exchange a refresh token for new tokens' },
  description: {
    zh: '每个刷新令牌只能使用一次；用后片刻内（`REFRESH_GRACE_SECONDS`，30秒）再次使用得到同一个后继令牌，以应对两个标签页或丢失的响应。更晚，或使用更早的令牌，说明令牌落入他人之手，整个会话随即结束。会话在 `SESSION_DAYS`（180天）后彻底结束：AUTH_002，请重新登录。',
    en:
      'Each refresh token works once; for a moment after (`REFRESH_GRACE_SECONDS`, 30) the one just used gives the same successor ' +
      'again: for two tabs, or an answer that was lost. Later, or an older one, it ends the whole session: somebody else has it. ' +
      'A session ends for good after `SESSION_DAYS` (180): AUTH_002, log in again.',
  },
  body: z.strictObject({ refresh_token: exactText().min(1).max(512) }),
  response: signedIn,
  refusals: ['AUTH_002', 'AUTH_003', 'SECOND_FACTOR_REQUIRED', 'TENANT_SUSPENDED'],
  examples: { request: { refresh_token: sample.refresh_token }, response: sample },
});

export const logout = endpoint({
  ...auth,
  name: 'logout',
  method: 'post',
  path: '/api/v1/auth/logout/',
  access: ['member'],
  kind: 'action',
  summary: { zh: '结束会话', en: 'End the session' },
  body: z.strictObject({ refresh_token: exactText().min(1).max(512).optional() }),
  response: z.null(),
  message: { zh: '已退出登录', en: 'Logged out' },
  examples: { response: null },
});

export const me = endpoint({
  ...auth,
  name: 'me',
  method: 'get',
  path: '/api/v1/auth/me/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '我是谁', en: 'Who am I' },
  response: identity,
  examples: { response: { user: sample.user, tenant: sample.tenant } },
});

export const changePassword = endpoint({
  ...auth,
  name: 'changePassword',
  method: 'post',
  path: '/api/v1/auth/change-password/',
  access: ['member'],
  kind: 'action',
  summary: {
    zh: '修改自己的密码；该用户的所有会话随之结束',
    en: 'Change the own password; ends every session of the user',
  },
  body: z.strictObject({ old_password: exactText().min(1).max(1024), new_password: newPassword }),
  response: z.null(),
  message: { zh: '密码修改成功，请重新登录', en: 'The password was changed; please log in again' },
  refusals: ['RATE_LIMITED'],
  examples: {
    // No account of the demo has it: a tool that tries examples changes nothing.
    request: { old_password: 'my-password-until-now', new_password: 'my-password-from-now-on' },
    response: null,
  },
});

const tokenError = z.object({ error: z.string(), error_description: z.string() }).meta({
  id: 'TokenError',
  description: both('RFC 6749 §5.2 规定的错误', 'An error as RFC 6749 §5.2 has it'),
});

const tokenErrorOf = (error: string, error_description: string) => ({
  schema: tokenError,
  example: { error, error_description },
});

/** RFC 6749 answers for itself: its parameters, errors and answers are bare, and unknown parameters are passed over. */
export const issueServiceToken = endpoint({
  ...auth,
  name: 'issueServiceToken',
  method: 'post',
  path: '/api/v1/auth/token/',
  access: ['public'],
  kind: 'bare',
  summary: {
    zh: '用客户端凭据获取服务令牌（RFC 6749 §4.4）',
    en: 'Service token by client credentials (RFC 6749 §4.4)',
  },
  description: {
    zh: '表单或 JSON。客户端通过 HTTP Basic，或通过请求体中的 `client_id` 和 `client_secret` 表明身份。',
    en: 'Form or JSON. The client names itself by HTTP Basic or by `client_id` and `client_secret` in the body.',
  },
  accepts: ['application/x-www-form-urlencoded'],
  bodyLimit: 8 * 1024,
  body: z.unknown().meta({
    type: 'object',
    properties: {
      grant_type: { type: 'string', const: 'client_credentials' },
      client_id: { type: 'string' },
      client_secret: { type: 'string' },
      scope: {
        type: 'string',
        description: both(
          '权限范围，以空格分隔；省略时为该客户端的全部范围',
          'Scopes with spaces between; all of the client’s when left out',
        ),
      },
    },
    required: ['grant_type'],
  }),
  response: z.object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    scope: z.string(),
  }),
  others: {
    400: tokenErrorOf('invalid_scope', 'This client may have: points:read points:write'),
    401: tokenErrorOf('invalid_client', 'The client is unknown or its secret is wrong'),
    403: tokenErrorOf('unauthorized_client', 'The tenant is suspended'),
    429: tokenErrorOf('temporarily_unavailable', 'Too many failures; try again in 60 seconds'),
  },
  examples: {
    request: {
      grant_type: 'client_credentials',
      client_id: 'demo-internal',
      client_secret: 'demo-pass-2026',
      scope: 'points:read points:write',
    },
    response: {
      access_token: sample.access_token,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'points:read points:write',
    },
  },
});

export const tokenKeys = endpoint({
  ...auth,
  name: 'tokenKeys',
  method: 'get',
  path: '/.well-known/jwks.json',
  access: ['public'],
  kind: 'bare',
  summary: {
    zh: '令牌的公钥；使用对称签名时为空',
    en: 'Public keys of the tokens; none while signing is symmetric',
  },
  response: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  examples: { response: { keys: [] } },
});
