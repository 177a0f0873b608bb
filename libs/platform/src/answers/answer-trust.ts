/**
 * Whether answers may be read from Redis: said by one document of the service's own database, which a process that reads or writes
 * asks for a few times a second. Whoever has committed something and could not tell Redis closes the cache here, for all
 * processes, and answers when none goes by what was said before. So Redis may lose, restore or be parted from what it likes.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, mongo } from 'mongoose';
import { collectionOf } from '../mongo/bounded-reads.ts';

export type Trust = {
  /** Answers lie under it; those of another epoch are never read again. */
  readonly epoch: string;
  /** The run of the Redis in which all processes keep them. */
  readonly server: string | null;
  readonly isClosed: boolean;
};
type Row = { _id: 'answers'; epoch: string; server: string | null; closedUntil: Date };

/** For so long a process goes by what was said since it asked. */
const TRUSTED_MS = 250;
/** What is older is asked for anew, which takes a moment. */
const ASKED_AGAIN_MS = 150;
/** Longer than anybody goes by what was said before. */
const SETTLED_MS = 300;
const CLOSED_MS = 5_000;
/** A process that cannot reach Redis says so again in time. */
const CLOSED_AGAIN_MS = 2_000;

const NEVER_BEGUN: Trust = { epoch: '', server: null, isClosed: true };
const IS_CLOSED = { $gt: ['$closedUntil', '$$NOW'] };
const closedFor = (milliseconds: number) => ({
  $max: ['$closedUntil', { $add: ['$$NOW', milliseconds] }],
});
const anEpoch = (): string => randomBytes(6).toString('hex');
const rowsOf = (connection: Connection) => collectionOf<Row>(connection, 'answer_cache');
/** What a failover would undo has not been said. */
const SAID = { writeConcern: { w: 'majority' } } as const;

export class AnswerTrust {
  readonly #rows: mongo.Collection<Row>;
  #known = NEVER_BEGUN;
  /** When the answer came that said first what is known. */
  #since = Number.POSITIVE_INFINITY;
  /** When was asked what gave the latest answer. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  /** What was asked for before is not gone by. */
  #changedAt = Number.NEGATIVE_INFINITY;
  #closedAt = Number.NEGATIVE_INFINITY;

  constructor(connection: Connection) {
    this.#rows = rowsOf(connection);
  }

  /** What is said, asked for lately enough for a reader. Rejects when MongoDB does not say. */
  async forReading(): Promise<Trust> {
    return this.#askedSince(performance.now() - ASKED_AGAIN_MS);
  }

  /** What is said, for one that has committed by now. Rejects when MongoDB does not say. */
  async forWriting(): Promise<Trust> {
    return this.#askedSince(performance.now() - TRUSTED_MS);
  }

  /** Whether a reader may go by this at this moment. */
  holds(trust: Trust): boolean {
    const now = performance.now();
    return isSame(trust, this.#known) && now - this.#askedAt < TRUSTED_MS && now - this.#since >= SETTLED_MS;
  }

  /** Resolves when nobody goes any more by what was said before that which is known now. */
  async settled(): Promise<void> {
    const left = this.#since + SETTLED_MS - performance.now();
    if (left > 0) await pause(left);
  }

  /** For some time nobody reads. What lies in Redis is read never again; while it is closed nothing comes to lie there. */
  async close(): Promise<void> {
    this.#closedAt = performance.now();
    await this.#change(
      {},
      { epoch: { $cond: [IS_CLOSED, '$epoch', anEpoch()] }, closedUntil: closedFor(CLOSED_MS) },
    );
  }

  /** Keeps it closed for one that cannot reach Redis. */
  async stayClosed(): Promise<void> {
    if (performance.now() - this.#closedAt > CLOSED_AGAIN_MS) await this.close();
  }

  /** A process begins: for some time nobody reads, as others may be ending that tell Redis of nothing. */
  async begin(milliseconds: number): Promise<void> {
    const server = { $ifNull: ['$server', null] };
    const set = { epoch: anEpoch(), server, closedUntil: closedFor(milliseconds) };
    await this.#rows.updateOne({ _id: 'answers' }, [{ $set: set }], { ...SAID, upsert: true });
    this.#changedAt = performance.now();
  }

  /** All processes are to use the Redis that this one has come to. */
  async use(server: string): Promise<void> {
    const { epoch, server: before } = await this.forWriting();
    if (before !== server) await this.#change({ epoch, server: before }, { epoch: anEpoch(), server });
  }

  async #change(filter: Partial<Row>, set: mongo.BSON.Document): Promise<void> {
    await this.#rows.updateOne({ ...filter, _id: 'answers' }, [{ $set: set }], SAID);
    this.#changedAt = performance.now();
  }

  /** What an answer said that was asked for at this moment or later. */
  async #askedSince(moment: number): Promise<Trust> {
    const asked = Math.max(moment, this.#changedAt);
    // One that is under way may have been begun before.
    if (this.#askedAt < asked) await this.#asking;
    if (this.#askedAt < asked) await (this.#asking ??= this.#ask());
    if (this.#askedAt < asked) await (this.#asking ??= this.#ask());
    return this.#known;
  }

  async #ask(): Promise<void> {
    const begun = performance.now();
    try {
      const projection = { epoch: 1, server: 1, isClosed: IS_CLOSED };
      const found = await this.#rows.findOne({ _id: 'answers' }, { projection });
      const { epoch, server, isClosed } = (found as Trust | null) ?? NEVER_BEGUN;
      const said = { epoch, server, isClosed };
      if (!isSame(said, this.#known)) this.#since = performance.now();
      else this.#since = Math.min(this.#since, performance.now());
      this.#known = said;
      this.#askedAt = begun;
    } finally {
      this.#asking = undefined;
    }
  }
}

const isSame = (one: Trust, other: Trust): boolean =>
  one.epoch === other.epoch && one.server === other.server && one.isClosed === other.isClosed;

/** A process begins that tells Redis of nothing: who has read from there stops for some time. */
export async function closeAnswers(connection: Connection, milliseconds: number): Promise<void> {
  await rowsOf(connection).updateOne(
    { _id: 'answers' },
    [{ $set: { epoch: anEpoch(), closedUntil: closedFor(milliseconds) } }],
    SAID,
  );
}
