/** What is stored of one generation of figures. */
import { Schema } from 'mongoose';
import type { Flow, LastActive, LevelFigure } from './figures.ts';
import type { State, Told } from './countable.ts';

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
/** How things are now of one tag, plan or application (`things.ts`). Sums nest: `assignments.active`. */
export type StoredGroup = OfGeneration & { _id: string; of: string; subject: number; sums?: NestedSums };
const loose = { strict: false, versionKey: false, id: false, minimize: false, _id: false } as const;
const tenantId = { type: Number, required: true } as const;

export const rowSchema = new Schema({ _id: String, tenantId, generation: Number }, loose);
export const bucketSchema = new Schema(
  { _id: String, tenantId, generation: Number, series: String, at: Date },
  loose,
).index({ tenantId: 1, generation: 1, series: 1, at: 1 }, { unique: true });
export const totalsSchema = new Schema({ _id: String, tenantId, generation: Number }, loose);
export const groupSchema = new Schema(
  { _id: String, tenantId, generation: Number, of: String, subject: Number },
  loose,
).index({ tenantId: 1, generation: 1, of: 1, subject: 1 }, { unique: true });
