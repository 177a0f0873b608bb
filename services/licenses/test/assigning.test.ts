/** Assigning, one by one and in a batch: who may, what is refused, repeats and races. */
import { randomUUID } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { memberDeactivated } from '@membership/contracts/events/gateway';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, instant, letEnd, statusesOf, type House } from './builders.ts';

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

describe('assigning', () => {
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
    await letEnd(kit, assignmentId);
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
  test('1,000 rows are taken, each done, in one answer; 1,001 and none are not', async () => {
    const license = await house.aLicense();
    const ids = Array.from({ length: 1_001 }, (_, index) => 700_000 + index);
    await kit.connection.collection<{ _id: number }>('directory_members').insertMany(
      ids.map((_id) => ({
        ...{ _id, memberId: _id, tenantId: house.tenantId, isActive: true, sequence: 1 },
      })) as never,
    );
    const rows = ids.map((member_id) => ({ member_id, license_id: license.id }));
    const ask = (assignments: object[]) =>
      house.admin.call(contracts.batchAssign, { body: { assignments: assignments as never } });
    const most = await ask(rows.slice(0, 1_000));
    expect([most.status, most.body.message, most.body.data.successful_count]).toEqual([
      200,
      '成功创建 1000 条记录',
      1_000,
    ]);
    const again = (await ask(rows.slice(0, 1_000))).body.data;
    expect([again.successful_count, again.failed_count]).toEqual([0, 1_000]);
    expect(again.results.at(-1).error).toMatchObject({
      code: 'BIZ_003',
      details: { assignment_id: most.body.data.results.at(-1).assignment_id, status: 'assigned' },
    });
    for (const wrong of [[], rows]) expect((await ask(wrong)).status).toBe(400);
    expect(await kit.connection.collection('assignments').countDocuments({ licenseId: license.id })).toBe(
      1_000,
    );
  });

  test('the same key gives the same results once; it is for administrators, of their own tenant', async () => {
    const { memberId, client } = await house.aMember();
    const license = await house.aLicense();
    const body = { assignments: [{ member_id: memberId, license_id: license.id }] };
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      [1, 2, 3].map(() => house.admin.call(contracts.batchAssign, { body }, { headers })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers[0]?.body.data.successful_count).toBe(1);
    expect((await client.call(contracts.batchAssign, { body })).status).toBe(403);
    const other = await aHouse(kit);
    const { results } = await other.admin.ask(contracts.batchAssign, { body });
    expect(Object.keys(results[0]?.error?.details ?? {})).toEqual(['member_id', 'license_id']);
  });

  test('rows that cannot be are 400 for their fields, with their place', async () => {
    const row = { member_id: 1, license_id: 1 };
    for (const [assignments, field] of [
      [[row, { ...row, member_id: 'x' }], 'assignments.1.member_id'],
      [[{ member_id: 1 }], 'assignments.0.license_id'],
      [[{ ...row, expires_days: 0 }], 'assignments.0.expires_days'],
      [[{ ...row, $where: 1 }], 'assignments.0.$where'],
    ] as const) {
      const { status, body } = await house.admin.send('post', '/api/v1/license-assignments/batch-assign/', {
        body: { assignments },
      });
      expect([status, Object.keys(body.error.details)]).toEqual([400, [field]]);
    }
  });
});
