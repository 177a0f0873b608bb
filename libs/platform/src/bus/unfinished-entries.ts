/** Entries of the outbox whose facts are on their way: one is deleted once the broker has confirmed all of them. */
import type { Logger } from '../log.ts';
import type { OutboxEntry } from '../outbox.ts';
import type { LaneFact } from './lanes.ts';

/** Entries that may wait for others to be deleted together with them, and milliseconds for which they do. */
const TOGETHER = 64;
const FOR_COMPANY_MS = 100;
/** Milliseconds after which a deletion that failed is tried again. */
const AGAIN_MS = 1_000;

type Rows = { remove(ids: readonly string[]): Promise<void> };

export class UnfinishedEntries {
  readonly #rows: Rows;
  readonly #logger: Logger;
  /** Facts that were not confirmed yet, of the entries that were read. */
  readonly #left = new Map<string, Set<string>>();
  /** Entries all of which is confirmed, and which may still be there. */
  readonly #done = new Set<string>();
  #deleting: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(rows: Rows, logger: Logger) {
    this.#rows = rows;
    this.#logger = logger;
  }

  /** Ids of entries that must not be read again. */
  done(): ReadonlySet<string> {
    return this.#done;
  }

  /** What of an entry is still to be sent: of one that was read before, what was not confirmed then. */
  toSend({ _id: entryId, facts }: OutboxEntry): LaneFact[] {
    const left = this.#left.get(entryId);
    if (!left) this.#left.set(entryId, new Set(facts.map(({ id }) => id)));
    return facts.flatMap((fact) => (left && !left.has(fact.id) ? [] : [{ ...fact, entryId }]));
  }

  confirmed({ id, entryId }: LaneFact): void {
    const left = this.#left.get(entryId);
    if (!left) return;
    left.delete(id);
    if (left.size > 0) return;
    this.#left.delete(entryId);
    this.#done.add(entryId);
    if (this.#done.size >= TOGETHER) this.#delete();
    else this.#deleteIn(FOR_COMPANY_MS);
  }

  /** Forgets what was confirmed of entries that are no longer there. For when none is under way. */
  forget(): void {
    this.#left.clear();
  }

  /** Resolves when all that is confirmed is deleted, or could not be. */
  async finish(): Promise<void> {
    await this.#deleting;
    this.#delete();
    await this.#deleting;
    clearTimeout(this.#timer);
  }

  #deleteIn(milliseconds: number): void {
    this.#timer ??= setTimeout(() => this.#delete(), milliseconds).unref();
  }

  #delete(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#done.size > 0) this.#deleting ??= this.#deleteAll().finally(() => (this.#deleting = undefined));
  }

  async #deleteAll(): Promise<void> {
    const batch = [...this.#done];
    try {
      await this.#rows.remove(batch);
      for (const id of batch) this.#done.delete(id);
      if (this.#done.size >= TOGETHER) await this.#deleteAll();
      else if (this.#done.size > 0) this.#deleteIn(FOR_COMPANY_MS);
    } catch (error) {
      this.#logger.warn(
        { err: error, entries: batch.length },
        'confirmed facts could not be deleted from the outbox yet',
      );
      this.#deleteIn(AGAIN_MS);
    }
  }
}
