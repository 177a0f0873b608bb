/**
 * Drill: each service, which stands alone, is told to stop and started again under 200 requests a second: no request fails,
 * and a write without a key is done once. A gateway that stands alone answers what it has taken; what comes while nobody
 * listens is for another replica. That is also a connection that reached the queue of the operating system in the instant in
 * which the gateway stopped listening: the kernel resets it, and nothing of its request was read.
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { getProfile } from '@membership/contracts/endpoints/points/index';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

let kit: PlatformKit;
let token: string;
let john: number;
beforeAll(async () => {
  kit = await startPlatformKit();
  john = await kit.idOf('john_doe');
  ({ access_token: token } = await kit.anonymous.ask(identity.login, {
    body: { username: 'admin_acme', password: PASSWORD },
  }));
});
afterAll(() => kit?.proveAndStop());

const EVERY_MILLISECONDS = 5;
const POINTS = '/api/v1/points/profiles/';
type Ask = { readonly path: string; readonly body?: unknown };

/**
 * Sends requests at a steady rate until it is ended; tells what was no success, what found nobody listening or was reset, and how
 * many of each kind succeeded.
 */
function underLoad(asks: readonly Ask[]) {
  const failures: string[] = [];
  const sent: Promise<void>[] = [];
  const done = asks.map(() => 0);
  let [unheard, reset] = [0, 0];
  let isOver = false;
  const send = async (kind: number) => {
    const { path, body } = asks[kind] as Ask;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    try {
      const response = await fetch(
        new URL(path, kit.services.url),
        body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
      );
      const text = await response.text();
      if (response.ok) done[kind] = (done[kind] ?? 0) + 1;
      else failures.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      if (cause?.code === 'ECONNREFUSED') unheard++;
      else if (cause?.code === 'ECONNRESET') reset++;
      else failures.push(`${path}: ${message} ${cause?.code ?? ''}`);
    }
  };
  const sending = (async () => {
    for (let number = 0; !isOver; number++) {
      sent.push(send(number % asks.length));
      await pause(EVERY_MILLISECONDS);
    }
  })();
  return {
    sent,
    async end() {
      isOver = true;
      await sending;
      await Promise.all(sent);
      return { requests: sent.length, done, unheard, reset, failures };
    },
  };
}

const earn = (): Ask => ({
  path: `${POINTS}${john}/earn_points/`,
  body: { points_amount: 1, category: 'manual' },
});
const total = async () =>
  (await (await kit.as('admin_acme')).ask(getProfile, { params: { id: String(john) } })).total_points;

test.each([
  ['points', POINTS],
  ['vip', '/api/v1/vip/tags/'],
  ['licenses', '/api/v1/licenses/'],
  ['applications', '/api/v1/applications/'],
  ['stats', '/api/v1/stats/overview/'],
] as const)('%s stops and starts again: no request fails', async (service, path) => {
  const before = await total();
  const load = underLoad([{ path }, earn()]);
  await kit.services.restart(service);
  const { requests, unheard, reset, failures } = await load.end();
  expect([unheard, reset, failures]).toEqual([0, 0, []]);
  expect(requests).toBeGreaterThan(100);
  expect((await total()) - before).toBe(Math.floor(requests / 2));
});

test('the gateway, alone, stops and starts again: nothing fails but what finds nobody listening', async () => {
  const before = await total();
  const load = underLoad([{ path: POINTS }, earn()]);
  await kit.services.restart('gateway');
  const { requests, done, unheard, reset, failures } = await load.end();
  expect(failures).toEqual([]);
  // Of what was reset nothing was done: each point was answered for.
  expect((await total()) - before).toBe(done[1]);
  console.log(
    `     gateway: ${requests} requests, ${unheard} while nobody listened, ${reset} reset as it stopped listening, none of them begun`,
  );
});
