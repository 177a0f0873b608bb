/** A deadline for work that has none of its own. */

/** What was waited for did not come in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * The work's result, or a rejection with `TooLate` after so many milliseconds, whatever the work does. Its signal ends
 * then, so that work which listens to it lets go of what it holds.
 */
export async function within<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  what: string,
): Promise<T> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => {
      const error = new TooLate(`${what} (${milliseconds} ms)`);
      failed(error);
      ending.abort(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(ending.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
