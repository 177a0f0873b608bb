import {
  licenseDeleted,
  licenseKeyRotated,
  licenseRevoked,
  licenseUpdated,
} from '@membership/contracts/events/licenses';
import { invalidState } from '@membership/contracts/errors';
import { counted } from '@membership/contracts/text';
import { changesNothing } from '@membership/platform/given';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { endAssignments, type EndStores } from '../assignments/end-assignments.ts';
import type { PlanPolicies } from '../catalogue/plan-policies.ts';
import { endOf } from '../term.ts';
import { announceLicense } from './announce-license.ts';
import { requireFutureEnd } from './issue-license.ts';
import { newLicenseKey } from '../domain/license-key.ts';
import {
  endingAt,
  licenseStatusAt,
  renewedEnd,
  requireLicenseAllows,
  requireRoomForBound,
  type License,
} from '../domain/license.ts';

export type ChangeStores = EndStores & { readonly policies: PlanPolicies };
export type LicenseChange = {
  readonly maxActivations?: number | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly notes?: string | undefined;
};

/**
 * Assignments that one transaction ends, or gives another end. Of those that a revocation ends, a job does the rest, which counts
 * as revoked at once; where more than these get another end, a job gives it to all, and it counts at once, too.
 */
const AT_ONCE = 500;

/**
 * Changes the limits of a licence; its open assignments end with it at the latest. One that has ended lives again with an end
 * ahead. Refuses an unknown one (404), one that is revoked (409 INVALID_STATE), fewer activations than devices are bound and an
 * end in the past (400).
 */
export async function updateLicense(
  stores: ChangeStores,
  scope: TenantScope,
  id: number,
  change: LicenseChange,
  now: Date,
  unit: UnitOfWork,
): Promise<License> {
  const current = await stores.licenses.get(scope, id, unit.session);
  requireLicenseAllows(current, 'update', now);
  const expiresAt = change.expiresAt === undefined ? current.expiresAt : endOf(change.expiresAt);
  const maxActivations = change.maxActivations ?? current.maxActivations;
  requireRoomForBound(current, maxActivations);
  if (change.expiresAt !== undefined) requireFutureEnd(expiresAt, now);
  if (changesNothing(current, { maxActivations, expiresAt, notes: change.notes })) return current;
  const changed = { ...current, maxActivations, notes: change.notes ?? current.notes };
  return changeEnd(stores, scope, changed, expiresAt, now, unit);
}

/**
 * Renews a licence by some days, also after its end; its key stays. Refuses an unknown one (404), one that is revoked or has no
 * end (409 INVALID_STATE), and days that do not reach beyond now (400).
 */
export async function renewLicense(
  stores: ChangeStores,
  scope: TenantScope,
  { id, days, now }: { readonly id: number; readonly days: number; readonly now: Date },
  unit: UnitOfWork,
): Promise<License> {
  const current = await stores.licenses.get(scope, id, unit.session);
  requireLicenseAllows(current, 'renew', now);
  const end = renewedEnd(current, days, await stores.policies.of(scope, current.planId), now);
  return changeEnd(stores, scope, current, end, now, unit);
}

/** Writes a licence with an end, which its assignments get with it, or, where they are many, soon after by a job. */
async function changeEnd(
  { licenses, assignments, names }: ChangeStores,
  scope: TenantScope,
  changed: License,
  expiresAt: Date,
  now: Date,
  unit: UnitOfWork,
): Promise<License> {
  const hasOtherEnd = expiresAt.getTime() !== changed.expiresAt.getTime();
  // A move that is under way is about assignments that were alive when it began.
  const movesSince = changed.endsMoveSince ?? (changed.openAssignments > AT_ONCE ? now : null);
  const license: License = {
    ...endingAt(changed, expiresAt, now),
    ...(hasOtherEnd ? { endsMoveSince: movesSince } : {}),
    sequence: changed.sequence + 1,
    updatedAt: now,
  };
  await licenses.save(scope, license, unit.session);
  if (hasOtherEnd && movesSince === null) await assignments.capEnds(scope, license, { since: now, unit });
  await announceLicense(names, scope, licenseUpdated, license, unit);
  return license;
}

/** Gives a licence a new key; the old one is void at once. Refuses an unknown one (404) and one that is revoked (409). */
export async function rotateKey(
  { licenses, names }: ChangeStores,
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<License> {
  const current = await licenses.get(scope, id, unit.session);
  requireLicenseAllows(current, 'rotate-key', now);
  const license: License = {
    ...current,
    licenseKey: newLicenseKey(),
    sequence: current.sequence + 1,
    updatedAt: now,
  };
  await licenses.save(scope, license, unit.session);
  await announceLicense(names, scope, licenseKeyRotated, license, unit);
  return license;
}

/** Revokes a licence, its assignments with it, which unbinds their devices. Refuses an unknown one (404) and a second time (409). */
export async function revokeLicense(
  stores: ChangeStores,
  scope: TenantScope,
  id: number,
  { now, reason }: { now: Date; reason: string | null },
  unit: UnitOfWork,
): Promise<License> {
  const { licenses, assignments, names } = stores;
  const current = await licenses.get(scope, id, unit.session);
  requireLicenseAllows(current, 'revoke', now);
  const revoked: License = {
    ...current,
    status: 'revoked',
    revokedAt: now,
    revokeReason: reason,
    sequence: current.sequence + 1,
    updatedAt: now,
  };
  await licenses.save(scope, revoked, unit.session);
  await announceLicense(names, scope, licenseRevoked, revoked, unit);
  const open = await assignments.findOpenOf(scope, id, AT_ONCE, { session: unit.session });
  await endAssignments(stores, scope, open, { status: 'revoked', reason, now }, unit);
  return licenses.get(scope, id, unit.session);
}

/** Removes a licence from the lists; its key stays taken. Refuses an unknown one (404) and one that somebody holds (409 INVALID_STATE). */
export async function removeLicense(
  { licenses, names }: ChangeStores,
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const current = await licenses.get(scope, id, unit.session);
  if (current.openAssignments > 0)
    throw invalidState(licenseStatusAt(current, now), ['revoke'], {
      zh: `仍有 ${current.openAssignments} 个有效分配，请先撤销许可证`,
      en: `It is still held by ${counted(current.openAssignments, 'member')}; revoke it first`,
    });
  const isAlive = current.status === 'active';
  const ended: License = isAlive
    ? { ...current, status: 'revoked', revokedAt: now, revokeReason: null, sequence: current.sequence + 1 }
    : current;
  const removed: License = { ...ended, isRemoved: true, sequence: ended.sequence + 1, updatedAt: now };
  await licenses.save(scope, removed, unit.session);
  if (isAlive) await announceLicense(names, scope, licenseRevoked, ended, unit);
  await announceLicense(names, scope, licenseDeleted, removed, unit);
}
