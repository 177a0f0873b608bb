/**
 * How many requests each tenant has made today, by the clocks of its zone. Counted in memory and added to what is stored once
 * a second (where no quota asks for it, every ten): so all replicas know of each other's within a second, and a request waits
 * for nothing but the day's first look.
 */
import { dayOf, endOfDay, type Day } from '@membership/platform/calendar';
import type { Logger } from '@membership/platform/log';
import type { Metrics } from '@membership/platform/metrics';
import type { TenantScope } from '@membership/platform/scope';
import type { UsageRepository, Used } from './usage-repository.ts';

/** Of a tenant: what is counted needs no more of it. */
export type CountedTenant = {
  readonly _id: number;
  readonly code: string;
  readonly timezone: string;
  readonly plan: { readonly requestsPerDay: number | null } | null;
};
type Today = {
  readonly tenant: { readonly id: number; readonly code: string };
  readonly day: Day;
  /** When the day ends, in milliseconds. */
  readonly endsAt: number;
  readonly hasQuota: boolean;
  /** As it was last read, with what was added then. */
  stored: number;
  requests: number;
  refused: number;
  writtenAt: number;
};

const WRITE_MILLISECONDS = 1_000;
const WITHOUT_QUOTA_MILLISECONDS = 10_000;
/** Tenants that the metric names; the others are one, under what is no tenant's code. */
const NAMED_TENANTS = 20;
const OTHERS = '(others)';

export class TenantUsage {
  readonly #rows: Pick<UsageRepository, 'add' | 'read' | 'list'>;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #today = new Map<number, Today>();
  readonly #loading = new Map<number, Promise<Today>>();
  /** Days that ended with something that is not written yet. */
  readonly #over: Today[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(
    rows: Pick<UsageRepository, 'add' | 'read' | 'list'>,
    logger: Pick<Logger, 'warn'>,
    metrics: Pick<Metrics, 'gauge'>,
  ) {
    this.#rows = rows;
    this.#logger = logger;
    metrics.gauge(
      'membership_gateway_tenant_requests_today',
      'Requests of a tenant since its day began',
      ['tenant'],
      (gauge) => {
        gauge.reset();
        for (const [tenant, requests] of this.#mostUsed()) gauge.set({ tenant }, requests);
      },
    );
  }

  /** Today's count of a tenant, as far as this process knows. At once but for the first of a day. */
  today(tenant: CountedTenant, now: number): Today | Promise<Today> {
    const known = this.#today.get(tenant._id);
    const hasQuota = (tenant.plan?.requestsPerDay ?? null) !== null;
    if (known && now < known.endsAt && (known.hasQuota || !hasQuota)) return known;
    return hasQuota ? this.#load(tenant, now) : this.#begin(tenant, { hasQuota, stored: 0 }, now);
  }

  /** Counts a request that was let in, or one that a limit refused. */
  count(today: Today, what: 'requests' | 'refused'): void {
    today[what]++;
    this.#timer ??= setTimeout(() => void this.write(), WRITE_MILLISECONDS).unref();
  }

  /** A tenant's days since one, today with what this process has not written yet. */
  async list(scope: TenantScope, from: Day): Promise<Map<Day, Used>> {
    await this.write({ isAsked: true });
    return this.#rows.list(scope, from);
  }

  dayOf(timezone: string, now: Date): { today: Day; endsAt: Date } {
    const today = dayOf(timezone, now);
    return { today, endsAt: new Date(endOfDay(timezone, today).getTime() + 1) };
  }

  /** Adds what was counted to what is stored, and learns what others have added. */
  async write({ isAsked = false }: { isAsked?: boolean } = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#writing) await this.#writing;
    const now = Date.now();
    for (const [id, today] of this.#today)
      if (now >= today.endsAt && !hasCounted(today)) this.#today.delete(id);
    const counted = [...this.#over.splice(0), ...this.#today.values()].filter(hasCounted);
    const due = counted.filter(
      (today) =>
        isAsked ||
        today.hasQuota ||
        now >= today.endsAt ||
        now - today.writtenAt >= WITHOUT_QUOTA_MILLISECONDS,
    );
    this.#writing = this.#writeDue(due, now).finally(() => {
      this.#writing = undefined;
      // What was counted meanwhile, and what is not due yet.
      if ([...this.#today.values()].some(hasCounted))
        this.#timer ??= setTimeout(() => void this.write(), WRITE_MILLISECONDS).unref();
    });
    await this.#writing;
  }

  /** Writes all that is left. */
  async stop(): Promise<void> {
    await this.write({ isAsked: true });
    clearTimeout(this.#timer);
  }

  async #writeDue(due: readonly Today[], now: number): Promise<void> {
    if (due.length === 0) return;
    const used = due.map(({ tenant, day, requests, refused }) => ({
      tenantId: tenant.id,
      day,
      requests,
      refused,
    }));
    for (const [index, today] of due.entries()) {
      today.requests -= used[index]?.requests ?? 0;
      today.stored += used[index]?.requests ?? 0;
      today.refused -= used[index]?.refused ?? 0;
      today.writtenAt = now;
    }
    try {
      await this.#rows.add(used);
      const stored = await this.#rows.read(used);
      for (const [index, today] of due.entries()) today.stored = stored[index]?.requests ?? today.stored;
    } catch (error) {
      // Perhaps written, perhaps not: a quota must not count a request twice.
      this.#logger.warn(
        { err: error, tenants: due.length },
        'the usage of a second was perhaps not written down',
      );
    }
  }

  /** A quota counts from what is stored. */
  #load(tenant: CountedTenant, now: number): Promise<Today> {
    const loading = this.#loading.get(tenant._id);
    if (loading) return loading;
    const { today: day } = this.dayOf(tenant.timezone, new Date(now));
    const begun = this.#rows
      .read([{ tenantId: tenant._id, day }])
      .then(([used]) => this.#begin(tenant, { hasQuota: true, stored: used?.requests ?? 0 }, now))
      .finally(() => this.#loading.delete(tenant._id));
    this.#loading.set(tenant._id, begun);
    return begun;
  }

  #begin(
    { _id: id, code, timezone }: CountedTenant,
    known: Pick<Today, 'hasQuota' | 'stored'>,
    now: number,
  ): Today {
    const { today: day, endsAt } = this.dayOf(timezone, new Date(now));
    const before = this.#today.get(id);
    const isSameDay = before?.day === day;
    if (before && !isSameDay && hasCounted(before)) this.#over.push(before);
    const counted = isSameDay ? { requests: before.requests, refused: before.refused } : NOTHING;
    const today: Today = {
      tenant: { id, code },
      ...{ day, endsAt: endsAt.getTime(), ...known, ...counted },
      writtenAt: now,
    };
    this.#today.set(id, today);
    return today;
  }

  #mostUsed(): [string, number][] {
    const all = [...this.#today.values()]
      .filter(({ endsAt }) => Date.now() < endsAt)
      .map(({ tenant, stored, requests }): [string, number] => [tenant.code, stored + requests])
      .sort(([, one], [, other]) => other - one);
    const others = all.slice(NAMED_TENANTS).reduce((sum, [, requests]) => sum + requests, 0);
    return [...all.slice(0, NAMED_TENANTS), ...(others > 0 ? [[OTHERS, others] as [string, number]] : [])];
  }
}

const NOTHING = { requests: 0, refused: 0 };
const hasCounted = ({ requests, refused }: Today): boolean => requests + refused > 0;
