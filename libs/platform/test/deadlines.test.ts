/** A store that takes a question and does not answer: whoever asked is told in time, whatever the driver waits for. */
import { randomUUID } from 'node:crypto';
import { Schema } from 'mongoose';
import { z } from 'zod';
import { endpoint } from '@membership/contracts/endpoint';
import { serviceSettings } from '@membership/platform/config';
import { implement, implementWrite } from '@membership/platform/http/implement';
import { TenantCollection } from '@membership/platform/mongo';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import { startService, type RunningService } from '@membership/platform/service';
import { withFailPoints } from '@membership/platform/testing/fail-points';
import { startKit, type Kit } from './bus/kit.ts';

const text = { zh: '测试', en: 'Test' };
const common = {
  service: 'points',
  access: ['admin'],
  dialect: 'drf',
  tag: 'Points ledger',
  summary: text,
} as const;
const answer = { kind: 'object', response: z.object({ found: z.int() }) } as const;
const read = endpoint({ ...common, ...answer, name: 'read', method: 'get', path: '/read/' });
const alone = endpoint({ ...common, ...answer, name: 'alone', method: 'post', path: '/alone/' });
const ready = endpoint({ ...common, ...answer, name: 'ready', method: 'post', path: '/ready/' });
const write = endpoint({ ...common, ...answer, name: 'write', method: 'post', path: '/write/' });
const stream = endpoint({
  ...common,
  kind: 'stream',
  response: undefined,
  name: 'stream',
  method: 'get',
  path: '/stream/',
});

const appName = `test-${randomUUID()}`;
let kit: Kit;
let running: RunningService;
beforeAll(async () => {
  kit = await startKit();
  const uri = new URL(kit.mongoUrl);
  uri.searchParams.set('appName', appName);
  running = await startService(
    {
      name: 'points',
      settings: serviceSettings,
      secrets: [],
      endpoints: [read, alone, ready, write, stream],
      build: ({ connection }) => {
        const things = new TenantCollection(connection, 'things', new Schema({ _id: Number }));
        const found = async () => ({ found: await things.native.countDocuments({ tenantId: 1 }) });
        return {
          authenticate: () => ({
            ...{ iss: 'gateway', aud: 'points', sub: 'user:1', uid: 1, name: 'root', role: 'admin', tid: 1 },
            ...{ scopes: [], rid: 'r1', lang: 'en', iat: 0, exp: 2 ** 40 },
          }),
          implementations: [
            implement(read, found),
            implement(alone, found),
            implementWrite(ready, async ({ prepared }) => prepared, { prepare: found }),
            implementWrite(write, async ({ scope, unit }) => {
              const { session } = unit;
              await things.insert(scope, [{ _id: 1, tenantId: 1 }], { session });
              return { found: (await things.native.find({ tenantId: 1 }, { session }).toArray()).length };
            }),
            implement(stream, async ({ http }) => {
              await found();
              http.raw.response.end('all of it');
            }),
          ],
        };
      },
    },
    {
      LOG_LEVEL: 'silent',
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: '0',
      MONGODB_URI: uri.href,
      AMQP_URL: kit.amqpUrl,
      BUS_PREFIX: kit.names.exchange.replace('domain.events', ''),
      INTERNAL_KEY: 'a-key-of-the-tests-that-is-long-enough-0123456789',
      WRITE_DEADLINE_MS: '300',
    },
  );
});
afterAll(async () => {
  await running?.stop();
  await kit?.close();
});

const ask = async (path: string, method: string) => {
  const response = await fetch(`http://127.0.0.1:${running.port}${path}`, { method });
  const { status, headers } = response;
  return { status, headers, body: (await response.json()) as { error?: { code: string } } };
};

test.each([
  ['a read', '/read/', 'GET', 'SYS_002'],
  ['what a write needs before it begins', '/ready/', 'POST', 'SYS_002'],
  ['a read in a transaction', '/write/', 'POST', 'SYS_002'],
  ['a stream that has not begun', '/stream/', 'GET', 'SYS_002'],
  ['what takes care of itself, of which nobody knows how far it came', '/alone/', 'POST', 'OUTCOME_UNKNOWN'],
])('%s: 503, and not what the store says later', async (_what, path, method, code) => {
  const namespace = `${running.connection.name}.things`;
  const blockTimeMS = path === '/alone/' ? 7_000 : 3_000;
  await withFailPoints(kit.connection, async (fail) => {
    // The store keeps the next question about things.
    const failCommands = ['find', 'aggregate'];
    await fail(1, { appName, namespace, failCommands, blockConnection: true, blockTimeMS });
    const { status, body, headers } = await ask(path, method);
    expect([status, body.error?.code]).toEqual([503, code]);
    expect(headers.get('retry-after')).toBe(code === 'SYS_002' ? '2' : null);
  });
});

test('a write that was refused is not done later', async () => {
  // The last question is answered by now: whoever sets a fail point waits for it.
  await withFailPoints(kit.connection, async () => undefined);
  expect(await running.connection.collection('things').countDocuments()).toBe(0);
});

test('reads past the models tell the store how long it may take', async () => {
  const { db } = kit.connection;
  if (!db) throw new Error('not connected');
  const others = collectionOf<{ _id: number }>(kit.connection, 'others');
  const ns = `${kit.connection.name}.others`;
  await others.insertOne({ _id: 1 });
  await db.command({ profile: 2 });
  await others.find({ _id: 1 }).toArray();
  await others.find({ _id: 1 }, { maxTimeMS: 500 }).toArray();
  await others.findOne({ _id: 1 });
  await others.aggregate([{ $match: { _id: 1 } }]).toArray();
  await others.countDocuments({ _id: 1 });
  expect(await others.distinct('_id', {})).toEqual([1]);
  await db.command({ profile: 0 });
  const asked = await db
    .collection('system.profile')
    .find({ ns, op: { $in: ['query', 'command'] } })
    .sort({ ts: 1 })
    .toArray();
  expect(asked.map(({ command }) => command.maxTimeMS)).toEqual([
    10_000, 500, 10_000, 10_000, 10_000, 10_000,
  ]);
});
