import {
  createUserLevel,
  deleteUserLevel,
  getProfile,
  getProfilePermissions,
  listUserLevels,
  replaceUserLevel,
  updateUserLevel,
} from '@membership/contracts/endpoints/points/index';
import { memberUpdated } from '@membership/contracts/events/gateway';
import { vipGranted, vipRevoked } from '@membership/contracts/events/vip';
import type { Member } from '@membership/platform/directory';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { pointsService } from '../src/app.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(pointsService);
  await kit.aTenant({ tenantId: 1 });
});
afterAll(() => kit?.stop());
const admin = () => kit.as({ role: 'admin' });
const platinum = { level_name: '铂金会员', level_code: 'PLATINUM', level_order: 5, min_points: 50_000 };

test('who may manage points is said of the member that is asked about, whoever asks, and follows its role', async () => {
  const boss = await kit.aMember({ role: 'admin' });
  const plain = await kit.aMember();
  const asked = async (client: ReturnType<typeof kit.as>, id: number) => {
    const params = { id: String(id) };
    const { effective_permissions: shown } = await client.ask(getProfile, { params });
    const { effective_permissions: all } = await client.ask(getProfilePermissions, { params });
    return [shown.can_manage_points, all.can_manage_points ?? false];
  };
  const [service, admin] = [kit.as({ role: 'internal' }), kit.as({ role: 'admin', userId: boss })];
  for (const client of [service, admin]) {
    expect(await asked(client, boss)).toEqual([true, true]);
    expect(await asked(client, plain)).toEqual([false, false]);
  }
  expect(await asked(kit.as({ userId: plain }), plain)).toEqual([false, false]);
  const known = kit.connection.collection<Member>('directory_members');
  const {
    _id,
    tenantId: _tenant,
    sequence: _before,
    ...state
  } = (await known.findOne({ _id: boss })) as Member;
  await kit.publish(memberUpdated, { subject: boss, sequence: 2, data: { ...state, role: 'member' } });
  await eventually(async () => expect(await asked(service, boss)).toEqual([false, false]));
});

test('the ladder is the seed’s, with its fields', async () => {
  const { body } = await kit
    .as()
    .call(listUserLevels, { query: { is_active: 'true', ordering: 'level_order' } });
  expect(body).toMatchObject({ count: 4, next: null, previous: null });
  expect(body.results[0]).toEqual({
    id: expect.any(Number),
    level_name: '青铜会员',
    level_code: 'BRONZE',
    level_order: 1,
    min_points: 0,
    max_points: 999,
    permissions: { can_view_basic_content: true, discount_rate: 0.05, priority_support: false },
    quota_config: { max_downloads_per_day: 10, max_api_calls_per_hour: 100 },
    level_color: '#CD7F32',
    level_icon: '🥉',
    level_description: '新用户的起始等级',
    is_active: true,
    is_default: true,
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
  expect((await kit.as().call(listUserLevels, { query: { search: '黄金' } })).body.results).toMatchObject([
    { level_code: 'GOLD' },
  ]);
  expect((await kit.as().call(listUserLevels, { query: { is_default: 'true' } })).body.count).toBe(1);
});

test('a level is defined, changed, replaced and removed; ranges do not overlap, codes are unique, one is the default', async () => {
  expect((await admin().call(createUserLevel, { body: platinum })).body.error.details).toHaveProperty(
    'min_points',
  );
  const [, , , diamond] = (await admin().ask(listUserLevels, {})).items;
  await admin().ask(updateUserLevel, { params: { id: String(diamond?.id) }, body: { max_points: 49_999 } });
  const { status, body } = await admin().call(createUserLevel, { body: platinum });
  expect(status).toBe(201);
  expect((await admin().call(createUserLevel, { body: { ...platinum, min_points: 90_000 } })).status).toBe(
    400,
  );
  expect(
    (
      await admin().call(replaceUserLevel, {
        params: { id: String(body.id) },
        body: { ...platinum, level_name: '白金会员' },
      })
    ).body,
  ).toMatchObject({ level_name: '白金会员', max_points: null });
  const promoted = await admin().call(updateUserLevel, {
    params: { id: String(body.id) },
    body: { is_default: true },
  });
  expect(promoted.body.is_default).toBe(true);
  expect((await admin().call(deleteUserLevel, { params: { id: String(body.id) } })).status).toBe(409);
  expect(
    (await admin().call(updateUserLevel, { params: { id: String(body.id) }, body: { is_default: false } }))
      .status,
  ).toBe(400);
  const [bronze] = (await admin().ask(listUserLevels, {})).items;
  await admin().ask(updateUserLevel, { params: { id: String(bronze?.id) }, body: { is_default: true } });
  expect((await admin().call(deleteUserLevel, { params: { id: String(body.id) } })).status).toBe(204);
  await kit.heardOne('user_level.deleted.v1', ({ subject }) => subject === String(body.id));
});

test('two that overlap, made at once: one is refused', async () => {
  const tenantId = await kit.aTenant();
  const here = kit.as({ role: 'admin', tenantId });
  const [, , , diamond] = (await here.ask(listUserLevels, {})).items;
  await here.ask(updateUserLevel, { params: { id: String(diamond?.id) }, body: { max_points: 19_999 } });
  const answers = await Promise.all(
    ['A', 'B'].map((code) =>
      here.call(createUserLevel, { body: { ...platinum, level_code: code, min_points: 20_000 } }),
    ),
  );
  expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([201, 400]);
});

test('members may read but not change; other tenants have their own', async () => {
  expect((await kit.as().call(createUserLevel, { body: platinum })).status).toBe(403);
  const [level] = (await admin().ask(listUserLevels, {})).items;
  const stranger = kit.as({ role: 'admin', tenantId: await kit.aTenant() });
  expect(
    (await stranger.call(updateUserLevel, { params: { id: String(level?.id) }, body: { level_name: 'x' } }))
      .status,
  ).toBe(404);
  for (const bad of [
    { min_points: -1 },
    { level_color: 'red' },
    { permissions: { $set: 1 } },
    { permissions: { discount_rate: 2 } },
    { quota_config: { x: -1 } },
    { max_points: 5, min_points: 10 },
    { id: 5 },
  ])
    expect([
      bad,
      (await admin().send('PATCH', `/api/v1/points/user-levels/${level?.id}/`, { body: bad })).status,
    ]).toEqual([bad, 400]);
});

test('a tag gives its privileges while it is active, and takes them along', async () => {
  const member = await kit.aMember();
  const tag = {
    tagId: 1,
    tagName: 'VIP金牌',
    tagCode: 'VIP_GOLD',
    tagType: 'vip',
    tagColor: '#FFD700',
    tagIcon: '👑',
    tagLevel: 10,
    isActive: true,
    permissionModifiers: { discount_rate_bonus: 0.1, priority_support: true, exclusive_content_access: true },
    quotaModifiers: { download_multiplier: 2, api_calls_multiplier: 3 },
  };
  const state = {
    userTagId: 700,
    memberId: member,
    tag,
    status: 'active' as const,
    grantedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 97.5 * 86_400_000).toISOString(),
    graceEndsAt: new Date(Date.now() + 104.5 * 86_400_000).toISOString(),
    autoRenew: false,
    reason: null,
  };
  const permissions = () =>
    kit.as({ userId: member }).ask(getProfilePermissions, { params: { id: String(member) } });
  await kit.publish(vipRevoked, { subject: 700, sequence: 3, data: { ...state, status: 'revoked' } });
  await kit.publish(vipGranted, { subject: 701, sequence: 1, data: { ...state, userTagId: 701 } });
  await eventually(async () => expect((await permissions()).vip_tag_permissions).toHaveProperty('VIP_GOLD'));
  expect(await permissions()).toEqual({
    user_id: member,
    tenant_id: 1,
    base_permissions: { can_view_basic_content: true, can_use_basic_features: true },
    level_permissions: {
      level_name: '青铜会员',
      can_view_basic_content: true,
      discount_rate: 0.05,
      priority_support: false,
    },
    vip_tag_permissions: { VIP_GOLD: tag.permissionModifiers },
    effective_permissions: {
      can_view_basic_content: true,
      can_use_basic_features: true,
      can_view_exclusive_content: true,
      discount_rate: 0.15,
      priority_support: true,
      can_earn_points: true,
      can_spend_points: true,
      max_downloads_per_day: 20,
      max_api_calls_per_hour: 300,
    },
    permission_calculation: { base_discount: 0, level_discount: 0.05, vip_bonus: 0.1, final_discount: 0.15 },
    quota_calculation: {
      max_downloads_per_day: { level_quota: 10, multipliers: { VIP_GOLD: 2 }, final_quota: 20 },
      max_api_calls_per_hour: { level_quota: 100, multipliers: { VIP_GOLD: 3 }, final_quota: 300 },
    },
  });
  await kit.publish(vipGranted, { subject: 700, sequence: 1, data: state });
  await kit.publish(vipRevoked, {
    subject: 701,
    sequence: 2,
    data: { ...state, userTagId: 701, status: 'revoked' },
  });
  await eventually(async () => expect((await permissions()).vip_tag_permissions).toEqual({}));
});
