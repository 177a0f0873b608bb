/** A plan of the platform: what it allows a tenant. */
import type { TenantLimits } from './tenant.ts';

export type PlanAllowance = {
  /** Requests a minute; null: the platform's default. */
  readonly limits: TenantLimits;
  /** null: no bound. */
  readonly requestsPerDay: number | null;
  readonly concurrentRequests: number | null;
};
export type TenantPlan = PlanAllowance & {
  /** As it was given; known in any case. */
  readonly code: string;
  readonly name: string;
  /** Tenants that have it. */
  readonly tenantCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type PlanChanges = Partial<
  Pick<TenantPlan, 'name' | 'requestsPerDay' | 'concurrentRequests'> & { limits: Partial<TenantLimits> }
>;

export const codeKeyOf = (code: string): string => code.toLowerCase();

/** The plan after a change; the same object when nothing changes. */
export function changePlan(plan: TenantPlan, { limits, ...fields }: PlanChanges, now: Date): TenantPlan {
  const changed = { ...plan, ...fields, limits: { ...plan.limits, ...limits } };
  return JSON.stringify(changed) === JSON.stringify(plan) ? plan : { ...changed, updatedAt: now };
}
