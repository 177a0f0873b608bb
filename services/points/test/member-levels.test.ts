import * as points from '@membership/contracts/endpoints/points/index';
import type { Envelope } from '@membership/contracts/event';
import { memberLoggedIn } from '@membership/contracts/events/gateway';
import { memberPreferencesChanged } from '@membership/contracts/events/member-system';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { eventually } from '@membership/platform/testing/service-kit';
import { AN_INSTANT, refusal, success } from './member-system-kit.ts';
import { john, system } from './one-membership.ts';

const setLevel = (body: Record<string, unknown>, tenantId = 1) =>
  system.kit.as({ role: 'admin', tenantId }).call(points.setMemberLevel, { body: body as never });
const byId = (id: number) => ({ id: String(id) });

test('the ladder is the seed’s, for anybody who names the tenant', async () => {
  const anonymous = system.kit.as({ role: 'anonymous', tenantId: null });
  const { status, body } = await anonymous.call(points.listMemberLevels, { query: { tenant: 'tenant-1' } });
  expect(status).toBe(200);
  const none = {
    free_shipping: false,
    birthday_gift: false,
    priority_service: false,
    exclusive_events: false,
  };
  const level = (
    name: string,
    code: string,
    spent: number,
    rate: number,
    multiplier: number,
    gives: object,
  ) => ({
    level_id: expect.any(Number),
    level_name: name,
    level_code: code,
    required_spent: spent,
    discount_rate: rate,
    point_multiplier: multiplier,
    benefits: { ...none, ...gives },
  });
  expect(body).toEqual(
    success({
      levels: [
        level('注册会员', 'BASIC', 0, 1, 1, {}),
        level('铜牌会员', 'BRONZE', 500, 0.95, 1, { birthday_gift: true }),
        level('银牌会员', 'SILVER', 2000, 0.9, 1, { birthday_gift: true, free_shipping: true }),
        level('金牌会员', 'GOLD', 5000, 0.85, 1.5, {
          birthday_gift: true,
          free_shipping: true,
          priority_service: true,
          exclusive_events: true,
        }),
      ],
    }),
  );
  expect(await anonymous.call(points.listMemberLevels, {})).toMatchObject({
    status: 400,
    body: refusal('TENANT_REQUIRED', '请指定租户', { parameter: 'tenant' }),
  });
  expect((await anonymous.call(points.listMemberLevels, { query: { tenant: 'nowhere' } })).body).toEqual(
    refusal('VALIDATION_ERROR', '请求参数错误', { errors: [{ field: 'tenant', message: '租户不存在' }] }),
  );
  const suspended = await system.kit.aTenant({ isActive: false });
  expect(
    (await anonymous.call(points.listMemberLevels, { query: { tenant: `tenant-${suspended}` } })).status,
  ).toBe(403);
});

test('the tenant that the gateway found by the host shows its ladder, unless it is suspended', async () => {
  const ofHost = (tenantId: number) =>
    system.kit.as({ role: 'anonymous', tenantId }).call(points.listMemberLevels, {});
  expect((await ofHost(1)).body.data.levels).toHaveLength(4);
  const closed = await system.kit.aTenant({ isActive: false });
  expect((await ofHost(closed)).status).toBe(403);
});

test('a profile shows level, points, spending, benefits and what is missing to the next level', async () => {
  const [bronze, gold] = [await system.levelId('BRONZE'), await system.levelId('GOLD')];
  await system.earn(john, 500, { expires_at: new Date(Date.now() + 10 * 86_400_000).toISOString() });
  await system.earn(john, 2080, { expires_at: null });
  await system.hold(john, 200);
  await setLevel({ user_id: john, target_level_id: bronze });
  const { body } = await system.member(john).call(points.getMemberProfile, {});
  expect(body).toEqual(
    success({
      member_id: `M${john}`,
      user_id: john,
      nickname: null,
      birthday: null,
      preferences: {
        ...{ notification_email: true, notification_sms: false, marketing_consent: false },
        show_on_leaderboards: true,
      },
      level: {
        level_id: bronze,
        level_name: '铜牌会员',
        level_code: 'BRONZE',
        discount_rate: 0.95,
        point_multiplier: 1,
      },
      points: {
        total_points: 2580,
        available_points: 2380,
        frozen_points: 200,
        expiring_points: 300,
        expiring_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      },
      statistics: {
        total_spent: 0,
        total_orders: 0,
        join_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        last_active: AN_INSTANT,
      },
      benefits: {
        free_shipping: false,
        birthday_gift: true,
        priority_service: false,
        exclusive_events: false,
      },
      next_level: {
        level_name: '银牌会员',
        required_spent: 2000,
        remaining_spent: 2000,
        progress_percentage: 0,
      },
    }),
  );
  await setLevel({ user_id: john, target_level_id: gold });
  expect((await system.membership(john)).next_level).toBeNull();
});

test('whether others see a member on the leaderboards is told when it changes, and only then', async () => {
  const show = (show_on_leaderboards: boolean) =>
    system.member(john).call(points.updateMemberProfile, { body: { preferences: { show_on_leaderboards } } });
  for (const isShown of [true, false, false, true]) expect((await show(isShown)).status).toBe(200);
  const told = () => system.kit.heard.filter(({ type }) => type === memberPreferencesChanged.type);
  await eventually(async () => expect(told()).toHaveLength(2));
  expect(told().map(({ subject, sequence, data }) => [subject, sequence, data])).toEqual([
    [String(john), 1, { memberId: john, showOnLeaderboards: false }],
    [String(john), 2, { memberId: john, showOnLeaderboards: true }],
  ]);
  expectLikeSample(told()[0] as Envelope);
});

test('a member changes what it says about itself; what it leaves out stays', async () => {
  const put = (body: Record<string, unknown>) =>
    system.member(john).call(points.updateMemberProfile, { body });
  const preferences = { notification_email: true, notification_sms: false, marketing_consent: true };
  expect((await put({ nickname: '新昵称', birthday: '1990-01-15', preferences })).body).toEqual(
    success(
      { updated_fields: ['nickname', 'birthday', 'preferences'], updated_at: AN_INSTANT },
      '会员信息更新成功',
    ),
  );
  expect((await put({ preferences: { notification_email: false } })).body.data.updated_fields).toEqual([
    'preferences',
  ]);
  expect(await system.membership(john)).toMatchObject({
    nickname: '新昵称',
    birthday: '1990-01-15',
    preferences: { notification_email: false, notification_sms: false, marketing_consent: true },
  });
  await put({ nickname: null });
  expect((await system.membership(john)).nickname).toBeNull();
  for (const bad of [
    { nickname: '' },
    { birthday: '1990-02-30' },
    { birthday: '2999-01-01' },
    { preferences: { other: true } },
    { level: 4 },
    { nickname: { $set: 1 } },
  ])
    expect([bad, (await put(bad)).status]).toEqual([bad, 400]);
  expect((await system.member(await system.aMember()).ask(points.getMemberProfile, {})).birthday).toBeNull();
});

test('the last log-in counts as being active', async () => {
  const at = new Date(Date.now() + 1_000).toISOString();
  const before = (await system.membership(john)).statistics.last_active;
  await system.kit.publish(memberLoggedIn, { subject: john, sequence: 9, data: { memberId: john, at } });
  expect(before).not.toBe(at);
  await eventually(async () => expect((await system.membership(john)).statistics.last_active).toBe(at));
});

test('an administrator sets a level by hand; the one that one has is no refusal', async () => {
  const silver = await system.levelId('SILVER');
  const asked = { user_id: john, target_level_id: silver, reason: '客服手动调整', operator: 'admin001' };
  const { body } = await setLevel(asked);
  expect(body).toEqual(
    success(
      {
        old_level: '注册会员',
        new_level: '银牌会员',
        effective_time: AN_INSTANT,
        operation_id: expect.stringMatching(/^OP[1-9]\d*$/),
      },
      '等级调整成功',
    ),
  );
  const fact = await system.kit.heardOne(
    'member_level.changed.v1',
    ({ subject }) => subject === String(john),
  );
  expect(fact.data).toMatchObject({ levelCode: 'SILVER', isUpgrade: true, reason: 'manual' });
  expect((await setLevel(asked)).body.data).toMatchObject({ old_level: '银牌会员', new_level: '银牌会员' });
  const told = system.kit.heard.filter(
    ({ type, subject }) => type === 'member_level.changed.v1' && subject === String(john),
  );
  expect(told).toHaveLength(1);
  expect(
    await system.kit.connection
      .collection<{ memberId: number }>('member_level_operations')
      .countDocuments({ memberId: john, actor: 'user:1', operator: 'admin001' }),
  ).toBe(2);
});

test('setting a level: wrong role, other tenant, unknown member or level', async () => {
  const silver = await system.levelId('SILVER');
  const asked = { user_id: john, target_level_id: silver };
  expect((await system.member(john).call(points.setMemberLevel, { body: asked })).body).toEqual(
    refusal('PERM_001', '权限不足', { role: 'member', allowed_roles: ['admin', 'super'] }),
  );
  expect((await setLevel(asked, 2)).status).toBe(404);
  expect((await setLevel({ ...asked, user_id: 999_999 })).status).toBe(404);
  expect((await setLevel({ ...asked, target_level_id: 999_999 })).body.data.errors).toEqual([
    { field: 'target_level_id', message: '无效的会员等级ID' },
  ]);
  expect((await setLevel({})).body.data.errors.map(({ field }: { field: string }) => field)).toEqual([
    'user_id',
    'target_level_id',
  ]);
});

test('administrators see a member’s level, and who set it by hand and why', async () => {
  const show = (id: number, tenantId = 1) =>
    system.kit.as({ role: 'admin', tenantId }).call(points.getMembership, { params: byId(id) });
  const begun = await show(john);
  expect(begun.body).toEqual(
    success({
      user_id: john,
      level: expect.objectContaining({ level_code: 'BASIC' }),
      level_set_by_hand: null,
      level_review_at: null,
      statistics: { total_spent: 0, total_orders: 0 },
      benefits: expect.objectContaining({ free_shipping: false }),
      next_level: expect.objectContaining({ level_name: '铜牌会员', remaining_spent: 500 }),
    }),
  );
  const silver = await system.levelId('SILVER');
  await setLevel({ user_id: john, target_level_id: silver, reason: 'a mistake' });
  const set = { user_id: john, target_level_id: silver, reason: '客服手动调整', operator: 'admin001' };
  const { operation_id } = (await setLevel(set)).body.data;
  // Two at once read the same, and reading changes nothing.
  for (const { body } of await Promise.all([show(john), show(john)]))
    expect(body.data).toMatchObject({
      level: { level_id: silver, level_code: 'SILVER' },
      benefits: { free_shipping: true },
      level_set_by_hand: {
        operation_id,
        level_id: silver,
        level_name: '银牌会员',
        reason: '客服手动调整',
        operator: 'admin001',
        operator_id: 1,
        set_at: AN_INSTANT,
      },
    });
  expect((await show(await system.aMember())).body.data.level_set_by_hand).toBeNull();
  expect((await show(john, 2)).status).toBe(404);
  expect((await show(999_999)).body).toMatchObject({ error_code: 'BIZ_001' });
  for (const role of ['member', 'internal'] as const)
    expect(
      (await system.kit.as({ role, userId: john }).call(points.getMembership, { params: byId(john) })).body,
    ).toEqual(refusal('PERM_001', '权限不足', { role, allowed_roles: ['admin', 'super'] }));
});

test('levels are defined, changed and removed; codes and amounts are unique, and one requires nothing', async () => {
  const admin = system.admin();
  const platinum = { level_name: '白金会员', level_code: 'PLATINUM', required_spent: 20_000 };
  const made = await admin.call(points.createMemberLevel, { body: platinum });
  expect(made.body).toEqual(
    success(
      {
        level_id: expect.any(Number),
        ...platinum,
        discount_rate: 1,
        point_multiplier: 1,
        benefits: {
          free_shipping: false,
          birthday_gift: false,
          priority_service: false,
          exclusive_events: false,
        },
      },
      '会员等级已创建',
    ),
  );
  const id = made.body.data.level_id as number;
  const change = (which: number, body: Record<string, unknown>) =>
    admin.call(points.updateMemberLevel, { params: byId(which), body });
  expect(
    (await change(id, { discount_rate: 0.8, benefits: { free_shipping: true } })).body.data,
  ).toMatchObject({ discount_rate: 0.8, benefits: { free_shipping: true, birthday_gift: false } });
  const listed = await admin.call(points.pageMemberLevels, {
    query: { limit: 2, ordering: '-required_spent' },
  });
  expect(listed.body.data).toMatchObject({
    levels: [{ level_code: 'PLATINUM' }, { level_code: 'GOLD' }],
    pagination: { page: 1, limit: 2, total: 5, total_pages: 3 },
  });
  expect((await admin.call(points.createMemberLevel, { body: platinum })).body.data.errors).toEqual([
    { field: 'level_code', message: '等级代码已存在' },
  ]);
  for (const bad of [
    { required_spent: 500 },
    { required_spent: -1 },
    { required_spent: 0.001 },
    { discount_rate: 0 },
    { discount_rate: 1.1 },
    { point_multiplier: 0 },
    { level_id: 3 },
    { benefits: { cake: true } },
  ])
    expect([bad, (await change(id, bad)).status]).toEqual([bad, 400]);
  const basic = await system.levelId('BASIC');
  expect((await change(basic, { required_spent: 1 })).status).toBe(400);
  const remove = (which: number) => admin.call(points.deleteMemberLevel, { params: byId(which) });
  expect((await remove(basic)).status).toBe(409);
  await setLevel({ user_id: john, target_level_id: id });
  expect((await remove(id)).body).toEqual(refusal('CONFLICT', '仍有会员处于该等级，不能删除'));
  await setLevel({ user_id: john, target_level_id: basic });
  expect((await remove(id)).body).toEqual(success({ level_id: id }, '会员等级已删除'));
  expect((await admin.call(points.getMemberLevel, { params: byId(id) })).status).toBe(404);
  for (const fact of ['created', 'updated', 'deleted'])
    expectLikeSample(
      await system.kit.heardOne(`member_level.${fact}.v1`, ({ subject }) => subject === String(id)),
    );
  const stranger = system.kit.as({ role: 'admin', tenantId: 2 });
  expect((await stranger.call(points.getMemberLevel, { params: byId(basic) })).status).toBe(404);
  expect((await system.member(john).call(points.createMemberLevel, { body: platinum })).status).toBe(403);
});

test('a new tenant’s ladder is told, and one that an older version made is told with the next look at it', async () => {
  const tenantId = await system.kit.aTenant();
  const told = () =>
    system.kit.heard.filter(
      ({ type, tenantid }) => type === 'member_level.created.v1' && tenantid === tenantId,
    );
  await eventually(() => expect(told()).toHaveLength(4));
  await system.kit.connection
    .collection('member_levels')
    .updateMany({ tenantId }, { $unset: { sequence: 1 } });
  await eventually(async () => {
    await system.levels(tenantId);
    expect(told()).toHaveLength(8);
  });
  expect(new Set(told().map(({ subject }) => subject)).size).toBe(4);
  expect(new Set(told().map(({ sequence }) => sequence))).toEqual(new Set([1]));
  await system.levels(tenantId);
});

test('two levels of one amount, made at once: one is refused', async () => {
  const tenantId = await system.kit.aTenant();
  const here = system.kit.as({ role: 'admin', tenantId });
  const answers = await Promise.all(
    ['A', 'B'].map((code) =>
      here.call(points.createMemberLevel, {
        body: { level_name: code, level_code: code, required_spent: 7_000 },
      }),
    ),
  );
  expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 400]);
});

test('the same key twice gives the same answer, another body under it is refused', async () => {
  const silver = await system.levelId('SILVER');
  const headers = { 'idempotency-key': `level-${john}` };
  const call = (reason: string) =>
    system
      .admin()
      .call(points.setMemberLevel, { body: { user_id: john, target_level_id: silver, reason } }, { headers });
  const first = await call('一');
  const again = await call('一');
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect((await call('二')).status).toBe(422);
});
