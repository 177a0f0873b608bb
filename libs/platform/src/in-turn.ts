/**
 * Work on one thing runs one after the other in this process. What many write at once (the stock of an item, the places of an
 * activity) is decided by their transactions, whichever process they run in; but where all of them meet on one document,
 * each commit makes all the others begin anew. In turn, none has to.
 */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs work once all that was asked for before under this key has ended, well or not. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = before ? before.then(work) : work();
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, ended);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    }
  }

  /** Keys under which something runs or waits. */
  get size(): number {
    return this.#last.size;
  }
}
