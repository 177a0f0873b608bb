/** An API key, what a tenant's own server shows with each request: its form, its rules. Secrets are kept as hashes alone. */
import { hash, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { invalid, invalidState } from '@membership/contracts/errors';
import { changesNothing } from '@membership/platform/given';

export type KeySecret = {
  /** SHA-256 of the whole key: 214 random bits need no slow hash. */
  readonly secretHash: string;
  readonly lastUsedAt: Date | null;
};
export type ApiKey = {
  /** Stands in the key itself, after `mk_`. */
  readonly id: string;
  readonly tenantId: number;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Requests a minute; null: the tenant's limit alone. */
  readonly limitPerMinute: number | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** The member who made it; null for a platform administrator's own tools. */
  readonly createdBy: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Facts announced about it so far. */
  readonly sequence: number;
  /** The secret before the last rotation: it works beside the one of now until then, and is told afterwards that it was replaced. */
  readonly previous: (KeySecret & { readonly validUntil: Date }) | null;
} & KeySecret;
export type ApiKeyChanges = Partial<Pick<ApiKey, 'name' | 'scopes' | 'limitPerMinute' | 'expiresAt'>>;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
const SECRET_LENGTH = 36;
const CHECK_LENGTH = 6;
const FORM = /^mk_([0-9A-Za-z]{12})_[0-9A-Za-z]{42}$/;

const random = (length: number): string =>
  Array.from({ length }, () => DIGITS[randomInt(DIGITS.length)]).join('');

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECK_LENGTH; place++) {
    digits = (DIGITS[rest % DIGITS.length] as string) + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}

export const newKeyId = (): string => random(ID_LENGTH);
/** A key of this id, with a new secret. The checksum lets what is mistyped or cut off be told without asking, and found by scanners. */
export function newKeyText(id: string): string {
  const text = `${prefixOf(id)}_${random(SECRET_LENGTH)}`;
  return text + checksum(text);
}
/** The part that is no secret. */
export const prefixOf = (id: string): string => `mk_${id}`;
/** Whether a bearer token means to be an API key. */
export const isKeyText = (text: string): boolean => text.startsWith('mk_');
/** The id in a key, or null for what was mistyped or is not whole. */
export function keyIdOf(text: string): string | null {
  const id = FORM.exec(text)?.[1];
  return id !== undefined && text.endsWith(checksum(text.slice(0, -CHECK_LENGTH))) ? id : null;
}
export const hashOf = (text: string): string => hash('sha256', text, 'base64');

export type KeyStanding = 'current' | 'previous' | 'replaced' | 'ended' | 'revoked' | 'wrong';
type Standing = Pick<ApiKey, 'secretHash' | 'previous' | 'expiresAt' | 'revokedAt'>;
/** What a shown key is worth now. Only who knows a secret of it is told more than that it is wrong. */
export function standingOf(key: Standing, shownHash: string, now: number): KeyStanding {
  const { secretHash, previous, expiresAt, revokedAt } = key;
  const isCurrent = isSame(shownHash, secretHash);
  if (!isCurrent && !(previous && isSame(shownHash, previous.secretHash))) return 'wrong';
  if (revokedAt) return 'revoked';
  if (expiresAt && expiresAt.getTime() <= now) return 'ended';
  if (isCurrent) return 'current';
  return previous && previous.validUntil.getTime() > now ? 'previous' : 'replaced';
}
function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left, 'base64'), Buffer.from(right, 'base64')];
  return one.length === other.length && timingSafeEqual(one, other);
}

export const statusOf = ({ revokedAt, expiresAt }: ApiKey, now: Date): 'active' | 'expired' | 'revoked' =>
  revokedAt ? 'revoked' : expiresAt && expiresAt <= now ? 'expired' : 'active';

/** A new key. Refuses (400) an end that is past. */
export function newApiKey(
  given: Pick<
    ApiKey,
    'id' | 'tenantId' | 'name' | 'scopes' | 'limitPerMinute' | 'expiresAt' | 'createdBy' | 'secretHash'
  >,
  now: Date,
): ApiKey {
  requireFuture(given.expiresAt, now);
  return {
    ...given,
    scopes: [...new Set(given.scopes)],
    revokedAt: null,
    createdAt: now,
    updatedAt: now,
    sequence: 1,
    previous: null,
    lastUsedAt: null,
  };
}

/** The key after a change; the same object when nothing changes. Refuses (INVALID_STATE) a revoked one, (400) an end that is past. */
export function changeApiKey(key: ApiKey, { scopes, ...fields }: ApiKeyChanges, now: Date): ApiKey {
  requireNotRevoked(key);
  const changes = { ...fields, ...(scopes ? { scopes: [...new Set(scopes)] } : {}) };
  if (changesNothing(key, changes)) return key;
  if (fields.expiresAt !== undefined) requireFuture(fields.expiresAt, now);
  return { ...key, ...changes, updatedAt: now, sequence: key.sequence + 1 };
}

/**
 * The key with another secret; the one before goes on until then. Refuses (INVALID_STATE) a revoked one, and
 * one that has ended: it is given another end first.
 */
export function rotateApiKey(key: ApiKey, secretHash: string, keepUntil: Date, now: Date): ApiKey {
  requireNotRevoked(key);
  if (statusOf(key, now) === 'expired')
    throw invalidState('expired', ['update', 'revoke'], {
      zh: '该 API 密钥已失效，请先修改失效时间',
      en: 'This API key has ended: give it another end first',
    });
  return {
    ...key,
    secretHash,
    lastUsedAt: null,
    previous: { secretHash: key.secretHash, lastUsedAt: key.lastUsedAt, validUntil: keepUntil },
    updatedAt: now,
    sequence: key.sequence + 1,
  };
}

/** The key, revoked; the same object when it was before. */
export const revokeApiKey = (key: ApiKey, now: Date): ApiKey =>
  key.revokedAt ? key : { ...key, revokedAt: now, updatedAt: now, sequence: key.sequence + 1 };

function requireNotRevoked({ revokedAt }: ApiKey): void {
  if (revokedAt)
    throw invalidState('revoked', [], { zh: '该 API 密钥已被吊销', en: 'This API key was revoked' });
}
function requireFuture(expiresAt: Date | null, now: Date): void {
  if (expiresAt && expiresAt <= now)
    throw invalid({ expires_at: { zh: '失效时间必须晚于现在', en: 'Must be later than now' } });
}

/** The state that its events carry. */
export const keyStateOf = ({ id, name, scopes, limitPerMinute, expiresAt }: ApiKey) => ({
  keyId: id,
  name,
  scopes: [...scopes],
  limitPerMinute,
  expiresAt: expiresAt?.toISOString() ?? null,
});
