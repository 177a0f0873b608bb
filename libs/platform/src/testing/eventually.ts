/** Waiting for an outcome instead of for a number of milliseconds. */
import { setTimeout as pause } from 'node:timers/promises';

const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 100;
/** The longer something takes, the less often it is looked for: each look takes from what is waited for. */
const pauseAfter = (waited: number): number => Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, waited / 10));

/**
 * Runs `check` until it neither throws nor rejects, and resolves with what it returned. After `milliseconds` it rejects
 * with the last failure, so the message says what was still wrong. `every` is for what is there for a moment only.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { milliseconds = 30_000, every }: { milliseconds?: number; every?: number } = {},
): Promise<T> {
  const began = performance.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      const waited = performance.now() - began;
      if (waited >= milliseconds) throw error;
      await pause(every ?? pauseAfter(waited));
    }
  }
}
