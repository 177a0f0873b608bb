/** The second factor of administrators: codes of an authenticator (RFC 6238), and recovery codes. */
import { z } from 'zod';
import { exactText } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { byId, instant } from '../../schemas.ts';
import { both } from '../../text.ts';
import { signedIn, signedInSample } from './auth.ts';
import { noBody, origins } from './shapes.ts';

const code = exactText()
  .min(6)
  .max(64)
  .meta({
    description: both(
      '验证器当前显示的6位数字，或一个恢复码',
      'The six digits that the authenticator shows, or a recovery code',
    ),
  });
const challengeToken = exactText()
  .min(1)
  .max(64)
  .meta({
    description: both(
      '登录时 SECOND_FACTOR_REQUIRED 给出的 `challenge_token`：5分钟有效，不能用于其他任何请求',
      'The `challenge_token` that SECOND_FACTOR_REQUIRED gave at the login: for five minutes, and good for nothing else',
    ),
  });
const recoveryCodes = z.array(z.string()).meta({
  description: both(
    '恢复码，每个只能使用一次；仅此一次显示',
    'Recovery codes, each for one use; shown this once',
  ),
});
const state = z
  .object({
    is_enabled: z.boolean(),
    is_required: z.boolean().meta({
      description: both(
        '是否必须启用（租户或平台的设置）',
        'Whether the tenant, or the platform, asks for one',
      ),
    }),
    enabled_at: instant.nullable(),
    recovery_codes_left: z.int(),
  })
  .meta({ id: 'SecondFactor' });
const stateSample = {
  is_enabled: true,
  is_required: false,
  enabled_at: '2026-01-05T08:00:00.000Z',
  recovery_codes_left: 10,
};
const codesSample = ['7K2M-Q9XD-4RTV-W8PA', 'J3ZN-5YHC-8BQE-T6MF'];
const auth = { service: 'gateway', dialect: 'data', tag: 'Auth' } as const;

/** The second step of a login. */
export const secondStep = z.strictObject({ challenge_token: challengeToken, code });
export const logInWithSecondFactor = endpoint({
  ...auth,
  name: 'logInWithSecondFactor',
  method: 'post',
  path: '/api/v1/auth/login/second-factor/',
  access: ['public'],
  kind: 'object',
  summary: { zh: '登录第二步：提交验证码', en: 'Second step of a login: the code' },
  description: {
    zh: '每个验证码只能使用一次，允许前后30秒的时钟误差。失败计为登录失败；15分钟内5次后返回429。',
    en: 'A code is taken once, with 30 seconds of difference between clocks. Failures count as failed logins; after five in 15 minutes it is 429.',
  },
  body: secondStep,
  response: signedIn,
  message: { zh: '登录成功', en: 'Logged in' },
  refusals: ['AUTH_001', 'AUTH_003', 'INVALID_STATE', 'TENANT_SUSPENDED', 'RATE_LIMITED'],
  examples: {
    request: { challenge_token: 'ch_Vq0x…', code: '492039' },
    response: { ...signedInSample, user: { ...signedInSample.user, role: 'admin' } },
  },
});

export const getSecondFactor = endpoint({
  ...auth,
  name: 'getSecondFactor',
  method: 'get',
  path: '/api/v1/auth/second-factor/',
  access: ['admin'],
  kind: 'object',
  summary: { zh: '自己的第二因素', en: 'One’s own second factor' },
  response: state,
  examples: { response: stateSample },
});

export const startSecondFactor = endpoint({
  ...auth,
  name: 'startSecondFactor',
  method: 'post',
  path: '/api/v1/auth/second-factor/',
  access: ['public'],
  kind: 'object',
  summary: {
    zh: '为自己准备第二因素：密钥仅此一次显示，用一个验证码确认后才启用',
    en: 'Prepare a second factor for oneself: its secret is shown this once, a code of it turns it on',
  },
  description: {
    zh: '管理员和平台管理员：已登录时给出 `password`；登录被要求设置第二因素时给出 `challenge_token`。更换已启用的第二因素还需要当前的 `code`。10分钟内确认。',
    en:
      'For administrators and platform administrators: who is logged in gives the `password`, whose login asks for a second factor the `challenge_token`. ' +
      'One that is on is replaced with a `code` of it besides. To be confirmed within ten minutes.',
  },
  body: z.strictObject({
    password: exactText().min(1).max(1024).optional(),
    challenge_token: challengeToken.optional(),
    code: code.optional(),
  }),
  response: z.object({
    secret: z.string().meta({ description: both('Base32，供手工输入', 'Base32, to be typed by hand') }),
    otpauth_uri: z.string().meta({
      description: both('以二维码显示，供验证器扫描', 'To be shown as a QR code, for the authenticator'),
    }),
    expires_in: z.int(),
  }),
  message: {
    zh: '请用验证器扫描，并以一个验证码确认',
    en: 'Scan it with an authenticator, then confirm with a code',
  },
  refusals: ['AUTH_001', 'AUTH_003', 'PERM_001', 'RATE_LIMITED'],
  examples: {
    request: { password: 'demo-pass-2026' },
    response: {
      secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      otpauth_uri: 'otpauth://totp/ACME%20Corp:amy?issuer=ACME%20Corp&secret=JBSWY3DPEHPK3PXP…',
      expires_in: 600,
    },
  },
});

export const confirmSecondFactor = endpoint({
  ...auth,
  name: 'confirmSecondFactor',
  method: 'post',
  path: '/api/v1/auth/second-factor/confirm/',
  access: ['public'],
  kind: 'object',
  summary: {
    zh: '确认并启用第二因素；恢复码仅此一次显示',
    en: 'Confirm a second factor, which turns it on; the recovery codes are shown this once',
  },
  description: {
    zh: '以 `challenge_token` 确认时同时完成登录：`session` 即登录的响应，否则为 null。',
    en: 'With a `challenge_token` it ends the login, too: `session` is what a login answers, null otherwise.',
  },
  body: z.strictObject({ code, challenge_token: challengeToken.optional() }),
  response: z.object({ recovery_codes: recoveryCodes, session: signedIn.nullable() }),
  message: { zh: '第二因素已启用', en: 'The second factor is on' },
  refusals: ['AUTH_001', 'AUTH_003', 'PERM_001', 'INVALID_STATE', 'RATE_LIMITED'],
  examples: { request: { code: '492039' }, response: { recovery_codes: codesSample, session: null } },
});

export const replaceRecoveryCodes = endpoint({
  ...auth,
  name: 'replaceRecoveryCodes',
  method: 'post',
  path: '/api/v1/auth/second-factor/recovery-codes/',
  access: ['admin'],
  kind: 'action',
  summary: {
    zh: '重新生成10个恢复码，旧的随即失效',
    en: 'Ten new recovery codes; the ones before end',
  },
  body: z.strictObject({ code }),
  response: z.object({ recovery_codes: recoveryCodes }),
  message: {
    zh: '恢复码已更换，仅显示一次',
    en: 'The recovery codes were changed; they are shown this once',
  },
  refusals: ['AUTH_001', 'INVALID_STATE', 'RATE_LIMITED'],
  examples: { request: { code: '492039' }, response: { recovery_codes: codesSample } },
});

export const removeSecondFactor = endpoint({
  ...auth,
  name: 'removeSecondFactor',
  method: 'post',
  path: '/api/v1/auth/second-factor/remove/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '停用自己的第二因素', en: 'Turn one’s own second factor off' },
  description: {
    zh: '需要一个验证码或恢复码。租户或平台要求第二因素时不能停用（409）。',
    en: 'With a code, or a recovery code. Where the tenant, or the platform, asks for one it stays on (409).',
  },
  body: z.strictObject({ code }),
  response: state,
  message: { zh: '第二因素已停用', en: 'The second factor is off' },
  refusals: ['AUTH_001', 'INVALID_STATE', 'RATE_LIMITED'],
  examples: {
    request: { code: '492039' },
    response: { ...stateSample, is_enabled: false, enabled_at: null, recovery_codes_left: 0 },
  },
});

export const resetSecondFactor = endpoint({
  ...auth,
  tag: 'Members',
  name: 'resetSecondFactor',
  method: 'post',
  path: '/api/v1/members/:id/reset-second-factor/',
  access: ['admin'],
  kind: 'action',
  summary: {
    zh: '为丢失验证器的另一名管理员停用第二因素；其所有会话随之结束',
    en: 'Turn the second factor of another administrator off, who has lost it; ends every session of that one',
  },
  params: byId,
  body: noBody,
  response: z.null(),
  message: { zh: '第二因素已重置', en: 'The second factor was reset' },
  refusals: ['INVALID_STATE'],
  examples: { response: null },
});

const security = z
  .object({
    admin_second_factor: z.enum(['optional', 'required']).meta({
      description: both(
        '管理员的第二因素：可选，或必须。改为必须后，未设置的管理员在下次登录或刷新时设置',
        'A second factor for administrators: up to them, or asked for. Once it is required, who has none sets one up at the next login or refresh',
      ),
    }),
    allowed_origins: z.array(z.string()).meta({
      description: both(
        '可从浏览器调用 API 的网页来源，仅在租户的域名（自有域名或 <代码>.<平台域名>）上有效；平台的 CORS_ORIGINS 处处有效',
        'Origins of pages that may call the API from browsers, at hosts of the tenant alone (its own, and <code>.<host of the platform>); the platform’s CORS_ORIGINS may everywhere',
      ),
    }),
  })
  .meta({ id: 'SecuritySettings' });
const settings = { ...auth, tag: 'Members', access: ['admin'] } as const;

export const getSecuritySettings = endpoint({
  ...settings,
  name: 'getSecuritySettings',
  method: 'get',
  path: '/api/v1/security/',
  kind: 'object',
  summary: { zh: '租户的安全设置', en: 'Security settings of the tenant' },
  response: security,
  examples: { response: { admin_second_factor: 'optional', allowed_origins: ['https://shop.acme.example'] } },
});

export const updateSecuritySettings = endpoint({
  ...settings,
  name: 'updateSecuritySettings',
  method: 'patch',
  path: '/api/v1/security/',
  kind: 'object',
  summary: {
    zh: '修改租户的安全设置；省略的字段不变',
    en: 'Change the security settings of the tenant; what is left out stays',
  },
  body: z
    .strictObject({ admin_second_factor: z.enum(['optional', 'required']), allowed_origins: origins })
    .partial(),
  response: security,
  message: { zh: '安全设置已更新', en: 'The security settings were changed' },
  examples: {
    request: { admin_second_factor: 'required', allowed_origins: ['https://shop.acme.example'] },
    response: { admin_second_factor: 'required', allowed_origins: ['https://shop.acme.example'] },
  },
});
