/** The archive of every event, and its months. */
import { Schema } from 'mongoose';

/**
 * An event as it came. `text` is its JSON: an event's data may hold keys that a document cannot, and must be archived all
 * the same.
 */
export type ArchivedEvent = {
  _id: string;
  tenantId: number;
  type: string;
  time: Date;
  /** Whom it is about, where it is about a member. */
  memberId: number | null;
  /** Where it stands in the archive (`positions.ts`). Absent: a version before this one archived it, a moment ago. */
  position?: number;
  actor?: string;
  /** The event that caused it. */
  causeId?: string;
  text: string;
  /** Of one that told an erased member's names: it tells them no more. Of the erasure: it is over. */
  isErased?: true;
};

const tenantId = { type: Number, required: true } as const;

export const archiveSchema = new Schema(
  { _id: String, tenantId, type: String, time: Date, memberId: Number, position: Number, text: String },
  { strict: false, versionKey: false, id: false, minimize: false, _id: false },
)
  // Where a day begins and ends in the archive.
  .index({ tenantId: 1, time: -1, _id: -1 })
  .index({ position: 1 })
  .index({ tenantId: 1, position: 1 })
  .index({ tenantId: 1, type: 1, position: 1 })
  .index({ tenantId: 1, memberId: 1, position: 1 })
  .index({ tenantId: 1, actor: 1, position: 1 })
  .index(
    { tenantId: 1, causeId: 1, position: 1 },
    { partialFilterExpression: { causeId: { $exists: true } } },
  )
  // Erasures that are not over yet, of all tenants.
  .index({ isErased: 1 }, { partialFilterExpression: { type: 'member.erased.v1' } });

/** Closed months. */
export const monthSchema = new Schema(
  { _id: String, after: String },
  { strict: false, versionKey: false, id: false, _id: false },
).index({ after: 1 }, { unique: true });
