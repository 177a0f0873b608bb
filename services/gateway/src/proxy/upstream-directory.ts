/**
 * Finds the service that answers for a tenant: its cell's, where the cell has one, else the common one. A tenant of a cell
 * that the settings do not name is refused: the common databases are not where its data belongs.
 */
import { refuse } from '@membership/contracts/errors';
import type { HeldSecret } from '@membership/platform/held-secret';
import { contextKey } from '@membership/platform/http/context';
import type { Logger } from '@membership/platform/log';
import type { Metrics } from '@membership/platform/metrics';
import { upstreams, urlOf, type GatewaySettings, type Upstreams } from '../config.ts';
import { Upstream } from './upstream.ts';

const STATES = { closed: 0, half_open: 0.5, open: 1 } as const;
/** Seconds between two words in the log of one missing cell. */
const MISSING_TOLD_SECONDS = 60;

export class UpstreamDirectory {
  readonly #byCell = new Map<string | null, Map<Upstreams, Upstream>>();
  readonly #toldOf = new Map<string, number>();
  readonly #logger: Logger;
  readonly all: readonly Upstream[];

  constructor(
    settings: GatewaySettings,
    keys: ReadonlyMap<Upstreams, HeldSecret>,
    logger: Logger,
    metrics: Metrics,
  ) {
    this.#logger = logger;
    const cells: (string | null)[] = [null, ...Object.keys(settings.CELLS)];
    const all: Upstream[] = [];
    for (const cell of cells) {
      const services = new Map<Upstreams, Upstream>();
      for (const service of upstreams) {
        const common = this.#byCell.get(null)?.get(service);
        const isOwn = cell === null || settings.CELLS[cell]?.[service] !== undefined;
        const upstream =
          !isOwn && common
            ? common
            : open(settings, service, cell, { key: keys.get(service) as HeldSecret, logger });
        if (isOwn) all.push(upstream);
        services.set(service, upstream);
      }
      this.#byCell.set(cell, services);
    }
    this.all = all;
    metrics.gauge(
      'membership_gateway_breaker_state',
      'Breaker of a service: 0 closed, 0.5 half open, 1 open',
      ['upstream', 'cell'],
      (gauge) => {
        for (const one of all)
          gauge.set({ upstream: one.service, cell: one.cell ?? '' }, STATES[one.breaker.state]);
      },
    );
    metrics.gauge(
      'membership_gateway_proxy_waiting',
      'Requests that wait for a connection to a service',
      ['upstream', 'cell'],
      (gauge) => {
        for (const { service, cell, waiting } of all)
          gauge.set({ upstream: service, cell: cell ?? '' }, waiting);
      },
    );
    metrics.gauge(
      'membership_gateway_proxy_in_flight',
      'Proxied requests whose answer has not begun',
      ['upstream', 'cell'],
      (gauge) => {
        for (const one of all) gauge.set({ upstream: one.service, cell: one.cell ?? '' }, one.inFlight);
      },
    );
  }

  /** Refuses (SYS_002) a cell that is not, or no longer, in the settings. */
  for(service: Upstreams, cell: string | null | undefined): Upstream {
    const upstream = this.#byCell.get(cell ?? null)?.get(service);
    if (upstream) return upstream;
    this.#tellOfMissing(cell as string);
    throw refuse('SYS_002', {
      text: { zh: '租户所在的分区未配置', en: 'The cell of this tenant is not set up' },
      headers: { 'retry-after': String(MISSING_TOLD_SECONDS) },
    });
  }

  #tellOfMissing(cell: string): void {
    const now = performance.now();
    if (now - (this.#toldOf.get(cell) ?? Number.NEGATIVE_INFINITY) < MISSING_TOLD_SECONDS * 1_000) return;
    this.#toldOf.set(cell, now);
    this.#logger.error({ cell }, 'a tenant is of a cell that CELLS does not name: its requests are refused');
  }

  watch(): void {
    for (const one of this.all) one.watch();
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((one) => one.close()));
  }
}

/** One tenant leaves some of each sort of connections to the others, unless the settings say otherwise. */
function partsOfTenants({
  UPSTREAM_CONNECTIONS: connections,
  UPSTREAM_CONNECTIONS_PER_TENANT: perTenant,
  UPSTREAM_LISTENERS: listeners,
}: GatewaySettings) {
  const partOf = (many: number) => perTenant ?? Math.ceil(many * 0.75);
  return { perTenant: partOf(connections), listenersPerTenant: partOf(Math.min(connections, listeners)) };
}

const open = (
  settings: GatewaySettings,
  service: Upstreams,
  cell: string | null,
  { key, logger }: { readonly key: HeldSecret; readonly logger: Logger },
): Upstream =>
  new Upstream({
    service,
    cell,
    url: urlOf(settings, service, cell),
    keys: key.of(contextKey),
    connections: settings.UPSTREAM_CONNECTIONS,
    listeners: settings.UPSTREAM_LISTENERS,
    connectionSeconds: settings.UPSTREAM_CONNECTION_SECONDS,
    ...partsOfTenants(settings),
    waiting: settings.UPSTREAM_WAITING,
    resetMilliseconds: settings.BREAKER_RESET_MS,
    probe: { everyMilliseconds: settings.PROBE_INTERVAL_MS, timeoutMilliseconds: settings.PROBE_TIMEOUT_MS },
    logger,
  });
