/** How the platform is: a look at every service's readiness, shared by those who ask within a moment. */
import { createRequire } from 'node:module';
import { health as contract } from '@membership/contracts/endpoints/gateway/platform';
import { implementOpen, reply, type Implementation } from '@membership/platform/http/implement';
import type { BreakerState } from '../proxy/breaker.ts';
import type { Upstream } from '../proxy/upstream.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

type ServiceHealth = { status: 'up' | 'down'; latency_ms: number | null; breaker: BreakerState | null };
type Health = {
  status: 'ok' | 'degraded' | 'down';
  version: string;
  services: Record<string, ServiceHealth>;
  timestamp: string;
};
export type HealthTools = {
  readonly upstreams: readonly Upstream[];
  /** Rejects while the gateway's own database does not answer. */
  readonly pingDatabase: () => Promise<unknown>;
};

const LOOK_MILLISECONDS = 1_500;
const SHARED_MILLISECONDS = 250;

/** The platform is down when the gateway cannot work or no service answers, degraded when one is missing. */
export function overall(gateway: ServiceHealth, services: readonly ServiceHealth[]): Health['status'] {
  const up = services.filter(({ status }) => status === 'up').length;
  if (gateway.status === 'down' || up === 0) return 'down';
  return up === services.length ? 'ok' : 'degraded';
}

export function healthRoutes(tools: HealthTools): Implementation[] {
  let shared: { at: number; health: Promise<Health> } | undefined;
  return [
    implementOpen(contract, async () => {
      if (!shared || performance.now() - shared.at > SHARED_MILLISECONDS)
        shared = { at: performance.now(), health: look(tools) };
      const health = await shared.health;
      return reply(health, { status: health.status === 'down' ? 503 : 200 });
    }),
  ];
}

async function look({ upstreams, pingDatabase }: HealthTools): Promise<Health> {
  const [gateway, ...services] = await Promise.all([
    timed(pingDatabase, null),
    ...upstreams.map((one) => timed(() => ready(one.url), one.breaker.state)),
  ]);
  const names = upstreams.map(({ service, cell }) => (cell === null ? service : `${service}@${cell}`));
  return {
    status: overall(gateway, services),
    version,
    services: Object.fromEntries([
      ['gateway', gateway],
      ...services.map((service, index) => [names[index] as string, service] as const),
    ]),
    timestamp: new Date().toISOString(),
  };
}

async function timed(work: () => Promise<unknown>, breaker: BreakerState | null): Promise<ServiceHealth> {
  const started = performance.now();
  try {
    await work();
    return { status: 'up', latency_ms: Math.round((performance.now() - started) * 10) / 10, breaker };
  } catch {
    return { status: 'down', latency_ms: null, breaker };
  }
}

async function ready(url: string): Promise<void> {
  const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(LOOK_MILLISECONDS) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`readiness is ${response.status}`);
}
