import type { Connection } from 'mongoose';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { eventually } from '@membership/platform/testing/eventually';
import { lineTo } from '../bus/kit.ts';

type Pool = {
  readonly totalConnectionCount: number;
  readonly minPoolSizeTimer?: { readonly _idleTimeout: number };
};
type WithServers = { topology?: { s: { servers: Map<string, { pool: Pool }> } } };

const poolOf = (connection: Connection): Pool => {
  const { topology } = connection.getClient() as unknown as WithServers;
  const [server] = topology?.s.servers.values() ?? [];
  if (!server) throw new Error('no server yet');
  return server.pool;
};

test('a pool that has its least connections looks once a second; one that lost them has them again', async () => {
  const given = new URL(process.env.MONGODB_URI as string);
  const line = await lineTo(given.hostname, Number(given.port));
  const uri = `mongodb://127.0.0.1:${line.port}/idle_pools?directConnection=true`;
  const logger = createLogger({ service: 'points', level: 'silent' });
  const mongo = await connectMongo({ uri, logger, poolSize: 3 });
  const { connection } = mongo;
  const isAtRest = () =>
    eventually(() => {
      const { totalConnectionCount, minPoolSizeTimer } = poolOf(connection);
      expect([totalConnectionCount > 0, minPoolSizeTimer?._idleTimeout]).toEqual([true, 1_000]);
    });
  await isAtRest();
  let [cleared, created] = [0, 0];
  connection
    .getClient()
    .on('connectionPoolCleared', () => cleared++)
    .on('connectionCreated', () => created++);
  await line.cut();
  await eventually(() => expect(cleared).toBeGreaterThan(0));
  created = 0;
  await line.join();
  await eventually(() => expect(created).toBeGreaterThan(0));
  await isAtRest();
  await mongo.ping();
  await mongo.close();
  await line.close();
});
