/**
 * Proves that the slots are right, for every licence, while the service runs (one snapshot): the counters of licences and
 * assignments equal the devices that are bound, none passes `max_activations`, what has ended holds nothing, or is being unbound, no
 * assignment outlives its licence, and who left keeps a slot no longer than its licence file lasts.
 */
import type { Connection, mongo } from 'mongoose';
import type { Assignment } from './domain/assignment.ts';
import { leftKey, type Device } from './domain/device.ts';
import type { License } from './domain/license.ts';
import { endText } from './term.ts';

export type SlotReport = {
  readonly licenses: number;
  readonly assignments: number;
  readonly devices: number;
  readonly problems: readonly string[];
};

/** Milliseconds in which what an assignment with very many devices leaves behind at its end is unbound, a batch at least. */
const UNBINDING_AT_MOST = 3_600_000;

type Tally = { bound: number; open: number; lastEnd: Date };
const tallyOf = (tallies: Map<number, Tally>, id: number): Tally => {
  let tally = tallies.get(id);
  if (!tally) tallies.set(id, (tally = { bound: 0, open: 0, lastEnd: new Date(0) }));
  return tally;
};

/** Checks every licence, or those of one tenant. `problems` is empty when all is well. */
export async function verifySlots(
  connection: Connection,
  { tenantId }: { tenantId?: number } = {},
): Promise<SlotReport> {
  const session = connection.getClient().startSession({ snapshot: true });
  const filter = tenantId === undefined ? {} : { tenantId };
  const all = <T extends mongo.Document>(name: string) =>
    connection.collection<T>(name).find(filter as mongo.Filter<T>, { session });
  const now = new Date();
  const problems: string[] = [];
  const ofLicense = new Map<number, Tally>();
  const ofAssignment = new Map<number, Tally>();
  const counted = { licenses: 0, assignments: 0, devices: 0 };
  try {
    for await (const device of all<Device>('devices')) {
      counted.devices++;
      tallyOf(ofLicense, device.licenseId).bound++;
      tallyOf(ofAssignment, device.assignmentId).bound++;
      const isLeft = Boolean(device.leftAt);
      if (isLeft !== (device._id === leftKey(device.tenantId, device.assignmentId, device)))
        problems.push(`device ${device._id} stands under a key that does not say whether it left`);
      if (isLeft && !(device.awayUntil && device.leaseUntil))
        problems.push(`device ${device._id} left and keeps its slot without an end`);
    }
    for await (const assignment of all<Assignment>('assignments')) {
      counted.assignments++;
      const { bound } = tallyOf(ofAssignment, assignment._id);
      const name = `assignment ${assignment._id} of tenant ${assignment.tenantId}`;
      if (assignment.isOpen) {
        const tally = tallyOf(ofLicense, assignment.licenseId);
        tally.open++;
        if (assignment.expiresAt > tally.lastEnd) tally.lastEnd = assignment.expiresAt;
      }
      // More devices than a transaction unbinds are unbound by a job, which goes on from where it was stopped.
      const isUnbinding = now.getTime() - assignment.updatedAt.getTime() < UNBINDING_AT_MOST;
      if (!assignment.isOpen && bound > 0 && !isUnbinding)
        problems.push(`${name} is ${assignment.status} and has ${bound} devices`);
      if (assignment.boundDevices !== bound)
        problems.push(`${name} counts ${assignment.boundDevices} devices; ${bound} are bound`);
      if (bound > 0 && assignment.activatedAt === null)
        problems.push(`${name} has devices and was never activated`);
      ofAssignment.delete(assignment._id);
    }
    for (const [id, { bound }] of ofAssignment)
      if (bound > 0) problems.push(`${bound} devices are bound to assignment ${id}, which is not there`);
    for await (const license of all<License>('licenses')) {
      counted.licenses++;
      const { bound, open, lastEnd } = tallyOf(ofLicense, license._id);
      const name = `licence ${license._id} of tenant ${license.tenantId}`;
      if (license.boundDevices !== bound)
        problems.push(`${name} counts ${license.boundDevices} devices; ${bound} are bound`);
      if (bound > license.maxActivations)
        problems.push(`${name} allows ${license.maxActivations} devices; ${bound} are bound`);
      if (license.openAssignments !== open)
        problems.push(`${name} counts ${license.openAssignments} open assignments; ${open} are open`);
      const isAlive = license.status === 'active' && license.expiresAt > now && !license.endsMoveSince;
      if (isAlive && lastEnd > license.expiresAt)
        problems.push(`${name} ends ${endText(license.expiresAt)}; an assignment of it would go on`);
      ofLicense.delete(license._id);
    }
    for (const [id, { bound, open }] of ofLicense)
      if (bound + open > 0)
        problems.push(`licence ${id} is not there and has ${bound} devices, ${open} open assignments`);
  } finally {
    await session.endSession();
  }
  return { ...counted, problems };
}
