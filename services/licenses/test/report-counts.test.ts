/** What summaries say where there are more than are counted, and who is listed whom the totals include. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { idleWithDevices } from '../src/reports/report-repository.ts';
import { licensesService } from '../src/service.ts';
import { aHouse } from './builders.ts';
import { rowsOf, usage } from './report-kit.ts';

const DAY = 86_400_000;
let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
});
afterAll(() => kit.stop());

const inDays = (days: number) => new Date(Date.now() + days * DAY);
const many = <T extends object>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test('of more than are counted each severity is counted on its own, and the rest is not nothing', async () => {
  const house = await aHouse(kit);
  const { assignmentId } = await house.anAssignment();
  const rows = kit.connection.collection<{ _id: number }>('assignments');
  const row = await rows.findOne({ _id: assignmentId });
  const ending = (first: number, count: number, days: number) =>
    rows.insertMany(
      many(count, (index) => ({
        ...row,
        _id: first + index,
        memberId: first + index,
        expiresAt: inDays(days),
        ownExpiresAt: inDays(days),
      })),
    );
  await ending(20_000_000, 10_001, 5);
  await ending(21_000_000, 10_001, 20);
  await ending(22_000_000, 7, 60);
  const summaryOf = async (alert_days: number) =>
    (await house.admin.call(contracts.reportExpiryAlerts, { query: { alert_days } })).body.data.summary;
  expect(await summaryOf(30)).toEqual({ critical: 10_000, warning: 10_000, notice: 0, is_estimate: true });
  expect(await summaryOf(90)).toEqual({ critical: 10_000, warning: 10_000, notice: 7, is_estimate: true });
  expect(await summaryOf(6)).toEqual({ critical: 10_000, warning: 0, notice: 0, is_estimate: true });
});

test('of more members than are counted the inactive ones are counted on their own', async () => {
  const house = await aHouse(kit);
  const activity = kit.connection.collection<{ _id: string }>('member_activity');
  const members = (first: number, count: number, lastUsedAt: Date | null) =>
    activity.insertMany(
      many(count, (index) => ({
        _id: `${house.tenantId}:${first + index}`,
        tenantId: house.tenantId,
        memberId: first + index,
        openAssignments: 1,
        boundDevices: 0,
        lastUsedAt,
        lastEventAt: inDays(-40),
      })),
    );
  await members(30_000_000, 10_001, inDays(-1));
  await members(31_000_000, 50, inDays(-60));
  await members(32_000_000, 5, null);
  const { summary } = (await house.admin.call(contracts.reportUserActivity, {})).body.data;
  expect(summary).toEqual({
    members: 10_000,
    active_members: 10_000,
    inactive_members: 55,
    is_estimate: true,
  });
  // Idle members with devices, whom the report on usage lists, are found without going through those without.
  const explained = await kit.connection
    .collection('member_activity')
    .find({ ...idleWithDevices(inDays(-30)), tenantId: house.tenantId } as never)
    .sort({ lastEventAt: -1, memberId: -1 })
    .limit(20)
    .explain('executionStats');
  expect(explained.executionStats.totalKeysExamined).toBeLessThan(100);
});

test('usage by user lists who is idle and has devices bound, after those of whom something was heard', async () => {
  const house = await aHouse(kit);
  const [idle, gone, busy] = [
    await house.anAssignment(),
    await house.anAssignment(),
    await house.anAssignment(),
  ];
  for (const { client, assignmentId } of [idle, gone, busy])
    await client.ask(contracts.activateLicense, {
      params: { assignment_id: String(assignmentId) },
      body: { device_info: { device_id: 'pc' } },
    });
  await gone.client.ask(contracts.unbindDevice, {
    params: { assignment_id: String(gone.assignmentId) },
    body: { device_id: 'pc' },
  });
  const long = inDays(-90);
  const activity = kit.connection.collection<{ memberId: number }>('member_activity');
  await activity.updateMany(
    { memberId: { $in: [idle.memberId, gone.memberId] } },
    { $set: { lastEventAt: long } },
  );
  const { rows, totals, page_info } = (await usage(house, { group_by: 'user' })).body.data;
  expect(rows.map(({ key }: { key: number }) => key)).toEqual([busy.memberId, idle.memberId]);
  expect([
    totals.active_devices,
    rows.reduce((sum: number, row: { active_devices: number }) => sum + row.active_devices, 0),
    page_info.total_pages,
  ]).toEqual([2, 2, 1]);
  for (const [page, expected] of [
    [1, [busy.memberId]],
    [2, [idle.memberId]],
    [3, []],
  ] as const)
    expect(
      (await rowsOf(house, { group_by: 'user', page, page_size: 1 })).map(({ key }: { key: number }) => key),
    ).toEqual(expected);
});
