/** A licence: a key, a number of device slots, an end. */
import { invalid, invalidState } from '@membership/contracts/errors';
import type { FactOf } from '@membership/contracts/event';
import type * as facts from '@membership/contracts/events/licenses';
import type { PlanPolicy } from './product.ts';
import { endAfterDays, endText, hasEnded, NEVER } from '../term.ts';

export type LicenseStatus = 'active' | 'revoked' | 'expired';
export type License = {
  _id: number;
  tenantId: number;
  productId: number;
  planId: number;
  licenseKey: string;
  maxActivations: number;
  /** Devices bound over all its assignments. Written by every transaction that binds or unbinds, so that no race passes the limit. */
  boundDevices: number;
  /** Assignments that are assigned, active or suspended. Written by every transaction that adds or ends one. */
  openAssignments: number;
  status: LicenseStatus;
  expiresAt: Date;
  notes: string;
  revokedAt: Date | null;
  revokeReason: string | null;
  isRemoved: boolean;
  /** Since when a new end is on its way to its assignments, which were too many to be written at once; null: all have it. */
  endsMoveSince?: Date | null;
  sequence: number;
  createdAt: Date;
  updatedAt: Date;
};

export type LicenseAction = 'assign' | 'activate' | 'update' | 'renew' | 'rotate-key' | 'revoke';
const ACTIONS: Readonly<Record<LicenseStatus, readonly LicenseAction[]>> = {
  active: ['assign', 'activate', 'update', 'renew', 'rotate-key', 'revoke'],
  revoked: [],
  expired: ['update', 'renew', 'rotate-key', 'revoke'],
};

/** The status as it is at a moment: an end counts from its own instant, whether or not the job has written it. */
export const licenseStatusAt = (license: Pick<License, 'status' | 'expiresAt'>, now: Date): LicenseStatus =>
  license.status === 'active' && hasEnded(license.expiresAt, now) ? 'expired' : license.status;

/** Refuses (409 INVALID_STATE) what a licence in its state does not allow. */
export function requireLicenseAllows(license: License, action: LicenseAction, now: Date): void {
  const status = licenseStatusAt(license, now);
  if (ACTIONS[status].includes(action)) return;
  const allowed = ACTIONS[status];
  throw invalidState(status, allowed, {
    zh: `许可证状态为 ${status}，不允许此操作；允许的操作：${allowed.join('、') || '无'}`,
    en: `The licence is ${status}, which does not allow this; it allows: ${allowed.join(', ') || 'nothing'}`,
  });
}

/** A licence with another end: what had ended lives again when that lies ahead. */
export const endingAt = (license: License, expiresAt: Date, now: Date): License => ({
  ...license,
  expiresAt,
  status: license.status === 'expired' && !hasEnded(expiresAt, now) ? 'active' : license.status,
});

/**
 * The end of a licence that is renewed by some days: counted from its end, or, unless the plan says otherwise, from now where
 * that is later. Refuses one without an end (409 INVALID_STATE), and days that do not reach beyond now (400).
 */
export function renewedEnd(
  license: License,
  days: number,
  { renewsFrom }: Pick<PlanPolicy, 'renewsFrom'>,
  now: Date,
): Date {
  if (license.expiresAt >= NEVER)
    throw invalidState(licenseStatusAt(license, now), ['update', 'revoke'], {
      zh: '该许可证没有到期时间，无需续期',
      en: 'The licence has no end, so there is nothing to renew',
    });
  const from = renewsFrom === 'end' || license.expiresAt > now ? license.expiresAt : now;
  const end = endAfterDays(from, days);
  if (hasEnded(end, now))
    throw invalid({
      duration_days: {
        zh: `从到期日起算，续期后仍早于当前时间（${end.toISOString()}）`,
        en: `Counted from its end, the licence would still have ended (${end.toISOString()})`,
      },
    });
  return end;
}

/** Slots as clients see them. */
export const quotaOf = (license: Pick<License, 'maxActivations' | 'boundDevices'>) => ({
  max_activations: license.maxActivations,
  current_activations: license.boundDevices,
  available_slots: Math.max(0, license.maxActivations - license.boundDevices),
});

/** Refuses (400) a limit below the devices that are bound already. */
export function requireRoomForBound(license: License, maxActivations: number): void {
  if (maxActivations < license.boundDevices)
    throw invalid({
      max_activations: {
        zh: `不能小于已绑定的设备数（${license.boundDevices}）`,
        en: `Must not be below the devices that are bound (${license.boundDevices})`,
      },
    });
}

/** The whole state, as facts carry it; never the key. */
export const licenseFact = (
  license: License,
  applicationId: number | null,
): FactOf<typeof facts.licenseIssued> => ({
  licenseId: license._id,
  productId: license.productId,
  planId: license.planId,
  applicationId,
  maxActivations: license.maxActivations,
  status: license.status,
  expiresAt: endText(license.expiresAt),
});
