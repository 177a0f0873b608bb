/**
 * How many requests a minute: by member or administrator, by service client or API key where a limit is set, by address without a
 * token. Counted in this process; a tenant's own limits go before the platform's.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse, type Refusal } from '@membership/contracts/errors';
import { countedAddress } from '@membership/platform/http/addresses';
import type { Caller } from '../callers/callers.ts';

export type RateLimitSettings = {
  readonly member: number;
  readonly admin: number;
  readonly internal: number;
  readonly address: number;
};
/** What is left, as the headers say it; null where nothing limits. */
export type Allowance = { readonly limit: number; readonly remaining: number; readonly resetSeconds: number };

const WINDOW_SECONDS = 60;

export class RateLimits {
  readonly #settings: RateLimitSettings;
  /** One limiter for each size of limit; tenants that share a size share it, under keys of their own. */
  readonly #limiters = new Map<number, RateLimiterMemory>();

  constructor(settings: RateLimitSettings) {
    this.#settings = settings;
  }

  /** Takes one request from a caller's allowance, or an address's. Refuses (RATE_LIMITED) when it is used up. */
  async take(caller: Caller, address: string): Promise<Allowance | null> {
    const limit = this.#limitOf(caller);
    if (limit === 0) return null;
    const key = caller.role === 'anonymous' ? nameOf(address) : caller.sub;
    try {
      return allowance(limit, await this.#limiterOf(limit).consume(key));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      throw usedUp(allowance(limit, error));
    }
  }

  /** Refuses (RATE_LIMITED) an address whose allowance is used up, before anything is done for it. Takes nothing. */
  async requireLeft(address: string): Promise<void> {
    const limit = this.#settings.address;
    if (limit === 0) return;
    const left = await this.#limiterOf(limit).get(nameOf(address));
    if (left && left.consumedPoints >= limit) throw usedUp(allowance(limit, left));
  }

  #limitOf({ role, tenant, limitPerMinute }: Caller): number {
    const own = tenant?.limits;
    if (role === 'member') return own?.memberPerMinute ?? this.#settings.member;
    if (role === 'admin') return own?.adminPerMinute ?? this.#settings.admin;
    if (role === 'internal')
      return lowerOf(own?.internalPerMinute ?? this.#settings.internal, limitPerMinute ?? 0);
    // Platform administrators count as administrators, whatever tenant they work in.
    return role === 'super' ? this.#settings.admin : this.#settings.address;
  }

  #limiterOf(points: number): RateLimiterMemory {
    let limiter = this.#limiters.get(points);
    if (!limiter)
      this.#limiters.set(points, (limiter = new RateLimiterMemory({ points, duration: WINDOW_SECONDS })));
    return limiter;
  }
}

/** The lower of two limits; 0 is none. */
const lowerOf = (one: number, other: number): number =>
  one === 0 || other === 0 ? one + other : Math.min(one, other);

const nameOf = (address: string): string => `a:${countedAddress(address)}`;
const allowance = (limit: number, { consumedPoints, msBeforeNext }: RateLimiterRes): Allowance => ({
  limit,
  remaining: Math.max(0, limit - consumedPoints),
  resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
});

export const allowanceHeaders = ({ limit, remaining, resetSeconds }: Allowance): Record<string, string> => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(resetSeconds),
});

const usedUp = (left: Allowance): Refusal =>
  refuse('RATE_LIMITED', {
    text: {
      zh: '请求过于频繁，请在 {seconds} 秒后重试',
      en: 'Too many requests; try again in {seconds} seconds',
    },
    params: { seconds: left.resetSeconds },
    headers: { 'retry-after': String(left.resetSeconds), ...allowanceHeaders(left) },
  });
