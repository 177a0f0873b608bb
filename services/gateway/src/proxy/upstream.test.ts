import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contextKey } from '@membership/platform/http/context';
import { createLogger } from '@membership/platform/log';
import { eventually } from '@membership/platform/testing/eventually';
import { Upstream } from './upstream.ts';

test('a connection is used for its time and then made anew: a replica that was added gets its part', async () => {
  let connections = 0;
  const server = createServer((_request, response) => response.end('{}')).on(
    'connection',
    () => connections++,
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const upstreamWith = (connectionSeconds: number) =>
    new Upstream({
      ...{ service: 'points', cell: null, url, keys: () => [contextKey('k')] as const, connectionSeconds },
      ...{ connections: 1, listeners: 1, perTenant: 1, listenersPerTenant: 1, waiting: 1 },
      resetMilliseconds: 1_000,
      probe: { everyMilliseconds: 60_000, timeoutMilliseconds: 1_000 },
      logger: createLogger({ service: 'gateway', level: 'silent' }),
    });
  const ask = async ({ connections: { pool } }: Upstream) =>
    (await pool.request({ path: '/', method: 'GET' })).body.text();

  const [brief, long] = [upstreamWith(1), upstreamWith(3_600)];
  try {
    for (let request = 0; request < 20; request++) await ask(long);
    const kept = connections;
    expect(kept).toBeLessThan(4);
    // However busy it is: there is always a next request.
    await eventually(async () => {
      await ask(brief);
      expect(connections).toBeGreaterThan(kept + 3);
    });
  } finally {
    await Promise.all([brief.close(), long.close()]);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});
