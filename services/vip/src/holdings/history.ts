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

/** The entry of a step. The clock's own steps start from what was written down, a person's from what he saw. */
export function entryOf(
  { before, after, action }: Step,
  { id, actor, reason }: { readonly id: number; readonly actor: string; readonly reason: string | null },
): HistoryEntry {
  const isClock = action === 'grace_started' || action === 'expired';
  return {
    _id: id,
    tenantId: after.tenantId,
    userTagId: after._id,
    memberId: after.memberId,
    sequence: after.sequence,
    action,
    statusBefore: before && (isClock ? before.status : statusAt(before, after.updatedAt)),
    statusAfter: after.status,
    expiresAtBefore: before?.expiresAt ?? null,
    expiresAtAfter: after.expiresAt,
    reason,
    actor,
    createdAt: after.updatedAt,
  };
}
