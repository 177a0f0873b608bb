/** What a tenant has written it reads at once, through whichever process; and days of a zone whose clocks change. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { eventually } from '@membership/platform/testing/eventually';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type Replica, type ServiceKit } from '@membership/platform/testing/service-kit';
import { auditTallies } from '../src/reports/audit-tallies.ts';
import { licensesService } from '../src/service.ts';
import { aHouse, device } from './builders.ts';

let kit: ServiceKit;
let second: Replica;
beforeAll(() => clearOfMidnight('Asia/Shanghai'));
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  second = await kit.replica();
});
afterAll(async () => {
  await second?.stop();
  await kit.stop();
});

test('writes and reads in turn through two processes, each of which keeps its own answers', async () => {
  const house = await aHouse(kit);
  const admins = [house.admin, second.as({ role: 'admin', tenantId: house.tenantId, userId: 3 })];
  const { assignmentId, client, memberId } = await house.anAssignment({
    licenseId: (await house.aLicense({ max_activations: 100 })).id,
  });
  const members = [client, second.as({ role: 'member', tenantId: house.tenantId, userId: memberId })];
  const params = { assignment_id: String(assignmentId) };
  let bound = 0;
  for (let turn = 0; turn < 24; turn++) {
    const member = members[turn % 2] as typeof client;
    if (turn % 5 === 4) {
      await member.ask(contracts.unbindDevice, { params, body: { device_id: `d${turn - 1}` } });
      bound--;
    } else {
      await member.ask(contracts.activateLicense, { params, body: device(`d${turn}`) });
      bound++;
    }
    // The writer's own process and the other one, each grouping, as kept as it may be.
    for (const admin of admins)
      for (const group_by of ['product', 'plan', 'user', 'date'] as const) {
        const { rows, totals } = await admin.ask(contracts.reportLicenseUsage, { query: { group_by } });
        expect([turn, group_by, totals.active_devices, rows.at(-1)?.active_devices]).toEqual([
          turn,
          group_by,
          bound,
          bound,
        ]);
      }
    const mine = await (members[(turn + 1) % 2] as typeof client).ask(contracts.listMyLicenses, {});
    expect(mine.items[0]?.license_quota.current_activations).toBe(bound);
  }
});

test('an answer that is kept costs no figures: only names and the version are read', async () => {
  const house = await aHouse(kit);
  await house.anAssignment();
  const ask = () => house.admin.ask(contracts.reportLicenseUsage, { query: { group_by: 'date' } });
  const first = await ask();
  // Changed past the service, without a new version: what is kept is shown for five minutes.
  await kit.connection
    .collection('plan_days')
    .updateMany({ tenantId: house.tenantId, day: { $ne: 'all' } }, { $inc: { assigned: 5 } });
  expect(await ask()).toEqual(first);
  await house.anAssignment();
  expect((await ask()).totals.assignments).toBe(7);
});

test('an answer is kept no longer than is set, also in the process itself', async () => {
  for (const [seconds, isKept] of [
    ['0', false],
    ['1', true],
  ] as const) {
    const own = await startServiceKit(licensesService, {
      ...{ EXPIRY_JOB_SECONDS: '3600', LICENSE_STATISTICS_CACHE_SECONDS: seconds },
    });
    try {
      const there = await aHouse(own);
      await there.anAssignment();
      const ask = async () =>
        (await there.admin.ask(contracts.reportLicenseUsage, { query: { group_by: 'date' } })).totals
          .assignments;
      const add = () =>
        own.connection
          .collection('plan_days')
          .updateMany({ tenantId: there.tenantId, day: { $ne: 'all' } }, { $inc: { assigned: 5 } });
      expect(await ask()).toBe(1);
      await add();
      if (isKept) await eventually(async () => expect(await ask()).toBe(6));
      else expect(await ask()).toBe(6);
    } finally {
      await own.stop();
    }
  }
});

test.each([
  ['Europe/Berlin', '2026-03-28', ['2026-03-28', '2026-03-29', '2026-03-30'], [24, 23, 24]],
  ['America/New_York', '2025-11-01', ['2025-11-01', '2025-11-02', '2025-11-03'], [24, 25, 24]],
])(
  '%s: days with a change of clocks have their hours, and every day its row',
  async (timezone, from, days, hours) => {
    const tenantId = await kit.aTenant({ timezone });
    const house = await aHouse(kit, tenantId);
    const { assignmentId, memberId } = await house.anAssignment();
    const [first, last] = [new Date(`${from}T00:00:00Z`), new Date(`${from}T00:00:00Z`)];
    first.setUTCDate(first.getUTCDate() - 2);
    last.setUTCDate(last.getUTCDate() + 5);
    await kit.connection.collection<{ _id: number }>('usage_intervals').insertOne({
      ...{ _id: 8_000_000 + assignmentId, tenantId, assignmentId, memberId, deviceId: 'pc' },
      ...{ startedAt: first, endedAt: last },
    } as never);
    // As `npm run verify-licenses -- --mend` counts it.
    await auditTallies(kit.connection, { tenantId, mend: true });
    const { rows } = await house.admin.ask(contracts.reportLicenseUsage, {
      query: { group_by: 'date', date_from: days[0] as string, date_to: days[2] as string },
    });
    expect(rows.map(({ key, usage_hours }) => [key, usage_hours])).toEqual(
      days.map((day, index) => [day, hours[index]]),
    );
  },
);
