/** Answers the administrators' endpoints of assignments. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import { endOfMoment, startOfMoment } from '@membership/platform/tenant-moment';
import { assignLicense, type AssignStores } from './assign-licenses.ts';
import { commandOf } from '../domain/batch.ts';
import { detailView, receiptView, rowViews, type ViewStores } from './assignments.views.ts';
import { resumeAssignment, revokeAssignment, suspendAssignment } from './change-state.ts';

export const ASSIGNMENT_ORDERINGS = {
  assigned_at: 'assignedAt',
  activated_at: 'activatedAt',
  expires_at: 'expiresAt',
};

export function assignmentRoutes(stores: AssignStores & ViewStores): Implementation[] {
  const { assignments, directory } = stores;
  return [
    implement(contracts.listAssignments, async ({ scope, query, http }) => {
      const { member_id: memberId, license_id: licenseId, status, page, page_size: size } = query;
      const expiresBefore = await endOfMoment(directory, scope, query.expires_before);
      const assignedAfter = await startOfMoment(directory, scope, query.assigned_after);
      const filter = { memberId, licenseId, status, expiresBefore, assignedAfter };
      const found = await assignments.list(
        scope,
        filter,
        http.now,
        sortOf(query.ordering, ASSIGNMENT_ORDERINGS),
        { page, size },
      );
      return { ...found, items: await rowViews(stores, scope, found.items, http.now) };
    }),
    implementWrite(contracts.createAssignment, async ({ scope, body, http, unit }) =>
      receiptView(await assignLicense(stores, scope, commandOf(body), http.now, unit)),
    ),
    implement(contracts.getAssignment, async ({ scope, params, http }) =>
      detailView(stores, scope, await assignments.get(scope, params.id), http.now),
    ),
    implementWrite(contracts.suspendAssignment, async ({ scope, params, body, http, unit }) =>
      receiptView(
        await suspendAssignment(
          stores,
          scope,
          { id: params.id, reason: body.reason ?? null, now: http.now },
          unit,
        ),
      ),
    ),
    implementWrite(contracts.resumeAssignment, async ({ scope, params, body, http, unit }) =>
      receiptView(
        await resumeAssignment(
          stores,
          scope,
          { id: params.id, reason: body.reason ?? null, now: http.now },
          unit,
        ),
      ),
    ),
    implementWrite(contracts.revokeAssignment, async ({ scope, params, body, http, unit }) =>
      receiptView(
        await revokeAssignment(
          stores,
          scope,
          { id: params.id, reason: body.reason ?? null, now: http.now },
          unit,
        ),
      ),
    ),
  ];
}
