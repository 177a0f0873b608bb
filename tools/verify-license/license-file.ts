// What a licence file says, once its signature holds. Node alone, no packages, no network: vendors may copy this file.
import { createPublicKey, verify } from 'node:crypto';

export type LicenseFile = {
  readonly format: string;
  readonly key_id: string;
  readonly payload: string;
  readonly signature: string;
};
type PublicKey = {
  readonly kid: string;
  readonly x: string;
  readonly starts_at?: string;
  readonly retired_at?: string | null;
  readonly withdrawn_at?: string;
};
export type PublicKeys = { readonly keys: readonly PublicKey[] };
export type Contents = {
  readonly issued_at: string;
  readonly expires_at: string;
  /** By when another key was to take the place of the one that signed; absent in files of before it was told. */
  readonly key_signs_until?: string;
  readonly device_id: string;
  readonly hardware_fingerprint: string | null;
  readonly product: { readonly name: string; readonly version: string };
  readonly plan: { readonly name: string };
  readonly features: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
};
export type Outcome =
  | { readonly code: 'VALID'; readonly contents: Contents }
  | {
      readonly code: 'EXPIRED' | 'NOT_YET_VALID' | 'WRONG_DEVICE';
      readonly contents: Contents;
    }
  | {
      readonly code:
        | 'UNKNOWN_FORMAT'
        | 'UNKNOWN_KEY'
        | 'BAD_SIGNATURE'
        | 'KEY_WITHDRAWN'
        | 'KEY_NOT_IN_USE'
        | 'TOO_LONG';
    };

const FORMAT = 'membership-license/1';
/** Clocks of devices may be behind by so much. */
const TOLERANCE = 5 * 60_000;
/** No file is issued for longer. */
const LONGEST = 90 * 86_400_000;

/** A file, or a set of keys, out of what was read: in UTF-8, or in UTF-16 with a mark, as some editors and shells save text. */
export function parsed<T>(bytes: Buffer): T {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return JSON.parse(new TextDecoder(encoding).decode(bytes)) as T;
}

/** Judges a file. Nothing of its contents is believed, nor even read, before the signature holds. */
export function judge(
  file: LicenseFile,
  { keys }: PublicKeys,
  {
    now,
    fingerprint,
    deviceId,
  }: { now: Date; fingerprint?: string | undefined; deviceId?: string | undefined },
): Outcome {
  const texts = [file?.format, file?.key_id, file?.payload, file?.signature];
  if (!texts.every((text) => typeof text === 'string') || file.format !== FORMAT)
    return { code: 'UNKNOWN_FORMAT' };
  const known = keys.find(({ kid }) => kid === file.key_id);
  if (!known) return { code: 'UNKNOWN_KEY' };
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: known.x }, format: 'jwk' });
  const signed = Buffer.from(`${file.format}.${file.key_id}.${file.payload}`);
  if (!verify(null, signed, key, Buffer.from(file.signature, 'base64url'))) return { code: 'BAD_SIGNATURE' };
  const contents = JSON.parse(Buffer.from(file.payload, 'base64url').toString('utf8')) as Contents;
  const [issued, end] = [timeOf(contents.issued_at), timeOf(contents.expires_at)];
  if (Number.isNaN(issued) || Number.isNaN(end)) return { code: 'UNKNOWN_FORMAT' };
  // Who knows a key can sign anything with it: what it cannot have signed while it was ours is refused.
  if (known.withdrawn_at && issued >= timeOf(known.withdrawn_at)) return { code: 'KEY_WITHDRAWN' };
  const lastUse = [known.retired_at, contents.key_signs_until].filter((each) => typeof each === 'string');
  if (
    lastUse.some((text) => issued > timeOf(text) + TOLERANCE) ||
    (known.starts_at && issued < timeOf(known.starts_at) - TOLERANCE)
  )
    return { code: 'KEY_NOT_IN_USE' };
  if (end - issued > LONGEST) return { code: 'TOO_LONG' };
  if (issued > now.getTime() + TOLERANCE) return { code: 'NOT_YET_VALID', contents };
  if (end <= now.getTime()) return { code: 'EXPIRED', contents };
  const isOther =
    (fingerprint !== undefined && fingerprint !== contents.hardware_fingerprint) ||
    (deviceId !== undefined && deviceId !== contents.device_id);
  return { code: isOther ? 'WRONG_DEVICE' : 'VALID', contents };
}

const timeOf = (text: string): number => new Date(text).getTime();
