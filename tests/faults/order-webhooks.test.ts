/** Drill: a shop repeats its webhooks a hundred times while points and the gateway are killed: each order has one effect. */
import { execFile } from 'node:child_process';
import { createHmac, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import * as points from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const REPEATS = 100;
const SENDERS = 4;
const KILLS = 5;
const PATH = '/api/v1/member-system/webhooks/events/';

let kit: PlatformKit;
let johnId: number;
beforeAll(async () => {
  kit = await startPlatformKit();
  johnId = await kit.idOf('john_doe');
});
afterAll(() => kit?.stop());

/** Tells once, signed anew as a shop does; undefined when there was no answer or none that says whether it was done. */
async function tell(type: string, data: Record<string, unknown>): Promise<string | undefined> {
  const body = JSON.stringify({
    event_type: type,
    event_data: data,
    timestamp: new Date().toISOString(),
  });
  const headers = {
    'content-type': 'application/json',
    'x-tenant-id': 'acme',
    'x-webhook-signature': createHmac('sha256', PASSWORD).update(body).digest('hex'),
  };
  try {
    const answer = await fetch(new URL(PATH, kit.services.url), {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (answer.status >= 500) return undefined;
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
    return JSON.stringify(JSON.parse(text).data);
  } catch (error) {
    // The connection broke: the shop does not know whether it was done, and tells it again.
    if (['TypeError', 'TimeoutError'].includes((error as Error).name)) return undefined;
    throw error;
  }
}

/** Repeats one event until it was answered so often; the answers. */
async function repeat(type: string, data: Record<string, unknown>): Promise<Set<string>> {
  const answers = new Set<string>();
  let answered = 0;
  let kills = 0;
  const isDone = () => answered >= REPEATS;
  const senders = Array.from({ length: SENDERS }, async () => {
    while (!isDone()) {
      const answer = await tell(type, data);
      if (answer === undefined) continue;
      answered += 1;
      answers.add(answer);
    }
  });
  const killing = (async () => {
    for (; kills < KILLS; kills++) {
      const progress = Math.floor((REPEATS * kills) / (KILLS + 1));
      await eventually(() => expect(answered).toBeGreaterThanOrEqual(progress), {
        milliseconds: 120_000,
        every: 2,
      });
      const service = kills === 2 ? 'gateway' : 'points';
      await new Promise((done) => setTimeout(done, randomInt(30)));
      await kit.services.kill(service, 'SIGKILL');
      await kit.services.restart(service);
    }
  })();
  await Promise.all([...senders, killing]);
  return answers;
}

test(`${REPEATS} tellings of an order and of its refund, ${KILLS} kills each: one effect, one answer`, async () => {
  const order = { user_id: johnId, order_id: 'DRILL-1', order_amount: 600 };
  const completed = await repeat('ORDER_COMPLETED', order);
  expect(completed.size).toBe(1);
  const standing = async () => {
    const john = await kit.as('john_doe');
    const { statistics, level, points: balances } = await john.ask(points.getMemberProfile, {});
    const { count } = await john.ask(points.listPointsRecords, {});
    return {
      spent: statistics.total_spent,
      orders: statistics.total_orders,
      level: level.level_code,
      available: balances.available_points,
      records: count,
    };
  };
  const paid = { spent: 600, orders: 1, level: 'BRONZE', available: 600, records: 1 };
  expect(await eventually(standing)).toEqual(paid);

  const part = { order_id: 'DRILL-1', refund_id: 'DRILL-1-A', refund_amount: 200 };
  expect((await repeat('ORDER_REFUNDED', part)).size).toBe(1);
  expect(await eventually(standing)).toEqual({ ...paid, spent: 400, available: 400, records: 2 });
  // Told again when all is over, it is the first answer still.
  expect(completed).toEqual(new Set([await tell('ORDER_COMPLETED', order)]));
  await everythingAddsUp();
});

/** Every tenant's ledger, by the command that operators have. */
async function everythingAddsUp(): Promise<void> {
  const env = { ...process.env, MONGODB_URI: kit.services.environmentOf('points')['MONGODB_URI'] };
  const { stdout } = await promisify(execFile)(process.execPath, ['services/points/src/verify.ts'], { env });
  expect(stdout).toMatch(/all adds up/);
}
