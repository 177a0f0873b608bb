import { assignmentExpired, assignmentRevoked, deviceUnbound } from '@membership/contracts/events/licenses';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CatalogueNames } from '../catalogue/catalogue-names.ts';
import { deviceFact, DEVICES_AT_ONCE } from '../domain/device.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import type { LicenseRepository } from '../storage/license-repository.ts';
import type { Tallies } from '../storage/tallies.ts';
import { assignmentFact, end, type Assignment } from '../domain/assignment.ts';
import type { AssignmentRepository } from '../storage/assignment-repository.ts';

export type EndStores = {
  readonly assignments: AssignmentRepository;
  readonly licenses: LicenseRepository;
  readonly devices: DeviceRepository;
  readonly names: CatalogueNames;
  readonly tallies: Tallies;
};
export type Ending = {
  readonly status: 'revoked' | 'expired';
  readonly reason: string | null;
  readonly now: Date;
};

/**
 * Ends open assignments for good and unbinds their devices: each device gives its slot back with a fact of its own. What they hold
 * beyond so many devices that a transaction bears is unbound by a job soon after (see `releaseEnded`).
 */
export async function endAssignments(
  { assignments, licenses, devices, names, tallies }: EndStores,
  scope: TenantScope,
  open: readonly Assignment[],
  { status, reason, now }: Ending,
  unit: UnitOfWork,
): Promise<Assignment[]> {
  if (open.length === 0) return [];
  const bound = await devices.findOf(
    scope,
    open.map(({ _id }) => _id),
    DEVICES_AT_ONCE,
    unit.session,
  );
  const isAll = bound.length < DEVICES_AT_ONCE;
  const licenseById = await licenses.byId(
    scope,
    open.map(({ licenseId }) => licenseId),
    unit.session,
  );
  const counts = new Map(
    [...licenseById.values()].map((license) => [
      license._id,
      { bound: license.boundDevices, freed: 0, ended: 0 },
    ]),
  );
  const devicesOf = Map.groupBy(bound, ({ assignmentId }) => assignmentId);
  const ended: Assignment[] = [];
  for (const assignment of open) {
    const count = counts.get(assignment.licenseId) ?? { bound: 0, freed: 0, ended: 0 };
    let { sequence } = assignment;
    const own = devicesOf.get(assignment._id) ?? [];
    for (const device of own) {
      count.freed++;
      unit.announce(scope, deviceUnbound, {
        subject: assignment._id,
        sequence: ++sequence,
        data: deviceFact(device, count.bound - count.freed),
      });
    }
    const stillBound = isAll ? 0 : assignment.boundDevices - own.length;
    const done = end({ ...assignment, sequence }, status, { now, reason, stillBound });
    count.ended++;
    ended.push(done);
    const fact = assignmentFact(done, await names.of(scope, done));
    unit.announce(scope, status === 'revoked' ? assignmentRevoked : assignmentExpired, {
      subject: done._id,
      sequence: done.sequence,
      data: fact,
    });
  }
  await devices.remove(scope, bound, unit.session);
  await assignments.save(scope, ended, unit);
  for (const [licenseId, { freed, ended: count }] of counts)
    await licenses.count(scope, licenseId, { boundDevices: -freed, openAssignments: -count }, unit.session);
  await tallies.record(scope, now, unit.session, (sheet, when) => {
    for (const assignment of open) {
      const freed = devicesOf.get(assignment._id)?.length ?? 0;
      sheet.add(assignment, { open: -1, bound: -freed }, when);
    }
  });
  return ended;
}
