/** Facts on their way to the broker: a lane for each aggregate keeps their order, many facts of many lanes are under way at once. */
import type { OutboxRow } from '../transaction.ts';
import type { Outcome } from './publisher.ts';

/** Rows of one aggregate that are under way together. */
const WINDOW = 64;
/** Milliseconds after a refusal during which there is one at a time. */
const CAREFUL = 5_000;

type Lane = { readonly waiting: OutboxRow[]; underway: number; isClosed: boolean };

export type LanesOptions = {
  /** Hands a row to the broker. Never rejects. */
  readonly send: (row: OutboxRow) => Promise<Outcome>;
  /** Whether rows that wait may still be sent: those that may not are dropped, for the outbox has them. */
  readonly mayGoOn: () => boolean;
  /** Called when the last row has come to its end. */
  readonly onEmpty: () => void;
};

/**
 * Rows go in the order in which they are added, an aggregate's on one channel, which keeps their order. Trouble closes a
 * lane: what waits in it is dropped until it is added again, from the first row that was not confirmed. While the broker
 * refuses (elections, full queues) rows go one by one, so that nothing overtakes; only what was under way with the first
 * refusal can, and consumers bear it.
 */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #taken = new Set<string>();
  #trouble: Outcome | undefined;
  #refusedAt = -Infinity;
  #watchers: { readonly most: number; readonly done: () => void }[] = [];

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** Ids of the rows that wait or are under way. */
  ids(): Iterable<string> {
    return this.#taken;
  }

  /** Rows that wait or are under way. */
  get size(): number {
    return this.#taken.size;
  }

  /** The first outcome that was no confirmation since `forgive`. Nothing should be added until then. */
  get trouble(): Outcome | undefined {
    return this.#trouble;
  }

  /** Takes rows, an aggregate's in the order of its sequence. Those that are here already are passed over. */
  add(rows: readonly OutboxRow[]): void {
    for (const row of rows) {
      if (this.#taken.has(row._id)) continue;
      this.#taken.add(row._id);
      const lane = this.#lanes.get(row.aggregate) ?? { waiting: [], underway: 0, isClosed: false };
      this.#lanes.set(row.aggregate, lane);
      lane.waiting.push(row);
    }
    for (const row of rows) {
      const lane = this.#lanes.get(row.aggregate);
      if (lane) this.#advance(row.aggregate, lane);
    }
  }

  /** Resolves when no more than so many rows are here; with 0, when every row has come to its end. */
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

  #drop(lane: Lane): void {
    for (const { _id } of lane.waiting.splice(0)) this.#taken.delete(_id);
    this.#tell();
  }

  async #send(aggregate: string, lane: Lane): Promise<void> {
    const row = lane.waiting.shift() as OutboxRow;
    lane.underway++;
    const outcome = await this.#options.send(row);
    lane.underway--;
    this.#taken.delete(row._id);
    if (outcome !== 'confirmed') {
      this.#trouble ??= outcome;
      lane.isClosed = true;
    }
    if (outcome === 'refused') this.#refusedAt = performance.now();
    this.#advance(aggregate, lane);
    this.#tell();
  }

  #tell(): void {
    if (this.#taken.size === 0) this.#options.onEmpty();
    const due = this.#watchers.filter(({ most }) => this.#taken.size <= most);
    if (due.length === 0) return;
    this.#watchers = this.#watchers.filter(({ most }) => this.#taken.size > most);
    for (const { done } of due) done();
  }
}
