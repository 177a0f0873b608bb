/** One MongoDB transaction: state, events and the answer to an idempotency key commit together or not at all. */
import { randomUUID } from 'node:crypto';
import type { ClientSession, Connection } from 'mongoose';
import { Refusal } from '@membership/contracts/errors';
import type { EventDefinition, Envelope, FactOf } from '@membership/contracts/event';
import { answerKinds, type AnswerKeeper, type Subject, type Writing } from './answer-subjects.ts';
import { collectionOf } from './mongo/bounded-reads.ts';
import { entriesOf, putIntoOutbox, type OutboxEntry, type WaitingFact } from './outbox.ts';
import { runTransaction, type RunOptions } from './run-transaction.ts';
import { actorName, type TenantScope } from './scope.ts';
import { CommitUnknown } from './transaction-failures.ts';
import type { ServiceName } from '@membership/contracts/claims';

const SNAPSHOT_MS = 5_000;

export type Announcement<E extends EventDefinition> = {
  /** Id of the aggregate. */
  readonly subject: string | number;
  /** Counted in the aggregate's own document, in the same transaction. */
  readonly sequence: number;
  readonly data: FactOf<E>;
  /** Chosen beforehand where another fact of the transaction names it as its cause. */
  readonly id?: string;
  /** The fact of the same transaction that caused this one; the event that caused the work, if any, unless said. */
  readonly causedBy?: string;
};

/** What a use-case writes in: the session for every query, and the facts that it announces. */
export class UnitOfWork {
  readonly session: ClientSession;
  readonly #service: ServiceName;
  readonly facts: WaitingFact[] = [];
  /** Of whom kept answers are others once this has committed. */
  readonly subjects: Subject[] = [];
  readonly #afterCommit: (() => void)[] = [];
  readonly #connection: Connection;
  readonly #doneBefore: ReadonlySet<string>;

  constructor(
    session: ClientSession,
    service: ServiceName,
    { connection, doneBefore }: { readonly connection: Connection; readonly doneBefore: ReadonlySet<string> },
  ) {
    this.session = session;
    this.#service = service;
    this.#connection = connection;
    this.#doneBefore = doneBefore;
  }

  /**
   * Has something done before this transaction that must not be waited for in it, such as a question to another process:
   * the first call of a key undoes the transaction, does it, and runs the work again; then it is passed over.
   */
  beforehand(key: string, work: () => Promise<unknown>): void {
    if (!this.#doneBefore.has(key)) throw new Beforehand(key, work);
  }

  /**
   * For those who refuse something because it is not there. A plain read sees what was just committed, a snapshot is older
   * than every commit under way at its begin: so whoever acts on what a list has shown could be told that there is no such
   * thing. The first call undoes the transaction, which runs again once its snapshot holds all that could be read.
   */
  mustSeeAll(): void {
    this.beforehand('all that could be read', () => inSnapshots(this.#connection));
  }

  /**
   * Announces a fact: it goes into the outbox when the transaction commits. The data is checked against the event's
   * schema; a mismatch is a programming error and undoes the transaction.
   */
  announce<E extends EventDefinition>(scope: TenantScope, event: E, announcement: Announcement<E>): string {
    const fact = waitingFact(this.#service, scope, event, announcement);
    this.facts.push(fact);
    return fact.id;
  }

  /** Says that answers about a subject change: what a cache keeps of them is read no more before anybody hears of the commit. */
  changes(subject: Subject): void {
    this.subjects.push(subject);
  }

  /** As `changes`, of all that is kept about a tenant. */
  changesTenant(tenantId: number): void {
    for (const kind of answerKinds) this.changes({ kind, tenantId });
  }

  /** Runs once the transaction has committed, never for one that was undone: counters, caches. Must not fail. */
  afterCommit(effect: () => void): void {
    this.#afterCommit.push(effect);
  }

  /** For those who commit. */
  committed(): void {
    for (const effect of this.#afterCommit) effect();
  }
}

/** Whether something is refused because it is not there. */
export const saysAbsent = (error: unknown): boolean => error instanceof Refusal && error.code === 'BIZ_001';

/** Resolves when what could be read before is in the snapshot of each transaction that begins afterwards. */
async function inSnapshots(connection: Connection): Promise<void> {
  await collectionOf(connection, 'outbox').findOne(
    {},
    // Waits until a majority has everything that the server wrote before it.
    { projection: { _id: 1 }, readConcern: { level: 'linearizable' }, maxTimeMS: SNAPSHOT_MS },
  );
}

/** Builds a fact as it waits in the outbox. */
export function waitingFact<E extends EventDefinition>(
  service: ServiceName,
  scope: TenantScope,
  event: E,
  { subject, sequence, data, id = randomUUID(), causedBy = scope.causationId }: Announcement<E>,
): WaitingFact {
  if (event.producer !== service)
    throw new Error(`${service} may not announce ${event.type}: it belongs to ${event.producer}`);
  const envelope: Envelope = {
    specversion: '1.0',
    id,
    source: `/services/${service}`,
    type: event.type,
    subject: String(subject),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    tenantid: scope.tenantId,
    actor: actorName(scope.actor),
    correlationid: scope.requestId,
    ...(causedBy === undefined ? {} : { causationid: causedBy }),
    ...(scope.traceparent === undefined ? {} : { traceparent: scope.traceparent }),
    sequence,
    data: event.data.parse(data) as Record<string, unknown>,
  };
  return {
    id,
    type: event.type,
    aggregate: `${event.aggregate}:${subject}`,
    sequence,
    content: JSON.stringify(envelope),
  };
}

/** Undoes a transaction so that something can be done before it. Caught by those who run it. */
class Beforehand extends Error {
  readonly key: string;
  readonly work: () => Promise<unknown>;
  constructor(key: string, work: () => Promise<unknown>) {
    super(`${key} has to come before the transaction`);
    this.key = key;
    this.work = work;
  }
}

export type Transactions = {
  readonly service: ServiceName;
  /** Runs work in a transaction, again on a write conflict (so work must have no effect but through the unit). See `runTransaction`. */
  run<T>(work: (unit: UnitOfWork) => Promise<T>, options?: RunOptions): Promise<T>;
  /**
   * Called after a commit that announced something, with what stands in the outbox since; with nothing where the commit's fate
   * is not known. The relay hangs on here.
   */
  onAnnounced(listener: (committed: readonly OutboxEntry[]) => void): void;
  /** A cache of answers is told of what changes them, before and after each commit. */
  tellWrites(keeper: AnswerKeeper): void;
};

/** Transactions of one connection: majority writes, snapshot reads. */
export function transactionsOf(connection: Connection, service: ServiceName): Transactions {
  const listeners: ((committed: readonly OutboxEntry[]) => void)[] = [];
  let cache: AnswerKeeper | undefined;
  /** Who is told that nobody knows may look, and is to see what there is. */
  const endFailed = async (writing: Writing, error: unknown) => {
    const ended = cache?.end(writing, { isKnown: !(error instanceof CommitUnknown) }).catch(() => undefined);
    if (error instanceof CommitUnknown) await ended;
  };
  return {
    service,
    tellWrites: (told) => void (cache = told),
    onAnnounced: (listener) => void listeners.push(listener),
    async run(work, options) {
      let last: UnitOfWork | undefined;
      let entries: readonly OutboxEntry[] = [];
      let isCommitted = false;
      let writing: Writing | undefined;
      const doneBefore = new Set<string>();
      const once = () =>
        runTransaction(
          connection,
          async (session) => {
            const unit = new UnitOfWork(session, service, { connection, doneBefore });
            const result = await work(unit).catch((error: unknown) => {
              if (saysAbsent(error)) unit.mustSeeAll();
              throw error;
            });
            last = unit;
            entries = entriesOf(unit.facts);
            const waiting = putIntoOutbox(connection, entries, session);
            waiting.catch(() => undefined);
            // Known before the outbox may fail: what was begun is ended.
            if (unit.subjects.length > 0) writing = await cache?.begin(unit.subjects, writing);
            await waiting;
            return result;
          },
          options,
        );
      try {
        for (;;)
          try {
            const value = await once().catch(async (error: unknown) => {
              const failed = writing;
              // Its end is on its way: what is tried next has a mark of its own.
              writing = undefined;
              if (failed) await endFailed(failed, error);
              throw error;
            });
            isCommitted = true;
            last?.committed();
            await cache?.end(writing);
            return value;
          } catch (error) {
            if (!(error instanceof Beforehand)) throw error;
            await error.work();
            doneBefore.add(error.key);
          }
      } finally {
        if (entries.length > 0) for (const listener of listeners) listener(isCommitted ? entries : []);
      }
    },
  };
}
