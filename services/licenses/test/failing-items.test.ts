/** More of what the jobs cannot do than a batch holds: what is due beside it is done all the same, and a run says that it failed. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, letEnd, type House } from './builders.ts';

type Row = { _id: number | string; [field: string]: unknown };
const MANY = 201;
/** Batches of assignments are taken one at a time. */
const MANY_BATCHES = 21;
const PAST = new Date('2026-01-01T00:00:00Z');
/** Some hundred transactions that fail. */
const LONG = { milliseconds: 120_000 };

let kit: ServiceKit;
let house: House;
let other: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '1' });
  [house, other] = [await aHouse(kit), await aHouse(kit)];
}, 60_000);
afterAll(() => kit?.stop());

const rows = (name: string) => kit.connection.collection<Row>(name);
const change = (name: string, _id: number, update: Record<string, unknown>) =>
  rows(name).updateOne({ _id }, update);

/** Stores many like this one, due before all others, each with something that cannot be. */
async function brokenLike(
  name: string,
  like: Readonly<Record<string, unknown>>,
  broken: (number: number) => Readonly<Record<string, unknown>>,
  count = MANY,
): Promise<Row['_id'][]> {
  const row = await rows(name).findOne(like);
  const added = Array.from({ length: count }, (_, index): Row => {
    const number = 9_000_000 + index;
    return { ...row, _id: number, ...broken(number) };
  });
  await rows(name).insertMany(added);
  return added.map(({ _id }) => _id);
}

/** What is sound is done, the broken stays, and is done when it was mended. */
async function expectOnlyBrokenLeft(
  job: string,
  {
    sound,
    broken: { name, ids, left, mend },
  }: {
    /** How much of it is left. */
    sound: () => Promise<number>;
    broken: {
      name: string;
      ids: readonly Row['_id'][];
      left: Record<string, unknown>;
      mend: Record<string, unknown>;
    };
  },
): Promise<void> {
  const these = { _id: { $in: [...ids] } };
  const countLeft = () => rows(name).countDocuments({ ...these, ...left });
  await eventually(async () => expect(await sound()).toBe(0), LONG);
  await eventually(
    async () =>
      expect(await kit.metrics()).toMatch(
        new RegExp(`job_runs_total\\{job="${job}",outcome="failed"[^}]*\\} [1-9]`),
      ),
    LONG,
  );
  expect(await countLeft()).toBe(ids.length);
  await rows(name).updateMany(these, [{ $set: mend }]);
  await eventually(async () => expect(await countLeft()).toBe(0), LONG);
  expect((await verifySlots(kit.connection)).problems).toEqual([]);
}

test('assignments that have ended', async () => {
  const [like, theirs] = [await house.anAssignment(), await other.anAssignment()];
  const mine = await house.anAssignment({ licenseId: like.licenseId });
  await change('licenses', like.licenseId, { $inc: { openAssignments: MANY } });
  const ids = await brokenLike('assignments', { _id: like.assignmentId }, (number) => ({
    memberId: -number,
    expiresAt: PAST,
  }));
  const sound = [mine.assignmentId, theirs.assignmentId];
  for (const id of sound) await letEnd(kit, id);
  await expectOnlyBrokenLeft('assignment-expiry', {
    sound: () => rows('assignments').countDocuments({ _id: { $in: sound }, isOpen: true }),
    broken: { name: 'assignments', ids, left: { isOpen: true }, mend: { memberId: '$_id' } },
  });
}, 300_000);

test('licences that have ended', async () => {
  const [like, mine, theirs] = [await house.aLicense(), await house.aLicense(), await other.aLicense()];
  const ids = await brokenLike('licenses', { _id: like.id }, (number) => ({
    licenseKey: `BROKEN-${number}`,
    maxActivations: -1,
    expiresAt: PAST,
  }));
  const sound = [mine.id, theirs.id];
  for (const id of sound) await change('licenses', id, { $set: { expiresAt: new Date(Date.now() - 1_000) } });
  await expectOnlyBrokenLeft('license-expiry', {
    sound: () => rows('licenses').countDocuments({ _id: { $in: sound }, status: 'active' }),
    broken: { name: 'licenses', ids, left: { status: 'active' }, mend: { maxActivations: 1 } },
  });
}, 300_000);

/** Revoked with what stays to the job. */
const revoke = (licenseId: number) =>
  change('licenses', licenseId, { $set: { status: 'revoked', revokedAt: PAST, revokeReason: 'over' } });

test('assignments of a revoked licence', async () => {
  const [mine, theirs] = [await house.anAssignment(), await other.anAssignment()];
  await change('licenses', mine.licenseId, { $inc: { openAssignments: MANY } });
  const ids = await brokenLike('assignments', { _id: mine.assignmentId }, (number) => ({
    _id: number + MANY,
    memberId: -number - MANY,
  }));
  const sound = [mine.assignmentId, theirs.assignmentId];
  for (const { licenseId } of [mine, theirs]) await revoke(licenseId);
  await expectOnlyBrokenLeft('license-revocations', {
    sound: () => rows('assignments').countDocuments({ _id: { $in: sound }, isOpen: true }),
    broken: { name: 'assignments', ids, left: { isOpen: true }, mend: { memberId: '$_id' } },
  });
  expect(await rows('assignments').countDocuments({ licenseId: mine.licenseId, statusReason: 'over' })).toBe(
    MANY + 1,
  );
}, 300_000);

test('revoked licences that count assignments they do not have', async () => {
  const revoked: number[] = [];
  for (const each of [house, other]) {
    const { licenseId } = await each.anAssignment();
    // The fewest assignments are finished first.
    await each.anAssignment({ licenseId });
    revoked.push(licenseId);
  }
  const like = { _id: (await house.aLicense()).id };
  const ids = await brokenLike('licenses', like, (number) => ({
    _id: number + MANY,
    licenseKey: `COUNTS-${number}`,
    status: 'revoked',
    openAssignments: 1,
  }));
  for (const licenseId of revoked) await revoke(licenseId);
  await expectOnlyBrokenLeft('license-revocations', {
    sound: () => rows('licenses').countDocuments({ _id: { $in: revoked }, openAssignments: { $ne: 0 } }),
    broken: { name: 'licenses', ids, left: { openAssignments: 1 }, mend: { openAssignments: 0 } },
  });
}, 300_000);

test('devices whose lease has lapsed', async () => {
  const aDevice = async ({ admin, productId, ...at }: House) => {
    const plan = await admin.ask(contracts.createPlan, {
      body: { product_id: productId, name: 'Floating', policy: { lease_minutes: 30 } },
    });
    const { id: licenseId } = await at.aLicense({ plan_id: plan.id, max_activations: MANY + 1 });
    const { assignmentId, client } = await at.anAssignment({ licenseId });
    await client.ask(contracts.activateLicense, {
      params: { assignment_id: String(assignmentId) },
      body: device('pc'),
    });
    return { assignmentId, licenseId };
  };
  const [like, mine, theirs] = [await aDevice(house), await aDevice(house), await aDevice(other)];
  const more = { $inc: { boundDevices: MANY } };
  await change('licenses', like.licenseId, more);
  await change('assignments', like.assignmentId, more);
  const ids = await brokenLike('devices', { assignmentId: like.assignmentId }, (number) => ({
    _id: `broken:${number}`,
    deviceId: number,
    lastSeenAt: PAST,
    leaseUntil: PAST,
  }));
  const sound = { assignmentId: { $in: [mine.assignmentId, theirs.assignmentId] } };
  const lapsed = new Date(Date.now() - 3_600_000);
  await rows('devices').updateMany(sound, { $set: { lastSeenAt: lapsed, leaseUntil: lapsed } });
  await expectOnlyBrokenLeft('device-leases', {
    sound: () => rows('devices').countDocuments(sound),
    broken: { name: 'devices', ids, left: {}, mend: { deviceId: '$_id' } },
  });
}, 300_000);

test('batches that are done after their answer', async () => {
  const aBatch = async ({ admin, ...at }: House): Promise<number> => {
    const [{ memberId }, { id }] = [await at.aMember(), await at.aLicense()];
    const assignments = [{ member_id: memberId, license_id: id }];
    return (await admin.ask(contracts.startBatch, { body: { assignments } })).batch_id;
  };
  const waiting = (ids: readonly number[]) =>
    rows('assignment_batches').countDocuments({ _id: { $in: [...ids] }, isRunning: true });
  const like = await aBatch(house);
  await eventually(async () => expect(await waiting([like])).toBe(0));
  const commands = (await rows('assignment_batches').findOne({ _id: like }))?.commands;
  const broken = () => ({
    ...{ commands: null, results: [], isRunning: true },
    ...{ createdAt: PAST, completedAt: null },
  });
  const ids = await brokenLike('assignment_batches', { _id: like }, broken, MANY_BATCHES);
  const sound = [await aBatch(house), await aBatch(other)];
  await expectOnlyBrokenLeft('assignment-batches', {
    sound: () => waiting(sound),
    broken: {
      ...{ name: 'assignment_batches', ids, left: { isRunning: true } },
      mend: { commands: { $literal: commands } },
    },
  });
}, 300_000);
