/**
 * Drill: each service, which stands alone, is told to stop and started again under 200 requests a second: no request fails,
 * and a write without a key is done once. A gateway that stands alone answers what it has taken; what comes while nobody
 * listens is for another replica.
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

/** Sends requests at a steady rate until it is ended; tells what was no success, and what found nobody listening. */
function underLoad(asks: readonly Ask[]) {
  const failures: string[] = [];
  const sent: Promise<void>[] = [];
  let unheard = 0;
  let isOver = false;
  const send = async ({ path, body }: Ask) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    try {
      const response = await fetch(
        new URL(path, kit.services.url),
        body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
      );
      const text = await response.text();
      if (!response.ok) failures.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      if (cause?.code === 'ECONNREFUSED') unheard++;
      else failures.push(`${path}: ${message} ${cause?.code ?? ''}`);
    }
  };
  const sending = (async () => {
    for (let number = 0; !isOver; number++) {
      sent.push(send(asks[number % asks.length] as Ask));
      await pause(EVERY_MILLISECONDS);
    }
  })();
  return {
    sent,
    async end() {
      isOver = true;
      await sending;
      await Promise.all(sent);
      return { requests: sent.length, unheard, failures };
    },
  };
}

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
  const earn = {
    path: `${POINTS}${john}/earn_points/`,
    body: { points_amount: 1, category: 'manual' },
  };
  const load = underLoad([{ path }, earn]);
  await kit.services.restart(service);
  const { requests, unheard, failures } = await load.end();
  expect([unheard, failures]).toEqual([0, []]);
  expect(requests).toBeGreaterThan(100);
  expect((await total()) - before).toBe(Math.floor(requests / 2));
});

test('the gateway, alone, stops and starts again: nothing fails but what finds nobody listening', async () => {
  const load = underLoad([{ path: POINTS }]);
  await kit.services.restart('gateway');
  const { requests, unheard, failures } = await load.end();
  expect(failures).toEqual([]);
  console.log(`     gateway: ${requests} requests, ${unheard} of them while nobody listened`);
});
