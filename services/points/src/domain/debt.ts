/** What reversals could not take back: it is taken from what comes in next. Pure. */
import type { PointType } from './record.ts';

/** The part of a reversal that is still to be taken. */
export type Debt = {
  /** The record that was reversed. */
  readonly recordId: number;
  readonly type: PointType;
  readonly category: string;
  readonly subcategory: string | null;
  readonly points: number;
  /** When the reversed record was made: the day that the reversal counts on. */
  readonly recordedAt: Date;
  /** Whether the points had come from another member. */
  readonly isReceived?: boolean;
};

/** What reversals have left to be taken. */
export const owedBy = ({ debts = [] }: { readonly debts?: readonly Debt[] }): number =>
  debts.reduce((sum, { points }) => sum + points, 0);
