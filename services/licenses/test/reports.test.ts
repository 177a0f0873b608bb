/** Reports: whole shapes, every grouping, tables, and that nobody is shown less than was written. */
import { dayOf, plusDays } from '@membership/platform/calendar';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { rebuildTallies, verifyTallies } from '../src/reports/count-again.ts';
import { licensesService } from '../src/service.ts';
import { aHouse, device, type House } from './builders.ts';

const ZONE = 'Asia/Shanghai';
const HOUR = 3_600_000;
let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
});
afterEach(async () => expect(await verifyTallies(kit.connection)).toEqual([]));
afterAll(() => kit.stop());

const usage = (house: House, query: Record<string, unknown> = {}) =>
  house.admin.call(contracts.reportLicenseUsage, { query: query as never });
const rowsOf = async (house: House, query: Record<string, unknown> = {}) =>
  (await usage(house, query)).body.data.rows;
const today = () => dayOf(ZONE, new Date());

/** A member that has activated a device and used it for some hours until now. */
async function aUser(house: House, { hours = 0, licenseId }: { hours?: number; licenseId?: number } = {}) {
  const mine = await house.anAssignment(licenseId === undefined ? {} : { licenseId });
  const params = { assignment_id: String(mine.assignmentId) };
  await mine.client.ask(contracts.activateLicense, { params, body: device('pc') });
  if (hours > 0) {
    await kit.connection
      .collection<{ _id: number }>('assignments')
      .updateOne(
        { _id: mine.assignmentId },
        { $set: { activatedAt: new Date(Date.now() - 40 * 24 * HOUR) } },
      );
    const end = Math.floor(Date.now() / 1_000) * 1_000;
    await mine.client.ask(contracts.reportUsage, {
      params,
      body: {
        device_id: 'pc',
        started_at: new Date(end - hours * HOUR).toISOString(),
        ended_at: new Date(end).toISOString(),
      },
    });
    // Back to today, where the activation was counted.
    await kit.connection
      .collection<{ _id: number }>('assignments')
      .updateOne({ _id: mine.assignmentId }, { $set: { activatedAt: new Date() } });
  }
  return mine;
}

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
    await aUser(house, { hours: 2.5 });
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
    const few = await aUser(house, { hours: 1 });
    const much = await aUser(house, { hours: 3, licenseId: license.id });
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
    await aUser(house, { hours: 30 });
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
    // fetch takes the mark of UTF-8 off.
    expect(answer.body).toBe(
      `key,label,assignments,activations,active_devices,usage_hours\r\n${house.productId},"'=HYPERLINK(""x""), ""pro""",1,0,0,0\r\n`,
    );
  });

  test('another tenant has nothing here, and cannot be asked for; it is for administrators', async () => {
    const [house, other] = [await aHouse(kit), await aHouse(kit)];
    const { client } = await aUser(house, { hours: 1 });
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
    (await house.admin.send('get', '/api/v1/reports/expiry-alerts/?tenant_id=1')).body.data.results,
  ).toEqual([]);
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
  const busy = await aUser(house, { hours: 2 });
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
  const reversed = (await activity({ ordering: 'last_used_at', page_size: 1 })).body.data;
  expect(reversed.results[0].member.id).toBe(idle.memberId);
  expect((await activity({ format: 'csv' })).body).toContain(`${busy.memberId},member_${busy.memberId},`);
});

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
