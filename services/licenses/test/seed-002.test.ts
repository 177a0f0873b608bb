/** Every request and answer that document 002 shows, in its order, each with its whole shape and its sentence. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, device, instant, letEnd, type House } from './builders.ts';
import { ID, binding, john, ok, receipt, refused, seedRow } from './seed-002-shapes.ts';

const HOUR = 3_600_000;
const own = '/api/v1/user/licenses/';
const assignmentsPath = '/api/v1/license-assignments/';
let kit: ServiceKit;
let house: House;
/** John Doe and the document's licence: ABC-DEF-GHI for 10 devices, 3 of them bound; 342 days are left of his assignment. */
let member: Awaited<ReturnType<House['aMember']>>;
let other: typeof member;
let license: { id: number; license_key: string };
let assignmentId: number;

const send = (method: 'get' | 'post', path: string, body?: unknown) =>
  house.admin.send(method, path, body === undefined ? {} : { body });
const post = (path: string, body?: unknown) => send('post', `${assignmentsPath}${path}`, body);
const row = () =>
  seedRow({ assignmentId, memberId: member.memberId, licenseId: license.id, key: license.license_key });
const activateOn = (client: House['admin'], assignment: number, name: string) =>
  client.ask(contracts.activateLicense, {
    params: { assignment_id: String(assignment) },
    body: device(name),
  });

beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
  member = await house.aMember({ ...john, displayName: 'John Doe' });
  other = await house.aMember();
  license = await house.aLicense({ license_key: 'ABC-DEF-GHI', max_activations: 10 });
  const team = await house.anAssignment({ licenseId: license.id });
  for (const name of ['one', 'two']) await activateOn(team.client, team.assignmentId, name);
  // Older than John's, so that his is the newest.
  await kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne({ _id: team.assignmentId }, { $set: { assignedAt: new Date(Date.now() - HOUR) } });
  ({ assignmentId } = await house.anAssignment({
    ...member,
    licenseId: license.id,
    body: {
      assignment_type: 'user_request',
      expires_days: 343,
      assignment_reason: '申请使用专业版功能',
      assignment_notes: '用于开发项目使用',
    },
  }));
  await activateOn(member.client, assignmentId, 'DESKTOP-ABC123');
});
afterAll(() => kit?.stop());

describe('1 许可证分配管理API', () => {
  test('获取分配列表', async () => {
    const query = new URLSearchParams({
      ...{ member_id: String(member.memberId), license_id: String(license.id), status: 'active' },
      ...{ tenant_id: String(house.tenantId), ordering: '-assigned_at', page: '1', page_size: '20' },
      expires_before: new Date(Date.now() + 343 * 24 * HOUR).toISOString(),
      assigned_after: new Date(Date.now() - HOUR).toISOString(),
    });
    const { status, body } = await send('get', `${assignmentsPath}?${query}`);
    const page = { current_page: 1, total_pages: 1, page_size: 20 };
    expect([status, body]).toEqual([
      200,
      ok({ count: 1, next: null, previous: null, results: [row()], page_info: page }),
    ]);
    const first = await send('get', `${assignmentsPath}?page_size=1`);
    expect(first.body).toEqual(
      ok({
        count: 2,
        next: 'http://gateway.test/api/v1/license-assignments/?page_size=1&page=2',
        previous: null,
        results: [row()],
        page_info: { current_page: 1, total_pages: 2, page_size: 1 },
      }),
    );
  });

  test('创建许可证分配', async () => {
    const { id: license_id } = await house.aLicense();
    const { status, body } = await post('', {
      member_id: member.memberId,
      license_id,
      assignment_type: 'user_request',
      expires_days: 365,
      assignment_reason: '申请使用专业版功能',
      assignment_notes: '用于开发项目使用',
    });
    expect([status, body]).toEqual([201, ok(receipt('assigned'), '许可证分配成功')]);
    const { assigned_at, expires_at } = body.data;
    expect(Date.parse(expires_at) - Date.parse(assigned_at)).toBe(365 * 24 * HOUR);
  });

  test('批量分配操作', async () => {
    const { id: license_id } = await house.aLicense();
    const [one, two] = [member.memberId, other.memberId];
    const { status, body } = await post('batch-assign/', {
      assignments: [one, two].map((member_id) => ({
        member_id,
        license_id,
        assignment_type: 'group_assign',
      })),
      common_settings: {
        expires_days: 365,
        assignment_reason: '开发团队统一申请',
        assignment_notes: '批量分配给开发团队成员',
      },
    });
    const results = [one, two].map((member_id, index) => ({
      ...{ index, member_id, license_id, status: 'success' },
      assignment_id: ID,
    }));
    expect([status, body]).toEqual([
      200,
      ok({ total: 2, successful_count: 2, failed_count: 0, results }, '成功创建 2 条记录'),
    ]);
    const detail = (await send('get', `${assignmentsPath}${body.data.results[1].assignment_id}/`)).body.data;
    expect(detail).toMatchObject({
      assignment_type: 'group_assign',
      assignment_reason: '开发团队统一申请',
      assignment_notes: '批量分配给开发团队成员',
      days_until_expiry: 364,
    });
  });

  test('撤销许可证分配；暂停/恢复分配', async () => {
    const { assignmentId: id } = await house.anAssignment();
    for (const [step, status, message] of [
      ['suspend', 'suspended', '许可证分配已暂停'],
      ['resume', 'assigned', '许可证分配已恢复'],
    ]) {
      const answer = await post(`${id}/${step}/`);
      expect([answer.status, answer.body]).toEqual([200, ok(receipt(status as string, null), message)]);
    }
    const { status, body } = await post(`${id}/revoke/`, { reason: '用户离职，回收许可证' });
    expect([status, body]).toEqual([200, ok(receipt('revoked', null), '许可证分配已撤销')]);
  });

  test('获取分配详情', async () => {
    const { id: license_id, license_key } = await house.aLicense({ max_activations: 5 });
    const team = await house.anAssignment({ licenseId: license_id });
    for (const name of ['one', 'two']) await activateOn(team.client, team.assignmentId, name);
    const mine = await house.anAssignment({
      ...member,
      licenseId: license_id,
      body: {
        ...{ assignment_type: 'user_request', expires_days: 343 },
        ...{ assignment_reason: '申请使用专业版功能', assignment_notes: '用于开发项目使用' },
      },
    });
    await activateOn(member.client, mine.assignmentId, 'DESKTOP-ABC123');
    await haveUsed(mine.assignmentId);
    const { status, body } = await send('get', `${assignmentsPath}${mine.assignmentId}/`);
    expect([status, body]).toEqual([
      200,
      ok({
        id: mine.assignmentId,
        member: { id: member.memberId, ...john, display_name: 'John Doe' },
        license: {
          ...{ id: license_id, license_key },
          product: { id: house.productId, name: 'SuperApp Pro', version: '2.1.0' },
          plan: {
            ...{ id: house.planId, name: '专业版' },
            features: { max_projects: 50, advanced_features: true, priority_support: true },
          },
        },
        ...{ status: 'active', assignment_type: 'user_request' },
        ...{ assigned_at: instant, activated_at: instant, last_used_at: instant, expires_at: instant },
        ...{ assignment_reason: '申请使用专业版功能', assignment_notes: '用于开发项目使用' },
        license_limits: { max_activations: 5, current_activations: 3 },
        device_bindings: [binding('DESKTOP-ABC123')],
        usage_stats: { total_usage_hours: 120.5, last_7_days_usage: 25.2, avg_daily_usage: 3.6 },
        // What the document's does not have.
        ...{ days_until_expiry: 342, max_concurrent_devices: null, status_reason: null },
      }),
    ]);
  });
});

/** 120.5 hours on DESKTOP-ABC123, 25.2 of them in the last seven days, as the device would report them. */
async function haveUsed(assignment: number): Promise<void> {
  const end = Math.floor(Date.now() / 1_000) * 1_000;
  const spans = [[120.5 - 25.2 + 24 * 8, 24 * 8] as const, [25.2, 0] as const];
  await kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne({ _id: assignment }, { $set: { activatedAt: new Date(end - 30 * 24 * HOUR) } });
  for (const [from, to] of spans)
    await member.client.ask(contracts.reportUsage, {
      params: { assignment_id: String(assignment) },
      body: {
        device_id: 'DESKTOP-ABC123',
        started_at: new Date(end - from * HOUR).toISOString(),
        ended_at: new Date(end - to * HOUR).toISOString(),
      },
    });
}

describe('2 用户许可证API', () => {
  test('获取当前用户的许可证列表', async () => {
    const query = `status=active&product_id=${house.productId}&include_expired=false`;
    const mine = await member.client.send('get', `${own}?${query}&page_size=1&ordering=assigned_at`);
    expect([mine.status, mine.body.data.results]).toEqual([200, [row()]]);
    const ended = await house.anAssignment(other);
    await letEnd(kit, ended.assignmentId);
    const ids = async (path: string) =>
      (await other.client.send('get', path)).body.data.results.map(({ id }: { id: number }) => id);
    expect(await ids(own)).not.toContain(ended.assignmentId);
    expect(await ids(`${own}?include_expired=true`)).toContain(ended.assignmentId);
  });

  test('激活许可证；查看许可证使用详情；解绑设备', async () => {
    const fresh = await house.anAssignment(member);
    const path = `${own}${fresh.assignmentId}/`;
    const activated = await member.client.send('post', `${path}activate/`, {
      body: {
        device_info: {
          device_id: 'DESKTOP-XYZ789',
          device_name: "John's Workstation",
          hardware_fingerprint: 'abc123def456...',
          os_info: { name: 'Windows 11', version: '10.0.22000' },
        },
      },
    });
    const bound = binding('DESKTOP-XYZ789', "John's Workstation");
    expect([activated.status, activated.body]).toEqual([
      200,
      ok(
        {
          ...{ assignment_id: fresh.assignmentId, status: 'active', activated_at: instant, device: bound },
          ...{ evicted_device_id: null, lease_expires_at: null },
          license_quota: { max_activations: 10, current_activations: 1, available_slots: 9 },
        },
        '许可证激活成功',
      ),
    ]);
    await activateOn(member.client, fresh.assignmentId, 'DESKTOP-ABC123');
    await haveUsed(fresh.assignmentId);
    const used = await member.client.send('get', `${path}usage/`);
    const interval = (hours: number) => ({
      ...{ device_id: 'DESKTOP-ABC123', started_at: instant, ended_at: instant },
      hours,
    });
    expect([used.status, used.body]).toEqual([
      200,
      ok({
        usage_stats: { total_usage_hours: 120.5, last_7_days_usage: 25.2, avg_daily_usage: 3.6 },
        device_bindings: [bound, binding('DESKTOP-ABC123')],
        intervals: [interval(25.2), interval(95.3)],
      }),
    ]);
    const unbound = await member.client.send('post', `${path}unbind-device/`, {
      body: { device_id: 'DESKTOP-ABC123' },
    });
    expect([unbound.status, unbound.body]).toEqual([
      200,
      ok(
        {
          ...{ assignment_id: fresh.assignmentId, status: 'active', device_id: 'DESKTOP-ABC123' },
          license_quota: { max_activations: 10, current_activations: 1, available_slots: 9 },
        },
        '设备解绑成功',
      ),
    ]);
  });
});

describe('3 统计报表API', () => {
  const amounts = { assignments: ID, activations: ID, active_devices: ID, usage_hours: ID };
  const report = async (path: string) => (await send('get', `/api/v1/reports/${path}`)).body;
  const today = () => new Date().toISOString().slice(0, 10);

  test.each(['product', 'plan', 'user', 'date'])('许可证使用统计 by %s', async (group_by) => {
    const query = `tenant_id=${house.tenantId}&product_id=${house.productId}&group_by=${group_by}`;
    const body = await report(`license-usage/?${query}&date_from=2026-01-01&date_to=2026-01-31`);
    expect(body).toEqual(
      ok({
        ...{ group_by, date_from: '2026-01-01', date_to: '2026-01-31', rows: expect.any(Array) },
        totals: amounts,
        page_info: group_by === 'user' ? { current_page: 1, total_pages: 1, page_size: 20 } : null,
      }),
    );
    const now = await report(`license-usage/?${query}&date_to=${today()}`);
    expect(now.data.rows.at(0)).toEqual({ key: expect.anything(), label: expect.any(String), ...amounts });
  });

  test('到期预警报告', async () => {
    expect((await report(`expiry-alerts/?tenant_id=${house.tenantId}`)).data).toMatchObject({
      alert_days: 30,
      count: 0,
    });
    const body = await report('expiry-alerts/?alert_days=343&page_size=1');
    const listed = (await send('get', `${assignmentsPath}?ordering=expires_at&status=active`)).body.data
      .results;
    expect(body).toEqual(
      ok({
        ...{ count: ID, next: expect.any(String), previous: null },
        ...{ alert_days: 343, summary: { critical: 0, warning: 0, notice: ID } },
        results: [{ ...listed[0], severity: 'notice' }],
        page_info: { current_page: 1, total_pages: ID, page_size: 1 },
      }),
    );
  });

  test('用户活跃度报告', async () => {
    const body = await report('user-activity/?page_size=1');
    expect(body).toEqual(
      ok({
        ...{ count: ID, next: expect.any(String), previous: null },
        ...{ date_from: expect.any(String), date_to: expect.any(String) },
        summary: { members: ID, active_members: ID, inactive_members: ID },
        results: [
          {
            ...{ member: { id: member.memberId, ...john }, is_active: true, last_used_at: instant },
            ...{ open_assignments: ID, bound_devices: ID, activations: ID, usage_hours: ID },
          },
        ],
        page_info: { current_page: 1, total_pages: ID, page_size: 1 },
      }),
    );
  });
});

test('Direct Assignment, the example of its OpenAPI', async () => {
  const { id: license_id } = await house.aLicense();
  const { status, body } = await post('', {
    ...{ member_id: member.memberId, license_id, assignment_type: 'direct', max_concurrent_devices: 3 },
  });
  expect([status, body]).toEqual([201, ok(receipt('assigned', null), '许可证分配成功')]);
});

test('标准错误响应格式, and the codes of its table that this service gives', async () => {
  const wrong = await post('', { license_id: 0 });
  const details = { member_id: ['此字段为必填项'], license_id: ['无效的许可证ID'] };
  expect([wrong.status, wrong.body]).toEqual([400, refused('VALIDATION_ERROR', '请求参数验证失败', details)]);
  const codeOf = async (answer: ReturnType<typeof send>) => {
    const { status, body } = await answer;
    expect(body).toEqual(refused(body.error.code, expect.any(String), expect.any(Object)));
    return [status, body.error.code];
  };
  expect(await codeOf(member.client.send('get', assignmentsPath))).toEqual([403, 'PERM_001']);
  const service = kit.as({ role: 'internal', tenantId: house.tenantId, scopes: [] });
  expect((await codeOf(service.send('get', assignmentsPath)))[0]).toBe(403);
  expect(await codeOf(send('get', `${assignmentsPath}987654/`))).toEqual([404, 'BIZ_001']);
  const single = await house.anAssignment({ licenseId: (await house.aLicense({ max_activations: 1 })).id });
  await activateOn(single.client, single.assignmentId, 'one');
  const full = single.client.send('post', `${own}${single.assignmentId}/activate/`, { body: device('two') });
  expect(await codeOf(full)).toEqual([409, 'BIZ_002']);
  const again = post('', { member_id: member.memberId, license_id: license.id });
  expect(await codeOf(again)).toEqual([409, 'BIZ_003']);
});

test('分页策略: 20 a page, 100 at most', async () => {
  const sizeOf = async (query: string) =>
    (await send('get', `${assignmentsPath}${query}`)).body.data.page_info.page_size;
  expect([await sizeOf(''), await sizeOf('?page_size=50'), await sizeOf('?page_size=500')]).toEqual([
    20, 50, 100,
  ]);
});
