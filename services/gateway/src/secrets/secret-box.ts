/**
 * Secrets that are needed in clear (to check a signature, a code), encrypted (AES-256-GCM) in the database. Each names the key that
 * it is sealed with: after a change of WEBHOOK_SECRET_KEY the present value seals and those of before open, until all is sealed anew.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { HeldSecret } from '@membership/platform/held-secret';

export type SealedSecret = {
  /** The key's name; absent in what was sealed before keys had one. */
  readonly key?: string;
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
};
type SealingKey = { readonly kid: string; readonly key: Buffer };

const KID_BYTES = 9;
const derived = (secret: string, purpose: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'utf8'), '', purpose, bytes));
/** The name of the key that a value of the secret is: what only its holders can tell. */
const kidOf = (secret: string): string =>
  derived(secret, 'name-of-sealing-key', KID_BYTES).toString('base64url');

export class SecretBox {
  readonly #secret: HeldSecret;
  readonly #keys: () => readonly [SealingKey, ...SealingKey[]];
  constructor(secret: HeldSecret, purpose: 'webhook-secrets' | 'token-keys' = 'webhook-secrets') {
    this.#secret = secret;
    this.#keys = secret.of((value) => ({ kid: kidOf(value), key: derived(value, purpose, 32) }));
  }

  /** The names of its keys; the first seals. */
  get kids(): readonly [string, ...string[]] {
    return this.#keys().map(({ kid }) => kid) as [string, ...string[]];
  }

  /** Seals a secret for one tenant: moved to another one it cannot be opened. */
  seal(tenantId: number, secret: string): SealedSecret {
    const [{ kid, key }] = this.#keys();
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(`tenant:${tenantId}`));
    const data = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return {
      key: kid,
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    };
  }

  /** Opens a sealed secret. Throws when the key or the tenant is another one, or when it was tampered with. */
  open(tenantId: number, sealed: SealedSecret): string {
    const { key: named } = sealed;
    if (named !== undefined && !this.kids.includes(named)) this.#secret.learn();
    const keys = this.#keys().filter(({ kid }) => named === undefined || kid === named);
    if (keys.length === 0) throw new Error(`sealed with a key that is not among the settings’: ${named}`);
    let failure: unknown;
    for (const { key } of keys)
      try {
        return openWith(key, tenantId, sealed);
      } catch (error) {
        failure = error;
      }
    throw failure;
  }
}

function openWith(key: Buffer, tenantId: number, { iv, tag, data }: SealedSecret): string {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), {
    authTagLength: 16,
  }).setAAD(Buffer.from(`tenant:${tenantId}`));
  decipher.setAuthTag(Buffer.from(tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
}

export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64url')}`;
