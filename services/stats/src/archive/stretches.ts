/**
 * What projectors read of the archive, read and parsed once for all that stand near each other. Each has its own position
 * all the same: one that lags, or is made anew, reads what it needs by itself.
 */
import type { Envelope } from '@membership/contracts/event';

/** A place in the archive: behind a position, of a part of the tenants. */
export type Place = { readonly partition: number; readonly of: number; readonly countedTo: number };
export type Entry = { readonly position: number; readonly event: Envelope };
/** Events behind a place, in order; `to` is how far they reach, `isAll` whether nothing more was archived. */
export type Stretch = { readonly entries: readonly Entry[]; readonly to: number; readonly isAll: boolean };

/** Stretches that are kept for others, and for how long after the last was read. */
const KEPT = 8;
const KEPT_MS = 2_000;

type Kept = { readonly from: Place; readonly stretch: Promise<Stretch> };

export class Stretches {
  readonly #read: (from: Place, limit: number) => Promise<Stretch>;
  #kept: readonly Kept[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(read: (from: Place, limit: number) => Promise<Stretch>) {
    this.#read = read;
  }

  /** The next events behind a place, `limit` at most; where there are fewer, they reach to `end` at least. */
  async next(
    place: Place,
    { limit, end }: { readonly limit: number; readonly end: number },
  ): Promise<Stretch> {
    for (const { from, stretch } of this.#kept) {
      if (from.of !== place.of || from.partition !== place.partition || from.countedTo > place.countedTo)
        continue;
      const rest = restOf(await stretch, place, limit);
      if (rest && (!rest.isAll || rest.to >= end)) return rest;
    }
    const reading: Kept = { from: place, stretch: this.#read(place, limit) };
    this.#kept = [reading, ...this.#kept.slice(0, KEPT - 1)];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#kept = []), KEPT_MS).unref();
    try {
      return await reading.stretch;
    } catch (error) {
      this.#kept = this.#kept.filter((one) => one !== reading);
      throw error;
    }
  }
}

/** What a stretch has behind a place that is not before its begin; null where it says nothing of that. */
function restOf({ entries, to, isAll }: Stretch, { countedTo }: Place, limit: number): Stretch | null {
  if (to < countedTo || (to === countedTo && !isAll)) return null;
  const rest = entries.filter(({ position }) => position > countedTo);
  if (rest.length <= limit) return { entries: rest, to, isAll };
  const some = rest.slice(0, limit);
  return { entries: some, to: some[limit - 1]?.position ?? countedTo, isAll: false };
}
