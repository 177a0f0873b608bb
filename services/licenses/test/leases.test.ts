/** Floating seats: a device that says nothing for the lease of its plan gives its slot back. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { auditTallies } from '../src/reports/audit-tallies.ts';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, instant, type House } from './builders.ts';

const MINUTE = 60_000;
const LEASE = 30;
let kit: ServiceKit;
let house: House;
let planId: number;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '1' });
  house = await aHouse(kit);
  const plan = await house.admin.ask(contracts.createPlan, {
    body: { product_id: house.productId, name: 'Floating', policy: { lease_minutes: LEASE } },
  });
  planId = plan.id;
});
afterEach(async () => {
  expect((await verifySlots(kit.connection)).problems).toEqual([]);
  expect((await auditTallies(kit.connection)).faults).toEqual([]);
});
afterAll(() => kit.stop());

type Mine = Awaited<ReturnType<House['anAssignment']>>;
const paramsOf = ({ assignmentId }: Mine) => ({ params: { assignment_id: String(assignmentId) } });
const activate = (mine: Mine, name = 'pc') =>
  mine.client.call(contracts.activateLicense, { ...paramsOf(mine), body: device(name) });
const beat = (mine: Mine) =>
  mine.client.call(contracts.heartbeat, { ...paramsOf(mine), body: { device_id: 'pc' } });
const devicesOf = async (mine: Mine) =>
  (await mine.client.ask(contracts.getLicenseUsage, paramsOf(mine))).device_bindings.length;
/** As if the devices of an assignment had said nothing for so long. */
const silentFor = (minutes: number, { assignmentId }: Mine) =>
  kit.connection.collection('devices').updateMany({ assignmentId }, [
    {
      $set: {
        lastSeenAt: { $subtract: ['$$NOW', minutes * MINUTE] },
        leaseUntil: { $subtract: ['$$NOW', (minutes - LEASE) * MINUTE] },
      },
    },
  ] as never);
/** Waits until a lease that has certainly lapsed was let go: the job has looked at everything before it. */
async function afterTheJob(): Promise<void> {
  const { id } = await house.aLicense({ plan_id: planId });
  const other = await house.anAssignment({ licenseId: id });
  await activate(other);
  await silentFor(LEASE + 1, other);
  await eventually(async () => expect(await devicesOf(other)).toBe(0));
}

test('one seat for two: the silent one loses it, the other gets it, and the first is told to activate again', async () => {
  const { id: licenseId } = await house.aLicense({ plan_id: planId, max_activations: 1 });
  const [first, second] = [await house.anAssignment({ licenseId }), await house.anAssignment({ licenseId })];
  const bound = (await activate(first)).body.data;
  expect(new Date(bound.lease_expires_at).getTime() - new Date(bound.device.bound_at).getTime()).toBe(
    LEASE * MINUTE,
  );
  expect((await activate(second)).body.error.code).toBe('BIZ_002');
  await silentFor(LEASE + 1, first);
  await eventually(async () => expect((await activate(second)).status).toBe(200));
  const told = await kit.heardOne(
    'device.unbound.v1',
    ({ subject }) => subject === String(first.assignmentId),
  );
  expect(told).toMatchObject({
    sequence: 4,
    actor: 'system:licenses',
    data: { deviceId: 'pc', boundDevices: 0 },
  });
  expect((await beat(first)).body.error).toMatchObject({ code: 'BIZ_001', message: '该设备未绑定' });
  const detail = await house.admin.ask(contracts.getAssignment, {
    params: { id: String(first.assignmentId) },
  });
  expect([detail.status, detail.device_bindings]).toEqual(['active', []]);
});

test('a heartbeat renews the lease, usage too; who speaks in time keeps the seat', async () => {
  const { id: licenseId } = await house.aLicense({ plan_id: planId });
  const mine = await house.anAssignment({ licenseId });
  await activate(mine);
  await silentFor(LEASE - 1, mine);
  const answer = (await beat(mine)).body.data;
  expect(answer.lease_expires_at).toEqual(instant);
  expect(new Date(answer.lease_expires_at).getTime()).toBe(
    new Date(answer.device.last_seen_at).getTime() + LEASE * MINUTE,
  );
  await afterTheJob();
  expect(await devicesOf(mine)).toBe(1);
});

test('a suspended assignment keeps its devices, a device with a licence file too', async () => {
  const { id: licenseId } = await house.aLicense({ plan_id: planId });
  const [suspended, away] = [
    await house.anAssignment({ licenseId }),
    await house.anAssignment({ licenseId }),
  ];
  await activate(suspended);
  await activate(away);
  await house.admin.ask(contracts.suspendAssignment, {
    params: { id: String(suspended.assignmentId) },
    body: {},
  });
  await away.client.ask(contracts.checkoutLicense, { ...paramsOf(away), body: { device_id: 'pc', days: 7 } });
  await silentFor(LEASE + 1, suspended);
  await silentFor(LEASE + 1, away);
  await afterTheJob();
  expect(await devicesOf(suspended)).toBe(1);
  expect(await devicesOf(away)).toBe(1);
});

test('the plan decides as it is now: without a lease nobody loses a seat, a longer one counts at once', async () => {
  const changing = await house.admin.ask(contracts.createPlan, {
    body: { product_id: house.productId, name: 'Changing', policy: { lease_minutes: LEASE } },
  });
  const { id: licenseId } = await house.aLicense({ plan_id: changing.id });
  const mine = await house.anAssignment({ licenseId });
  await activate(mine);
  const setLease = (lease_minutes: number | null) =>
    house.admin.ask(contracts.updatePlan, {
      params: { id: String(changing.id) },
      body: { policy: { lease_minutes } },
    });
  await setLease(600);
  // A policy may be a second old, so the heartbeat is asked until it is not.
  await eventually(async () => {
    const { lease_expires_at, device: seen } = (await beat(mine)).body.data;
    expect(new Date(lease_expires_at).getTime() - new Date(seen.last_seen_at).getTime()).toBe(600 * MINUTE);
  });
  await silentFor(LEASE + 1, mine);
  await afterTheJob();
  expect(await devicesOf(mine)).toBe(1);
  await setLease(null);
  await eventually(async () => expect((await beat(mine)).body.data.lease_expires_at).toBeNull());
  await silentFor(LEASE + 1, mine);
  await afterTheJob();
  expect(await devicesOf(mine)).toBe(1);
});

test('a plan that gets a lease later gives its bound devices one, which counts from then', async () => {
  const later = await house.admin.ask(contracts.createPlan, {
    body: { product_id: house.productId, name: 'Later' },
  });
  const { id: licenseId } = await house.aLicense({ plan_id: later.id });
  const [silent, speaking, away] = [
    await house.anAssignment({ licenseId }),
    await house.anAssignment({ licenseId }),
    await house.anAssignment({ licenseId }),
  ];
  for (const mine of [silent, speaking, away]) await activate(mine);
  await away.client.ask(contracts.checkoutLicense, { ...paramsOf(away), body: { device_id: 'pc', days: 7 } });
  await kit.connection
    .collection('devices')
    .updateMany({ licenseId }, [
      { $set: { lastSeenAt: { $subtract: ['$$NOW', 90 * 24 * 60 * MINUTE] } } },
    ] as never);
  const before = Date.now();
  await house.admin.ask(contracts.updatePlan, {
    params: { id: String(later.id) },
    body: { policy: { lease_minutes: LEASE } },
  });
  const plans = kit.connection.collection<{ _id: number; leaseGivenAt: Date | null }>('plans');
  const rows = kit.connection.collection<{ leaseUntil: Date | null; awayUntil: Date }>('devices');
  const of = (mine: Mine) => rows.findOne({ assignmentId: mine.assignmentId });
  /** As if the plan had got its lease so many minutes earlier. */
  const given = (minutes: number) =>
    plans.updateOne({ _id: later.id }, { $set: { leaseGivenAt: new Date(before - minutes * MINUTE) } });
  await given(1);
  await eventually(async () => expect((await plans.findOne({ _id: later.id }))?.leaseGivenAt).toBeNull());
  expect((await of(silent))?.leaseUntil).toEqual(new Date(before + (LEASE - 1) * MINUTE));
  expect((await of(away))?.leaseUntil).toEqual((await of(away))?.awayUntil);
  await eventually(async () => expect((await beat(speaking)).body.data.lease_expires_at).toEqual(instant));
  await rows.updateMany({ licenseId, awayUntil: { $exists: false } }, { $set: { leaseUntil: null } });
  await eventually(async () => expect((await beat(speaking)).body.data.lease_expires_at).toEqual(instant));
  await given(LEASE + 1);
  await eventually(async () => expect(await devicesOf(silent)).toBe(0));
  expect([await devicesOf(speaking), await devicesOf(away)]).toEqual([1, 1]);
});

test('floating seats hold under a race over two processes, and pass on', async () => {
  const second = await kit.replica();
  try {
    const { id: licenseId } = await house.aLicense({ plan_id: planId, max_activations: 3 });
    const members = await Promise.all(Array.from({ length: 10 }, () => house.anAssignment({ licenseId })));
    const clientsOf = (mine: Mine) => [
      mine.client,
      second.as({ role: 'member', tenantId: house.tenantId, userId: mine.memberId }),
    ];
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(
        members.flatMap((mine) =>
          clientsOf(mine).map(async (client) => (await activate({ ...mine, client })).status),
        ),
      );
      const seated = members.filter((_, index) => answers[2 * index] === 200);
      expect(seated).toHaveLength(3);
      expect(answers.filter((status) => status === 200)).toHaveLength(6);
      // Two say nothing for too long, one goes on: it keeps its seat in the next round, too.
      const [staying, ...silent] = seated as [Mine, ...Mine[]];
      await beat(staying);
      for (const mine of silent) await silentFor(LEASE + 1, mine);
      for (const mine of silent) await eventually(async () => expect(await devicesOf(mine)).toBe(0));
      expect(await devicesOf(staying)).toBe(1);
    }
  } finally {
    await second.stop();
  }
});

test('a plan takes a lease of 1 minute to 30 days', async () => {
  for (const lease_minutes of [0, 43_201, 1.5, '5'])
    expect(
      (
        await house.admin.send('post', '/api/v1/plans/', {
          body: { product_id: house.productId, name: 'X', policy: { lease_minutes } },
        })
      ).status,
    ).toBe(400);
});
