/** Countings of the log: one serves; while another is being made of the archive, new events are counted into both. */
import type { ClientSession, Connection } from 'mongoose';
import type { Migration } from '@membership/platform/migrate';
import type { Generation } from './models.ts';

/** What is counted, and how. A higher number makes every tenant's figures anew from the archive at the next start. */
export const COUNTING = 3;

const generationsOf = (connection: Connection) => connection.collection<Generation>('generations');

/** The first generation, into which the log is counted from its beginning. */
export const firstGeneration: Migration = {
  version: 1,
  name: 'first generation',
  run: async (connection) =>
    void (await generationsOf(connection).updateOne(
      { _id: 1 },
      { $setOnInsert: { isServing: true, asOf: null, events: 0, counting: COUNTING } },
      { upsert: true },
    )),
};

/** Where new events are counted. */
export type Counting = { readonly serving: number; readonly successor: number | null };

export class Generations {
  readonly #all: ReturnType<typeof generationsOf>;
  constructor(connection: Connection) {
    this.#all = generationsOf(connection);
  }

  /** The generation that answers are made from. */
  async serving(session?: ClientSession): Promise<Generation> {
    const found = await this.#all.findOne({ isServing: true }, session ? { session } : {});
    if (!found) throw new Error('no generation serves: the migrations have not run');
    return found;
  }

  /** The generation that is being made, with the one that it follows, as a transaction sees them. */
  async findMaking(session: ClientSession): Promise<{ serving: Generation; making: Generation } | null> {
    const serving = await this.serving(session);
    const { successor = null } = serving;
    if (successor === null) return null;
    const making = await this.#all.findOne({ _id: successor }, { session });
    return making && { serving, making };
  }

  /**
   * Notes that new events are counted. Every count writes the serving generation, and so does beginning and ending a
   * recount: none of them passes another unseen.
   */
  async advance(events: number, asOf: Date, session: ClientSession): Promise<Counting> {
    const found = await this.#all.findOneAndUpdate(
      { isServing: true },
      { $inc: { events }, $max: { asOf } },
      { session, projection: { _id: 1, successor: 1 } },
    );
    if (!found) throw new Error('no generation serves: the migrations have not run');
    const { _id: serving, successor = null } = found;
    if (successor !== null) await this.#all.updateOne({ _id: successor }, { $inc: { events } }, { session });
    return { serving, successor };
  }

  /** Begins a generation that is to follow the serving one, unless that has one already. Returns its number. */
  async begin(session: ClientSession): Promise<number> {
    const { _id: serving, successor = null } = await this.serving(session);
    if (successor !== null) return successor;
    const [newest] = await this.#all.find({}, { session }).sort({ _id: -1 }).limit(1).toArray();
    const _id = (newest?._id ?? serving) + 1;
    await this.#all.insertOne(
      { _id, isServing: false, asOf: null, events: 0, counting: COUNTING },
      { session },
    );
    await this.#all.updateOne({ _id: serving }, { $set: { successor: _id } }, { session });
    return _id;
  }

  /** Notes how far the archive is counted into the generation being made. */
  async recounted(
    generation: number,
    { to, events }: { readonly to: string; readonly events: number },
    session: ClientSession,
  ): Promise<void> {
    await this.#all.updateOne(
      { _id: generation },
      { $set: { recountedTo: to }, $inc: { events } },
      { session },
    );
  }

  /** The generation that was made serves from now on; the one before is kept a while for answers under way. */
  async replace(serving: Generation, making: Generation, session: ClientSession): Promise<void> {
    await this.#all.updateOne(
      { _id: serving._id },
      { $set: { isServing: false, successor: null, replacedAt: new Date() } },
      { session },
    );
    await this.#all.updateOne(
      { _id: making._id },
      { $set: { isServing: true, asOf: serving.asOf } },
      { session },
    );
  }

  /** Generations that were replaced before a moment. */
  async listReplaced(before: Date): Promise<number[]> {
    const found = await this.#all.find({ isServing: false, replacedAt: { $lt: before } }).toArray();
    return found.map(({ _id }) => _id);
  }

  /** Forgets a generation whose figures are gone. */
  async forget(generation: number): Promise<void> {
    await this.#all.deleteOne({ _id: generation, isServing: false });
  }
}
