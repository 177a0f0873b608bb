/**
 * Signs and reads JSON Web Tokens with the one algorithm that the settings name; a token's own header never chooses it.
 * Always KeyObjects: a string makes jsonwebtoken try it as a PEM at every call (40 times slower).
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPair,
  hkdfSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import jwt from 'jsonwebtoken';
import { refuse } from '@membership/contracts/errors';
import { ConfigError, isPem } from '@membership/platform/config';

export type TokenAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA';
export type TokenKeySettings = {
  readonly algorithm: TokenAlgorithm;
  readonly issuer: string;
  readonly audience?: string | undefined;
};
type Payload = Record<string, unknown>;

/** One key: what it signs bears its name, and it reads what bears it. */
export type TokenKey = {
  /** Of a private key the thumbprint of its public one (RFC 7638); of a secret what only its holders can tell. */
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  /** Signs claims; issuer and audience are added. */
  sign(claims: Payload): string;
  /** The claims of a token that it signed and that is not expired. Refuses AUTH_002 (expired) and AUTH_003. */
  read(token: string): Payload;
  /** The public key; null while signing is symmetric. */
  readonly jwk: Readonly<Record<string, unknown>> | null;
};
/** The keys of the platform's tokens: one signs, and those that signed before it go on being read. */
export type TokenKeys = Pick<TokenKey, 'sign' | 'read'> & {
  /** Public keys; none while signing is symmetric. */
  readonly publicKeys: readonly Readonly<Record<string, unknown>>[];
  /** Another one: a key is there or gone, and what was read before is read anew. */
  readonly version: number;
};

const SKEW_SECONDS = 30;
const KEY_TYPE: Record<Exclude<TokenAlgorithm, 'HS256'>, string> = {
  RS256: 'rsa',
  ES256: 'ec',
  EdDSA: 'ed25519',
};
const P256 = 'prime256v1';

/** Makes a key of a secret or, of the other algorithms, of a private key in PEM. Throws ConfigError for one of another kind. */
export function tokenKey({ algorithm, issuer, audience }: TokenKeySettings, material: string): TokenKey {
  const { signing, verifying } =
    algorithm === 'HS256' ? symmetric(material) : asymmetric(algorithm, material);
  const jwk = algorithm === 'HS256' ? null : publicJwk(verifying, algorithm);
  const kid = jwk
    ? (jwk['kid'] as string)
    : derivedFrom(signing, 'name').subarray(0, 16).toString('base64url');
  const added = { iss: issuer, ...(audience === undefined ? {} : { aud: audience }) };
  const signPayload =
    algorithm === 'EdDSA'
      ? edwardsSigner(signing, kid)
      : (claims: Payload) => jwt.sign(claims, signing, { algorithm, keyid: kid });
  const readPayload =
    algorithm === 'EdDSA'
      ? edwardsReader(verifying)
      : (token: string) =>
          jwt.verify(token, verifying, { algorithms: [algorithm], clockTolerance: SKEW_SECONDS }) as Payload;
  return {
    kid,
    algorithm,
    jwk,
    sign: (claims) => signPayload({ ...claims, ...added }),
    read(token) {
      let payload: Payload;
      try {
        payload = readPayload(token);
      } catch (error) {
        throw refuse((error as Error).name === 'TokenExpiredError' ? 'AUTH_002' : 'AUTH_003', {
          cause: error,
        });
      }
      if (typeof payload !== 'object' || payload === null || !isMeantForUs(payload, issuer, audience))
        throw refuse('AUTH_003');
      return payload;
    },
  };
}

/** The algorithm that a private key in PEM is for; undefined for any other kind of key, a secret and what is none. */
export function algorithmOf(material: string): TokenAlgorithm | undefined {
  if (!isPem(material)) return undefined;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = privateKeyOf(material);
  if (type === 'ec' && details?.namedCurve !== P256) return undefined;
  const [algorithm] = Object.entries(KEY_TYPE).find(([, kind]) => kind === type) ?? [];
  return algorithm as TokenAlgorithm | undefined;
}

/**
 * A key for another purpose, derived from a secret or a private key in PEM. Throws ConfigError for a PEM that is none; `setting` is
 * what it was given in.
 */
export const derivedKey = (material: string, purpose: string, setting: string): KeyObject =>
  createSecretKey(
    derivedFrom(isPem(material) ? privateKeyOf(material, setting) : symmetric(material).signing, purpose),
  );

const derivedFrom = (signing: KeyObject, purpose: string): Buffer =>
  Buffer.from(
    hkdfSync(
      'sha256',
      signing.type === 'secret' ? signing.export() : signing.export({ type: 'pkcs8', format: 'der' }),
      '',
      purpose,
      32,
    ),
  );

/** A key that nobody had before: a secret, or a private key in PEM. */
export async function newKeyMaterial(algorithm: TokenAlgorithm): Promise<string> {
  if (algorithm === 'HS256') return randomBytes(48).toString('base64url');
  const make = promisify(generateKeyPair);
  const { privateKey } = await (algorithm === 'RS256'
    ? make('rsa', { modulusLength: 2_048 })
    : algorithm === 'ES256'
      ? make('ec', { namedCurve: 'P-256' })
      : make('ed25519'));
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * The seeds' tokens carry no issuer: one that is named must be ours. An audience that is named must be ours too, and
 * once the settings name one, every token must.
 */
function isMeantForUs({ iss, aud }: Payload, issuer: string, audience: string | undefined): boolean {
  if (iss !== undefined && iss !== issuer) return false;
  if (audience === undefined) return aud === undefined;
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
}

function symmetric(secret: string): { signing: KeyObject; verifying: KeyObject } {
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  return { signing: key, verifying: key };
}

function privateKeyOf(pem: string, setting = 'JWT_PRIVATE_KEY'): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    // What OpenSSL says of it is “interrupted or cancelled”.
    const problem = pem.includes('ENCRYPTED')
      ? 'is a private key with a passphrase: give it without one'
      : `is no private key in PEM: ${(error as Error).message}`;
    throw new ConfigError([`${setting} ${problem}`]);
  }
}

function asymmetric(
  algorithm: Exclude<TokenAlgorithm, 'HS256'>,
  pem: string,
): { signing: KeyObject; verifying: KeyObject } {
  const signing = privateKeyOf(pem);
  const wanted = KEY_TYPE[algorithm];
  const curve = signing.asymmetricKeyDetails?.namedCurve;
  if (signing.asymmetricKeyType !== wanted || (algorithm === 'ES256' && curve !== P256))
    throw new ConfigError([
      `JWT_PRIVATE_KEY is ${signing.asymmetricKeyType}${curve ? ` (${curve})` : ''}; ${algorithm} needs ${wanted}${algorithm === 'ES256' ? ` (${P256})` : ''}`,
    ]);
  if (algorithm === 'RS256' && (signing.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
    throw new ConfigError(['JWT_PRIVATE_KEY needs at least 2048 bits']);
  return { signing, verifying: createPublicKey(signing) };
}

/** The public key with its RFC 7638 thumbprint as id. */
function publicJwk(key: KeyObject, algorithm: TokenAlgorithm): Record<string, unknown> {
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
  const required = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x };
  return {
    ...required,
    alg: algorithm,
    use: 'sig',
    kid: createHash('sha256').update(JSON.stringify(required)).digest('base64url'),
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** EdDSA, which jsonwebtoken does not speak: RFC 8037 on top of node:crypto. */
const edwardsSigner =
  (key: KeyObject, kid: string) =>
  (claims: Payload): string => {
    const input = `${encode({ alg: 'EdDSA', typ: 'JWT', kid })}.${encode(claims)}`;
    return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
  };

const edwardsReader =
  (key: KeyObject) =>
  (token: string): Payload => {
    const parts = token.split('.');
    const [header = '', body = '', signature = ''] = parts;
    if (
      parts.length !== 3 ||
      (JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg?: unknown }).alg !== 'EdDSA'
    )
      throw new Error('another algorithm');
    if (!verify(null, Buffer.from(`${header}.${body}`), key, Buffer.from(signature, 'base64url')))
      throw new Error('bad signature');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Payload;
    const now = Math.floor(Date.now() / 1000);
    if (typeof claims.nbf === 'number' && claims.nbf > now + SKEW_SECONDS) throw new Error('not valid yet');
    if (typeof claims.exp === 'number' && claims.exp + SKEW_SECONDS <= now)
      throw Object.assign(new Error('expired'), { name: 'TokenExpiredError' });
    return claims;
  };
