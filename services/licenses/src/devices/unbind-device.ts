import { notFound } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { statusAt, type Assignment } from '../domain/assignment.ts';
import type { EndStores } from '../assignments/end-assignments.ts';
import type { License } from '../domain/license.ts';
import { hasFile, leave } from '../domain/device.ts';
import { releaseDevices } from './release-devices.ts';

export type UnbindCommand = {
  readonly assignmentId: number;
  /** Whose the assignment must be; left out where an administrator asks. */
  readonly memberId?: number;
  readonly deviceId: string;
  /** Gives the slot back also while a licence file of the device lasts, and those of devices with this id that left before. */
  readonly releasesSlot?: boolean;
  readonly now: Date;
};
export type Unbound = {
  readonly assignment: Assignment;
  readonly license: License;
  /** Until when a licence file keeps the slot; null: it is free. */
  readonly heldUntil: Date | null;
};

/**
 * Unbinds a device; also while suspended. Its slot is free at once, or, while a licence file lets it work on, when that ends.
 * Refuses what is not the member's, and a device that is not bound, which those of an ended assignment are not (404).
 */
export async function unbindDevice(
  stores: EndStores,
  scope: TenantScope,
  { assignmentId, memberId, deviceId, releasesSlot = false, now }: UnbindCommand,
  unit: UnitOfWork,
): Promise<Unbound> {
  const { assignments, licenses, devices } = stores;
  const assignment =
    memberId === undefined
      ? await assignments.get(scope, assignmentId, unit.session)
      : await assignments.getOwn(scope, assignmentId, memberId, unit.session);
  const license = (await licenses.byId(scope, [assignment.licenseId], unit.session)).get(
    assignment.licenseId,
  );
  const named = await devices.findNamed(scope, assignmentId, deviceId, unit.session);
  const gone = named.filter(({ leftAt }) => !leftAt || releasesSlot);
  const status = statusAt(assignment, license, now);
  const [device] = gone;
  if (!license || !device || status === 'revoked' || status === 'expired')
    throw notFound({ zh: '该设备未绑定', en: 'This device is not bound' });
  if (!releasesSlot && hasFile(device, now)) {
    await devices.remove(scope, [device], unit.session);
    await devices.add(scope, leave(device, now), unit.session);
    return { assignment, license, heldUntil: device.awayUntil ?? null };
  }
  const [unbound] = await releaseDevices(stores, scope, [assignment], gone, now, unit);
  return {
    assignment: unbound as Assignment,
    license: { ...license, boundDevices: license.boundDevices - gone.length },
    heldUntil: null,
  };
}
