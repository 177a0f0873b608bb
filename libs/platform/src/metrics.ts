/** Prometheus metrics of a process, on a port of their own. */
import { createServer, type Server } from 'node:http';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export type Metrics = {
  readonly registry: Registry;
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string>(
    name: string,
    help: string,
    labels?: readonly L[],
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L>;
  histogram<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    buckets: readonly number[],
  ): Histogram<L>;
  /** Serves `/metrics`; resolves with the port that it listens on. */
  listen(port: number, host: string): Promise<number>;
  close(): Promise<void>;
};

/** So often is looked how late the process is: each look wakes it, also when nobody asks for anything. */
const LAG_MILLISECONDS = 50;

/** Metrics of one process. A metric asked for twice is the same metric. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_MILLISECONDS });
  let server: Server | undefined;
  return {
    registry,
    counter: (name, help, labelNames = []) =>
      (registry.getSingleMetric(name) as Counter) ??
      new Counter({ name, help, labelNames, registers: [registry] }),
    gauge: (name, help, labelNames = [], collect) =>
      (registry.getSingleMetric(name) as Gauge) ??
      new Gauge({
        name,
        help,
        labelNames,
        registers: [registry],
        ...(collect
          ? {
              async collect() {
                await collect(this as unknown as Gauge<never>);
              },
            }
          : {}),
      }),
    histogram: (name, help, labelNames, buckets) =>
      (registry.getSingleMetric(name) as Histogram) ??
      new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [registry] }),
    async listen(port, host) {
      server = createServer((request, response) => {
        if (request.url?.split('?')[0] !== '/metrics') {
          response.writeHead(404).end();
          return;
        }
        registry.metrics().then(
          (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
          (error: Error) => response.writeHead(500).end(error.message),
        );
      });
      return listenOn(server, port, host);
    },
    close: () => new Promise((done) => (server ? server.close(() => done()) : done())),
  };
}

/** Listens, and resolves with the port; a port that is taken rejects and names it. */
export function listenOn(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      const address = server.address();
      done(typeof address === 'object' && address ? address.port : port);
    });
  });
}
