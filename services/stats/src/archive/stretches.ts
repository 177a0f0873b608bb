/**
 * What projectors read of the archive, read and parsed once for all that stand near each other; what this process has archived
 * itself is not read at all. Each has its own position all the same: one that lags, or is made anew, reads what it needs by itself.
 */
import type { Envelope } from '@membership/contracts/event';

/** A place in the archive: behind a position, of a part of the tenants. */
export type Place = { readonly partition: number; readonly of: number; readonly countedTo: number };
export type Entry = { readonly position: number; readonly event: Envelope };
/** Events behind a place, in order; `to` is how far they reach, `isAll` whether nothing more was archived. */
export type Stretch = { readonly entries: readonly Entry[]; readonly to: number; readonly isAll: boolean };

/** Stretches that are kept for others, of so many events at most, and for how long after the last was read or archived. */
const KEPT = 16;
const KEPT_EVENTS = 16_000;
const KEPT_MS = 5_000;
/** Who asks for more at once stands far behind, alone: it is not kept. */
const SHARED = 2_000;

type Kept = { readonly from: Place; readonly reading: Promise<Stretch>; stretch?: Stretch };

export class Stretches {
  readonly #read: (from: Place, limit: number) => Promise<Stretch>;
  /** In the order in which they were read. */
  #kept: readonly Kept[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(read: (from: Place, limit: number) => Promise<Stretch>) {
    this.#read = read;
  }

  /**
   * The next events behind a place, `limit` at most; those are all only where they reach to `end` at least. Whatever others
   * have read is not read again: who stands with them goes on with them, and who is behind gets all of it at once.
   */
  async next(place: Place, asked: { readonly limit: number; readonly end: number }): Promise<Stretch> {
    for (;;) {
      const found = this.#find(place, asked);
      if (!found) return this.#readOn(place, asked.limit);
      if (!('reading' in found)) return found;
      await found.reading;
    }
  }

  /** What others have read behind a place, or the one who reads it now. At once: of many who ask together one is to read. */
  #find(
    place: Place,
    { limit, end }: { readonly limit: number; readonly end: number },
  ): Stretch | Kept | undefined {
    let found: Stretch = { entries: [], to: place.countedTo, isAll: false };
    let reading: Kept | undefined;
    for (const kept of this.#kept) {
      const { from, stretch } = kept;
      if (!holds(from, place) || from.countedTo > found.to) continue;
      if (!stretch) reading = kept;
      const rest = stretch && restOf(ofPart(stretch, from, place), found.to, limit - found.entries.length);
      if (!rest) continue;
      const isAll = rest.isAll && rest.to >= end;
      found = { entries: [...found.entries, ...rest.entries], to: rest.to, isAll };
      if (isAll || found.entries.length === limit) return found;
    }
    return found.to > place.countedTo ? found : reading;
  }

  /** What this process has archived behind a position, all of it, once it is committed. */
  hold(after: number, entries: readonly Entry[]): void {
    const to = entries.at(-1)?.position ?? after;
    const stretch = { entries, to, isAll: true };
    this.#keep({ from: { ...WHOLE, countedTo: after }, reading: Promise.resolve(stretch), stretch });
  }

  async #readOn(place: Place, limit: number): Promise<Stretch> {
    if (limit > SHARED) return this.#read(place, limit);
    const kept: Kept = { from: place, reading: this.#read(place, limit) };
    this.#keep(kept);
    try {
      kept.stretch = await kept.reading;
      this.#leaveOld();
      return kept.stretch;
    } catch (error) {
      this.#kept = this.#kept.filter((one) => one !== kept);
      throw error;
    }
  }

  /** Lets go of the oldest while there are too many events; never of the newest. */
  #leaveOld(): void {
    let events = 0;
    const from = this.#kept.findLastIndex(
      ({ stretch }) => (events += stretch?.entries.length ?? 0) > KEPT_EVENTS,
    );
    this.#kept = this.#kept.slice(Math.min(from + 1, this.#kept.length - 1));
  }

  #keep(kept: Kept): void {
    this.#kept = [...this.#kept.slice(1 - KEPT), kept];
    this.#leaveOld();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#kept = []), KEPT_MS).unref();
  }
}

/** All tenants as one part. */
const WHOLE = { partition: 0, of: 1 } as const;
/** Whether what is behind one place has what is behind the other, as far as their parts go. */
const holds = (from: Place, place: Place): boolean =>
  from.of === WHOLE.of || (from.of === place.of && from.partition === place.partition);

/** Of a stretch of all tenants those of one part. */
function ofPart(stretch: Stretch, from: Place, { partition, of }: Place): Stretch {
  if (from.of === of) return stretch;
  return { ...stretch, entries: stretch.entries.filter(({ event }) => event.tenantid % of === partition) };
}

/** What a stretch has behind a place that is not before its begin; null where it says nothing of that. */
function restOf({ entries, to, isAll }: Stretch, countedTo: number, limit: number): Stretch | null {
  if (to < countedTo || (to === countedTo && !isAll)) return null;
  const rest = entries.filter(({ position }) => position > countedTo);
  if (rest.length <= limit) return { entries: rest, to, isAll };
  const some = rest.slice(0, limit);
  return { entries: some, to: some[limit - 1]?.position ?? countedTo, isAll: false };
}
