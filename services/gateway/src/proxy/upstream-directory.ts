/** Finds the service that answers for a tenant: its cell's, where the cell has one, else the common one. */
import { keyOf } from '@membership/platform/http/context';
import type { Logger } from '@membership/platform/log';
import type { Metrics } from '@membership/platform/metrics';
import { internalKeyOf, upstreams, urlOf, type GatewaySettings, type Upstreams } from '../config.ts';
import { Upstream } from './upstream.ts';

const STATES = { closed: 0, half_open: 0.5, open: 1 } as const;
const COMMON = '';

export class UpstreamDirectory {
  readonly #byCell = new Map<string, Map<Upstreams, Upstream>>();
  readonly all: readonly Upstream[];

  constructor(settings: GatewaySettings, logger: Logger, metrics: Metrics) {
    const cells: (string | null)[] = [null, ...Object.keys(settings.CELLS)];
    const all: Upstream[] = [];
    for (const cell of cells) {
      const services = new Map<Upstreams, Upstream>();
      for (const service of upstreams) {
        const common = this.#byCell.get(COMMON)?.get(service);
        const isOwn = cell === null || settings.CELLS[cell]?.[service] !== undefined;
        const upstream = !isOwn && common ? common : open(settings, service, cell, logger);
        if (isOwn) all.push(upstream);
        services.set(service, upstream);
      }
      this.#byCell.set(cell ?? COMMON, services);
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
      'membership_gateway_proxy_in_flight',
      'Proxied requests whose answer has not begun',
      ['upstream', 'cell'],
      (gauge) => {
        for (const one of all) gauge.set({ upstream: one.service, cell: one.cell ?? '' }, one.inFlight);
      },
    );
  }

  /** A tenant whose cell is not (or no longer) in the settings is served by the common services. */
  for(service: Upstreams, cell: string | null | undefined): Upstream {
    return (this.#byCell.get(cell ?? COMMON) ?? this.#byCell.get(COMMON))?.get(service) as Upstream;
  }

  watch(): void {
    for (const one of this.all) one.watch();
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((one) => one.close()));
  }
}

const open = (settings: GatewaySettings, service: Upstreams, cell: string | null, logger: Logger): Upstream =>
  new Upstream({
    service,
    cell,
    url: urlOf(settings, service, cell),
    key: keyOf(internalKeyOf(settings, service)),
    connections: settings.UPSTREAM_CONNECTIONS,
    resetMilliseconds: settings.BREAKER_RESET_MS,
    probe: { everyMilliseconds: settings.PROBE_INTERVAL_MS, timeoutMilliseconds: settings.PROBE_TIMEOUT_MS },
    logger,
  });
