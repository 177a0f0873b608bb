import type { JobContext } from '@membership/platform/job';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { statusAt } from '../domain/assignment.ts';
import type { EndStores } from '../assignments/end-assignments.ts';
import type { PlanPolicies } from '../catalogue/plan-policies.ts';
import { leaseEnd, type Device } from '../domain/device.ts';
import { releaseDevices } from './release-devices.ts';

type LeaseStores = EndStores & { readonly policies: PlanPolicies; readonly transactions: Transactions };
const BATCH = 200;

/**
 * Frees the slots of devices that were not heard from for the lease of their plan, as it is now, and of those that left and
 * whose licence file has ended. A suspended assignment keeps its devices, since it refuses their heartbeats: their lease goes on.
 * One batch; returns how many it dealt with. One that fails keeps its slot until the next run.
 */
export async function releaseLapsed(
  stores: LeaseStores,
  { run, signal, failures }: JobContext<string>,
  now: Date,
): Promise<number> {
  const lapsed = await stores.devices.findLapsed(now, BATCH, failures);
  for (const [tenantId, rows] of Map.groupBy(lapsed, (row) => row.tenantId)) {
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await failures.attemptTogether(
      rows.map(({ _id }) => _id),
      { signal, about: (deviceKey) => ({ tenantId, deviceKey }) },
      (ids) => stores.transactions.run((unit) => releaseOf(stores, scope, ids, now, unit)),
    );
  }
  return lapsed.length;
}

async function releaseOf(
  stores: LeaseStores,
  scope: TenantScope,
  ids: readonly string[],
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const { assignments, devices, policies } = stores;
  const found = await devices.findStillLapsed(scope, ids, now, unit.session);
  const assignmentById = await assignments.byId(
    scope,
    found.map(({ assignmentId }) => assignmentId),
    unit.session,
  );
  const silent: Device[] = [];
  for (const device of found) {
    const assignment = assignmentById.get(device.assignmentId);
    // What has ended is the expiry job's: it unbinds all devices at once.
    const isSuspended = assignment !== undefined && statusAt(assignment, undefined, now) === 'suspended';
    const policy = await policies.of(scope, assignment?.planId ?? 0);
    const end = device.leftAt
      ? (device.awayUntil ?? null)
      : leaseEnd(policy, isSuspended ? now : device.lastSeenAt, device);
    if (end === null || end > now) await devices.extendLease(scope, device, end, unit.session);
    else silent.push(device);
  }
  const held = [...assignmentById.values()].filter(({ _id }) =>
    silent.some(({ assignmentId }) => assignmentId === _id),
  );
  if (held.length > 0) await releaseDevices(stores, scope, held, silent, now, unit);
}
