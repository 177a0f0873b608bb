/** The clock of tags that members hold: true at the time of reading, and written down by the job. */
import * as contracts from '@membership/contracts/endpoints/vip/user-tags';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { DAY } from '../src/holdings/user-tag.ts';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, expectNear, grantTo, holdingFacts, letPass } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The clock's job is far away: what these tests read is true without it.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());
const rows = () => kit.connection.collection<{ _id: number }>('user_tags');

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
    expectNear(
      (await admin.ask(contracts.renewUserTag, { params, body: { duration_days: 5 } })).expires_at,
      5,
    );
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
    expect(holdingFacts(ticking, other.id).map(([type]) => type)).toEqual([
      'vip.granted.v1',
      'vip.expired.v1',
    ]);
    for (const fact of [grace, expired]) expectLikeSample(fact);
    expect(holdingFacts(ticking, id).map(([type]) => type)).toEqual([
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
