/** The life of a tag that a member holds: its steps, and who may take them. */
import * as contracts from '@membership/contracts/endpoints/vip/user-tags';
import * as tagContracts from '@membership/contracts/endpoints/vip/tags';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, drfError, expectNear, grantTo, holdingFacts, time } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The clock's job is far away: what these tests read is true without it.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

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
        allowed_actions: ['resume', 'renew', 'revoke', 'auto-renew'],
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
    expectNear(renewed.body.expires_at, 40);
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
    expect(holdingFacts(kit, id).map(([type]) => type)).toEqual([
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

test.each(['vip.granted.v1', 'vip.renewed.v1', 'vip.suspended.v1', 'vip.resumed.v1', 'vip.revoked.v1'])(
  '%s was announced as its sample says',
  async (type) => {
    expectLikeSample(await kit.heardOne(type));
  },
);
