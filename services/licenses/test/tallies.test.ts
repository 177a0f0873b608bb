/** The figures under the reports: kept right by many writers at once, counted again, read by indexes. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { auditTallies } from '../src/reports/audit-tallies.ts';
import { rebuildTallies } from '../src/reports/count-again.ts';
import { licensesService } from '../src/service.ts';
import { aHouse, device } from './builders.ts';
import { rowsOf, usage } from './report-kit.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
});
afterEach(async () => expect((await auditTallies(kit.connection)).faults).toEqual([]));
afterAll(() => kit.stop());

test('many writers at once are all counted; counting again comes to the same', async () => {
  const house = await aHouse(kit);
  const license = await house.aLicense({ max_activations: 200 });
  const mine = await Promise.all(
    Array.from({ length: 24 }, () => house.anAssignment({ licenseId: license.id })),
  );
  await Promise.all(
    mine.flatMap(({ client, assignmentId }) =>
      ['a', 'b'].map((name) =>
        client.ask(contracts.activateLicense, {
          params: { assignment_id: String(assignmentId) },
          body: device(name),
        }),
      ),
    ),
  );
  await Promise.all(
    mine.slice(0, 12).map(({ client, assignmentId }) =>
      client.ask(contracts.unbindDevice, {
        params: { assignment_id: String(assignmentId) },
        body: { device_id: 'a' },
      }),
    ),
  );
  const [row] = await rowsOf(house);
  expect(row).toMatchObject({ assignments: 24, activations: 24, active_devices: 36 });
  const before = (await usage(house, { group_by: 'user', page_size: 100 })).body.data;
  await rebuildTallies(kit.connection);
  await kit.restart();
  const admin = kit.as({ role: 'admin', tenantId: house.tenantId, userId: 3 });
  const after = await admin.ask(contracts.reportLicenseUsage, {
    query: { group_by: 'user', page_size: 100 },
  });
  expect(after.totals).toEqual(before.totals);
});

test('no report reads a line for each assignment: each runs on an index that leads with the tenant', async () => {
  const plan = async (collection: string, filter: object, sort: object) =>
    JSON.stringify(
      (
        await kit.connection
          .collection(collection)
          .find({ tenantId: 100, ...filter })
          .sort(sort as never)
          .explain('queryPlanner')
      ).queryPlanner.winningPlan,
    );
  const now = new Date();
  for (const told of [
    await plan('plan_days', { day: { $gte: '2026-01-01' } }, {}),
    await plan('member_days', { memberId: { $in: [1, 2] }, day: { $gte: '2026-01-01' } }, {}),
    await plan('member_activity', { lastEventAt: { $gte: now } }, { lastEventAt: -1, memberId: -1 }),
    await plan('member_activity', {}, { lastUsedAt: 1, memberId: 1 }),
    await plan('assignments', { isOpen: true, expiresAt: { $gt: now } }, { expiresAt: 1 }),
  ]) {
    expect(told).toContain('IXSCAN');
    expect(told).toContain('"keyPattern":{"tenantId":1');
    expect(told).not.toMatch(/COLLSCAN|"SORT"/);
  }
});
