/** A device: as long as its document is there, it takes one slot of the licence. */
import { createHash } from 'node:crypto';
import type { FactOf } from '@membership/contracts/event';
import type * as facts from '@membership/contracts/events/licenses';
import type { PlanPolicy } from './product.ts';

/** Devices that one transaction unbinds. */
export const DEVICES_AT_ONCE = 1_000;

export type Device = {
  /** Tenant, assignment and device id: one device is bound under an id. See `leftKey` for one that has left. */
  _id: string;
  tenantId: number;
  assignmentId: number;
  licenseId: number;
  memberId: number;
  deviceId: string;
  deviceName: string | null;
  hardwareFingerprint: string | null;
  osName: string | null;
  osVersion: string | null;
  boundAt: Date;
  lastSeenAt: Date;
  /** Until when a licence file lets it work without a network. */
  awayUntil?: Date | null;
  /** When it gives its slot back unless it is heard from; null without a lease. */
  leaseUntil?: Date | null;
  /** Since when it is bound no more, though it keeps its slot until `awayUntil`: its licence file works for so long. */
  leftAt?: Date | null;
};

export type DeviceInfo = Pick<
  Device,
  'deviceId' | 'deviceName' | 'hardwareFingerprint' | 'osName' | 'osVersion'
>;

/** The end of a lease that was renewed at a moment. While a licence file lets the device be away, it does not end. */
export function leaseEnd(
  { leaseMinutes }: PlanPolicy,
  renewedAt: Date,
  { awayUntil = null }: Pick<Device, 'awayUntil'> = {},
): Date | null {
  if (leaseMinutes === null) return null;
  const end = new Date(renewedAt.getTime() + leaseMinutes * 60_000);
  return awayUntil && awayUntil > end ? awayUntil : end;
}

export const deviceKey = (tenantId: number, assignmentId: number, deviceId: string): string =>
  `${tenantId}:${assignmentId}:${deviceId}`;

/** The key of a device that left while its file lasts. No device id holds a control character, so no bound one has such a key. */
export const leftKey = (
  tenantId: number,
  assignmentId: number,
  { deviceId, hardwareFingerprint }: Pick<Device, 'deviceId' | 'hardwareFingerprint'>,
): string => `${deviceKey(tenantId, assignmentId, deviceId)}\u001f${hardwareFingerprint ?? ''}`;

/** Whether a licence file lets a device work without a network now. */
export const hasFile = ({ awayUntil }: Pick<Device, 'awayUntil'>, now: Date): boolean =>
  awayUntil !== null && awayUntil !== undefined && awayUntil > now;

/** A device whose file lasts, unbound: it keeps its slot until then, and gives it back as one whose lease ends. */
export const leave = (device: Device, now: Date): Device => ({
  ...device,
  _id: leftKey(device.tenantId, device.assignmentId, device),
  leftAt: now,
  leaseUntil: device.awayUntil ?? now,
});

/**
 * Whether a device that activates is the one that is bound under its id. What it does not say of its fingerprint stays. Another
 * fingerprint is another device where the plan says so, and always while a file names the one before.
 */
export function isSameDevice(
  bound: Device,
  { hardwareFingerprint }: DeviceInfo,
  { deviceIdentity }: PlanPolicy,
  now: Date,
): boolean {
  if (hardwareFingerprint === null || hardwareFingerprint === bound.hardwareFingerprint) return true;
  if (hasFile(bound, now)) return false;
  return bound.hardwareFingerprint === null || deviceIdentity === 'id';
}

/** What a device is counted as where a plan limits how many an assignment binds in a time. */
export const countedAs = (
  { deviceId, hardwareFingerprint }: DeviceInfo,
  { deviceIdentity }: PlanPolicy,
): string =>
  createHash('sha256')
    .update(JSON.stringify(deviceIdentity === 'id' ? [deviceId] : [deviceId, hardwareFingerprint]))
    .digest('base64url')
    .slice(0, 22);

/** `boundDevices` counts the licence's devices afterwards. */
export const deviceFact = (device: Device, boundDevices: number): FactOf<typeof facts.deviceBound> => ({
  assignmentId: device.assignmentId,
  licenseId: device.licenseId,
  memberId: device.memberId,
  deviceId: device.deviceId,
  boundDevices,
});
