/** The header that names the caller: the token in it, or what stands there in the place of one. */
import { refuse, type Refusal } from '@membership/contracts/errors';
import type { Text } from '@membership/contracts/text';

/** The token of a `Bearer` header, or undefined. */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length < 8 || authorization.charCodeAt(6) !== 32)
    return undefined;
  if (authorization.slice(0, 6).toLowerCase() !== 'bearer') return undefined;
  return authorization.slice(7).trim() || undefined;
}

/** Those alone are told back: any other first word may be part of a secret. */
const OTHER_SCHEME = /^(Basic|Token|Digest|Negotiate|ApiKey|JWT)(?= )/i;
const ALONE: Text = {
  zh: 'Authorization 请求头缺少 Bearer：应为 Authorization: Bearer <令牌>',
  en: 'The Authorization header does not begin with “Bearer ”: send Authorization: Bearer <token>',
};
const EMPTY: Text = {
  zh: 'Authorization 请求头的 Bearer 后没有令牌：应为 Authorization: Bearer <令牌>',
  en: 'No token follows Bearer in the Authorization header: send Authorization: Bearer <token>',
};
const OTHER: Text = {
  zh: '此处不接受 Authorization 请求头的 {scheme} 方式：应为 Authorization: Bearer <令牌>',
  en: '{scheme} in the Authorization header is not taken here: send Authorization: Bearer <token>',
};

/** The refusal (AUTH_001) of a header that holds no token, or of none: what stands there instead, and what to send. */
export function notBearer(authorization: string | undefined): Refusal {
  if (authorization === undefined) return refuse('AUTH_001');
  const scheme = OTHER_SCHEME.exec(authorization)?.[1];
  const details = { header: 'Authorization', expected: 'Bearer <token>', ...(scheme && { scheme }) };
  if (scheme) return refuse('AUTH_001', { details, text: OTHER, params: { scheme } });
  const text = /^bearer\s*$/i.test(authorization) ? EMPTY : ALONE;
  return refuse('AUTH_001', { details, text });
}
