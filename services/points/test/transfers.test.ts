import {
  cancelPointsRecord,
  getPointsSettings,
  transferPoints,
  updatePointsSettings,
  updateProfile,
} from '@membership/contracts/endpoints/points/index';
import { migrations } from '../src/migrations.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
let giver: number;
let receiver: number;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  [giver, receiver] = [await ledger.aMember(), await ledger.aMember()];
  await ledger.settings({ transfers_enabled: true });
});
afterEach(async () => expect(await ledger.faults(1)).toEqual([]));
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const lotsOf = async (memberId: number) =>
  (await ledger.lots(memberId))
    .filter(({ remaining }) => remaining > 0)
    .map(({ remaining, endsAt }) => [remaining, endsAt.toISOString()]);

test('a transfer is one spending and one earning, keeps the ends of the points, and is told', async () => {
  const [soon, late] = [inDays(3), inDays(9)];
  await ledger.earn(giver, 40, { expires_at: soon });
  await ledger.earn(giver, 40, { expires_at: late });
  const { status, body } = await ledger.transfer(giver, receiver, 60);
  expect(status).toBe(200);
  expect(body).toEqual({
    success: true,
    message: '成功转出 60 积分',
    record_id: expect.any(Number),
    to_member: receiver,
    points_transferred: 60,
    new_total_points: 20,
    remaining_points: 20,
    timestamp: expect.any(String),
  });
  expect(await lotsOf(giver)).toEqual([[20, late]]);
  expect(await lotsOf(receiver)).toEqual([
    [40, soon],
    [20, late],
  ]);
  const [received] = await ledger.records(receiver);
  expect(received).toMatchObject({
    point_type: 'earn',
    category: 'transfer',
    points: 60,
    expires_at: late,
    source_type: 'transfer',
    source_id: body.record_id,
  });
  expect(
    await ledger.kit.heardOne('points.transferred.v1', ({ subject }) => subject === String(giver)),
  ).toMatchObject({
    data: { toProfileId: receiver, toRecordId: received?.id, points: 60, balanceAfter: 20 },
  });
});

test('cancelling either side undoes both; what the receiver has spent is owed', async () => {
  await ledger.earn(giver, 100);
  const { body } = await ledger.transfer(giver, receiver, 100);
  await ledger.spend(receiver, 70);
  const [, received] = await ledger.records(receiver);
  expect((await ledger.cancel(received?.id as number)).body).toMatchObject({
    points_reversed: -30,
    points_owed: 70,
    new_total_points: 0,
  });
  expect(await ledger.profile(giver)).toMatchObject({ total_points: 100, points_spent_total: 0 });
  expect((await ledger.cancel(body.record_id)).body.error.details.current_state).toBe('cancelled');
});

test('ten at once never give more than there is', async () => {
  await ledger.earn(giver, 50);
  const answers = await Promise.all(Array.from({ length: 10 }, () => ledger.transfer(giver, receiver, 10)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  expect((await ledger.profile(receiver)).total_points).toBe(50);
});

test('two who give to each other at once both succeed', async () => {
  await Promise.all([ledger.earn(giver, 50), ledger.earn(receiver, 50)]);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      index % 2 ? ledger.transfer(giver, receiver, 5) : ledger.transfer(receiver, giver, 5),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
});

test('refused: not allowed by the tenant, not one’s own, oneself, unknown, of another tenant, disabled, too much', async () => {
  await ledger.earn(giver, 50);
  const foreign = await ledger.aMember(2);
  const field = async (to: number) => (await ledger.transfer(giver, to, 1)).body.error.details;
  expect(await field(giver)).toEqual({ to_member: ['不能转给自己'] });
  expect(await field(999_999)).toEqual({ to_member: ['无效的会员ID'] });
  expect(await field(foreign)).toEqual({ to_member: ['无效的会员ID'] });
  expect((await ledger.transfer(giver, receiver, 51)).body.error.code).toBe('INSUFFICIENT_POINTS');
  const call = { params: { id: String(giver) }, body: { to_member: receiver, points_amount: 1 } };
  expect((await ledger.admin().call(transferPoints, call)).status).toBe(404);
  expect((await ledger.as({ userId: receiver }).call(transferPoints, call)).status).toBe(404);
  expect((await ledger.as().call(transferPoints, call)).status).toBe(403);
  await ledger
    .admin()
    .ask(updateProfile, { params: { id: String(receiver) }, body: { is_points_enabled: false } });
  expect((await ledger.transfer(giver, receiver, 1)).body.error.code).toBe('POINTS_DISABLED');
  await ledger.settings({ transfers_enabled: false });
  expect((await ledger.transfer(giver, receiver, 1)).body.error).toMatchObject({
    code: 'TRANSFERS_DISABLED',
    message: '该租户未启用积分转账',
  });
  expect((await ledger.profile(giver)).total_points).toBe(50);
});

test('settings are read, changed in part and checked, and others are told the rates', async () => {
  expect(await ledger.as({ role: 'admin', tenantId: 2 }).ask(getPointsSettings, {})).toEqual({
    default_expiry_days: 730,
    daily_limits: { login: 50 },
    own_earning_categories: [],
    own_spending_categories: [],
    level_policy: { basis: 'total', downgrade: 'none', review_days: 30 },
    hold_lifetime_minutes: 30,
    points_earned_per_currency_unit: 1,
    points_redeemed_per_currency_unit: 100,
    transfers_enabled: false,
  });
  const changed = await ledger.settings({
    own_earning_categories: ['birthday'],
    daily_limits: { birthday: 10 },
    points_redeemed_per_currency_unit: 50,
  });
  expect(changed).toMatchObject({ own_earning_categories: ['birthday'], hold_lifetime_minutes: 30 });
  expect((await ledger.earn(giver, 10, { category: 'birthday' })).status).toBe(200);
  expect((await ledger.earn(giver, 1, { category: 'birthday' })).body.error.code).toBe(
    'DAILY_LIMIT_EXCEEDED',
  );
  expect(
    await ledger.kit.heardOne(
      'points_settings.updated.v1',
      ({ data }) => data.pointsRedeemedPerCurrencyUnit === 50,
    ),
  ).toMatchObject({ tenantid: 1, subject: '1' });
  const refused = async (body: Record<string, unknown>) =>
    Object.keys(
      (await ledger.admin().send('PUT', '/api/v1/points/settings/', { body })).body.error?.details ?? {},
    );
  expect(await refused({ own_earning_categories: ['login'] })).toEqual(['own_earning_categories']);
  expect(await refused({ own_spending_categories: ['redemption'] })).toEqual(['own_spending_categories']);
  expect(await refused({ daily_limits: { nothing: 5 } })).toEqual(['daily_limits']);
  expect(await refused({ daily_limits: { login: 0 } })).toEqual(['daily_limits.login']);
  expect(await refused({ level_policy: { basis: 'total' } })).toEqual([
    'level_policy.downgrade',
    'level_policy.review_days',
  ]);
  expect((await ledger.as({ userId: giver }).call(updatePointsSettings, { body: {} })).status).toBe(403);
});

test('points received before they had a total of their own are counted by the migration, once or twice', async () => {
  await ledger.earn(giver, 100);
  await ledger.transfer(giver, receiver, 60);
  await ledger.transfer(giver, receiver, 30);
  const [last] = await ledger.records(receiver);
  await ledger
    .admin()
    .ask(cancelPointsRecord, { params: { id: String(last?.id) }, body: { reason: '更正' } });
  const profiles = ledger.kit.connection.collection<{ _id: number }>('profiles');
  await profiles.updateMany({}, { $unset: { receivedTotal: 1 } });
  expect(await ledger.faults(1)).not.toEqual([]);
  for (let times = 0; times < 2; times++) {
    for (const migration of migrations)
      await migration.run(ledger.kit.connection, new AbortController().signal);
    expect(await profiles.findOne({ _id: receiver })).toMatchObject({ receivedTotal: 60 });
    expect(await ledger.faults(1)).toEqual([]);
  }
});
