/** Days of a member: limits begin anew with each, and the summary counts them all. */
import { getProfileSummary } from '@membership/contracts/endpoints/points/index';
import { dayOf, plusDays, startOfDay } from '@membership/platform/calendar';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const ZONE = 'Asia/Shanghai';
let ledger: LedgerKit;
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
