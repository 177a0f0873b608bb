/**
 * Ed25519 key pairs of a service: the public part is shown, the private part lies sealed (AES-256-GCM) in the database, under a key
 * derived from the service's own secret. When that secret changes they are sealed anew while the old value is still held.
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

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key under which private parts are sealed, for one purpose. */
export const sealingKeyOf = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));

export type NewKeyPair = {
  /** The public key, base64url, as a JWK's `x`. */
  readonly x: string;
  readonly privateKey: KeyObject;
};
export function newKeyPair(): NewKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { x: publicKey.export({ format: 'jwk' }).x as string, privateKey };
}

/** A private part, sealed for its key id: under another id it cannot be opened. */
export function sealedKey(id: string, privateKey: KeyObject, sealingKey: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey, iv).setAAD(Buffer.from(id));
  const closed = Buffer.concat([
    cipher.update(privateKey.export({ type: 'pkcs8', format: 'der' })),
    cipher.final(),
  ]);
  return Buffer.concat([iv, cipher.getAuthTag(), closed]).toString('base64');
}

/** A private part, or null when it was sealed under another secret or for another id. */
export function openedKey(id: string, sealed: string, sealingKey: Buffer): KeyObject | null {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(id))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const key = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return createPrivateKey({ key, type: 'pkcs8', format: 'der' });
  } catch {
    return null;
  }
}
