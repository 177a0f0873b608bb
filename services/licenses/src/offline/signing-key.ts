/**
 * Keys that sign licence files. The private part lies sealed in the database, under a key derived from the service's own
 * secret: when that secret changes, it is sealed anew under the new one while the old one is still held, and else cannot be opened
 * any more, so that the next file gets a new key.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

export type SigningKey = {
  /** The key id, which files name. */
  _id: string;
  /** Ed25519 public key, base64url, as a JWK's `x`. */
  x: string;
  /** null once it signs no more. */
  sealed: string | null;
  createdAt: Date;
  /** From then on it signs; until then it is only published. */
  startsAt: Date;
  retiredAt: Date | null;
  /** Since when its files are not to be believed: others may have known it; null: they are. */
  withdrawnAt?: Date | null;
};

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key under which private parts are sealed. */
export const sealingKeyOf = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'license-signing-keys', 32));

/** A new key pair, its private part sealed. */
export function newSigningKey(
  sealingKey: Buffer,
  { now, startsAt }: { readonly now: Date; readonly startsAt: Date },
): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const _id = `lk_${randomBytes(8).toString('hex')}`;
  return {
    _id,
    x: publicKey.export({ format: 'jwk' }).x as string,
    sealed: sealedKey(_id, privateKey, sealingKey),
    createdAt: now,
    startsAt,
    retiredAt: null,
  };
}

/** A private part, sealed for its key id. */
export function sealedKey(id: string, privateKey: KeyObject, sealingKey: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey, iv).setAAD(Buffer.from(id));
  const closed = Buffer.concat([
    cipher.update(privateKey.export({ type: 'pkcs8', format: 'der' })),
    cipher.final(),
  ]);
  return Buffer.concat([iv, cipher.getAuthTag(), closed]).toString('base64');
}

/** The private part, or null when it is retired or was sealed under another secret. */
export function openedKey({ _id, sealed }: SigningKey, sealingKey: Buffer): KeyObject | null {
  if (sealed === null) return null;
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(_id))
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const key = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return createPrivateKey({ key, type: 'pkcs8', format: 'der' });
  } catch {
    return null;
  }
}
