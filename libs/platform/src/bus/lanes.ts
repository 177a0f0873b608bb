/** Facts on their way to the broker: a lane for each aggregate keeps their order, many facts of many lanes are under way at once. */
import type { WaitingFact } from '../outbox.ts';
import type { Outcome } from './publisher.ts';

/** A fact of an entry of the outbox. */
export type LaneFact = WaitingFact & { readonly entryId: string };

/** Facts of one aggregate that are under way together. */
const WINDOW = 64;
/** Milliseconds after a refusal during which there is one at a time. */
const CAREFUL = 5_000;
/** Aggregates of which is known how far they were taken: some 2 MB. */
const KNOWN = 20_000;

type Lane = { readonly waiting: LaneFact[]; underway: number; isClosed: boolean };

export type LanesOptions = {
  /** Hands a fact to the broker. Never rejects. */
  readonly send: (fact: LaneFact) => Promise<Outcome>;
  /** Whether facts that wait may still be sent: those that may not are dropped, for the outbox has them. */
  readonly mayGoOn: () => boolean;
};

/**
 * Facts go in the order in which they are added, an aggregate's on one channel, which keeps their order. Trouble closes a
 * lane: what waits in it is dropped until it is added again, from the first fact that was not confirmed. While the broker
 * refuses (elections, full queues) facts go one by one, so that nothing overtakes; only what was under way with the first
 * refusal can, and consumers bear it.
 */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #lanes = new Map<string, Lane>();
  /** Facts that wait or are under way, and the entries that they are of. */
  readonly #taken = new Map<string, string>();
  /** The sequence of the fact of each aggregate that was taken last, while none was dropped since; the latest used come last. */
  readonly #last = new Map<string, number>();
  #trouble: Outcome | undefined;
  #refusedAt = -Infinity;
  #watchers: { readonly most: number; readonly done: () => void }[] = [];

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** Ids of the entries of which facts wait or are under way. */
  entryIds(): ReadonlySet<string> {
    return new Set(this.#taken.values());
  }

  /** Facts that wait or are under way. */
  get size(): number {
    return this.#taken.size;
  }

  /** The first outcome that was no confirmation since `forgive`. Nothing should be added until then. */
  get trouble(): Outcome | undefined {
    return this.#trouble;
  }

  /**
   * Whether nothing of these aggregates can wait elsewhere before these facts: each is the first of its aggregate, or the one
   * after what was taken last. False where that is not known.
   */
  follow(facts: readonly WaitingFact[]): boolean {
    const last = new Map<string, number>();
    return facts.every(({ aggregate, sequence }) => {
      const before = last.get(aggregate) ?? this.#last.get(aggregate) ?? 0;
      last.set(aggregate, sequence);
      return sequence === before + 1;
    });
  }

  /** Takes facts, an aggregate's in the order of its sequence. Those that are here already are passed over. */
  add(facts: readonly LaneFact[]): void {
    for (const fact of facts) {
      if (this.#taken.has(fact.id)) continue;
      this.#taken.set(fact.id, fact.entryId);
      this.#know(fact);
      const lane = this.#lanes.get(fact.aggregate) ?? { waiting: [], underway: 0, isClosed: false };
      this.#lanes.set(fact.aggregate, lane);
      lane.waiting.push(fact);
    }
    for (const { aggregate } of facts) {
      const lane = this.#lanes.get(aggregate);
      if (lane) this.#advance(aggregate, lane);
    }
  }

  /** Resolves when no more than so many facts are here; with 0, when every fact has come to its end. */
  atMost(most: number): Promise<void> {
    if (this.#taken.size <= most) return Promise.resolve();
    return new Promise((done) => this.#watchers.push({ most, done }));
  }

  /** Ends the trouble. For the time when nothing is here any more. */
  forgive(): void {
    this.#trouble = undefined;
  }

  #advance(aggregate: string, lane: Lane): void {
    if (lane.isClosed || !this.#options.mayGoOn()) this.#drop(lane);
    const window = performance.now() - this.#refusedAt < CAREFUL ? 1 : WINDOW;
    while (lane.underway < window && lane.waiting.length > 0) void this.#send(aggregate, lane);
    if (lane.underway === 0 && lane.waiting.length === 0) this.#lanes.delete(aggregate);
  }

  #know({ aggregate, sequence }: LaneFact): void {
    this.#last.delete(aggregate);
    this.#last.set(aggregate, sequence);
    if (this.#last.size <= KNOWN) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }

  #drop(lane: Lane): void {
    const dropped = lane.waiting.splice(0);
    for (const { id } of dropped) this.#taken.delete(id);
    if (dropped.length > 0) this.#last.clear();
    this.#tell();
  }

  async #send(aggregate: string, lane: Lane): Promise<void> {
    const fact = lane.waiting.shift() as LaneFact;
    lane.underway++;
    const outcome = await this.#options.send(fact);
    lane.underway--;
    this.#taken.delete(fact.id);
    if (outcome !== 'confirmed') {
      this.#trouble ??= outcome;
      lane.isClosed = true;
      this.#last.clear();
    }
    if (outcome === 'refused') this.#refusedAt = performance.now();
    this.#advance(aggregate, lane);
    this.#tell();
  }

  #tell(): void {
    const due = this.#watchers.filter(({ most }) => this.#taken.size <= most);
    if (due.length === 0) return;
    this.#watchers = this.#watchers.filter(({ most }) => this.#taken.size > most);
    for (const { done } of due) done();
  }
}
