/** What software is told about its licence: one code of a closed list, and what to do. */
import type { ValidationCode } from '@membership/contracts/endpoints/licenses/index';
import type { Text } from '@membership/contracts/text';
import { statusAt, type Assignment } from '../domain/assignment.ts';
import type { PlanPolicy } from '../domain/product.ts';
import type { License } from '../domain/license.ts';
import { endAfterDays, hasEnded, NEVER } from '../term.ts';

export type Verdict = {
  readonly code: ValidationCode;
  readonly valid: boolean;
  readonly action: 'allow' | 'warn' | 'block';
};
type Facts = {
  readonly license: License;
  readonly policy: PlanPolicy;
  readonly isTenantActive: boolean;
  /** Assignments that the device with the given fingerprint is bound to; undefined when none was given. */
  readonly boundTo: readonly Assignment[] | undefined;
  readonly now: Date;
};

export const UNKNOWN_KEY: Verdict = { code: 'NOT_FOUND', valid: false, action: 'block' };

/** Until when a licence validates after its end; null without an end or without grace. */
export const graceEnd = (license: License, { graceDays }: PlanPolicy): Date | null =>
  license.expiresAt < NEVER && graceDays > 0 ? endAfterDays(license.expiresAt, graceDays) : null;

/**
 * The verdict. In grace the device is not asked for, since the end has unbound all of them. A plan that warns lets software
 * go on when its licence is not in order; what was taken away on purpose stops it all the same.
 */
export function verdictOn({ license, policy, isTenantActive, boundTo, now }: Facts): Verdict {
  const unless: Verdict['action'] = policy.validationMode;
  if (!isTenantActive) return { code: 'TENANT_SUSPENDED', valid: false, action: 'block' };
  if (license.status === 'revoked') return { code: 'REVOKED', valid: false, action: 'block' };
  if (license.status === 'expired' || hasEnded(license.expiresAt, now)) {
    const grace = graceEnd(license, policy);
    return grace && !hasEnded(grace, now)
      ? { code: 'IN_GRACE', valid: true, action: 'warn' }
      : { code: 'EXPIRED', valid: false, action: unless };
  }
  if (boundTo) {
    const statuses = boundTo.map((assignment) => statusAt(assignment, license, now));
    if (!statuses.includes('active'))
      return {
        code: statuses.includes('suspended') ? 'SUSPENDED' : 'NOT_ACTIVATED',
        valid: false,
        action: unless,
      };
  }
  return { code: 'VALID', valid: true, action: 'allow' };
}

export const sentences: Readonly<Record<ValidationCode, Text>> = {
  VALID: { zh: '许可证有效', en: 'The licence is valid' },
  IN_GRACE: { zh: '许可证已到期，处于宽限期', en: 'The licence has ended and is in its grace period' },
  EXPIRED: { zh: '许可证已过期', en: 'The licence has expired' },
  REVOKED: { zh: '许可证已被撤销', en: 'The licence was revoked' },
  SUSPENDED: { zh: '许可证分配已暂停', en: 'The assignment is suspended' },
  NOT_ACTIVATED: { zh: '该设备未激活此许可证', en: 'The licence is not activated on this device' },
  NOT_FOUND: { zh: '许可证密钥不存在', en: 'There is no such licence key' },
  TENANT_SUSPENDED: { zh: '租户已被停用', en: 'The tenant is suspended' },
};
