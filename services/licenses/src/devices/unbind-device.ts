import { notFound } from '@membership/contracts/errors';
import { deviceUnbound } from '@membership/contracts/events/licenses';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { statusAt, type Assignment } from '../assignments/assignment.ts';
import type { EndStores } from '../assignments/end-assignments.ts';
import type { License } from '../licenses/license.ts';
import { deviceFact } from './device.ts';

export type UnbindCommand = {
  readonly assignmentId: number;
  readonly memberId: number;
  readonly deviceId: string;
  readonly now: Date;
};

/**
 * Gives a device's slot back; also while suspended. Refuses what is not the member's, and a device that is not bound, which
 * those of an ended assignment are not (404).
 */
export async function unbindDevice(
  stores: EndStores,
  scope: TenantScope,
  { assignmentId, memberId, deviceId, now }: UnbindCommand,
  unit: UnitOfWork,
): Promise<{ assignment: Assignment; license: License }> {
  const { assignments, licenses, devices, tallies } = stores;
  const assignment = await assignments.getOwn(scope, assignmentId, memberId, unit.session);
  const license = (await licenses.byId(scope, [assignment.licenseId], unit.session)).get(
    assignment.licenseId,
  );
  const device = await devices.find(scope, assignmentId, deviceId, unit.session);
  const status = statusAt(assignment, license, now);
  if (!license || !device || status === 'revoked' || status === 'expired')
    throw notFound({ zh: '该设备未绑定', en: 'This device is not bound' });
  const unbound: Assignment = {
    ...assignment,
    boundDevices: assignment.boundDevices - 1,
    sequence: assignment.sequence + 1,
    updatedAt: now,
  };
  const freed: License = { ...license, boundDevices: license.boundDevices - 1 };
  await devices.remove(scope, [device], unit.session);
  await assignments.save(scope, [unbound], unit.session);
  await licenses.count(scope, license._id, { boundDevices: -1 }, unit.session);
  await tallies.record(scope, now, unit.session, (sheet, when) => sheet.add(unbound, { bound: -1 }, when));
  unit.announce(scope, deviceUnbound, {
    subject: assignmentId,
    sequence: unbound.sequence,
    data: deviceFact(device, freed.boundDevices),
  });
  return { assignment: unbound, license: freed };
}
