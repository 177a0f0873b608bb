/** Decides activations: pure, in order, each seeing what those before it in the batch did. */
import { Refusal, notFound, refuse } from '@membership/contracts/errors';
import { requireAllows, statusAt, type Assignment } from '../assignments/assignment.ts';
import { requireLicenseAllows, type License } from '../licenses/license.ts';
import { deviceKey, type Device, type DeviceInfo } from './device.ts';

export type ActivationCommand = {
  readonly assignmentId: number;
  readonly memberId: number;
  readonly device: DeviceInfo;
  readonly now: Date;
};
export type Activation = {
  readonly assignment: Assignment;
  readonly license: License;
  readonly device: Device;
};

/** What the batch read, and what its items change; the documents are replaced, never mutated. */
export class ActivationBatch {
  readonly #assignments: Map<number, Assignment>;
  readonly #licenses: Map<number, License>;
  readonly #devices: Map<string, Device>;
  readonly changedAssignments = new Map<number, Assignment>();
  readonly changedLicenses = new Map<number, License>();
  readonly boundDevices = new Map<string, Device>();
  readonly seenDevices = new Map<string, Device>();

  constructor(assignments: readonly Assignment[], licenses: readonly License[], devices: readonly Device[]) {
    this.#assignments = new Map(assignments.map((one) => [one._id, one]));
    this.#licenses = new Map(licenses.map((one) => [one._id, one]));
    this.#devices = new Map(devices.map((one) => [one._id, one]));
  }

  /**
   * One activation. `isNew`: the device took a slot; `isFirst`: it was the first of the assignment's life.
   * Returns a refusal: not the caller's (BIZ_001), a state that does not allow it (INVALID_STATE), no slot left (BIZ_002).
   */
  decide(
    tenantId: number,
    command: ActivationCommand,
  ): (Activation & { isNew: boolean; isFirst: boolean }) | Refusal {
    try {
      return this.#decide(tenantId, command);
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal;
      throw refusal;
    }
  }

  #decide(
    tenantId: number,
    { assignmentId, memberId, device: info, now }: ActivationCommand,
  ): Activation & { isNew: boolean; isFirst: boolean } {
    const assignment = this.#assignments.get(assignmentId);
    if (!assignment || assignment.tenantId !== tenantId || assignment.memberId !== memberId) throw notFound();
    const license = this.#licenses.get(assignment.licenseId);
    if (!license) throw notFound();
    requireAllows(statusAt(assignment, license, now), 'activate');
    requireLicenseAllows(license, 'activate', now);
    const key = deviceKey(tenantId, assignmentId, info.deviceId);
    const known = this.#devices.get(key);
    if (known) {
      const device = seenAgain(known, info, now);
      const used = { ...assignment, lastUsedAt: now };
      this.#keep(used, license, device);
      (this.boundDevices.has(key) ? this.boundDevices : this.seenDevices).set(key, device);
      return { assignment: used, license, device, isNew: false, isFirst: false };
    }
    requireSlot(assignment, license);
    const isFirst = assignment.activatedAt === null;
    const activated: Assignment = {
      ...assignment,
      status: 'active',
      activatedAt: assignment.activatedAt ?? now,
      lastUsedAt: now,
      boundDevices: assignment.boundDevices + 1,
      sequence: assignment.sequence + (isFirst ? 2 : 1),
      updatedAt: now,
    };
    const taken: License = { ...license, boundDevices: license.boundDevices + 1 };
    const device: Device = {
      ...info,
      _id: key,
      tenantId,
      assignmentId,
      licenseId: license._id,
      memberId,
      boundAt: now,
      lastSeenAt: now,
    };
    this.#keep(activated, taken, device);
    this.changedLicenses.set(taken._id, taken);
    this.boundDevices.set(key, device);
    return { assignment: activated, license: taken, device, isNew: true, isFirst };
  }

  #keep(assignment: Assignment, license: License, device: Device): void {
    this.#assignments.set(assignment._id, assignment);
    this.#licenses.set(license._id, license);
    this.#devices.set(device._id, device);
    this.changedAssignments.set(assignment._id, assignment);
  }
}

/** What the client says of a device now is kept; what it leaves out stays. */
const seenAgain = (device: Device, info: DeviceInfo, now: Date): Device => ({
  ...device,
  deviceName: info.deviceName ?? device.deviceName,
  hardwareFingerprint: info.hardwareFingerprint ?? device.hardwareFingerprint,
  osName: info.osName ?? device.osName,
  osVersion: info.osVersion ?? device.osVersion,
  lastSeenAt: now,
});

function requireSlot(assignment: Assignment, license: License): void {
  if (license.boundDevices >= license.maxActivations)
    throw refuse('BIZ_002', {
      details: {
        max_activations: license.maxActivations,
        current_activations: license.boundDevices,
        available_slots: 0,
      },
      text: {
        zh: `许可证激活数已达上限（${license.maxActivations}），请先解绑其他设备`,
        en: `All ${license.maxActivations} activations of the licence are taken; unbind another device first`,
      },
    });
  const own = assignment.maxConcurrentDevices;
  if (own !== null && assignment.boundDevices >= own)
    throw refuse('BIZ_002', {
      details: { max_concurrent_devices: own, bound_devices: assignment.boundDevices },
      text: {
        zh: `该分配的设备数已达上限（${own}），请先解绑其他设备`,
        en: `This assignment may have ${own} devices; unbind another one first`,
      },
    });
}
