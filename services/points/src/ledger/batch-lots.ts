/**
 * The lots of profiles as one batch has them. They are read soonest end first and no further than they are needed: a
 * spending of a few points costs the same over ten lots as over ten thousand.
 */
import type { ClientSession } from 'mongoose';
import type { Models } from '../models.ts';
import { bySoonestEnd, free, type Lot } from './lots.ts';
import type { Profile } from './profile.ts';

const PAGE = 50;
const GROWTH = 4;
/** Lots of all takers of a batch that are read at once; who has more reads on alone. */
const AT_ONCE = 2_000;

type Window = {
  /** Whatever is known of the profile's lots, by id: those in order up to `reach`, and some beyond. */
  readonly lots: Map<number, Lot>;
  /** The last lot that was read in order; null: none yet. */
  reach: Lot | null;
  /** Whether all that hold points are known. */
  isWhole: boolean;
  page: number;
};
type Owner = Pick<Profile, '_id' | 'tenantId'>;

export class BatchLots {
  readonly #models: Models;
  readonly #session: ClientSession;
  readonly #windows = new Map<number, Window>();
  readonly #made = new Set<Lot>();
  readonly #changed = new Set<Lot>();

  constructor(models: Models, session: ClientSession) {
    this.#models = models;
    this.#session = session;
  }

  /** Reads ahead for several profiles of a tenant: one after the other would cost a round trip each. */
  async readAhead(tenantId: number, memberIds: readonly number[]): Promise<void> {
    if (memberIds.length < 2) return;
    const found = (await this.#models.lots.native
      .find(
        { tenantId, memberId: { $in: [...memberIds] }, remaining: { $gt: 0 } },
        { session: this.#session, sort: { memberId: 1, endsAt: 1, _id: 1 }, limit: AT_ONCE },
      )
      .toArray()) as Lot[];
    const cutOff = found.length === AT_ONCE ? found.at(-1)?.memberId : undefined;
    for (const memberId of memberIds) {
      if (cutOff !== undefined && memberId > cutOff) continue;
      const window = this.#windowOf({ _id: memberId, tenantId });
      const own = found.filter((lot) => lot.memberId === memberId);
      for (const lot of own) window.lots.set(lot._id, lot);
      window.reach = own.at(-1) ?? null;
      window.isWhole = memberId !== cutOff;
    }
  }

  /** The lots that so many points would be taken from, if the profile has them, soonest end first. */
  async holding(profile: Owner, points: number, now: Date): Promise<Lot[]> {
    return this.#readUntil(
      profile,
      (lots) => lots.reduce((sum, lot) => sum + (lot.endsAt > now ? free(lot) : 0), 0) >= points,
    );
  }

  /** The lots that have ended, and the next that will; or more than so many that have ended. */
  async ending(profile: Owner, now: Date, most: number): Promise<Lot[]> {
    const isNext = (lot: Lot) => lot.endsAt > now && free(lot) > 0;
    return this.#readUntil(profile, (lots) => lots.some(isNext) || lots.filter(free).length > most);
  }

  /** Lots of a profile by their ids, empty ones too. */
  async named(profile: Owner, ids: readonly number[]): Promise<Lot[]> {
    const { lots } = this.#windowOf(profile);
    const missing = ids.filter((id) => !lots.has(id));
    if (missing.length > 0)
      for (const lot of (await this.#models.lots.native
        .find(
          { _id: { $in: missing }, tenantId: profile.tenantId, memberId: profile._id },
          { session: this.#session },
        )
        .toArray()) as Lot[])
        lots.set(lot._id, lot);
    return ids.flatMap((id) => lots.get(id) ?? []);
  }

  add(lot: Lot): void {
    this.#made.add(lot);
    this.#windowOf({ _id: lot.memberId, tenantId: lot.tenantId }).lots.set(lot._id, lot);
  }

  /** Says that a lot has been changed in place. */
  touch(lot: Lot): void {
    if (!this.#made.has(lot)) this.#changed.add(lot);
  }

  /** Writes what is new and what has changed. */
  async write(): Promise<void> {
    const options = { session: this.#session, ordered: false } as const;
    if (this.#made.size > 0) await this.#models.lots.native.insertMany([...this.#made], options);
    if (this.#changed.size === 0) return;
    await this.#models.lots.native.bulkWrite(
      [...this.#changed].map(({ _id, tenantId, remaining, held, expired = 0 }) => ({
        updateOne: { filter: { _id, tenantId }, update: { $set: { remaining, held, expired } } },
      })),
      options,
    );
  }

  #windowOf({ _id }: Owner): Window {
    const known = this.#windows.get(_id);
    if (known) return known;
    const window: Window = { lots: new Map(), reach: null, isWhole: false, page: PAGE };
    this.#windows.set(_id, window);
    return window;
  }

  /** Reads on until what is known in order is enough, or all. */
  async #readUntil(profile: Owner, isEnough: (inOrder: readonly Lot[]) => boolean): Promise<Lot[]> {
    const window = this.#windowOf(profile);
    for (;;) {
      const inOrder = inOrderOf(window);
      if (window.isWhole || isEnough(inOrder)) return inOrder;
      await this.#readOn(profile, window);
    }
  }

  async #readOn({ _id: memberId, tenantId }: Owner, window: Window): Promise<void> {
    const { reach, page } = window;
    const beyond = reach && {
      $or: [{ endsAt: { $gt: reach.endsAt } }, { endsAt: reach.endsAt, _id: { $gt: reach._id } }],
    };
    const found = (await this.#models.lots.native
      .find(
        { tenantId, memberId, remaining: { $gt: 0 }, ...beyond },
        { session: this.#session, sort: { endsAt: 1, _id: 1 }, limit: page },
      )
      .toArray()) as Lot[];
    // What this batch knows already may have changed in it.
    for (const lot of found) if (!window.lots.has(lot._id)) window.lots.set(lot._id, lot);
    window.reach = found.at(-1) ?? reach;
    window.isWhole = found.length < page;
    window.page = page * GROWTH;
  }
}

/** Those before `reach` are all there; of what lies beyond, something that ends sooner may not be known. */
function inOrderOf({ lots, reach, isWhole }: Window): Lot[] {
  const inOrder = [...lots.values()].sort(bySoonestEnd);
  if (isWhole) return inOrder;
  return reach ? inOrder.filter((lot) => bySoonestEnd(lot, reach) <= 0) : [];
}
