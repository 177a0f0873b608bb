/** What a tenant asks of its administrators, and which pages it lets call. */
import { tenantSecurityChanged } from '@membership/contracts/events/gateway';
import { changesNothing } from '@membership/platform/given';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { FactorRule } from '../credentials/second-factor.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';

export type SecurityTools = { readonly tenants: TenantRepository };
export type Security = { readonly adminSecondFactor: FactorRule; readonly allowedOrigins: readonly string[] };
export type SecurityChanges = { readonly [Name in keyof Security]?: Security[Name] | undefined };

export const securityOf = ({ adminSecondFactor = 'optional', allowedOrigins = [] }: Tenant): Security => ({
  adminSecondFactor,
  allowedOrigins,
});

/** Changes a tenant's security settings; nothing is announced when nothing changes. Refuses (TENANT_SUSPENDED) one that was erased meanwhile. */
export async function updateSecurity(
  { tenants }: SecurityTools,
  scope: TenantScope,
  changes: SecurityChanges,
  now: Date,
  unit: UnitOfWork,
): Promise<Security> {
  const { tenantId } = scope;
  const current = await tenants.getLiving(tenantId, unit.session);
  const before = securityOf(current);
  if (changesNothing(before, changes)) return before;
  const security = {
    adminSecondFactor: changes.adminSecondFactor ?? before.adminSecondFactor,
    allowedOrigins: changes.allowedOrigins ?? before.allowedOrigins,
  };
  const tenant = { ...current, ...security, updatedAt: now, sequence: current.sequence + 1 };
  await tenants.save(tenant, unit.session);
  unit.announce(scope, tenantSecurityChanged, {
    subject: tenantId,
    sequence: tenant.sequence,
    data: {
      tenantId,
      adminSecondFactor: security.adminSecondFactor,
      allowedOrigins: [...security.allowedOrigins],
    },
  });
  return security;
}
