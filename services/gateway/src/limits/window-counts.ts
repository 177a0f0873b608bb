/**
 * Requests counted by minute under keys: by this process, or by all gateways together in Redis. Counting together costs few
 * questions: far from its limit a key may take some requests that are told a moment later, near it each is asked for.
 */
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { SharedStore } from '@membership/platform/shared-store';

/** What a key has used of its window, with the request that asked. */
export type Used = { readonly count: number; readonly millisecondsLeft: number };

/** One size of limit. */
export type WindowCounts = {
  /** Takes one request from a key's window; the count passes the limit where none is left. */
  take(key: string): Promise<Used> | Used;
  /** What is used, with nothing taken. */
  used(key: string): Promise<Used>;
};

const WINDOW_SECONDS = 60;
const usedOf = ({ consumedPoints, msBeforeNext }: RateLimiterRes): Used => ({
  count: consumedPoints,
  millisecondsLeft: msBeforeNext,
});
/** A limiter rejects with the count that is over its limit. */
const overLimit = (error: unknown): Used => {
  if (!(error instanceof RateLimiterRes)) throw error;
  return usedOf(error);
};

export class OwnCounts implements WindowCounts {
  readonly #limiter: RateLimiterMemory;
  constructor(limit: number) {
    this.#limiter = new RateLimiterMemory({ points: limit, duration: WINDOW_SECONDS });
  }

  take = (key: string): Promise<Used> => this.#limiter.consume(key).then(usedOf, overLimit);
  used = (key: string): Promise<Used> => this.#limiter.penalty(key, 0).then(usedOf);
}

/** A key's window as Redis last told of it. */
type Known = {
  count: number;
  readonly endsAt: number;
  /** Requests that may be taken before Redis is asked again, and those that were. */
  readonly ahead: number;
  untold: number;
};

/** Of what is left of a limit, so much may be taken before it is told: nothing of the last 20. */
const AHEAD = 1 / 20;
const TELL_MILLISECONDS = 100;
const MOST_KNOWN = 20_000;

export class SharedCounts implements WindowCounts {
  readonly #limit: number;
  readonly #limiter: RateLimiterRedis;
  readonly #known = new Map<string, Known>();
  #untold = new Map<string, Known>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: number, store: SharedStore) {
    this.#limit = limit;
    this.#limiter = new RateLimiterRedis({
      storeClient: clientFor(store),
      useRedisPackage: true,
      rejectIfRedisNotReady: true,
      keyPrefix: `${store.prefix}rate`,
      points: limit,
      duration: WINDOW_SECONDS,
      // While Redis is away this process counts by itself, from nothing.
      insuranceLimiter: new RateLimiterMemory({ points: limit, duration: WINDOW_SECONDS }),
    });
  }

  take(key: string): Used | Promise<Used> {
    const now = performance.now();
    const known = this.#known.get(key);
    if (known && now < known.endsAt) {
      const millisecondsLeft = known.endsAt - now;
      // A window that is used up stays so until it ends: whoever goes on asking costs Redis nothing.
      if (known.count > this.#limit) return { count: known.count, millisecondsLeft };
      if (known.untold < known.ahead) {
        known.untold++;
        this.#untold.set(key, known);
        this.#timer ??= setTimeout(() => void this.tell(), TELL_MILLISECONDS).unref();
        return { count: known.count + known.untold, millisecondsLeft };
      }
    }
    return this.#ask(key, now, 1 + this.#takeUntold(key));
  }

  /** Adding nothing asks as adding does. */
  async used(key: string): Promise<Used> {
    return usedOf(await this.#limiter.penalty(key, 0));
  }

  /** Tells Redis what was taken and not told yet. */
  async tell(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const untold = this.#untold;
    this.#untold = new Map();
    await Promise.all(
      [...untold].map(async ([key, known]) => {
        const taken = known.untold;
        known.untold = 0;
        if (taken > 0) this.#learn(key, performance.now(), usedOf(await this.#limiter.penalty(key, taken)));
      }),
    );
  }

  async #ask(key: string, now: number, points: number): Promise<Used> {
    const used = await this.#limiter.consume(key, points).then(usedOf, overLimit);
    this.#learn(key, now, used);
    return used;
  }

  #takeUntold(key: string): number {
    const known = this.#untold.get(key);
    this.#untold.delete(key);
    const taken = known?.untold ?? 0;
    if (known) known.untold = 0;
    return taken;
  }

  /** Answers may overtake each other: within a window the highest count is the newest. */
  #learn(key: string, now: number, { count, millisecondsLeft }: Used): void {
    const endsAt = now + millisecondsLeft;
    const before = this.#known.get(key);
    if (before && before.count > count && now < before.endsAt) return;
    const ahead = Math.max(0, Math.floor((this.#limit - count) * AHEAD));
    this.#known.delete(key);
    if (this.#known.size >= MOST_KNOWN) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(key, { count, endsAt, ahead, untold: 0 });
  }
}

/** The limiter's client: it asks by one script alone. */
const clientFor = (store: SharedStore) => ({
  get isReady() {
    return store.isReady;
  },
  eval: (script: string, given: { keys: string[]; arguments: string[] }) =>
    store.run(script, given.keys, given.arguments),
});
