/** Points of purchases that vip leads: frozen, then spent or given back, once each, in whatever order the facts come. */
import {
  captureHold,
  listHolds,
  placeHold,
  releaseHold,
  updateProfile,
} from '@membership/contracts/endpoints/points/index';
import type { EventDefinition, FactOf } from '@membership/contracts/event';
import * as vip from '@membership/contracts/events/vip';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
let member: number;
let next = 9_000;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  member = await ledger.aMember();
  await ledger.earn(member, 500);
});
afterEach(async () => expect(await ledger.faults(1)).toEqual([]));

type Fact = FactOf<typeof vip.vipPurchaseRequested>;
const aPurchase = (pricePoints: number): Fact => ({
  purchaseId: ++next,
  memberId: member,
  tagId: 1,
  tagCode: 'VIP_GOLD',
  durationDays: 30,
  pricePoints,
  status: 'requested',
  reason: null,
  userTagId: null,
});
const tell = (event: EventDefinition & typeof vip.vipPurchaseRequested, data: Fact, id?: string) =>
  ledger.kit.publish(event, { subject: data.purchaseId, data, ...(id === undefined ? {} : { id }) });
const isRequested = (data: Fact, id?: string) => tell(vip.vipPurchaseRequested, data, id);
const isCompleted = (data: Fact) =>
  ledger.kit.publish(vip.vipPurchaseCompleted, {
    subject: data.purchaseId,
    data: { ...data, status: 'completed', userTagId: 5 },
  });
const isFailed = (data: Fact) =>
  ledger.kit.publish(vip.vipPurchaseFailed, {
    subject: data.purchaseId,
    data: { ...data, status: 'failed', reason: 'TIMEOUT' },
  });
const heard = (type: string, { purchaseId }: Fact) =>
  ledger.kit.heard.filter((fact) => fact.type === type && fact.data.sourceId === purchaseId);
const balances = async () => {
  const { total_points, available_points, frozen_points } = await ledger.profile(member);
  return [total_points, available_points, frozen_points];
};
const become = (expected: number[]) => eventually(async () => expect(await balances()).toEqual(expected));
const rowOf = ({ purchaseId }: Fact) =>
  ledger.kit.connection.collection<{ _id: number }>('purchase_holds').findOne({ _id: purchaseId });
const isDecided = (purchase: Fact, state: string, patience?: { milliseconds: number }) =>
  eventually(async () => expect(await rowOf(purchase)).toMatchObject({ state }), patience);

test('requested freezes the price without an end; completed spends it', async () => {
  const purchase = aPurchase(300);
  const request = await isRequested(purchase);
  await become([500, 200, 300]);
  await isRequested(purchase, request.id);
  await isRequested(purchase);
  const [hold] = (await ledger.admin().ask(listHolds, { params: { id: String(member) } })).items;
  expect(hold).toMatchObject({
    status: 'held',
    points_amount: 300,
    category: 'vip_upgrade',
    source_type: 'vip_purchase',
    source_id: purchase.purchaseId,
    expires_at: null,
  });
  await isCompleted(purchase);
  await isCompleted(purchase);
  await become([200, 200, 0]);
  await isFailed(purchase);
  await isDecided(purchase, 'captured');
  await eventually(() =>
    expect(['points.held.v1', 'points.spent.v1'].map((type) => heard(type, purchase).length)).toEqual([1, 1]),
  );
});

test('failed gives it back, once', async () => {
  const purchase = aPurchase(300);
  await isRequested(purchase);
  await become([500, 200, 300]);
  await isFailed(purchase);
  await isFailed(purchase);
  await become([500, 500, 0]);
  await isDecided(purchase, 'released');
});

test('failed before requested: nothing is ever frozen', async () => {
  const purchase = aPurchase(300);
  await isFailed(purchase);
  await isDecided(purchase, 'withdrawn');
  await isRequested(purchase);
  const other = aPurchase(100);
  await isRequested(other);
  await become([500, 400, 100]);
  expect(heard('points.held.v1', purchase)).toEqual([]);
});

test.each([
  ['too few points', 'INSUFFICIENT_POINTS', 501],
  ['points disabled', 'POINTS_DISABLED', 300],
])('%s: told as rejected, nothing frozen', async (_name, reason, price) => {
  if (reason === 'POINTS_DISABLED')
    await ledger
      .admin()
      .ask(updateProfile, { params: { id: String(member) }, body: { is_points_enabled: false } });
  const purchase = aPurchase(price);
  await isRequested(purchase);
  await isDecided(purchase, 'rejected');
  const told = await ledger.kit.heardOne(
    'points.hold_rejected.v1',
    ({ data }) => data.sourceId === purchase.purchaseId,
  );
  expect(told).toMatchObject({ subject: String(member), data: { profileId: member, points: price, reason } });
  await isFailed(purchase);
  expect(await balances()).toEqual([500, 500, 0]);
});

test('points disabled after the freeze: the purchase is paid all the same', async () => {
  const purchase = aPurchase(300);
  await isRequested(purchase);
  await become([500, 200, 300]);
  await ledger
    .admin()
    .ask(updateProfile, { params: { id: String(member) }, body: { is_points_enabled: false } });
  await isCompleted(purchase);
  await become([200, 200, 0]);
});

test('a purchase that cost nothing freezes nothing and is left alone', async () => {
  const free = aPurchase(0);
  await isRequested(free);
  await isCompleted(free);
  await isFailed(free);
  const other = aPurchase(100);
  await isRequested(other);
  await become([500, 400, 100]);
  expect([await rowOf(free), heard('points.held.v1', free), heard('points.hold_rejected.v1', free)]).toEqual([
    null,
    [],
    [],
  ]);
});

test('nobody settles a purchase’s hold by hand, nor makes one', async () => {
  const purchase = aPurchase(300);
  await isRequested(purchase);
  await become([500, 200, 300]);
  const [hold] = (await ledger.admin().ask(listHolds, { params: { id: String(member) } })).items;
  const params = { id: String(hold?.id) };
  for (const answer of [
    await ledger.admin().call(releaseHold, { params }),
    await ledger.admin().call(captureHold, { params, body: {} }),
    await ledger.as().call(placeHold, {
      params: { id: String(member) },
      body: { points_amount: 1, category: 'vip_upgrade', source_type: 'vip_purchase', source_id: 1 },
    }),
  ])
    expect([answer.status, answer.body.error?.code]).toEqual([409, 'INVALID_STATE']);
  expect(await balances()).toEqual([500, 200, 300]);
});

test('a member whose own event comes later is waited for', async () => {
  const late = 770_000 + next;
  const purchase = { ...aPurchase(1), memberId: late };
  await isRequested(purchase);
  await ledger.kit.aMember({ tenantId: 1, memberId: late, username: `late_${late}` });
  // A machine on which the member takes more than seconds to come meets the delay of a minute.
  await isDecided(purchase, 'rejected', { milliseconds: 120_000 });
});
