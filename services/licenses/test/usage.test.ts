/** What bound devices say of themselves, usage and heartbeats; and how devices give way to newer ones. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@membership/contracts/client';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
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

const HOUR = 3_600_000;
/** Whole seconds, as intervals are kept; fixed for the file, so that reports of two moments meet. */
const start = Math.floor(Date.now() / 1_000) * 1_000;
const at = (hoursAgo: number) => new Date(start - hoursAgo * HOUR).toISOString();
const paramsOf = (assignmentId: number) => ({ params: { assignment_id: String(assignmentId) } });
const bind = (client: Client, assignmentId: number, name: string, more = {}) =>
  client.call(contracts.activateLicense, { ...paramsOf(assignmentId), body: { ...device(name), ...more } });
const report = (
  client: Client,
  assignmentId: number,
  from: number,
  to: number,
  device_id = 'pc',
  headers = {},
) =>
  client.call(
    contracts.reportUsage,
    { ...paramsOf(assignmentId), body: { device_id, started_at: at(from), ended_at: at(to) } },
    { headers },
  );
const beat = (client: Client, assignmentId: number, device_id = 'pc') =>
  client.call(contracts.heartbeat, { ...paramsOf(assignmentId), body: { device_id } });
const usageOf = async (client: Client, assignmentId: number) =>
  (await client.call(contracts.getLicenseUsage, paramsOf(assignmentId))).body.data;

/** An assignment whose device `pc` was bound 30 days ago. */
async function inUse(options: Parameters<House['anAssignment']>[0] = {}) {
  const mine = await house.anAssignment(options);
  await bind(mine.client, mine.assignmentId, 'pc');
  await kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne({ _id: mine.assignmentId }, { $set: { activatedAt: new Date(start - 30 * 24 * HOUR) } });
  return mine;
}

describe('reporting usage', () => {
  test('answers the interval, feeds the statistics and is announced', async () => {
    const { assignmentId, client, memberId, licenseId } = await inUse();
    const answer = await report(client, assignmentId, 3, 1);
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        success: true,
        message: '使用时段已记录',
        data: {
          assignment_id: assignmentId,
          interval: { device_id: 'pc', started_at: at(3), ended_at: at(1), hours: 2 },
          added_seconds: 7_200,
          total_usage_hours: 2,
        },
      },
    ]);
    const shown = await usageOf(client, assignmentId);
    expect(shown).toEqual({
      usage_stats: { total_usage_hours: 2, last_7_days_usage: 2, avg_daily_usage: 0.3 },
      device_bindings: [
        { device_id: 'pc', device_name: null, bound_at: instant, last_seen_at: instant, status: 'active' },
      ],
      intervals: [{ device_id: 'pc', started_at: at(3), ended_at: at(1), hours: 2 }],
    });
    const told = await kit.heardOne(
      'license.usage_reported.v1',
      ({ subject }) => subject === String(assignmentId),
    );
    expect(told).toMatchObject({
      sequence: 4,
      data: { assignmentId, memberId, licenseId, deviceId: 'pc', addedSeconds: 7_200, usedSeconds: 7_200 },
    });
  });

  test('intervals that overlap or touch become one and count once; those of two devices count twice', async () => {
    const { assignmentId, client } = await inUse();
    await bind(client, assignmentId, 'laptop');
    await report(client, assignmentId, 10, 9);
    await report(client, assignmentId, 7, 6);
    expect((await usageOf(client, assignmentId)).intervals).toHaveLength(2);
    const joined = await report(client, assignmentId, 9, 6.5);
    expect(joined.body.data).toMatchObject({
      interval: { started_at: at(10), ended_at: at(6), hours: 4 },
      added_seconds: 2 * 3_600,
      total_usage_hours: 4,
    });
    const again = await report(client, assignmentId, 9.5, 6.5);
    expect(again.body.data).toMatchObject({ interval: { hours: 4 }, added_seconds: 0, total_usage_hours: 4 });
    await report(client, assignmentId, 8, 7, 'laptop');
    const { usage_stats, intervals } = await usageOf(client, assignmentId);
    expect(usage_stats.total_usage_hours).toBe(5);
    expect(
      intervals.map(({ device_id, hours }: { device_id: string; hours: number }) => [device_id, hours]),
    ).toEqual([
      ['pc', 4],
      ['laptop', 1],
    ]);
  });

  test('many at once, overlapping, add up to their union', async () => {
    const { assignmentId, client } = await inUse();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => report(client, assignmentId, 50 - index, 48 - index)),
    );
    expect(statusesOf(answers)).toEqual(Array(40).fill(200));
    const { usage_stats, intervals } = await usageOf(client, assignmentId);
    expect([usage_stats.total_usage_hours, intervals.length, intervals[0].hours]).toEqual([41, 1, 41]);
    const added = answers.reduce((sum, { body }) => sum + body.data.added_seconds, 0);
    expect(added).toBe(41 * 3_600);
  });

  test('a key gives the same answer again; with another interval it is refused', async () => {
    const { assignmentId, client } = await inUse();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await report(client, assignmentId, 3, 2, 'pc', headers);
    const again = await report(client, assignmentId, 3, 2, 'pc', headers);
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true']);
    expect((await report(client, assignmentId, 3, 1, 'pc', headers)).status).toBe(422);
  });

  test('what cannot have been is 400 for its field; clocks may differ by a minute', async () => {
    const { assignmentId, client } = await inUse();
    const fieldsOf = async (from: number, to: number) =>
      Object.keys((await report(client, assignmentId, from, to)).body.error?.details ?? {});
    expect(await fieldsOf(31 * 24, 30 * 24 - 1)).toEqual(['started_at']);
    expect(await fieldsOf(1, -1)).toEqual(['ended_at']);
    expect(await fieldsOf(1, 1)).toEqual(['ended_at']);
    expect(await fieldsOf(1, 2)).toEqual(['ended_at']);
    expect(await fieldsOf(800, 0)).toEqual(['started_at', 'ended_at']);
    const { body } = await client.call(contracts.reportUsage, {
      ...paramsOf(assignmentId),
      body: { device_id: 'pc', started_at: at(1), ended_at: new Date(Date.now() + 30_000).toISOString() },
    });
    expect(new Date(body.data.interval.ended_at).getTime()).toBeLessThanOrEqual(Date.now());
    for (const raw of [
      {},
      { device_id: 'pc' },
      { device_id: 'pc', started_at: 1, ended_at: 2 },
      { device_id: { $gt: '' } },
    ])
      expect(
        (await client.send('post', `/api/v1/user/licenses/${assignmentId}/usage/`, { body: raw })).status,
      ).toBe(400);
  });
});

describe('a heartbeat', () => {
  test('says when the device was seen', async () => {
    const { assignmentId, client } = await inUse();
    const answer = await beat(client, assignmentId);
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        success: true,
        message: '心跳已收到',
        data: {
          assignment_id: assignmentId,
          status: 'active',
          device: {
            device_id: 'pc',
            device_name: null,
            bound_at: instant,
            last_seen_at: instant,
            status: 'active',
          },
          lease_expires_at: null,
        },
      },
    ]);
    const detail = await house.admin.ask(contracts.getAssignment, { params: { id: String(assignmentId) } });
    expect(detail.last_used_at).toBe(answer.body.data.device.last_seen_at);
  });

  test('and usage: a device that is not bound, somebody else’s and another tenant’s assignment are 404; suspended is 409', async () => {
    const { assignmentId, client, memberId } = await inUse();
    const other = await aHouse(kit);
    const { client: somebody } = await house.aMember();
    for (const caller of [somebody, kit.as({ role: 'member', tenantId: other.tenantId, userId: memberId })]) {
      expect((await beat(caller, assignmentId)).status).toBe(404);
      expect((await report(caller, assignmentId, 2, 1)).status).toBe(404);
    }
    expect((await beat(client, assignmentId, 'unknown')).body.error).toMatchObject({
      code: 'BIZ_001',
      message: '该设备未绑定',
    });
    expect((await report(client, assignmentId, 2, 1, 'unknown')).status).toBe(404);
    await house.admin.ask(contracts.suspendAssignment, { params: { id: String(assignmentId) }, body: {} });
    for (const answer of [await beat(client, assignmentId), await report(client, assignmentId, 2, 1)])
      expect(answer.body.error).toMatchObject({
        code: 'INVALID_STATE',
        details: { current_state: 'suspended', allowed_actions: ['resume', 'revoke'] },
      });
  });
});

describe('giving way', () => {
  test('evict_oldest lets the device go that was seen the longest ago, and only when no slot is left', async () => {
    const { id: licenseId } = await house.aLicense({ max_activations: 2 });
    const { assignmentId, client } = await house.anAssignment({ licenseId });
    await bind(client, assignmentId, 'first');
    expect(
      (await bind(client, assignmentId, 'second', { evict_oldest: true })).body.data.evicted_device_id,
    ).toBeNull();
    await beat(client, assignmentId, 'first');
    expect((await bind(client, assignmentId, 'third')).body.error.code).toBe('BIZ_002');
    const third = await bind(client, assignmentId, 'third', { evict_oldest: true });
    expect(third.body.data).toMatchObject({
      evicted_device_id: 'second',
      license_quota: { max_activations: 2, current_activations: 2, available_slots: 0 },
    });
    const told = await kit.heardOne('device.unbound.v1', ({ subject }) => subject === String(assignmentId));
    expect(told).toMatchObject({ sequence: 5, data: { deviceId: 'second', boundDevices: 1 } });
    await kit.heardOne(
      'device.bound.v1',
      ({ subject, sequence }) => subject === String(assignmentId) && sequence === 6,
    );
  });

  test('of many devices those that were seen the longest ago give way, as many as come at once', async () => {
    const { id: licenseId } = await house.aLicense({ max_activations: 300 });
    const { assignmentId, client } = await house.anAssignment({ licenseId });
    await bind(client, assignmentId, 'd0');
    const devices = kit.connection.collection<{ _id: string }>('devices');
    const { _id: _key, ...first } = (await devices.findOne({ assignmentId })) ?? {};
    const more = Array.from({ length: 299 }, (_, index) => ({
      ...first,
      _id: `${house.tenantId}:${assignmentId}:d${index + 1}`,
      deviceId: `d${index + 1}`,
      lastSeenAt: new Date(Date.now() - (index + 1) * 1_000),
      // The one that was silent for longest has a file.
      awayUntil: index === 298 ? new Date(Date.now() + 3_600_000) : null,
    }));
    await devices.insertMany(more as never[]);
    const bound = { $set: { boundDevices: 300 } };
    await kit.connection.collection<{ _id: number }>('assignments').updateOne({ _id: assignmentId }, bound);
    await kit.connection.collection<{ _id: number }>('licenses').updateOne({ _id: licenseId }, bound);
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        bind(client, assignmentId, `new${index}`, { evict_oldest: true }),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.data.evicted_device_id))).toEqual(
      new Set(['d298', 'd297', 'd296', 'd295', 'd294']),
    );
  });

  test('never another assignment’s device', async () => {
    const { id: licenseId } = await house.aLicense({ max_activations: 1 });
    const holder = await house.anAssignment({ licenseId });
    await bind(holder.client, holder.assignmentId, 'pc');
    const second = await house.anAssignment({ licenseId });
    const answer = await bind(second.client, second.assignmentId, 'mine', { evict_oldest: true });
    expect([answer.status, answer.body.error.code]).toEqual([409, 'BIZ_002']);
  });

  test('many that evict at once leave as many as there are slots', async () => {
    const { id: licenseId } = await house.aLicense({ max_activations: 3 });
    const { assignmentId, client } = await house.anAssignment({ licenseId });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        bind(client, assignmentId, `d${index}`, { evict_oldest: true }),
      ),
    );
    expect(statusesOf(answers)).toEqual(Array(20).fill(200));
    expect((await usageOf(client, assignmentId)).device_bindings).toHaveLength(3);
  });
});

test('a plan limits how many new devices an assignment may bind in a time, whatever it unbinds', async () => {
  const plan = await house.admin.ask(contracts.createPlan, {
    body: {
      product_id: house.productId,
      name: 'Strict',
      policy: { new_devices_limit: 2, new_devices_days: 30 },
    },
  });
  expect(plan.policy).toMatchObject({ new_devices_limit: 2, new_devices_days: 30 });
  const { id: licenseId } = await house.aLicense({ plan_id: plan.id });
  const { assignmentId, client } = await house.anAssignment({ licenseId });
  for (const name of ['a', 'b']) expect((await bind(client, assignmentId, name)).status).toBe(200);
  await client.ask(contracts.unbindDevice, { ...paramsOf(assignmentId), body: { device_id: 'a' } });
  const third = await bind(client, assignmentId, 'c', { evict_oldest: true });
  expect([third.status, third.body.error]).toEqual([
    409,
    {
      code: 'BIZ_002',
      message: '30 天内最多可绑定 2 台新设备，请稍后再试',
      details: { new_devices_limit: 2, new_devices_days: 30, retry_at: instant },
    },
  ]);
  // A device that is bound already is no new one.
  expect((await bind(client, assignmentId, 'b')).status).toBe(200);
  const long = new Date(start - 31 * 24 * HOUR);
  await kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne({ _id: assignmentId }, { $set: { 'recentBindings.0': long } });
  expect((await bind(client, assignmentId, 'c')).status).toBe(200);
});

test('reports a minute become one interval, also where they start within a second, or a second apart', async () => {
  const { assignmentId, client } = await inUse();
  const base = Math.floor(Date.now() / 60_000) * 60_000 - 2 * HOUR;
  const minute = (from: number, to: number, device_id = 'pc') =>
    client.ask(contracts.reportUsage, {
      ...paramsOf(assignmentId),
      body: {
        device_id,
        started_at: new Date(base + from).toISOString(),
        ended_at: new Date(base + to).toISOString(),
      },
    });
  let seconds = 0;
  // Its end is cut to the second, and so is the start of the next, which lies in it.
  for (let index = 0; index < 5; index++)
    seconds += (await minute(5_400 + index * 60_000, 5_400 + (index + 1) * 60_000)).added_seconds;
  expect(seconds).toBe(300);
  // 305.0 ended; this one starts 1.7 s later, a second once both are cut.
  seconds += (await minute(306_700, 366_200)).added_seconds;
  expect(seconds).toBe(361);
  // Two seconds are a pause.
  seconds += (await minute(368_000, 400_000)).added_seconds;
  const { intervals, usage_stats } = await usageOf(client, assignmentId);
  expect(intervals.map(({ started_at }: { started_at: string }) => Date.parse(started_at) - base)).toEqual([
    368_000, 5_000,
  ]);
  expect([seconds, usage_stats.total_usage_hours]).toEqual([393, 0.1]);
});

test('the last seven days count whole, however many intervals they are', async () => {
  const { assignmentId, client } = await inUse();
  const row = await kit.connection
    .collection<{ _id: number; tenantId: number }>('assignments')
    .findOne({ _id: assignmentId });
  const end = Date.now();
  await kit.connection.collection<{ _id: number }>('usage_intervals').insertMany(
    Array.from({ length: 10_800 }, (_, index) => ({
      _id: 50_000_000 + index,
      tenantId: row?.tenantId,
      assignmentId,
      deviceId: 'pc',
      startedAt: new Date(end - (index + 1) * 40_000),
      endedAt: new Date(end - (index + 1) * 40_000 + 20_000),
    })),
  );
  expect((await usageOf(client, assignmentId)).usage_stats.last_7_days_usage).toBe(60);
  await kit.connection.collection('usage_intervals').deleteMany({ assignmentId });
});
