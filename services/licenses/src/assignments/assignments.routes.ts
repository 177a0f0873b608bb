/** Answers the administrators' endpoints of assignments. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { Refusal } from '@membership/contracts/errors';
import type { Language } from '@membership/contracts/text';
import { implement, implementWrite, reply, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import { endOfMoment, startOfMoment } from '../tenant-day.ts';
import { assignLicense, assignLicenses, type AssignStores } from './assign-licenses.ts';
import type { AssignCommand } from './assigning.ts';
import type { Assignment, AssignmentType } from './assignment.ts';
import { detailView, receiptView, rowViews, type ViewStores } from './assignments.views.ts';
import { resumeAssignment, revokeAssignment, suspendAssignment } from './change-state.ts';

export const ASSIGNMENT_ORDERINGS = {
  assigned_at: 'assignedAt',
  activated_at: 'activatedAt',
  expires_at: 'expiresAt',
};

type WireDetails = {
  readonly assignment_type?: AssignmentType | undefined;
  readonly expires_days?: number | undefined;
  readonly assignment_reason?: string | undefined;
  readonly assignment_notes?: string | undefined;
  readonly max_concurrent_devices?: number | undefined;
};
type WireRow = WireDetails & { readonly member_id: number; readonly license_id: number };

const commandOf = (row: WireRow, common: WireDetails = {}): AssignCommand => ({
  memberId: row.member_id,
  licenseId: row.license_id,
  type: row.assignment_type ?? common.assignment_type ?? 'direct',
  expiresDays: row.expires_days ?? common.expires_days,
  reason: row.assignment_reason ?? common.assignment_reason ?? null,
  notes: row.assignment_notes ?? common.assignment_notes ?? null,
  maxConcurrentDevices: row.max_concurrent_devices ?? common.max_concurrent_devices,
});

function batchResult(result: Assignment | Refusal, row: WireRow, index: number, language: Language) {
  const head = { index, member_id: row.member_id, license_id: row.license_id };
  if (!(result instanceof Refusal)) return { ...head, status: 'success' as const, assignment_id: result._id };
  return {
    ...head,
    status: 'failed' as const,
    error: {
      code: result.code,
      message: result.sentence(language),
      details: { ...result.details(language) },
    },
  };
}

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
    implementWrite(contracts.batchAssign, async ({ scope, body, http, unit }) => {
      const commands = body.assignments.map((row) => commandOf(row, body.common_settings));
      const outcomes = await assignLicenses(stores, scope, commands, http.now, unit);
      const results = outcomes.map((outcome, index) =>
        batchResult(outcome, body.assignments[index] as WireRow, index, http.language),
      );
      const count = results.filter(({ status }) => status === 'success').length;
      return reply(
        { total: results.length, successful_count: count, failed_count: results.length - count, results },
        { params: { count } },
      );
    }),
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
