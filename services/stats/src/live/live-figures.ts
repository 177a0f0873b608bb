/** Sends tenants' figures to those who follow them: one look a second a process, however many they are. */
import type { EndReason } from '@membership/contracts/endpoints/stats/index';
import { refuse } from '@membership/contracts/errors';
import { pause } from '@membership/platform/wake';
import type { Logger } from '@membership/platform/log';
import { digest, type TenantScope } from '@membership/platform/scope';
import type { CountersRepository } from '../counting/counters-repository.ts';
import type { Generations } from '../projecting/generations.ts';
import { overviewView } from '../reports/reports.views.ts';
import { tenantOverview } from '../reports/tenant-overview.ts';
import type { TrailRepository } from '../trail/trail-repository.ts';
import { endBy, endingTypes } from './stream-ends.ts';

/** In milliseconds. */
export const PACE = { look: 1_000, beat: 15_000, life: 300_000 };
/** Days turn without an event: so often figures are made again although nothing was counted. */
const STALE_MS = 60_000;

type Figures = { readonly id: string; readonly text: string };
export type Listener = {
  readonly scope: TenantScope;
  /** What it has already. */
  readonly lastId: string | undefined;
  send(text: string): void;
  end(): void;
};
type Listening = Listener & {
  sentId: string | undefined;
  readonly until: number;
  /** Where the archive ended when it began: what stood before ends it no more. */
  readonly since: number;
};
type Tenant = { readonly listening: Set<Listening>; totals: string; figures: Figures | null; madeAt: number };
type Wiring = {
  readonly counters: CountersRepository;
  readonly generations: Generations;
  readonly trail: TrailRepository;
  readonly logger: Logger;
  /** Listeners that a tenant may have. */
  readonly most: number;
  readonly pace: typeof PACE;
};

export class LiveFigures {
  readonly #wiring: Wiring;
  readonly #tenants = new Map<number, Tenant>();
  readonly #stopping = new AbortController();
  #watching: Promise<void> | undefined;
  #position = 0;
  #beatAt = 0;

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
  }

  /** How many listen. */
  get size(): number {
    return [...this.#tenants.values()].reduce((sum, { listening }) => sum + listening.size, 0);
  }

  /** Begins to send; returns how to leave. Refusals: RATE_LIMITED where so many of the tenant listen already. */
  async join(listener: Listener): Promise<() => void> {
    const { trail, most, pace } = this.#wiring;
    const { tenantId } = listener.scope;
    const since = await trail.end();
    let tenant = this.#tenants.get(tenantId);
    if ((tenant?.listening.size ?? 0) >= most || this.#stopping.signal.aborted)
      throw refuse('RATE_LIMITED', {
        text: {
          zh: `同时查看实时数据的连接过多（上限${most}）`,
          en: `Too many connections follow the figures of this tenant (${most} at most)`,
        },
        headers: { 'retry-after': '10' },
      });
    if (!tenant) {
      tenant = {
        listening: new Set<Listening>(),
        totals: '',
        figures: null,
        madeAt: Number.NEGATIVE_INFINITY,
      };
      this.#tenants.set(tenantId, tenant);
    }
    const listening: Listening = {
      ...listener,
      ...{ sentId: listener.lastId, since },
      until: performance.now() + pace.life,
    };
    tenant.listening.add(listening);
    if (tenant.figures) sendTo(listening, tenant.figures);
    if (!this.#watching) {
      this.#position = since;
      this.#watching = this.#watch();
    }
    return () => this.#leave(listening);
  }

  #leave(listening: Listening): void {
    const { tenantId } = listening.scope;
    const tenant = this.#tenants.get(tenantId);
    tenant?.listening.delete(listening);
    if (tenant?.listening.size === 0) this.#tenants.delete(tenantId);
  }

  #end(listening: Listening, reason: EndReason): void {
    this.#leave(listening);
    listening.send(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
    listening.end();
  }

  /** Looks as long as somebody listens. */
  async #watch(): Promise<void> {
    const { logger, pace } = this.#wiring;
    while (this.#tenants.size > 0 && !this.#stopping.signal.aborted) {
      try {
        await this.#endThoseWhoMust();
        await this.#lookAtFigures();
      } catch (error) {
        logger.warn({ err: error }, 'could not look at the figures that are followed; trying on');
      }
      this.#beat();
      await pause(pace.look, this.#stopping.signal);
    }
    // At once: who comes now has to begin anew.
    this.#watching = undefined;
  }

  async #endThoseWhoMust(): Promise<void> {
    const { trail } = this.#wiring;
    const end = await trail.end();
    const found = await trail.listSince(this.#position, [...this.#tenants.keys()], endingTypes);
    this.#position = Math.max(end, ...found.map(({ position }) => position));
    for (const { memberId, position, envelope } of found) {
      const reason = endBy(envelope);
      for (const listening of this.#tenants.get(envelope.tenantid)?.listening ?? []) {
        const isMeant = reason === 'tenant_suspended' || listening.scope.actor.id === memberId;
        if (reason && isMeant && position > listening.since) this.#end(listening, reason);
      }
    }
    const now = performance.now();
    for (const { listening } of this.#tenants.values())
      for (const one of listening) if (one.until <= now) this.#end(one, 'time_limit');
  }

  async #lookAtFigures(): Promise<void> {
    const { counters, generations } = this.#wiring;
    const generation = await generations.current();
    const all = await counters.listTotals(generation, [...this.#tenants.keys()]);
    for (const [tenantId, tenant] of this.#tenants) {
      const totals = JSON.stringify(all.get(tenantId) ?? null);
      const isStale = performance.now() - tenant.madeAt > STALE_MS;
      if (totals === tenant.totals && !isStale) continue;
      const [first] = tenant.listening;
      if (!first) continue;
      const overview = await tenantOverview(this.#wiring, first.scope, { zone: undefined, now: new Date() });
      const view = overviewView(overview);
      const { as_of: _newest, ...figures } = view;
      tenant.figures = { id: digest(JSON.stringify(figures)).slice(0, 16), text: JSON.stringify(view) };
      tenant.totals = totals;
      tenant.madeAt = performance.now();
      for (const listening of tenant.listening) sendTo(listening, tenant.figures);
    }
  }

  /** Whoever is between, and the client, see that the stream is open. */
  #beat(): void {
    if (performance.now() - this.#beatAt < this.#wiring.pace.beat) return;
    this.#beatAt = performance.now();
    for (const { listening } of this.#tenants.values())
      for (const one of listening) one.send(': still here\n\n');
  }

  /** Ends all streams. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { listening } of this.#tenants.values())
      for (const one of listening) this.#end(one, 'stopping');
    await this.#watching;
  }
}

function sendTo(listening: Listening, { id, text }: Figures): void {
  if (listening.sentId === id) return;
  listening.sentId = id;
  listening.send(`id: ${id}\nevent: overview\ndata: ${text}\n\n`);
}
