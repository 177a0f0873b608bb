/** Rows of a batch: from the wire to commands, and their results. */
import { Refusal } from '@membership/contracts/errors';
import type { ItemOf } from '@membership/contracts/endpoint';
import type * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Language } from '@membership/contracts/text';
import type { AssignCommand } from './assigning.ts';
import type { Assignment, AssignmentType } from './assignment.ts';

export type BatchResult = ItemOf<typeof contracts.batchAssign>['results'][number];
export type WireDetails = {
  readonly assignment_type?: AssignmentType | undefined;
  readonly expires_days?: number | undefined;
  readonly assignment_reason?: string | undefined;
  readonly assignment_notes?: string | undefined;
  readonly max_concurrent_devices?: number | undefined;
};
export type WireRow = WireDetails & { readonly member_id: number; readonly license_id: number };

export const commandOf = (row: WireRow, common: WireDetails = {}): AssignCommand => ({
  memberId: row.member_id,
  licenseId: row.license_id,
  type: row.assignment_type ?? common.assignment_type ?? 'direct',
  expiresDays: row.expires_days ?? common.expires_days,
  reason: row.assignment_reason ?? common.assignment_reason ?? null,
  notes: row.assignment_notes ?? common.assignment_notes ?? null,
  maxConcurrentDevices: row.max_concurrent_devices ?? common.max_concurrent_devices,
});

/** What became of a row, as a client sees it. */
export function batchResult(
  result: Assignment | Refusal,
  row: Pick<WireRow, 'member_id' | 'license_id'>,
  index: number,
  language: Language,
): BatchResult {
  const head = { index, member_id: row.member_id, license_id: row.license_id };
  if (!(result instanceof Refusal)) return { ...head, status: 'success', assignment_id: result._id };
  return {
    ...head,
    status: 'failed',
    error: {
      code: result.code,
      message: result.sentence(language),
      details: { ...result.details(language) },
    },
  };
}
