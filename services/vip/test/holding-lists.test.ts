/** Who sees which tags of members, and how they are listed. */
import * as contracts from '@membership/contracts/endpoints/vip/user-tags';
import { dayOf } from '@membership/platform/calendar';
import { scopeOfJob } from '@membership/platform/scope';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { UserTagRepository } from '../src/holdings/user-tag-repository.ts';
import { DAY } from '../src/holdings/user-tag.ts';
import { modelsOf } from '../src/models.ts';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, drfError, grantTo } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The clock's job is far away: what these tests read is true without it.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

describe('who may', () => {
  test('members see their own holdings alone', async () => {
    const { admin, asJohn, asJane, john, jane, stranger, internal } = await aTenantOf(kit);
    const tag = await aTag(admin);
    const { id } = await grantTo(admin, john, tag.id);
    const params = { id: String(id) };
    expect((await asJohn.ask(contracts.getUserTag, { params })).id).toBe(id);
    for (const client of [asJane, stranger]) {
      for (const call of [
        client.call(contracts.getUserTag, { params }),
        client.call(contracts.listUserTagHistory, { params }),
        client.call(contracts.memberVipStatus, { params: { id: String(john) } }),
      ]) {
        const answer = await call;
        expect([answer.status, answer.body]).toEqual([404, drfError('BIZ_001')]);
      }
      expect((await client.ask(contracts.listUserTags, { query: { member: john } })).count).toBe(0);
      expect((await client.ask(contracts.listUserTags, {})).count).toBe(0);
    }
    for (const call of [
      stranger.call(contracts.renewUserTag, { params, body: {} }),
      stranger.call(contracts.revokeUserTag, { params, body: {} }),
      stranger.call(contracts.suspendUserTag, { params, body: {} }),
      stranger.call(contracts.resumeUserTag, { params, body: {} }),
    ])
      expect((await call).status).toBe(404);
    for (const client of [asJohn, internal])
      for (const call of [
        client.call(contracts.renewUserTag, { params, body: {} }),
        client.call(contracts.revokeUserTag, { params, body: {} }),
        client.call(contracts.suspendUserTag, { params, body: {} }),
        client.call(contracts.resumeUserTag, { params, body: {} }),
      ])
        expect((await call).status).toBe(403);
    expect(
      (await asJohn.call(contracts.grantTag, { body: { member_id: john, tag_id: tag.id } })).status,
    ).toBe(403);
    expect(
      (
        await kit
          .as({ role: 'internal', tenantId: 1, scopes: ['vip:read'] })
          .call(contracts.grantTag, { body: { member_id: john, tag_id: tag.id } })
      ).body.error.code,
    ).toBe('PERM_002');
    expect((await asJohn.ask(contracts.getUserTag, { params })).status).toBe('active');
    expect((await admin.ask(contracts.memberVipStatus, { params: { id: String(jane) } })).is_vip).toBe(false);
    expect((await admin.call(contracts.memberVipStatus, { params: { id: '424242' } })).status).toBe(404);
  });

  test('my status shows what gives something first, the highest before the others', async () => {
    const { admin, asJohn, john } = await aTenantOf(kit);
    const low = await grantTo(admin, john, (await aTag(admin, { tag_code: 'LOW', tag_level: 1 })).id);
    const high = await grantTo(admin, john, (await aTag(admin, { tag_code: 'HIGH', tag_level: 9 })).id, {
      duration_days: 60,
    });
    const off = await grantTo(admin, john, (await aTag(admin, { tag_code: 'OFF', tag_level: 99 })).id);
    await admin.ask(contracts.suspendUserTag, { params: { id: String(off.id) }, body: {} });
    const { status, body } = await asJohn.call(contracts.myVipStatus, {});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      member_id: john,
      is_vip: true,
      active_tags: [{ id: high.id }, { id: low.id }],
      other_tags: [{ id: off.id, status: 'suspended' }],
    });
    expect(body.highest_tag).toEqual({
      id: high.id,
      tag_id: high.tag_id,
      tag_name: 'VIP金牌',
      tag_code: 'HIGH',
      tag_type: 'vip',
      tag_color: '#FFD700',
      tag_icon: '👑',
      tag_level: 9,
      expires_at: high.expires_at,
      grace_ends_at: high.grace_ends_at,
      status: 'active',
      vip_status: { is_active: true, is_expired: false, is_in_grace_period: false, days_until_expiry: 59 },
      auto_renew: false,
    });
  });
});

describe('listing', () => {
  test('filters and orders as declared', async () => {
    const { admin, john, jane, tenantId } = await aTenantOf(kit);
    await kit.aTenant({ tenantId });
    const [one, two] = [await aTag(admin), await aTag(admin, { tag_code: 'TWO' })];
    const a = await grantTo(admin, john, one.id, { duration_days: 10 });
    const b = await grantTo(admin, jane, one.id, { duration_days: 5 });
    const c = await grantTo(admin, jane, two.id, { duration_days: 20 });
    const ids = async (query: object) =>
      (await admin.ask(contracts.listUserTags, { query })).items.map(({ id }) => id);
    expect(await ids({})).toEqual([c.id, b.id, a.id]);
    expect(await ids({ ordering: 'expires_at' })).toEqual([b.id, a.id, c.id]);
    expect(await ids({ tag: one.id, ordering: 'granted_at' })).toEqual([a.id, b.id]);
    expect(await ids({ member: jane, tag: two.id })).toEqual([c.id]);
    // The end itself is included, and so is the whole of the tenant's day.
    const end = (await admin.ask(contracts.getUserTag, { params: { id: String(b.id) } }))
      .expires_at as string;
    expect(await ids({ expires_before: end })).toEqual([b.id]);
    expect(await ids({ expires_before: new Date(Date.parse(end) - 1).toISOString() })).toEqual([]);
    expect(await ids({ expires_before: dayOf('Asia/Shanghai', new Date(end)) })).toEqual([b.id]);
    expect(await ids({ expires_before: new Date(Date.now() + 7 * DAY).toISOString() })).toEqual([b.id]);
    expect(await ids({ status: 'active', page_size: 1, page: 2 })).toEqual([b.id]);
    expect(await ids({ tenant: 5 })).toEqual([]);
    for (const query of [
      { status: 'gone' },
      { member: 0 },
      { tag: 'x' },
      { expires_before: 'soon' },
      { ordering: 'reason' },
      { foo: 1 },
    ])
      expect([(await admin.call(contracts.listUserTags, { query: query as never })).status, query]).toEqual([
        400,
        query,
      ]);
  });

  test('an index stands under every list', async () => {
    const { tenantId } = await aTenantOf(kit);
    kit.connection.deleteModel(/.*/);
    const models = modelsOf(kit.connection);
    const statuses = ['active', 'grace', 'expired', 'suspended', 'revoked'] as const;
    await models.userTags.native.insertMany(
      Array.from({ length: 400 }, (_, index) => ({
        _id: tenantId * 1_000 + index,
        tenantId,
        memberId: index % 50,
        tagId: Math.floor(index / 50),
        status: statuses[index % 5],
        expiresAt: new Date(Date.now() + index * DAY),
        graceEndsAt: new Date(Date.now() + (index + 7) * DAY),
        dueAt: new Date(Date.now() + (index + 1) * DAY),
        grantedAt: new Date(index),
      })) as never[],
    );
    const repository = new UserTagRepository(models.userTags, models.history);
    const scope = scopeOfJob(tenantId, 'vip', 'test');
    const inOrder = [{}, { tagId: 3 }, ...statuses.map((status) => ({ status }))];
    const few = [
      { memberId: 7 },
      { memberId: 7, tagId: 3 },
      { memberId: 7, status: 'active' as const },
      { expiresBefore: new Date(Date.now() + 5 * DAY) },
    ];
    for (const filter of [...inOrder, ...few])
      for (const sort of [
        { grantedAt: -1, _id: -1 },
        { grantedAt: 1, _id: 1 },
        { expiresAt: -1, _id: -1 },
        { expiresAt: 1, _id: 1 },
      ] as const) {
        const plan = JSON.stringify(
          (
            (await repository.explain(scope, filter, sort, new Date())) as {
              queryPlanner: { winningPlan: unknown };
            }
          ).queryPlanner.winningPlan,
        );
        expect(plan).toContain('IXSCAN');
        expect(plan).not.toContain('COLLSCAN');
        if (inOrder.includes(filter)) expect(plan).not.toContain('"SORT"');
      }
    expect(JSON.stringify(await repository.explainHistory(scope, 1))).toContain('IXSCAN');
  });
});
