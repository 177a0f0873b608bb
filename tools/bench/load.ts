// What the load generator is asked for, and what it answers.
/** Stands for a number of as many digits, so that the length of a request does not change. */
export const NUMBERED = '##########';

export type Call = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text in it that holds NUMBERED gets another number in its place in each request. */
  readonly body?: unknown;
  /** A text that the answer must hold; one without it counts as failed. */
  readonly expects?: string;
};
export type Load = {
  readonly port: number;
  /** Sent in turn, over and over. */
  readonly calls: readonly Call[];
  readonly connections: number;
  /** Ends after this time, or after `count` answers, whichever comes first. */
  readonly milliseconds: number;
  readonly count?: number;
  /** Requests a second at an even pace; without it each connection asks again as soon as it is answered. */
  readonly perSecond?: number;
};
export type LoadResult = {
  /** Answers with a status below 300 that hold what was expected. */
  readonly count: number;
  readonly failures: number;
  readonly firstFailure: string | null;
  readonly milliseconds: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of one core, by the generator itself: near 1 it measures itself. */
  readonly generatorLoad: number;
};
