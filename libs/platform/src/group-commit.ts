/**
 * Group commit: writes of a process that wait at the same moment share one transaction, decided item by item.
 * No timer: the next batch is what queued while the last one ran; one item alone is a transaction of its own.
 * Who waits is bounded, in number and in time; what is contended goes on aside, and holds nobody else up.
 */
import type { Connection } from 'mongoose';
import { Refusal, refuse } from '@membership/contracts/errors';
import { inParts } from './group-parts.ts';
import { GroupQueue, type Queued } from './group-queue.ts';
import { findAnswers, replayOf, storeAnswers, type Operation, type StoredAnswer } from './idempotency.ts';
import { InTurn } from './in-turn.ts';
import type { Metrics } from './metrics.ts';
import type { TenantScope } from './scope.ts';
import { isStoreAway } from './store-outage.ts';
import { saysAbsent, type Transactions, type UnitOfWork } from './transaction.ts';
import { CommitUnknown, DeadlinePassed, isDuplicateKey, isPassing } from './transaction-failures.ts';

export type Item<Command> = { readonly scope: TenantScope; readonly command: Command };
export type Ticket<Command, Outcome> = Item<Command> & {
  readonly operation?: Operation | undefined;
  /** The answer to store for the operation. */
  readonly answer?: (outcome: Outcome) => StoredAnswer;
  /** On the clock of `performance.now()`: refused then, and not committed afterwards. The group's own unless said. */
  readonly deadline?: number | undefined;
  /** Whether nobody waits for the answer any more: it is dropped if it has not begun. */
  readonly isGone?: (() => boolean) | undefined;
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

type Waiting<Command, Outcome> = Queued & {
  readonly ticket: Ticket<Command, Outcome>;
  readonly deadline: number;
  readonly done: (settled: Settled<Outcome>) => void;
  readonly failed: (error: unknown) => void;
};
type Batch<Command, Outcome> = readonly Waiting<Command, Outcome>[];
export type GroupOptions<Command, Outcome> = {
  readonly name: string;
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly decide: Decide<Command, Outcome>;
  /** What of the tenant an item writes that others may write, too (its member): items of one thing keep together. */
  readonly keysOf?: (command: Command) => readonly (number | string)[];
  /** Items of one transaction. */
  readonly maximum?: number;
  /** Items that may wait; a tenant's, half as many. */
  readonly maximumWaiting?: number;
  /** Milliseconds from its submission within which an item is committed or refused. */
  readonly deadline?: number;
  readonly metrics?: Metrics;
};

/** Of an item's time, the part that its transaction may need: it is not begun with less. */
const BEGIN_WITH = 0.2;
/** How often a batch meets a conflict before it is looked for. */
const ATTEMPTS = 3;
/** Contended items that are tried on their own at a time: each has a connection. */
const ASIDE_AT_A_TIME = 16;
const SWEEP_MS = 200;

export class GroupCommit<Command, Outcome> {
  readonly #options: Required<Pick<GroupOptions<Command, Outcome>, 'maximum' | 'deadline' | 'keysOf'>> &
    GroupOptions<Command, Outcome>;
  readonly #queue: GroupQueue<Waiting<Command, Outcome>>;
  readonly #observe: (size: number) => void;
  readonly #refused: (reason: 'full' | 'late' | 'gone') => void;
  /** Things on which something goes on aside: what else is about them waits. */
  readonly #contended = new Set<string>();
  readonly #aside = new Set<Promise<void>>();
  readonly #asideTurns = new InTurn();
  #asides = 0;
  #running: Promise<void> | undefined;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(options: GroupOptions<Command, Outcome>) {
    const { name, metrics, maximumWaiting = 2_000 } = options;
    this.#options = {
      ...options,
      maximum: options.maximum ?? 64,
      deadline: options.deadline ?? 10_000,
      keysOf: options.keysOf ?? (() => []),
    };
    this.#queue = new GroupQueue(maximumWaiting);
    const sizes = metrics?.histogram(
      'membership_group_commit_size',
      'Items that shared one transaction',
      ['group'],
      [1, 2, 4, 8, 16, 32, 64],
    );
    this.#observe = (size) => sizes?.observe({ group: name }, size);
    const refused = metrics?.counter(
      'membership_group_commit_refused_total',
      'Items that were not begun: no place was left, their time was over, their client had gone',
      ['group', 'reason'],
    );
    this.#refused = (reason) => refused?.inc({ group: name, reason });
  }

  /**
   * Commits one item with whatever waits beside it. Rejects with the item's refusal, with what made it fail alone, with
   * SYS_002 when it cannot be begun in time, or as `runTransaction` does.
   */
  submit(ticket: Ticket<Command, Outcome>): Promise<Settled<Outcome>> {
    if (this.#queue.isFullFor(ticket.scope)) {
      this.#refused('full');
      return Promise.reject(unavailable());
    }
    const submitted = performance.now();
    const deadline = ticket.deadline ?? submitted + this.#options.deadline;
    const beginBy = deadline - (deadline - submitted) * BEGIN_WITH;
    return new Promise((done, failed) => {
      const { scope, isGone } = ticket;
      this.#queue.add({ scope, isGone, ticket, deadline, beginBy, done, failed });
      this.#go();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running || this.#aside.size > 0) await Promise.all([this.#running, ...this.#aside]);
  }

  #go(): void {
    this.#running ??= this.#drain();
    if (this.#sweeping === undefined) this.#sweepSoon();
  }

  async #drain(): Promise<void> {
    // One turn of the loop first: requests that arrived together then share the first batch, too.
    await new Promise<void>((next) => setImmediate(next));
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      this.#observe(batch.length);
      await this.#commit(batch);
    }
    this.#running = undefined;
  }

  /** Refuses what waited for too long, and drops what nobody waits for. */
  #refuseOver(): void {
    const now = performance.now();
    for (const waiting of this.#queue.takeOver(now)) {
      this.#refused(waiting.beginBy <= now ? 'late' : 'gone');
      waiting.failed(unavailable());
    }
  }

  #sweepSoon(): void {
    this.#sweeping = setTimeout(() => {
      this.#refuseOver();
      this.#sweeping = undefined;
      if (this.#queue.size > 0) this.#sweepSoon();
    }, SWEEP_MS).unref();
  }

  /** The next items; a second one under an operation that is in the batch already waits for the batch after. */
  #nextBatch(): Waiting<Command, Outcome>[] {
    this.#refuseOver();
    const operations = new Set<string>();
    return this.#queue.take(this.#options.maximum, (waiting) => {
      const id = waiting.ticket.operation?.id;
      if (id !== undefined && operations.has(id)) return false;
      if (this.#contended.size > 0 && this.#keysOf(waiting).some((key) => this.#contended.has(key)))
        return false;
      if (id !== undefined) operations.add(id);
      return true;
    });
  }

  readonly #keysOf = ({ scope, ticket }: Waiting<Command, Outcome>): string[] =>
    this.#options.keysOf(ticket.command).map((key) => `${scope.tenantId}:${key}`);

  /** Commits a batch. One that fails is parted until what made it fail is on its own; the others are not held up by it. */
  async #commit(batch: Batch<Command, Outcome>, attempt = 1): Promise<void> {
    try {
      await this.#settle(batch, ATTEMPTS);
    } catch (error) {
      const parts = failsTogether(error) ? [] : inParts(batch, this.#keysOf);
      if (parts.length > 1) for (const part of parts) await this.#commit(part);
      else if (failsTogether(error)) for (const waiting of batch) waiting.failed(error);
      else if (isPassing(error)) this.#setAside(batch);
      else if (batch.length > 1) for (const one of batch) await this.#commit([one]);
      else if (isDuplicateKey(error) && attempt < ATTEMPTS) await this.#commit(batch, attempt + 1);
      else for (const waiting of batch) waiting.failed(error);
    }
  }

  /** Goes on with items of one contended thing until their time is over, beside the batches of others. */
  #setAside(batch: Batch<Command, Outcome>): void {
    const keys = batch.flatMap(this.#keysOf);
    for (const key of keys) this.#contended.add(key);
    const turn = String(this.#asides++ % ASIDE_AT_A_TIME);
    const aside = this.#asideTurns
      .run(turn, () => this.#settle(batch, Number.POSITIVE_INFINITY))
      .catch(async (error: unknown) => {
        if (failsTogether(error) || batch.length === 1) for (const waiting of batch) waiting.failed(error);
        else for (const one of batch) await this.#commit([one]);
      })
      .finally(() => {
        this.#aside.delete(aside);
        for (const key of keys) this.#contended.delete(key);
        this.#go();
      });
    this.#aside.add(aside);
  }

  /** Decides and writes items in one transaction, and tells each what came of it. */
  async #settle(batch: Batch<Command, Outcome>, attempts: number): Promise<void> {
    const deadline = Math.min(...batch.map((waiting) => waiting.deadline));
    const tickets = batch.map(({ ticket }) => ticket);
    const settled = await this.#options.transactions.run((unit) => this.#decide(tickets, unit), {
      deadline,
      attempts,
    });
    batch.forEach((waiting, index) => {
      const result = settled[index] as Settled<Outcome> | Error;
      if (result instanceof Error) waiting.failed(result);
      else waiting.done(result);
    });
  }

  async #decide(
    tickets: readonly Ticket<Command, Outcome>[],
    unit: UnitOfWork,
  ): Promise<(Settled<Outcome> | Error)[]> {
    const { connection, decide, name } = this.#options;
    const operations = tickets.flatMap(({ operation }) => (operation ? [operation] : []));
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
    if (fresh.length === 0) return settled;
    const outcomes = await decide(
      fresh.map(({ ticket }) => ticket),
      unit,
    );
    if (outcomes.some(saysAbsent)) unit.mustSeeAll();
    const answers: Parameters<typeof storeAnswers>[1][number][] = [];
    fresh.forEach(({ index, ticket }, position) => {
      const outcome = outcomes[position];
      if (outcome === undefined)
        throw new Error(`${name}: decided ${outcomes.length} of ${fresh.length} items`);
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
  }
}

/** Nothing that is wrong with one of them: what they share is over, or away. */
const failsTogether = (error: unknown): boolean =>
  error instanceof CommitUnknown || error instanceof DeadlinePassed || isStoreAway(error);

const unavailable = (): Refusal => refuse('SYS_002', { headers: { 'retry-after': '2' } });
