/**
 * Base figures of a projector: its figures of the closed months, from which a recount starts. They are counted by themselves
 * from the archive, never copied from figures that serve, and are a generation under a name of its own: nobody answers from
 * it, and versions that know none leave it alone.
 */
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import type { Transactions } from '@membership/platform/transaction';
import { START } from '../archive/positions.ts';
import { Generations, OutlivedGenerations } from './generations.ts';
import type { Copied, Generation, Position } from './models.ts';
import type { Projector } from './projector.ts';
import { copyFigures } from './stored-figures.ts';

/** Under which names a projector's base figures are generations: those, copies of them that are under way, and what was given up. */
export const namesOf = (projector: string) => ({
  base: `${projector}.base`,
  copy: `${projector}.copy`,
  gone: `${projector}.gone`,
});
/** A generation that is being copied from base figures. */
type Copy = Generation & { readonly base: number; readonly copied: Copied };

export class Bases {
  /** What they are counted into. */
  readonly generations: Generations;
  readonly #connection: Connection;
  readonly #projector: Projector;
  readonly #names: ReturnType<typeof namesOf>;
  readonly #all;
  readonly #positions;

  constructor(connection: Connection, projector: Projector, partitions: number) {
    const { name, counting } = projector;
    this.#names = namesOf(name);
    this.generations = new Generations(connection, { name: this.#names.base, counting }, partitions);
    this.#connection = connection;
    this.#projector = projector;
    this.#all = collectionOf<Generation>(connection, 'generations');
    this.#positions = collectionOf<Position>(connection, 'positions');
  }

  /** How far they are, by parts of the tenants; none where none were begun. */
  async listPositions(session?: ClientSession): Promise<Position[]> {
    const own = await this.generations.listOwn(session);
    return this.generations.listPositions(
      own.map(({ _id }) => _id),
      session,
    );
  }

  /**
   * Begins a generation as a copy of these figures, which stand still until it is whole: who counts them finds them held, or
   * loses. Returns its number; null where they hold nothing yet.
   */
  async beginCopy(session: ClientSession): Promise<number | null> {
    const [base] = await this.generations.listOwn(session);
    const positions = await this.listPositions(session);
    if (!base || positions.every(({ countedTo }) => countedTo === START)) return null;
    const _id = await this.generations.nextNumber(session);
    const { counting } = this.#projector;
    const { partitions = positions.length } = base;
    const copied: Copied = { collection: 0, after: null };
    await this.#all.insertOne(
      { _id, projector: this.#names.copy, counting, partitions, base: base._id, copied, seenAt: new Date() },
      { session },
    );
    await this.#positions.updateMany({ generation: base._id }, { $set: { heldFor: _id } }, { session });
    return _id;
  }

  /** The generation that is being copied. */
  async findCopy(session?: ClientSession): Promise<Copy | null> {
    const { counting } = this.#projector;
    const found = await this.#all.findOne(
      { projector: this.#names.copy, counting },
      session ? { session } : {},
    );
    return found as Copy | null;
  }

  /** Copies some more, and in the end has the generation counted on. False: there is nothing to copy. */
  async copyNext(transactions: Transactions): Promise<boolean> {
    const copy = await this.findCopy();
    if (!copy) return false;
    const { _id, base, copied } = copy;
    const collection = this.#projector.collections[copied.collection];
    if (collection === undefined) {
      await transactions.run(({ session }) => this.#countOn(_id, session));
      return true;
    }
    const after = await copyFigures(this.#connection, collection, {
      from: base,
      to: _id,
      after: copied.after,
    });
    const next = after === null ? { collection: copied.collection + 1, after } : { ...copied, after };
    await this.#all.updateOne(
      { _id, copied },
      { $set: { copied: next } },
      { writeConcern: { w: 'majority' } },
    );
    return true;
  }

  /** Everything is copied: it is a generation like any other, as far as the base figures are, and those go on. */
  async #countOn(_id: number, session: ClientSession): Promise<void> {
    const copy = await this.findCopy(session);
    if (copy?._id !== _id) return;
    const positions = await this.generations.listPositions([copy.base], session);
    await this.#positions.insertMany(
      positions.map(({ heldFor: _held, isWhole: _whole, ...position }) => ({
        ...position,
        ...{ _id: `${_id}/${position.partition}of${position.of}`, generation: _id },
      })),
      { session },
    );
    await this.#positions.updateMany({ heldFor: _id }, { $unset: { heldFor: 1 } }, { session });
    const basedOn = positions.reduce((sum, { events }) => sum + events, 0);
    await this.#all.updateOne(
      { _id },
      { $set: { projector: this.#projector.name, basedOn }, $unset: { base: 1, copied: 1 } },
      { session },
    );
  }

  /** Gives these figures up: they are made anew from the first event. */
  async giveUp(session: ClientSession): Promise<void> {
    const { base, gone } = this.#names;
    const { counting } = this.#projector;
    await this.#all.updateMany({ projector: base, counting }, { $set: { projector: gone } }, { session });
  }

  /** What was given up, and what is of rules by which nothing is counted any more. */
  async listUseless(): Promise<Generation[]> {
    const { base, copy, gone } = this.#names;
    const { name } = this.#projector;
    const all = await this.#all.find({ projector: { $in: [name, base, copy, gone] } }).toArray();
    const counted = new Set(all.flatMap(({ projector, counting }) => (projector === name ? [counting] : [])));
    return all.filter(
      ({ projector, counting }) => projector !== name && (projector === gone || !counted.has(counting)),
    );
  }

  async removeUseless(): Promise<number> {
    const outlived = new OutlivedGenerations(this.#connection);
    const useless = await this.listUseless();
    for (const { _id } of useless) await outlived.remove(_id, this.#projector.collections);
    return useless.length;
  }
}
