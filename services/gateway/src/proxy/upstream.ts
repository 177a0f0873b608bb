/** The services behind the gateway, each with its connections, its breaker, and a look at it every second. */
import { Pool } from 'undici';
import type { ContextKey } from '@membership/platform/http/context';
import type { Logger } from '@membership/platform/log';
import { Breaker, type BreakerState } from './breaker.ts';
import { Connections } from './connections.ts';
import { Places } from './places.ts';
import { streamProxy, type StreamProxy } from './stream-proxy.ts';
import type { Upstreams } from '../config.ts';

export type UpstreamOptions = {
  readonly service: Upstreams;
  /** Which cell's; null: the common one. */
  readonly cell: string | null;
  readonly url: string;
  /** Of its contexts; the first signs. */
  readonly keys: () => readonly [ContextKey, ...ContextKey[]];
  readonly connections: number;
  /** Connections that follow its events. */
  readonly listeners: number;
  /** Seconds that a connection is used; then a new one may lead to a replica that was added. */
  readonly connectionSeconds: number;
  /** Of each sort of connections, those that one tenant may have in use, and requests that may wait for one. */
  readonly perTenant: number;
  readonly listenersPerTenant: number;
  readonly waiting: number;
  readonly resetMilliseconds: number;
  readonly probe: { readonly everyMilliseconds: number; readonly timeoutMilliseconds: number };
  readonly logger: Logger;
};

/** Looks that fail before a service counts as gone: one may meet a busy moment. */
const FAILED_LOOKS = 2;

export class Upstream {
  readonly service: Upstreams;
  readonly cell: string | null;
  readonly url: string;
  readonly #keys: () => readonly [ContextKey, ...ContextKey[]];
  readonly connections: Connections;
  readonly breaker: Breaker;
  readonly streams: StreamProxy;
  readonly places: Places;
  /** Streams last: they have places of their own; and who follows events may stay for ever. */
  readonly streamPlaces: Places;
  readonly listenerPlaces: Places;
  inFlight = 0;
  #failedLooks = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #probe: UpstreamOptions['probe'];
  /** The looks' own connection: those of requests may be all in use. */
  readonly #looks: Pool;
  #isClosed = false;

  constructor(options: UpstreamOptions) {
    const { service, cell, url, keys, connections, listeners, perTenant, listenersPerTenant } = options;
    const { waiting, resetMilliseconds, probe, logger } = options;
    this.service = service;
    this.cell = cell;
    this.url = url;
    this.#keys = keys;
    this.#probe = probe;
    const pooling = {
      pipelining: 1,
      clientTtl: options.connectionSeconds * 1_000,
      connect: { timeout: 2_000, noDelay: true },
    };
    this.#looks = new Pool(url, pooling);
    this.connections = new Connections(
      // How many are used at once, the places say: a pool that is full waits for ever when all of it is out of its time.
      () => new Pool(url, { ...pooling, keepAliveTimeout: 60_000 }),
    );
    this.streams = streamProxy(url);
    const places = { places: connections, perHolder: perTenant, waiting };
    this.places = new Places(places);
    this.streamPlaces = new Places(places);
    this.listenerPlaces = new Places({ places: listeners, perHolder: listenersPerTenant, waiting });
    const log = logger.child({ upstream: service, cell });
    this.breaker = new Breaker({
      name: `${service}${cell ? `@${cell}` : ''}`,
      resetMilliseconds,
      onChange: (state) => tell(log, state),
    });
  }

  /** Requests that wait for a place. */
  get waiting(): number {
    return this.places.waiting + this.streamPlaces.waiting + this.listenerPlaces.waiting;
  }

  /** Signs contexts for it. */
  get key(): ContextKey {
    return this.#keys()[0];
  }

  /** Begins to look at the service. */
  watch(): void {
    const look = async () => {
      const isAlive = await this.#looksAlive();
      if (this.#isClosed) return;
      // A successor of one that said that it goes is waited for.
      this.#failedLooks = isAlive || this.connections.isLeaving ? 0 : this.#failedLooks + 1;
      if (isAlive) this.breaker.release();
      else if (this.#failedLooks >= FAILED_LOOKS) this.breaker.holdOpen();
      this.#timer = setTimeout(() => void look(), this.#probe.everyMilliseconds);
      this.#timer.unref();
    };
    void look();
  }

  /** Whether its process answers at all; how well it is, is readiness' business. */
  async #looksAlive(): Promise<boolean> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#probe.timeoutMilliseconds);
    try {
      const { body } = await this.#looks.request({ method: 'GET', path: '/healthz', signal: late.signal });
      await body.dump();
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.breaker.close();
    this.streams.close();
    await Promise.all([this.connections.destroy(), this.#looks.destroy()]);
  }
}

function tell(log: Logger, state: BreakerState): void {
  if (state === 'open') log.warn('the service fails: its breaker is open');
  else if (state === 'closed') log.info('the service answers again: its breaker is closed');
}
