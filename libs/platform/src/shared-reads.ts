/**
 * Reads by key that wait at the same moment share a question: one is under way, the next one gathers. A lone read waits for
 * nothing. A key is asked for after it was named, never joined to a question that had begun before: so whoever has written
 * something reads it.
 */
export type SharedReadsOptions<Key, Value> = {
  /** Reads keys, each at most once; one that is not in the answer is not there. */
  readonly ask: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>;
  /** Names a key, its tenant included. */
  readonly nameOf: (key: Key) => string;
  /** Keys of one question. */
  readonly maximum?: number;
};
type Waiting<Key, Value> = {
  readonly key: Key;
  readonly all: {
    readonly done: (value: Value | undefined) => void;
    readonly failed: (error: unknown) => void;
  }[];
};

export class SharedReads<Key, Value> {
  readonly #options: SharedReadsOptions<Key, Value>;
  readonly #gathering = new Map<string, Waiting<Key, Value>>();
  #isAsking = false;

  constructor(options: SharedReadsOptions<Key, Value>) {
    this.#options = options;
  }

  /** What stands under a key, or undefined. Rejects with what made its question fail. */
  get(key: Key): Promise<Value | undefined> {
    return new Promise((done, failed) => {
      const name = this.#options.nameOf(key);
      const waiting = this.#gathering.get(name);
      if (waiting) waiting.all.push({ done, failed });
      else this.#gathering.set(name, { key, all: [{ done, failed }] });
      if (!this.#isAsking) void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    // What was begun in the same turn comes along: a page's rows, requests that arrived in one piece.
    await Promise.resolve();
    while (this.#gathering.size > 0) await this.#askNext();
    this.#isAsking = false;
  }

  async #askNext(): Promise<void> {
    const { ask, maximum = 100 } = this.#options;
    const batch = [...this.#gathering].slice(0, maximum);
    for (const [name] of batch) this.#gathering.delete(name);
    try {
      const found = await ask(batch.map(([, { key }]) => key));
      for (const [name, { all }] of batch) for (const { done } of all) done(found.get(name));
    } catch (error) {
      for (const [, { all }] of batch) for (const { failed } of all) failed(error);
    }
  }
}
