/**
 * Who counts which part: the processes that are there share the parts among them. Each says every few seconds that it is
 * there and what it counts, until when by the database's clock; what one of them left is the others' from then on. Two that
 * see it differently for a moment do no harm: a part's position is moved on by one of them.
 */
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Connection } from 'mongoose';
import { Wake } from '@membership/platform/wake';
import { fromNow } from '@membership/platform/lease';
import type { Logger } from '@membership/platform/log';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import type { Own } from './generations.ts';
import type { Position } from './models.ts';

type StoredProcess = { readonly _id: string; readonly until: Date; readonly counts: readonly string[] };
/** A process, and what it counts. */
export type Present = Pick<StoredProcess, '_id' | 'counts'>;

export const nameOf = ({ name, counting }: Own): string => `${name}-${counting}`;

/** The process whose part it is, out of those that count by its rules; evenly, and as everybody reckons it. */
export function ownerOf(
  present: readonly Present[],
  own: Own,
  { partition }: Pick<Position, 'partition'>,
): string | null {
  const able = present
    .filter(({ counts }) => counts.includes(nameOf(own)))
    .map(({ _id }) => _id)
    .sort();
  return able[(crc32(own.name) + partition) % Math.max(1, able.length)] ?? null;
}

/** Milliseconds after which the parts of a process that is not heard of any more are the others'. */
const TTL = 5_000;
/** What a process left that ended without a word. */
const LEFT_MS = 60_000;

export class Shares {
  readonly #id = `${process.pid}-${randomBytes(6).toString('hex')}`;
  readonly #all;
  readonly #counts: readonly string[];
  readonly #ttl: number;
  readonly #logger: Logger;
  readonly #wake = new Wake();
  readonly #onChange: () => void;
  #present: readonly Present[] = [];
  #heldUntil = 0;
  #isLeaving = false;
  #running: Promise<void> | undefined;

  constructor({
    connection,
    logger,
    owns,
    onChange,
    ttl = TTL,
  }: {
    readonly connection: Connection;
    readonly logger: Logger;
    readonly owns: readonly Own[];
    /** Other processes are there than before. */
    readonly onChange: () => void;
    readonly ttl?: number;
  }) {
    this.#all = collectionOf<StoredProcess>(connection, 'projecting');
    this.#counts = owns.map(nameOf);
    this.#logger = logger;
    this.#onChange = onChange;
    this.#ttl = ttl;
  }

  /** Whether this process is to count a part now. */
  isMine(own: Own, part: Pick<Position, 'partition'>): boolean {
    return performance.now() < this.#heldUntil && ownerOf(this.#present, own, part) === this.#id;
  }

  /** Whether other processes count, too. */
  areSeveral(): boolean {
    return this.#present.some(({ _id }) => _id !== this.#id);
  }

  /** Says that this process is there, from now on. */
  join(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await this.#all
      .deleteMany({ until: { $lt: new Date(Date.now() - LEFT_MS) } })
      .catch((error: unknown) => this.#logger.debug({ err: error }, 'could not remove what others left'));
    while (!this.#isLeaving) {
      try {
        await this.#tell();
      } catch (error) {
        this.#logger.warn({ err: error }, 'could not say that this process counts; trying on');
      }
      if (!this.#isLeaving) await this.#wake.wait((this.#ttl / 3) * (0.9 + Math.random() * 0.2));
    }
  }

  async #tell(): Promise<void> {
    const asked = performance.now();
    const mine = { until: fromNow(this.#ttl), counts: { $literal: [...this.#counts] } };
    await this.#all.updateOne({ _id: this.#id }, [{ $set: mine }], { upsert: true });
    const present = await this.#all
      .find({ $expr: { $gt: ['$until', '$$NOW'] } }, { projection: { counts: 1 } })
      .sort({ _id: 1 })
      .toArray();
    this.#heldUntil = asked + this.#ttl;
    const isChanged = JSON.stringify(present) !== JSON.stringify(this.#present);
    this.#present = present;
    if (isChanged) this.#onChange();
  }

  /** Leaves its parts to the others at once. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#heldUntil = 0;
    this.#wake.raise();
    await this.#running;
    await this.#all
      .deleteOne({ _id: this.#id })
      .catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'could not give up what this process counts; it ends by itself'),
      );
  }
}
