/**
 * Runs work in a MongoDB transaction, within a time. The server keeps the number of a session's transaction together with
 * its commit, so a commit whose answer was lost is asked for again under the same number until the server says whether it
 * happened: this is the operation key of every write, also of one that brings none of its own.
 */
import type { ClientSession, Connection } from 'mongoose';
import { backoff } from './wake.ts';
import { isStoreAway } from './store-outage.ts';
import { CommitUnknown, DeadlinePassed, isPassing, saysAborted } from './transaction-failures.ts';

export type RunOptions = {
  /** On the clock of `performance.now()`: nothing is committed after it. Two minutes from now unless said. */
  readonly deadline?: number;
  /** How often work may begin; as often as its time allows unless said. */
  readonly attempts?: number;
};

const USUAL_MS = 120_000;
/** How long after the deadline the fate of a commit that was sent before is still asked for. */
const UNKNOWN_MS = 3_000;

const OPTIONS = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
} as const;

const now = () => performance.now();
const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

/**
 * Runs work and commits it; again when it conflicts with another transaction, or when the server lost it. Rejects with
 * DeadlinePassed in time, whatever hangs, when nothing will be committed any more; with CommitUnknown a little later when the
 * commit was sent and the server does not say what became of it.
 */
export function runTransaction<T>(
  connection: Connection,
  work: (session: ClientSession) => Promise<T>,
  { deadline = now() + USUAL_MS, attempts = Number.POSITIVE_INFINITY }: RunOptions = {},
): Promise<T> {
  const run = new Run(connection, work, deadline, attempts);
  return new Promise<T>((committed, failed) => {
    const giveUp = () => failed(run.giveUp());
    let timer = setTimeout(
      () => {
        if (run.isCommitting) timer = setTimeout(giveUp, UNKNOWN_MS);
        else giveUp();
      },
      Math.max(0, deadline - now()),
    );
    run.commit().then(
      (value) => {
        clearTimeout(timer);
        committed(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        failed(error as Error);
      },
    );
  });
}

class Run<T> {
  readonly #connection: Connection;
  readonly #work: (session: ClientSession) => Promise<T>;
  readonly #deadline: number;
  readonly #attempts: number;
  #isGivenUp = false;
  #last: unknown;
  /** A commit was sent, and the server has not said that it did not happen. */
  isCommitting = false;

  constructor(
    connection: Connection,
    work: (session: ClientSession) => Promise<T>,
    deadline: number,
    attempts: number,
  ) {
    this.#connection = connection;
    this.#work = work;
    this.#deadline = deadline;
    this.#attempts = attempts;
  }

  /** Ends it, with what is to be said of it. */
  giveUp(): CommitUnknown | DeadlinePassed {
    this.#isGivenUp = true;
    return this.isCommitting ? new CommitUnknown(this.#last) : new DeadlinePassed(this.#last);
  }

  async commit(): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      this.#stopWhenLate();
      const session = await this.#connection.startSession();
      try {
        const value = await this.#attempt(session);
        if (await this.#isCommitted(session)) return value;
      } catch (error) {
        if (error instanceof CommitUnknown || error instanceof DeadlinePassed || !isPassing(error))
          throw error;
        this.#last = error;
      } finally {
        // Undoing what is open waits for the server: with none there, nobody waits for that.
        const ended = session.endSession().catch(() => undefined);
        if (!isStoreAway(this.#last)) await ended;
      }
      if (attempt >= this.#attempts) throw this.#last;
      await sleep(Math.min(Math.random() * Math.min(500, 5 * 1.5 ** attempt), this.#left()));
    }
  }

  /** Does the work; its transaction is open afterwards, and is committed next. */
  async #attempt(session: ClientSession): Promise<T> {
    session.startTransaction(OPTIONS);
    try {
      const value = await this.#work(session);
      this.#stopWhenLate();
      return value;
    } catch (error) {
      this.#last = error;
      if (!isStoreAway(error)) await session.abortTransaction().catch(() => undefined);
      throw error;
    }
  }

  /** Commits. False: it did not happen, and never will. Throws CommitUnknown when the server cannot be asked in time. */
  async #isCommitted(session: ClientSession): Promise<boolean> {
    this.isCommitting = true;
    for (let asked = 1; ; asked++) {
      try {
        await session.commitTransaction();
        return true;
      } catch (error) {
        this.#last = error;
        if (saysAborted(error)) {
          this.isCommitting = false;
          return false;
        }
      }
      if (this.#isGivenUp || now() > this.#deadline + UNKNOWN_MS) throw new CommitUnknown(this.#last);
      await sleep(backoff(asked, { first: 20, most: 500 }));
    }
  }

  #left(): number {
    return Math.max(0, this.#deadline - now());
  }

  #stopWhenLate(): void {
    if (this.#isGivenUp || this.#left() === 0) throw new DeadlinePassed(this.#last);
  }
}
