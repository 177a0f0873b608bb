/**
 * Work that takes the processor, `width` at a time, and in turn: each key (a tenant) has a line of its own, and whoever is next
 * comes from the line that was served the longest ago. One place is kept free of any single key, so that however much one asks
 * for, another begins at once; only behind several that ask for much does it wait, for one piece of theirs.
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
  readonly #ofOneKey: number;
  #free: number;
  #waiting = 0;
  readonly #underway = new Map<string, number>();
  /** In the order in which the keys are served: one that was, goes to the end. */
  readonly #lines = new Map<string, (() => void)[]>();

  constructor(options: FairTurnsOptions) {
    this.#options = options;
    this.#ofOneKey = Math.max(1, options.width - 1);
    this.#free = options.width;
  }

  async pass<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#mayBegin(key)) this.#begin(key);
    else await this.#wait(key);
    try {
      return await work();
    } finally {
      this.#end(key);
    }
  }

  #mayBegin(key: string): boolean {
    return this.#free > 0 && (this.#underway.get(key) ?? 0) < this.#ofOneKey;
  }

  #begin(key: string): void {
    this.#free--;
    this.#underway.set(key, (this.#underway.get(key) ?? 0) + 1);
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

  #end(key: string): void {
    this.#free++;
    const left = (this.#underway.get(key) ?? 1) - 1;
    if (left === 0) this.#underway.delete(key);
    else this.#underway.set(key, left);
    this.#next();
  }

  #next(): void {
    for (const [key, line] of this.#lines) {
      if (!this.#mayBegin(key)) continue;
      const go = line.shift();
      this.#lines.delete(key);
      if (line.length > 0) this.#lines.set(key, line);
      this.#waiting--;
      this.#begin(key);
      go?.();
      return;
    }
  }
}
