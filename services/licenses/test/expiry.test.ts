/** The job that writes what has reached its end, also beside another one, and what a revocation of a big licence leaves to it. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { AssignmentRepository, assignmentQuery } from '../src/storage/assignment-repository.ts';
import { LicenseRepository } from '../src/storage/license-repository.ts';
import { modelsOf } from '../src/models.ts';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '1' });
  house = await aHouse(kit);
});
afterAll(() => kit.stop());

const past = new Date(Date.now() - 60_000);
const rows = (name: string) => kit.connection.collection<{ _id: number }>(name);
const problems = async () => (await verifySlots(kit.connection)).problems;

test('an assignment that has ended is marked, its devices are unbound, and both are told once', async () => {
  const { assignmentId, client, licenseId } = await house.anAssignment({ body: { expires_days: 3 } });
  for (const name of ['one', 'two'])
    await client.ask(contracts.activateLicense, {
      params: { assignment_id: String(assignmentId) },
      body: device(name),
    });
  await rows('assignments').updateOne({ _id: assignmentId }, { $set: { expiresAt: past } });
  const told = await kit.heardOne('assignment.expired.v1', ({ data }) => data.assignmentId === assignmentId);
  expect(told).toMatchObject({
    sequence: 7,
    actor: 'system:licenses',
    data: { status: 'expired', licenseId },
  });
  expect(await rows('assignments').findOne({ _id: assignmentId })).toMatchObject({
    status: 'expired',
    isOpen: false,
    boundDevices: 0,
  });
  expect(await rows('licenses').findOne({ _id: licenseId })).toMatchObject({
    boundDevices: 0,
    openAssignments: 0,
  });
  expect(
    kit.heard.filter(({ type, subject }) => type === 'device.unbound.v1' && subject === String(assignmentId)),
  ).toHaveLength(2);
  expect(await problems()).toEqual([]);
});

test('the end itself is over: one millisecond before it nothing is due, at it everything is', async () => {
  const { assignmentId, licenseId } = await house.anAssignment({ body: { expires_days: 30 } });
  const end = new Date(Date.now() + 3_600_000);
  const before = new Date(end.getTime() - 1);
  await rows('assignments').updateOne({ _id: assignmentId }, { $set: { expiresAt: end } });
  await rows('licenses').updateOne({ _id: licenseId }, { $set: { expiresAt: end } });
  const models = modelsOf(kit.connection.useDb(kit.connection.name));
  const [assignments, licenses] = [
    new AssignmentRepository(models.assignments),
    new LicenseRepository(models.licenses),
  ];
  const dueAt = async (now: Date) => [
    (await assignments.findDue(now, 100)).some(({ _id }) => _id === assignmentId),
    (await licenses.findDue(now, 100)).some(({ _id }) => _id === licenseId),
  ];
  expect([await dueAt(before), await dueAt(end)]).toEqual([
    [false, false],
    [true, true],
  ]);
  const listed = async (status: 'assigned' | 'expired', now: Date) =>
    rows('assignments').countDocuments({ _id: assignmentId, ...assignmentQuery({ status }, now) } as never);
  expect([await listed('assigned', before), await listed('expired', before)]).toEqual([1, 0]);
  expect([await listed('assigned', end), await listed('expired', end)]).toEqual([0, 1]);
});

test('a licence that has ended takes its assignments along', async () => {
  const license = await house.aLicense({ expires_at: new Date(Date.now() + 3_600_000).toISOString() });
  const { assignmentId, client } = await house.anAssignment({ licenseId: license.id });
  await client.ask(contracts.activateLicense, {
    params: { assignment_id: String(assignmentId) },
    body: device('pc'),
  });
  await rows('assignments').updateOne({ _id: assignmentId }, { $set: { expiresAt: past } });
  await rows('licenses').updateOne({ _id: license.id }, { $set: { expiresAt: past } });
  expect((await house.admin.ask(contracts.getLicense, { params: { id: String(license.id) } })).status).toBe(
    'expired',
  );
  await kit.heardOne('license.expired.v1', ({ data }) => data.licenseId === license.id);
  await kit.heardOne('assignment.expired.v1', ({ data }) => data.assignmentId === assignmentId);
  expect(await house.admin.ask(contracts.listLicenses, { query: { status: 'expired' } })).toMatchObject({
    items: [{ id: license.id, license_quota: { current_activations: 0 } }],
  });
  expect(await problems()).toEqual([]);
});

test('a revoked licence with very many assignments is revoked for all at once, and finished by the job', async () => {
  const license = await house.aLicense();
  const template = await house.anAssignment({ licenseId: license.id });
  const model = await rows('assignments').findOne({ _id: template.assignmentId });
  await rows('assignments').insertMany(
    Array.from({ length: 700 }, (_, index) => ({
      ...model,
      _id: 5_000_000 + index,
      memberId: 5_000_000 + index,
    })),
  );
  await rows('licenses').updateOne({ _id: license.id }, { $set: { openAssignments: 701 } });
  await house.admin.ask(contracts.revokeLicense, {
    params: { id: String(license.id) },
    body: { reason: 'over' },
  });
  const { items } = await house.admin.ask(contracts.listAssignments, {
    query: { license_id: license.id, page_size: 100, ordering: 'assigned_at' },
  });
  expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['revoked']));
  await eventually(async () =>
    expect(await rows('licenses').findOne({ _id: license.id })).toMatchObject({ openAssignments: 0 }),
  );
  expect(
    await rows('assignments').countDocuments({
      licenseId: license.id,
      status: 'revoked',
      statusReason: 'over',
    }),
  ).toBe(701);
  expect(await problems()).toEqual([]);
});

test.each(['licence', 'assignment'] as const)(
  'a revoked %s with very many devices frees so many at once, and the rest by the job, each told once',
  async (kind) => {
    const license = await house.aLicense({ max_activations: 2_500 });
    const { assignmentId, memberId, client } = await house.anAssignment({ licenseId: license.id });
    await client.ask(contracts.activateLicense, {
      params: { assignment_id: String(assignmentId) },
      body: device('pc 0'),
    });
    const devices = kit.connection.collection<{ _id: string }>('devices');
    const { _id: _key, ...first } = (await devices.findOne({ assignmentId })) ?? {};
    await devices.insertMany(
      Array.from({ length: 2_499 }, (_, index) => ({
        ...first,
        _id: `${house.tenantId}:${assignmentId}:pc ${index + 1}`,
        deviceId: `pc ${index + 1}`,
      })) as never[],
    );
    await rows('assignments').updateOne({ _id: assignmentId }, { $set: { boundDevices: 2_500 } });
    await rows('licenses').updateOne({ _id: license.id }, { $set: { boundDevices: 2_500 } });
    const tallied = { $inc: { bound: 2_499 } };
    await kit.connection.collection('plan_days').updateOne({ planId: house.planId, day: 'all' }, tallied);
    await kit.connection.collection('member_days').updateOne({ memberId, day: 'all' }, tallied);
    await kit.connection
      .collection('member_activity')
      .updateOne({ memberId }, { $inc: { boundDevices: 2_499 } });
    const body = { reason: 'over' };
    if (kind === 'licence')
      expect(
        await house.admin.ask(contracts.revokeLicense, { params: { id: String(license.id) }, body }),
      ).toMatchObject({ status: 'revoked', license_quota: { current_activations: 1_500 } });
    else
      await house.admin.ask(contracts.revokeAssignment, {
        params: { id: String(assignmentId) },
        body,
      });
    expect(await problems()).toEqual([]);
    await eventually(async () =>
      expect([
        await devices.countDocuments({ assignmentId }),
        await rows('licenses').findOne({ _id: license.id }),
        await rows('assignments').findOne({ _id: assignmentId }),
      ]).toMatchObject([
        0,
        { boundDevices: 0, openAssignments: 0 },
        { boundDevices: 0, isOpen: false, status: 'revoked', statusReason: 'over' },
      ]),
    );
    const sequences = () =>
      kit.heard
        .filter(({ subject, type }) => subject === String(assignmentId) && !type.startsWith('license.'))
        .map(({ sequence }) => sequence);
    // Assigned, bound and activated; 2,500 unbound and one revoked.
    const expected = Array.from({ length: 3 + 2_500 + 1 }, (_, index) => index + 1);
    await eventually(() => expect(new Set(sequences())).toEqual(new Set(expected)));
    expect(await problems()).toEqual([]);
  },
);

test('the proof of slots finds what was planted', async () => {
  const { assignmentId, client, licenseId } = await house.anAssignment();
  await client.ask(contracts.activateLicense, {
    params: { assignment_id: String(assignmentId) },
    body: device('pc'),
  });
  expect(await verifySlots(kit.connection, { tenantId: house.tenantId })).toMatchObject({ problems: [] });
  await rows('licenses').updateOne({ _id: licenseId }, { $inc: { boundDevices: 1 } });
  expect(await problems()).toEqual([
    expect.stringContaining(`licence ${licenseId} of tenant ${house.tenantId} counts 2 devices; 1 are bound`),
  ]);
  expect(await verifySlots(kit.connection, { tenantId: house.tenantId + 1 })).toEqual({
    licenses: 0,
    assignments: 0,
    devices: 0,
    problems: [],
  });
  await rows('licenses').updateOne({ _id: licenseId }, { $inc: { boundDevices: -1 } });
  await kit.connection.collection('devices').deleteMany({ assignmentId });
  expect(await problems()).toHaveLength(2);
});
