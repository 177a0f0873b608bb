/** Logging in and out, and service tokens (spec/api.md "Identity and tenants"). */
import { z } from 'zod';
import { exactText, text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { identity, newPassword } from './shapes.ts';

const tokenPair = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  /** Seconds. */
  expires_in: z.int(),
});
const signedIn = tokenPair.extend(identity.shape).meta({ id: 'SignedIn' });
const sample = {
  access_token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
  refresh_token: '3f0f5b52-5c1c-4ac3-9d43-6f1f5c6f9f10.1.m3Yw…',
  token_type: 'Bearer',
  expires_in: 3600,
  user: { id: 3, username: 'john_doe', email: 'john_doe@acme.example', role: 'member' },
  tenant: { id: 1, code: 'acme', name: 'ACME Corp' },
};
const auth = { service: 'gateway', dialect: 'data', tag: 'Auth' } as const;

export const login = endpoint({
  ...auth,
  name: 'login',
  method: 'post',
  path: '/api/v1/auth/login/',
  access: ['public'],
  kind: 'object',
  summary: 'Log in with username and password',
  description:
    'Ten failures of one account, or a hundred from one address, within 15 minutes: 429 until they are 15 minutes old. ' +
    'A username that several tenants know needs `tenant` (code or id): 400 TENANT_REQUIRED, once the password fits one of them, ' +
    'however many there are. Failures under such a name without `tenant` close it for logins without `tenant` alone.',
  body: z.strictObject({
    username: text().min(1).max(255),
    password: exactText().min(1).max(1024),
    tenant: z.union([text().min(1).max(64), z.int().positive()]).optional(),
  }),
  response: signedIn,
  message: { zh: '登录成功', en: 'Logged in' },
  refusals: ['AUTH_001', 'TENANT_REQUIRED', 'TENANT_SUSPENDED', 'RATE_LIMITED'],
  examples: { request: { username: 'john_doe', password: 'demo-pass-2026' }, response: sample },
});

export const refreshSession = endpoint({
  ...auth,
  name: 'refreshSession',
  method: 'post',
  path: '/api/v1/auth/refresh/',
  access: ['public'],
  kind: 'object',
  summary: 'Exchange a refresh token for new tokens',
  description:
    'Each refresh token works once; for a moment after (`REFRESH_GRACE_SECONDS`, 30) the one just used gives the same successor ' +
    'again: for two tabs, or an answer that was lost. Later, or an older one, it ends the whole session: somebody else has it. ' +
    'A session ends for good after `SESSION_DAYS` (180): AUTH_002, log in again.',
  body: z.strictObject({ refresh_token: exactText().min(1).max(512) }),
  response: signedIn,
  refusals: ['AUTH_002', 'AUTH_003', 'TENANT_SUSPENDED'],
  examples: { request: { refresh_token: sample.refresh_token }, response: sample },
});

export const logout = endpoint({
  ...auth,
  name: 'logout',
  method: 'post',
  path: '/api/v1/auth/logout/',
  access: ['member'],
  kind: 'action',
  summary: 'End the session',
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
  summary: 'Who am I',
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
  summary: 'Change the own password; ends every session of the user',
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

const tokenError = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'TokenError', description: 'An error as RFC 6749 §5.2 has it' });

/** RFC 6749 answers for itself: its parameters, errors and answers are bare, and unknown parameters are passed over. */
export const issueServiceToken = endpoint({
  ...auth,
  name: 'issueServiceToken',
  method: 'post',
  path: '/api/v1/auth/token/',
  access: ['public'],
  kind: 'bare',
  summary: 'Service token by client credentials (RFC 6749 §4.4)',
  description:
    'Form or JSON. The client names itself by HTTP Basic or by `client_id` and `client_secret` in the body.',
  accepts: ['application/x-www-form-urlencoded'],
  bodyLimit: 8 * 1024,
  body: z.unknown().meta({
    type: 'object',
    properties: {
      grant_type: { type: 'string', const: 'client_credentials' },
      client_id: { type: 'string' },
      client_secret: { type: 'string' },
      scope: { type: 'string', description: 'Scopes with spaces between; all of the client’s when left out' },
    },
    required: ['grant_type'],
  }),
  response: z.object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    scope: z.string(),
  }),
  others: { 400: tokenError, 401: tokenError, 403: tokenError, 429: tokenError },
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
  summary: 'Public keys of the tokens; none while signing is symmetric',
  response: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  examples: { response: { keys: [] } },
});
