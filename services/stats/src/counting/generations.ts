/** Countings of the archive. A process counts only into those of its own rules, so that versions side by side spoil nothing. */
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import type { Generation } from './models.ts';
import { readCountable } from './tally.ts';

/** What is counted, and how. A higher number makes every tenant's figures anew from the archive at the next start. */
export const COUNTING = 6;

/** How a version counts: its number, and what events mean to it. */
export type Rules = { readonly counting: number; readonly read: typeof readCountable };
export const RULES: Rules = { counting: COUNTING, read: readCountable };

/** Answers that began with a generation that was replaced have ended by then. */
const ANSWERED_MS = 60_000;
/** So long a generation of other rules is kept after a process of them was seen last: a roll-back finds its figures. */
const KEPT_MS = 3_600_000;
/** How often a process says that it counts by these rules. */
const SEEN_MS = 60_000;
/** Made by a version that knew no positions: it serves until there is another, and nothing is counted into it. */
const isOld = ({ countedTo }: Generation): boolean => countedTo === undefined;
const isWhole = (one: Generation): boolean => (isOld(one) ? one.isServing : one.wholeAt !== undefined);

/**
 * The generation that a process answers from: the newest whole one of its own rules; until there is one, that of the rules
 * next before; after a roll-back, that of the rules next after.
 */
export function servingOf(all: readonly Generation[], own: number): Generation | null {
  const countingOf = (one: Generation): number => (isOld(one) ? 0 : (one.counting ?? 0));
  const distanceOf = (one: Generation): number => {
    const counting = countingOf(one);
    return counting <= own ? own - counting : Number.MAX_SAFE_INTEGER / 2 + counting;
  };
  const [first] = all
    .filter((one) => isWhole(one) && !one.replacedAt)
    .sort((left, right) => distanceOf(left) - distanceOf(right) || right._id - left._id);
  return first ?? null;
}

/** Those of other rules that no process needs any more: this one's own has been whole for long, and nobody was seen. */
export function outlivedOf(all: readonly Generation[], own: number, now: number): Generation[] {
  const isLongAgo = (at: Date | undefined): boolean => (at?.getTime() ?? 0) < now - KEPT_MS;
  const isOwn = (one: Generation): boolean => !isOld(one) && one.counting === own;
  const hasOwn = all.some((one) => isOwn(one) && !one.replacedAt && one.wholeAt && isLongAgo(one.wholeAt));
  return hasOwn ? all.filter((one) => !isOwn(one) && !one.replacedAt && isLongAgo(one.seenAt)) : [];
}

export class Generations {
  readonly rules: Rules;
  readonly #all;

  constructor(connection: Connection, rules: Rules = RULES) {
    this.#all = collectionOf<Generation>(connection, 'generations');
    this.rules = rules;
  }

  /** Those of this process's rules that are not replaced. */
  get #own() {
    return { counting: this.rules.counting, countedTo: { $exists: true }, replacedAt: { $exists: false } };
  }

  /** The generation that answers are made from. */
  async serving(): Promise<Generation> {
    const found = servingOf(await this.#all.find().toArray(), this.rules.counting);
    if (!found) throw new Error('no generation serves: the service has not started');
    return found;
  }

  /** Those of this process's rules that are kept up to date, the oldest first. */
  async listOwn(session?: ClientSession): Promise<Generation[]> {
    return this.#all
      .find(this.#own, session ? { session } : {})
      .sort({ _id: 1 })
      .toArray();
  }

  /** One of this process's rules; null once it is replaced or gone. */
  async findOwn(_id: number, session: ClientSession): Promise<Generation | null> {
    return this.#all.findOne({ ...this.#own, _id }, { session });
  }

  /**
   * Takes the generation along that has counted everything up to `before`: what follows up to `after` is counted into it
   * now. Null where none has got so far: the archive is counted into it.
   */
  async takeAlong(
    { before, after }: { readonly before: number; readonly after: number },
    { events, asOf }: { readonly events: number; readonly asOf: Date },
    session: ClientSession,
  ): Promise<number | null> {
    const found = await this.#all.findOneAndUpdate(
      { ...this.#own, countedTo: before },
      { $set: { countedTo: after }, $inc: { events }, $max: { asOf } },
      // The one that serves, where another one is being made and is as far.
      { session, projection: { _id: 1 }, sort: { _id: 1 } },
    );
    return found?._id ?? null;
  }

  /** Begins a generation, into which nothing is counted yet. Returns its number. */
  async begin(session: ClientSession): Promise<number> {
    const [newest] = await this.#all.find({}, { session }).sort({ _id: -1 }).limit(1).toArray();
    const _id = (newest?._id ?? 0) + 1;
    const { counting } = this.rules;
    await this.#all.insertOne(
      { _id, isServing: false, asOf: null, events: 0, counting, countedTo: 0, seenAt: new Date() },
      { session },
    );
    return _id;
  }

  /** Notes how far the archive is counted into a generation. */
  async counted(
    { _id, countedTo }: Generation,
    { to, events, asOf }: { readonly to: number; readonly events: number; readonly asOf: Date | null },
    session: ClientSession,
  ): Promise<void> {
    const { matchedCount } = await this.#all.updateOne(
      { ...this.#own, _id, countedTo: countedTo as number },
      { $set: { countedTo: to }, $inc: { events }, ...(asOf ? { $max: { asOf } } : {}) },
      { session },
    );
    if (matchedCount === 0) throw new Error(`generation ${_id} was counted on meanwhile`);
  }

  /** It holds the whole archive: it serves from now on, and the one before is kept a while for answers under way. */
  async finish({ _id }: Generation, session: ClientSession): Promise<void> {
    const now = new Date();
    await this.#all.updateOne({ _id }, { $set: { wholeAt: now } }, { session });
    await this.#all.updateMany(
      { ...this.#own, _id: { $lt: _id } },
      { $set: { replacedAt: now } },
      { session },
    );
  }

  /** Says that a process of these rules is there: others leave its generations alone. */
  async seen(now: Date): Promise<void> {
    await this.#all.updateMany(
      { ...this.#own, seenAt: { $lt: new Date(now.getTime() - SEEN_MS) } },
      { $set: { seenAt: now } },
    );
  }

  /** Replaces those that nobody needs any more. One of whose rules a process comes back meanwhile stays. */
  async retireOutlived(now: Date): Promise<void> {
    for (const { _id, seenAt } of outlivedOf(
      await this.#all.find().toArray(),
      this.rules.counting,
      now.getTime(),
    ))
      await this.#all.updateOne({ _id, seenAt: seenAt ?? { $exists: false } }, { $set: { replacedAt: now } });
  }

  /** Those that were replaced so long ago that no answer is made from them any more. */
  async listReplaced(now: Date): Promise<number[]> {
    const before = new Date(now.getTime() - ANSWERED_MS);
    const found = await this.#all.find({ replacedAt: { $lt: before } }).toArray();
    return found.map(({ _id }) => _id);
  }

  /** Forgets a generation whose figures are gone. */
  async forget(_id: number): Promise<void> {
    await this.#all.deleteOne({ _id });
  }
}
