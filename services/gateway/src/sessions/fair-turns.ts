/**
 * Work that takes the processor, `width` at a time, and in turn: each key (a tenant) has a line of its own, and whoever is next
 * comes from the line that was served the longest ago. However much one key asks for, another waits for one piece of it.
 */
export type FairTurnsOptions = {
  readonly width: number;
  /** Pieces of one key, and of all, that may wait. */
  readonly perKey: number;
  readonly inAll: number;
  /** The refusal of what would wait behind too much. */
  readonly refuse: (why: 'key' | 'all') => Error;
};

export class FairTurns {
  readonly #options: FairTurnsOptions;
  #free: number;
  #waiting = 0;
  /** In the order in which the keys are served: one that was, goes to the end. */
  readonly #lines = new Map<string, (() => void)[]>();

  constructor(options: FairTurnsOptions) {
    this.#options = options;
    this.#free = options.width;
  }

  async pass<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#wait(key);
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #wait(key: string): Promise<void> {
    const { perKey, inAll, refuse } = this.#options;
    const line = this.#lines.get(key) ?? [];
    if (line.length >= perKey) throw refuse('key');
    if (this.#waiting >= inAll) throw refuse('all');
    this.#lines.set(key, line);
    this.#waiting++;
    return new Promise((go) => line.push(go));
  }

  #next(): void {
    const [first] = this.#lines;
    if (!first) {
      this.#free++;
      return;
    }
    const [key, line] = first;
    const go = line.shift();
    this.#lines.delete(key);
    if (line.length > 0) this.#lines.set(key, line);
    this.#waiting--;
    go?.();
  }
}
