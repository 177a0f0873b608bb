/** A profile of very many lots: what is taken is found piece by piece, in the same order, and ends in several transactions. */
import {
  batchPoints,
  expirePoints,
  getExpiringPoints,
  getMemberProfile,
} from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';
import { endLots } from './stored-lots.ts';

let ledger: LedgerKit;
let member: number;
beforeAll(async () => {
  ledger = await startLedgerKit({ EXPIRY_JOB_SECONDS: '3600' });
  member = await ledger.aMember();
  await ledger.admin().ask(batchPoints, {
    body: {
      operation_type: 'EARN',
      reason: 'many',
      users: Array.from({ length: 1_000 }, () => ({ user_id: member, points: 2 })),
    },
  });
  await ledger.earn(member, 500, { expires_at: null });
});
afterAll(() => ledger?.stop());
afterEach(async () => expect(await ledger.faults()).toEqual([]));

const mine = () => ledger.kit.as({ userId: member });
const lots = async () => (await ledger.lots(member)).filter(({ remaining }) => remaining > 0);

test('what the soonest day takes counts all that end on it, and so does the forecast', async () => {
  const { body } = await ledger.earn(member, 7);
  const { body: hold } = await ledger.hold(member, 3);
  expect((await mine().ask(getMemberProfile, {})).points).toMatchObject({ expiring_points: 2_004 });
  await ledger.release(hold.id);
  expect((await mine().ask(getMemberProfile, {})).points).toMatchObject({ expiring_points: 2_007 });
  const years = { params: { id: String(member) }, query: { days: '731' } };
  const forecast = await mine().call(getExpiringPoints, years);
  expect([forecast.status, forecast.body]).toMatchObject([
    200,
    { total_points: 2_007, by_day: [{ points: 2_007 }], without_end: 500 },
  ]);
  await ledger.cancel(body.record_id);
});

test('a spending takes the soonest to end, however many it needs, and gives them back', async () => {
  const before = await lots();
  const { body } = await ledger.spend(member, 701);
  expect((await lots()).map(({ _id, remaining }) => [_id, remaining])).toEqual(
    before.slice(350).map(({ _id, remaining }, index) => [_id, index === 0 ? 1 : remaining]),
  );
  expect((await ledger.cancel(body.record_id)).status).toBe(200);
  expect(await lots()).toEqual(before.map((lot, index) => (index <= 350 ? { ...lot, expired: 0 } : lot)));
});

test('a hold sets the soonest to end aside; what is spent meanwhile comes after them', async () => {
  const before = await lots();
  const { body: hold } = await ledger.hold(member, 400);
  await ledger.spend(member, 2);
  const after = await lots();
  expect(after.slice(0, 200).every(({ held, remaining }) => held === remaining)).toBe(true);
  expect(after[200]?._id).toBe(before[201]?._id);
  await ledger.capture(hold.id, 100);
  expect(await ledger.profile(member)).toMatchObject({ available_points: 2_398, frozen_points: 0 });
});

test('many earn and spend at once, those of many lots and those of few', async () => {
  const others = await Promise.all([1, 2, 3, 4].map(() => ledger.aMember()));
  await Promise.all(others.map((one) => ledger.earn(one, 50)));
  const answers = await Promise.all(
    [member, ...others, member, ...others].map((one) => ledger.spend(one, 25)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
});

test('they end in several transactions, and the job is not done before all have', async () => {
  const past = new Date();
  const by = (name: string) => ledger.kit.connection.collection<{ _id: number }>(name);
  const ending = (await lots()).filter(({ endsAt }) => endsAt.getUTCFullYear() < 9_999);
  await endLots(ledger.kit.connection, ending, past);
  await by('profiles').updateOne({ _id: member }, { $set: { nextExpiryAt: past } });
  await eventually(async () =>
    expect((await ledger.admin().call(expirePoints, {})).body).toMatchObject({ is_complete: true }),
  );
  expect(await ledger.profile(member)).toMatchObject({ available_points: 500 });
  const records = await by('records')
    .find({ memberId: member, type: 'expire' } as never)
    .toArray();
  expect(records).toHaveLength(ending.length);
  const moments = new Set(
    records.map((record) => (record as unknown as { createdAt: Date }).createdAt.getTime()),
  );
  expect(moments.size).toBeGreaterThan(1);
});
