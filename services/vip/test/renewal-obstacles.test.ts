/** What stands in the way of a tag that renews itself, and who looks after it. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import { memberDeactivated, tenantResumed, tenantSuspended } from '@membership/contracts/events/gateway';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, expectNear, gold, grantTo, letPass, time } from './builders.ts';
import { isHeld, purchaseOf, settled } from './purchase-steps.ts';
import { aRenewingTag, holding, renewals, renewsItself, runDue } from './renewing-tags.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The jobs are far away: what is due is done by hand.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

describe('what stands in its way', () => {
  const waited = (id: number) =>
    kit.connection
      .collection<{ _id: number }>('user_tags')
      .updateOne({ _id: id }, { $set: { 'renewal.at': new Date(0) } });

  test('a tag that is not given now: it waits, says for what, and goes on when that is mended', async () => {
    const { admin, asJohn, tag, id } = await aRenewingTag(kit);
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
    const retired = await aRenewingTag(kit);
    await letPass(kit, retired.id, 29);
    await retired.admin.ask(contracts.retireTag, { params: { id: String(retired.tag.id) } });
    await runDue(retired.admin);
    expect((await holding(retired.asJohn, retired.id)).renewal?.waits_for).toBe('retired');
    expect(await renewals(retired.asJohn)).toEqual([]);

    const { admin, asJohn, id } = await aRenewingTag(kit);
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

    const gone = await aRenewingTag(kit);
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
    // Until it is known here the renewal would be bought.
    await eventually(async () =>
      expect(
        await kit.connection.collection<{ _id: number }>('directory_members').findOne({ _id: gone.john }),
      ).toMatchObject({ isActive: false }),
    );
    await waited(gone.id);
    await runDue(gone.admin);
    expect((await holding(gone.admin, gone.id)).renewal?.waits_for).toBe('member_deactivated');
    expect(await renewals(gone.admin)).toEqual([]);
  });

  test('the tenant is suspended: nothing is bought until it is resumed', async () => {
    const { admin, asJohn, tenantId, id } = await aRenewingTag(kit);
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
    const { admin, asJohn, tenantId, tag, id } = await aRenewingTag(kit);
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
      const { admin, asJohn, tenantId, id } = await aRenewingTag(kit);
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
  const { admin, asJohn, internal, id } = await aRenewingTag(kit);
  const other = await aRenewingTag(kit);
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

test('the job looks every second, and again after a restart: one purchase for each end', async () => {
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
