/** Who calls, and for which tenant. */
import type { Role } from '@membership/contracts/claims';
import type { PlanAllowance } from './plan.ts';
import type { TenantLimits } from './tenant.ts';

/** What deciding about a call needs of its tenant. */
export type TenantRecord = {
  readonly _id: number;
  readonly code: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly limits: TenantLimits;
  readonly cell: string | null;
  readonly timezone: string;
  /** What its plan allows; null: it has none. */
  readonly plan: PlanAllowance | null;
  /** Absent in tenants of before: none. */
  readonly hosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
};

export type Caller = {
  /** `user:<id>`, `client:<id>` (an API key: `client:key@<id>`) or `anonymous`. */
  readonly sub: string;
  readonly userId: number | null;
  readonly name: string;
  readonly role: Role | 'anonymous';
  /** The caller's own tenant, or the one that a platform administrator names. */
  readonly tenant: TenantRecord | null;
  readonly scopes: readonly string[];
  /** Requests a minute of an API key that has a limit of its own. */
  readonly limitPerMinute?: number | null;
  /** What a logout revokes. */
  readonly token: {
    readonly sessionId: string | undefined;
    readonly name: string;
    readonly expiresAt: Date;
  } | null;
};

export const ANONYMOUS: Caller = Object.freeze({
  sub: 'anonymous',
  userId: null,
  name: 'anonymous',
  role: 'anonymous',
  tenant: null,
  scopes: [],
  token: null,
});
