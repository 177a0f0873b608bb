/** A bound device: as long as its document is there, it takes one slot of the licence. */
import type { FactOf } from '@membership/contracts/event';
import type * as facts from '@membership/contracts/events/licenses';
import type { PlanPolicy } from '../catalogue/product.ts';

export type Device = {
  /** Tenant, assignment and device id: the same device cannot be bound twice. */
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

/** `boundDevices` counts the licence's devices afterwards. */
export const deviceFact = (device: Device, boundDevices: number): FactOf<typeof facts.deviceBound> => ({
  assignmentId: device.assignmentId,
  licenseId: device.licenseId,
  memberId: device.memberId,
  deviceId: device.deviceId,
  boundDevices,
});
