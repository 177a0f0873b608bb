/**
 * How many events of a part share a transaction: as many as are counted in a second or two, on the machine as it is now. A
 * number that suits a quiet one can take a busy one longer than MongoDB lets a transaction live
 * (`transactionLifetimeLimitSeconds`). Pure.
 */

/** Events of what serves at most: they touch each document once, and who asks waits for all of them. */
export const MOST = 1_000;
/** The same of what is made anew, for which nobody waits: members of whom more is told are written once for more of it. */
export const MOST_MADE = 2_000;
const FIRST = 250;
/** In milliseconds: a batch that is quicker may grow, one that is slower shrinks. */
const QUICK = 1_000;
const SLOW = 2_000;

export class BatchSize {
  readonly #most: number;
  #value = FIRST;

  constructor(most = MOST) {
    this.#most = most;
  }

  get value(): number {
    return this.#value;
  }

  /** So many were counted in so many milliseconds. It grows slowly, where there were as many as it allows. */
  counted(events: number, milliseconds: number): void {
    if (milliseconds > SLOW) this.#shrinkTo((events * QUICK) / milliseconds);
    else if (milliseconds < QUICK && events >= this.#value)
      this.#value = Math.min(this.#most, this.#value + Math.ceil(this.#value / 4));
  }

  /** They could not be counted; after so many milliseconds that was known. Down to the one that is the reason, if one is. */
  failed(milliseconds: number): void {
    this.#shrinkTo(this.#value * Math.min(1 / 2, QUICK / milliseconds));
  }

  /** A machine that stood still for a moment says little: no further than to a quarter at once. */
  #shrinkTo(size: number): void {
    this.#value = Math.max(1, Math.floor(Math.max(size, this.#value / 4)));
  }
}
