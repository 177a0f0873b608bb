/** Drill: whatever is killed while members buy tags, each purchase ends granted and paid, or neither. */
import { randomInt } from 'node:crypto';
import * as points from '@membership/contracts/endpoints/points/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import type { Client } from '@membership/contracts/client';
import { eventually } from '@membership/platform/testing/eventually';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const PURCHASES = 100;
const SHOPPERS = 4;
const KILLS = 12;
const DAY = 24 * 3_600_000;
/** Short enough that outages of the drill are longer: late events meet purchases that have timed out. */
const TIMEOUT_SECONDS = '3';

let kit: PlatformKit;
let john: Client;
let admin: Client;
let johnId: number;
beforeAll(async () => {
  kit = await startPlatformKit({
    ownBroker: true,
    environment: { vip: { VIP_PURCHASE_TIMEOUT_SECONDS: TIMEOUT_SECONDS, VIP_CLOCK_SECONDS: '1' } },
  });
  [john, admin, johnId] = [await kit.as('john_doe'), await kit.as('admin_acme'), await kit.idOf('john_doe')];
});
afterAll(() => kit?.stop());

/** Every item of a list. */
async function all<T>(
  page: (query: { page: string; page_size: string }) => Promise<{ items: readonly T[] }>,
) {
  const found: T[] = [];
  for (let number = 1; ; number++) {
    const { items } = await page({ page: String(number), page_size: '100' });
    found.push(...items);
    if (items.length < 100) return found;
  }
}

/** Buys a day until it is answered, as a client with an Idempotency-Key would. */
const buyDay = (tagId: number, key: string): Promise<number> =>
  eventually(
    async () => {
      const { status, body } = await john.call(
        vip.purchaseTag,
        { params: { id: String(tagId) }, body: { pay_with: 'points', duration_days: 1 } },
        { headers: { 'idempotency-key': key } },
      );
      if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
      return body.id as number;
    },
    { milliseconds: 120_000, every: 100 },
  );

async function killSomething(): Promise<void> {
  const service = (['vip', 'points', 'broker'] as const)[randomInt(3)] as 'vip' | 'points' | 'broker';
  if (service === 'broker') {
    const { restartBroker } = kit.infrastructure;
    if (!restartBroker) throw new Error('this drill needs a broker of its own');
    await restartBroker({ signal: 'SIGKILL', downMs: randomInt(4_000) });
    return;
  }
  await kit.services.kill(service, 'SIGKILL');
  await kit.services.restart(service);
}

test(`${PURCHASES} purchases, ${KILLS} random kills of vip, points and the broker: granted and paid, or neither`, async () => {
  const [tag] = (await admin.ask(vip.listTags, {})).items;
  const tagId = tag?.id as number;
  const start = 1_000_000;
  await admin.ask(points.earnPoints, {
    params: { id: String(johnId) },
    body: { points_amount: start, category: 'manual' },
  });
  const bought: number[] = [];
  const keys = Array.from({ length: PURCHASES }, (_, index) => `drill-${index}`);
  const shoppers = Array.from({ length: SHOPPERS }, async () => {
    for (let key = keys.pop(); key; key = keys.pop()) bought.push(await buyDay(tagId, key));
  });
  const shopping = Promise.all(shoppers);
  for (let kill = 1; kill <= KILLS; kill++) {
    const progress = Math.floor((PURCHASES * kill) / (KILLS + 1));
    await eventually(() => expect(bought.length).toBeGreaterThanOrEqual(progress), {
      milliseconds: 120_000,
      every: 5,
    });
    await killSomething();
  }
  await shopping;
  expect(new Set(bought).size).toBe(PURCHASES);

  const completed = await eventually(
    async () => {
      const purchases = await all((query) => john.ask(vip.listPurchases, { query }));
      expect(purchases.filter(({ status }) => status === 'requested')).toEqual([]);
      const paid = await all((query) =>
        john.ask(points.listPointsRecords, { query: { ...query, category: 'vip_upgrade' } }),
      );
      const granted = purchases.filter(({ status }) => status === 'completed');
      // Each that was granted is paid, by one record; nothing else is.
      expect(paid).toHaveLength(granted.length);
      expect(new Set(paid.map(({ source_id }) => source_id))).toEqual(new Set(granted.map(({ id }) => id)));
      const price = granted.reduce((sum, { price_points }) => sum + price_points, 0);
      expect(await john.ask(points.getProfile, { params: { id: String(johnId) } })).toMatchObject({
        total_points: start - price,
        available_points: start - price,
        frozen_points: 0,
      });
      return granted;
    },
    { milliseconds: 120_000, every: 500 },
  );
  expect(completed.length).toBeGreaterThan(0);
  const open = await admin.ask(points.listHolds, {
    params: { id: String(johnId) },
    query: { status: 'held' },
  });
  expect(open.count).toBe(0);
  const [held] = (await john.ask(vip.listUserTags, { query: { tag: tagId } })).items;
  const history = await john.ask(vip.listUserTagHistory, { params: { id: String(held?.id) } });
  expect(history.count).toBe(completed.length);
  expect(Date.parse(held?.expires_at ?? '') - Date.parse(held?.granted_at ?? '')).toBe(
    completed.length * DAY,
  );
});
