import {
  captureHold,
  earnPoints,
  listHolds,
  listTenantHolds,
  placeHold,
  releaseHold,
  updateProfile,
} from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
let member: number;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  member = await ledger.aMember();
  await ledger.earn(member, 500);
});
afterEach(async () => expect(await ledger.faults(1)).toEqual([]));
const aboutMember = ({ subject }: { subject: string }) => subject === String(member);
const balances = async () => {
  const {
    total_points: total,
    available_points: available,
    frozen_points: frozen,
  } = await ledger.profile(member);
  return { total, available, frozen };
};

test('a hold lowers what is available, not the total, and is announced', async () => {
  const { status, body } = await ledger.hold(member, 300, {
    reason: '订单待支付',
    source_type: 'order',
    source_id: 7,
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.any(Number),
    member,
    status: 'held',
    points_amount: 300,
    captured_points: 0,
    released_points: 0,
    category: 'feature_unlock',
    reason: '订单待支付',
    source_type: 'order',
    source_id: 7,
    expires_at: expect.any(String),
    record_id: null,
    created_at: expect.any(String),
    settled_at: null,
  });
  expect(new Date(body.expires_at).getTime() - new Date(body.created_at).getTime()).toBe(30 * 60_000);
  expect(await balances()).toEqual({ total: 500, available: 200, frozen: 300 });
  expect((await ledger.spend(member, 201)).body.error.details).toEqual({
    required_points: 201,
    available_points: 200,
    shortage: 1,
  });
  expect(await ledger.kit.heardOne('points.held.v1', aboutMember)).toMatchObject({
    tenantid: 1,
    data: { holdId: body.id, points: 300, availableAfter: 200, frozenAfter: 300, sourceId: 7 },
  });
  expect(await ledger.records(member)).toHaveLength(1);
});

test('captured in whole: one spend record that names the hold, told as spent and as captured', async () => {
  const { body: hold } = await ledger.hold(member, 300);
  const { status, body } = await ledger.capture(hold.id);
  expect(status).toBe(200);
  expect(body).toEqual({
    success: true,
    message: '成功扣除 300 冻结积分',
    id: hold.id,
    status: 'captured',
    captured_points: 300,
    released_points: 0,
    record_id: expect.any(Number),
    new_total_points: 200,
    remaining_points: 200,
    timestamp: expect.any(String),
  });
  expect((await ledger.records(member))[0]).toMatchObject({
    id: body.record_id,
    point_type: 'spend',
    points: -300,
    category: 'feature_unlock',
    hold_id: hold.id,
  });
  await ledger.kit.heardOne('points.spent.v1', aboutMember);
  expect(await ledger.kit.heardOne('points.captured.v1', aboutMember)).toMatchObject({
    data: { capturedPoints: 300, releasedPoints: 0, balanceAfter: 200, frozenAfter: 0 },
  });
});

test('captured in part: the rest is available again', async () => {
  const { body: hold } = await ledger.hold(member, 300);
  expect((await ledger.capture(hold.id, 301)).body.error.details).toEqual({
    points_amount: ['不能超过冻结的 300 积分'],
  });
  expect((await ledger.capture(hold.id, 120)).body).toMatchObject({
    captured_points: 120,
    released_points: 180,
    new_total_points: 380,
    remaining_points: 380,
  });
  expect(await balances()).toEqual({ total: 380, available: 380, frozen: 0 });
});

test('released: nothing was spent', async () => {
  const { body: hold } = await ledger.hold(member, 500);
  expect((await ledger.release(hold.id)).body).toMatchObject({
    success: true,
    message: '成功释放 500 冻结积分',
    status: 'released',
    record_id: null,
    remaining_points: 500,
  });
  expect(await ledger.kit.heardOne('points.released.v1', aboutMember)).toMatchObject({
    data: { reason: 'released', points: 500 },
  });
});

test('a hold is settled once, also when ten try at once', async () => {
  const { body: hold } = await ledger.hold(member, 100);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => (index % 2 ? ledger.capture(hold.id) : ledger.release(hold.id))),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const refused = answers.find(({ status }) => status !== 200);
  expect([refused?.status, refused?.body.error.code]).toEqual([409, 'INVALID_STATE']);
  expect(refused?.body.error.details).toMatchObject({ allowed_actions: [] });
});

test('of 20 holds of 100 at once that share 500, five stand', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => ledger.hold(member, 100)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
  expect(await balances()).toEqual({ total: 500, available: 0, frozen: 500 });
});

test('it expires by itself, and the next write sees that before any job', async () => {
  const { body: hold } = await ledger.hold(member, 500);
  await ledger.endNow(member, { hold: hold.id });
  expect((await ledger.spend(member, 500)).status).toBe(200);
  expect((await ledger.capture(hold.id)).body.error).toMatchObject({
    code: 'INVALID_STATE',
    details: { current_state: 'expired' },
  });
  expect(await ledger.kit.heardOne('points.released.v1', aboutMember)).toMatchObject({
    data: { reason: 'expired' },
  });
});

test('a job ends what nobody writes to', async () => {
  const { body: hold } = await ledger.hold(member, 200);
  await ledger.endNow(member, { hold: hold.id });
  await eventually(async () => expect(await balances()).toEqual({ total: 500, available: 500, frozen: 0 }));
  const { items } = await ledger.admin().ask(listHolds, { params: { id: String(member) } });
  expect(items).toMatchObject([{ id: hold.id, status: 'expired', released_points: 200 }]);
});

test('held lots last as long as the hold: a capture may spend them, a release lets them end at once', async () => {
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  const { body: lot } = await ledger.earn(member, 100, { expires_at: soon });
  const [first, second] = [await ledger.hold(member, 60), await ledger.hold(member, 40)];
  await ledger.endNow(member, { lot: lot.record_id });
  await ledger.earn(member, 1);
  expect(await balances()).toEqual({ total: 601, available: 501, frozen: 100 });
  expect((await ledger.capture(first.body.id, 50)).body).toMatchObject({
    new_total_points: 541,
    remaining_points: 501,
  });
  expect((await ledger.release(second.body.id)).body).toMatchObject({
    new_total_points: 501,
    remaining_points: 501,
  });
  expect((await ledger.profile(member)).points_expired_total).toBe(50);
});

test('disabled points refuse a new hold, not the end of one', async () => {
  const [one, two] = [await ledger.hold(member, 100), await ledger.hold(member, 100)];
  await ledger
    .admin()
    .ask(updateProfile, { params: { id: String(member) }, body: { is_points_enabled: false } });
  expect((await ledger.hold(member, 1)).body.error.code).toBe('POINTS_DISABLED');
  expect((await ledger.capture(one.body.id)).status).toBe(200);
  expect((await ledger.release(two.body.id)).status).toBe(200);
});

test('the same key gives the first hold once more; a category that does not spend, a past end and an unknown field are 400', async () => {
  const path = `/api/v1/points/profiles/${member}/holds/`;
  const send = (body: unknown, key?: string) =>
    ledger.as().send('POST', path, { body, headers: key ? { 'idempotency-key': key } : {} });
  const body = { points_amount: 10, category: 'vip_upgrade' };
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(body, `hold-${member}`)));
  expect(new Set(answers.map(({ body: hold }) => hold.id)).size).toBe(1);
  expect((await send({ ...body, points_amount: 11 }, `hold-${member}`)).status).toBe(422);
  for (const [wrong, field] of [
    [{ category: 'login' }, 'category'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ expires_at: null }, 'expires_at'],
    [{ points_amount: 0 }, 'points_amount'],
    [{ surprise: 1 }, 'surprise'],
  ] as const) {
    const answer = await send({ ...body, ...wrong });
    expect([answer.status, Object.keys(answer.body.error.details)]).toEqual([400, [field]]);
  }
  expect(await balances()).toEqual({ total: 500, available: 490, frozen: 10 });
});

test('members may not hold; another tenant’s hold is not there', async () => {
  const { body: hold } = await ledger.hold(member, 10);
  const params = { id: String(hold.id) };
  expect(
    (
      await ledger.as({ userId: member }).call(placeHold, {
        params: { id: String(member) },
        body: { points_amount: 1, category: 'vip_upgrade' },
      })
    ).status,
  ).toBe(403);
  for (const role of ['internal', 'admin'] as const) {
    const other = ledger.as({ role, tenantId: 2 });
    expect((await other.call(captureHold, { params, body: {} })).status).toBe(404);
    expect((await other.call(releaseHold, { params })).status).toBe(404);
    expect((await other.call(listHolds, { params: { id: String(member) } })).status).toBe(404);
  }
  expect(
    (await ledger.admin().ask(listHolds, { params: { id: String(member) }, query: { status: 'held' } }))
      .count,
  ).toBe(1);
});

test('holds of all members are listed by state and member; not those of another tenant', async () => {
  const own = await ledger.kit.aTenant({});
  const [one, two] = [await ledger.aMember(own), await ledger.aMember(own)];
  const internal = ledger.as({ role: 'internal', tenantId: own });
  for (const id of [one, two])
    await internal.ask(earnPoints, {
      params: { id: String(id) },
      body: { points_amount: 100, category: 'license' },
    });
  const held = async (id: number) =>
    internal.ask(placeHold, {
      params: { id: String(id) },
      body: { points_amount: 10, category: 'vip_upgrade' },
    });
  const [first, second, third] = [await held(one), await held(two), await held(two)];
  await internal.ask(releaseHold, { params: { id: String(second.id) } });
  const admin = ledger.as({ role: 'admin', tenantId: own });
  const ids = async (query: object) =>
    (await admin.ask(listTenantHolds, { query })).items.map(({ id }) => id);
  expect(await ids({})).toEqual([third.id, second.id, first.id]);
  expect(await ids({ ordering: 'created_at', page_size: 1 })).toEqual([first.id]);
  expect(await Promise.all([ids({ status: 'held' }), ids({ status: 'held' })])).toEqual([
    [third.id, first.id],
    [third.id, first.id],
  ]);
  expect(await ids({ status: 'released', member: two })).toEqual([second.id]);
  expect(await ids({ member: 999_999 })).toEqual([]);
  expect((await ledger.as({ userId: one, tenantId: own }).call(listTenantHolds, {})).status).toBe(403);
  expect(
    (await ledger.as({ role: 'admin', tenantId: 2 }).ask(listTenantHolds, { query: { member: one } })).count,
  ).toBe(0);
  for (const query of [{ status: 'lost' }, { member: 'x' }, { ordering: 'points' }])
    expect((await admin.call(listTenantHolds, { query: query as never })).status).toBe(400);
});

test('who looks at a profile whose hold or lot has ended sees it ended, before any job', async () => {
  const quiet = await startLedgerKit({ EXPIRY_JOB_SECONDS: '3600' });
  try {
    const one = await quiet.aMember();
    const { body: earned } = await quiet.earn(one, 100);
    const { body: hold } = await quiet.hold(one, 40);
    await quiet.endNow(one, { hold: hold.id });
    // The list of all members writes nothing, and says the same.
    const listed = async (status: 'held' | 'expired') =>
      (await quiet.as({ role: 'admin' }).ask(listTenantHolds, { query: { status, member: one } })).items;
    expect(await listed('held')).toEqual([]);
    expect(await listed('expired')).toMatchObject([
      { id: hold.id, status: 'expired', released_points: 40, settled_at: expect.any(String) },
    ]);
    const params = { id: String(one) };
    expect((await quiet.as().ask(listHolds, { params })).items).toMatchObject([{ status: 'expired' }]);
    expect(await quiet.profile(one)).toMatchObject({ available_points: 100, frozen_points: 0 });
    await quiet.endNow(one, { lot: earned.record_id });
    expect(await quiet.profile(one)).toMatchObject({ total_points: 0, points_expired_total: 100 });
    const expired = await quiet.kit.heardOne('points.expired.v1');
    expect(expired.actor).toBe('system:points');
    expect(await quiet.faults()).toEqual([]);
  } finally {
    await quiet.stop();
  }
});
