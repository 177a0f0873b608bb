import { cancelPointsRecord, summarizePointsRecords } from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
let member: number;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  member = await ledger.aMember();
});
afterEach(async () => expect(await ledger.faults(1)).toEqual([]));
const aboutMember = ({ subject }: { subject: string }) => subject === String(member);
const lots = (id = member) => ledger.lots(id);
const daysLeft = (lot: { readonly endsAt: Date } | undefined) =>
  Math.round((Number(lot?.endsAt) - Date.now()) / 86_400_000);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

test('a spend is undone by an opposite record, and its lots are refilled', async () => {
  await ledger.earn(member, 100, { expires_at: inDays(10) });
  await ledger.earn(member, 100, { expires_at: inDays(20) });
  const { body: spent } = await ledger.spend(member, 150);
  const { status, body } = await ledger.cancel(spent.record_id, '重复扣费');
  expect(status).toBe(200);
  expect(body).toEqual({
    success: true,
    message: '积分记录已取消',
    record_id: expect.any(Number),
    cancelled_record_id: spent.record_id,
    points_reversed: 150,
    points_owed: 0,
    new_total_points: 200,
    remaining_points: 200,
    level_change: { upgraded: false, previous_level: '青铜会员', current_level: '青铜会员' },
    timestamp: expect.any(String),
  });
  expect((await lots()).map(({ remaining }) => remaining)).toEqual([100, 100]);
  const [opposite, cancelled] = await ledger.records(member);
  expect(opposite).toMatchObject({
    point_type: 'spend',
    category: 'vip_upgrade',
    points: 150,
    operation_reason: '重复扣费',
    reverses_record_id: spent.record_id,
    status: 'active',
  });
  expect(cancelled).toMatchObject({ id: spent.record_id, points: -150, status: 'cancelled' });
  expect(await ledger.profile(member)).toMatchObject({
    points_earned_total: 200,
    points_spent_total: 0,
    points_summary: { earned: { total: 200 }, spent: { total: 0, categories: {} } },
  });
  expect(await ledger.kit.heardOne('points.reversed.v1', aboutMember)).toMatchObject({
    actor: 'user:1',
    data: {
      reversedRecordId: spent.record_id,
      points: 150,
      counter: 'spent',
      owedPoints: 0,
      reason: '重复扣费',
    },
  });
});

test('once, and not a reversal itself, whoever tries at once', async () => {
  await ledger.earn(member, 100);
  const { body: spent } = await ledger.spend(member, 60);
  const answers = await Promise.all(Array.from({ length: 8 }, () => ledger.cancel(spent.record_id)));
  const done = answers.filter(({ status }) => status === 200);
  expect(done).toHaveLength(1);
  expect(answers.find(({ status }) => status === 409)?.body.error).toMatchObject({
    code: 'INVALID_STATE',
    details: { current_state: 'cancelled', allowed_actions: [] },
  });
  expect((await ledger.cancel(done[0]?.body.record_id)).status).toBe(409);
  expect((await ledger.profile(member)).total_points).toBe(100);
});

test('an earning is taken back: first what is left of it, then of others; the rest is owed and taken from what comes in next', async () => {
  const { body: earned } = await ledger.earn(member, 100, { expires_at: inDays(1) });
  await ledger.earn(member, 30);
  await ledger.spend(member, 110);
  expect((await ledger.cancel(earned.record_id)).body).toMatchObject({
    points_reversed: -20,
    points_owed: 80,
    new_total_points: 0,
  });
  expect(await ledger.profile(member)).toMatchObject({ owed_points: 80, points_earned_total: 110 });
  expect((await ledger.earn(member, 50)).body).toMatchObject({
    actual_points_added: 50,
    new_total_points: 0,
  });
  expect((await ledger.earn(member, 50)).body).toMatchObject({ new_total_points: 20 });
  expect(await ledger.profile(member)).toMatchObject({ owed_points: 0, points_earned_total: 130 });
  const [second, , first] = await ledger.records(member);
  expect([first, second]).toMatchObject([
    { points: -50, point_type: 'earn', reverses_record_id: earned.record_id },
    { points: -30, point_type: 'earn', reverses_record_id: earned.record_id },
  ]);
  const told = () =>
    ledger.kit.heard.filter((fact) => fact.type === 'points.reversed.v1' && aboutMember(fact));
  await eventually(() =>
    expect(told().map(({ data }) => [data.points, data.owedPoints, data.isRemainder])).toEqual([
      [-20, 80, false],
      [-50, 30, true],
      [-30, 0, true],
    ]),
  );
});

test('with nothing available all is owed, and there is no opposite record', async () => {
  const { body: earned } = await ledger.earn(member, 40);
  await ledger.hold(member, 40);
  expect((await ledger.cancel(earned.record_id)).body).toMatchObject({
    record_id: null,
    points_reversed: 0,
    points_owed: 40,
    new_total_points: 40,
    remaining_points: 0,
  });
});

test('a spend given back pays what is owed', async () => {
  const { body: earned } = await ledger.earn(member, 100);
  const { body: spent } = await ledger.spend(member, 60);
  expect((await ledger.cancel(earned.record_id)).body.points_owed).toBe(60);
  expect((await ledger.cancel(spent.record_id)).body).toMatchObject({
    points_reversed: 60,
    new_total_points: 0,
  });
  expect((await ledger.profile(member)).owed_points).toBe(0);
});

test('what has expired of an earning is not taken twice; an expiry undone lasts 30 days', async () => {
  const { body: earned } = await ledger.earn(member, 100, { expires_at: inDays(1) });
  await ledger.spend(member, 30);
  await ledger.endNow(member, { lot: earned.record_id });
  await ledger.earn(member, 200);
  const expired = (await ledger.records(member)).find(({ point_type }) => point_type === 'expire');
  expect(expired?.points).toBe(-70);
  expect((await ledger.cancel(expired?.id as number)).body).toMatchObject({
    points_reversed: 70,
    new_total_points: 270,
  });
  const [again] = (await lots()).filter(({ remaining }) => remaining === 70);
  expect(daysLeft(again)).toBe(30);
  // 30 were spent; the other 70 are there again.
  expect((await ledger.cancel(earned.record_id)).body).toMatchObject({
    points_reversed: -100,
    new_total_points: 170,
  });
});

test('an earning that expired in part is taken back without that part', async () => {
  const { body: earned } = await ledger.earn(member, 100, { expires_at: inDays(1) });
  await ledger.spend(member, 30);
  await ledger.endNow(member, { lot: earned.record_id });
  await ledger.earn(member, 200);
  expect((await ledger.cancel(earned.record_id)).body).toMatchObject({ points_reversed: -30 });
});

test('points given back to a lot that has ended get 30 days', async () => {
  const { body: earned } = await ledger.earn(member, 100, { expires_at: inDays(1) });
  const { body: spent } = await ledger.spend(member, 60);
  await ledger.endNow(member, { lot: earned.record_id });
  expect((await ledger.cancel(spent.record_id)).body).toMatchObject({ new_total_points: 60 });
  const [back] = (await lots()).filter(({ remaining }) => remaining > 0);
  expect(daysLeft(back)).toBe(30);
});

test('adjustments are undone in the total that they counted in; a reversed award may be earned again that day', async () => {
  await ledger.settings({ daily_limits: { login: 50 } });
  const { body: login } = await ledger.earn(member, 50, { category: 'login' });
  expect((await ledger.earn(member, 1, { category: 'login' })).status).toBe(409);
  await ledger.cancel(login.record_id);
  expect((await ledger.earn(member, 50, { category: 'login' })).status).toBe(200);
  const adjust = (points_amount: number, is_negative: boolean) =>
    ledger.admin().send('POST', `/api/v1/points/profiles/${member}/adjust_points/`, {
      body: { points_amount, is_negative, reason: '更正' },
    });
  const [up, down] = [await adjust(20, false), await adjust(30, true)];
  await ledger.cancel(down.body.record_id);
  await ledger.cancel(up.body.record_id);
  expect(await ledger.profile(member)).toMatchObject({
    total_points: 50,
    points_earned_total: 50,
    points_spent_total: 0,
  });
});

test('a captured hold is undone like a spend; a refund may raise the level', async () => {
  await ledger.earn(member, 1_000);
  const { body: hold } = await ledger.hold(member, 400);
  const { body: captured } = await ledger.capture(hold.id, 300);
  expect((await ledger.cancel(captured.record_id)).body).toMatchObject({
    points_reversed: 300,
    new_total_points: 1_000,
    level_change: { current_level: '白银会员' },
  });
});

test('only administrators cancel; a record of another tenant is not there; a reason is needed', async () => {
  const { body: earned } = await ledger.earn(member, 10);
  const call = { params: { id: String(earned.record_id) }, body: { reason: 'x' } };
  expect((await ledger.as({ userId: member }).call(cancelPointsRecord, call)).status).toBe(403);
  expect((await ledger.as().call(cancelPointsRecord, call)).status).toBe(403);
  expect((await ledger.as({ role: 'admin', tenantId: 2 }).call(cancelPointsRecord, call)).status).toBe(404);
  expect((await ledger.cancel(999_999_999)).status).toBe(404);
  expect((await ledger.cancel(earned.record_id, ' ')).status).toBe(400);
});

test('the same key cancels once', async () => {
  const { body: earned } = await ledger.earn(member, 10);
  const path = `/api/v1/points/points-records/${earned.record_id}/cancel/`;
  const init = { body: { reason: 'x' }, headers: { 'idempotency-key': `cancel-${member}` } };
  const [first, second] = [
    await ledger.admin().send('POST', path, init),
    await ledger.admin().send('POST', path, init),
  ];
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
});

test('the summary counts by type, category and status, and deducts reversals from the flow', async () => {
  await ledger.earn(member, 100);
  const { body: spent } = await ledger.spend(member, 30);
  await ledger.spend(member, 20);
  await ledger.cancel(spent.record_id);
  const query = { member: String(member) };
  const summary = await ledger.admin().ask(summarizePointsRecords, { query });
  expect(summary).toEqual({
    total_records: 4,
    by_type: { earn: 1, spend: 3, adjust: 0, expire: 0 },
    by_category: { license: 1, vip_upgrade: 3 },
    by_status: { active: 3, expired: 0, cancelled: 1 },
    total_points_flow: { earned: 100, spent: 20, net: 80 },
  });
  expect(
    await ledger.admin().ask(summarizePointsRecords, { query: { ...query, point_type: 'earn' } }),
  ).toMatchObject({ total_records: 1, total_points_flow: { earned: 100, spent: 0, net: 100 } });
  expect(await ledger.as({ userId: member }).ask(summarizePointsRecords, {})).toMatchObject({
    total_records: 4,
  });
  const other = await ledger.aMember();
  expect(await ledger.as({ userId: other }).ask(summarizePointsRecords, { query })).toMatchObject({
    total_records: 0,
  });
  expect(
    await ledger.as({ role: 'admin', tenantId: 2 }).ask(summarizePointsRecords, { query }),
  ).toMatchObject({ total_records: 0 });
});
