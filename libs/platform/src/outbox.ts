/**
 * The outbox: facts that wait to be published. What a transaction announces is one document, an entry, with its facts in the
 * order in which they were announced: however many they are, they cost one write, one index entry and one deletion.
 */
import { randomBytes } from 'node:crypto';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from './mongo/bounded-reads.ts';
import type { Envelope } from '@membership/contracts/event';

export const OUTBOX = 'outbox';

/** A fact as it waits. Its id is the event's id, end to end. */
export type WaitingFact = {
  readonly id: string;
  readonly type: string;
  /** `<aggregate>:<subject>`: facts of one aggregate are published in `sequence` order. */
  readonly aggregate: string;
  readonly sequence: number;
  /** The envelope as it is published: JSON. */
  readonly content: string;
};

/** What a transaction has announced; what is too much for one document is in several, in order. */
export type OutboxEntry = {
  /** Begins with the time: entries are read in this order, by the one index that every collection has. */
  readonly _id: string;
  readonly facts: readonly WaitingFact[];
};

/** A fact as versions before wrote it, a document each. Processes of theirs may still write some beside this one. */
type OutboxRow = {
  readonly _id: string;
  readonly type: string;
  readonly aggregate: string;
  readonly sequence: number;
  readonly envelope: Envelope;
  readonly createdAt: Date;
};

type Stored = OutboxEntry | OutboxRow;

const FACTS_OF_AN_ENTRY = 500;
/** A character takes three bytes at most, and a document 16 MB. */
const CHARACTERS_OF_AN_ENTRY = 4_000_000;
/** Comes after every id of a version before, which are UUIDs: theirs are read first. */
const ENTRY = 't';

const thisProcess = randomBytes(5).toString('hex');
let lastAt = 0;
let count = 0;

const timeDigits = (at: number): string => at.toString(16).padStart(12, '0');

/** Ids of one process are in the order in which they were made, whatever its clock does. */
function nextEntryId(): string {
  const now = Date.now();
  if (now > lastAt) [lastAt, count] = [now, 0];
  return `${ENTRY}${timeDigits(lastAt)}${(count++).toString(16).padStart(6, '0')}${thisProcess}`;
}

/** The first id that an entry of this time may have. */
export const firstEntryIdAt = (at: number): string => `${ENTRY}${timeDigits(at)}`;

type OutboxId = { readonly _id: string; readonly createdAt?: Date };
const timeOf = ({ _id, createdAt }: OutboxId): number =>
  createdAt?.getTime() ?? Number.parseInt(_id.slice(1, 13), 16);

/** Parts that fit into a document each, in order. */
function* inEntries(facts: readonly WaitingFact[]): Generator<OutboxEntry> {
  let part: WaitingFact[] = [];
  let characters = 0;
  for (const fact of facts) {
    if (
      part.length === FACTS_OF_AN_ENTRY ||
      (part.length > 0 && characters + fact.content.length > CHARACTERS_OF_AN_ENTRY)
    ) {
      yield { _id: nextEntryId(), facts: part };
      part = [];
      characters = 0;
    }
    part.push(fact);
    characters += fact.content.length;
  }
  if (part.length > 0) yield { _id: nextEntryId(), facts: part };
}

const asEntry = (stored: Stored): OutboxEntry => {
  if ('facts' in stored) return stored;
  const { _id, type, aggregate, sequence, envelope } = stored;
  return {
    _id,
    facts: [{ id: _id, type, aggregate, sequence, content: JSON.stringify(envelope) }],
  };
};

/** What a transaction has announced, as it is written. */
export const entriesOf = (facts: readonly WaitingFact[]): readonly OutboxEntry[] => [...inEntries(facts)];

/** Puts what a transaction has announced into the outbox, within it. */
export async function putIntoOutbox(
  connection: Connection,
  entries: readonly OutboxEntry[],
  session: ClientSession,
): Promise<void> {
  if (entries.length === 0) return;
  await connection
    .collection<OutboxEntry>(OUTBOX)
    .insertMany(entries as OutboxEntry[], { session, ordered: true });
}

const storedIn = (connection: Connection) => collectionOf<Stored & { createdAt?: Date }>(connection, OUTBOX);

/** The outbox of a service, for who publishes what is in it. */
export class Outbox {
  readonly #rows: ReturnType<typeof storedIn>;
  readonly #tooOld: number;

  /** `tooOld`: milliseconds after which a fact is reported instead of sent. */
  constructor(connection: Connection, tooOld: number) {
    this.#rows = storedIn(connection);
    this.#tooOld = tooOld;
  }

  /** Entries in their order, but for those of these ids. Only what a majority has: what a failover may still undo must not be told. */
  async read(limit: number, except: readonly string[]): Promise<readonly OutboxEntry[]> {
    const since = Date.now() - this.#tooOld;
    const ofBefore = { _id: { $lt: ENTRY }, createdAt: { $gte: new Date(since) } };
    const read = (filter: object, sort: Record<string, 1>) =>
      this.#rows
        .find(
          { $and: [filter, { _id: { $nin: [...except] } }] },
          { readConcern: { level: 'snapshot' }, sort, limit, batchSize: limit + 1 },
        )
        .toArray() as Promise<Stored[]>;
    const found = await read({ $or: [{ _id: { $gte: firstEntryIdAt(since) } }, ofBefore] }, { _id: 1 });
    // The ids of a version before tell no order: with more than one answer has of them, their times do.
    const isCut = found.length === limit && !('facts' in (found[0] as Stored));
    return (isCut ? await read(ofBefore, { createdAt: 1, sequence: 1 }) : found).map(asEntry);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#rows.deleteMany({ _id: { $in: [...ids] } });
  }

  /** How many entries there are, about. */
  size(): Promise<number> {
    return this.#rows.estimatedDocumentCount({ maxTimeMS: 1_000 });
  }

  /** How many seconds the oldest fact waits. */
  async age(): Promise<number> {
    const oldest = await this.#rows.findOne<OutboxId>(
      {},
      { sort: { _id: 1 }, projection: { createdAt: 1 }, maxTimeMS: 1_000 },
    );
    return oldest ? Math.max(0, (Date.now() - timeOf(oldest)) / 1_000) : 0;
  }

  /** How many entries are too old to be sent. */
  countTooOld(): Promise<number> {
    const since = Date.now() - this.#tooOld;
    return this.#rows.countDocuments({
      $or: [
        { _id: { $gte: ENTRY, $lt: firstEntryIdAt(since) } },
        { _id: { $lt: ENTRY }, createdAt: { $lt: new Date(since) } },
      ],
    });
  }
}
