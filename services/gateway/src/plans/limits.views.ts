/** Limits of a plan or a tenant as clients see and name them. */
import { given } from '@membership/platform/given';
import type { TenantLimits } from '../domain/tenant.ts';

export const limitsView = (limits: TenantLimits) => ({
  member_per_minute: limits.memberPerMinute,
  admin_per_minute: limits.adminPerMinute,
  internal_per_minute: limits.internalPerMinute,
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
