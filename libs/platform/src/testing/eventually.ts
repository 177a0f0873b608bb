/** Waiting for an outcome instead of for a number of milliseconds. */
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Runs `check` until it neither throws nor rejects, and resolves with what it returned. After `milliseconds` it rejects
 * with the last failure, so the message says what was still wrong.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { milliseconds = 30_000, every = 20 } = {},
): Promise<T> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await pause(every);
    }
  }
}
