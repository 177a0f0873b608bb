/** What is stored of liability: points by when they end, and by when they were earned. */
import { Schema } from 'mongoose';
import type { EarningSums, Rate } from './liability.ts';

/** A tenant's points, of one of these kinds; all sums are of moments that stand for all of their month. */
export type StoredLiability = {
  readonly _id: string;
  readonly tenantId: number;
  readonly generation: number;
} & (
  | { readonly by: 'end'; readonly at: Date | null; readonly sums?: { readonly points?: number } }
  | { readonly by: 'earning'; readonly at: Date; readonly sums?: Partial<EarningSums> }
  | { readonly by: 'all'; readonly sums?: { readonly moved?: number }; readonly rate?: Rate }
);
export const liabilitySchema = new Schema(
  { _id: String, tenantId: { type: Number, required: true }, generation: Number },
  { strict: false, versionKey: false, id: false, minimize: false, _id: false },
);
