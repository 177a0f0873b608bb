/** Counts of the proxied path. Children are kept by label, so that a request hashes none. */
import type { Counter, Histogram } from 'prom-client';
import type { Endpoint } from '@membership/contracts/endpoint';
import type { Metrics } from '@membership/platform/metrics';

/** The platform's own histogram of HTTP requests: proxied ones stand in it like any other. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type ProxyMetrics = {
  observe(endpoint: Endpoint | undefined, method: string, status: number, seconds: number): void;
  refused(reason: 'limit' | 'authentication' | 'role' | 'crowded'): void;
  failed(upstream: string, code: string): void;
};

export function proxyMetrics(metrics: Metrics): ProxyMetrics {
  const duration = metrics.histogram(
    'http_request_duration_seconds',
    'Time from request to answer',
    ['method', 'route', 'status'],
    BUCKETS,
  );
  const refusals: Counter<'reason'> = metrics.counter(
    'membership_gateway_refused_total',
    'Requests refused at the gateway',
    ['reason'],
  );
  const failures: Counter<'upstream' | 'code'> = metrics.counter(
    'membership_gateway_upstream_failures_total',
    'Proxied requests that a service failed',
    ['upstream', 'code'],
  );
  const children = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();
  return {
    observe(endpoint, method, status, seconds) {
      const route = endpoint?.path ?? 'unknown';
      const key = `${method} ${status} ${route}`;
      let child = children.get(key);
      if (!child) children.set(key, (child = duration.labels({ method, route, status })));
      child.observe(seconds);
    },
    refused: (reason) => refusals.inc({ reason }),
    failed: (upstream, code) => failures.inc({ upstream, code }),
  };
}
