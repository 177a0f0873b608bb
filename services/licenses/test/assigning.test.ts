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
