/** What is stored: the archive of every event, and what one generation of counting makes of it. */
import { Schema } from 'mongoose';
import type { Flow } from './figures.ts';
import type { State } from './countable.ts';

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
  text: string;
};
/** `generation` tells countings apart: a rebuild counts into a new one while the old one serves. */
type OfGeneration = { tenantId: number; generation: number };
/** A thing as its newest event says (`sequence`, `state`), or a member with the number of its live tags. */
export type StoredRow = OfGeneration & { _id: string; sequence?: number; state?: State; liveTags?: number };
/** What happened in a quarter hour; `series` leaves room for parts of the whole (a category, an application). */
export type StoredBucket = OfGeneration & {
  _id: string;
  series: string;
  at: Date;
  flows: Partial<Record<Flow, number>>;
};
/** All time, and how things are now. Standings nest: `licenses.active`. */
export type StoredTotals = OfGeneration & {
  _id: string;
  flows?: Partial<Record<Flow, number>>;
  standings?: {
    members?: number;
    membersActive?: number;
    outstanding?: number;
    activeVips?: number;
    licenses?: Record<string, number>;
    assignments?: Record<string, number>;
  };
};
/** A counting of the log. `asOf` is the time of the newest event in it. */
export type Generation = { _id: number; isServing: boolean; asOf: Date | null; events: number };

const loose = { strict: false, versionKey: false, id: false, minimize: false, _id: false } as const;
const tenantId = { type: Number, required: true } as const;

export const archiveSchema = new Schema(
  { _id: String, tenantId, type: String, time: Date, memberId: Number, text: String },
  loose,
)
  .index({ tenantId: 1, time: -1, _id: -1 })
  .index({ tenantId: 1, type: 1, time: -1, _id: -1 })
  .index({ tenantId: 1, memberId: 1, time: -1, _id: -1 });
export const rowSchema = new Schema({ _id: String, tenantId, generation: Number }, loose);
export const bucketSchema = new Schema(
  { _id: String, tenantId, generation: Number, series: String, at: Date },
  loose,
).index({ tenantId: 1, generation: 1, series: 1, at: 1 }, { unique: true });
export const totalsSchema = new Schema({ _id: String, tenantId, generation: Number }, loose);
