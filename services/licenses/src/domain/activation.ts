/** Decides activations: pure, in order, each seeing what those before it in the batch did. */
import { Refusal, notFound, refuse } from '@membership/contracts/errors';
import { counted } from '@membership/contracts/text';
import { requireAllows, statusAt, withEnd, type Assignment } from './assignment.ts';
import { NO_POLICY, type PlanPolicy } from './product.ts';
import { requireLicenseAllows, type License } from './license.ts';
import { DAY } from '../term.ts';
import {
  countedAs,
  deviceKey,
  hasFile,
  isSameDevice,
  leaseEnd,
  leave,
  leftKey,
  type Device,
  type DeviceInfo,
} from './device.ts';

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
/**
 * `isNew`: the device took a slot, or that of `freed`, which gave way to it; `isFirst`: it was the first of the assignment's life.
 */
export type DecidedActivation = Activation & {
  readonly isNew: boolean;
  readonly isFirst: boolean;
  readonly freed: Device | null;
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
  readonly goneDevices = new Map<string, Device>();
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
    const held = this.#assignments.get(assignmentId);
    if (!held || held.tenantId !== tenantId || held.memberId !== memberId) throw notFound();
    const license = this.#licenses.get(held.licenseId);
    if (!license) throw notFound();
    const assignment = withEnd(held, license);
    requireAllows(statusAt(assignment, license, now), 'activate');
    requireLicenseAllows(license, 'activate', now);
    const policy = this.#policies.get(assignment.planId) ?? NO_POLICY;
    const bound = this.#devices.get(deviceKey(tenantId, assignmentId, info.deviceId));
    const isUnsaid = bound !== undefined && info.hardwareFingerprint === null;
    const returning = isUnsaid ? undefined : this.#devices.get(leftKey(tenantId, assignmentId, info));
    if (bound && !returning && isSameDevice(bound, info, policy, now))
      return this.#seeAgain(assignment, license, bound, { info, policy, now });
    const leaving = bound && hasFile(bound, now) ? bound : null;
    const replaced = leaving ? null : (bound ?? null);
    const counted = returning ? {} : requireNewDeviceAllowed(assignment, info, { policy, now });
    const isFull = !returning && !replaced && !hasSlot(assignment, license);
    const evicted = isFull && evictOldest ? this.#oldestOf(assignment, now) : null;
    if (isFull && !evicted)
      throw noSlot(assignment, license, evictOldest || leaving ? this.#nextFileEnd(assignment, now) : null);
    const freed = replaced ?? evicted;
    const change = (returning ? 0 : 1) - (freed ? 1 : 0);
    const isFirst = assignment.activatedAt === null;
    const activated: Assignment = {
      ...assignment,
      ...counted,
      status: 'active',
      activatedAt: assignment.activatedAt ?? now,
      lastUsedAt: now,
      boundDevices: assignment.boundDevices + change,
      sequence: assignment.sequence + (freed ? 1 : 0) + (isFirst ? 1 : 0) + (returning ? 0 : 1),
      updatedAt: now,
    };
    const taken: License = { ...license, boundDevices: license.boundDevices + change };
    if (freed) this.#remove(freed);
    if (leaving) this.#leave(leaving, now);
    if (returning) this.#remove(returning);
    const device = returning
      ? comeBack(returning, info, policy, now)
      : bind(info, { assignment, licenseId: license._id, policy, now });
    this.#keep(activated, taken, device);
    this.changedLicenses.set(taken._id, taken);
    this.boundDevices.set(device._id, device);
    return { assignment: activated, license: taken, device, evicted, freed, isNew: !returning, isFirst };
  }

  #seeAgain(
    assignment: Assignment,
    license: License,
    bound: Device,
    { info, policy, now }: { readonly info: DeviceInfo; readonly policy: PlanPolicy; readonly now: Date },
  ): DecidedActivation {
    const device = { ...seenAgain(bound, info, now), leaseUntil: leaseEnd(policy, now, bound) };
    // What was bound of late and says its hardware only now was not counted by it.
    const saysHardware = bound.hardwareFingerprint === null && info.hardwareFingerprint !== null;
    const isNew = bound.boundAt.getTime() > now.getTime() - policy.newDevicesDays * DAY;
    const counted =
      saysHardware && isNew ? requireNewDeviceAllowed(assignment, info, { policy, now, bound }) : {};
    const used = { ...assignment, ...counted, lastUsedAt: now };
    this.#keep(used, license, device);
    (this.boundDevices.has(device._id) ? this.boundDevices : this.seenDevices).set(device._id, device);
    return { assignment: used, license, device, evicted: null, freed: null, isNew: false, isFirst: false };
  }

  #devicesOf({ _id }: Assignment): Device[] {
    return [...this.#devices.values()].filter(({ assignmentId }) => assignmentId === _id);
  }

  /**
   * The device of an assignment that was seen the longest ago, of those that no file lets work on elsewhere. A command that
   * evicts has had all of them read.
   */
  #oldestOf(assignment: Assignment, now: Date): Device | null {
    const own = this.#devicesOf(assignment).filter((device) => !hasFile(device, now));
    own.sort(
      (left, right) =>
        left.lastSeenAt.getTime() - right.lastSeenAt.getTime() ||
        left.boundAt.getTime() - right.boundAt.getTime(),
    );
    return own[0] ?? null;
  }

  /** When the first of the files ends that keep slots of an assignment. */
  #nextFileEnd(assignment: Assignment, now: Date): Date | null {
    const ends = this.#devicesOf(assignment).flatMap(({ awayUntil }) =>
      awayUntil && awayUntil > now ? [awayUntil.getTime()] : [],
    );
    return ends.length > 0 ? new Date(Math.min(...ends)) : null;
  }

  /** It keeps its slot, under another key. */
  #leave(device: Device, now: Date): void {
    this.#remove(device);
    const left = leave(device, now);
    this.#devices.set(left._id, left);
    this.boundDevices.set(left._id, left);
  }

  #remove(device: Device): void {
    this.#devices.delete(device._id);
    this.seenDevices.delete(device._id);
    // One that was added by this very batch is not in the database yet.
    if (!this.boundDevices.delete(device._id)) this.goneDevices.set(device._id, device);
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

const comeBack = (device: Device, info: DeviceInfo, policy: PlanPolicy, now: Date): Device => ({
  ...seenAgain(device, info, now),
  _id: deviceKey(device.tenantId, device.assignmentId, device.deviceId),
  leftAt: null,
  leaseUntil: leaseEnd(policy, now, device),
});

const bind = (
  info: DeviceInfo,
  {
    assignment: { _id: assignmentId, tenantId, memberId },
    licenseId,
    policy,
    now,
  }: {
    readonly assignment: Assignment;
    readonly licenseId: number;
    readonly policy: PlanPolicy;
    readonly now: Date;
  },
): Device => ({
  ...info,
  _id: deviceKey(tenantId, assignmentId, info.deviceId),
  tenantId,
  assignmentId,
  licenseId,
  memberId,
  boundAt: now,
  lastSeenAt: now,
  leaseUntil: leaseEnd(policy, now),
});

const hasSlot = (assignment: Assignment, license: License): boolean =>
  license.boundDevices < license.maxActivations &&
  (assignment.maxConcurrentDevices === null || assignment.boundDevices < assignment.maxConcurrentDevices);

/** The bindings of the plan's days, with what is known of their devices. */
function recentOf({ recentBindings = [], recentDevices = [] }: Assignment, since: number) {
  const known = [...recentDevices];
  return recentBindings
    .map((at) => {
      const index = known.findIndex((one) => one.at.getTime() === at.getTime());
      const [found] = index < 0 ? [] : known.splice(index, 1);
      return { ...found, at, device: found?.device ?? null };
    })
    .filter(({ at }) => at.getTime() > since);
}

/**
 * What is kept of the devices that count from now on, this one among them: each once, however often it is bound. One that does not
 * say its hardware is what was bound under its id before, if anything; once it says it, it counts by that in the place of the one
 * that is bound. Refuses (BIZ_002) one more than the plan allows in its days.
 */
function requireNewDeviceAllowed(
  assignment: Assignment,
  info: DeviceInfo,
  { policy, now, bound }: { readonly policy: PlanPolicy; readonly now: Date; readonly bound?: Device },
): Pick<Assignment, 'recentBindings' | 'recentDevices'> {
  const { newDevicesLimit: limit, newDevicesDays: days } = policy;
  if (limit === null) return { recentBindings: [], recentDevices: [] };
  const device = countedAs(info, policy);
  const id = countedAs({ ...info, hardwareFingerprint: null }, policy);
  const recent = recentOf(assignment, now.getTime() - days * DAY);
  if (info.hardwareFingerprint === null && recent.some((one) => one.id === id && one.device !== device))
    return {};
  const before = bound && countedAs(bound, policy);
  const others = recent.filter((one) => one.device !== device && one.device !== (before ?? device));
  const oldest = others.at(-limit);
  if (!oldest) {
    const counted = [...others, { at: now, device, id }];
    return {
      recentBindings: counted.map(({ at }) => at),
      recentDevices: counted.flatMap((one) => (one.device === null ? [] : [{ ...one, device: one.device }])),
    };
  }
  const freeAgain = new Date(oldest.at.getTime() + days * DAY);
  throw refuse('BIZ_002', {
    details: { new_devices_limit: limit, new_devices_days: days, retry_at: freeAgain.toISOString() },
    text: {
      zh: `${days} 天内最多可绑定 ${limit} 台新设备，请稍后再试`,
      en: `No more than ${counted(limit, 'new device')} may be bound within ${counted(days, 'day')}; try again later`,
    },
  });
}

/** `freeAt`: when the first licence file ends that keeps a slot. */
function noSlot(assignment: Assignment, license: License, freeAt: Date | null): Refusal {
  const own = assignment.maxConcurrentDevices;
  const isLicenseFull = license.boundDevices >= license.maxActivations;
  const until = freeAt ? { free_at: freeAt.toISOString() } : {};
  const heldZh = freeAt ? `；离线许可证文件占用的名额最早于 ${freeAt.toISOString()} 释放` : '';
  const heldEn = freeAt ? `; a licence file keeps a slot until ${freeAt.toISOString()}` : '';
  return isLicenseFull
    ? refuse('BIZ_002', {
        details: {
          max_activations: license.maxActivations,
          current_activations: license.boundDevices,
          available_slots: 0,
          ...until,
        },
        text: {
          zh: `许可证激活数已达上限（${license.maxActivations}），请先解绑其他设备${heldZh}`,
          en: `All ${license.maxActivations} activations of the licence are taken; unbind another device first${heldEn}`,
        },
      })
    : refuse('BIZ_002', {
        details: { max_concurrent_devices: own, bound_devices: assignment.boundDevices, ...until },
        text: {
          zh: `该分配的设备数已达上限（${own}），请先解绑其他设备${heldZh}`,
          en: `This assignment may have ${own} devices; unbind another one first${heldEn}`,
        },
      });
}
