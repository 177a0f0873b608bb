/**
 * Sessions of a browser on the gateway's own pages: the refresh token travels in a cookie that no script reads, and these three
 * endpoints alone take it. What one asks besides is asked with the access token, as everywhere.
 */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { credentials, signedIn, signedInSample } from './auth.ts';
import { secondStep } from './second-factor.ts';
import { noBody } from './shapes.ts';
import { both, type Text } from '../../text.ts';

const inBrowser = { service: 'gateway', dialect: 'data', tag: 'Auth', access: ['public'] } as const;
const browserSignedIn = signedIn.omit({ refresh_token: true }).meta({
  id: 'SignedInBrowser',
  description: both('刷新令牌在 Cookie 中', 'The refresh token is in the cookie'),
});
const { refresh_token: _, ...response } = signedInSample;

/** What a page of another site cannot send. */
const FROM_HERE = {
  zh: '只接受来自本平台自身页面的请求：必须带有 `X-Requested-With` 标头（任意值），且 `Sec-Fetch-Site` 为 `same-origin`；不发送该标头的浏览器，则以 `Origin` 判断。其他请求一律返回403 PERM_001。',
  en: 'For pages of the platform itself: the header `X-Requested-With` (any value) has to be there, and `Sec-Fetch-Site: same-origin`, or the `Origin` of the platform where a browser sends no such header. Everything else is 403 PERM_001.',
} as const satisfies Text;
const described = (more: Text): Text => ({
  zh: `${more.zh}${FROM_HERE.zh}`,
  en: `${more.en} ${FROM_HERE.en}`,
});

export const logInBrowser = endpoint({
  ...inBrowser,
  name: 'logInBrowser',
  method: 'post',
  path: '/api/v1/auth/browser/login/',
  kind: 'object',
  summary: { zh: '在浏览器中登录', en: 'Log in, in a browser' },
  description: described({
    zh: '与 `auth/login/` 相同，但刷新令牌只放在 Cookie 中（HttpOnly、SameSite=Strict；HTTPS 下另有 Secure 和 `__Host-` 前缀），页面脚本读不到。',
    en: 'As `auth/login/`, but the refresh token comes in a cookie alone (HttpOnly, SameSite=Strict; over HTTPS Secure, too, with the prefix `__Host-`), where no script of the page reads it.',
  }),
  body: credentials,
  response: browserSignedIn,
  message: { zh: '登录成功', en: 'Logged in' },
  refusals: [
    'AUTH_001',
    'SECOND_FACTOR_REQUIRED',
    'PERM_001',
    'TENANT_REQUIRED',
    'TENANT_SUSPENDED',
    'RATE_LIMITED',
  ],
  examples: { request: { username: 'admin_acme', password: 'demo-pass-2026' }, response },
});

export const logInBrowserWithSecondFactor = endpoint({
  ...inBrowser,
  name: 'logInBrowserWithSecondFactor',
  method: 'post',
  path: '/api/v1/auth/browser/login/second-factor/',
  kind: 'object',
  summary: { zh: '浏览器登录第二步：提交验证码', en: 'Second step of a login in a browser: the code' },
  description: described({
    zh: '与 `auth/login/second-factor/` 相同，但刷新令牌只放在 Cookie 中。',
    en: 'As `auth/login/second-factor/`, but the refresh token comes in the cookie alone.',
  }),
  body: secondStep,
  response: browserSignedIn,
  message: { zh: '登录成功', en: 'Logged in' },
  refusals: ['AUTH_001', 'AUTH_003', 'INVALID_STATE', 'PERM_001', 'TENANT_SUSPENDED', 'RATE_LIMITED'],
  examples: { request: { challenge_token: 'ch_Vq0x…', code: '492039' }, response },
});

export const refreshBrowser = endpoint({
  ...inBrowser,
  name: 'refreshBrowser',
  method: 'post',
  path: '/api/v1/auth/browser/refresh/',
  kind: 'object',
  summary: { zh: '用 Cookie 换取新的访问令牌', en: 'A new access token for the cookie' },
  description: described({
    zh: 'Cookie 随之更新；规则与 `auth/refresh/` 相同，包括片刻的宽限。没有 Cookie 时返回401 AUTH_001。',
    en: 'The cookie is renewed with it, by the rules of `auth/refresh/`, its moment of grace included. Without a cookie: 401 AUTH_001.',
  }),
  body: noBody,
  response: browserSignedIn,
  refusals: ['AUTH_001', 'AUTH_002', 'AUTH_003', 'SECOND_FACTOR_REQUIRED', 'PERM_001', 'TENANT_SUSPENDED'],
  examples: { request: {}, response },
});

export const logOutBrowser = endpoint({
  ...inBrowser,
  name: 'logOutBrowser',
  method: 'post',
  path: '/api/v1/auth/browser/logout/',
  kind: 'action',
  summary: { zh: '结束浏览器的会话', en: 'End the session of a browser' },
  description: described({
    zh: '结束 Cookie 所指的会话，该会话的访问令牌随即失效，并清除 Cookie。没有会话时同样成功。',
    en: 'Ends the session that the cookie names, its access tokens with it, and clears the cookie. Succeeds as well where there is none.',
  }),
  body: noBody,
  response: z.null(),
  message: { zh: '已退出登录', en: 'Logged out' },
  refusals: ['PERM_001'],
  examples: { request: {}, response: null },
});
