// MongoDB, RabbitMQ and Redis of a stack that are killed come back by themselves, on the same port and data.
import { MongoClient, type Collection } from 'mongodb';
import { eventually } from '@membership/platform/testing/eventually';
import { startInfrastructure, type Infrastructure } from '../../tools/stack/infrastructure.ts';
import { answersRedis, greetsAmqp } from '../../tools/stack/reachable.ts';
import { guardStores, type StoreGuard } from '../../tools/stack/store-guard.ts';

let stores: Infrastructure;
let guard: StoreGuard;
const lines: string[] = [];

beforeAll(async () => {
  const { MONGODB_URI: _mongodb, AMQP_URL: _amqp, REDIS_URL: _redis, ...environment } = process.env;
  stores = await startInfrastructure({ log: () => undefined, environment, redis: true });
  guard = guardStores(stores, (line) => lines.push(line));
});
afterAll(async () => {
  await guard?.stop();
  await stores?.stop();
});

const inMongo = async <T>(work: (things: Collection<{ _id: number }>) => Promise<T>): Promise<T> => {
  const client = await MongoClient.connect(stores.mongodbUri, { serverSelectionTimeoutMS: 2_000 });
  try {
    return await work(client.db('guarded').collection<{ _id: number }>('things'));
  } finally {
    await client.close();
  }
};

test('each that is killed runs again with its data; one that is stopped stays stopped', async () => {
  await inMongo((things) => things.insertOne({ _id: 1 }, { writeConcern: { w: 'majority' } }));
  const { mongodb, rabbitmq, redis } = stores;
  const names = ['MongoDB', 'RabbitMQ', ...(redis ? ['Redis'] : [])];
  await Promise.all([mongodb, rabbitmq, redis].map(async (store) => store?.kill?.('SIGKILL')));
  await eventually(
    async () => {
      expect(lines).toEqual(expect.arrayContaining(names.map((name) => `${name} runs again`)));
      for (const name of names)
        expect(guard.endings).toContainEqual(
          expect.stringContaining(`${name} ended: SIGKILL, its log ends:`),
        );
      expect(await greetsAmqp(stores.amqpUrl)).toBe(true);
      if (stores.redisUrl) expect(await answersRedis(stores.redisUrl)).toBe(true);
      expect(await inMongo((things) => things.findOne({ _id: 1 }))).toEqual({ _id: 1 });
    },
    { milliseconds: 150_000 },
  );
  const said = lines.length;
  await guard.stop();
  await stores.stop();
  expect(lines).toHaveLength(said);
});
