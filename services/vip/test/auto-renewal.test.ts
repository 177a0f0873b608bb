/** Tags that renew themselves: switched on and off, and bought again before they end, once for each end, or in grace as any other. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, drfError, expectNear, grantTo, letPass, time } from './builders.ts';
import { isHeld, isRejected, settled } from './purchase-steps.ts';
import { aRenewingTag, holding, renewals, renewsItself, runDue } from './renewing-tags.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The jobs are far away: what is due is done by hand.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

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
    const { admin, asJohn, john, tenantId, tag, id } = await aRenewingTag(kit);
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
      const { admin, asJohn, tenantId, id } = await aRenewingTag(kit);
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
    const { admin, asJohn, tenantId, id } = await aRenewingTag(kit);
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
    const { admin, asJohn, id } = await aRenewingTag(kit, { price_config: { monthly_price: 0 } }, 10);
    await letPass(kit, id, 9.5);
    expect(await runDue(admin)).toMatchObject({ renewals: 1 });
    expect(await renewals(asJohn)).toMatchObject([{ status: 'completed', price_points: 0, user_tag_id: id }]);
    const renewed = await holding(asJohn, id);
    expectNear(renewed.expires_at, 10.5);
    expect(renewed.renewal?.purchase_id).toBe((await renewals(asJohn))[0]?.id);
  });
});
