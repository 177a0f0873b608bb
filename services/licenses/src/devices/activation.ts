/** Decides activations: pure, in order, each seeing what those before it in the batch did. */
import { Refusal, notFound, refuse } from '@membership/contracts/errors';
import { requireAllows, statusAt, type Assignment } from '../assignments/assignment.ts';
import { NO_POLICY, type PlanPolicy } from '../catalogue/product.ts';
import { requireLicenseAllows, type License } from '../licenses/license.ts';
import { DAY } from '../term.ts';
import { deviceKey, leaseEnd, type Device, type DeviceInfo } from './device.ts';

export type ActivationCommand = {
  readonly assignmentId: number;
  readonly memberId: number;
  readonly device: DeviceInfo;
  /** When no slot is left, the device of this assignment that was seen the longest ago gives way. */
  readonly evictOldest?: boolean;
  readonly now: Date;
};
export type Activation = {
  readonly assignment: Assignment;
  readonly license: License;
  readonly device: Device;
  readonly evicted: Device | null;
};
/** `isNew`: the device took a slot; `isFirst`: it was the first of the assignment's life. */
export type DecidedActivation = Activation & { readonly isNew: boolean; readonly isFirst: boolean };

/** What the batch read, and what its items change; the documents are replaced, never mutated. */
export class ActivationBatch {
  readonly #assignments: Map<number, Assignment>;
  readonly #licenses: Map<number, License>;
  readonly #devices: Map<string, Device>;
  readonly changedAssignments = new Map<number, Assignment>();
  readonly changedLicenses = new Map<number, License>();
  readonly boundDevices = new Map<string, Device>();
  readonly seenDevices = new Map<string, Device>();
  readonly evictedDevices = new Map<string, Device>();
  readonly #policies: ReadonlyMap<number, PlanPolicy>;

  constructor(
    assignments: readonly Assignment[],
    licenses: readonly License[],
    devices: readonly Device[],
    policies: ReadonlyMap<number, PlanPolicy> = new Map(),
  ) {
    this.#policies = policies;
    this.#assignments = new Map(assignments.map((one) => [one._id, one]));
    this.#licenses = new Map(licenses.map((one) => [one._id, one]));
    this.#devices = new Map(devices.map((one) => [one._id, one]));
  }

  /**
   * One activation. Returns a refusal: not the caller's (BIZ_001), a state that does not allow it (INVALID_STATE), no slot
   * left, or more new devices than the plan allows in a time (BIZ_002).
   */
  decide(tenantId: number, command: ActivationCommand): DecidedActivation | Refusal {
    try {
      return this.#decide(tenantId, command);
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal;
      throw refusal;
    }
  }

  #decide(
    tenantId: number,
    { assignmentId, memberId, device: info, evictOldest = false, now }: ActivationCommand,
  ): DecidedActivation {
    const assignment = this.#assignments.get(assignmentId);
    if (!assignment || assignment.tenantId !== tenantId || assignment.memberId !== memberId) throw notFound();
    const license = this.#licenses.get(assignment.licenseId);
    if (!license) throw notFound();
    requireAllows(statusAt(assignment, license, now), 'activate');
    requireLicenseAllows(license, 'activate', now);
    const key = deviceKey(tenantId, assignmentId, info.deviceId);
    const known = this.#devices.get(key);
    const policy = this.#policies.get(assignment.planId) ?? NO_POLICY;
    if (known) {
      const device = { ...seenAgain(known, info, now), leaseUntil: leaseEnd(policy, now, known) };
      const used = { ...assignment, lastUsedAt: now };
      this.#keep(used, license, device);
      (this.boundDevices.has(key) ? this.boundDevices : this.seenDevices).set(key, device);
      return { assignment: used, license, device, evicted: null, isNew: false, isFirst: false };
    }
    const recentBindings = requireNewDeviceAllowed(assignment, policy, now);
    const evicted = evictOldest && !hasSlot(assignment, license) ? this.#oldestOf(assignment) : null;
    const freed = evicted ? 1 : 0;
    requireSlot(
      { ...assignment, boundDevices: assignment.boundDevices - freed },
      { ...license, boundDevices: license.boundDevices - freed },
    );
    const isFirst = assignment.activatedAt === null;
    const activated: Assignment = {
      ...assignment,
      status: 'active',
      activatedAt: assignment.activatedAt ?? now,
      lastUsedAt: now,
      boundDevices: assignment.boundDevices - freed + 1,
      recentBindings,
      sequence: assignment.sequence + freed + (isFirst ? 2 : 1),
      updatedAt: now,
    };
    const taken: License = { ...license, boundDevices: license.boundDevices - freed + 1 };
    if (evicted) this.#evict(evicted);
    const device: Device = {
      ...info,
      _id: key,
      tenantId,
      assignmentId,
      licenseId: license._id,
      memberId,
      boundAt: now,
      lastSeenAt: now,
      leaseUntil: leaseEnd(policy, now),
    };
    this.#keep(activated, taken, device);
    this.changedLicenses.set(taken._id, taken);
    this.boundDevices.set(key, device);
    return { assignment: activated, license: taken, device, evicted, isNew: true, isFirst };
  }

  /** The device of an assignment that was seen the longest ago. A command that evicts has had all of them read. */
  #oldestOf({ _id }: Assignment): Device | null {
    const own = [...this.#devices.values()].filter(({ assignmentId }) => assignmentId === _id);
    own.sort(
      (left, right) =>
        left.lastSeenAt.getTime() - right.lastSeenAt.getTime() ||
        left.boundAt.getTime() - right.boundAt.getTime(),
    );
    return own[0] ?? null;
  }

  #evict(device: Device): void {
    this.#devices.delete(device._id);
    this.seenDevices.delete(device._id);
    // One that was bound by this very batch is not in the database yet.
    if (!this.boundDevices.delete(device._id)) this.evictedDevices.set(device._id, device);
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

const hasSlot = (assignment: Assignment, license: License): boolean =>
  license.boundDevices < license.maxActivations &&
  (assignment.maxConcurrentDevices === null || assignment.boundDevices < assignment.maxConcurrentDevices);

/** The bindings that count from now on, this one among them. Refuses (BIZ_002) one more than the plan allows in its days. */
function requireNewDeviceAllowed(
  assignment: Assignment,
  { newDevicesLimit: limit, newDevicesDays: days }: PlanPolicy,
  now: Date,
): readonly Date[] {
  if (limit === null) return [];
  const since = now.getTime() - days * DAY;
  const recent = (assignment.recentBindings ?? []).filter((at) => at.getTime() > since);
  if (recent.length < limit) return [...recent, now];
  const freeAgain = new Date((recent.at(-limit) as Date).getTime() + days * DAY);
  throw refuse('BIZ_002', {
    details: { new_devices_limit: limit, new_devices_days: days, retry_at: freeAgain.toISOString() },
    text: {
      zh: `${days} 天内最多可绑定 ${limit} 台新设备，请稍后再试`,
      en: `No more than ${limit} new devices may be bound within ${days} days; try again later`,
    },
  });
}

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
