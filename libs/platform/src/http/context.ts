/** The signed context between the gateway and one service: who asks, for which tenant. A key per service, half a minute of life. */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { contextClaims, type ContextClaims, type ServiceName } from '@membership/contracts/claims';
import { refuse } from '@membership/contracts/errors';

const LIFETIME_SECONDS = 30;
/** Clocks of two machines differ. */
const TOLERANCE_SECONDS = 30;

/** Signing with a string makes jsonwebtoken try it as a PEM at every call (40 times slower): always a KeyObject. */
export const keyOf = (secret: string): KeyObject => createSecretKey(Buffer.from(secret, 'utf8'));

const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');

/**
 * Signs the context of one request for one service. Made by hand (RFC 7515, HS256): jsonwebtoken checks its options anew
 * at every call, which costs each proxied request three times the signature.
 */
export const signContext = (
  key: KeyObject,
  claims: Omit<ContextClaims, 'iss' | 'iat' | 'exp' | 'proof'>,
  /** A key that no service has: the context then carries a proof that the gateway made it (`isProven`). */
  proofKey?: KeyObject,
): string => {
  const now = Math.floor(Date.now() / 1000);
  const payload = JSON.stringify({ ...claims, iss: 'gateway', iat: now, exp: now + LIFETIME_SECONDS });
  const proven = proofKey ? `${payload.slice(0, -1)},"proof":"${mac(proofKey, payload)}"}` : payload;
  const signed = `${HEADER}.${Buffer.from(proven).toString('base64url')}`;
  return `${signed}.${mac(key, signed)}`;
};

const mac = (key: KeyObject, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url');

/**
 * Whether a context was made by who has `proofKey`. Its own key is shared with a service, which could sign anything with it;
 * the proof is over the text of all other claims, so none of them can be another's.
 */
export function isProven(proofKey: KeyObject, token: string): boolean {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const [, claims = '', given = ''] = /^(\{.*),"proof":"([\w-]{43})"\}$/s.exec(text) ?? [];
  const expected = mac(proofKey, `${claims}}`);
  return isSame(given, expected);
}

/**
 * Reads a context meant for `audience`. Refuses anything else with 401: a service trusts the gateway alone. By hand, as it is
 * signed: one header is allowed, so no token chooses how it is checked, and the library costs three times the signature.
 */
export function verifyContext(
  key: KeyObject,
  audience: ServiceName,
  token: string | undefined,
): ContextClaims {
  if (!token) throw refuse('AUTH_001');
  try {
    const [header, payload, signature, ...more] = token.split('.');
    if (header !== HEADER || !payload || !signature || more.length > 0) throw new Error('not a context');
    if (!isSame(signature, mac(key, `${header}.${payload}`))) throw new Error('not signed by the gateway');
    const claims = contextClaims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    if (claims.aud !== audience) throw new Error(`a context for ${claims.aud}`);
    if (Date.now() / 1000 >= claims.exp + TOLERANCE_SECONDS) throw new Error('too old');
    return claims;
  } catch (error) {
    throw refuse('AUTH_003', { cause: error });
  }
}

/** In the same time, whatever is wrong with it. */
const isSame = (given: string, expected: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
};
