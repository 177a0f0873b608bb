/** A bound device: as long as its document is there, it takes one slot of the licence. */
import type { FactOf } from '@membership/contracts/event';
import type * as facts from '@membership/contracts/events/licenses';

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
};

export type DeviceInfo = Pick<
  Device,
  'deviceId' | 'deviceName' | 'hardwareFingerprint' | 'osName' | 'osVersion'
>;

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
