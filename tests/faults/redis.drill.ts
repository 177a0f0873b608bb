/**
 * Drill: Redis is killed with -9 and brought back, and hangs and goes on, under 200 requests a second that each wait for it:
 * no request fails, a write without a key is done once, and who writes reads what was written, whatever Redis keeps.
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { getProfile } from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';
import { underLoad } from './steady-load.ts';

const ROUNDS = 3;
const AWAY_MS = 2_000;

let kit: PlatformKit;
let token: string;
let john: number;
let jane: number;
let addresses = 0;
beforeAll(async () => {
  kit = await startPlatformKit({
    ownRedis: true,
    environment: { gateway: { TRUST_PROXY: '127.0.0.0/8', RATE_LIMIT_ADMIN: '0' } },
  });
  john = await kit.idOf('john_doe');
  jane = await kit.idOf('jane_roe');
  ({ access_token: token } = await kit.anonymous.ask(identity.login, {
    body: { username: 'admin_acme', password: PASSWORD },
  }));
});
afterAll(() => kit?.proveAndStop());

const of = (member: number, path = '', init: RequestInit = {}) =>
  fetch(new URL(`/api/v1/points/profiles/${member}/${path}`, kit.services.url), {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
const earn = (member: number) =>
  of(member, 'earn_points/', {
    method: 'POST',
    body: JSON.stringify({ points_amount: 1, category: 'manual' }),
  });
const send = (number: number): Promise<Response> => {
  if (number % 3 === 0) return earn(john);
  if (number % 3 === 1) return of(john);
  // Of an address that was not there before nothing is known: Redis is asked.
  const address = `10.${(++addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
  return fetch(new URL('/api/v1/member-system/levels/?tenant=acme', kit.services.url), {
    headers: { 'x-forwarded-for': address },
  });
};
const total = async () =>
  (await (await kit.as('admin_acme')).ask(getProfile, { params: { id: String(john) } })).total_points;
/** Writes and reads what was written, until it is ended: how often, and what was read that was older. */
function ownWrites(member: number): { end(): Promise<{ writes: number; stale: string[] }> } {
  const stale: string[] = [];
  let [writes, isOver] = [0, false];
  const done = (async () => {
    const admin = await kit.as('admin_acme');
    const total = async () => (await admin.ask(getProfile, { params: { id: String(member) } })).total_points;
    let known = await total();
    while (!isOver) {
      const written = await earn(member);
      await written.text();
      const read = await total();
      if (written.ok && read < known + 1) stale.push(`${read} after ${known + 1}`);
      known = read;
      writes++;
    }
  })();
  return {
    async end() {
      isOver = true;
      await done;
      return { writes, stale };
    },
  };
}
const redisUp = async (value: 0 | 1) =>
  eventually(async () =>
    expect(await (await fetch(new URL('/metrics', kit.services.metricsUrls.gateway))).text()).toMatch(
      new RegExp(`^membership_gateway_redis_up\\{[^}]*\\} ${value}$`, 'm'),
    ),
  );

test('killed and brought back: no request fails', async () => {
  const { redis } = kit.infrastructure;
  if (!redis?.kill || !redis.start) throw new Error('this drill needs a Redis of its own');
  await redisUp(1);
  const before = await total();
  const load = underLoad(send);
  const own = ownWrites(jane);
  for (let round = 0; round < ROUNDS; round++) {
    await pause(AWAY_MS);
    await redis.kill('SIGKILL');
    await redisUp(0);
    await pause(AWAY_MS);
    await redis.start();
    await redisUp(1);
  }
  const { requests, unheard, reset, failures } = await load.end();
  expect([unheard, reset, failures]).toEqual([0, 0, []]);
  expect(requests).toBeGreaterThan(500);
  expect((await total()) - before).toBe(Math.ceil(requests / 3));
  const { writes, stale } = await own.end();
  expect(writes).toBeGreaterThan(20);
  expect(stale).toEqual([]);
});

test('hanging and going on: no request fails', async () => {
  const [pid] = kit.infrastructure.redis?.pids() ?? [];
  // In a container it has no process of ours.
  if (pid === undefined) return;
  const load = underLoad(send);
  const own = ownWrites(jane);
  for (let round = 0; round < ROUNDS; round++) {
    await pause(AWAY_MS);
    process.kill(pid, 'SIGSTOP');
    await redisUp(0);
    await pause(AWAY_MS);
    process.kill(pid, 'SIGCONT');
    await redisUp(1);
  }
  const { unheard, reset, failures } = await load.end();
  expect([unheard, reset, failures]).toEqual([0, 0, []]);
  expect((await own.end()).stale).toEqual([]);
});
