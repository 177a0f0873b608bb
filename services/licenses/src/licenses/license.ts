/** A licence: a key, a number of device slots, an end. */
import { invalid, invalidState } from '@membership/contracts/errors';
import type { FactOf } from '@membership/contracts/event';
import type * as facts from '@membership/contracts/events/licenses';
import { endText, hasEnded } from '../term.ts';

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
  sequence: number;
  createdAt: Date;
  updatedAt: Date;
};

const ACTIONS: Readonly<Record<LicenseStatus, readonly string[]>> = {
  active: ['assign', 'activate', 'update', 'rotate-key', 'revoke'],
  revoked: [],
  expired: [],
};

/** The status as it is at a moment: an end counts from its own instant, whether or not the job has written it. */
export const licenseStatusAt = (license: Pick<License, 'status' | 'expiresAt'>, now: Date): LicenseStatus =>
  license.status === 'active' && hasEnded(license.expiresAt, now) ? 'expired' : license.status;

/** Refuses (409 INVALID_STATE) what a licence in its state does not allow. */
export function requireLicenseAllows(
  license: License,
  action: 'assign' | 'activate' | 'update' | 'rotate-key' | 'revoke',
  now: Date,
): void {
  const status = licenseStatusAt(license, now);
  if (ACTIONS[status].includes(action)) return;
  const allowed = ACTIONS[status];
  throw invalidState(status, allowed, {
    zh: `许可证状态为 ${status}，不允许此操作；允许的操作：${allowed.join('、') || '无'}`,
    en: `The licence is ${status}, which does not allow this; it allows: ${allowed.join(', ') || 'nothing'}`,
  });
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
