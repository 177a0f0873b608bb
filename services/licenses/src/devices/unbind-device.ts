import { notFound } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { statusAt, type Assignment } from '../assignments/assignment.ts';
import type { EndStores } from '../assignments/end-assignments.ts';
import type { License } from '../licenses/license.ts';
import { releaseDevices } from './release-devices.ts';

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
  const { assignments, licenses, devices } = stores;
  const assignment = await assignments.getOwn(scope, assignmentId, memberId, unit.session);
  const license = (await licenses.byId(scope, [assignment.licenseId], unit.session)).get(
    assignment.licenseId,
  );
  const device = await devices.find(scope, assignmentId, deviceId, unit.session);
  const status = statusAt(assignment, license, now);
  if (!license || !device || status === 'revoked' || status === 'expired')
    throw notFound({ zh: '该设备未绑定', en: 'This device is not bound' });
  const [unbound] = await releaseDevices(stores, scope, [assignment], [device], now, unit);
  return {
    assignment: unbound as Assignment,
    license: { ...license, boundDevices: license.boundDevices - 1 },
  };
}
