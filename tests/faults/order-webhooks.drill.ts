/** Drill: a shop repeats its webhooks a hundred times while points and the gateway are killed: each order has one effect. */
import { execFile } from 'node:child_process';
import { createHmac, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as points from '@membership/contracts/endpoints/points/index';
import { login } from '@membership/contracts/endpoints/gateway/auth';
import { createMember } from '@membership/contracts/endpoints/gateway/members';
import { eventually } from '@membership/platform/testing/eventually';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const REPEATS = 100;
const SENDERS = 4;
const PATH = '/api/v1/member-system/webhooks/events/';

let kit: PlatformKit;
let johnId: number;
beforeAll(async () => {
  kit = await startPlatformKit();
  johnId = await kit.idOf('john_doe');
});
afterAll(() => kit?.proveAndStop());

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

test('members that were made this moment: points looks them up at the gateway', async () => {
  const admin = await kit.as('admin_acme');
  for (let made = 0; made < 5; made++) {
    const username = `new_${made}`;
    const { id } = await admin.ask(createMember, {
      body: { username, email: `${username}@acme.example`, password: PASSWORD },
    });
    const order = { user_id: id, order_id: `NEW-${made}`, order_amount: 10 };
    expect(await tell('ORDER_COMPLETED', order)).toContain('"points":10');
  }
});

/** Repeats one event until it was answered so often, and kills a service while its effect is on the way; the answers. */
async function repeat(
  type: string,
  data: Record<string, unknown>,
  victim: 'points' | 'gateway',
): Promise<Set<string>> {
  const answers = new Set<string>();
  let answered = 0;
  const senders = Array.from({ length: SENDERS }, async () => {
    while (answered < REPEATS) {
      const answer = await tell(type, data);
      if (answer === undefined) continue;
      answered += 1;
      answers.add(answer);
    }
  });
  const killing = (async () => {
    await pause(randomInt(60));
    await kit.services.kill(victim, 'SIGKILL');
    await kit.services.restart(victim);
  })();
  await Promise.all([...senders, killing]);
  return answers;
}

test(`each order and refund told ${REPEATS} times, points or the gateway killed in between: one effect, one answer`, async () => {
  const john = await kit.as('john_doe');
  const standing = async () => {
    const { statistics, level, points: balances } = await john.ask(points.getMemberProfile, {});
    const { count: records } = await john.ask(points.listPointsRecords, {});
    return {
      ...{ spent: statistics.total_spent, orders: statistics.total_orders, level: level.level_code },
      ...{ available: balances.available_points, records },
    };
  };
  const order = (number: number) => ({
    user_id: johnId,
    order_id: `DRILL-${number}`,
    order_amount: 150,
  });
  const first: string[] = [];
  for (const [index, victim] of (['points', 'gateway', 'points', 'points'] as const).entries()) {
    const answers = await repeat('ORDER_COMPLETED', order(index), victim);
    expect(answers.size).toBe(1);
    first.push(...answers);
  }
  const paid = { spent: 600, orders: 4, level: 'BRONZE', available: 600, records: 4 };
  expect(await eventually(standing)).toEqual(paid);

  const levels = (await kit.anonymous.ask(points.listMemberLevels, { query: { tenant: 'acme' } })).levels;
  const bronze = levels.find(({ level_code }) => level_code === 'BRONZE')?.level_id;
  await eventually(async () => expect(await levelInToken('john_doe')).toBe(bronze));

  for (const id of ['A', 'B']) {
    const part = { order_id: 'DRILL-0', refund_id: id, refund_amount: 50 };
    expect((await repeat('ORDER_REFUNDED', part, 'points')).size).toBe(1);
  }
  expect(await eventually(standing)).toEqual({ ...paid, spent: 500, available: 500, records: 6 });
  // Told again when all is over, each is the first answer still.
  for (const [index, answer] of first.entries())
    expect(await eventually(() => tell('ORDER_COMPLETED', order(index)))).toBe(answer);
  await everythingAddsUp();
});

/** What a token made now says of its member's level. */
async function levelInToken(username: string): Promise<unknown> {
  const { access_token } = await kit.anonymous.ask(login, { body: { username, password: PASSWORD } });
  const [, claims = ''] = access_token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { level: unknown }).level;
}

/** Every tenant's ledger, by the command that operators have. */
async function everythingAddsUp(): Promise<void> {
  const env = { ...process.env, MONGODB_URI: kit.services.environmentOf('points')['MONGODB_URI'] };
  const { stdout } = await promisify(execFile)(process.execPath, ['services/points/src/verify.ts'], { env });
  expect(stdout).toMatch(/all adds up/);
}
