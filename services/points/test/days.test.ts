/** Days of a member: limits begin anew with each, and the summary counts them all. */
import { adjustPoints, earnPoints, getProfileSummary } from '@membership/contracts/endpoints/points/index';
import { tenantUpdated } from '@membership/contracts/events/gateway';
import { dayOf, plusDays, startOfDay } from '@membership/platform/calendar';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const ZONE = 'Asia/Shanghai';
let ledger: LedgerKit;
beforeAll(() => clearOfMidnight('Pacific/Kiritimati'));
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());

/** Lets everything that the member did happen a day earlier; returns that day. */
async function aDayLater(member: number): Promise<string> {
  const by = (name: string) => ledger.kit.connection.collection<{ _id: number }>(name);
  const profile = await by('profiles').findOne({ _id: member });
  const day = plusDays((profile as unknown as { today: { day: string } }).today.day, -1);
  await by('profiles').updateOne({ _id: member }, { $set: { 'today.day': day } });
  await by('records').updateMany({ memberId: member }, { $set: { createdAt: startOfDay(ZONE, day) } });
  return day;
}
const summary = (member: number) =>
  ledger.as().ask(getProfileSummary, { params: { id: String(member) }, query: { days: 7 } });

test('a new day begins its limit anew; the day before is kept, and what undoes a record counts on its day', async () => {
  const member = await ledger.aMember();
  const first = await ledger.earn(member, 40, { category: 'login' });
  await ledger.earn(member, 100);
  await ledger.spend(member, 30);
  expect((await ledger.earn(member, 11, { category: 'login' })).body.error.code).toBe('DAILY_LIMIT_EXCEEDED');
  const yesterday = await aDayLater(member);
  const today = dayOf(ZONE, new Date());
  expect((await summary(member)).earned.by_day).toEqual([{ date: yesterday, points: 140 }]);

  expect((await ledger.earn(member, 50, { category: 'login' })).status).toBe(200);
  expect((await ledger.earn(member, 1, { category: 'login' })).body.error).toMatchObject({
    code: 'DAILY_LIMIT_EXCEEDED',
    details: { daily_limit: 50, earned_today: 50 },
  });
  expect(await summary(member)).toMatchObject({
    earned: {
      total: 190,
      by_category: { login: 90, license: 100 },
      by_day: [
        { date: today, points: 50 },
        { date: yesterday, points: 140 },
      ],
    },
    spent: { total: 30, by_day: [{ date: yesterday, points: 30 }] },
  });

  expect((await ledger.cancel(first.body.record_id)).status).toBe(200);
  expect((await summary(member)).earned.by_day).toEqual([
    { date: today, points: 50 },
    { date: yesterday, points: 100 },
  ]);
  expect((await ledger.earn(member, 1, { category: 'login' })).body.error.code).toBe('DAILY_LIMIT_EXCEEDED');
  expect(await ledger.faults()).toEqual([]);
});

test('a tenant that moves to an earlier zone does not begin its members’ day anew', async () => {
  const { kit } = ledger;
  const tenant = { tenantId: 3, code: 'isles', name: 'Isles', locale: 'zh-CN', isActive: true };
  await kit.aTenant({ ...tenant, timezone: 'Pacific/Kiritimati' });
  const member = await ledger.aMember(3);
  const earn = (points_amount: number) =>
    kit.as({ role: 'internal', tenantId: 3 }).call(earnPoints, {
      params: { id: String(member) },
      body: { points_amount, category: 'login' },
    });
  expect((await earn(50)).status).toBe(200);
  expect((await earn(1)).status).toBe(409);
  const profiles = kit.connection.collection<{ _id: number; today: { day: string } }>('profiles');
  const before = await profiles.findOne({ _id: member });
  expect(before?.today.day).toBe(dayOf('Pacific/Kiritimati', new Date()));

  // 25 hours behind: there it is always a day or two earlier.
  await kit.publish(tenantUpdated, {
    tenantId: 3,
    subject: 3,
    data: { ...tenant, timezone: 'Pacific/Pago_Pago' },
  });
  await eventually(async () => {
    await ledger.kit.as({ role: 'admin', tenantId: 3 }).ask(adjustPoints, {
      params: { id: String(member) },
      body: { points_amount: 1, reason: '更正' },
    });
    expect(
      await kit.connection.collection<{ _id: number }>('directory_tenants').findOne({ _id: 3 }),
    ).toMatchObject({ timezone: 'Pacific/Pago_Pago' });
  });
  expect((await earn(1)).body.error.code).toBe('DAILY_LIMIT_EXCEEDED');
  expect((await profiles.findOne({ _id: member }))?.today.day).toBe(before?.today.day);
  expect(await ledger.faults(3)).toEqual([]);
});
