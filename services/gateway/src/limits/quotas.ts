/** What a tenant's plan allows apart from the rate: requests a day, and requests at once. */
import { refuse, type Refusal } from '@membership/contracts/errors';
import type { TenantRecord } from '../domain/caller.ts';
import { found } from '../storage/records.ts';
import type { TenantPlaces } from './tenant-places.ts';
import type { TenantUsage } from './tenant-usage.ts';

/** How to give a request's place back; undefined where it has none. */
type Leave = (() => void) | undefined;

export class Quotas {
  readonly #usage: TenantUsage;
  readonly #places: TenantPlaces;
  constructor(usage: TenantUsage, places: TenantPlaces) {
    this.#usage = usage;
    this.#places = places;
  }

  /** Counts a request of a tenant. Refuses (RATE_LIMITED) when the day's are used up, or as many are under way as may be. */
  async admit(tenant: TenantRecord, { isStream }: { readonly isStream: boolean }): Promise<Leave> {
    const now = Date.now();
    const known = this.#usage.today(tenant, now);
    const today = known instanceof Promise ? await found(known) : known;
    const perDay = tenant.plan?.requestsPerDay ?? null;
    if (perDay !== null && today.stored + today.requests >= perDay) {
      this.#usage.count(today, 'refused');
      throw dayUsedUp(perDay, today.endsAt, now);
    }
    // Streams have places of their own, at their service.
    const atOnce = isStream ? null : (tenant.plan?.concurrentRequests ?? null);
    if (atOnce === null) {
      this.#usage.count(today, 'requests');
      return undefined;
    }
    const taken = this.#places.take(tenant._id, atOnce);
    const place = taken instanceof Promise ? await taken : taken;
    if (!place) {
      this.#usage.count(today, 'refused');
      throw placesTaken(atOnce);
    }
    this.#usage.count(today, 'requests');
    return () => place.leave();
  }

  /** Counts a request that its rate refused. */
  async noteRefused(tenant: TenantRecord): Promise<void> {
    this.#usage.count(await found(Promise.resolve(this.#usage.today(tenant, Date.now()))), 'refused');
  }
}

const dayUsedUp = (limit: number, endsAt: number, now: number): Refusal => {
  const seconds = Math.max(1, Math.ceil((endsAt - now) / 1_000));
  return refuse('RATE_LIMITED', {
    text: {
      zh: '租户今日的请求配额（{limit}）已用完，{seconds} 秒后重置',
      en: 'The tenant has used up its {limit} requests of today; they begin anew in {seconds} seconds',
    },
    params: { limit, seconds },
    details: { limit: 'requests_per_day', allowed: limit, resets_at: new Date(endsAt).toISOString() },
    headers: { 'retry-after': String(seconds) },
  });
};

const placesTaken = (limit: number): Refusal =>
  refuse('RATE_LIMITED', {
    text: {
      zh: '租户同时处理的请求已达上限（{limit}），请等其他请求完成后重试',
      en: 'As many requests of the tenant as may be ({limit}) are under way; try again when one of them has ended',
    },
    params: { limit },
    details: { limit: 'concurrent_requests', allowed: limit },
    headers: { 'retry-after': '1' },
  });
