/** Giving members tags: what they have then, and what is refused. */
import * as contracts from '@membership/contracts/endpoints/vip/user-tags';
import * as tagContracts from '@membership/contracts/endpoints/vip/tags';
import type { Client } from '@membership/contracts/client';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, drfError, expectNear, grantTo, holdingFacts, time } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The clock's job is far away: what these tests read is true without it.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

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
        renewal: null,
        reason: '活动赠送',
        created_at: time,
        updated_at: time,
      },
    ]);
    expectNear(answer.body.expires_at, 90);
    expectNear(answer.body.grace_ends_at, 97);
    const fact = await kit.heardOne('vip.granted.v1', ({ tenantid }) => tenantid === tenantId);
    expect(fact).toMatchObject({ sequence: 1, subject: String(answer.body.id), actor: 'user:3' });
    expect(fact.data).toEqual({
      userTagId: answer.body.id,
      memberId: john,
      status: 'active',
      previousStatus: null,
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
    expectNear((await grantTo(internal, john, (await aTag(admin)).id)).expires_at, 30);
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
    expectNear(listed.items[0]?.expires_at ?? null, 50);
    const holding = granted[0]?.id as number;
    await kit.heardOne(
      'vip.renewed.v1',
      ({ subject, sequence }) => subject === String(holding) && sequence === 5,
    );
    expect(holdingFacts(kit, holding)).toEqual([
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
    expectNear(answers[2]?.body.expires_at, 30);
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
