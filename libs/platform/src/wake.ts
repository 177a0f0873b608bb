/** A sleep of one sleeper that can be cut short; being woken while awake is remembered, so no call is lost. */
export class Wake {
  #isRaised = false;
  #end: (() => void) | undefined;

  raise(): void {
    this.#isRaised = true;
    this.#end?.();
  }

  /** Resolves when raised (at once if that already happened) or after `milliseconds`. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#isRaised)
      await new Promise<void>((done) => {
        const timer = setTimeout(done, milliseconds);
        this.#end = () => {
          clearTimeout(timer);
          done();
        };
      });
    this.#end = undefined;
    this.#isRaised = false;
  }
}

/** Resolves after `milliseconds`, or as soon as the signal says that it is over. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) {
      done();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });

/** Milliseconds before attempt `attempt` (from 1): doubling up to `most`, with jitter. */
export function backoff(attempt: number, { first = 100, most = 5_000 } = {}): number {
  const base = Math.min(most, first * 2 ** Math.min(attempt - 1, 20));
  return Math.round(base * (0.8 + Math.random() * 0.4));
}
