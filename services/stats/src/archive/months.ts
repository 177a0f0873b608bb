/**
 * The archive by month. A month ends at a position, which is given to it once: who has counted up to there has counted it,
 * for nothing ever comes before a position. An event that is late belongs to the month in which it came.
 */

/** A month of UTC: it holds the events behind `from` up to `to`. One in which the service did not run is in the next one. */
export type ClosedMonth = {
  readonly _id: string;
  /** The month before it; null for the first, which holds everything before it. No two follow the same one. */
  readonly after: string | null;
  readonly from: number;
  readonly to: number;
  readonly closedAt: Date;
};

/** So long after its end a month is closed: nearly all that was told in it has come. */
const OPEN_MS = 24 * 3_600_000;

/** The newest month that is to be closed. */
export function monthBefore(now: Date): string {
  const open = new Date(now.getTime() - OPEN_MS);
  return new Date(Date.UTC(open.getUTCFullYear(), open.getUTCMonth(), 0)).toISOString().slice(0, 7);
}
