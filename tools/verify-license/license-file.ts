// What a licence file says, once its signature holds. Node alone, no packages, no network: vendors may copy this file.
import { createPublicKey, verify } from 'node:crypto';

export type LicenseFile = {
  readonly format: string;
  readonly key_id: string;
  readonly payload: string;
  readonly signature: string;
};
export type PublicKeys = { readonly keys: readonly { readonly kid: string; readonly x: string }[] };
export type Contents = {
  readonly issued_at: string;
  readonly expires_at: string;
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
  | { readonly code: 'UNKNOWN_FORMAT' | 'UNKNOWN_KEY' | 'BAD_SIGNATURE' };

const FORMAT = 'membership-license/1';
/** Clocks of devices may be behind by so much. */
const TOLERANCE = 5 * 60_000;

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
  if (new Date(contents.issued_at).getTime() > now.getTime() + TOLERANCE)
    return { code: 'NOT_YET_VALID', contents };
  if (new Date(contents.expires_at) <= now) return { code: 'EXPIRED', contents };
  const isOther =
    (fingerprint !== undefined && fingerprint !== contents.hardware_fingerprint) ||
    (deviceId !== undefined && deviceId !== contents.device_id);
  return { code: isOther ? 'WRONG_DEVICE' : 'VALID', contents };
}
