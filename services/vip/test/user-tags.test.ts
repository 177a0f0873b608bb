/** Tags that members hold: their steps, who may take them, and the clock. */
import * as contracts from '@membership/contracts/endpoints/vip/user-tags';
import * as tagContracts from '@membership/contracts/endpoints/vip/tags';
import type { Client } from '@membership/contracts/client';
import { scopeOfJob } from '@membership/platform/scope';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { UserTagRepository } from '../src/holdings/user-tag-repository.ts';
import { DAY } from '../src/holdings/user-tag.ts';
import { modelsOf } from '../src/models.ts';
import { vipService } from '../src/service.ts';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { aTag, aTenantOf, drfError, letPass, time } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The clock's job is a minute away: what these tests read is true without it.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

const near = (iso: string | null, days: number) =>
  expect(Math.abs(Date.parse(iso ?? '') - Date.now() - days * DAY)).toBeLessThan(60_000);
const rows = () => kit.connection.collection<{ _id: number }>('user_tags');
const grantTo = (client: Client, memberId: number, tagId: number, more: object = {}) =>
  client.ask(contracts.grantTag, { body: { member_id: memberId, tag_id: tagId, ...more } });
const factsOf = (of: ServiceKit, id: number) =>
  of.heard
    .filter(({ subject, type }) => subject === String(id) && type.startsWith('vip.'))
    .map(({ type, sequence }) => [type, sequence]);

describe('granting', () => {
  test('answers 201 with the tag that the member now holds, and announces its whole state', async () => {
    const { admin, john, tenantId } = await aTenantOf(kit);
    const tag = await aTag(admin);
    const answer = await admin.call(contracts.grantTag, {
      body: { member_id: john, tag_id: tag.id, duration_days: 90, reason: '活动赠送' },
    });
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        id: expect.any(Number),
        member_id: john,
        member_info: { id: john, username: 'john_doe', email: 'john@example.com' },
        tag_id: tag.id,
        tag_info: {
          id: tag.id,
          tag_name: 'VIP金牌',
          tag_code: 'VIP_GOLD',
          tag_type: 'vip',
          tag_color: '#FFD700',
          tag_icon: '👑',
          tag_level: 10,
        },
        status: 'active',
        vip_status: { is_active: true, is_expired: false, is_in_grace_period: false, days_until_expiry: 90 },
        granted_at: time,
        expires_at: time,
        grace_ends_at: time,
        suspended_at: null,
        revoked_at: null,
        auto_renew: false,
        reason: '活动赠送',
        created_at: time,
        updated_at: time,
      },
    ]);
    near(answer.body.expires_at, 90);
    near(answer.body.grace_ends_at, 97);
    const fact = await kit.heardOne('vip.granted.v1', ({ tenantid }) => tenantid === tenantId);
    expect(fact).toMatchObject({ sequence: 1, subject: String(answer.body.id), actor: 'user:3' });
    expect(fact.data).toEqual({
      userTagId: answer.body.id,
      memberId: john,
      status: 'active',
      autoRenew: false,
      reason: '活动赠送',
      grantedAt: answer.body.granted_at,
      expiresAt: answer.body.expires_at,
      graceEndsAt: answer.body.grace_ends_at,
      tag: {
        tagId: tag.id,
        tagName: 'VIP金牌',
        tagCode: 'VIP_GOLD',
        tagType: 'vip',
        tagColor: '#FFD700',
        tagIcon: '👑',
        tagLevel: 10,
        permissionModifiers: tag.permission_modifiers,
        quotaModifiers: tag.quota_modifiers,
        isActive: true,
      },
    });
  });

  test('takes the tag’s own days when none are named, and no end where it has none', async () => {
    const { internal, admin, john } = await aTenantOf(kit);
    near((await grantTo(internal, john, (await aTag(admin)).id)).expires_at, 30);
    const endless = await aTag(admin, {
      tag_code: 'FOREVER',
      default_duration_days: null,
      max_duration_days: null,
    });
    expect(await grantTo(admin, john, endless.id)).toMatchObject({
      expires_at: null,
      grace_ends_at: null,
      vip_status: { is_active: true, days_until_expiry: null },
    });
  });

  test('renews a tag that the member has; many at once make one holding', async () => {
    const { admin, john } = await aTenantOf(kit);
    const { id } = await aTag(admin);
    const granted = await Promise.all(
      Array.from({ length: 5 }, () => grantTo(admin, john, id, { duration_days: 10 })),
    );
    expect(new Set(granted.map((one) => one.id)).size).toBe(1);
    const listed = await admin.ask(contracts.listUserTags, { query: { member: john } });
    expect(listed.count).toBe(1);
    near(listed.items[0]?.expires_at ?? null, 50);
    const holding = granted[0]?.id as number;
    await kit.heardOne(
      'vip.renewed.v1',
      ({ subject, sequence }) => subject === String(holding) && sequence === 5,
    );
    expect(factsOf(kit, holding)).toEqual([
      ['vip.granted.v1', 1],
      ['vip.renewed.v1', 2],
      ['vip.renewed.v1', 3],
      ['vip.renewed.v1', 4],
      ['vip.renewed.v1', 5],
    ]);
  });

  test('never past the tag’s limit from now', async () => {
    const { admin, john } = await aTenantOf(kit);
    const { id } = await aTag(admin);
    const long = await admin.call(contracts.grantTag, {
      body: { member_id: john, tag_id: id, duration_days: 366 },
    });
    expect([long.status, long.body]).toEqual([
      409,
      drfError('VIP_DURATION_EXCEEDED', '有效期不能超过该标签允许的最长天数', {
        max_duration_days: 365,
        latest_expires_at: time,
        days_left: 365,
      }),
    ]);
    await grantTo(admin, john, id, { duration_days: 365 });
    expect(
      (await admin.call(contracts.grantTag, { body: { member_id: john, tag_id: id, duration_days: 1 } }))
        .status,
    ).toBe(409);
    expect((await admin.ask(contracts.listUserTags, {})).count).toBe(1);
  });

  test('the same key grants once; with another body it is refused', async () => {
    const { admin, john, jane } = await aTenantOf(kit);
    const { id } = await aTag(admin);
    const headers = { 'idempotency-key': 'grant-1' };
    const body = { member_id: john, tag_id: id };
    const answers = await Promise.all(
      [1, 2, 3].map(() => admin.call(contracts.grantTag, { body }, { headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    near(answers[2]?.body.expires_at, 30);
    expect(new Set(answers.map((one) => JSON.stringify(one.body))).size).toBe(1);
    expect(
      (await admin.call(contracts.grantTag, { body: { ...body, member_id: jane } }, { headers })).status,
    ).toBe(422);
  });

  test('refuses what is unknown by field, and what cannot be given by state', async () => {
    const { admin, john, tenantId, stranger } = await aTenantOf(kit);
    const tag = await aTag(admin);
    const details = async (client: Client, body: object) =>
      (await client.call(contracts.grantTag, { body: body as never })).body.error?.details;
    expect(await details(admin, { member_id: 999_999_999, tag_id: 999_999_999 })).toEqual({
      member_id: ['无效的会员ID'],
      tag_id: ['无效的标签ID'],
    });
    expect(await details(stranger, { member_id: john, tag_id: tag.id })).toEqual({
      member_id: ['无效的会员ID'],
      tag_id: ['无效的标签ID'],
    });
    const gone = await kit.aMember({ tenantId, memberId: tenantId * 10 + 5, isActive: false });
    expect(await details(admin, { member_id: gone, tag_id: tag.id })).toEqual({
      member_id: ['该会员已停用'],
    });
    for (const [code, more] of [
      ['OFF', { is_active: false }],
      ['NOT', { is_assignable: false }],
    ] as const) {
      const answer = await admin.call(contracts.grantTag, {
        body: { member_id: john, tag_id: (await aTag(admin, { tag_code: code, ...more })).id },
      });
      expect([answer.status, answer.body]).toEqual([409, drfError('INVALID_STATE')]);
    }
    await admin.ask(tagContracts.retireTag, { params: { id: String(tag.id) } });
    expect(await details(admin, { member_id: john, tag_id: tag.id })).toEqual({ tag_id: ['无效的标签ID'] });
    for (const body of [
      {},
      { member_id: 'x', tag_id: 1 },
      { member_id: 1, tag_id: 1, duration_days: 0 },
      { member_id: 1, tag_id: 1, duration_days: 1e9 },
      { member_id: 1, tag_id: 1, status: 'active' },
      { member_id: { $gt: 0 }, tag_id: 1 },
    ])
      expect((await admin.call(contracts.grantTag, { body: body as never })).status).toBe(400);
    expect((await admin.ask(contracts.listUserTags, {})).count).toBe(0);
  });
});

describe('the life of a holding', () => {
  test('suspended, resumed, renewed, revoked, granted anew: each answered, remembered and announced', async () => {
    const { admin, asJohn, john } = await aTenantOf(kit);
    const { id: tagId } = await aTag(admin);
    const { id } = await grantTo(admin, john, tagId);
    const params = { id: String(id) };
    const suspended = await admin.call(contracts.suspendUserTag, { params, body: { reason: '核查' } });
    expect([suspended.status, suspended.body]).toMatchObject([
      200,
      {
        success: true,
        message: 'VIP标签暂停成功',
        id,
        status: 'suspended',
        suspended_at: time,
        reason: '核查',
        vip_status: { is_active: false, is_expired: false, days_until_expiry: 29 },
      },
    ]);
    expect((await asJohn.ask(contracts.myVipStatus, {})).is_vip).toBe(false);
    const twice = await admin.call(contracts.suspendUserTag, { params, body: {} });
    expect([twice.status, twice.body]).toEqual([
      409,
      drfError('INVALID_STATE', expect.stringContaining('suspended'), {
        current_state: 'suspended',
        allowed_actions: ['resume', 'renew', 'revoke'],
      }),
    ]);
    expect((await admin.send('POST', `/api/v1/vip/user-tags/${id}/resume/`)).body).toMatchObject({
      success: true,
      message: 'VIP标签恢复成功',
      status: 'active',
      suspended_at: null,
    });
    const renewed = await admin.call(contracts.renewUserTag, { params, body: { duration_days: 10 } });
    expect(renewed.body).toMatchObject({ success: true, message: 'VIP标签续期成功', status: 'active' });
    near(renewed.body.expires_at, 40);
    expect((await admin.call(contracts.renewUserTag, { params, body: { duration_days: 326 } })).status).toBe(
      409,
    );
    expect(
      (await admin.call(contracts.revokeUserTag, { params, body: { reason: '违规' } })).body,
    ).toMatchObject({ success: true, message: 'VIP标签撤销成功', status: 'revoked', revoked_at: time });
    for (const call of [
      admin.call(contracts.renewUserTag, { params, body: {} }),
      admin.call(contracts.suspendUserTag, { params, body: {} }),
      admin.call(contracts.resumeUserTag, { params, body: {} }),
      admin.call(contracts.revokeUserTag, { params, body: {} }),
    ])
      expect((await call).body.error).toMatchObject({
        code: 'INVALID_STATE',
        details: { current_state: 'revoked', allowed_actions: ['grant'] },
      });
    expect(await grantTo(admin, john, tagId)).toMatchObject({
      id,
      status: 'active',
      revoked_at: null,
      reason: null,
    });

    const history = await asJohn.call(contracts.listUserTagHistory, { params });
    expect(history.body).toMatchObject({ count: 6, next: null, previous: null });
    expect(
      history.body.results.map(({ action, status_before, status_after }: Record<string, string>) => [
        action,
        status_before,
        status_after,
      ]),
    ).toEqual([
      ['granted', 'revoked', 'active'],
      ['revoked', 'active', 'revoked'],
      ['renewed', 'active', 'active'],
      ['resumed', 'suspended', 'active'],
      ['suspended', 'active', 'suspended'],
      ['granted', null, 'active'],
    ]);
    expect(history.body.results[1]).toEqual({
      id: expect.any(Number),
      action: 'revoked',
      status_before: 'active',
      status_after: 'revoked',
      expires_at_before: time,
      expires_at_after: time,
      reason: '违规',
      actor: 'user:3',
      created_at: time,
    });
    await kit.heardOne('vip.granted.v1', ({ subject, sequence }) => subject === String(id) && sequence === 6);
    expect(factsOf(kit, id).map(([type]) => type)).toEqual([
      'vip.granted.v1',
      'vip.suspended.v1',
      'vip.resumed.v1',
      'vip.renewed.v1',
      'vip.revoked.v1',
      'vip.granted.v1',
    ]);
    expect(await kit.metrics()).toMatch(/membership_vip_steps_total\{action="revoked",service="vip"\} \d/);
  });

  test('of one suspension asked for many times at once, one succeeds', async () => {
    const { admin, john } = await aTenantOf(kit);
    const { id } = await grantTo(admin, john, (await aTag(admin)).id);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        admin.call(contracts.suspendUserTag, { params: { id: String(id) }, body: {} }),
      ),
    );
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
      200, 409, 409, 409, 409,
    ]);
  });

  test('a retired tag stays with its holder but is not renewed', async () => {
    const { admin, john, asJohn } = await aTenantOf(kit);
    const { id: tagId } = await aTag(admin);
    const { id } = await grantTo(admin, john, tagId);
    await admin.ask(tagContracts.retireTag, { params: { id: String(tagId) } });
    expect((await asJohn.ask(contracts.myVipStatus, {})).highest_tag?.tag_code).toBe('VIP_GOLD');
    expect(
      (await admin.call(contracts.renewUserTag, { params: { id: String(id) }, body: {} })).body.error.details
        .current_state,
    ).toBe('retired');
  });
});

describe('the clock at the time of reading', () => {
  test('grace keeps the privileges, the end of grace takes them, and lists know before anybody wrote it down', async () => {
    const { admin, asJohn, john, jane } = await aTenantOf(kit);
    const tag = await aTag(admin);
    const { id } = await grantTo(admin, john, tag.id);
    await grantTo(admin, jane, tag.id);
    const listed = async (status: 'active' | 'grace' | 'expired') =>
      (await admin.ask(contracts.listUserTags, { query: { status } })).items.map((one) => [
        one.id,
        one.status,
      ]);
    const params = { id: String(id) };

    await letPass(kit, id, 33);
    expect(await rows().findOne({ _id: id })).toMatchObject({ status: 'active' });
    expect(await asJohn.ask(contracts.getUserTag, { params })).toMatchObject({
      status: 'grace',
      vip_status: { is_active: true, is_expired: false, is_in_grace_period: true, days_until_expiry: 0 },
    });
    expect(await asJohn.ask(contracts.myVipStatus, {})).toMatchObject({
      is_vip: true,
      highest_tag: { id, status: 'grace' },
    });
    expect([await listed('grace'), (await listed('active')).length, await listed('expired')]).toEqual([
      [[id, 'grace']],
      1,
      [],
    ]);

    await letPass(kit, id, 5);
    expect(await asJohn.ask(contracts.getUserTag, { params })).toMatchObject({
      status: 'expired',
      vip_status: { is_active: false, is_expired: true, is_in_grace_period: false },
    });
    expect(await admin.ask(contracts.memberVipStatus, { params: { id: String(john) } })).toMatchObject({
      is_vip: false,
      highest_tag: null,
      active_tags: [],
      other_tags: [{ id, status: 'expired' }],
    });
    expect([await listed('grace'), await listed('expired')]).toEqual([[], [[id, 'expired']]]);
    expect((await admin.call(contracts.suspendUserTag, { params, body: {} })).body.error.details).toEqual({
      current_state: 'expired',
      allowed_actions: ['renew'],
    });
    near((await admin.ask(contracts.renewUserTag, { params, body: { duration_days: 5 } })).expires_at, 5);
  });

  test('pages through those written down and those overtaken without a gap', async () => {
    const { admin, tenantId } = await aTenantOf(kit);
    const tag = await aTag(admin);
    const written = Array.from({ length: 25 }, (_, index) => {
      const isOvertaken = index % 4 === 0;
      const end = new Date(Date.now() - 100 * DAY);
      return {
        _id: tenantId * 1_000 + index,
        tenantId,
        memberId: tenantId * 1_000 + index,
        tagId: tag.id,
        status: isOvertaken ? 'active' : 'expired',
        expiresAt: end,
        graceEndsAt: end,
        dueAt: isOvertaken ? end : new Date('9999-12-31'),
        grantedAt: new Date(Date.now() - index * 1_000),
        suspendedAt: null,
        revokedAt: null,
        autoRenew: false,
        reason: null,
        sequence: 1,
        createdAt: end,
        updatedAt: end,
      };
    });
    await rows().insertMany(written);
    const ids: number[] = [];
    for (let page = 1; page <= 6; page++) {
      const listed = await admin.ask(contracts.listUserTags, {
        query: { status: 'expired', page, page_size: 5 },
      });
      expect(listed.count).toBe(25);
      ids.push(...listed.items.map(({ id }) => id));
    }
    expect(ids).toEqual(written.map(({ _id }) => _id));
  });
});

describe('what the clock writes down', () => {
  let ticking: ServiceKit;
  beforeAll(async () => {
    ticking = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '1', VIP_GRACE_DAYS: '3' });
  });
  afterAll(() => ticking.stop());

  test('grace, then the end: once each, with their facts', async () => {
    const { admin, john, tenantId } = await aTenantOf(ticking);
    const { id } = await grantTo(admin, john, (await aTag(admin)).id);
    await letPass(ticking, id, 31);
    const grace = await ticking.heardOne('vip.grace_started.v1', ({ subject }) => subject === String(id));
    expect([grace.sequence, grace.data.status, grace.actor, grace.tenantid]).toEqual([
      2,
      'grace',
      'system:vip',
      tenantId,
    ]);
    await letPass(ticking, id, 3);
    const expired = await ticking.heardOne('vip.expired.v1', ({ subject }) => subject === String(id));
    expect([expired.sequence, expired.data.status]).toEqual([3, 'expired']);
    const other = await grantTo(admin, john, (await aTag(admin, { tag_code: 'NEXT' })).id);
    await letPass(ticking, other.id, 99);
    await ticking.heardOne('vip.expired.v1', ({ subject }) => subject === String(other.id));
    expect(factsOf(ticking, other.id).map(([type]) => type)).toEqual(['vip.granted.v1', 'vip.expired.v1']);
    for (const fact of [grace, expired]) expectLikeSample(fact);
    expect(factsOf(ticking, id).map(([type]) => type)).toEqual([
      'vip.granted.v1',
      'vip.grace_started.v1',
      'vip.expired.v1',
    ]);
    const { items } = await admin.ask(contracts.listUserTagHistory, { params: { id: String(id) } });
    expect(items.map(({ action, actor }) => [action, actor])).toEqual([
      ['expired', 'system:vip'],
      ['grace_started', 'system:vip'],
      ['granted', 'user:3'],
    ]);
    await eventually(async () =>
      expect(await ticking.metrics()).toMatch(
        /membership_job_items_total\{job="vip-clock",service="vip"\} [3-9]/,
      ),
    );
  });
});

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
    });
  });
});

describe('listing', () => {
  test('filters and orders as declared', async () => {
    const { admin, john, jane } = await aTenantOf(kit);
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

test.each(['vip.granted.v1', 'vip.renewed.v1', 'vip.suspended.v1', 'vip.resumed.v1', 'vip.revoked.v1'])(
  '%s was announced as its sample says',
  async (type) => {
    expectLikeSample(await kit.heardOne(type));
  },
);
