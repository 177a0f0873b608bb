/** How long requests take, by method, route and status. Children are kept by label, so that a request hashes none. */
import type { Histogram } from 'prom-client';
import type { Metrics } from '../metrics.ts';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type RequestDurations = (method: string, route: string, status: number, seconds: number) => void;

/** The platform's histogram of HTTP requests, answered and proxied ones alike. */
export function requestDurations(metrics: Metrics): RequestDurations {
  const duration = metrics.histogram(
    'http_request_duration_seconds',
    'Time from request to answer',
    ['method', 'route', 'status'],
    BUCKETS,
  );
  const children = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();
  return (method, route, status, seconds) => {
    const key = `${method} ${status} ${route}`;
    let child = children.get(key);
    if (!child) children.set(key, (child = duration.labels({ method, route, status })));
    child.observe(seconds);
  };
}
