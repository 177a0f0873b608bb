/** Assignments: seed 002 to the letter, the state machine, who may, and what goes wrong. */
import { randomUUID } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { memberDeactivated } from '@membership/contracts/events/gateway';
import { startServiceKit, eventually, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, instant, statusesOf, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  // The job is not to come first: what has ended must be told at read time.
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
});
afterAll(async () => {
  expect((await verifySlots(kit.connection)).problems).toEqual([]);
  await kit.stop();
});

const DAY = 86_400_000;
const lastIn = (collection: string, filter: object) => kit.connection.collection(collection).findOne(filter);
/** Moves an assignment's end into the past, as time would. */
const letEnd = (assignmentId: number) =>
  kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne(
      { _id: assignmentId },
      { $set: { expiresAt: new Date(Date.now() - 1_000), ownExpiresAt: new Date(Date.now() - 1_000) } },
    );

describe('assigning', () => {
  const request = {
    assignment_type: 'user_request' as const,
    expires_days: 365,
    assignment_reason: '申请使用专业版功能',
    assignment_notes: '用于开发项目使用',
  };

  test('answers the seed’s example and announces it', async () => {
    const { memberId } = await house.aMember();
    const license = await house.aLicense();
    const answer = await house.admin.call(contracts.createAssignment, {
      body: { member_id: memberId, license_id: license.id, ...request },
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      success: true,
      message: '许可证分配成功',
      data: {
        assignment_id: expect.any(Number),
        status: 'assigned',
        assigned_at: instant,
        expires_at: instant,
      },
    });
    const { assignment_id, assigned_at, expires_at } = answer.body.data;
    expect(Date.parse(expires_at) - Date.parse(assigned_at)).toBe(365 * DAY);
    const heard = await kit.heardOne(
      'assignment.created.v1',
      ({ data }) => data.assignmentId === assignment_id,
    );
    expect(heard).toMatchObject({
      subject: String(assignment_id),
      sequence: 1,
      tenantid: house.tenantId,
      actor: 'user:3',
      data: {
        memberId,
        licenseId: license.id,
        status: 'assigned',
        productName: 'SuperApp Pro',
        planName: '专业版',
        reason: '申请使用专业版功能',
      },
    });
  });

  test('takes the OpenAPI example of the seed: direct, with a cap on devices', async () => {
    const { memberId } = await house.aMember();
    const license = await house.aLicense();
    const { assignment_id } = await house.admin.ask(contracts.createAssignment, {
      body: {
        member_id: memberId,
        license_id: license.id,
        assignment_type: 'direct',
        max_concurrent_devices: 3,
      },
    });
    expect(
      await house.admin.ask(contracts.getAssignment, { params: { id: String(assignment_id) } }),
    ).toMatchObject({ max_concurrent_devices: 3, expires_at: null, days_until_expiry: null });
  });

  test('every wrong field at once, with the seed’s sentences', async () => {
    const missing = await house.admin.send('post', '/api/v1/license-assignments/', {
      body: { license_id: 987_654 },
    });
    expect(missing.status).toBe(400);
    expect(missing.body).toMatchObject({
      success: false,
      error: {
        code: 'VALIDATION_ERROR',
        message: '请求参数验证失败',
        details: { member_id: ['此字段为必填项'] },
      },
      timestamp: instant,
      request_id: expect.any(String),
    });
    const unknown = await house.admin.call(contracts.createAssignment, {
      body: { member_id: 987_654, license_id: 987_654 },
    });
    expect(unknown.body.error.details).toEqual({
      member_id: ['无效的成员ID'],
      license_id: ['无效的许可证ID'],
    });
  });

  test.each([
    [{ member_id: '10' }],
    [{ member_id: { $gt: 0 } }],
    [{ member_id: 1.5 }],
    [{ expires_days: 0 }],
    [{ expires_days: 1e300 }],
    [{ assignment_type: 'gift' }],
    [{ max_concurrent_devices: 0 }],
    [{ status: 'active' }],
    [{ tenant_id: 1 }],
  ])('refuses %j', async (wrong) => {
    const answer = await house.admin.send('post', '/api/v1/license-assignments/', {
      body: { member_id: 1, license_id: 1, ...wrong },
    });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test('a licence that the member holds is 409 BIZ_003, also in a race, and free again after a revocation', async () => {
    const { memberId } = await house.aMember();
    const license = await house.aLicense();
    const body = { member_id: memberId, license_id: license.id };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => house.admin.call(contracts.createAssignment, { body })),
    );
    expect(statusesOf(answers)).toEqual([201, ...Array(7).fill(409)]);
    expect(answers.find(({ status }) => status === 409)?.body.error).toMatchObject({
      code: 'BIZ_003',
      message: '重复的许可证分配',
    });
    const id = String(answers.find(({ status }) => status === 201)?.body.data.assignment_id);
    await house.admin.ask(contracts.revokeAssignment, { params: { id }, body: {} });
    expect((await house.admin.call(contracts.createAssignment, { body })).status).toBe(201);
  });

  test('one that has ended gives way to a new one, before any job has marked it', async () => {
    const { assignmentId, memberId, licenseId } = await house.anAssignment({ body: { expires_days: 1 } });
    await letEnd(assignmentId);
    const again = await house.admin.call(contracts.createAssignment, {
      body: { member_id: memberId, license_id: licenseId },
    });
    expect(again.status).toBe(201);
    await kit.heardOne('assignment.expired.v1', ({ data }) => data.assignmentId === assignmentId);
  });

  test('a deactivated member is 400 for its field', async () => {
    const { memberId } = await house.aMember();
    const state = {
      memberId,
      username: 'gone',
      email: 'gone@example.com',
      displayName: '',
      role: 'member' as const,
      isActive: false,
      externalId: null,
      joinedAt: new Date().toISOString(),
    };
    await kit.publish(memberDeactivated, { tenantId: house.tenantId, subject: memberId, data: state });
    const license = await house.aLicense();
    await eventually(async () => {
      const answer = await house.admin.call(contracts.createAssignment, {
        body: { member_id: memberId, license_id: license.id },
      });
      expect(answer.body.error?.details).toEqual({ member_id: ['该成员已停用'] });
      expect(answer.status).toBe(400);
    });
  });

  test('a revoked licence is 409 INVALID_STATE and says so', async () => {
    const { memberId } = await house.aMember();
    const license = await house.aLicense();
    await house.admin.ask(contracts.revokeLicense, { params: { id: String(license.id) }, body: {} });
    const answer = await house.admin.call(contracts.createAssignment, {
      body: { member_id: memberId, license_id: license.id },
    });
    expect(answer.status).toBe(409);
    expect(answer.body.error).toMatchObject({
      code: 'INVALID_STATE',
      details: { current_state: 'revoked', allowed_actions: [] },
    });
  });

  test('ends with its licence at the latest', async () => {
    const { memberId } = await house.aMember();
    const expires_at = new Date(Date.now() + 30 * DAY).toISOString();
    const license = await house.aLicense({ expires_at });
    const receipt = await house.admin.ask(contracts.createAssignment, {
      body: { member_id: memberId, license_id: license.id, expires_days: 365 },
    });
    expect(receipt.expires_at).toBe(expires_at);
  });

  test('the same key gives the same answer once; with another body it is refused', async () => {
    const { memberId } = await house.aMember();
    const license = await house.aLicense();
    const headers = { 'idempotency-key': randomUUID() };
    const body = { member_id: memberId, license_id: license.id };
    const first = await house.admin.call(contracts.createAssignment, { body }, { headers });
    const again = await house.admin.call(contracts.createAssignment, { body }, { headers });
    expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([
      201,
      first.body,
      'true',
    ]);
    expect(
      (
        await house.admin.call(
          contracts.createAssignment,
          { body: { ...body, expires_days: 1 } },
          { headers },
        )
      ).status,
    ).toBe(422);
  });

  test('is for administrators; another tenant’s licence and member are unknown', async () => {
    const { memberId, client } = await house.aMember();
    const license = await house.aLicense();
    const body = { member_id: memberId, license_id: license.id };
    expect((await client.call(contracts.createAssignment, { body })).status).toBe(403);
    expect(
      (
        await kit
          .as({ role: 'internal', tenantId: house.tenantId })
          .call(contracts.createAssignment, { body })
      ).status,
    ).toBe(403);
    const other = await aHouse(kit);
    const answer = await other.admin.call(contracts.createAssignment, { body });
    expect([answer.status, Object.keys(answer.body.error.details)]).toEqual([
      400,
      ['member_id', 'license_id'],
    ]);
  });
});

describe('a batch', () => {
  test('the seed’s example: what is common is taken, one bad row does not undo the rest', async () => {
    const [one, two] = [await house.aMember(), await house.aMember()];
    const license = await house.aLicense();
    const row = (member_id: number) => ({
      member_id,
      license_id: license.id,
      assignment_type: 'group_assign' as const,
    });
    const answer = await house.admin.call(contracts.batchAssign, {
      body: {
        assignments: [row(one.memberId), row(two.memberId), row(one.memberId), row(987_654)],
        common_settings: {
          expires_days: 365,
          assignment_reason: '开发团队统一申请',
          assignment_notes: '批量分配给开发团队成员',
        },
      },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      message: '成功创建 2 条记录',
      data: {
        total: 4,
        successful_count: 2,
        failed_count: 2,
        results: [
          {
            index: 0,
            member_id: one.memberId,
            license_id: license.id,
            status: 'success',
            assignment_id: expect.any(Number),
          },
          {
            index: 1,
            member_id: two.memberId,
            license_id: license.id,
            status: 'success',
            assignment_id: expect.any(Number),
          },
          {
            index: 2,
            member_id: one.memberId,
            license_id: license.id,
            status: 'failed',
            error: expect.objectContaining({ code: 'BIZ_003', message: '重复的许可证分配' }),
          },
          {
            index: 3,
            member_id: 987_654,
            license_id: license.id,
            status: 'failed',
            error: {
              code: 'VALIDATION_ERROR',
              message: '请求参数验证失败',
              details: { member_id: ['无效的成员ID'] },
            },
          },
        ],
      },
    });
    const detail = await house.admin.ask(contracts.getAssignment, {
      params: { id: String(answer.body.data.results[0].assignment_id) },
    });
    expect(detail).toMatchObject({
      assignment_type: 'group_assign',
      assignment_reason: '开发团队统一申请',
      assignment_notes: '批量分配给开发团队成员',
      days_until_expiry: 364,
    });
  });

  test('1,000 rows are taken, 1,001 and none are not', async () => {
    const license = await house.aLicense();
    const rows = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ member_id: 700_000 + index, license_id: license.id }));
    const most = await house.admin.call(contracts.batchAssign, { body: { assignments: rows(1_000) } });
    expect([most.status, most.body.data.failed_count]).toEqual([200, 1_000]);
    for (const count of [0, 1_001])
      expect(
        (await house.admin.call(contracts.batchAssign, { body: { assignments: rows(count) } })).status,
      ).toBe(400);
  });
});

describe('the list', () => {
  test('has the seed’s shape, row by row', async () => {
    const own = await aHouse(kit);
    const john = await own.aMember({ username: 'john_doe', email: 'john@example.com' });
    const license = await own.aLicense({ license_key: `ABC-DEF-${own.tenantId}` });
    const { assignmentId, client } = await own.anAssignment({
      ...john,
      licenseId: license.id,
      body: { assignment_type: 'user_request', expires_days: 365, assignment_reason: '申请使用专业版功能' },
    });
    for (const name of ['one', 'two', 'three'])
      await client.ask(contracts.activateLicense, {
        params: { assignment_id: String(assignmentId) },
        body: device(name),
      });
    const answer = await own.admin.call(contracts.listAssignments, {});
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      data: {
        count: 1,
        next: null,
        previous: null,
        results: [
          {
            id: assignmentId,
            member: { id: john.memberId, username: 'john_doe', email: 'john@example.com' },
            license: {
              id: license.id,
              license_key: license.license_key,
              product_name: 'SuperApp Pro',
              plan_name: '专业版',
            },
            status: 'active',
            assigned_at: instant,
            activated_at: instant,
            expires_at: instant,
            assignment_type: 'user_request',
            assignment_reason: '申请使用专业版功能',
            days_until_expiry: 364,
            license_quota: { max_activations: 10, current_activations: 3, available_slots: 7 },
          },
        ],
        page_info: { current_page: 1, total_pages: 1, page_size: 20 },
      },
    });
  });

  test('filters, orders and pages', async () => {
    const own = await aHouse(kit);
    const ask = (query: object) =>
      own.admin.ask(contracts.listAssignments, { query }).then(({ items }) => items.map(({ id }) => id));
    const [a, b, c, d] = [
      await own.anAssignment({ body: { expires_days: 10 } }),
      await own.anAssignment({ body: { expires_days: 30 } }),
      await own.anAssignment({ body: { expires_days: 1 } }),
      await own.anAssignment(),
    ];
    await b.client.ask(contracts.activateLicense, {
      params: { assignment_id: String(b.assignmentId) },
      body: device('b'),
    });
    await letEnd(c.assignmentId);
    const newest = [d, c, b, a].map(({ assignmentId }) => assignmentId);
    expect(await ask({})).toEqual(newest);
    expect(await ask({ ordering: 'assigned_at' })).toEqual([...newest].reverse());
    expect(await ask({ ordering: '-expires_at' })).toEqual(
      [d, b, a, c].map(({ assignmentId }) => assignmentId),
    );
    expect((await ask({ ordering: '-activated_at' }))[0]).toBe(b.assignmentId);
    expect(await ask({ member_id: a.memberId })).toEqual([a.assignmentId]);
    expect(await ask({ license_id: b.licenseId })).toEqual([b.assignmentId]);
    expect(await ask({ status: 'active' })).toEqual([b.assignmentId]);
    expect(await ask({ status: 'expired' })).toEqual([c.assignmentId]);
    expect(await ask({ status: 'assigned' })).toEqual([d.assignmentId, a.assignmentId]);
    expect(await ask({ status: 'revoked' })).toEqual([]);
    expect(await ask({ expires_before: new Date(Date.now() + 20 * DAY).toISOString() })).toEqual([
      c.assignmentId,
      a.assignmentId,
    ]);
    expect(
      await ask({
        expires_before: new Date(Date.now() + 40 * DAY).toISOString().slice(0, 10),
        ordering: 'expires_at',
      }),
    ).toEqual([c, a, b].map(({ assignmentId }) => assignmentId));
    expect(await ask({ assigned_after: new Date(Date.now() + DAY).toISOString() })).toEqual([]);
    expect(await ask({ assigned_after: new Date(Date.now() - 2 * DAY).toISOString().slice(0, 10) })).toEqual(
      newest,
    );
    expect(await ask({ tenant_id: own.tenantId })).toEqual(newest);
    expect(await ask({ tenant_id: own.tenantId + 5_000 })).toEqual([]);
    const second = await own.admin.call(contracts.listAssignments, { query: { page: '2', page_size: '3' } });
    expect(second.body.data).toMatchObject({
      count: 4,
      next: null,
      previous: 'http://gateway.test/api/v1/license-assignments/?page=1&page_size=3',
      page_info: { current_page: 2, total_pages: 2, page_size: 3 },
    });
    expect(second.body.data.results).toHaveLength(1);
    expect((await own.admin.ask(contracts.listAssignments, { query: { page: '9' } })).items).toEqual([]);
  });

  test.each([
    'status=lost',
    'ordering=member',
    'page=0',
    'page_size=x',
    'expires_before=tomorrow',
    'member_id=0',
    'member_id[$gt]=1',
    'colour=red',
    'tenant_id=a',
  ])('refuses ?%s', async (query) => {
    const answer = await house.admin.send('get', `/api/v1/license-assignments/?${query}`);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test('is for administrators', async () => {
    const { client } = await house.aMember();
    expect((await client.call(contracts.listAssignments, {})).status).toBe(403);
  });
});

describe('the detail', () => {
  test('has the seed’s whole shape', async () => {
    const john = await house.aMember({
      username: 'john_doe',
      email: 'john@example.com',
      displayName: 'John Doe',
    });
    const license = await house.aLicense({ max_activations: 5 });
    const { assignmentId, client } = await house.anAssignment({
      ...john,
      licenseId: license.id,
      body: {
        assignment_type: 'user_request',
        expires_days: 365,
        assignment_reason: '申请使用专业版功能',
        assignment_notes: '用于开发项目使用',
      },
    });
    await client.ask(contracts.activateLicense, {
      params: { assignment_id: String(assignmentId) },
      body: device('DESKTOP-ABC123'),
    });
    const answer = await house.admin.call(contracts.getAssignment, { params: { id: String(assignmentId) } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      data: {
        id: assignmentId,
        member: {
          id: john.memberId,
          username: 'john_doe',
          email: 'john@example.com',
          display_name: 'John Doe',
        },
        license: {
          id: license.id,
          license_key: license.license_key,
          product: { id: house.productId, name: 'SuperApp Pro', version: '2.1.0' },
          plan: {
            id: house.planId,
            name: '专业版',
            features: { max_projects: 50, advanced_features: true, priority_support: true },
          },
        },
        status: 'active',
        assignment_type: 'user_request',
        assigned_at: instant,
        activated_at: instant,
        last_used_at: instant,
        expires_at: instant,
        days_until_expiry: 364,
        assignment_reason: '申请使用专业版功能',
        assignment_notes: '用于开发项目使用',
        max_concurrent_devices: null,
        status_reason: null,
        license_limits: { max_activations: 5, current_activations: 1 },
        device_bindings: [
          {
            device_id: 'DESKTOP-ABC123',
            device_name: null,
            bound_at: instant,
            last_seen_at: instant,
            status: 'active',
          },
        ],
        usage_stats: { total_usage_hours: 0, last_7_days_usage: 0, avg_daily_usage: 0 },
      },
    });
  });

  test('another tenant’s, an unknown and an impossible id are 404', async () => {
    const { assignmentId } = await house.anAssignment();
    const other = await aHouse(kit);
    expect(
      (await other.admin.call(contracts.getAssignment, { params: { id: String(assignmentId) } })).status,
    ).toBe(404);
    for (const id of ['987654', '0', 'x', '99999999999999999999'])
      expect((await house.admin.send('get', `/api/v1/license-assignments/${id}/`)).status).toBe(404);
  });
});

describe('the state machine', () => {
  const step = (
    endpoint:
      | typeof contracts.suspendAssignment
      | typeof contracts.resumeAssignment
      | typeof contracts.revokeAssignment,
    assignmentId: number,
    reason?: string,
  ) =>
    house.admin.call(endpoint, {
      params: { id: String(assignmentId) },
      body: reason === undefined ? {} : { reason },
    });
  const activate = (
    { assignmentId, client }: { assignmentId: number; client: House['admin'] },
    name = 'pc',
  ) =>
    client.call(contracts.activateLicense, {
      params: { assignment_id: String(assignmentId) },
      body: device(name),
    });

  test('suspended keeps its devices and refuses activation; resumed goes back to what it was', async () => {
    const mine = await house.anAssignment();
    const suspended = await step(contracts.suspendAssignment, mine.assignmentId, '安全审查');
    expect([suspended.status, suspended.body]).toEqual([
      200,
      {
        success: true,
        message: '许可证分配已暂停',
        data: {
          assignment_id: mine.assignmentId,
          status: 'suspended',
          assigned_at: instant,
          expires_at: null,
        },
      },
    ]);
    const refused = await activate(mine);
    expect(refused.status).toBe(409);
    expect(refused.body.error).toMatchObject({
      code: 'INVALID_STATE',
      details: { current_state: 'suspended', allowed_actions: ['resume', 'revoke'] },
    });
    expect((await step(contracts.suspendAssignment, mine.assignmentId)).body.error.code).toBe(
      'INVALID_STATE',
    );
    expect((await step(contracts.resumeAssignment, mine.assignmentId)).body.data.status).toBe('assigned');
    expect((await activate(mine)).status).toBe(200);
    await step(contracts.suspendAssignment, mine.assignmentId);
    const detail = await house.admin.ask(contracts.getAssignment, {
      params: { id: String(mine.assignmentId) },
    });
    expect(detail).toMatchObject({
      status: 'suspended',
      device_bindings: [{ device_id: 'pc', status: 'suspended' }],
      license_limits: { current_activations: 1 },
    });
    const resumed = await step(contracts.resumeAssignment, mine.assignmentId);
    expect(resumed.body).toMatchObject({ message: '许可证分配已恢复', data: { status: 'active' } });
    expect((await step(contracts.resumeAssignment, mine.assignmentId)).status).toBe(409);
    await kit.heardOne(
      'assignment.resumed.v1',
      ({ data, sequence }) => data.assignmentId === mine.assignmentId && sequence === 7,
    );
    const told = kit.heard.filter(
      ({ subject, type }) => subject === String(mine.assignmentId) && /^(assignment|device)/.test(type),
    );
    expect(told.map(({ type, sequence }) => [sequence, type])).toEqual([
      [1, 'assignment.created.v1'],
      [2, 'assignment.suspended.v1'],
      [3, 'assignment.resumed.v1'],
      [4, 'assignment.activated.v1'],
      [5, 'device.bound.v1'],
      [6, 'assignment.suspended.v1'],
      [7, 'assignment.resumed.v1'],
    ]);
  });

  test('revoked is final, unbinds every device and says why', async () => {
    const mine = await house.anAssignment();
    await activate(mine, 'one');
    await activate(mine, 'two');
    const revoked = await step(contracts.revokeAssignment, mine.assignmentId, '用户离职，回收许可证');
    expect(revoked.body).toMatchObject({ message: '许可证分配已撤销', data: { status: 'revoked' } });
    const detail = await house.admin.ask(contracts.getAssignment, {
      params: { id: String(mine.assignmentId) },
    });
    expect(detail).toMatchObject({
      status: 'revoked',
      status_reason: '用户离职，回收许可证',
      device_bindings: [],
      license_limits: { current_activations: 0 },
    });
    for (const endpoint of [
      contracts.suspendAssignment,
      contracts.resumeAssignment,
      contracts.revokeAssignment,
    ]) {
      const answer = await step(endpoint, mine.assignmentId);
      expect([answer.status, answer.body.error.details]).toEqual([
        409,
        { current_state: 'revoked', allowed_actions: [] },
      ]);
    }
    const told = await kit.heardOne(
      'assignment.revoked.v1',
      ({ data }) => data.assignmentId === mine.assignmentId,
    );
    expect(told.data).toMatchObject({ status: 'revoked', reason: '用户离职，回收许可证' });
    const unbound = kit.heard.filter(
      ({ subject, type }) => subject === String(mine.assignmentId) && type === 'device.unbound.v1',
    );
    expect(unbound.map(({ data }) => data.boundDevices)).toEqual([1, 0]);
  });

  test('what has ended is expired at once for every reader and refuses every step', async () => {
    const mine = await house.anAssignment({ body: { expires_days: 5 } });
    await activate(mine);
    await letEnd(mine.assignmentId);
    const detail = await house.admin.ask(contracts.getAssignment, {
      params: { id: String(mine.assignmentId) },
    });
    expect(detail).toMatchObject({ status: 'expired', days_until_expiry: 0, device_bindings: [] });
    expect((await activate(mine)).body.error).toMatchObject({
      code: 'INVALID_STATE',
      details: { current_state: 'expired' },
    });
    for (const endpoint of [
      contracts.suspendAssignment,
      contracts.resumeAssignment,
      contracts.revokeAssignment,
    ])
      expect((await step(endpoint, mine.assignmentId)).status).toBe(409);
    const own = (query: object) =>
      mine.client
        .ask(contracts.listMyLicenses, { query })
        .then(({ items }) => items.map(({ status }) => status));
    expect(await own({})).toEqual([]);
    expect(await own({ include_expired: 'true' })).toEqual(['expired']);
    expect(await own({ status: 'expired' })).toEqual(['expired']);
    expect(await own({ status: 'active' })).toEqual([]);
  });

  test('one of two steps at once wins', async () => {
    const mine = await house.anAssignment();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => step(contracts.suspendAssignment, mine.assignmentId)),
    );
    expect(statusesOf(answers)).toEqual([200, 409, 409, 409, 409, 409]);
  });

  test('is for administrators of the tenant; bad bodies are 400', async () => {
    const mine = await house.anAssignment();
    const other = await aHouse(kit);
    for (const name of ['suspend', 'resume', 'revoke']) {
      const path = `/api/v1/license-assignments/${mine.assignmentId}/${name}/`;
      expect((await mine.client.send('post', path, { body: {} })).status).toBe(403);
      expect((await other.admin.send('post', path, { body: {} })).status).toBe(404);
      expect((await house.admin.send('post', path, { body: { reason: 7 } })).status).toBe(400);
      expect((await house.admin.send('post', path, { body: { why: '' } })).status).toBe(400);
      expect((await house.admin.send('get', path)).status).toBe(405);
    }
    expect(await lastIn('assignments', { _id: mine.assignmentId as never })).toMatchObject({
      status: 'assigned',
      sequence: 1,
    });
  });
});

describe('a member’s own', () => {
  test('lists its rows as the administrator’s list shows them, and nobody else’s', async () => {
    const mine = await house.anAssignment();
    await house.anAssignment();
    const { items, count } = await mine.client.ask(contracts.listMyLicenses, {});
    expect(count).toBe(1);
    const [row] = (await house.admin.ask(contracts.listAssignments, { query: { member_id: mine.memberId } }))
      .items;
    expect(items).toEqual([row]);
    expect(
      (await mine.client.ask(contracts.listMyLicenses, { query: { product_id: house.productId } })).count,
    ).toBe(1);
    expect(
      (await mine.client.ask(contracts.listMyLicenses, { query: { product_id: house.productId + 999 } }))
        .count,
    ).toBe(0);
    expect((await mine.client.send('get', '/api/v1/user/licenses/?include_expired=maybe')).status).toBe(400);
    expect((await mine.client.send('get', '/api/v1/user/licenses/?member_id=1')).status).toBe(400);
    expect(
      (await kit.as({ role: 'anonymous', tenantId: house.tenantId }).call(contracts.listMyLicenses, {}))
        .status,
    ).toBe(401);
    expect(
      (await kit.as({ role: 'internal', tenantId: house.tenantId }).call(contracts.listMyLicenses, {}))
        .status,
    ).toBe(403);
  });
});
