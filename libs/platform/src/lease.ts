/** Leases: one replica does a thing at a time. Times are the database's, so the clocks of processes do not matter. */
import { randomBytes } from 'node:crypto';
import type { Connection } from 'mongoose';
import { collectionOf } from './mongo/bounded-reads.ts';
import { Wake } from './wake.ts';
import type { Logger } from './log.ts';

export const LEASES = 'leases';

export type LeaseRow = {
  readonly _id: string;
  readonly owner?: string;
  readonly until?: Date;
  /** For jobs: when the last run began, and not before when the next one does. */
  readonly startedAt?: Date;
  readonly dueAt?: Date;
};

const leasesIn = (connection: Connection) => collectionOf<LeaseRow>(connection, LEASES);
/** The database's clock, some milliseconds from now. */
export const fromNow = (milliseconds: number) => ({
  $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: milliseconds },
});
/** Whether nobody holds it, or `owner` does. */
const isFreeFor = (owner: string) => ({
  $or: [{ $eq: ['$owner', owner] }, { $lte: [{ $ifNull: ['$until', new Date(0)] }, '$$NOW'] }],
});

export type ClaimOptions = {
  readonly ttl: number;
  /** A further condition on the row, as an aggregation expression. */
  readonly when?: Readonly<Record<string, unknown>>;
  /** Further fields, as aggregation expressions. */
  readonly set?: Readonly<Record<string, unknown>>;
};

/** One process's claim on a name. The row is made on the first claim. */
export class Lease {
  readonly name: string;
  readonly owner: string;
  readonly #connection: Connection;
  #heldUntil = 0;
  #holdings = 0;
  /** The row stands: none is ever removed. */
  #stands = false;

  constructor(
    connection: Connection,
    name: string,
    owner: string = `${process.pid}-${randomBytes(6).toString('hex')}`,
  ) {
    this.#connection = connection;
    this.name = name;
    this.owner = owner;
  }

  /**
   * Takes or prolongs the lease; false when somebody else holds it. Counted from before the question was asked, so that
   * this process never believes longer than the database does.
   */
  async claim({ ttl, when, set }: ClaimOptions): Promise<boolean> {
    const asked = performance.now();
    const mine = { $set: { owner: this.owner, until: fromNow(ttl), ...set } };
    const condition = when ? { $and: [isFreeFor(this.owner), when] } : isFreeFor(this.owner);
    const taken = await this.#update({ $expr: condition }, [mine]);
    if (taken && !this.isHeld()) this.#holdings++;
    this.#heldUntil = taken ? asked + ttl : 0;
    return taken;
  }

  /** Whether this process may go on. A paused process finds out late: what it did meanwhile must bear a second holder. */
  isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  /** How often this process became the holder: prolonged after its end, it has become so again. */
  get holdings(): number {
    return this.#holdings;
  }

  /** Gives it up, so that another need not wait for its end. `set` changes further fields. */
  async release(set: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.#heldUntil = 0;
    await leasesIn(this.#connection).updateOne({ _id: this.name, owner: this.owner }, [
      { $set: { ...set, until: new Date(0) } },
    ]);
  }

  /** MongoDB takes no $expr in an upsert, so a row that is not there yet is made first. */
  async #update(filter: Record<string, unknown>, update: Record<string, unknown>[]): Promise<boolean> {
    const leases = leasesIn(this.#connection);
    const write = async () =>
      (await leases.updateOne({ _id: this.name, ...filter }, update, { writeConcern: { w: 'majority' } }))
        .matchedCount > 0;
    if (await write()) return (this.#stands = true);
    if (this.#stands) return false;
    // Somebody else's, or not there yet: an upsert may not ask with $expr.
    return (await this.#makeRow()) && (await write());
  }

  /** Whether the row had to be made. */
  async #makeRow(): Promise<boolean> {
    const result = await leasesIn(this.#connection).updateOne(
      { _id: this.name },
      { $setOnInsert: { until: new Date(0) } },
      { upsert: true },
    );
    this.#stands = true;
    return result.upsertedCount > 0;
  }
}

export type HeldLease = {
  isHeld(): boolean;
  /** Ends the holding; another process can take over at once. */
  release(): Promise<void>;
};

export type HoldOptions = {
  readonly connection: Connection;
  readonly name: string;
  /** Milliseconds after which a dead holder is replaced. */
  readonly ttl: number;
  readonly logger: Logger;
  /** Called each time this process became the holder; also where nobody else was in between, as its renewal came late. */
  readonly onHeld?: () => void;
  /** Called each time it stopped being the holder without releasing. */
  readonly onLost?: () => void;
};

/** So soon a holder whose renewal failed tries again: half of its time is over. */
const AGAIN_MILLISECONDS = 250;

/** Keeps trying to be the holder, three times a `ttl`; who is it prolongs that twice a `ttl`. */
export function holdLease({ connection, name, ttl, logger, onHeld, onLost }: HoldOptions): HeldLease {
  const lease = new Lease(connection, name);
  const wake = new Wake();
  let isReleased = false;
  let wasHeld = false;
  let holdings = 0;
  const running = (async () => {
    while (!isReleased) {
      let isAsked = true;
      try {
        await lease.claim({ ttl });
      } catch (error) {
        isAsked = false;
        logger.warn({ err: error, lease: name }, 'could not ask for the lease; trying on');
      }
      const isHeld = lease.isHeld();
      // Whoever found it ended, while it was being prolonged, has left undone what a holder does.
      const isNew = isHeld && lease.holdings !== holdings;
      if (isNew) holdings = lease.holdings;
      if (isNew || isHeld !== wasHeld) {
        wasHeld = isHeld;
        logger.debug({ lease: name, isHeld }, isHeld ? 'holding the lease' : 'lost the lease');
        if (isHeld) onHeld?.();
        else onLost?.();
      }
      const rest = isHeld && !isAsked ? Math.min(AGAIN_MILLISECONDS, ttl / 8) : isHeld ? ttl / 2 : ttl / 3;
      if (!isReleased) await wake.wait(rest * (0.9 + Math.random() * 0.2));
    }
    if (wasHeld) await lease.release();
  })().catch((error: unknown) =>
    logger.warn({ err: error, lease: name }, 'could not release the lease; it ends by itself'),
  );
  return {
    isHeld: () => !isReleased && lease.isHeld(),
    async release() {
      isReleased = true;
      wake.raise();
      await running;
    },
  };
}
