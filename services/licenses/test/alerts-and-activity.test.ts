/** The reports on what ends soon and on what members use. */
import { plusDays } from '@membership/platform/calendar';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { csvHeadingOf } from '@membership/platform/testing/csv-heading';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { auditTallies } from '../src/reports/audit-tallies.ts';
import { licensesService } from '../src/service.ts';
import { aHouse } from './builders.ts';
import { aUser, today } from './report-kit.ts';

let kit: ServiceKit;
beforeAll(() => clearOfMidnight('Asia/Shanghai'));
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
});
afterEach(async () => expect((await auditTallies(kit.connection)).faults).toEqual([]));
afterAll(() => kit.stop());

test('expiry alerts: what ends soon, the soonest first, with its severity', async () => {
  const house = await aHouse(kit);
  const ending = async (days: number | undefined) =>
    (await house.anAssignment({ body: days === undefined ? {} : { expires_days: days } })).assignmentId;
  const [far, soon, later] = [await ending(60), await ending(5), await ending(20)];
  await ending(undefined);
  const gone = await ending(3);
  await house.admin.ask(contracts.revokeAssignment, { params: { id: String(gone) }, body: {} });
  const alerts = (query = {}) => house.admin.call(contracts.reportExpiryAlerts, { query });
  const { body } = await alerts();
  const listed = await house.admin.call(contracts.listAssignments, { query: { ordering: 'expires_at' } });
  const rowOf = (id: number) => listed.body.data.results.find((row: { id: number }) => row.id === id);
  expect(body).toEqual({
    success: true,
    data: {
      count: 2,
      next: null,
      previous: null,
      alert_days: 30,
      summary: { critical: 1, warning: 1, notice: 0 },
      results: [
        { ...rowOf(soon), severity: 'critical' },
        { ...rowOf(later), severity: 'warning' },
      ],
      page_info: { current_page: 1, total_pages: 1, page_size: 20 },
    },
  });
  const all = (await alerts({ alert_days: 90 })).body.data;
  expect(all.results.map(({ id, severity }: { id: number; severity: string }) => [id, severity])).toEqual([
    [soon, 'critical'],
    [later, 'warning'],
    [far, 'notice'],
  ]);
  expect((await alerts({ alert_days: 6 })).body.data.summary).toEqual({ critical: 1, warning: 0, notice: 0 });
  expect(
    (await house.admin.send('get', '/api/v1/reports/expiry-alerts/?tenant_id=1')).body.data,
  ).toMatchObject({
    ...{ count: 0, results: [], alert_days: 30 },
    summary: { critical: 0, warning: 0, notice: 0 },
  });
  const text = (await alerts({ format: 'csv' })).body as string;
  expect(text.split('\r\n').map((line) => line.split(',')[0])).toEqual([
    'id',
    String(soon),
    String(later),
    '',
  ]);
});

test('user activity: what members hold and did, the latest used first', async () => {
  const house = await aHouse(kit);
  const idle = await house.anAssignment();
  const busy = await aUser(kit, house, { hours: 2 });
  const activity = (query = {}) => house.admin.call(contracts.reportUserActivity, { query });
  const { body } = await activity();
  const detail = await house.admin.ask(contracts.getAssignment, {
    params: { id: String(busy.assignmentId) },
  });
  const memberOf = (id: number) => ({ id, username: `member_${id}`, email: `member_${id}@example.com` });
  expect(body).toEqual({
    success: true,
    data: {
      count: 2,
      next: null,
      previous: null,
      date_from: plusDays(today(), -29),
      date_to: today(),
      summary: { members: 2, active_members: 1, inactive_members: 1 },
      results: [
        {
          member: memberOf(busy.memberId),
          is_active: true,
          last_used_at: detail.last_used_at,
          open_assignments: 1,
          bound_devices: 1,
          activations: 1,
          usage_hours: 2,
        },
        {
          member: memberOf(idle.memberId),
          is_active: false,
          last_used_at: null,
          open_assignments: 1,
          bound_devices: 0,
          activations: 0,
          usage_hours: 0,
        },
      ],
      page_info: { current_page: 1, total_pages: 1, page_size: 20 },
    },
  });
  const elsewhere = await house.admin.send('get', '/api/v1/reports/user-activity/?tenant=1');
  expect(elsewhere.body.data).toMatchObject({
    ...{ count: 0, results: [], date_to: today() },
    summary: { members: 0, active_members: 0, inactive_members: 0 },
  });
  const evil = await house.aMember({ username: '=1+1', email: '@cmd|x' });
  await house.anAssignment({ ...evil, body: { expires_days: 5 } });
  const alerts = await house.admin.call(contracts.reportExpiryAlerts, { query: { format: 'csv' } });
  for (const [endpoint, table] of [
    [contracts.reportUserActivity, (await activity({ format: 'csv' })).body],
    [contracts.reportExpiryAlerts, alerts.body],
  ] as const) {
    expect(table.split('\r\n')[0]).toBe(csvHeadingOf(endpoint));
    // Narrowed to another tenant it is a table all the same.
    const none = await house.admin.send('get', `${endpoint.path}?format=csv&tenant_id=1`);
    expect([none.body, none.headers.get('content-type')]).toEqual([
      `${csvHeadingOf(endpoint)}\r\n`,
      'text/csv; charset=utf-8',
    ]);
    expect(table).toContain(",'=1+1,'@cmd|x,");
    expect(table).not.toMatch(/(^|,)[=@]/m);
  }
  const reversed = (await activity({ ordering: 'last_used_at', page_size: 1 })).body.data;
  expect([idle.memberId, evil.memberId]).toContain(reversed.results[0].member.id);
  expect((await activity({ format: 'csv' })).body).toContain(`${busy.memberId},member_${busy.memberId},`);
});
