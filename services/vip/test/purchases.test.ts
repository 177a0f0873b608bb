/** Buying a tag: asked for, then granted once its price is frozen, or failed; never both. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import type { Client } from '@membership/contracts/client';
import { scopeOfJob } from '@membership/platform/scope';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { modelsOf } from '../src/models.ts';
import { PurchaseRepository } from '../src/purchases/purchase-repository.ts';
import { vipService } from '../src/service.ts';
import { expectLikeSample, sampleOf } from '@membership/platform/testing/samples';
import { aTag, aTenantOf, drfError, time } from './builders.ts';
import { isHeld, isRejected, purchaseOf, settled } from './purchase-steps.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '1' });
});
afterAll(() => kit.stop());

const buy = (client: Client, tagId: number, more: object = {}, headers: Record<string, string> = {}) =>
  client.call(
    contracts.purchaseTag,
    { params: { id: String(tagId) }, body: { pay_with: 'points', ...more } },
    { headers },
  );
const factsOf = (id: number) =>
  kit.heard.filter(({ subject, type }) => subject === String(id) && type.startsWith('vip.purchase_'));
const heldTags = async (client: Client) => (await client.ask(contracts.listUserTags, {})).items;

test('asked for, frozen, granted: 202 first, then completed with the tag', async () => {
  const { admin, asJohn, john, tenantId } = await aTenantOf(kit);
  const tag = await aTag(admin);
  const answer = await buy(asJohn, tag.id);
  const requested = {
    id: expect.any(Number),
    member_id: john,
    tag_id: tag.id,
    tag_name: 'VIP金牌',
    tag_code: 'VIP_GOLD',
    status: 'requested',
    duration_days: 30,
    price: 99,
    currency: 'CNY',
    price_points: 9_900,
    auto_renew: null,
    origin: 'member',
    renewed_expiry: null,
    reason: null,
    user_tag_id: null,
    created_at: time,
    settled_at: null,
  };
  expect([answer.status, answer.body]).toEqual([202, requested]);
  const asked = await kit.heardOne('vip.purchase_requested.v1', ({ tenantid }) => tenantid === tenantId);
  expect(asked).toMatchObject({ subject: String(answer.body.id), sequence: 1, actor: `user:${john}` });
  expectLikeSample(asked);
  expect(await heldTags(asJohn)).toEqual([]);

  await isHeld(kit, tenantId, answer.body);
  const completed = await settled(asJohn, answer.body.id, 'completed');
  const [held] = await heldTags(asJohn);
  expect(completed).toEqual({
    ...requested,
    status: 'completed',
    user_tag_id: held?.id,
    settled_at: time,
  });
  expect(held).toMatchObject({ status: 'active', tag_id: tag.id, reason: `purchase:${answer.body.id}` });
  const told = await kit.heardOne('vip.purchase_completed.v1', ({ tenantid }) => tenantid === tenantId);
  expect([told.sequence, told.data.userTagId]).toEqual([2, held?.id]);
  expectLikeSample({ ...told, causationid: told.causationid as string });
  expect(await kit.metrics()).toMatch(/membership_vip_purchases_total\{outcome="completed"[^}]*\} \d/);
});

test('frozen points told many times, or after a rejection, grant once', async () => {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const tag = await aTag(admin);
  const { body: bought } = await buy(asJohn, tag.id);
  const first = await isHeld(kit, tenantId, bought);
  await Promise.all([
    isHeld(kit, tenantId, bought, first.id),
    isHeld(kit, tenantId, bought),
    isHeld(kit, tenantId, bought),
  ]);
  const completed = await settled(asJohn, bought.id, 'completed');
  await isRejected(kit, tenantId, bought);
  const { body: next } = await buy(asJohn, tag.id, { duration_days: 1 });
  await isRejected(kit, tenantId, next);
  await settled(asJohn, next.id, 'failed');
  await isHeld(kit, tenantId, next);
  const { body: last } = await buy(asJohn, tag.id, { duration_days: 2 });
  await isHeld(kit, tenantId, last);
  await settled(asJohn, last.id, 'completed');
  expect(await purchaseOf(asJohn, bought.id)).toEqual(completed);
  expect((await purchaseOf(asJohn, next.id)).status).toBe('failed');
  const [held] = await heldTags(asJohn);
  const history = await asJohn.ask(contracts.listUserTagHistory, { params: { id: String(held?.id) } });
  expect(history.items.map(({ action }) => action)).toEqual(['renewed', 'granted']);
  await eventually(() => expect(factsOf(next.id)).toHaveLength(2));
});

test('who is no member of the tenant buys nothing: refused at once, and not asked for', async () => {
  const { admin, tenantId } = await aTenantOf(kit);
  const tag = await aTag(admin);
  const root = kit.as({ role: 'super', tenantId, userId: 999_999, name: 'root' });
  const service = kit.as({ role: 'internal', tenantId });
  expect(
    (await Promise.all([root, service].map((one) => buy(one, tag.id)))).map(({ status }) => status),
  ).toEqual([403, 403]);
  expect((await admin.ask(contracts.listPurchases, {})).items).toEqual([]);
});

test('a rejection fails it with its reason', async () => {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const { body: bought } = await buy(asJohn, (await aTag(admin)).id);
  await isRejected(kit, tenantId, bought, 'POINTS_DISABLED');
  expect(await settled(asJohn, bought.id, 'failed')).toMatchObject({
    reason: 'POINTS_DISABLED',
    user_tag_id: null,
    settled_at: time,
  });
  expect(await heldTags(asJohn)).toEqual([]);
  const told = await kit.heardOne('vip.purchase_failed.v1', ({ subject }) => subject === String(bought.id));
  expect([told.sequence, told.data.reason]).toEqual([2, 'POINTS_DISABLED']);
  expectLikeSample({ ...told, causationid: told.causationid as string });
});

test('what can no longer be granted when the points are there fails it', async () => {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const tag = await aTag(admin);
  const { body: bought } = await buy(asJohn, tag.id);
  await admin.ask(contracts.retireTag, { params: { id: String(tag.id) } });
  await isHeld(kit, tenantId, bought);
  expect((await settled(asJohn, bought.id, 'failed')).reason).toBe('VALIDATION_ERROR');
  expect(await heldTags(asJohn)).toEqual([]);
});

test('nobody answers in time: it fails, and what comes late finds it settled', async () => {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const tag = await aTag(admin);
  const { body: bought } = await buy(asJohn, tag.id);
  await kit.connection
    .collection<{ _id: number }>('purchases')
    .updateOne({ _id: bought.id }, { $set: { dueAt: new Date(0) } });
  expect((await settled(asJohn, bought.id, 'failed')).reason).toBe('TIMEOUT');
  await isHeld(kit, tenantId, bought);
  const { body: next } = await buy(asJohn, tag.id);
  await isHeld(kit, tenantId, next);
  await settled(asJohn, next.id, 'completed');
  expect((await purchaseOf(asJohn, bought.id)).status).toBe('failed');
  await eventually(() =>
    expect(factsOf(bought.id).map(({ type }) => type)).toEqual([
      'vip.purchase_requested.v1',
      'vip.purchase_failed.v1',
    ]),
  );
});

test('the timeout and the grant at the same moment: one wins', async () => {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const tag = await aTag(admin, { max_duration_days: null });
  const bought = await Promise.all(
    Array.from({ length: 20 }, async () => (await buy(asJohn, tag.id, { duration_days: 1 })).body),
  );
  const overdue = kit.connection
    .collection('purchases')
    .updateMany({ tenantId }, { $set: { dueAt: new Date(0) } });
  await Promise.all([overdue, ...bought.map((one) => isHeld(kit, tenantId, one))]);
  const statuses = await eventually(async () => {
    const { items } = await asJohn.ask(contracts.listPurchases, {});
    expect(items.filter(({ status }) => status === 'requested')).toEqual([]);
    return items.map(({ status }) => status);
  });
  const granted = statuses.filter((status) => status === 'completed').length;
  const [held] = await heldTags(asJohn);
  const steps = held
    ? (await asJohn.ask(contracts.listUserTagHistory, { params: { id: String(held.id) } })).count
    : 0;
  expect([statuses.length, steps]).toEqual([20, granted]);
});

test('the same key buys once; another body under it is refused', async () => {
  const { admin, asJohn } = await aTenantOf(kit);
  const { id } = await aTag(admin);
  const headers = { 'idempotency-key': 'buy-1' };
  const answers = await Promise.all([1, 2, 3].map(() => buy(asJohn, id, { duration_days: 3 }, headers)));
  expect(new Set(answers.map((one) => JSON.stringify([one.status, one.body]))).size).toBe(1);
  expect((await buy(asJohn, id, { duration_days: 4 }, headers)).status).toBe(422);
  expect((await asJohn.ask(contracts.listPurchases, {})).count).toBe(1);
});

test('what costs nothing is granted at once: there is nothing to pay', async () => {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const free = await aTag(admin, { tag_code: 'FREE', price_config: { monthly_price: 0 } });
  const { status, body } = await buy(asJohn, free.id, { duration_days: 5 });
  const [held] = await heldTags(asJohn);
  expect([status, body]).toMatchObject([
    202,
    { status: 'completed', price: 0, price_points: 0, user_tag_id: held?.id, settled_at: time },
  ]);
  await kit.heardOne('vip.purchase_completed.v1', ({ tenantid }) => tenantid === tenantId);
  expect(factsOf(body.id).map(({ sequence, data }) => [sequence, data.pricePoints])).toEqual([
    [1, 0],
    [2, 0],
  ]);
  expect((await buy(asJohn, free.id, { duration_days: 361 })).body).toEqual(
    drfError('VIP_DURATION_EXCEEDED'),
  );
});

test('refuses bad bodies, what cannot be sold, and strangers; shows members their own', async () => {
  const { admin, asJohn, asJane, john, stranger, internal } = await aTenantOf(kit);
  const tag = await aTag(admin);
  const unpriced = await aTag(admin, { tag_code: 'NONE', price_config: null });
  expect((await buy(asJohn, unpriced.id)).body).toEqual(
    drfError('INVALID_STATE', expect.any(String), { current_state: 'not_for_sale', allowed_actions: [] }),
  );
  expect((await buy(asJohn, tag.id, { duration_days: 366 })).status).toBe(409);
  for (const more of [
    { pay_with: 'money' },
    { duration_days: 0 },
    { duration_days: '30' },
    { price_points: 1 },
    { member_id: 1 },
    { pay_with: { $gt: '' } },
    { auto_renew: 'yes' },
  ])
    expect((await buy(asJohn, tag.id, more)).status).toBe(400);
  expect((await buy(stranger, tag.id)).status).toBe(404);
  expect((await buy(internal, tag.id)).status).toBe(403);
  expect((await asJohn.ask(contracts.listPurchases, {})).count).toBe(0);

  const { body: bought } = await buy(asJohn, tag.id);
  const ids = async (client: Client, query: object = {}) =>
    (await client.ask(contracts.listPurchases, { query })).items.map(({ id }) => id);
  expect(await ids(asJohn)).toEqual([bought.id]);
  expect(await ids(admin, { member: john, tag: tag.id, status: 'requested' })).toEqual([bought.id]);
  expect(await ids(admin, { status: 'completed' })).toEqual([]);
  expect([await ids(asJane), await ids(asJane, { member: john }), await ids(stranger)]).toEqual([[], [], []]);
  for (const client of [asJane, stranger])
    expect((await client.call(contracts.getPurchase, { params: { id: String(bought.id) } })).status).toBe(
      404,
    );
  expect((await internal.call(contracts.listPurchases, {})).status).toBe(403);
  expect((await asJohn.call(contracts.listPurchases, { query: { status: 'paid' } as never })).status).toBe(
    400,
  );
});

test('reads the samples that the contracts keep, and holds of others mean nothing to it', async () => {
  for (const type of ['points.held.v1', 'points.hold_rejected.v1']) {
    const sample = sampleOf(type);
    await kit.publishRaw(type, Buffer.from(JSON.stringify(sample)));
    await eventually(async () =>
      expect(
        await kit.connection.collection('inbox').findOne({ _id: { $regex: sample.id } as never }),
      ).not.toBeNull(),
    );
  }
});

test('an index stands under every list', async () => {
  const { tenantId } = await aTenantOf(kit);
  kit.connection.deleteModel(/.*/);
  const repository = new PurchaseRepository(modelsOf(kit.connection).purchases);
  const scope = scopeOfJob(tenantId, 'vip', 'test');
  for (const filter of [{}, { memberId: 1 }, { tagId: 1 }, { status: 'failed' as const }])
    for (const sort of [
      { createdAt: -1, _id: -1 },
      { createdAt: 1, _id: 1 },
    ] as const) {
      const explained = (await repository.explain(scope, filter, sort)) as {
        queryPlanner: { winningPlan: unknown };
      };
      const plan = JSON.stringify(explained.queryPlanner.winningPlan);
      expect(plan).toContain('IXSCAN');
      expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
    }
});
