/** Counts of the proxied path. */
import type { Counter } from 'prom-client';
import type { Endpoint } from '@membership/contracts/endpoint';
import { requestDurations } from '@membership/platform/http/request-durations';
import type { Metrics } from '@membership/platform/metrics';

export type ProxyMetrics = {
  observe(endpoint: Endpoint | undefined, method: string, status: number, seconds: number): void;
  refused(reason: 'limit' | 'quota' | 'concurrency' | 'authentication' | 'role' | 'crowded'): void;
  failed(upstream: string, code: string): void;
};

export function proxyMetrics(metrics: Metrics): ProxyMetrics {
  const observe = requestDurations(metrics);
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
  return {
    observe: (endpoint, method, status, seconds) =>
      observe(method, endpoint?.path ?? 'unknown', status, seconds),
    refused: (reason) => refusals.inc({ reason }),
    failed: (upstream, code) => failures.inc({ upstream, code }),
  };
}
