/**
 * Where the lots of new profiles are kept. A process of a version before knows nothing of lots in records: with such processes
 * about, new profiles begin as those of that version do. Once it is said that there are none, it stays so.
 */
import type { Connection } from '@membership/platform/mongo';
import type { LotHome } from './lots.ts';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';

type Shape = { _id: string; in: LotHome; since: Date };
const shapes = (connection: Connection) => collectionOf<Shape>(connection, 'ledger_shape');

export class LotHomes {
  readonly #connection: Connection;
  #areInRecords = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** For a profile that is opened now. Absent: lots are documents of their own. */
  async ofNewProfile(): Promise<{ lotsIn?: LotHome }> {
    this.#areInRecords ||= (await shapes(this.#connection).findOne({ _id: 'lots' })) !== null;
    return this.#areInRecords ? { lotsIn: 'records' } : {};
  }
}

/** Says that no process of a version before runs any more: new profiles keep their lots in their records. Returns since when. */
export async function keepLotsInRecords(connection: Connection): Promise<Date> {
  const shape = await shapes(connection).findOneAndUpdate(
    { _id: 'lots' },
    { $setOnInsert: { in: 'records', since: new Date() } },
    { upsert: true, returnDocument: 'after', writeConcern: { w: 'majority' } },
  );
  return shape?.since ?? new Date();
}
