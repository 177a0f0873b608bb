/** Stock, limits, capacity and states of the member system: 64 ask two processes at once, again and again. */
import * as points from '@membership/contracts/endpoints/points/index';
import type { Caller } from '@membership/platform/testing/service-kit';
import { startMemberSystemKit, type MemberSystemKit } from './member-system-kit.ts';

const CROWD = 64;
const ROUNDS = process.env.DRILL_LENGTH === 'whole' ? 10 : 1;
const AGAIN = Array.from({ length: ROUNDS }, (_, index) => index + 1);
let system: MemberSystemKit;
let crowd: number[];
let other: Awaited<ReturnType<MemberSystemKit['kit']['replica']>>;
let names = 0;
beforeAll(async () => {
  system = await startMemberSystemKit();
  other = await system.kit.replica();
  const batch = { operation_type: 'EARN' as const, reason: '测试' };
  crowd = [];
  // A few at a time: each waits for its event, and asks for it all the while.
  while (crowd.length < CROWD)
    crowd.push(...(await Promise.all(Array.from({ length: 8 }, () => system.aMember()))));
  await system.admin().ask(points.batchPoints, {
    body: { ...batch, users: crowd.map((user_id) => ({ user_id, points: 10_000 })) },
  });
});
afterAll(async () => {
  await other?.stop();
  await system?.stop();
});
afterEach(async () => expect(await system.faults(1)).toEqual([]));

let asked = 0;
/** Every other request goes to the other process. */
const as = (caller: Caller) => (++asked % 2 === 0 ? other.as(caller) : system.kit.as(caller));
const everyone = <T>(act: (member: number, index: number) => Promise<T>) => Promise.all(crowd.map(act));
const tally = (answers: readonly { status: number }[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
const anItem = async (more: Record<string, unknown>) => {
  const redemption_item_id = `RACE${++names}`;
  await system.admin().ask(points.createRedemptionItem, {
    body: { redemption_item_id, item_name: '杯子', points_cost: 10, needs_delivery: false, ...more } as never,
  });
  return redemption_item_id;
};
const redeem = (redemption_item_id: string, member: number) =>
  as({ userId: member }).call(points.redeemPoints, { body: { redemption_item_id } });
const stockOf = async (item_id: string) =>
  (await system.admin().ask(points.getRedemptionItem, { params: { item_id } })).stock;
const totalOf = async (member: number) => (await system.profile(member)).available_points;
const crowdTotal = async () =>
  (await everyone((member) => totalOf(member))).reduce((sum, total) => sum + total, 0);

test.each(AGAIN)('stock: 64 members, 20 pieces (%i)', async () => {
  const before = await crowdTotal();
  const item = await anItem({ stock: 20 });
  const answers = await everyone((member) => redeem(item, member));
  expect(tally(answers)).toEqual({ 200: 20, 409: 44 });
  expect([await stockOf(item), before - (await crowdTotal())]).toEqual([0, 200]);
});

test.each(AGAIN)('a limit for each member: one member 64 times, twice at most (%i)', async (round) => {
  const member = crowd[round] as number;
  const before = await totalOf(member);
  const item = await anItem({ stock: 100, per_member_limit: 2 });
  const answers = await everyone(() => redeem(item, member));
  expect(tally(answers)).toEqual({ 200: 2, 409: 62 });
  expect([await stockOf(item), before - (await totalOf(member))]).toEqual([98, 20]);
});

test.each(AGAIN)('points: one member with enough for three asks 64 times (%i)', async () => {
  const poor = await system.aMember();
  await system.earn(poor, 35);
  const item = await anItem({ stock: 100 });
  expect(tally(await everyone(() => redeem(item, poor)))).toEqual({ 200: 3, 409: 61 });
  expect([await stockOf(item), await totalOf(poor)]).toEqual([97, 5]);
});

test.each(AGAIN)('a benefit with a limit of 5: 64 orders of one member (%i)', async (round) => {
  const benefit_id = `RACE${++names}`;
  await system.admin().ask(points.createBenefit, {
    body: { benefit_id, benefit_name: '专属客服', benefit_type: 'SERVICE', usage_limit: 5 } as never,
  });
  const member = crowd[round] as number;
  const answers = await everyone((_, index) =>
    as({ role: 'internal' }).call(points.useBenefit, {
      body: { user_id: member, benefit_id, order_id: `${benefit_id}-${index}` },
    }),
  );
  expect(tally(answers)).toEqual({ 200: 5, 409: 59 });
  const left = answers.flatMap(({ status, body }) => (status === 200 ? [body.data.remaining_usage] : []));
  expect(left.sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4]);
  const { benefits } = await system.member(member).ask(points.listAvailableBenefits, {});
  expect(benefits.find((one) => one.benefit_id === benefit_id)?.used_count).toBe(5);
});

test.each(AGAIN)('a benefit for one order, asked for 64 times: used once, one answer (%i)', async (round) => {
  const benefit_id = `RACE${++names}`;
  await system.admin().ask(points.createBenefit, {
    body: { benefit_id, benefit_name: '专属客服', benefit_type: 'SERVICE', usage_limit: 5 } as never,
  });
  const body = { user_id: crowd[round] as number, benefit_id, order_id: benefit_id };
  const answers = await everyone(() => as({ role: 'internal' }).call(points.useBenefit, { body }));
  expect(tally(answers)).toEqual({ 200: 64 });
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body.data))).size).toBe(1);
});

test.each(AGAIN)('an activity: 64 members, 20 places; then each once more (%i)', async () => {
  const { activity_id } = await system.admin().ask(points.createActivity, {
    body: {
      ...{ title: '活动', description: '', category: 'RACE', max_participants: 20 },
      start_time: new Date(Date.now() - 60_000).toISOString(),
      end_time: new Date(Date.now() + 3_600_000).toISOString(),
    } as never,
  });
  const join = (member: number) =>
    as({ userId: member }).call(points.joinActivity, { params: { activity_id }, body: {} });
  expect(tally(await everyone(join))).toEqual({ 200: 20, 409: 44 });
  expect(tally(await everyone(join))).toEqual({ 409: 64 });
  const shown = await system.admin().ask(points.getActivity, { params: { activity_id } });
  expect(shown.participation_count).toBe(20);
});

test.each(AGAIN)('64 administrators at one redemption: cancelled or completed, never both (%i)', async () => {
  const member = await system.aMember();
  await system.earn(member, 10);
  const item = await anItem({ stock: 5 });
  const { redemption_id } = await system
    .member(member)
    .ask(points.redeemPoints, { body: { redemption_item_id: item } });
  const params = { redemption_id };
  const answers = await everyone((_, index) =>
    index % 4 < 2
      ? as({ role: 'admin' }).call(points.cancelRedemption, { params, body: { reason: '缺货' } })
      : as({ role: 'admin' }).call(points.completeRedemption, { params }),
  );
  expect(tally(answers)).toEqual({ 200: 1, 409: 63 });
  const { status } = await system.admin().ask(points.getRedemption, { params });
  expect([status, await stockOf(item), await totalOf(member)]).toEqual(
    status === 'cancelled' ? ['cancelled', 5, 10] : ['completed', 4, 0],
  );
});
