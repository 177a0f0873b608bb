/** What failed in a run over due work: left out of its later batches, so that it stands before nobody, and due for the next run. */
import type { Logger } from './log.ts';

/** When so many fail, it is not the items. */
const MOST = 1_000;

export class Failures<Id extends number | string = number> {
  readonly #logger: Logger;
  readonly #run: string;
  readonly #ids = new Set<Id>();

  constructor(logger: Logger, run: string) {
    this.#logger = logger;
    this.#run = run;
  }

  get count(): number {
    return this.#ids.size;
  }

  /** Whether the run had better end. */
  get areTooMany(): boolean {
    return this.count >= MOST;
  }

  /** Narrows the query of the next batch to what has not failed. */
  get others(): { _id?: { $nin: Id[] } } {
    return this.count === 0 ? {} : { _id: { $nin: [...this.#ids] } };
  }

  /** Does something for one item. What goes wrong is logged, not thrown. */
  async attempt(
    id: Id,
    about: Readonly<Record<string, unknown>>,
    work: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#ids.add(id);
      this.#logger.error(
        { err: error, ...about, run: this.#run },
        'what was due failed; the next run tries it again',
      );
    }
  }

  /** Does something for many at once. When that goes wrong, for each alone, so that it fails only for those it fails for. */
  async attemptTogether(
    ids: readonly Id[],
    { signal, about }: { signal: AbortSignal; about: (id: Id) => Readonly<Record<string, unknown>> },
    work: (ids: readonly Id[]) => Promise<unknown>,
  ): Promise<void> {
    if (ids.length > 1)
      try {
        await work(ids);
        return;
      } catch (error) {
        this.#logger.warn(
          { err: error, items: ids.length, run: this.#run },
          'what was due failed together; each is tried alone',
        );
      }
    for (const id of ids) {
      if (signal.aborted) return;
      await this.attempt(id, about(id), () => work([id]));
    }
  }
}
