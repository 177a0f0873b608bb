/** What a tenant asks of its administrators. */
import { tenantSecurityChanged } from '@membership/contracts/events/gateway';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { FactorRule } from '../second-factor/second-factor.ts';
import type { TenantRepository } from './tenant-repository.ts';

export type SecurityTools = { readonly tenants: TenantRepository };

/** Says whether administrators need a second factor; nothing is announced when nothing changes. */
export async function updateSecurity(
  { tenants }: SecurityTools,
  scope: TenantScope,
  adminSecondFactor: FactorRule,
  now: Date,
  unit: UnitOfWork,
): Promise<FactorRule> {
  const { tenantId } = scope;
  const current = await tenants.get(tenantId, unit.session);
  if ((current.adminSecondFactor ?? 'optional') === adminSecondFactor) return adminSecondFactor;
  const tenant = { ...current, adminSecondFactor, updatedAt: now, sequence: current.sequence + 1 };
  await tenants.save(tenant, unit.session);
  unit.announce(scope, tenantSecurityChanged, {
    subject: tenantId,
    sequence: tenant.sequence,
    data: { tenantId, adminSecondFactor },
  });
  return adminSecondFactor;
}
