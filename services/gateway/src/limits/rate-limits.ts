/**
 * How many requests a minute: by member or administrator, by service client or API key where a limit is set, by address without a
 * token. Counted together with the other gateways where they share a Redis, else by this process. A tenant's own limits go before
 * its plan's, and these before the platform's.
 */
import { refuse, type Refusal } from '@membership/contracts/errors';
import { countedAddress } from '@membership/platform/http/addresses';
import type { Caller } from '../domain/caller.ts';
import type { TenantLimits } from '../domain/tenant.ts';
import type { SharedStore } from '@membership/platform/shared-store';
import { OwnCounts, SharedCounts, type Used, type WindowCounts } from './window-counts.ts';

export type RateLimitSettings = {
  readonly member: number;
  readonly admin: number;
  readonly internal: number;
  readonly address: number;
};
/** What is left, as the headers say it; null where nothing limits. */
export type Allowance = { readonly limit: number; readonly remaining: number; readonly resetSeconds: number };

export class RateLimits {
  readonly #settings: RateLimitSettings;
  readonly #store: SharedStore | undefined;
  /** By size of limit; tenants that share a size share them, under keys of their own. */
  readonly #counts = new Map<number, WindowCounts>();

  constructor(settings: RateLimitSettings, store?: SharedStore) {
    this.#settings = settings;
    this.#store = store;
  }

  /** Takes one request from a caller's allowance, or an address's. Refuses (RATE_LIMITED) when it is used up. */
  async take(caller: Caller, address: string): Promise<Allowance | null> {
    const limit = this.#limitOf(caller);
    if (limit === 0) return null;
    const key = caller.role === 'anonymous' ? nameOf(address) : caller.sub;
    const used = await this.#countsOf(limit).take(key);
    const left = allowance(limit, used);
    if (used.count > limit) throw usedUp(left);
    return left;
  }

  /** Refuses (RATE_LIMITED) an address whose allowance is used up, before anything is done for it. Takes nothing. */
  async requireLeft(address: string): Promise<void> {
    const limit = this.#settings.address;
    if (limit === 0) return;
    const used = await this.#countsOf(limit).used(nameOf(address));
    if (used.count >= limit) throw usedUp(allowance(limit, used));
  }

  #limitOf({ role, tenant, limitPerMinute }: Caller): number {
    const limit = (which: keyof TenantLimits) => tenant?.limits[which] ?? tenant?.plan?.limits[which];
    if (role === 'member') return limit('memberPerMinute') ?? this.#settings.member;
    if (role === 'admin') return limit('adminPerMinute') ?? this.#settings.admin;
    if (role === 'internal')
      return lowerOf(limit('internalPerMinute') ?? this.#settings.internal, limitPerMinute ?? 0);
    // Platform administrators count as administrators, whatever tenant they work in.
    return role === 'super' ? this.#settings.admin : this.#settings.address;
  }

  #countsOf(limit: number): WindowCounts {
    let counts = this.#counts.get(limit);
    if (!counts) {
      counts = this.#store ? new SharedCounts(limit, this.#store) : new OwnCounts(limit);
      this.#counts.set(limit, counts);
    }
    return counts;
  }
}

/** The lower of two limits; 0 is none. */
const lowerOf = (one: number, other: number): number =>
  one === 0 || other === 0 ? one + other : Math.min(one, other);

const nameOf = (address: string): string => `a:${countedAddress(address)}`;
const allowance = (limit: number, { count, millisecondsLeft }: Used): Allowance => ({
  limit,
  remaining: Math.max(0, limit - count),
  resetSeconds: Math.max(1, Math.ceil(millisecondsLeft / 1000)),
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
    details: { limit: 'requests_per_minute', allowed: left.limit },
    headers: { 'retry-after': String(left.resetSeconds), ...allowanceHeaders(left) },
  });
