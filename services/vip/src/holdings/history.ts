/** What happened to a holding, one entry a step. Pure. */
import { statusAt, type Action, type Status, type Step } from './user-tag.ts';

export type HistoryEntry = {
  readonly _id: number;
  readonly tenantId: number;
  readonly userTagId: number;
  readonly memberId: number;
  /** That of the fact which tells the same. */
  readonly sequence: number;
  readonly action: Action;
  readonly statusBefore: Status | null;
  readonly statusAfter: Status;
  readonly expiresAtBefore: Date | null;
  readonly expiresAtAfter: Date | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly createdAt: Date;
};

const AS_WRITTEN: ReadonlySet<Action> = new Set([
  'grace_started',
  'expired',
  'auto_renew_on',
  'auto_renew_off',
]);

/** The entry of a step. The clock's own steps, and those that change no status, start from what was written down, the others from what one saw. */
export function entryOf(
  { before, after, action }: Step,
  { id, actor, reason }: { readonly id: number; readonly actor: string; readonly reason: string | null },
): HistoryEntry {
  const isAsWritten = AS_WRITTEN.has(action);
  return {
    _id: id,
    tenantId: after.tenantId,
    userTagId: after._id,
    memberId: after.memberId,
    sequence: after.sequence,
    action,
    statusBefore: before && (isAsWritten ? before.status : statusAt(before, after.updatedAt)),
    statusAfter: after.status,
    expiresAtBefore: before?.expiresAt ?? null,
    expiresAtAfter: after.expiresAt,
    reason,
    actor,
    createdAt: after.updatedAt,
  };
}
