import { deviceUnbound } from '@membership/contracts/events/licenses';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Assignment } from '../domain/assignment.ts';
import type { EndStores } from '../assignments/end-assignments.ts';
import { deviceFact, type Device } from '../domain/device.ts';

/** Gives the slots of devices back; their assignments stay as they are. Each device has a fact of its own. */
export async function releaseDevices(
  { assignments, licenses, devices, tallies }: EndStores,
  scope: TenantScope,
  held: readonly Assignment[],
  gone: readonly Device[],
  now: Date,
  unit: UnitOfWork,
): Promise<Assignment[]> {
  const licenseById = await licenses.byId(
    scope,
    held.map(({ licenseId }) => licenseId),
    unit.session,
  );
  const left = new Map([...licenseById.values()].map(({ _id, boundDevices }) => [_id, boundDevices]));
  const goneOf = Map.groupBy(gone, ({ assignmentId }) => assignmentId);
  const freed = held.map((assignment): Assignment => {
    let { sequence } = assignment;
    const own = goneOf.get(assignment._id) ?? [];
    for (const device of own) {
      const boundDevices = (left.get(assignment.licenseId) ?? 1) - 1;
      left.set(assignment.licenseId, boundDevices);
      unit.announce(scope, deviceUnbound, {
        subject: assignment._id,
        sequence: ++sequence,
        data: deviceFact(device, boundDevices),
      });
    }
    return { ...assignment, boundDevices: assignment.boundDevices - own.length, sequence, updatedAt: now };
  });
  await devices.remove(scope, gone, unit.session);
  await assignments.save(scope, freed, unit);
  for (const [licenseId, own] of Map.groupBy(gone, (device) => device.licenseId))
    await licenses.count(scope, licenseId, { boundDevices: -own.length }, unit.session);
  await tallies.record(scope, now, unit.session, (sheet, when) => {
    for (const assignment of freed)
      sheet.add(assignment, { bound: -(goneOf.get(assignment._id)?.length ?? 0) }, when);
  });
  return freed;
}
