/** What is stored of leaderboards: scores, and the boards in segments. */
import { Schema } from 'mongoose';

type OfGeneration = { tenantId: number; generation: number };
/** A member's score on a board. One that is not above 0 is not on it, and is kept: more may come, in any order. */
export type StoredScore = OfGeneration & {
  _id: string;
  board: string;
  memberId: number;
  score: number;
  reachedAt: Date;
  /** Of a balance: of the event that told it. */
  sequence?: number;
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

const loose = { strict: false, versionKey: false, id: false, minimize: false, _id: false } as const;
const tenantId = { type: Number, required: true } as const;

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
