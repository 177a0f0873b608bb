/**
 * Drill: each service, which stands alone, is told to stop and started again under 200 requests a second: no request fails,
 * and a write without a key is done once. A gateway that stands alone answers what it has taken; what comes while nobody
 * listens is for another replica. That is also a connection that reached the queue of the operating system in the instant in
 * which the gateway stopped listening, and a request on a kept one in the instant in which this was closed as idle: nothing of
 * such a request was read. That is shown by writes alone, so all requests are.
 */
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { getProfile } from '@membership/contracts/endpoints/points/index';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';
import { underLoad } from './steady-load.ts';

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

const POINTS = '/api/v1/points/profiles/';
type Ask = { readonly path: string; readonly body?: unknown };

/** These in turn, as the administrator. */
const loadOf = (asks: readonly Ask[]) =>
  underLoad((number) => {
    const { path, body } = asks[number % asks.length] as Ask;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return fetch(
      new URL(path, kit.services.url),
      body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
    );
  });

const earn = (): Ask => ({
  path: `${POINTS}${john}/earn_points/`,
  body: { points_amount: 1, category: 'manual' },
});
/** What the gateway says of services that failed it. */
const gatewaysWord = () =>
  kit.services
    .logs('gateway')
    .split('\n')
    .filter((line) => line.includes('a service failed a request'));
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
  const load = loadOf([{ path }, earn()]);
  await kit.services.restart(service);
  const { requests, unheard, reset, crossed, failures } = await load.end();
  if (failures.length > 0) console.log(gatewaysWord().slice(-5).join('\n'));
  expect([unheard, reset, crossed, failures]).toEqual([0, 0, 0, []]);
  expect(requests).toBeGreaterThan(100);
  expect((await total()) - before).toBe(Math.floor(requests / 2));
});

test('the gateway, alone, stops and starts again: nothing fails but what finds nobody listening', async () => {
  const before = await total();
  const load = loadOf([earn()]);
  await kit.services.restart('gateway');
  const { requests, succeeded, unheard, reset, crossed, failures } = await load.end();
  expect(failures).toEqual([]);
  // Of what was reset or crossed the close nothing was done: each point was answered for.
  expect((await total()) - before).toBe(succeeded);
  console.log(
    `     gateway: ${requests} requests, ${unheard} while nobody listened, ${reset} reset as it stopped listening, ${crossed} on kept connections as these were closed, none of them begun`,
  );
});
