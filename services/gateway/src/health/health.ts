/** How the platform is: a look at every service's readiness, shared by those who ask within a moment. */
import { createRequire } from 'node:module';
import { health as contract } from '@membership/contracts/endpoints/gateway/platform';
import { implementOpen, reply, type Implementation } from '@membership/platform/http/implement';
import { readiness, takesRequests, type Readiness } from '@membership/platform/readiness';
import type { BreakerState } from '../proxy/breaker.ts';
import type { Upstream } from '../proxy/upstream.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

type ServiceHealth = {
  status: 'up' | 'degraded' | 'down';
  latency_ms: number | null;
  breaker: BreakerState | null;
  checks: Readiness['checks'];
};
type Health = {
  status: 'ok' | 'degraded' | 'down';
  version: string;
  services: Record<string, ServiceHealth>;
  timestamp: string;
};
export type HealthTools = {
  readonly upstreams: readonly Upstream[];
  /** How the gateway itself is. */
  readonly readiness: () => Promise<Readiness>;
};

/** A service answers within its own, shorter limit, also when its database hangs. */
const LOOK_MILLISECONDS = 1_000;
const SHARED_MILLISECONDS = 250;

/** The platform is down when the gateway cannot work or no service answers, degraded when something is missing anywhere. */
export function overall(gateway: ServiceHealth, services: readonly ServiceHealth[]): Health['status'] {
  if (gateway.status === 'down' || services.every(({ status }) => status === 'down')) return 'down';
  return [gateway, ...services].every(({ status }) => status === 'up') ? 'ok' : 'degraded';
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

async function look({ upstreams, readiness: own }: HealthTools): Promise<Health> {
  const [gateway, ...services] = await Promise.all([
    timed(own, null),
    ...upstreams.map((one) => timed(() => askReadiness(one.url), one.breaker.state)),
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

async function timed(ask: () => Promise<Readiness>, breaker: BreakerState | null): Promise<ServiceHealth> {
  const started = performance.now();
  try {
    const found = await ask();
    const status = !takesRequests(found) ? 'down' : found.status === 'degraded' ? 'degraded' : 'up';
    const latency = Math.round((performance.now() - started) * 10) / 10;
    return { status, latency_ms: latency, breaker, checks: found.checks };
  } catch {
    return { status: 'down', latency_ms: null, breaker, checks: {} };
  }
}

/** What a service says of itself; 503 says it, too. */
async function askReadiness(url: string): Promise<Readiness> {
  const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(LOOK_MILLISECONDS) });
  const said = readiness.safeParse(await response.json().catch(() => null));
  // Another version of the service may say it in other words.
  return said.success ? said.data : { status: response.ok ? 'ready' : 'not_ready', checks: {} };
}
