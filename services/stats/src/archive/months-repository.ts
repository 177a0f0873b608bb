/** Where each month of the archive ends. */
import type { Connection, mongo } from 'mongoose';
import { databaseTime } from '@membership/platform/mongo/clock';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import type { ArchiveRepository } from './archive-repository.ts';
import { monthSchema } from './models.ts';
import { monthBefore, type ClosedMonth } from './months.ts';
import { START } from './positions.ts';

export class MonthsRepository {
  readonly #connection: Connection;
  readonly #archive: ArchiveRepository;
  readonly #closed: mongo.Collection<ClosedMonth>;

  constructor(connection: Connection, archive: ArchiveRepository) {
    this.#connection = connection;
    this.#archive = archive;
    this.#closed = modelled(connection.model('archive_months', monthSchema, 'archive_months'));
  }

  /** The newest month that is closed. */
  newest(): Promise<ClosedMonth | null> {
    return this.#closed.findOne({}, { sort: { _id: -1 } });
  }

  /**
   * Closes the month before, where it is not closed yet; of two at once, one does. Returns the newest. Unless a time is told,
   * the database's counts: a process whose clock is ahead would close for all what is not over.
   */
  async close(told?: Date): Promise<ClosedMonth> {
    const now = told ?? (await databaseTime(this.#connection));
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
