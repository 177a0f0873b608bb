/**
 * How many events of a part share a transaction: as many as are counted in some seconds, on the machine as it is now. A
 * number that suits a quiet one can take a busy one longer than MongoDB lets a transaction live
 * (`transactionLifetimeLimitSeconds`). Pure.
 */

/** How large a batch may be, and how long one takes in milliseconds that may grow; one that takes twice as long shrinks. */
type Bounds = { readonly most: number; readonly quick: number };
/** Of what serves: who asks waits for all of them. */
export const SERVED: Bounds = { most: 1_000, quick: 1_000 };
/** Of what is made anew, for which nobody waits: a member of whom more is told is written once for more of it. */
export const MADE: Bounds = { most: 10_000, quick: 2_500 };
const FIRST = 250;

export class BatchSize {
  readonly #bounds: Bounds;
  #value = FIRST;

  constructor(bounds = SERVED) {
    this.#bounds = bounds;
  }

  get value(): number {
    return this.#value;
  }

  /** So many were counted in so many milliseconds. It grows slowly, where there were as many as it allows. */
  counted(events: number, milliseconds: number): void {
    const { most, quick } = this.#bounds;
    if (milliseconds > 2 * quick) this.#shrinkTo((events * quick) / milliseconds);
    else if (milliseconds < quick && events >= this.#value)
      this.#value = Math.min(most, this.#value + Math.ceil(this.#value / 4));
  }

  /** They could not be counted; after so many milliseconds that was known. Down to the one that is the reason, if one is. */
  failed(milliseconds: number): void {
    this.#shrinkTo(this.#value * Math.min(1 / 2, this.#bounds.quick / milliseconds));
  }

  /** A machine that stood still for a moment says little: no further than to a quarter at once. */
  #shrinkTo(size: number): void {
    this.#value = Math.max(1, Math.floor(Math.max(size, this.#value / 4)));
  }
}
