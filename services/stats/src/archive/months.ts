/**
 * The archive by month. A month ends at a position, which is given to it once: who has counted up to there has counted it,
 * for nothing ever comes before a position. An event that is late belongs to the month in which it came.
 */
import { Schema, type Connection, type mongo } from 'mongoose';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import type { ArchiveRepository } from './archive-repository.ts';
import { START } from './positions.ts';

/** A month of UTC: it holds the events behind `from` up to `to`. One in which the service did not run is in the next one. */
export type ClosedMonth = {
  readonly _id: string;
  /** The month before it; null for the first, which holds everything before it. No two follow the same one. */
  readonly after: string | null;
  readonly from: number;
  readonly to: number;
  readonly closedAt: Date;
};

/** So long after its end a month is closed: nearly all that was told in it has come. */
const OPEN_MS = 24 * 3_600_000;

const monthSchema = new Schema(
  { _id: String, after: String },
  { strict: false, versionKey: false, id: false, _id: false },
).index({ after: 1 }, { unique: true });

/** The newest month that is to be closed. */
export function monthBefore(now: Date): string {
  const open = new Date(now.getTime() - OPEN_MS);
  return new Date(Date.UTC(open.getUTCFullYear(), open.getUTCMonth(), 0)).toISOString().slice(0, 7);
}

export class Months {
  readonly #archive: ArchiveRepository;
  readonly #closed: mongo.Collection<ClosedMonth>;

  constructor(connection: Connection, archive: ArchiveRepository) {
    this.#archive = archive;
    this.#closed = modelled(connection.model('archive_months', monthSchema, 'archive_months'));
  }

  /** The newest month that is closed. */
  newest(): Promise<ClosedMonth | null> {
    return this.#closed.findOne({}, { sort: { _id: -1 } });
  }

  /** Closes the month before, where it is not closed yet; of two at once, one does. Returns the newest. */
  async close(now: Date): Promise<ClosedMonth> {
    const month = monthBefore(now);
    const before = await this.newest();
    if (before && before._id >= month) return before;
    const closed = {
      ...{ _id: month, after: before?._id ?? null, from: before?.to ?? START },
      ...{ to: await this.#archive.end(), closedAt: now },
    };
    try {
      await this.#closed.insertOne(closed, { writeConcern: { w: 'majority' } });
      return closed;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return (await this.newest()) as ClosedMonth;
    }
  }
}
