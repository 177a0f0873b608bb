/** The tenants' webhook secrets in clear, as they were at most 800 ms ago: another one holds everywhere within a second. */
import { RecordCache } from '../callers/record-cache.ts';
import type { TenantRepository } from '../tenants/tenant-repository.ts';
import type { SecretBox } from '../tenants/webhook-secret.ts';

export type WebhookSecrets = RecordCache<number, string>;

/** Secrets by tenant; a tenant without one has none. */
export const webhookSecrets = (tenants: TenantRepository, box: SecretBox): WebhookSecrets =>
  new RecordCache<number, string>({
    async load(tenantIds) {
      const found = new Map<number, string>();
      for (const tenantId of tenantIds) {
        const sealed = await tenants.webhookSecret(tenantId);
        if (sealed) found.set(tenantId, box.open(tenantId, sealed));
      }
      return found;
    },
    maximum: 2_000,
  });
