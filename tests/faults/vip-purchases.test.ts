/** Drill: whatever is killed while members buy tags, each purchase ends granted and paid, or neither. */
import { randomInt } from 'node:crypto';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { eventually } from '@membership/platform/testing/eventually';
import { IS_WHOLE } from './drill-length.ts';
import { DAY, startPurchaseDrill, TARGETS, type PurchaseDrill } from './purchase-drill.ts';

const PURCHASES = IS_WHOLE ? 100 : 50;
const SHOPPERS = 4;
const KILLS_OF_EACH = IS_WHOLE ? 4 : 2;
const KILLS = KILLS_OF_EACH * TARGETS.length;
/** Each kill starts processes again, on machines that have other things to do. */
const DRILL_MS = 600_000;
/** So many run out of time on the way: late events meet purchases that have timed out, however fast the machine is. */
const EVERY_HURRIED = 4;

let drill: PurchaseDrill;
beforeAll(async () => {
  drill = await startPurchaseDrill({ VIP_PURCHASE_TIMEOUT_SECONDS: '600', VIP_CLOCK_SECONDS: '1' });
});
afterAll(() => drill?.stop());

/** Buys a day until it is answered, as a client with an Idempotency-Key would. */
const buyDay = (tagId: number, key: string): Promise<number> =>
  eventually(
    async () => {
      const { status, body } = await drill.john.call(
        vip.purchaseTag,
        { params: { id: String(tagId) }, body: { pay_with: 'points', duration_days: 1 } },
        { headers: { 'idempotency-key': key } },
      );
      if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
      return body.id as number;
    },
    { milliseconds: 120_000, every: 100 },
  );

test(
  `${PURCHASES} purchases, ${KILLS} kills of vip, points and the broker in random order: granted and paid, or neither`,
  async () => {
    const tagId = await drill.aTag('DRILL');
    const bought: number[] = [];
    const keys = Array.from({ length: PURCHASES }, (_, index) => `drill-${index}`);
    const shoppers = Array.from({ length: SHOPPERS }, async () => {
      for (let key = keys.pop(); key; key = keys.pop()) {
        const id = await buyDay(tagId, key);
        if (bought.push(id) % EVERY_HURRIED === 0) await drill.timeIsOver([id]);
      }
    });
    const shopping = Promise.all(shoppers);
    const targets = TARGETS.flatMap((target) => Array.from({ length: KILLS_OF_EACH }, () => target));
    for (let left = KILLS; left > 0; left--) {
      const progress = Math.floor((PURCHASES * (KILLS - left + 1)) / (KILLS + 1));
      await eventually(() => expect(bought.length).toBeGreaterThanOrEqual(progress), {
        milliseconds: 120_000,
        every: 5,
      });
      const [target] = targets.splice(randomInt(left), 1) as [(typeof TARGETS)[number]];
      await drill.kill(target, randomInt(4_000));
    }
    await shopping;
    expect(new Set(bought).size).toBe(PURCHASES);

    const { purchases, completed } = await drill.verify(
      `${KILLS_OF_EACH} kills of each of ${TARGETS.join(', ')}, at random`,
    );
    expect(purchases).toBe(PURCHASES);
    expect(completed).toBeGreaterThan(0);
    const [held] = (await drill.john.ask(vip.listUserTags, { query: { tag: tagId } })).items;
    const history = await drill.john.ask(vip.listUserTagHistory, { params: { id: String(held?.id) } });
    expect(history.count).toBe(completed);
    expect(Date.parse(held?.expires_at ?? '') - Date.parse(held?.granted_at ?? '')).toBe(completed * DAY);
  },
  DRILL_MS,
);
