/** Tags that renew themselves: bought again before they end, once for each end, or in grace as any other. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import type { Client } from '@membership/contracts/client';
import { memberDeactivated, tenantResumed, tenantSuspended } from '@membership/contracts/events/gateway';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, drfError, expectNear, gold, grantTo, letPass, time } from './builders.ts';
import { isHeld, isRejected, purchaseOf, settled } from './purchase-steps.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The jobs are far away: what is due is done by hand.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

const renewsItself = (client: Client, id: number, body: object = {}) =>
  client.call(contracts.setAutoRenewal, { params: { id: String(id) }, body: body as never });
const runDue = (admin: Client) => admin.ask(contracts.runDueWork, {});
const holding = (client: Client, id: number) =>
  client.ask(contracts.getUserTag, { params: { id: String(id) } });
const renewals = async (client: Client) =>
  (await client.ask(contracts.listPurchases, {})).items.filter(({ origin }) => origin === 'auto_renewal');

/** John holds a tag for 30 days that renews itself. */
async function aRenewingTag(more: object = {}, days = 30) {
  const tenant = await aTenantOf(kit);
  const tag = await aTag(tenant.admin, more);
  const { id } = await grantTo(tenant.admin, tenant.john, tag.id, { duration_days: days });
  const answer = await renewsItself(tenant.asJohn, id, { duration_days: days });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return { ...tenant, tag, id };
}

describe('switching it', () => {
  test('on: answered with when it renews itself, remembered and announced; again: nothing happens', async () => {
    const { admin, asJohn, john } = await aTenantOf(kit);
    const tag = await aTag(admin);
    const { id } = await grantTo(admin, john, tag.id, { duration_days: 90 });
    const answer = await renewsItself(asJohn, id);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      {
        success: true,
        message: '自动续期设置成功',
        id,
        status: 'active',
        auto_renew: true,
        renewal: { duration_days: 30, next_at: time, purchase_id: null, waits_for: null },
      },
    ]);
    expectNear(answer.body.renewal.next_at, 89);
    expect((await asJohn.ask(contracts.myVipStatus, {})).highest_tag).toMatchObject({ id, auto_renew: true });
    expect((await renewsItself(admin, id)).body).toMatchObject({ renewal: answer.body.renewal });
    const fact = await kit.heardOne('vip.auto_renew_changed.v1', ({ subject }) => subject === String(id));
    expect(fact).toMatchObject({ sequence: 2, actor: `user:${john}`, data: { autoRenew: true } });
    expectLikeSample(fact);
    const off = await renewsItself(admin, id, { auto_renew: false });
    expect(off.body).toMatchObject({ success: true, auto_renew: false, renewal: null });
    expect((await renewsItself(asJohn, id, { auto_renew: false })).status).toBe(200);
    const { items } = await asJohn.ask(contracts.listUserTagHistory, { params: { id: String(id) } });
    expect(
      items.map(({ action, status_before, status_after, actor }) => [
        action,
        status_before,
        status_after,
        actor,
      ]),
    ).toEqual([
      ['auto_renew_off', 'active', 'active', 'user:3'],
      ['auto_renew_on', 'active', 'active', `user:${john}`],
      ['granted', null, 'active', 'user:3'],
    ]);
  });

  test('the same key switches once; at once from many sides it ends on one state', async () => {
    const { admin, asJohn, john } = await aTenantOf(kit);
    const { id } = await grantTo(admin, john, (await aTag(admin)).id);
    const headers = { 'idempotency-key': 'auto-1' };
    const request = { params: { id: String(id) }, body: { auto_renew: true } };
    const answers = await Promise.all(
      [1, 2, 3].map(() => asJohn.call(contracts.setAutoRenewal, request, { headers })),
    );
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    const other = { ...request, body: { auto_renew: false } };
    expect((await asJohn.call(contracts.setAutoRenewal, other, { headers })).status).toBe(422);
    const days = await Promise.all(
      [10, 20, 30, 40].map((duration_days) => renewsItself(asJohn, id, { duration_days })),
    );
    expect(days.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect([10, 20, 30, 40]).toContain((await holding(asJohn, id)).renewal?.duration_days);
  });

  test('refuses strangers, bad bodies, and what there is nothing of to renew', async () => {
    const { admin, asJohn, asJane, stranger, internal, john } = await aTenantOf(kit);
    const tag = await aTag(admin);
    const { id } = await grantTo(admin, john, tag.id);
    for (const [client, status] of [
      [asJane, 404],
      [stranger, 404],
      [internal, 403],
    ] as const)
      expect((await renewsItself(client, id)).status).toBe(status);
    for (const body of [
      { auto_renew: 'yes' },
      { auto_renew: null },
      { duration_days: 0 },
      { duration_days: 1.5 },
      { member_id: john },
      { auto_renew: { $ne: 1 } },
    ])
      expect([body, (await renewsItself(asJohn, id, body)).status]).toEqual([body, 400]);
    const long = await renewsItself(asJohn, id, { duration_days: 366 });
    expect([long.status, long.body]).toEqual([409, drfError('VIP_DURATION_EXCEEDED')]);
    const endless = await aTag(admin, {
      tag_code: 'FOREVER',
      default_duration_days: null,
      max_duration_days: null,
    });
    const forever = await grantTo(admin, john, endless.id);
    expect((await renewsItself(asJohn, forever.id)).body).toEqual(
      drfError('VALIDATION_ERROR', expect.any(String), { duration_days: [expect.any(String)] }),
    );
    const unpriced = await grantTo(
      admin,
      john,
      (await aTag(admin, { tag_code: 'NONE', price_config: null })).id,
    );
    const states = [];
    for (const [which, body] of [
      [forever.id, { duration_days: 30 }],
      [unpriced.id, {}],
    ] as const)
      states.push((await renewsItself(asJohn, which, body)).body.error.details.current_state);
    expect(states).toEqual(['endless', 'not_for_sale']);
    await admin.ask(contracts.revokeUserTag, { params: { id: String(id) }, body: {} });
    expect((await renewsItself(asJohn, id)).body).toEqual(
      drfError('INVALID_STATE', expect.any(String), { current_state: 'revoked', allowed_actions: ['grant'] }),
    );
    expect((await renewsItself(asJohn, id, { auto_renew: false })).status).toBe(200);
    expect((await holding(asJohn, id)).auto_renew).toBe(false);
  });

  test('bought with it: on for as many days once the tag is there; bought without a word: as it was', async () => {
    const { admin, asJohn, tenantId } = await aTenantOf(kit);
    const tag = await aTag(admin);
    const buy = async (more: object) => {
      const body = { pay_with: 'points' as const, duration_days: 45, ...more };
      const bought = await asJohn.ask(contracts.purchaseTag, { params: { id: String(tag.id) }, body });
      await isHeld(kit, tenantId, bought);
      const { user_tag_id: id } = await settled(asJohn, bought.id, 'completed');
      return { bought, held: await holding(asJohn, id as number) };
    };
    const first = await buy({ auto_renew: true });
    expect(first.bought).toMatchObject({ auto_renew: true, origin: 'member', renewed_expiry: null });
    expect(first.held).toMatchObject({ auto_renew: true, renewal: { duration_days: 45, purchase_id: null } });
    expectNear(first.held.renewal?.next_at ?? null, 44);
    expect((await buy({ duration_days: 10 })).held).toMatchObject({
      auto_renew: true,
      renewal: { duration_days: 45 },
    });
    expect((await buy({ auto_renew: false })).held).toMatchObject({ auto_renew: false, renewal: null });
  });
});

describe('when its time has come', () => {
  test('buys it again, once for that end however often and however many look', async () => {
    const { admin, asJohn, john, tenantId, tag, id } = await aRenewingTag();
    expect(await runDue(admin)).toMatchObject({ renewals: 0 });
    await letPass(kit, id, 29);
    const before = await holding(asJohn, id);
    const done = await Promise.all([1, 2, 3, 4].map(() => admin.call(contracts.runDueWork, {})));
    expect(done.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const [bought, ...others] = await renewals(asJohn);
    expect(others).toEqual([]);
    expect(bought).toMatchObject({
      status: 'requested',
      member_id: john,
      tag_id: tag.id,
      duration_days: 30,
      price_points: 9_900,
      auto_renew: null,
      renewed_expiry: before.expires_at,
    });
    const purchase = bought as NonNullable<typeof bought>;
    const asked = await kit.heardOne('vip.purchase_requested.v1', ({ tenantid }) => tenantid === tenantId);
    expect(asked).toMatchObject({ actor: 'system:vip', data: { isAutoRenewal: true, pricePoints: 9_900 } });
    expect((await holding(asJohn, id)).renewal).toEqual({
      duration_days: 30,
      next_at: null,
      purchase_id: purchase.id,
      waits_for: null,
    });
    await isHeld(kit, tenantId, purchase);
    await settled(asJohn, purchase.id, 'completed');
    const renewed = await holding(asJohn, id);
    expect(Date.parse(renewed.expires_at ?? '') - Date.parse(before.expires_at ?? '')).toBe(30 * 86_400_000);
    expect(renewed).toMatchObject({ auto_renew: true, renewal: { next_at: time, purchase_id: purchase.id } });
    expectNear(renewed.renewal?.next_at ?? null, 30);
    expect(await runDue(admin)).toMatchObject({ renewals: 0 });

    await letPass(kit, id, 30.5);
    expect(await runDue(admin)).toMatchObject({ renewals: 1, is_complete: true });
    expect(await renewals(asJohn)).toHaveLength(2);
    expect(await kit.metrics()).toMatch(
      /membership_vip_purchases_total\{outcome="completed",reason="",origin="auto_renewal"[^}]*\} 1/,
    );
  });

  test.each(['INSUFFICIENT_POINTS', 'POINTS_DISABLED', 'TIMEOUT'])(
    '%s: seen as a purchase with its reason; not tried again for that end: grace, then expired',
    async (reason) => {
      const { admin, asJohn, tenantId, id } = await aRenewingTag();
      await letPass(kit, id, 29);
      await runDue(admin);
      const [purchase] = await renewals(asJohn);
      if (!purchase) throw new Error('no renewal was started');
      if (reason === 'TIMEOUT') {
        await kit.connection
          .collection<{ _id: number }>('purchases')
          .updateOne({ _id: purchase.id }, { $set: { dueAt: new Date(0) } });
        expect(await runDue(admin)).toMatchObject({ purchases: 1 });
      } else await isRejected(kit, tenantId, purchase, reason);
      expect(await settled(asJohn, purchase.id, 'failed')).toMatchObject({ reason, origin: 'auto_renewal' });
      const failed = await kit.heardOne(
        'vip.purchase_failed.v1',
        ({ subject }) => subject === String(purchase.id),
      );
      expect(failed.data).toMatchObject({ isAutoRenewal: true, reason });
      await letPass(kit, id, 1);
      await runDue(admin);
      expect(await holding(asJohn, id)).toMatchObject({
        status: 'grace',
        auto_renew: true,
        renewal: { next_at: null, purchase_id: purchase.id },
      });
      await renewsItself(asJohn, id, { auto_renew: false });
      await renewsItself(asJohn, id);
      await runDue(admin);
      await letPass(kit, id, 7);
      expect(await holding(asJohn, id)).toMatchObject({
        status: 'expired',
        auto_renew: false,
        renewal: null,
      });
      await runDue(admin);
      expect(await renewals(asJohn)).toHaveLength(1);
      const again = await grantTo(admin, purchase.member_id, purchase.tag_id);
      expect(again).toMatchObject({ id, status: 'active', auto_renew: false });
    },
  );

  test('renewed by hand in grace: the next end is renewed by itself again', async () => {
    const { admin, asJohn, tenantId, id } = await aRenewingTag();
    await letPass(kit, id, 29);
    await runDue(admin);
    const [purchase] = await renewals(asJohn);
    await isRejected(kit, tenantId, purchase as NonNullable<typeof purchase>);
    await settled(asJohn, (purchase as NonNullable<typeof purchase>).id, 'failed');
    await letPass(kit, id, 2);
    const params = { id: String(id) };
    await admin.ask(contracts.renewUserTag, { params, body: { duration_days: 10 } });
    expectNear((await holding(asJohn, id)).renewal?.next_at ?? null, 9);
    await letPass(kit, id, 9);
    expect(await runDue(admin)).toMatchObject({ renewals: 1 });
    expect(await renewals(asJohn)).toHaveLength(2);
  });

  test('what costs nothing is renewed at once', async () => {
    const { admin, asJohn, id } = await aRenewingTag({ price_config: { monthly_price: 0 } }, 10);
    await letPass(kit, id, 9.5);
    expect(await runDue(admin)).toMatchObject({ renewals: 1 });
    expect(await renewals(asJohn)).toMatchObject([{ status: 'completed', price_points: 0, user_tag_id: id }]);
    const renewed = await holding(asJohn, id);
    expectNear(renewed.expires_at, 10.5);
    expect(renewed.renewal?.purchase_id).toBe((await renewals(asJohn))[0]?.id);
  });
});

describe('what stands in its way', () => {
  const waited = (id: number) =>
    kit.connection
      .collection<{ _id: number }>('user_tags')
      .updateOne({ _id: id }, { $set: { 'renewal.at': new Date(0) } });

  test('a tag that is not given now: it waits, says for what, and goes on when that is mended', async () => {
    const { admin, asJohn, tag, id } = await aRenewingTag();
    const change = (body: object) =>
      admin.ask(contracts.changeTag, { params: { id: String(tag.id) }, body: body as never });
    await letPass(kit, id, 29);
    for (const [body, state] of [
      [{ is_active: false }, 'inactive'],
      [{ is_active: true, is_assignable: false }, 'not_assignable'],
      [{ is_assignable: true, price_config: null }, 'not_for_sale'],
      [{ price_config: gold.price_config, max_duration_days: 30 }, 'VIP_DURATION_EXCEEDED'],
    ] as const) {
      await change(body);
      await waited(id);
      await runDue(admin);
      expect([state, (await holding(asJohn, id)).renewal?.waits_for]).toEqual([state, state]);
    }
    expect(await runDue(admin)).toMatchObject({ renewals: 0 });
    expect(await renewals(asJohn)).toEqual([]);
    await change({ max_duration_days: 365 });
    await waited(id);
    await runDue(admin);
    expect((await holding(asJohn, id)).renewal).toMatchObject({
      waits_for: null,
      purchase_id: expect.any(Number),
    });
    expect(await renewals(asJohn)).toHaveLength(1);
  });

  test('a retired tag, a suspended or revoked holding, a member deactivated: nothing is bought', async () => {
    const retired = await aRenewingTag();
    await letPass(kit, retired.id, 29);
    await retired.admin.ask(contracts.retireTag, { params: { id: String(retired.tag.id) } });
    await runDue(retired.admin);
    expect((await holding(retired.asJohn, retired.id)).renewal?.waits_for).toBe('retired');
    expect(await renewals(retired.asJohn)).toEqual([]);

    const { admin, asJohn, id } = await aRenewingTag();
    const params = { id: String(id) };
    await letPass(kit, id, 29);
    await admin.ask(contracts.suspendUserTag, { params, body: {} });
    expect(await runDue(admin)).toMatchObject({ renewals: 0 });
    expect(await holding(asJohn, id)).toMatchObject({ auto_renew: true, renewal: { next_at: null } });
    await letPass(kit, id, 3);
    expect(await admin.ask(contracts.resumeUserTag, { params, body: {} })).toMatchObject({ status: 'grace' });
    expect(await runDue(admin)).toMatchObject({ renewals: 1 });
    expect(await renewals(asJohn)).toHaveLength(1);
    expect(await admin.ask(contracts.revokeUserTag, { params, body: {} })).toMatchObject({
      auto_renew: false,
      renewal: null,
    });

    const gone = await aRenewingTag();
    await letPass(kit, gone.id, 29);
    await kit.publish(memberDeactivated, {
      tenantId: gone.tenantId,
      subject: gone.john,
      sequence: 9,
      data: {
        memberId: gone.john,
        username: 'john_doe',
        email: 'john@example.com',
        displayName: 'john',
        role: 'member',
        isActive: false,
        externalId: null,
        joinedAt: new Date().toISOString(),
      },
    });
    await eventually(async () => {
      await waited(gone.id);
      await runDue(gone.admin);
      expect((await holding(gone.admin, gone.id)).renewal?.waits_for).toBe('member_deactivated');
    });
    expect(await renewals(gone.admin)).toEqual([]);
  });

  test('the tenant is suspended: nothing is bought until it is resumed', async () => {
    const { admin, asJohn, tenantId, id } = await aRenewingTag();
    const tenant = {
      tenantId,
      code: `tenant-${tenantId}`,
      name: 'Tenant',
      timezone: 'Asia/Shanghai',
      locale: 'zh-CN',
    };
    const known = (isActive: boolean) =>
      eventually(async () => {
        const found = await kit.connection
          .collection<{ _id: number }>('directory_tenants')
          .findOne({ _id: tenantId });
        expect(found).toMatchObject({ isActive });
      });
    await kit.publish(tenantSuspended, { tenantId, subject: tenantId, data: { ...tenant, isActive: false } });
    await known(false);
    await letPass(kit, id, 32);
    expect(await runDue(admin)).toMatchObject({ renewals: 0 });
    await kit.publish(tenantResumed, { tenantId, subject: tenantId, data: { ...tenant, isActive: true } });
    await known(true);
    expect((await holding(asJohn, id)).status).toBe('grace');
    expect(await runDue(admin)).toMatchObject({ renewals: 1 });
    expect(await renewals(asJohn)).toHaveLength(1);
  });

  test('the member buys it in that moment: the renewal waits, and is not needed', async () => {
    const { admin, asJohn, tenantId, tag, id } = await aRenewingTag();
    await letPass(kit, id, 29);
    const bought = await asJohn.ask(contracts.purchaseTag, {
      params: { id: String(tag.id) },
      body: { pay_with: 'points' },
    });
    await runDue(admin);
    expect((await holding(asJohn, id)).renewal?.waits_for).toBe('purchase_requested');
    await isHeld(kit, tenantId, bought);
    await settled(asJohn, bought.id, 'completed');
    await runDue(admin);
    expect(await renewals(asJohn)).toEqual([]);
    const held = await holding(asJohn, id);
    expect(held.renewal?.waits_for).toBeNull();
    expectNear(held.renewal?.next_at ?? null, 30);
  });

  test.each([
    ['revoked', contracts.revokeUserTag],
    ['suspended', contracts.suspendUserTag],
    ['renewed by hand', contracts.renewUserTag],
    ['switched off', contracts.setAutoRenewal],
  ] as const)(
    '%s after the points were asked for: nothing is granted, nothing is paid',
    async (_name, step) => {
      const { admin, asJohn, tenantId, id } = await aRenewingTag();
      await letPass(kit, id, 29);
      await runDue(admin);
      const [purchase] = await renewals(asJohn);
      if (!purchase) throw new Error('no renewal was started');
      const body = step === contracts.setAutoRenewal ? { auto_renew: false } : {};
      await admin.ask(step, { params: { id: String(id) }, body: body as never });
      const before = await holding(asJohn, id);
      await isHeld(kit, tenantId, purchase);
      expect((await settled(asJohn, purchase.id, 'failed')).reason).toBe('NO_LONGER_WANTED');
      expect(await holding(asJohn, id)).toEqual(before);
    },
  );
});

test('by hand: administrators alone, of their own tenant', async () => {
  const { admin, asJohn, internal, id } = await aRenewingTag();
  const other = await aRenewingTag();
  for (const client of [asJohn, internal])
    expect((await client.call(contracts.runDueWork, {})).status).toBe(403);
  await letPass(kit, id, 31);
  await letPass(kit, other.id, 31);
  const { status, body } = await admin.call(contracts.runDueWork, {});
  expect([status, body]).toEqual([
    200,
    {
      success: true,
      message: '已处理 1 个到期标签、0 个超时购买、1 个自动续期',
      tags: 1,
      purchases: 0,
      renewals: 1,
      is_complete: true,
      timestamp: time,
    },
  ]);
  expect(await renewals(other.asJohn)).toEqual([]);
  expect(await purchaseOf(asJohn, (await renewals(asJohn))[0]?.id ?? 0)).toMatchObject({
    status: 'requested',
  });
});

test('two replicas look every second: one purchase for each end', async () => {
  const ticking = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '1' });
  try {
    const { admin, asJohn, john, tenantId } = await aTenantOf(ticking);
    const tag = await aTag(admin);
    const { id } = await grantTo(admin, john, tag.id);
    await renewsItself(asJohn, id);
    await letPass(ticking, id, 29);
    await eventually(async () => expect(await renewals(asJohn)).toHaveLength(1));
    await ticking.restart();
    const runs = async () =>
      Number(
        /job_runs_total\{job="vip-renewal",outcome="done"[^}]*\} (\d+)/.exec(await ticking.metrics())?.[1] ??
          0,
      );
    await eventually(async () => expect(await runs()).toBeGreaterThan(1));
    const again = ticking.as({ role: 'admin', tenantId });
    expect(await renewals(again)).toHaveLength(1);
  } finally {
    await ticking.stop();
  }
});
