/** Counts over what may be very much. */
import { LRUCache } from 'lru-cache';

/** Counted anew for everybody who asks up to here. */
export const COUNTED_EACH_TIME = 10_000;
const KEPT_MILLISECONDS = 60_000;
const KEPT_AT_MOST = 1_000;

/**
 * Counts that are exact when they are asked for while there is little to count; where there is much it is counted once a minute
 * for all who ask, so that asking costs the same however much there is.
 */
export class KeptCounts<T extends object> {
  readonly #kept: LRUCache<string, Promise<T>>;
  constructor({ milliseconds = KEPT_MILLISECONDS }: { milliseconds?: number } = {}) {
    this.#kept = new LRUCache<string, Promise<T>>({ max: KEPT_AT_MOST, ttl: milliseconds });
  }

  /** `countFew`: the count, or null when there is more than is counted each time. */
  async of(key: string, countFew: () => Promise<T | null>, count: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const few = await countFew();
    if (few) return few;
    const other = this.#kept.get(key);
    if (other) return other;
    const counted = count();
    this.#kept.set(key, counted);
    counted.catch(() => {
      if (this.#kept.peek(key) === counted) this.#kept.delete(key);
    });
    return counted;
  }
}
