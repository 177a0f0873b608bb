import { Refusal } from '@membership/contracts/errors';
import { assignmentCreated } from '@membership/contracts/events/licenses';
import type { Directory } from '@membership/platform/directory';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CatalogueRepository } from '../catalogue/catalogue-repository.ts';
import type { Plan } from '../domain/product.ts';
import { assignmentFact, type Assignment } from '../domain/assignment.ts';
import { decideAssignments, type AssignCommand } from '../domain/assigning.ts';
import { endAssignments, type EndStores } from './end-assignments.ts';

export type AssignStores = EndStores & {
  readonly plans: CatalogueRepository<Plan>;
  readonly directory: Directory;
  readonly ids: Ids;
};

/** Assigns a licence to a member. Refusals: see decideAssignments. */
export async function assignLicense(
  stores: AssignStores,
  scope: TenantScope,
  command: AssignCommand,
  now: Date,
  unit: UnitOfWork,
): Promise<Assignment> {
  const [result] = await assignLicenses(stores, scope, [command], now, unit);
  if (result instanceof Refusal) throw result;
  return result as Assignment;
}

/** Assigns licences, one result a command; a refused one does not undo the others. */
export async function assignLicenses(
  stores: AssignStores,
  scope: TenantScope,
  commands: readonly AssignCommand[],
  now: Date,
  unit: UnitOfWork,
): Promise<readonly (Assignment | Refusal)[]> {
  const { assignments, licenses, plans, names, ids, tallies } = stores;
  const memberIds = commands.map(({ memberId }) => memberId);
  const licenseIds = commands.map(({ licenseId }) => licenseId);
  const members = await stores.directory.findMembers(scope, memberIds, unit);
  const fresh = await ids.take('assignments', commands.length);
  const licenseById = await licenses.byId(scope, licenseIds, unit.session);
  const planById = await plans.byId(
    scope,
    [...licenseById.values()].map(({ planId }) => planId),
  );
  const held = await assignments.findHeld(scope, memberIds, licenseIds, unit.session);
  const { results, assigned, overdue } = decideAssignments(commands, fresh, {
    tenantId: scope.tenantId,
    members,
    licenses: licenseById,
    plans: planById,
    held,
    now,
  });
  await endAssignments(stores, scope, overdue, { status: 'expired', reason: null, now }, unit);
  await assignments.add(scope, assigned, unit);
  for (const [licenseId, added] of Map.groupBy(assigned, (assignment) => assignment.licenseId))
    await licenses.count(scope, licenseId, { openAssignments: added.length }, unit.session);
  await tallies.record(scope, now, unit.session, (sheet, when) => {
    for (const assignment of assigned) sheet.add(assignment, { assigned: 1, open: 1 }, when);
  });
  for (const assignment of assigned)
    unit.announce(scope, assignmentCreated, {
      subject: assignment._id,
      sequence: assignment.sequence,
      data: assignmentFact(assignment, await names.of(scope, assignment)),
    });
  return results;
}
