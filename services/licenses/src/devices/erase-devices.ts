/** What tells whose a device is goes when its member is erased; the slot that it takes, and its usage, stay. */
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';

export async function eraseDevices(
  { assignments, devices }: Pick<Models, 'assignments' | 'devices'>,
  scope: TenantScope,
  memberId: number,
  { session }: UnitOfWork,
): Promise<void> {
  const own = await assignments.find(scope, { memberId }, { session, projection: { _id: 1 } });
  const unnamed = { deviceName: null, hardwareFingerprint: null, osName: null, osVersion: null };
  const isNamed = Object.keys(unnamed).map((name) => ({ [name]: { $ne: null } }));
  await devices.updateAll(
    scope,
    { assignmentId: { $in: own.map(({ _id }) => _id) }, $or: isNamed },
    { $set: unnamed },
    { session },
  );
}
