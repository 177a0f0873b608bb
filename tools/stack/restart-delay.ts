// How long to wait before a crashed service is started again.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
/** A service that lived this long before it crashed is not in a crash loop. */
const STEADY_MS = 60_000;

/** Counts a service's crashes; the wait doubles while it keeps crashing. */
export function createRestartDelay(): (livedMs: number) => number {
  let next = FIRST_MS;
  return (livedMs) => {
    if (livedMs >= STEADY_MS) next = FIRST_MS;
    const wait = next;
    next = Math.min(next * 2, LONGEST_MS);
    return wait;
  };
}
