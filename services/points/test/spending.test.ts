/** Spending and adjusting: seed 001 word for word; points that end; repeated requests. */
import { getProfile, listPointsRecords, spendPoints } from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { earn, internal, kit, member, spend } from './one-member.ts';
import { endLots, storedLots } from './stored-lots.ts';

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
    const lots = await storedLots(kit.connection, member);
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
    const ending = (await storedLots(kit.connection, member)).filter(({ initial }) => initial === 100);
    await endLots(kit.connection, ending, past);
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
  await endLots(kit.connection, await storedLots(kit.connection, member), past);
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
    const other = await keyed(`k2-${member}`, { ...body, points_amount: 11 });
    expect([other.status, other.body.error]).toMatchObject([
      422,
      {
        code: 'IDEMPOTENCY_CONFLICT',
        message: expect.stringContaining('请求体'),
        details: { differs_in: 'body', used_at: expect.any(String) },
      },
    ]);
    const elsewhere = await internal().send('POST', `/api/v1/points/profiles/${member}/spend_points/`, {
      body,
      headers: { 'idempotency-key': `k2-${member}` },
    });
    expect([elsewhere.status, elsewhere.body.error.details.differs_in]).toEqual([422, 'path']);
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
