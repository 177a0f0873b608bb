/** Whatever is told of orders, in whatever order, how often and at once: ledger and spending add up, and nothing is done twice. */
import fc from 'fast-check';
import * as points from '@membership/contracts/endpoints/points/index';
import { startMemberSystemKit, type MemberSystemKit } from './member-system-kit.ts';
import { anOrder, shopOf, type Shop } from './shop.ts';

/** A slow machine tries fewer stories. */
const TIME_LIMIT_MS = 20_000;
const RUNS = Number(process.env['ORDER_RUNS'] ?? 6);
let system: MemberSystemKit;
let shop: Shop;
beforeAll(async () => {
  system = await startMemberSystemKit();
  shop = shopOf(system);
});
afterAll(() => system?.stop());

type Step =
  | { readonly does: 'complete' | 'refund' | 'cancel'; readonly order: number }
  | { readonly does: 'part'; readonly order: number; readonly refund: number; readonly amount: number }
  | { readonly does: 'award' | 'use'; readonly order: number; readonly points: number }
  | { readonly does: 'earn' | 'spend'; readonly points: number }
  | { readonly does: 'end' };
const ORDERS = 3;
/** Each order costs the same each time it is told. */
const AMOUNTS = [99.99, 250, 1_000.01] as const;
const order = fc.nat(ORDERS - 1);
const few = fc.integer({ min: 1, max: 300 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom('complete' as const), order }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('refund' as const, 'cancel' as const), order }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('part' as const),
      order,
      refund: fc.nat(3),
      amount: fc.integer({ min: 1, max: 9_999 }).map((cents) => cents / 100),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('award' as const, 'use' as const), order, points: few }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('earn' as const, 'spend' as const), points: few }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('end' as const) }) },
);
/** Steps of one moment; a whole moment may be told twice. */
const moment = fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 4 }), isRepeated: fc.boolean() });

async function take(one: Step, member: number, ids: readonly string[]): Promise<number> {
  const id = 'order' in one ? (ids[one.order] as string) : '';
  const amount = 'order' in one ? (AMOUNTS[one.order] as number) : 0;
  switch (one.does) {
    case 'complete':
      return (await shop.completed(member, id, amount)).status;
    case 'refund':
      return (await shop.refunded(id)).status;
    case 'part': {
      const part = { refund_id: `${id}-${one.refund}`, refund_amount: one.amount };
      return (await shop.refunded(id, part)).status;
    }
    case 'award': {
      const body = { user_id: member, event_type: 'PURCHASE', points: one.points, related_order: id };
      return (await system.as().call(points.earnMemberPoints, { body })).status;
    }
    case 'use': {
      const body = { user_id: member, points_to_use: one.points, order_amount: amount, order_id: id };
      return (await system.as().call(points.useMemberPoints, { body })).status;
    }
    case 'earn':
      return (await system.earn(member, one.points)).status;
    case 'spend':
      return (await system.spend(member, one.points)).status;
    case 'cancel': {
      const about = (await system.records(member)).find(({ source_id }) => source_id === id);
      return about ? (await system.cancel(about.id)).status : 200;
    }
    case 'end': {
      const earning = (await system.records(member)).find(
        ({ point_type, points: some }) => point_type === 'earn' && some > 0,
      );
      if (earning) await system.endNow(member, { lot: earning.id });
      return 200;
    }
  }
}

test(
  'orders, refunds and what else moves points, at once and repeated: everything adds up',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 3, maxLength: 8 }), async (moments) => {
        const member = await system.aMember();
        const ids = AMOUNTS.map(() => anOrder());
        for (const { steps, isRepeated } of moments)
          for (let time = 0; time < (isRepeated ? 2 : 1); time++) {
            const statuses = await Promise.all(steps.map((one) => take(one, member, ids)));
            expect(statuses.filter((status) => status >= 500)).toEqual([]);
            expect(await system.faults(1)).toEqual([]);
          }
        // Whatever was told of them so far: paid now at the latest, and refunded whatever is left.
        for (const [index, id] of ids.entries()) {
          await shop.completed(member, id, AMOUNTS[index] as number);
          await shop.refunded(id, { refund_id: `${id}-rest` });
        }
        expect((await system.membership(member)).statistics).toMatchObject({
          total_spent: 0,
          total_orders: 0,
        });
        expect(await system.faults(1)).toEqual([]);
      }),
      { numRuns: RUNS, endOnFailure: true, interruptAfterTimeLimit: TIME_LIMIT_MS * Math.ceil(RUNS / 6) },
    );
  },
  TIME_LIMIT_MS * 6 * Math.ceil(RUNS / 6),
);
