/** Document 003's own member, for the tests of its examples: import it once, its hooks come along. */
import * as points from '@membership/contracts/endpoints/points/index';
import { dayOf } from '@membership/platform/calendar';
import { defineTheSeedsBenefits, startMemberSystemKit, type MemberSystemKit } from './member-system-kit.ts';
import { shopOf } from './shop.ts';

export const [JOHN, JANE] = [1001, 1002];
export const A_TRANSACTION = expect.stringMatching(/^PT[1-9]\d*$/);
export const A_DAY = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);
export const today = () => dayOf('Asia/Shanghai', new Date());
export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
export let system: MemberSystemKit;
/** The ids of the ladder's levels by their codes. */
export let levelIds: Record<string, number>;

export const ask = async (
  method: string,
  path: string,
  body?: unknown,
  caller: Parameters<MemberSystemKit['as']>[0] = { userId: JOHN },
) => {
  const answer = await system.as(caller).send(method, `/api/v1/member-system/${path}`, { body });
  return [answer.status, answer.body] as const;
};
export const ADMIN = { role: 'admin', userId: 1 } as const;
export const INTERNAL = { role: 'internal' } as const;

/** John as the document has him: SILVER by 2,500.00 in 15 orders, 2,580 points, 200 of them frozen, 500 ending in ten days. */
beforeAll(async () => {
  system = await startMemberSystemKit();
  const { kit } = system;
  await kit.aMember({ memberId: JOHN, username: 'user001' });
  await kit.aMember({ memberId: JANE, username: 'user002' });
  const shop = shopOf(system);
  for (let order = 1; order <= 14; order++) await shop.completed(JOHN, `EARLIER-${order}`, 150);
  await shop.completed(JOHN, 'EARLIER-15', 400);
  await system.spend(JOHN, 420);
  await system.hold(JOHN, 200);
  await system.earn(JOHN, 500, { expires_at: inHours(240) });
  levelIds = Object.fromEntries(
    (await system.levels()).map(({ level_code, level_id }) => [level_code, level_id]),
  );
  await system.admin().ask(points.createRedemptionItem, {
    body: { redemption_item_id: 'GIFT001', item_name: '积分商城礼品', points_cost: 500, stock: 100_000 },
  });
  await defineTheSeedsBenefits(system);
  for (let order = 1; order <= 15; order++)
    await system.as().ask(points.useBenefit, {
      body: {
        ...{ user_id: JOHN, benefit_id: 'B002', order_id: `EARLIER-${order}` },
        usage_context: { original_amount: 100, shipping_fee: 8 },
      },
    });
});
afterAll(() => system?.stop());
afterEach(async () => expect(await system.faults()).toEqual([]));
