/**
 * Drill: Redis is killed with -9 and brought back, and hangs and goes on, under 200 requests a second that each wait for it:
 * no request fails, and a write without a key is done once.
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
let addresses = 0;
beforeAll(async () => {
  kit = await startPlatformKit({
    ownRedis: true,
    environment: { gateway: { TRUST_PROXY: '127.0.0.0/8', RATE_LIMIT_ADMIN: '0' } },
  });
  john = await kit.idOf('john_doe');
  ({ access_token: token } = await kit.anonymous.ask(identity.login, {
    body: { username: 'admin_acme', password: PASSWORD },
  }));
});
afterAll(() => kit?.proveAndStop());

const send = (number: number): Promise<Response> => {
  if (number % 2 === 0)
    return fetch(new URL(`/api/v1/points/profiles/${john}/earn_points/`, kit.services.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ points_amount: 1, category: 'manual' }),
    });
  // Of an address that was not there before nothing is known: Redis is asked.
  const address = `10.${(++addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
  return fetch(new URL('/api/v1/member-system/levels/?tenant=acme', kit.services.url), {
    headers: { 'x-forwarded-for': address },
  });
};
const total = async () =>
  (await (await kit.as('admin_acme')).ask(getProfile, { params: { id: String(john) } })).total_points;
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
  expect((await total()) - before).toBe(Math.ceil(requests / 2));
});

test('hanging and going on: no request fails', async () => {
  const [pid] = kit.infrastructure.redis?.pids() ?? [];
  // In a container it has no process of ours.
  if (pid === undefined) return;
  const load = underLoad(send);
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
});
