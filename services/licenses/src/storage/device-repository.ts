/** Storage of bound devices. */
import type { Failures } from '@membership/platform/failures';
import type { ClientSession, TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { hasLease } from '../job-indexes.ts';
import { deviceKey, type Device } from '../domain/device.ts';

/** Devices that an answer shows at most. */
const SHOWN = 1_000;

export class DeviceRepository {
  readonly #devices: TenantCollection<Device>;
  constructor(devices: TenantCollection<Device>) {
    this.#devices = devices;
  }

  find(
    scope: TenantScope,
    assignmentId: number,
    deviceId: string,
    session: ClientSession,
  ): Promise<Device | null> {
    return this.#devices.findOne(
      scope,
      { _id: deviceKey(scope.tenantId, assignmentId, deviceId) },
      { session },
    );
  }

  /** The device that is bound under an id, and those that left while a file of theirs lasts; the bound one first. */
  async findNamed(
    scope: TenantScope,
    assignmentId: number,
    deviceId: string,
    session: ClientSession,
  ): Promise<Device[]> {
    const found = await this.#devices.find(scope, { assignmentId, deviceId }, { session });
    return found.sort((left, right) => Number(Boolean(left.leftAt)) - Number(Boolean(right.leftAt)));
  }

  add(scope: TenantScope, device: Device, session: ClientSession): Promise<void> {
    return this.#devices.insert(scope, [device], { session });
  }

  /** Devices bound to an assignment, the oldest first. */
  listOf(scope: TenantScope, assignmentId: number): Promise<Device[]> {
    return this.#devices.find(
      scope,
      { assignmentId, leftAt: null },
      { sort: { boundAt: 1, _id: 1 }, limit: SHOWN },
    );
  }

  /** Bound devices of a licence with a fingerprint; one may be bound to several assignments. */
  findByFingerprint(scope: TenantScope, licenseId: number, hardwareFingerprint: string): Promise<Device[]> {
    return this.#devices.find(scope, { licenseId, hardwareFingerprint, leftAt: null }, { limit: SHOWN });
  }

  /** What takes slots of assignments, so many at most. */
  findOf(
    scope: TenantScope,
    assignmentIds: readonly number[],
    limit: number,
    session: ClientSession,
  ): Promise<Device[]> {
    return this.#devices.find(scope, { assignmentId: { $in: [...assignmentIds] } }, { limit, session });
  }

  /** A licence file was given to a device: it may be away until then, or longer by an earlier file. */
  async keepAway(scope: TenantScope, device: Device, until: Date, session: ClientSession): Promise<void> {
    const lease = device.leaseUntil ? { leaseUntil: until } : {};
    await this.#devices.updateOne(
      scope,
      { _id: device._id },
      { $max: { awayUntil: until, ...lease } },
      { session },
    );
  }

  /** Devices whose lease has ended, the longest overdue first. */
  findLapsed(
    now: Date,
    limit: number,
    failures?: Failures<string>,
  ): Promise<Pick<Device, '_id' | 'tenantId'>[]> {
    return this.#devices
      .acrossTenants('ends of leases are looked for over all tenants')
      .find(
        { leaseUntil: { ...hasLease.leaseUntil, $lte: now }, ...failures?.others },
        { projection: { tenantId: 1 } },
      )
      .sort({ leaseUntil: 1, _id: 1 })
      .limit(limit)
      .toArray();
  }

  /** Those of these whose lease has still ended. */
  findStillLapsed(
    scope: TenantScope,
    ids: readonly string[],
    now: Date,
    session: ClientSession,
  ): Promise<Device[]> {
    return this.#devices.find(scope, { _id: { $in: [...ids] }, leaseUntil: { $lte: now } }, { session });
  }

  async extendLease(
    scope: TenantScope,
    { _id }: Device,
    leaseUntil: Date | null,
    session: ClientSession,
  ): Promise<void> {
    await this.#devices.updateOne(scope, { _id }, { $set: { leaseUntil } }, { session });
  }

  /** Devices of licences that have no lease get one, as long as their licence file where that lasts longer. */
  async giveLease(scope: TenantScope, licenseIds: readonly number[], leaseUntil: Date): Promise<void> {
    await this.#devices.native.updateMany(
      { tenantId: scope.tenantId, licenseId: { $in: [...licenseIds] }, leaseUntil: null },
      [{ $set: { leaseUntil: { $max: ['$awayUntil', leaseUntil] } } }],
    );
  }

  async remove(scope: TenantScope, devices: readonly Device[], session: ClientSession): Promise<void> {
    if (devices.length > 0)
      await this.#devices.deleteMany(scope, { _id: { $in: devices.map(({ _id }) => _id) } }, { session });
  }
}
