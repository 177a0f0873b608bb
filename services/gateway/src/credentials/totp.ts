/** One-time codes of an authenticator (RFC 6238: SHA-1, six digits, 30 seconds, what every authenticator speaks), and recovery codes. */
import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { digest } from '@membership/platform/scope';

const PERIOD_SECONDS = 30;
/** Steps before and after that count: clocks differ. */
const WINDOW = 1;
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;

const totpOf = (secret: string, label = '', issuer = '') =>
  new TOTP({
    secret: Secret.fromBase32(secret),
    period: PERIOD_SECONDS,
    digits: 6,
    algorithm: 'SHA1',
    label,
    issuer,
  });

export const newSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;
/** What an authenticator reads from a QR code. */
export const uriOf = (secret: string, { label, issuer }: { label: string; issuer: string }): string =>
  totpOf(secret, label, issuer).toString();

/** The step that a code is of, if it is of the present one or a neighbour: a number that is taken once. Null: it fits none. */
export function stepOf(secret: string, code: string, now: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totpOf(secret).validate({ token: code, timestamp: now.getTime(), window: WINDOW });
  return delta === null ? null : Math.floor(now.getTime() / 1_000 / PERIOD_SECONDS) + delta;
}

/** Without letters and digits that look alike. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const RECOVERY_CODES = 10;
/** 78 bits: more than can be tried against what lies in a database. */
const newRecoveryCode = (): string =>
  Array.from({ length: 4 }, () =>
    Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
  ).join('-');
export const newRecoveryCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, newRecoveryCode);

/** How a code counts, however it was typed: without spaces and hyphens, in capitals. */
export const plainCode = (typed: string): string => typed.replaceAll(/[\s-]/g, '').toUpperCase();
/** Of one member: the same code of another has another hash. */
export const recoveryHash = (memberId: number, code: string): string =>
  digest(String(memberId), plainCode(code));
