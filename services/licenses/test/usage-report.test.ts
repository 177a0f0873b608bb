/** The report on usage: every grouping, whole shapes, tables, and that nobody is shown less than was written. */
import { plusDays } from '@membership/platform/calendar';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { csvHeadingOf } from '@membership/platform/testing/csv-heading';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { auditTallies } from '../src/reports/audit-tallies.ts';
import { licensesService } from '../src/service.ts';
import { aHouse, device } from './builders.ts';
import { aUser, rowsOf, today, usage } from './report-kit.ts';

const HOUR = 3_600_000;
let kit: ServiceKit;
beforeAll(() => clearOfMidnight('Asia/Shanghai'));
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
});
afterEach(async () => expect((await auditTallies(kit.connection)).faults).toEqual([]));
afterAll(() => kit.stop());

describe('licence usage', () => {
  test('by product, the default: the whole answer, read right after each write', async () => {
    const house = await aHouse(kit);
    const none = { assignments: 0, activations: 0, active_devices: 0, usage_hours: 0 };
    const empty = await usage(house);
    expect([empty.status, empty.body]).toEqual([
      200,
      {
        success: true,
        data: {
          group_by: 'product',
          date_from: plusDays(today(), -29),
          date_to: today(),
          rows: [],
          totals: none,
          page_info: null,
        },
      },
    ]);
    const row = { key: house.productId, label: 'SuperApp Pro' };
    const first = await house.anAssignment();
    expect(await rowsOf(house)).toEqual([{ ...row, ...none, assignments: 1 }]);
    const params = { assignment_id: String(first.assignmentId) };
    await first.client.ask(contracts.activateLicense, { params, body: device('a') });
    expect(await rowsOf(house)).toEqual([
      { ...row, ...none, assignments: 1, activations: 1, active_devices: 1 },
    ]);
    await first.client.ask(contracts.activateLicense, { params, body: device('b') });
    await first.client.ask(contracts.unbindDevice, { params, body: { device_id: 'a' } });
    await aUser(kit, house, { hours: 2.5 });
    const { rows, totals } = (await usage(house)).body.data;
    const amounts = { assignments: 2, activations: 2, active_devices: 2, usage_hours: 2.5 };
    expect([rows, totals]).toEqual([[{ ...row, ...amounts }], amounts]);
    await house.admin.ask(contracts.revokeAssignment, {
      params: { id: String(first.assignmentId) },
      body: {},
    });
    expect((await rowsOf(house))[0].active_devices).toBe(1);
    // A name is not kept with the figures.
    await house.admin.ask(contracts.updateProduct, {
      params: { id: String(house.productId) },
      body: { name: 'New' },
    });
    expect((await rowsOf(house))[0].label).toBe('New');
  });

  test('by plan and by user, of one product or all; users come in pages', async () => {
    const house = await aHouse(kit);
    const other = await house.admin.ask(contracts.createProduct, { body: { name: 'Other' } });
    const plan = await house.admin.ask(contracts.createPlan, {
      body: { product_id: other.id, name: 'Team' },
    });
    const license = await house.aLicense({ product_id: other.id, plan_id: plan.id });
    const few = await aUser(kit, house, { hours: 1 });
    const much = await aUser(kit, house, { hours: 3, licenseId: license.id });
    const byPlan = await rowsOf(house, { group_by: 'plan' });
    expect(byPlan.map((row: { label: string; usage_hours: number }) => [row.label, row.usage_hours])).toEqual(
      [
        ['Team', 3],
        ['专业版', 1],
      ],
    );
    expect(await rowsOf(house, { group_by: 'plan', product_id: other.id })).toHaveLength(1);
    const byUser = (await usage(house, { group_by: 'user' })).body.data;
    expect(byUser.rows).toEqual([
      {
        key: much.memberId,
        label: `member_${much.memberId}`,
        assignments: 1,
        activations: 1,
        active_devices: 1,
        usage_hours: 3,
      },
      {
        key: few.memberId,
        label: `member_${few.memberId}`,
        assignments: 1,
        activations: 1,
        active_devices: 1,
        usage_hours: 1,
      },
    ]);
    expect(byUser.page_info).toEqual({ current_page: 1, total_pages: 1, page_size: 20 });
    const second = (await usage(house, { group_by: 'user', page: 2, page_size: 1 })).body.data;
    expect([second.rows.length, second.rows[0].key, second.totals, second.page_info]).toEqual([
      1,
      few.memberId,
      byUser.totals,
      { current_page: 2, total_pages: 2, page_size: 1 },
    ]);
  });

  test('by date: every day of the period, in the tenant’s zone; devices as they were at its end', async () => {
    const house = await aHouse(kit);
    await aUser(kit, house, { hours: 30 });
    const rows: { key: string; usage_hours: number; active_devices: number }[] = await rowsOf(house, {
      group_by: 'date',
    });
    expect(rows.map(({ key }) => key)).toEqual(
      Array.from({ length: 30 }, (_, index) => plusDays(today(), index - 29)),
    );
    expect(rows.reduce((sum, row) => sum + row.usage_hours, 0)).toBeCloseTo(30, 1);
    const midnight = new Date(`${today()}T00:00:00+08:00`).getTime();
    expect(rows.at(-1)?.usage_hours).toBeCloseTo(Math.min(30, (Date.now() - midnight) / HOUR), 1);
    expect(rows.map((row) => row.active_devices)).toEqual([...Array(29).fill(0), 1]);
    const past = (await usage(house, { date_to: plusDays(today(), -1) })).body.data;
    expect([past.totals.assignments, past.totals.active_devices]).toEqual([0, 0]);
    const one = await rowsOf(house, { group_by: 'date', date_from: today(), date_to: today() });
    expect(one).toHaveLength(1);
  });

  test('as a table: names that look like formulas are text', async () => {
    const house = await aHouse(kit);
    await house.admin.ask(contracts.updateProduct, {
      params: { id: String(house.productId) },
      body: { name: '=HYPERLINK("x"), "pro"' },
    });
    await house.anAssignment();
    const answer = await usage(house, { format: 'csv' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="license-usage-by-product-/,
    );
    expect(csvHeadingOf(contracts.reportLicenseUsage)).toBe(answer.body.split('\r\n')[0]);
    // fetch takes the mark of UTF-8 off.
    expect(answer.body).toBe(
      `key,label,assignments,activations,active_devices,usage_hours\r\n${house.productId},"'=HYPERLINK(""x""), ""pro""",1,0,0,0\r\n`,
    );
  });

  test('another tenant has nothing here, and cannot be asked for; it is for administrators', async () => {
    const [house, other] = [await aHouse(kit), await aHouse(kit)];
    const { client } = await aUser(kit, house, { hours: 1 });
    expect(await rowsOf(other)).toEqual([]);
    expect(await rowsOf(house, { tenant_id: other.tenantId })).toEqual([]);
    expect(await rowsOf(house, { tenant_id: house.tenantId })).toHaveLength(1);
    for (const report of ['license-usage', 'expiry-alerts', 'user-activity'])
      expect((await client.send('get', `/api/v1/reports/${report}/`)).status).toBe(403);
  });

  test.each([
    ['license-usage/?group_by=colour', 'group_by'],
    ['license-usage/?group_by=', 'group_by'],
    ['license-usage/?date_from=2026-13-01', 'date_from'],
    ['license-usage/?date_from=2026-03-02&date_to=2026-03-01', 'date_from'],
    ['license-usage/?date_from=2020-01-01', 'date_from'],
    ['license-usage/?product_id=x', 'product_id'],
    ['license-usage/?tenant_id=0', 'tenant_id'],
    ['license-usage/?format=xml', 'format'],
    ['license-usage/?page=0', 'page'],
    ['license-usage/?color=red', 'color'],
    ['expiry-alerts/?alert_days=0', 'alert_days'],
    ['expiry-alerts/?alert_days=1.5', 'alert_days'],
    ['user-activity/?ordering=name', 'ordering'],
    ['user-activity/?date_from=2020-01-01', 'date_from'],
  ])('%s is 400 for %s', async (path, field) => {
    const { status, body } = await kit
      .as({ role: 'admin', tenantId: 100 })
      .send('get', `/api/v1/reports/${path}`);
    expect([status, Object.keys(body.error.details)]).toEqual([400, [field]]);
  });
});
