/** Activation: the seed’s request, limits and repeats, what it announces; unbinding; usage as it is shown. */
import { randomUUID } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Client } from '@membership/contracts/client';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, instant, statusesOf, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
});
afterEach(async () => expect((await verifySlots(kit.connection)).problems).toEqual([]));
afterAll(() => kit.stop());

const activate = (client: Client, assignmentId: number, name: string, headers: Record<string, string> = {}) =>
  client.call(
    contracts.activateLicense,
    { params: { assignment_id: String(assignmentId) }, body: device(name) },
    { headers },
  );
const unbind = (client: Client, assignmentId: number, device_id: string) =>
  client.call(contracts.unbindDevice, {
    params: { assignment_id: String(assignmentId) },
    body: { device_id },
  });
const heardOf = (assignmentId: number) =>
  kit.heard.filter(
    ({ subject, type }) => subject === String(assignmentId) && /^(assignment|device)\./.test(type),
  );

const seedBody = {
  device_info: {
    device_id: 'DESKTOP-XYZ789',
    device_name: "John's Workstation",
    hardware_fingerprint: 'abc123def456...',
    os_info: { name: 'Windows 11', version: '10.0.22000' },
  },
};

describe('activating', () => {
  test('takes the seed’s request; announces the activation once in its life, and the device', async () => {
    const { assignmentId, client, memberId, licenseId } = await house.anAssignment();
    const call = () =>
      client.call(contracts.activateLicense, {
        params: { assignment_id: String(assignmentId) },
        body: seedBody,
      });
    const first = await call();
    expect([first.status, first.body]).toEqual([
      200,
      {
        success: true,
        message: '许可证激活成功',
        data: {
          assignment_id: assignmentId,
          status: 'active',
          activated_at: instant,
          device: {
            device_id: 'DESKTOP-XYZ789',
            device_name: "John's Workstation",
            bound_at: instant,
            last_seen_at: instant,
            status: 'active',
          },
          evicted_device_id: null,
          lease_expires_at: null,
          license_quota: { max_activations: 10, current_activations: 1, available_slots: 9 },
        },
      },
    ]);
    const again = await call();
    expect([again.status, again.body.data]).toEqual([
      200,
      { ...first.body.data, device: { ...first.body.data.device, last_seen_at: instant } },
    ]);
    expect((await activate(client, assignmentId, 'second')).body.data.license_quota.current_activations).toBe(
      2,
    );
    await kit.heardOne(
      'device.bound.v1',
      ({ data }) => data.assignmentId === assignmentId && data.deviceId === 'second',
    );
    expect(heardOf(assignmentId).map(({ type, sequence }) => [sequence, type])).toEqual([
      [1, 'assignment.created.v1'],
      [2, 'assignment.activated.v1'],
      [3, 'device.bound.v1'],
      [4, 'device.bound.v1'],
    ]);
    const told = heardOf(assignmentId)[1];
    expect(told).toMatchObject({
      actor: `user:${memberId}`,
      tenantid: house.tenantId,
      data: {
        assignmentId,
        memberId,
        licenseId,
        productId: house.productId,
        planId: house.planId,
        productName: 'SuperApp Pro',
        planName: '专业版',
        status: 'active',
        activatedAt: first.body.data.activated_at,
      },
    });
    expect(await kit.metrics()).toContain('membership_license_activations_total{outcome="activated"');
  });

  test('unbinding every device and binding again is no second activation', async () => {
    const { assignmentId, client } = await house.anAssignment();
    const { activated_at } = (await activate(client, assignmentId, 'one')).body.data;
    const unbound = await unbind(client, assignmentId, 'one');
    expect([unbound.status, unbound.body]).toEqual([
      200,
      {
        success: true,
        message: '设备解绑成功',
        data: {
          assignment_id: assignmentId,
          status: 'active',
          device_id: 'one',
          license_quota: { max_activations: 10, current_activations: 0, available_slots: 10 },
        },
      },
    ]);
    expect((await activate(client, assignmentId, 'one')).body.data.activated_at).toBe(activated_at);
    await kit.heardOne(
      'device.bound.v1',
      ({ data, sequence }) => data.assignmentId === assignmentId && sequence === 5,
    );
    expect(heardOf(assignmentId).map(({ type }) => type)).toEqual([
      'assignment.created.v1',
      'assignment.activated.v1',
      'device.bound.v1',
      'device.unbound.v1',
      'device.bound.v1',
    ]);
  });

  test('is the member’s own: somebody else’s, another tenant’s and an unknown one are 404', async () => {
    const { assignmentId, memberId } = await house.anAssignment();
    const { client: somebody } = await house.aMember();
    const other = await aHouse(kit);
    const namesake = kit.as({ role: 'member', tenantId: other.tenantId, userId: memberId });
    for (const client of [somebody, namesake, house.admin]) {
      expect((await activate(client, assignmentId, 'pc')).status).toBe(404);
      expect((await unbind(client, assignmentId, 'pc')).status).toBe(404);
      expect(
        (await client.call(contracts.getLicenseUsage, { params: { assignment_id: String(assignmentId) } }))
          .status,
      ).toBe(404);
    }
    expect((await activate(somebody, 987_654, 'pc')).body.error.code).toBe('BIZ_001');
    expect(
      (await activate(kit.as({ role: 'internal', tenantId: house.tenantId }), assignmentId, 'pc')).status,
    ).toBe(403);
    expect(
      (await activate(kit.as({ role: 'anonymous', tenantId: house.tenantId }), assignmentId, 'pc')).status,
    ).toBe(401);
  });

  test.each([
    [{}],
    [{ device_info: {} }],
    [{ device_info: { device_id: '' } }],
    [{ device_info: { device_id: '   ' } }],
    [{ device_info: { device_id: 'x'.repeat(256) } }],
    [{ device_info: { device_id: 'a\u0000b' } }],
    [{ device_info: { device_id: { $gt: '' } } }],
    [{ device_info: { device_id: 'x', os_info: { kernel: 1 } } }],
    [{ device_info: { device_id: 'x' }, memberId: 1 }],
    [[]],
    [null],
  ])('refuses %j', async (body) => {
    const { client } = await house.aMember();
    const answer = await client.send('post', '/api/v1/user/licenses/1/activate/', {
      raw: JSON.stringify(body),
    });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test('the cap of the assignment holds, whatever the licence has left', async () => {
    const { assignmentId, client } = await house.anAssignment({ body: { max_concurrent_devices: 2 } });
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => activate(client, assignmentId, name)),
    );
    expect(statusesOf(answers)).toEqual([200, 200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.error).toMatchObject({
      code: 'BIZ_002',
      details: { max_concurrent_devices: 2, bound_devices: 2 },
    });
  });

  test('a key gives the same answer again, also at once; with another device it is refused', async () => {
    const { assignmentId, client } = await house.anAssignment();
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => activate(client, assignmentId, 'pc', headers)),
    );
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(4);
    expect((await activate(client, assignmentId, 'other', headers)).body.error.code).toBe(
      'IDEMPOTENCY_CONFLICT',
    );
  });

  test('the same device from many sides at once takes one slot', async () => {
    const { assignmentId, client } = await house.anAssignment();
    const answers = await Promise.all(Array.from({ length: 20 }, () => activate(client, assignmentId, 'pc')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => body.data.license_quota.current_activations))).toEqual(
      new Set([1]),
    );
  });

  test('a bad item in a batch leaves its neighbours alone', async () => {
    const [good, full] = [
      await house.anAssignment(),
      await house.anAssignment({ licenseId: (await house.aLicense({ max_activations: 1 })).id }),
    ];
    await activate(full.client, full.assignmentId, 'first');
    const answers = await Promise.all([
      activate(full.client, full.assignmentId, 'second'),
      activate(good.client, good.assignmentId, 'pc'),
      activate(good.client, 987_654, 'pc'),
      activate(full.client, full.assignmentId, 'first'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([409, 200, 404, 200]);
    expect(answers[0]?.body.error).toMatchObject({
      code: 'BIZ_002',
      message: '许可证激活数已达上限（1），请先解绑其他设备',
      details: { max_activations: 1, current_activations: 1, available_slots: 0 },
    });
  });
});

describe('unbinding', () => {
  test('a device that is not bound is 404; two at once unbind once; the slot is free again', async () => {
    const license = await house.aLicense({ max_activations: 1 });
    const { assignmentId, client } = await house.anAssignment({ licenseId: license.id });
    expect((await unbind(client, assignmentId, 'pc')).body.error).toMatchObject({
      code: 'BIZ_001',
      message: '该设备未绑定',
    });
    await activate(client, assignmentId, 'pc');
    const answers = await Promise.all(Array.from({ length: 5 }, () => unbind(client, assignmentId, 'pc')));
    expect(statusesOf(answers)).toEqual([200, 404, 404, 404, 404]);
    expect((await activate(client, assignmentId, 'another')).status).toBe(200);
    for (const body of [{}, { device_id: 5 }, { device_id: 'x', force: true }])
      expect(
        (await client.send('post', `/api/v1/user/licenses/${assignmentId}/unbind-device/`, { body })).status,
      ).toBe(400);
  });
});

describe('usage', () => {
  test('shows what was recorded: totals, the last seven days, devices and intervals', async () => {
    const { assignmentId, client } = await house.anAssignment();
    await activate(client, assignmentId, 'pc');
    const usage = () =>
      client.call(contracts.getLicenseUsage, { params: { assignment_id: String(assignmentId) } });
    expect((await usage()).body).toMatchObject({
      success: true,
      data: {
        usage_stats: { total_usage_hours: 0, last_7_days_usage: 0, avg_daily_usage: 0 },
        device_bindings: [{ device_id: 'pc' }],
        intervals: [],
      },
    });
    const hour = 3_600_000;
    const at = (hoursAgo: number) => new Date(Date.now() - hoursAgo * hour);
    await kit.connection.collection<{ _id: number }>('usage_intervals').insertMany([
      { _id: 1, tenantId: house.tenantId, assignmentId, deviceId: 'pc', startedAt: at(24.2), endedAt: at(0) },
      {
        _id: 2,
        tenantId: house.tenantId,
        assignmentId,
        deviceId: 'pc',
        startedAt: at(24 * 7 + 5),
        endedAt: at(24 * 7 - 1),
      },
    ] as never);
    await kit.connection
      .collection<{ _id: number }>('assignments')
      .updateOne({ _id: assignmentId }, { $set: { usedSeconds: 30.2 * 3_600 } });
    const { data } = (await usage()).body;
    expect(data.usage_stats).toEqual({
      total_usage_hours: 30.2,
      last_7_days_usage: 25.2,
      avg_daily_usage: 3.6,
    });
    expect(data.intervals.map(({ hours }: { hours: number }) => hours)).toEqual([24.2, 6]);
  });
});
