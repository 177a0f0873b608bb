/** A tenant: rules and shape. */
import { invalidState } from '@membership/contracts/errors';

export type TenantLimits = {
  readonly memberPerMinute: number | null;
  readonly adminPerMinute: number | null;
  readonly internalPerMinute: number | null;
};
export type Tenant = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  /** IANA zone. */
  readonly timezone: string;
  readonly locale: string;
  readonly isActive: boolean;
  readonly limits: TenantLimits;
  /** Services of its own: a name in the setting CELLS. */
  readonly cell: string | null;
  /** Code of its plan. Absent in tenants of before: none. */
  readonly plan?: string | null;
  /** Hosts that lead to the platform and are its own, in lower case. Absent: none. */
  readonly hosts?: readonly string[];
  /** Pages of which origins may call at its hosts. Absent: none. */
  readonly allowedOrigins?: readonly string[];
  /** Whether its administrators need a second factor. Absent: as they like. */
  readonly adminSecondFactor?: 'optional' | 'required';
  readonly memberCount: number;
  /** Administrators that are active; a tenant keeps one. */
  readonly adminCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Absent: it was not. Nothing of an erased one is its own any more, and it is changed no more. */
  readonly erasedAt?: Date;
  /** Facts announced about it so far. */
  readonly sequence: number;
};
export type TenantChanges = Partial<
  Pick<Tenant, 'name' | 'timezone' | 'locale' | 'cell' | 'plan' | 'hosts'>
> & {
  readonly limits?: Partial<TenantLimits>;
};

export const NO_LIMITS: TenantLimits = {
  memberPerMinute: null,
  adminPerMinute: null,
  internalPerMinute: null,
};

/** The tenant after a change; the same object when nothing changes. */
export function changeTenant(tenant: Tenant, { limits, ...fields }: TenantChanges, now: Date): Tenant {
  const changed = { ...tenant, ...fields, limits: { ...tenant.limits, ...limits } };
  const isSame = JSON.stringify(changed) === JSON.stringify(tenant);
  return isSame ? tenant : { ...changed, updatedAt: now, sequence: tenant.sequence + 1 };
}

/** Refuses (INVALID_STATE) a tenant that is suspended already. */
export function suspend(tenant: Tenant, now: Date): Tenant {
  if (!tenant.isActive) throw invalidState('suspended', ['resume']);
  return { ...tenant, isActive: false, updatedAt: now, sequence: tenant.sequence + 1 };
}

/** Refuses (INVALID_STATE) a tenant that is active. */
export function resume(tenant: Tenant, now: Date): Tenant {
  if (tenant.isActive) throw invalidState('active', ['suspend']);
  return { ...tenant, isActive: true, updatedAt: now, sequence: tenant.sequence + 1 };
}

/**
 * The tenant once it is erased: under a code that nobody may choose, so that its own is free again. Refuses (INVALID_STATE) an
 * active one.
 */
export function erasedTenant(tenant: Tenant, now: Date): Tenant {
  if (tenant.isActive)
    throw invalidState('active', ['suspend'], { zh: '请先停用该租户', en: 'Suspend the tenant first' });
  const name = `erased:${tenant.id}`;
  return {
    ...tenant,
    ...{ code: name, name, plan: null, hosts: [], allowedOrigins: [], memberCount: 0, adminCount: 0 },
    ...{ updatedAt: now, erasedAt: now, sequence: tenant.sequence + 1 },
  };
}

/** The state that its events carry. */
export const tenantStateOf = ({ id, code, name, timezone, locale, isActive }: Tenant) => ({
  tenantId: id,
  code,
  name,
  timezone,
  locale,
  isActive,
});
