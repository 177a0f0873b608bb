/**
 * Drill: Redis is killed with -9 and brought back, and hangs and goes on, under 200 requests a second that each wait for it, for
 * limits, a plan's places and answers that are kept: no request fails, a write without a key is done once, and who writes reads
 * what was written, whatever Redis keeps.
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import { earnPoints, getProfile } from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';
import { underLoad } from './steady-load.ts';

const ROUNDS = 3;
const AWAY_MS = 2_000;

let kit: PlatformKit;
let token: string;
let johnsToken: string;
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
  const tokenOf = async (username: string) =>
    (await kit.anonymous.ask(identity.login, { body: { username, password: PASSWORD } })).access_token;
  [token, johnsToken] = [await tokenOf('admin_acme'), await tokenOf('john_doe')];
  // So that each request of the tenant takes one of its places.
  const root = await kit.as('root');
  await root.ask(identity.createTenantPlan, {
    body: { code: 'places', name: 'Places', concurrent_requests: 10_000 },
  });
  const [acme] = (await root.ask(identity.listTenants, { query: { code: 'acme' } })).items;
  await root.ask(identity.updateTenant, { params: { id: String(acme?.id) }, body: { plan: 'places' } });
  await kit.assignToJohn(1);
});
afterAll(() => kit?.proveAndStop());

const ask = (path: string, init: RequestInit = {}, by = token) =>
  fetch(new URL(path, kit.services.url), {
    ...init,
    headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
  });
const of = (member: number, path = '', init: RequestInit = {}) =>
  ask(`/api/v1/points/profiles/${member}/${path}`, init);
const earn = (member: number) =>
  of(member, 'earn_points/', {
    method: 'POST',
    body: JSON.stringify({ points_amount: 1, category: 'manual' }),
  });
const KINDS = 5;
const send = (number: number): Promise<Response> => {
  const kind = number % KINDS;
  if (kind === 0) return earn(john);
  if (kind === 1) return of(john);
  if (kind === 2) return ask('/api/v1/user/licenses/', {}, johnsToken);
  if (kind === 3) return ask('/api/v1/reports/license-usage/');
  // Of an address that was not there before nothing is known: Redis is asked.
  const address = `10.${(++addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
  return fetch(new URL('/api/v1/member-system/levels/?tenant=acme', kit.services.url), {
    headers: { 'x-forwarded-for': address },
  });
};
const total = async () =>
  (await (await kit.as('admin_acme')).ask(getProfile, { params: { id: String(john) } })).total_points;
type OwnWrites = {
  /** Resolves when so many more were made. */
  more(count: number): Promise<void>;
  end(): Promise<{ writes: number; stale: string[] }>;
};
/** Writes and reads what was written, until it is ended: how often, and what was read that was older. */
function ownWrites({
  write,
  read,
}: {
  readonly write: () => Promise<unknown>;
  readonly read: () => Promise<number>;
}): OwnWrites {
  const stale: string[] = [];
  let [writes, isOver] = [0, false];
  const done = (async () => {
    let known = await read();
    while (!isOver) {
      await write();
      const found = await read();
      if (found < known + 1) stale.push(`${found} after ${known + 1}`);
      known = found;
      writes++;
    }
  })();
  // Told at the end.
  done.catch(() => undefined);
  return {
    async more(count) {
      const until = writes + count;
      // A failed one ends the loop, and this.
      while (writes < until) await Promise.race([pause(10), done.then(() => pause(10))]);
    },
    async end() {
      isOver = true;
      await done;
      return { writes, stale };
    },
  };
}
const janesPoints = {
  write: async () => {
    const params = { id: String(jane) };
    const body = { points_amount: 1, category: 'manual' };
    await (await kit.as('admin_acme')).ask(earnPoints, { params, body });
  },
  read: async () =>
    (await (await kit.as('admin_acme')).ask(getProfile, { params: { id: String(jane) } })).total_points,
};
const johnsLicences = {
  write: () => kit.assignToJohn(1),
  read: async () => (await (await kit.as('john_doe')).ask(licensing.listMyLicenses, {})).count,
};
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
  const [points, licences] = [ownWrites(janesPoints), ownWrites(johnsLicences)];
  const some = () => Promise.all([points.more(4), licences.more(1)]);
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all([pause(AWAY_MS), some()]);
    await redis.kill('SIGKILL');
    await redisUp(0);
    await Promise.all([pause(AWAY_MS), some()]);
    await redis.start();
    await redisUp(1);
  }
  const { requests, unheard, reset, crossed, failures } = await load.end();
  expect([unheard, reset, crossed, failures]).toEqual([0, 0, 0, []]);
  expect(requests).toBeGreaterThan(500);
  expect((await total()) - before).toBe(Math.ceil(requests / KINDS));
  for (const [own, least] of [
    [points, 20],
    [licences, 2 * ROUNDS - 1],
  ] as const) {
    const { writes, stale } = await own.end();
    expect(writes).toBeGreaterThan(least);
    expect(stale).toEqual([]);
  }
});

test('hanging and going on: no request fails', async () => {
  const [pid] = kit.infrastructure.redis?.pids() ?? [];
  // In a container it has no process of ours.
  if (pid === undefined) return;
  const load = underLoad(send);
  const own = [ownWrites(janesPoints), ownWrites(johnsLicences)];
  for (let round = 0; round < ROUNDS; round++) {
    await pause(AWAY_MS);
    process.kill(pid, 'SIGSTOP');
    await redisUp(0);
    await pause(AWAY_MS);
    process.kill(pid, 'SIGCONT');
    await redisUp(1);
  }
  const { unheard, reset, crossed, failures } = await load.end();
  expect([unheard, reset, crossed, failures]).toEqual([0, 0, 0, []]);
  for (const each of own) expect((await each.end()).stale).toEqual([]);
});
