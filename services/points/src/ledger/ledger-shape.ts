/**
 * Decides how new profiles keep and tell their lots. A process of a version before knows nothing of lots in records, nor tells what
 * a movement changes of lots: with such processes about, new profiles begin as those of that version do. Once it is said that
 * there are none, it stays so.
 */
import type { Connection } from '@membership/platform/mongo';
import type { Profile } from '../domain/profile.ts';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';

/** `lots`: they are in their records. `facts`: what movements change of them is told. */
type Part = 'lots' | 'facts';
type Shape = { _id: Part; since: Date };
const shapes = (connection: Connection) => collectionOf<Shape>(connection, 'ledger_shape');
const BEGINNINGS: Readonly<Record<Part, Pick<Profile, 'lotsIn' | 'lotsTold'>>> = {
  lots: { lotsIn: 'records' },
  facts: { lotsTold: true },
};
const ALL = Object.keys(BEGINNINGS).length;

export class LedgerShape {
  readonly #connection: Connection;
  readonly #parts = new Set<Part>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** For a profile that is opened now. */
  async ofNewProfile(): Promise<Pick<Profile, 'lotsIn' | 'lotsTold'>> {
    if (this.#parts.size < ALL)
      for (const { _id } of await shapes(this.#connection).find().toArray()) this.#parts.add(_id);
    return Object.assign({}, ...[...this.#parts].map((part) => BEGINNINGS[part])) as Pick<
      Profile,
      'lotsIn' | 'lotsTold'
    >;
  }
}

/** Says that no process of a version before runs any more that did otherwise. Returns since when. */
async function begin(connection: Connection, part: Part): Promise<Date> {
  const shape = await shapes(connection).findOneAndUpdate(
    { _id: part },
    { $setOnInsert: { since: new Date() } },
    { upsert: true, returnDocument: 'after', writeConcern: { w: 'majority' } },
  );
  return shape?.since ?? new Date();
}

/** New profiles keep their lots in their records. */
export const keepLotsInRecords = (connection: Connection): Promise<Date> => begin(connection, 'lots');
/** Movements of new profiles tell what they change of lots. */
export const tellLotsInFacts = (connection: Connection): Promise<Date> => begin(connection, 'facts');
