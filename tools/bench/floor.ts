// What a floor's loop is asked for, and what it answers.
export type FloorRun = {
  readonly milliseconds: number;
  readonly concurrency: number;
  /** All on one profile, instead of spread over many. */
  readonly hot?: boolean;
};
export type FloorResult = {
  readonly count: number;
  readonly milliseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};
