/** What is stored: the archive of every event, and what one generation of counting makes of it. */
import { Schema } from 'mongoose';
import type { Flow, LastActive, LevelFigure } from './figures.ts';
import type { State, Told } from './countable.ts';

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
/** `generation` tells countings apart: a rebuild counts into a new one while the old one serves. */
type OfGeneration = { tenantId: number; generation: number };
/** A thing as its newest events say (`sequence`, `state`, `told`), or of a member its live tags, or when it was last active. */
export type StoredRow = OfGeneration & {
  _id: string;
  sequence?: number;
  state?: State;
  told?: Told;
  liveTags?: number;
  lastActiveAt?: Date;
};
/** What happened in a quarter hour in a series: the whole tenant's flows, a breakdown of them, or when its members were last active. */
export type StoredBucket = OfGeneration & {
  _id: string;
  series: string;
  at: Date;
  flows: Partial<Record<Flow | LastActive, number>> | NestedSums;
};
/** Names with dots nest: `login.earned`. */
export type NestedSums = { readonly [name: string]: number | NestedSums };
/** All time, and how things are now. Standings nest: `licenses.active`. */
export type StoredTotals = OfGeneration & {
  _id: string;
  flows?: Partial<Record<Flow, number>>;
  standings?: {
    members?: number;
    membersActive?: number;
    outstanding?: number;
    activeVips?: number;
    /** By the id of the member level; `none` for those who were given none. */
    levels?: Record<string, Partial<Record<LevelFigure, number>>>;
    /** By the id of the user level. */
    userLevels?: Record<string, Partial<Record<LevelFigure, number>>>;
    licenses?: Record<string, number>;
    assignments?: Record<string, number>;
  };
};
/** A member's score on a board. One that is not above 0 is not on it, and is kept: more may come, in any order. */
export type StoredScore = OfGeneration & {
  _id: string;
  board: string;
  memberId: number;
  score: number;
  reachedAt: Date;
  expireAt?: Date;
};
type Bytes = Buffer | { readonly buffer: Uint8Array };
/** A board in segments (`board-segments.ts`); `edges` and `counts` are packed numbers. */
export type StoredBoard = OfGeneration & {
  _id: string;
  metric: string;
  window: string;
  period: string;
  members: number;
  edges: Bytes;
  counts: Bytes;
  expireAt?: Date;
};
/** A counting of the archive. `asOf` is the time of the newest event in it. */
export type Generation = {
  _id: number;
  /** Of a version that knew no positions: it serves until there is another. */
  isServing: boolean;
  asOf: Date | null;
  events: number;
  /** What is counted how: see COUNTING in `generations.ts`. Absent: 1. */
  counting?: number;
  /** Position of the last event in it; everything before is in it, too. */
  countedTo?: number;
  /** When it held the whole archive for the first time: it serves since. */
  wholeAt?: Date;
  /** When another one of the same counting took its place. */
  replacedAt?: Date;
  /** When a process of its counting was there last. */
  seenAt?: Date;
};

const loose = { strict: false, versionKey: false, id: false, minimize: false, _id: false } as const;
const tenantId = { type: Number, required: true } as const;

export const archiveSchema = new Schema(
  { _id: String, tenantId, type: String, time: Date, memberId: Number, position: Number, text: String },
  loose,
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
export const rowSchema = new Schema({ _id: String, tenantId, generation: Number }, loose);
export const bucketSchema = new Schema(
  { _id: String, tenantId, generation: Number, series: String, at: Date },
  loose,
).index({ tenantId: 1, generation: 1, series: 1, at: 1 }, { unique: true });
export const totalsSchema = new Schema({ _id: String, tenantId, generation: Number }, loose);
export const scoreSchema = new Schema(
  {
    _id: String,
    tenantId,
    generation: Number,
    board: String,
    memberId: Number,
    score: Number,
    reachedAt: Date,
  },
  loose,
)
  .index({ tenantId: 1, generation: 1, board: 1, score: -1, reachedAt: 1, memberId: 1 })
  .index({ expireAt: 1 }, { expireAfterSeconds: 0, sparse: true });
export const boardSchema = new Schema(
  { _id: String, tenantId, generation: Number, metric: String, window: String, period: String },
  loose,
)
  .index({ tenantId: 1, generation: 1, metric: 1, window: 1, period: -1 })
  .index({ expireAt: 1 }, { expireAfterSeconds: 0, sparse: true });
