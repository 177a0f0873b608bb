/** Drills: whatever is killed, an event that an endpoint wants reaches it, with the same id each time it comes. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as hooks from '@membership/contracts/endpoints/gateway/index';
import { earnPoints } from '@membership/contracts/endpoints/points/ledger';
import { eventually } from '@membership/platform/testing/eventually';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';

let kit: PlatformKit;
let admin: Awaited<ReturnType<PlatformKit['as']>>;
let johnId: number;
let receiver: Server;
let url: string;
/** Ids of points' records, by the id of the message that told of them; every time it came. */
const received = new Map<string, number>();
let arrivals = 0;
/** Holds answers back, so that something can be killed meanwhile. */
let isSlow = false;
const PATIENT = { milliseconds: 90_000, every: 100 };

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      arrivals++;
      const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { data: { recordId: number } };
      received.set(String(request.headers['webhook-id']), data.recordId);
      setTimeout(() => response.writeHead(204).end(), isSlow ? 3_000 : 0);
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  kit = await startPlatformKit({
    ownBroker: true,
    environment: {
      gateway: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', WEBHOOK_RETRY_SECONDS: '1,1,1,1,1,1,1,1,1' },
    },
  });
  admin = await kit.as('admin_acme');
  johnId = await kit.idOf('john_doe');
  await admin.ask(hooks.createWebhookEndpoint, { body: { url, event_types: ['points.earned.v1'] } });
});
afterAll(async () => {
  await kit?.proveAndStop();
  receiver?.closeAllConnections();
  receiver?.close();
});

/** Points for John, so many times; ids of the records. Asked until answered, under a key. */
async function earn(count: number, name: string): Promise<number[]> {
  const ids: number[] = [];
  for (let time = 0; time < count; time++)
    await eventually(async () => {
      const { status, body } = await admin.call(
        earnPoints,
        { params: { id: String(johnId) }, body: { points_amount: 1, category: 'payment' } as never },
        { headers: { 'idempotency-key': `${name}-${time}` } },
      );
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      ids.push(body.record_id as number);
    }, PATIENT);
  return ids;
}

/** Every one of these came, each under one id, and the log says so. */
async function allReceived(ids: readonly number[]): Promise<void> {
  await eventually(() => {
    const came = [...received.values()];
    expect(ids.filter((id) => !came.includes(id))).toEqual([]);
    expect(came.length).toBe(new Set(came).size);
  }, PATIENT);
  await eventually(
    async () =>
      expect((await admin.ask(hooks.listWebhookDeliveries, { query: { status: 'pending' } })).count).toBe(0),
    PATIENT,
  );
}

test('the gateway killed while receivers have not answered: what was on its way comes again', async () => {
  isSlow = true;
  const ids = await earn(10, 'killed');
  await eventually(() => expect(arrivals).toBeGreaterThanOrEqual(3), PATIENT);
  await kit.services.kill('gateway', 'SIGKILL');
  isSlow = false;
  const before = arrivals;
  await kit.services.restart('gateway');
  await allReceived(ids);
  expect(arrivals).toBeGreaterThan(before);
});

test('the gateway killed again and again while facts come in: each becomes a delivery, once', async () => {
  const ids: number[] = [];
  for (let kill = 0; kill < 3; kill++) {
    const before = arrivals;
    // So many for each: a quick machine would have nothing left to deliver at the last kill.
    const earning = earn(14, `rolling-${kill}`);
    await eventually(() => expect(arrivals).toBeGreaterThan(before), PATIENT);
    await kit.services.kill('gateway', 'SIGKILL');
    await kit.services.restart('gateway');
    ids.push(...(await earning));
  }
  await allReceived(ids);
});

test('the broker killed: an endpoint cannot be added meanwhile, and what was told comes when it is back', async () => {
  const { restartBroker } = kit.infrastructure;
  if (!restartBroker) throw new Error('this drill needs a broker of its own');
  const away = restartBroker({ signal: 'SIGKILL', downMs: 20_000 });
  // Each a type that nobody wants yet: what is bound already needs no broker.
  const types = ['granted', 'renewed', 'suspended', 'resumed', 'expired', 'revoked', 'grace_started'];
  await eventually(async () => {
    const body = { url, event_types: [`vip.${types.pop() ?? '*'}.v1`] };
    const refused = await admin.call(hooks.createWebhookEndpoint, { body });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  }, PATIENT);
  const ids = await earn(10, 'away');
  await away;
  await allReceived(ids);
});
