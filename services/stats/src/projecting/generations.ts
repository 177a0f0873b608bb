/** The countings of one projector. A process counts only into those of its own rules, so that versions side by side spoil nothing. */
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import type { TenantScope } from '@membership/platform/scope';
import type { Generation, Position } from './models.ts';
import type { Projector } from './projector.ts';
import { removeFigures } from './stored-figures.ts';

/** By which rules something is counted: the projector, and the number of its rules. */
export type Own = Pick<Projector, 'name' | 'counting'>;

/** Answers that began with a generation that was replaced have ended by then. */
const ANSWERED_MS = 60_000;
/** So long a generation of other rules is kept after a process of them was seen last: a roll-back finds its figures. */
const KEPT_MS = 3_600_000;
/** How often a process says that it counts by these rules. */
const SEEN_MS = 60_000;
/** What a version without projectors counted together. */
const COUNTED_TOGETHER: ReadonlySet<string> = new Set(['figures', 'boards']);

const isOf = ({ name }: Own, { projector }: Generation): boolean =>
  projector === undefined ? COUNTED_TOGETHER.has(name) : projector === name;
/** Of a version that knew no positions. */
const isOld = (one: Generation): boolean => one.projector === undefined && one.countedTo === undefined;
const isWhole = (one: Generation): boolean =>
  isOld(one) ? one.isServing === true : one.wholeAt !== undefined;
const isOwn = (own: Own, one: Generation): boolean =>
  one.projector === own.name && one.counting === own.counting;

/**
 * The generation that a process answers from: the newest whole one of its own rules; until there is one, that of the rules
 * next before; after a roll-back, that of the rules next after. What was never counted before is answered while it is made:
 * `as_of` says how far.
 */
export function servingOf(all: readonly Generation[], own: Own): Generation | null {
  const countingOf = (one: Generation): number => (isOld(one) ? 0 : (one.counting ?? 0));
  const distanceOf = (one: Generation): number => {
    const counting = countingOf(one);
    return counting <= own.counting ? own.counting - counting : Number.MAX_SAFE_INTEGER / 2 + counting;
  };
  const kept = all.filter((one) => isOf(own, one) && !one.replacedAt);
  const [first] = kept
    .filter(isWhole)
    .sort((left, right) => distanceOf(left) - distanceOf(right) || right._id - left._id);
  return (
    first ?? kept.filter((one) => isOwn(own, one)).sort((left, right) => right._id - left._id)[0] ?? null
  );
}

/**
 * Those of other rules that no process needs any more: each of this one's own has been whole for long, and nobody was seen.
 * Those of a projector that it does not know, as after a roll-back, it could not clear away: they stay.
 */
export function outlivedOf(all: readonly Generation[], owns: readonly Own[], now: number): Generation[] {
  const isLongAgo = (at: Date | undefined): boolean => (at?.getTime() ?? 0) < now - KEPT_MS;
  const hasEach = owns.every((own) =>
    all.some((one) => isOwn(own, one) && !one.replacedAt && one.wholeAt && isLongAgo(one.wholeAt)),
  );
  if (!hasEach) return [];
  return all.filter(
    (one) =>
      owns.some((own) => isOf(own, one)) &&
      !owns.some((own) => isOwn(own, one)) &&
      !one.replacedAt &&
      isLongAgo(one.seenAt),
  );
}

/** The generation that an answer is made from; `asOf` is the time of the newest event of the tenant's partition in it. */
export type Serving = { readonly _id: number; readonly asOf: Date | null };

export class Generations {
  readonly own: Own;
  /** In how many parts the tenants of a new generation are counted. */
  readonly #partitions: number;
  readonly #all;
  readonly #positions;

  constructor(connection: Connection, own: Own, partitions = 1) {
    this.own = own;
    this.#partitions = partitions;
    this.#all = collectionOf<Generation>(connection, 'generations');
    this.#positions = collectionOf<Position>(connection, 'positions');
  }

  /** Those of this projector's rules that are not replaced. */
  get #own() {
    const { name, counting } = this.own;
    return { projector: name, counting, replacedAt: { $exists: false } };
  }

  /** The generation that answers of a tenant are made from. How far it is counted is read first: figures are as new at least. */
  async serving(
    { tenantId }: Pick<TenantScope, 'tenantId'>,
    moment: { readonly session?: ClientSession } = {},
  ): Promise<Serving> {
    const positions = await this.#positions.find({}, moment).toArray();
    const all = await this.#all.find({}, moment).toArray();
    const found = servingOf(all, this.own);
    if (!found) throw new Error(`no generation of ${this.own.name} serves: the service has not started`);
    const position = positions.find(
      ({ generation, partition, of }) => generation === found._id && tenantId % of === partition,
    );
    return { _id: found._id, asOf: position?.asOf ?? found.asOf ?? null };
  }

  /** The number of the generation that answers of all tenants are made from. */
  async current(): Promise<number> {
    const found = servingOf(await this.#all.find().toArray(), this.own);
    if (!found) throw new Error(`no generation of ${this.own.name} serves: the service has not started`);
    return found._id;
  }

  /** Those of this projector's rules that are kept up to date, the oldest first. */
  async listOwn(session?: ClientSession): Promise<Generation[]> {
    return this.#all
      .find(this.#own, session ? { session } : {})
      .sort({ _id: 1 })
      .toArray();
  }

  /** Whether all is as it should be with those among `all` that are of these rules. */
  areTended(all: readonly Generation[], now: Date): boolean {
    const own = all.filter((one) => isOwn(this.own, one) && !one.replacedAt);
    return (
      own.length > 0 &&
      own.every(({ seenAt }) => seenAt && seenAt.getTime() >= now.getTime() - SEEN_MS) &&
      own.every((one) => one.wholeAt === undefined || !this.isPartedOtherwise(one))
    );
  }

  /** How far those are with each part of the tenants. */
  async listPositions(generations: readonly number[], session?: ClientSession): Promise<Position[]> {
    return this.#positions
      .find({ generation: { $in: [...generations] } }, session ? { session } : {})
      .sort({ _id: 1 })
      .toArray();
  }

  /** Has a generation of these rules. */
  async ensure(session: ClientSession): Promise<void> {
    if ((await this.listOwn(session)).length === 0) await this.begin(session);
  }

  /** The one that is being made. */
  async findMaking(session: ClientSession): Promise<Generation | null> {
    return (await this.listOwn(session)).find(({ wholeAt }) => wholeAt === undefined) ?? null;
  }

  /** A number that no generation of any projector has. */
  async nextNumber(session: ClientSession): Promise<number> {
    const [newest] = await this.#all.find({}, { session }).sort({ _id: -1 }).limit(1).toArray();
    return (newest?._id ?? 0) + 1;
  }

  /** Begins to count everything from the first event. Returns the number of the new generation. */
  async begin(session: ClientSession): Promise<number> {
    const _id = await this.nextNumber(session);
    const { name: projector, counting } = this.own;
    const partitions = this.#partitions;
    await this.#all.insertOne({ _id, projector, counting, partitions, seenAt: new Date() }, { session });
    await this.#place(_id, { countedTo: 0, events: 0, asOf: null }, session);
    return _id;
  }

  /** Makes the parts of a generation, all as far. */
  async #place(
    generation: number,
    { events, ...far }: Pick<Position, 'countedTo' | 'events' | 'asOf' | 'isWhole'>,
    session: ClientSession,
  ): Promise<void> {
    const of = this.#partitions;
    await this.#positions.insertMany(
      Array.from({ length: of }, (_, partition) => ({
        _id: `${generation}/${partition}of${of}`,
        ...{ generation, partition, of, ...far },
        // Whose they were is not known part by part; they are kept for the sum.
        events: partition === 0 ? events : 0,
      })),
      { session },
    );
  }

  /** Notes how far a part is counted. False where it is not where it was, or is held. */
  async counted(
    { _id, countedTo }: Position,
    { to, events, asOf, isWhole: isNowWhole }: Progress,
    session: ClientSession,
  ): Promise<boolean> {
    const { matchedCount } = await this.#positions.updateOne(
      { _id, countedTo, heldFor: { $exists: false } },
      {
        $set: { countedTo: to, ...(isNowWhole ? { isWhole: true } : {}) },
        $inc: { events },
        ...(asOf ? { $max: { asOf } } : {}),
      },
      { session },
    );
    return matchedCount === 1;
  }

  /** Where each part holds everything: it serves from now on, and the one before is kept a while for answers under way. */
  async finish(_id: number, session: ClientSession): Promise<boolean> {
    const found = await this.#all.findOne({ ...this.#own, _id }, { session });
    if (!found || found.wholeAt) return false;
    const positions = await this.listPositions([_id], session);
    if (positions.length === 0 || positions.some((one) => !one.isWhole)) return false;
    const now = new Date();
    await this.#all.updateOne({ _id }, { $set: { wholeAt: now } }, { session });
    await this.#all.updateMany(
      { ...this.#own, _id: { $lt: _id } },
      { $set: { replacedAt: now } },
      { session },
    );
    return true;
  }

  /** Whether its tenants are parted otherwise than this process is told to. */
  isPartedOtherwise({ partitions }: Generation): boolean {
    return partitions !== this.#partitions;
  }

  /** Whole generations of which that is so. */
  async listPartedOtherwise(): Promise<Generation[]> {
    return (await this.listOwn()).filter((one) => one.wholeAt !== undefined && this.isPartedOtherwise(one));
  }

  /** Parts the tenants of a generation anew, once all the parts before are as far. */
  async partAnew(
    _id: number,
    before: readonly Position[],
    to: number,
    session: ClientSession,
  ): Promise<void> {
    await this.#positions.deleteMany({ _id: { $in: before.map((one) => one._id) } }, { session });
    await this.#all.updateOne({ _id }, { $set: { partitions: this.#partitions } }, { session });
    const times = before.flatMap(({ asOf }) => (asOf ? [asOf.getTime()] : []));
    const far = {
      countedTo: to,
      events: before.reduce((sum, { events }) => sum + events, 0),
      asOf: times.length > 0 ? new Date(Math.max(...times)) : null,
      isWhole: true,
    } as const;
    await this.#place(_id, far, session);
  }

  /** Says that a process of these rules is there: others leave its generations alone. */
  async seen(now: Date): Promise<void> {
    await this.#all.updateMany(
      { ...this.#own, seenAt: { $lt: new Date(now.getTime() - SEEN_MS) } },
      { $set: { seenAt: now } },
    );
  }
}

export type Progress = {
  readonly to: number;
  readonly events: number;
  readonly asOf: Date | null;
  /** It holds everything that is archived, for the first time. */
  readonly isWhole: boolean;
};

/** Clears away what no process needs any more, of whichever projector. */
export class OutlivedGenerations {
  readonly #connection: Connection;
  readonly #all;
  readonly #positions;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#all = collectionOf<Generation>(connection, 'generations');
    this.#positions = collectionOf<Position>(connection, 'positions');
  }

  /** Every generation of every projector, and those that have outlived their use or are to be cleared away. */
  async list(
    owns: readonly Own[],
    now: Date,
  ): Promise<{ readonly all: readonly Generation[]; readonly outlived: readonly Generation[] }> {
    const all = await this.#all.find().toArray();
    const isGone = ({ replacedAt }: Generation) =>
      replacedAt !== undefined && replacedAt.getTime() < now.getTime() - ANSWERED_MS;
    return { all, outlived: [...outlivedOf(all, owns, now.getTime()), ...all.filter(isGone)] };
  }

  /** Replaces those that nobody needs any more. One of whose rules a process comes back meanwhile stays. */
  async retire(owns: readonly Own[], now: Date): Promise<void> {
    for (const { _id, seenAt } of outlivedOf(await this.#all.find().toArray(), owns, now.getTime()))
      await this.#all.updateOne({ _id, seenAt: seenAt ?? { $exists: false } }, { $set: { replacedAt: now } });
  }

  /** Those that were replaced so long ago that no answer is made from them any more. */
  async listReplaced(now: Date): Promise<Generation[]> {
    const before = new Date(now.getTime() - ANSWERED_MS);
    return this.#all.find({ replacedAt: { $lt: before } }).toArray();
  }

  /** Removes a generation with every figure of it: its positions first, so that who still counts loses. */
  async remove(_id: number, collections: readonly string[]): Promise<void> {
    await this.#positions.deleteMany({ generation: _id }, { writeConcern: { w: 'majority' } });
    await removeFigures(this.#connection, collections, _id);
    await this.#all.deleteOne({ _id });
  }
}
