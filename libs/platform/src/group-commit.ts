/**
 * Group commit: writes of a process that wait at the same moment share one transaction, decided item by item.
 * No timer: the next batch is what queued while the last one ran; one item alone is a transaction of its own.
 */
import type { Connection } from 'mongoose';
import { Refusal, refuse } from '@membership/contracts/errors';
import type { Metrics } from './metrics.ts';
import {
  findAnswers,
  isDuplicateKey,
  isUnknownCommit,
  replayOf,
  storeAnswers,
  type Operation,
  type StoredAnswer,
} from './operations.ts';
import type { TenantScope } from './scope.ts';
import type { Transactions, UnitOfWork } from './transaction.ts';

export type Item<Command> = { readonly scope: TenantScope; readonly command: Command };
export type Ticket<Command, Outcome> = Item<Command> & {
  readonly operation?: Operation | undefined;
  /** The answer to store for the operation. */
  readonly answer?: (outcome: Outcome) => StoredAnswer;
};
export type Settled<Outcome> = { readonly outcome: Outcome } | { readonly replayed: StoredAnswer };

/**
 * Decides the items of a batch in order, each seeing those before it, and writes what they did. Returns one outcome or
 * refusal an item. Runs again from the start after a write conflict, so it may have no effect but through the unit.
 */
export type Decide<Command, Outcome> = (
  items: readonly Item<Command>[],
  unit: UnitOfWork,
) => Promise<readonly (Outcome | Refusal)[]>;

type Waiting<Command, Outcome> = {
  ticket: Ticket<Command, Outcome>;
  done: (settled: Settled<Outcome>) => void;
  failed: (error: unknown) => void;
};
type Options<Command, Outcome> = {
  readonly name: string;
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly decide: Decide<Command, Outcome>;
  readonly maximum?: number;
  readonly metrics?: Metrics;
};

export class GroupCommit<Command, Outcome> {
  readonly #options: Options<Command, Outcome>;
  readonly #queue: Waiting<Command, Outcome>[] = [];
  readonly #observe: (size: number) => void;
  #running: Promise<void> | undefined;

  constructor(options: Options<Command, Outcome>) {
    this.#options = options;
    const sizes = options.metrics?.histogram(
      'membership_group_commit_size',
      'Items that shared one transaction',
      ['group'],
      [1, 2, 4, 8, 16, 32, 64],
    );
    this.#observe = (size) => sizes?.observe({ group: options.name }, size);
  }

  /** Commits one item with whatever waits beside it. Rejects with the item's refusal, or with what made it fail alone. */
  submit(ticket: Ticket<Command, Outcome>): Promise<Settled<Outcome>> {
    return new Promise((done, failed) => {
      this.#queue.push({ ticket, done, failed });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    // One turn of the loop first: requests that arrived together then share the first batch, too.
    await new Promise<void>((next) => setImmediate(next));
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      this.#observe(batch.length);
      await this.#commit(batch);
    }
    this.#running = undefined;
  }

  /** The next items; a second one under an operation that is in the batch already waits for the batch after. */
  #nextBatch(): Waiting<Command, Outcome>[] {
    const batch: Waiting<Command, Outcome>[] = [];
    const later: Waiting<Command, Outcome>[] = [];
    const operations = new Set<string>();
    const maximum = this.#options.maximum ?? 64;
    while (this.#queue.length > 0 && batch.length < maximum) {
      const waiting = this.#queue.shift() as Waiting<Command, Outcome>;
      const id = waiting.ticket.operation?.id;
      if (id !== undefined && operations.has(id)) later.push(waiting);
      else batch.push(waiting);
      if (id !== undefined) operations.add(id);
    }
    this.#queue.unshift(...later);
    return batch;
  }

  async #commit(batch: readonly Waiting<Command, Outcome>[], attempt = 1): Promise<void> {
    try {
      const settled = await this.#transact(batch.map(({ ticket }) => ticket));
      batch.forEach((waiting, index) => {
        const result = settled[index];
        if (result instanceof Error || result === undefined)
          waiting.failed(result ?? new Error(`${this.#options.name}: an item was not decided`));
        else waiting.done(result);
      });
    } catch (error) {
      const [only] = batch;
      if (isUnknownCommit(error))
        for (const waiting of batch) waiting.failed(refuse('SYS_002', { cause: error }));
      else if (batch.length > 1) for (const waiting of batch) await this.#commit([waiting]);
      else if (isDuplicateKey(error) && attempt < 3) await this.#commit(batch, attempt + 1);
      else only?.failed(error);
    }
  }

  #transact(tickets: readonly Ticket<Command, Outcome>[]): Promise<(Settled<Outcome> | Error)[]> {
    const { connection, transactions, decide } = this.#options;
    const operations = tickets.flatMap(({ operation }) => (operation ? [operation] : []));
    return transactions.run(async (unit) => {
      const known = await findAnswers(connection, operations, unit.session);
      const settled: (Settled<Outcome> | Error)[] = [];
      const fresh: { index: number; ticket: Ticket<Command, Outcome> }[] = [];
      tickets.forEach((ticket, index) => {
        const row = ticket.operation && known.get(ticket.operation.id);
        if (!ticket.operation || !row) fresh.push({ index, ticket });
        else
          try {
            settled[index] = { replayed: replayOf(ticket.operation, row) };
          } catch (refusal) {
            settled[index] = refusal as Refusal;
          }
      });
      const outcomes =
        fresh.length === 0
          ? []
          : await decide(
              fresh.map(({ ticket }) => ticket),
              unit,
            );
      const answers: Parameters<typeof storeAnswers>[1][number][] = [];
      fresh.forEach(({ index, ticket }, position) => {
        const outcome = outcomes[position];
        if (outcome === undefined)
          throw new Error(`${this.#options.name}: decided ${outcomes.length} of ${fresh.length} items`);
        if (outcome instanceof Refusal) {
          settled[index] = outcome;
          return;
        }
        settled[index] = { outcome };
        if (ticket.operation && ticket.answer)
          answers.push({ operation: ticket.operation, answer: ticket.answer(outcome) });
      });
      await storeAnswers(connection, answers, unit.session);
      return settled;
    });
  }
}
