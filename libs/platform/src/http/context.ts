/** The signed context between the gateway and one service: who asks, for which tenant. A key per service, half a minute of life. */
import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import { contextClaims, type ContextClaims, type ServiceName } from '@membership/contracts/claims';
import { refuse } from '@membership/contracts/errors';

const LIFETIME_SECONDS = 30;
/** Clocks of two machines differ. */
const TOLERANCE_SECONDS = 30;

/** Signing with a string makes jsonwebtoken try it as a PEM at every call (40 times slower): always a KeyObject. */
export const keyOf = (secret: string): KeyObject => createSecretKey(Buffer.from(secret, 'utf8'));

/** The key of contexts that one secret is, and its name. */
export type ContextKey = {
  /** What only holders of the secret can tell; contexts that it signs bear it. */
  readonly kid: string;
  readonly key: KeyObject;
  /** The header of what it signs, ready to be sent. */
  readonly header: string;
};
const KID_BYTES = 9;

export function contextKey(secret: string): ContextKey {
  const kid = Buffer.from(hkdfSync('sha256', secret, '', 'name-of-context-key', KID_BYTES)).toString(
    'base64url',
  );
  return { kid, key: keyOf(secret), header: headerOf({ alg: 'HS256', typ: 'JWT', kid }) };
}

const headerOf = (header: Record<string, string>): string =>
  Buffer.from(JSON.stringify(header)).toString('base64url');
/** Of a context that names no key, as gateways of an older version make them. */
const NAMELESS = headerOf({ alg: 'HS256', typ: 'JWT' });

/**
 * Signs the context of one request for one service. Made by hand (RFC 7515, HS256): jsonwebtoken checks its options anew
 * at every call, which costs each proxied request three times the signature.
 */
export const signContext = (
  { key, header }: ContextKey,
  claims: Omit<ContextClaims, 'iss' | 'iat' | 'exp' | 'proof'>,
  /** A key that no service has: the context then carries a proof that the gateway made it (`isProven`). */
  proofKey?: KeyObject,
): string => {
  const now = Math.floor(Date.now() / 1000);
  const payload = JSON.stringify({ ...claims, iss: 'gateway', iat: now, exp: now + LIFETIME_SECONDS });
  const proven = proofKey ? `${payload.slice(0, -1)},"proof":"${mac(proofKey, payload)}"}` : payload;
  const signed = `${header}.${Buffer.from(proven).toString('base64url')}`;
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

/** Whether a context names a key that is not among these: one that was changed a moment ago, or nobody's. */
export const namesAnotherKey = (keys: readonly ContextKey[], token: string): boolean => {
  const header = token.slice(0, token.indexOf('.'));
  return header !== NAMELESS && !keys.some((one) => one.header === header);
};

/**
 * Reads a context meant for `audience`, signed with one of the keys. Refuses anything else with 401: a service trusts the
 * gateway alone. By hand, as it is signed: the headers of the keys are the ones that are allowed, so no token chooses how it is
 * checked, and the library costs three times the signature.
 */
export function verifyContext(
  keys: readonly ContextKey[],
  audience: ServiceName,
  token: string | undefined,
): ContextClaims {
  if (!token) throw refuse('AUTH_001');
  try {
    const [header, payload, signature, ...more] = token.split('.');
    const named = header === NAMELESS ? keys : keys.filter((one) => one.header === header);
    if (named.length === 0 || !payload || !signature || more.length > 0) throw new Error('not a context');
    if (!named.some(({ key }) => isSame(signature, mac(key, `${header}.${payload}`))))
      throw new Error('not signed by the gateway');
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
