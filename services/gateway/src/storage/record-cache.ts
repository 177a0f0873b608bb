/**
 * Records as they were at most 800 ms ago, so that a change holds in every replica within a second. Keys that are asked
 * for together are read together; one that is in use is read again before it is too old, so that nobody waits for it:
 * such renewals gather for a while, because a question costs the same for one key and for fifty.
 */
export type RecordCacheOptions<Key, Record> = {
  /** Reads records; a key that is not in the answer is nobody's. */
  readonly load: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Record>>;
  readonly lifetime?: number;
  readonly renewAfter?: number;
  /** Milliseconds for which renewals gather. */
  readonly gather?: number;
  readonly maximum?: number;
  /** Keys of nobody that are kept: anybody can make them up, so there are few. */
  readonly maximumMissing?: number;
};
type Entry<Record> = { readonly record: Record | null; readonly readAt: number };
type Waiting<Record> = {
  readonly promise: Promise<Entry<Record>>;
  done(entry: Entry<Record>): void;
  failed(error: unknown): void;
};

export class RecordCache<Key, Record> {
  readonly #load: RecordCacheOptions<Key, Record>['load'];
  readonly #lifetime: number;
  readonly #renewAfter: number;
  readonly #gather: number;
  readonly #maximum: number;
  readonly #maximumMissing: number;
  readonly #entries = new Map<Key, Entry<Record>>();
  readonly #missing = new Map<Key, Entry<Record>>();
  readonly #waiting = new Map<Key, Waiting<Record>>();
  /** Keys of the next read, those of `#waiting` that are not being read yet. */
  #queued: Key[] = [];
  #isAtOnce = false;
  #gathering: NodeJS.Timeout | undefined;

  constructor({
    load,
    lifetime = 800,
    renewAfter = 400,
    gather = 200,
    maximum = 20_000,
    maximumMissing = 500,
  }: RecordCacheOptions<Key, Record>) {
    this.#load = load;
    this.#lifetime = lifetime;
    this.#renewAfter = renewAfter;
    this.#gather = gather;
    this.#maximum = maximum;
    this.#maximumMissing = maximumMissing;
  }

  /** The record if a recent one is at hand (null: there is none such), else undefined. */
  peek(key: Key): Record | null | undefined {
    const entry = this.#entries.get(key) ?? this.#missing.get(key);
    if (!entry) return undefined;
    const age = performance.now() - entry.readAt;
    if (age >= this.#lifetime) return undefined;
    if (age >= this.#renewAfter) this.#renew(key);
    return entry.record;
  }

  /** The record, or null. Rejects when it cannot be read: an old one is no answer. */
  async get(key: Key): Promise<Record | null> {
    const known = this.peek(key);
    // A slow read that others had begun may have seen less than is known by now.
    return known === undefined ? this.#readSince(key, performance.now() - this.#lifetime) : known;
  }

  /** The record as it is, or null: read after this was asked. */
  getAnew(key: Key): Promise<Record | null> {
    return this.#readSince(key, performance.now());
  }

  /** After a change of one's own: the next look reads anew. */
  forget(key: Key): void {
    this.#entries.delete(key);
    this.#missing.delete(key);
  }

  async #readSince(key: Key, since: number): Promise<Record | null> {
    for (;;) {
      const { record, readAt } = await this.#read(key);
      if (readAt >= since) return record;
    }
  }

  /** Reads a key with those that are renewed at about the same time, or with the next that somebody waits for. */
  #renew(key: Key): void {
    if (this.#waiting.has(key)) return;
    this.#enqueue(key).catch(() => undefined);
    this.#gathering ??= setTimeout(() => void this.#readQueued(), this.#gather).unref();
  }

  #read(key: Key): Promise<Entry<Record>> {
    const promise = this.#waiting.get(key)?.promise ?? this.#enqueue(key);
    if (this.#queued.length > 0 && !this.#isAtOnce) {
      this.#isAtOnce = true;
      setImmediate(() => void this.#readQueued());
    }
    return promise;
  }

  #enqueue(key: Key): Promise<Entry<Record>> {
    let done: (entry: Entry<Record>) => void = () => undefined;
    let failed: (error: unknown) => void = () => undefined;
    const promise = new Promise<Entry<Record>>((resolve, reject) => {
      done = resolve;
      failed = reject;
    });
    this.#waiting.set(key, { promise, done, failed });
    this.#queued.push(key);
    return promise;
  }

  async #readQueued(): Promise<void> {
    const keys = this.#queued;
    this.#queued = [];
    this.#isAtOnce = false;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (keys.length === 0) return;
    const readAt = performance.now();
    try {
      const found = await this.#load(keys);
      for (const key of keys) {
        const entry = { record: found.get(key) ?? null, readAt };
        this.#keep(key, entry);
        this.#settle(key, (waiting) => waiting.done(entry));
      }
    } catch (error) {
      for (const key of keys) this.#settle(key, (waiting) => waiting.failed(error));
    }
  }

  #settle(key: Key, how: (waiting: Waiting<Record>) => void): void {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (waiting) how(waiting);
  }

  /** Where there is no room the oldest goes: it is back after one read. */
  #keep(key: Key, entry: Entry<Record>): void {
    const isMissing = entry.record === null;
    const [own, other] = isMissing ? [this.#missing, this.#entries] : [this.#entries, this.#missing];
    other.delete(key);
    own.delete(key);
    if (own.size >= (isMissing ? this.#maximumMissing : this.#maximum)) {
      const [oldest] = own.keys();
      own.delete(oldest as Key);
    }
    own.set(key, entry);
  }
}
