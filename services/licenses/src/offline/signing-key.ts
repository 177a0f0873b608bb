/**
 * Keys that sign licence files. The private part lies sealed in the database, under a key derived from the service's own
 * secret: when that secret changes, it is sealed anew under the new one while the old one is still held, and else cannot be opened
 * any more, so that the next file gets a new key.
 */
import { randomBytes, type KeyObject } from 'node:crypto';
import * as pair from '@membership/platform/sealed-key-pair';

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

/** The key under which private parts are sealed. */
export const sealingKeyOf = (secret: string): Buffer => pair.sealingKeyOf(secret, 'license-signing-keys');

/** A new key pair, its private part sealed. */
export function newSigningKey(
  sealingKey: Buffer,
  { now, startsAt }: { readonly now: Date; readonly startsAt: Date },
): SigningKey {
  const { x, privateKey } = pair.newKeyPair();
  const _id = `lk_${randomBytes(8).toString('hex')}`;
  return {
    ...{ _id, x, sealed: pair.sealedKey(_id, privateKey, sealingKey) },
    ...{ createdAt: now, startsAt, retiredAt: null },
  };
}

/** The private part, or null when it is retired or was sealed under another secret. */
export const openedKey = ({ _id, sealed }: SigningKey, sealingKey: Buffer): KeyObject | null =>
  sealed === null ? null : pair.openedKey(_id, sealed, sealingKey);
