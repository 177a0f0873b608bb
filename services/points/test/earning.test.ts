/** Earning, spending and adjusting: seed 001 word for word, and what its words leave out. */
import { adjustPoints, earnPoints, getProfile } from '@membership/contracts/endpoints/points/index';
import type { ServiceKit } from '@membership/platform/testing/service-kit';
import { earn, internal, kit, member, spend } from './one-member.ts';

describe('earning', () => {
  test('answers as seed 001 shows, moves the profile and is announced', async () => {
    await kit
      .as({ role: 'admin' })
      .send('PATCH', `/api/v1/points/profiles/${member}/`, { body: { points_multiplier: 1.2 } });
    const { status, body } = await earn(100, {
      subcategory: 'activation',
      reason: '激活专业版许可证',
      source_type: 'license',
      source_id: 789,
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      message: '成功获得 100 积分',
      record_id: expect.any(Number),
      new_total_points: 120,
      level_change: { upgraded: false, previous_level: '青铜会员', current_level: '青铜会员' },
      applied_multiplier: 1.2,
      actual_points_added: 120,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    const profile = await kit.as({ userId: member }).ask(getProfile, { params: { id: String(member) } });
    expect(profile).toMatchObject({
      id: member,
      member,
      tenant: 1,
      total_points: 120,
      available_points: 120,
      frozen_points: 0,
      points_earned_total: 120,
      points_multiplier: '1.20',
      tenant_info: { name: 'ACME Corp' },
    });
    expect(profile.points_summary.earned).toEqual({ total: 120, categories: { license: 120 } });
    const fact = await kit.heardOne('points.earned.v1', ({ subject }) => subject === String(member));
    expect(fact).toMatchObject({
      tenantid: 1,
      actor: 'client:tests',
      data: { points: 120, askedPoints: 100, balanceAfter: 120, sourceType: 'license', sourceId: 789 },
    });
  });

  test('English is spoken on request', async () => {
    const { body } = await kit
      .as({ role: 'internal', language: 'en' })
      .call(earnPoints, { params: { id: String(member) }, body: { points_amount: 5, category: 'license' } });
    expect(body.message).toBe('Earned 5 points');
  });

  test('level 1000 is reached at 1000, not at 999, and is announced', async () => {
    expect((await earn(999)).body.level_change).toEqual({
      upgraded: false,
      previous_level: '青铜会员',
      current_level: '青铜会员',
    });
    expect((await earn(1)).body.level_change).toEqual({
      upgraded: true,
      previous_level: '青铜会员',
      current_level: '白银会员',
    });
    expect(await kit.heardOne('level.changed.v1', ({ subject }) => subject === String(member))).toMatchObject(
      { data: { levelName: '白银会员', isUpgrade: true } },
    );
  });

  test.each([
    [{ points_amount: 0, category: 'license' }, 'points_amount'],
    [{ points_amount: 10_000_001, category: 'license' }, 'points_amount'],
    [{ points_amount: 1.5, category: 'license' }, 'points_amount'],
    [{ points_amount: '5', category: 'license' }, 'points_amount'],
    [{ category: 'license' }, 'points_amount'],
    [{ points_amount: 5 }, 'category'],
    [{ points_amount: 5, category: 'vip_upgrade' }, 'category'],
    [{ points_amount: 5, category: { $gt: '' } }, 'category'],
    [{ points_amount: 5, category: 'license', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ points_amount: 5, category: 'license', surprise: 1 }, 'surprise'],
  ])('%j is refused and moves nothing', async (body, field) => {
    const { status, body: answer } = await internal().send(
      'POST',
      `/api/v1/points/profiles/${member}/earn_points/`,
      { body },
    );
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      success: false,
      error: { code: 'VALIDATION_ERROR', message: '请求参数验证失败' },
      request_id: expect.any(String),
      timestamp: expect.any(String),
    });
    expect(Object.keys(answer.error.details)).toContain(field);
    expect(
      (await kit.as({ userId: member }).ask(getProfile, { params: { id: String(member) } })).total_points,
    ).toBe(0);
  });

  test('`__proto__` in a body is an unknown field', async () => {
    const answer = await internal().send('POST', `/api/v1/points/profiles/${member}/earn_points/`, {
      raw: '{"points_amount":5,"category":"license","__proto__":{"x":1}}',
    });
    expect(answer.status).toBe(400);
  });

  test('a member may not, another tenant and an unknown member are not there, no context is 401', async () => {
    const call = (client: ReturnType<ServiceKit['as']>, id = member) =>
      client.call(earnPoints, {
        params: { id: String(id) },
        body: { points_amount: 5, category: 'license' },
      });
    expect((await call(kit.as({ userId: member }))).status).toBe(403);
    expect((await call(kit.as({ role: 'internal', scopes: ['points:read'] }))).body.error.code).toBe(
      'PERM_002',
    );
    expect((await call(kit.as({ role: 'admin', tenantId: 2 }))).status).toBe(404);
    expect((await call(kit.as({ role: 'admin' }), 999_999_999)).status).toBe(404);
    expect(
      (await fetch(`${kit.url}/api/v1/points/profiles/${member}/earn_points/`, { method: 'POST' })).status,
    ).toBe(401);
  });

  test('the login limit refuses whole what would pass it, also at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => earn(20, { category: 'login' })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.error).toEqual({
      code: 'DAILY_LIMIT_EXCEEDED',
      message: '今日登录积分已达上限',
      details: { daily_limit: 50, earned_today: 40 },
    });
    expect((await earn(10, { category: 'login' })).status).toBe(200);
  });

  test('disabled points refuse earning and spending, adjusting still works', async () => {
    await kit
      .as({ role: 'admin' })
      .send('PATCH', `/api/v1/points/profiles/${member}/`, { body: { is_points_enabled: false } });
    expect((await earn(10)).body.error).toMatchObject({
      code: 'POINTS_DISABLED',
      message: '该用户未启用积分功能',
    });
    expect((await spend(10)).body.error.code).toBe('POINTS_DISABLED');
    const adjusted = await kit.as({ role: 'admin' }).call(adjustPoints, {
      params: { id: String(member) },
      body: { points_amount: 200, reason: '客服补偿积分' },
    });
    expect(adjusted).toMatchObject({
      status: 200,
      body: { success: true, message: '积分调整成功', new_total_points: 200, remaining_points: 200 },
    });
  });

  test('a profile that is not there yet is made by what moves its points first, however many ask at once', async () => {
    await kit.connection.collection<{ _id: number }>('profiles').deleteOne({ _id: member });
    const answers = await Promise.all([earn(10), earn(20), earn(30), spend(1_000)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 409]);
    const profile = await kit.as({ userId: member }).ask(getProfile, { params: { id: String(member) } });
    expect(profile).toMatchObject({ total_points: 60, available_points: 60 });
  });
});
