/** Suspends, resumes and revokes an assignment. */
import { assignmentResumed, assignmentSuspended } from '@membership/contracts/events/licenses';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import {
  assignmentFact,
  requireAllows,
  resume,
  statusAt,
  suspend,
  withEnd,
  type Assignment,
} from '../domain/assignment.ts';
import { endAssignments, type EndStores } from './end-assignments.ts';

type Step = { readonly id: number; readonly reason: string | null; readonly now: Date };

/** Reads an assignment for a step. Refuses an unknown one (404) and a step that its state does not allow (409 INVALID_STATE). */
async function getFor(
  action: 'suspend' | 'resume' | 'revoke',
  { assignments, licenses }: EndStores,
  scope: TenantScope,
  { id, now }: Step,
  unit: UnitOfWork,
): Promise<Assignment> {
  const assignment = await assignments.get(scope, id, unit.session);
  const license = (await licenses.byId(scope, [assignment.licenseId], unit.session)).get(
    assignment.licenseId,
  );
  requireAllows(statusAt(assignment, license, now), action);
  return withEnd(assignment, license);
}

/** Suspends an assignment; its devices stay bound. Refusals: see getFor. */
export async function suspendAssignment(
  stores: EndStores,
  scope: TenantScope,
  step: Step,
  unit: UnitOfWork,
): Promise<Assignment> {
  const suspended = suspend(await getFor('suspend', stores, scope, step, unit), step);
  await stores.assignments.save(scope, [suspended], unit);
  unit.announce(scope, assignmentSuspended, {
    subject: suspended._id,
    sequence: suspended.sequence,
    data: assignmentFact(suspended, await stores.names.of(scope, suspended)),
  });
  return suspended;
}

/** Resumes a suspended assignment: back to what it was. Refusals: see getFor. */
export async function resumeAssignment(
  stores: EndStores,
  scope: TenantScope,
  step: Step,
  unit: UnitOfWork,
): Promise<Assignment> {
  const resumed = resume(await getFor('resume', stores, scope, step, unit), step);
  await stores.assignments.save(scope, [resumed], unit);
  unit.announce(scope, assignmentResumed, {
    subject: resumed._id,
    sequence: resumed.sequence,
    data: assignmentFact(resumed, await stores.names.of(scope, resumed)),
  });
  return resumed;
}

/** Revokes an assignment for good and unbinds its devices. Refusals: see getFor. */
export async function revokeAssignment(
  stores: EndStores,
  scope: TenantScope,
  step: Step,
  unit: UnitOfWork,
): Promise<Assignment> {
  const assignment = await getFor('revoke', stores, scope, step, unit);
  const [revoked] = await endAssignments(
    stores,
    scope,
    [assignment],
    { status: 'revoked', reason: step.reason, now: step.now },
    unit,
  );
  return revoked as Assignment;
}
