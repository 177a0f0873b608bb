/** How a tenant looks to a client. */
import type { Tenant, TenantLimits } from './tenant.ts';

export const tenantView = ({
  id,
  code,
  name,
  timezone,
  locale,
  isActive,
  limits,
  cell,
  memberCount,
  createdAt,
  updatedAt,
}: Tenant) => ({
  id,
  code,
  name,
  timezone,
  locale,
  is_active: isActive,
  limits: {
    member_per_minute: limits.memberPerMinute,
    admin_per_minute: limits.adminPerMinute,
    internal_per_minute: limits.internalPerMinute,
  },
  cell,
  member_count: memberCount,
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
});

type LimitsInput = {
  member_per_minute?: number | null | undefined;
  admin_per_minute?: number | null | undefined;
  internal_per_minute?: number | null | undefined;
};
/** Limits as a client names them; what it does not name stays out. */
export function limitsFrom(given: LimitsInput): Partial<TenantLimits> {
  const named = {
    memberPerMinute: given.member_per_minute,
    adminPerMinute: given.admin_per_minute,
    internalPerMinute: given.internal_per_minute,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
