/** How a tenant looks to a client. */
import { given } from '@membership/platform/given';
import type { Tenant, TenantLimits } from '../domain/tenant.ts';

export const limitsView = (limits: TenantLimits) => ({
  member_per_minute: limits.memberPerMinute,
  admin_per_minute: limits.adminPerMinute,
  internal_per_minute: limits.internalPerMinute,
});

export const tenantView = ({
  id,
  code,
  name,
  timezone,
  locale,
  isActive,
  limits,
  cell,
  plan = null,
  hosts = [],
  memberCount,
  createdAt,
  updatedAt,
  erasedAt,
}: Tenant) => ({
  id,
  code,
  name,
  timezone,
  locale,
  is_active: isActive,
  limits: limitsView(limits),
  cell,
  plan,
  hosts: [...hosts],
  member_count: memberCount,
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
  erased_at: erasedAt?.toISOString() ?? null,
});

type LimitsInput = {
  member_per_minute?: number | null | undefined;
  admin_per_minute?: number | null | undefined;
  internal_per_minute?: number | null | undefined;
};
/** Limits as a client names them; what it does not name stays out. */
export const limitsFrom = (limits: LimitsInput): Partial<TenantLimits> =>
  given({
    memberPerMinute: limits.member_per_minute,
    adminPerMinute: limits.admin_per_minute,
    internalPerMinute: limits.internal_per_minute,
  });
