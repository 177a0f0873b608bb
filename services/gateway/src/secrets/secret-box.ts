/** A tenant's webhook secret: needed in clear to check signatures, so it lies encrypted (AES-256-GCM) in the database. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export type SealedSecret = { readonly iv: string; readonly tag: string; readonly data: string };

export class SecretBox {
  readonly #key: Buffer;
  constructor(secret: string, purpose: 'webhook-secrets' | 'token-keys' = 'webhook-secrets') {
    this.#key = Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'utf8'), '', purpose, 32));
  }

  /** Seals a secret for one tenant: moved to another one it cannot be opened. */
  seal(tenantId: number, secret: string): SealedSecret {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(`tenant:${tenantId}`));
    const data = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return {
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    };
  }

  /** Opens a sealed secret. Throws when the key or the tenant is another one, or when it was tampered with. */
  open(tenantId: number, { iv, tag, data }: SealedSecret): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, Buffer.from(iv, 'base64'), {
      authTagLength: 16,
    }).setAAD(Buffer.from(`tenant:${tenantId}`));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
  }
}

export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64url')}`;
