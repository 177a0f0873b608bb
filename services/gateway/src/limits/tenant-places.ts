/**
 * Requests of a tenant that are under way, against what its plan allows at once: over all gateways in Redis, in this process
 * while there is none. In Redis a place is a lease, so that a gateway that was killed keeps none for longer than a minute.
 */
import { randomUUID } from 'node:crypto';
import type { SharedStore } from '@membership/platform/shared-store';

const LEASE_MILLISECONDS = 60_000;
const RENEW_MILLISECONDS = 20_000;

/** Redis' own clock: the gateways' need not agree. */
const NOW = `local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) `;
const TAKE = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;
const RENEW = `${NOW}
redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;
const LEAVE = `return redis.call('ZREM', KEYS[1], unpack(ARGV))`;
/** Places of a tenant that ended unheard, at most; what is not noted ends by itself. */
const MOST_UNHEARD = 1_000;

type Lease = { readonly key: string; readonly name: string };
type Place = { leave(): void };

export class TenantPlaces {
  readonly #store: SharedStore | undefined;
  /** Of this process, by tenant. */
  readonly #taken = new Map<number, number>();
  readonly #leases = new Set<Lease>();
  /** Names of leases that ended while Redis was away, by key: it still counts them. */
  readonly #unheard = new Map<string, string[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store?: SharedStore) {
    this.#store = store;
    store?.onBack(() => this.#tellUnheard());
  }

  /** A place among `most`, or null where all are taken. */
  take(tenantId: number, most: number): Place | null | Promise<Place | null> {
    const taken = this.#taken.get(tenantId) ?? 0;
    if (taken >= most) return null;
    this.#taken.set(tenantId, taken + 1);
    if (!this.#store?.isReady) return this.#placeOf(tenantId);
    return this.#takeShared(this.#store, tenantId, most);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #takeShared(store: SharedStore, tenantId: number, most: number): Promise<Place | null> {
    const lease = { key: `${store.prefix}places:${tenantId}`, name: randomUUID() };
    try {
      const isTaken = await store.run(TAKE, [lease.key], [lease.name, most, LEASE_MILLISECONDS]);
      if (isTaken === 1) return this.#placeOf(tenantId, lease);
      this.#leave(tenantId);
      return null;
    } catch {
      // Redis is away: this process' own count has let it in. What Redis may have noted ends by itself.
      return this.#placeOf(tenantId, lease);
    }
  }

  #placeOf(tenantId: number, lease?: Lease): Place {
    if (lease) {
      this.#leases.add(lease);
      this.#timer ??= setInterval(() => this.#renew(), RENEW_MILLISECONDS).unref();
    }
    let isLeft = false;
    return {
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        this.#leave(tenantId);
        if (!lease) return;
        this.#leases.delete(lease);
        this.#leaveShared(lease.key, [lease.name]);
      },
    };
  }

  #leave(tenantId: number): void {
    const left = (this.#taken.get(tenantId) ?? 1) - 1;
    if (left > 0) this.#taken.set(tenantId, left);
    else this.#taken.delete(tenantId);
  }

  /** Requests that take long keep their places. What is not heard is no harm: a lease ends. */
  #renew(): void {
    for (const { key, name } of this.#leases)
      this.#store?.run(RENEW, [key], [name, LEASE_MILLISECONDS]).catch(() => undefined);
  }

  #leaveShared(key: string, names: readonly string[]): void {
    this.#store?.run(LEAVE, [key], names).catch(() => {
      const unheard = this.#unheard.get(key) ?? [];
      this.#unheard.set(key, [...unheard, ...names].slice(-MOST_UNHEARD));
    });
  }

  /** Else what ended while Redis was away would hold places for a minute. */
  #tellUnheard(): void {
    const unheard = [...this.#unheard];
    this.#unheard.clear();
    for (const [key, names] of unheard) this.#leaveShared(key, names);
  }
}
