/** The tenants' webhook secrets, as they were at most 800 ms ago: another one holds everywhere within a second. */
import type { Logger } from '@membership/platform/log';
import { RecordCache } from './record-cache.ts';
import type { SealedSecret, SecretBox } from '../secrets/secret-box.ts';

export type WebhookSecrets = {
  /** A tenant's secret in clear; null where it has none. Rejects where it cannot be read. */
  get(tenantId: number): Promise<string | null>;
  /** After a change of one's own: the next look reads anew. */
  forget(tenantId: number): void;
};

/** Secrets are read for several tenants together but opened one by one: a tenant's that cannot be opened is its own trouble. */
export function webhookSecrets(
  tenants: { webhookSecret(tenantId: number): Promise<SealedSecret | null> },
  box: SecretBox,
  logger: Pick<Logger, 'error'>,
): WebhookSecrets {
  const sealed = new RecordCache<number, SealedSecret>({
    async load(tenantIds) {
      const found = new Map<number, SealedSecret>();
      for (const tenantId of tenantIds) {
        const secret = await tenants.webhookSecret(tenantId);
        if (secret) found.set(tenantId, secret);
      }
      return found;
    },
    maximum: 2_000,
  });
  return {
    async get(tenantId) {
      const secret = await sealed.get(tenantId);
      try {
        return secret && box.open(tenantId, secret);
      } catch (error) {
        logger.error(
          { err: error, tenantId },
          'a webhook secret cannot be read (was WEBHOOK_SECRET_KEY changed?)',
        );
        throw error;
      }
    },
    forget: (tenantId) => sealed.forget(tenantId),
  };
}
