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

/**
 * The work's result, or a rejection with what `late` makes at that moment (on the clock of `performance.now()`), whatever the
 * work does; it goes on where `late` makes nothing.
 */
export function until<T>(deadline: number, work: T | Promise<T>, late: () => Error | undefined): Promise<T> {
  if (!(work instanceof Promise)) return Promise.resolve(work);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        const error = late();
        if (error) reject(error);
      },
      Math.max(0, deadline - performance.now()),
    );
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error as Error);
      },
    );
  });
}
