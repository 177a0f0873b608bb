import * as points from '@membership/contracts/endpoints/points/index';
import { AN_INSTANT, refusal, success } from './member-system-kit.ts';
import { john, system } from './one-membership.ts';

let silver: number;
let weeks = 0;
beforeAll(async () => {
  silver = await system.levelId('SILVER');
});
beforeEach(async () => {
  await setLevel(john);
});
const setLevel = (member: number) =>
  system.admin().ask(points.setMemberLevel, { body: { user_id: member, target_level_id: silver } });
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const announce = (more: Record<string, unknown> = {}, tenantId = 1) =>
  system.kit.as({ role: 'admin', tenantId }).call(points.createActivity, {
    body: {
      title: '银牌会员双倍积分周',
      description: '银牌及以上会员购物享受双倍积分奖励',
      category: `WEEK_${++weeks}`,
      required_level: silver,
      start_time: inHours(-1),
      end_time: inHours(24),
      max_participants: 1000,
      benefits: ['double_points'],
      next_action: '开始购物享受双倍积分奖励',
      ...more,
    } as never,
  });
const anActivity = async (more: Record<string, unknown> = {}) =>
  (await announce(more)).body.data.activity_id as string;
const join = (activity_id: string, member = john) =>
  system.member(member).call(points.joinActivity, {
    params: { activity_id },
    body: { participation_data: { contact_phone: '13800138000', preferences: ['电子产品', '服装'] } },
  });
const seen = async (query: Record<string, string>, member = john) =>
  (await system.member(member).call(points.listActivities, { query })).body;

test('what a member tells with it must not look like a type of the database', async () => {
  const activity_id = await anActivity();
  for (const data of [{ _bsontype: 'ObjectId', id: 'x' }, { deep: [{ _bsontype: 'Long' }] }]) {
    const { status, body } = await system
      .member(john)
      .call(points.joinActivity, { params: { activity_id }, body: { participation_data: data } });
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('_bsontype')]);
  }
  expect((await join(activity_id)).status).toBe(200);
});

test('the running activities are the seed’s, with whether one may and does take part', async () => {
  const { body } = await announce();
  const { category, start_time, end_time } = body.data;
  const activity_id = body.data.activity_id as string;
  expect(await seen({ status: 'active', category, page: '1', limit: '10' })).toEqual(
    success({
      activities: [
        {
          activity_id: expect.stringMatching(/^ACT[1-9]\d*$/),
          title: '银牌会员双倍积分周',
          description: '银牌及以上会员购物享受双倍积分奖励',
          category,
          required_level: silver,
          start_time,
          end_time,
          participation_count: 0,
          max_participants: 1000,
          is_eligible: true,
          is_participated: false,
        },
      ],
      pagination: { page: 1, limit: 10, total: 1, total_pages: 1 },
    }),
  );
  await join(activity_id);
  expect((await seen({ category })).data.activities[0]).toMatchObject({
    participation_count: 1,
    is_participated: true,
  });
  const basic = await system.aMember();
  expect((await seen({ category }, basic)).data.activities[0]).toMatchObject({
    is_eligible: false,
    is_participated: false,
  });
  for (const bad of [{ status: 'running' }, { category: 'a b' }, { ordering: 'title' }] as Record<
    string,
    string
  >[])
    expect([bad, (await seen(bad)).code]).toEqual([bad, 400]);
});

test('joining: the seed’s answer', async () => {
  const { body } = await join(await anActivity());
  expect(body).toEqual(
    success(
      {
        participation_id: expect.stringMatching(/^PAR[1-9]\d*$/),
        activity_title: '银牌会员双倍积分周',
        joined_at: AN_INSTANT,
        benefits_activated: ['double_points'],
        next_action: '开始购物享受双倍积分奖励',
      },
      '活动参与成功',
    ),
  );
  const id = body.data.participation_id.slice(3);
  const fact = await system.kit.heardOne('activity.joined.v1', ({ subject }) => subject === id);
  expect(fact.data).toMatchObject({ memberId: john, benefits: ['double_points'] });
  expect(JSON.stringify(system.kit.heard)).not.toContain('13800138000');
});

test('not there, not eligible, not begun, over, joined already, full', async () => {
  const id = await anActivity({ max_participants: 1 });
  expect((await join('ACT999999')).body).toEqual(refusal('BIZ_001', '资源不存在'));
  expect((await join('999999')).status).toBe(404);
  expect((await join(id, await system.aMember())).body).toEqual(
    refusal('PERM_001', '当前会员等级不能参与该活动'),
  );
  expect((await join(await anActivity({ start_time: inHours(1) }))).body).toEqual(
    refusal('CONFLICT', '活动尚未开始'),
  );
  const over = await anActivity({ start_time: inHours(-3), end_time: inHours(-2) });
  expect((await join(over)).body).toEqual(refusal('CONFLICT', '活动已结束'));
  expect((await join(id)).status).toBe(200);
  expect((await join(id)).body).toEqual(refusal('CONFLICT', '您已参与该活动'));
  const jane = await system.aMember();
  await setLevel(jane);
  expect((await join(id, jane)).body).toEqual(refusal('CONFLICT', '活动名额已满', { max_participants: 1 }));
  const stranger = system.kit.as({ tenantId: 2, userId: await system.aMember(2) });
  expect((await stranger.call(points.joinActivity, { params: { activity_id: id }, body: {} })).status).toBe(
    404,
  );
  expect(
    (await system.as().call(points.joinActivity, { params: { activity_id: id }, body: {} })).status,
  ).toBe(403);
});

test('many at once never pass the capacity; one member joins once', async () => {
  const id = await anActivity({ max_participants: 3, required_level: null });
  const members = await Promise.all(Array.from({ length: 7 }, () => system.aMember()));
  const answers = await Promise.all(members.map((member) => join(id, member)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
  const alone = await anActivity();
  const same = await Promise.all(Array.from({ length: 4 }, () => join(alone)));
  expect(same.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 409, 409, 409]);
  const shown = await system.admin().ask(points.getActivity, { params: { activity_id: alone } });
  expect(shown.participation_count).toBe(1);
});

test.each([1, 2, 3, 4])('removed and joined at once: one of the two (%i)', async () => {
  const activity_id = await anActivity();
  const [joined, removed] = await Promise.all([
    join(activity_id),
    system.admin().call(points.deleteActivity, { params: { activity_id } }),
  ]);
  expect([
    [200, 409],
    [404, 200],
  ]).toContainEqual([joined.status, removed.status]);
});

test('double points double purchases alone, once, while the activity runs', async () => {
  const purchase = (order: string, event_type = 'PURCHASE') =>
    system.as().ask(points.earnMemberPoints, {
      body: { user_id: john, event_type, points: 100, related_order: `${order}-${john}` },
    });
  const id = await anActivity();
  expect((await purchase('A')).points_earned).toBe(100);
  await join(id);
  expect((await purchase('B')).points_earned).toBe(200);
  await join(await anActivity());
  expect((await purchase('C')).points_earned).toBe(200);
  expect((await purchase('D', 'REVIEW')).points_earned).toBe(100);
  const other = await system.aMember();
  const theirs = { user_id: other, event_type: 'PURCHASE', points: 100, related_order: `E-${other}` };
  expect((await system.as().ask(points.earnMemberPoints, { body: theirs })).points_earned).toBe(100);
});

test('activities are announced, changed and removed by an administrator of the tenant', async () => {
  const id = await anActivity({ required_level: null });
  const params = { activity_id: id };
  const change = (changes: Record<string, unknown>) =>
    system.admin().call(points.updateActivity, { params, body: changes as never });
  expect((await change({ max_participants: 5 })).body).toMatchObject({
    message: '活动已更新',
    data: { activity_id: id, max_participants: 5, benefits: ['double_points'] },
  });
  for (const bad of [
    { end_time: inHours(-9) },
    { required_level: 999_999 },
    { max_participants: 0 },
    { benefits: ['triple_points'] },
    { participation_count: 5 },
  ])
    expect([bad, (await change(bad)).status]).toEqual([bad, 400]);
  expect((await announce({ end_time: inHours(-2) })).body.data.errors).toEqual([
    { field: 'end_time', message: '必须晚于 start_time' },
  ]);
  const stranger = system.kit.as({ role: 'admin', tenantId: 2 });
  expect((await stranger.call(points.getActivity, { params })).status).toBe(404);
  expect((await stranger.call(points.deleteActivity, { params })).status).toBe(404);
  expect((await system.member(john).call(points.pageActivities, {})).status).toBe(403);
  await join(id);
  const remove = () => system.admin().call(points.deleteActivity, { params });
  expect((await remove()).body).toEqual(refusal('CONFLICT', '已有会员参与该活动，不能删除'));
  await change({ is_active: false });
  expect((await join(id, await system.aMember())).status).toBe(404);
  const unused = { activity_id: await anActivity() };
  expect((await system.admin().call(points.deleteActivity, { params: unused })).body).toEqual(
    success(unused, '活动已删除'),
  );
});
