import {
  adjustPoints,
  earnPoints,
  getPointsRecord,
  getProfile,
  listPointsRecords,
  listProfiles,
  spendPoints,
} from '@membership/contracts/endpoints/points/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { pointsService } from '../src/app.ts';

let kit: ServiceKit;
let member: number;
beforeAll(async () => {
  kit = await startServiceKit(pointsService, { EXPIRY_JOB_SECONDS: '1' });
  await kit.aTenant({ tenantId: 1, name: 'ACME Corp' });
  await kit.aTenant({ tenantId: 2, name: 'Globex' });
});
afterAll(() => kit?.stop());
beforeEach(async () => {
  member = await kit.aMember({ username: `john_${Math.floor(Math.random() * 1e9)}` });
});
const internal = () => kit.as({ role: 'internal' });
const earn = (points: number, more: Record<string, unknown> = {}) =>
  internal().call(earnPoints, {
    params: { id: String(member) },
    body: { points_amount: points, category: 'license', ...more },
  });
const spend = (points: number, more: Record<string, unknown> = {}) =>
  internal().call(spendPoints, {
    params: { id: String(member) },
    body: { points_amount: points, category: 'vip_upgrade', ...more },
  });

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
});

describe('spending', () => {
  test('answers as seed 001 shows', async () => {
    await earn(2600);
    const { status, body } = await kit.as({ userId: member }).call(spendPoints, {
      params: { id: String(member) },
      body: {
        points_amount: 500,
        category: 'vip_upgrade',
        subcategory: 'monthly_vip',
        reason: '购买月度VIP会员',
        source_type: 'order',
        source_id: 456,
      },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      message: '成功消费 500 积分',
      record_id: expect.any(Number),
      new_total_points: 2100,
      remaining_points: 2100,
      timestamp: expect.any(String),
    });
  });

  test('more than the balance is refused with the shortage and moves nothing', async () => {
    await earn(800);
    const { status, body } = await spend(1000);
    expect(status).toBe(409);
    expect(body.error).toEqual({
      code: 'INSUFFICIENT_POINTS',
      message: '积分余额不足',
      details: { required_points: 1000, available_points: 800, shortage: 200 },
    });
    expect((await spend(800)).status).toBe(200);
    expect((await spend(1)).status).toBe(409);
  });

  test('of 20 at once that want 100 of 500, five get them', async () => {
    await earn(500);
    const answers = await Promise.all(Array.from({ length: 20 }, () => spend(100)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(15);
  });

  test('the soonest-ending lot goes first', async () => {
    const soon = new Date(Date.now() + 86_400_000);
    await earn(100);
    await earn(100, { expires_at: soon.toISOString() });
    await spend(150);
    const lots = await kit.connection
      .collection('lots')
      .find({ memberId: member })
      .sort({ endsAt: 1 })
      .toArray();
    expect(lots.map(({ remaining }) => remaining)).toEqual([0, 50]);
  });

  test('another member is not there', async () => {
    const other = await kit.aMember();
    expect(
      (
        await kit.as({ userId: other }).call(spendPoints, {
          params: { id: String(member) },
          body: { points_amount: 5, category: 'vip_upgrade' },
        })
      ).status,
    ).toBe(404);
  });
});

describe('expiry', () => {
  test('the next write first takes what has ended, with a record and an event', async () => {
    await earn(100, { expires_at: new Date(Date.now() + 60_000).toISOString() });
    await earn(30);
    const past = new Date(Date.now() - 1_000);
    await kit.connection
      .collection('lots')
      .updateOne({ memberId: member, initial: 100 }, { $set: { endsAt: past } });
    await kit.connection
      .collection<{ _id: number }>('profiles')
      .updateOne({ _id: member }, { $set: { nextExpiryAt: past } });
    // The job may be first; the outcome is the same.
    expect((await spend(31)).body.error.details).toMatchObject({ available_points: 30 });
    expect((await spend(30)).status).toBe(200);
    const { items } = await kit.as({ userId: member }).ask(listPointsRecords, {});
    expect(items.map(({ point_type, points }) => [point_type, points])).toEqual([
      ['spend', -30],
      ['expire', -100],
      ['earn', 30],
      ['earn', 100],
    ]);
    expect(items[3]).toMatchObject({ status: 'expired', is_expired: true });
    await kit.heardOne('points.expired.v1', ({ subject }) => subject === String(member));
  });
});

test('a job takes what has ended from profiles that nobody writes to', async () => {
  await earn(70, { expires_at: new Date(Date.now() + 60_000).toISOString() });
  const past = new Date(Date.now() - 1_000);
  await kit.connection.collection('lots').updateOne({ memberId: member }, { $set: { endsAt: past } });
  await kit.connection
    .collection<{ _id: number }>('profiles')
    .updateOne({ _id: member }, { $set: { nextExpiryAt: past } });
  await eventually(async () =>
    expect(
      (await kit.as({ userId: member }).ask(getProfile, { params: { id: String(member) } }))
        .points_expired_total,
    ).toBe(70),
  );
  expect(await kit.heardOne('points.expired.v1', ({ subject }) => subject === String(member))).toMatchObject({
    actor: 'system:points',
    data: { points: -70, balanceAfter: 0 },
  });
});

describe('idempotency', () => {
  const body = { points_amount: 10, category: 'license' };
  const keyed = (key: string, given: unknown = body, client = internal()) =>
    client.send('POST', `/api/v1/points/profiles/${member}/earn_points/`, {
      body: given,
      headers: { 'idempotency-key': key },
    });

  test('the same key and body give the first answer once more, with one effect; also at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => keyed(`k1-${member}`)));
    expect(new Set(answers.map(({ body: answer }) => answer.record_id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(9);
    expect(
      (await kit.as({ userId: member }).ask(getProfile, { params: { id: String(member) } })).total_points,
    ).toBe(10);
  });

  test('the same key with another body is 422; another caller and another tenant have keys of their own', async () => {
    await keyed(`k2-${member}`);
    expect((await keyed(`k2-${member}`, { ...body, points_amount: 11 })).body.error.code).toBe(
      'IDEMPOTENCY_CONFLICT',
    );
    expect(
      (await keyed(`k2-${member}`, body, kit.as({ role: 'admin' }))).headers.get('idempotent-replayed'),
    ).toBeNull();
  });

  test('a refusal leaves no trace: the key may be tried again', async () => {
    const spendKeyed = () =>
      internal().send('POST', `/api/v1/points/profiles/${member}/spend_points/`, {
        body: { points_amount: 10, category: 'vip_upgrade' },
        headers: { 'idempotency-key': `k3-${member}` },
      });
    expect((await spendKeyed()).status).toBe(409);
    await earn(10);
    expect((await spendKeyed()).status).toBe(200);
    expect((await keyed('x'.repeat(256))).status).toBe(400);
  });
});

describe('records and profiles', () => {
  test('records chain without a gap, whatever runs at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 3 === 2 ? spend(1) : earn(7))));
    const records = await kit.connection
      .collection('records')
      .find({ memberId: member })
      .sort({ ordinal: 1 })
      .toArray();
    records.forEach((record, index) => {
      expect(record.ordinal).toBe(index + 1);
      expect(record.balanceBefore).toBe(index === 0 ? 0 : records[index - 1]?.balanceAfter);
      expect(record.balanceAfter - record.balanceBefore).toBe(record.points);
    });
    const profile = await kit.as({ userId: member }).ask(getProfile, { params: { id: String(member) } });
    expect(profile.total_points).toBe(records.at(-1)?.balanceAfter);
    const lots = await kit.connection.collection('lots').find({ memberId: member }).toArray();
    expect(lots.reduce((sum, lot) => sum + lot.remaining, 0)).toBe(profile.total_points);
  });

  test('a record has the shape of seed 001, and is its member’s alone', async () => {
    const { body } = await earn(100, {
      reason: '每日登录奖励',
      category: 'login',
      points_amount: 40,
      subcategory: 'daily_login',
      source_type: 'system',
    });
    const record = await kit
      .as({ userId: member })
      .ask(getPointsRecord, { params: { id: String(body.record_id) } });
    expect(record).toMatchObject({
      tenant_user_profile: member,
      member,
      tenant: 1,
      point_type: 'earn',
      category: 'login',
      subcategory: 'daily_login',
      points: 40,
      balance_before: 0,
      balance_after: 40,
      tenant_multiplier: '1.00',
      original_points: 40,
      source_type: 'system',
      source_id: null,
      source_description: '每日登录奖励',
      operation_reason: '每日登录奖励',
      operator_id: null,
      batch_id: null,
      status: 'active',
      is_manual: false,
      member_info: { id: member },
      tenant_info: { id: 1, name: 'ACME Corp' },
      profile_info: { id: member, total_points: 40, current_level_name: '青铜会员' },
      is_expired: false,
      days_until_expiry: 729,
      created_by_id: null,
    });
    const other = await kit.aMember();
    expect(
      (await kit.as({ userId: other }).call(getPointsRecord, { params: { id: String(body.record_id) } }))
        .status,
    ).toBe(404);
    expect(
      (
        await kit
          .as({ role: 'admin', tenantId: 2 })
          .call(getPointsRecord, { params: { id: String(body.record_id) } })
      ).status,
    ).toBe(404);
    expect(
      (
        await kit
          .as({ role: 'admin' })
          .call(listPointsRecords, { query: { member: String(member), point_type: 'earn' } })
      ).body.count,
    ).toBe(1);
    expect(
      (
        await kit
          .as({ role: 'admin', tenantId: 2 })
          .call(listPointsRecords, { query: { member: String(member) } })
      ).body.count,
    ).toBe(0);
    expect(
      (await kit.as({ userId: other }).call(listPointsRecords, { query: { member: String(member) } })).body
        .count,
    ).toBe(0);
  });

  test('lists say what is wrong with a query, page and link', async () => {
    const admin = kit.as({ role: 'admin' });
    for (const query of [
      'page=0',
      'page=x',
      'ordering=nothing',
      'surprise=1',
      'is_points_enabled=maybe',
      'current_level=-1',
      'tenant=abc',
      'page=1&page=2',
    ])
      expect([query, (await admin.send('GET', `/api/v1/points/profiles/?${query}`)).status]).toEqual([
        query,
        400,
      ]);
    const first = await admin.call(listProfiles, { query: { page_size: '1' } });
    expect(first.body.next).toMatch(/^http:\/\/gateway\.test\/api\/v1\/points\/profiles\/\?.*page=2/);
    expect((await admin.call(listProfiles, { query: { page: '900' } })).body.results).toEqual([]);
    expect((await admin.send('GET', '/api/v1/points/profiles/?tenant=2')).body).toMatchObject({
      count: 0,
      results: [],
    });
    expect((await admin.send('GET', '/api/v1/points/profiles?search=%24%7B.*')).body.count).toBe(0);
    expect((await kit.as({ userId: member }).call(listProfiles, {})).body).toMatchObject({
      count: 1,
      results: [{ id: member }],
    });
  });

  test('wrong method, media type, size and JSON are 405, 415, 413, 400', async () => {
    const path = `/api/v1/points/profiles/${member}/earn_points`;
    const wrongMethod = await internal().send('GET', path);
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST']);
    expect(
      (
        await internal().send('POST', path, {
          raw: 'x=1',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(415);
    expect((await internal().send('POST', path, { raw: `{"reason":"${'x'.repeat(200_000)}"}` })).status).toBe(
      413,
    );
    expect((await internal().send('POST', path, { raw: '{"points' })).status).toBe(400);
    expect((await internal().send('POST', path, { raw: '[1,2]' })).status).toBe(400);
    expect((await internal().send('POST', path, { raw: 'null' })).status).toBe(400);
    expect(
      (await internal().send('POST', '/api/v1/points/profiles/abc/earn_points/', { body: {} })).status,
    ).toBe(404);
    expect((await internal().send('GET', '/api/v1/points/nothing/')).status).toBe(404);
  });

  test('metrics count what moved', async () => {
    await earn(12);
    await eventually(async () =>
      expect(await kit.metrics()).toMatch(
        /membership_points_moved_total\{type="earn",service="points"\} \d+/,
      ),
    );
  });
});
