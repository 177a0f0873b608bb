/** What a device is: one slot, one machine, and a slot whose licence file lasts is nobody else's. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { memberErased } from '@membership/contracts/events/gateway';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { auditTallies } from '../src/reports/audit-tallies.ts';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, statusesOf, type House } from './builders.ts';

const DAY = 86_400_000;
let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '1' });
  house = await aHouse(kit);
});
afterEach(async () => {
  expect((await verifySlots(kit.connection)).problems).toEqual([]);
  expect((await auditTallies(kit.connection)).faults).toEqual([]);
});
afterAll(() => kit.stop());

type Mine = Awaited<ReturnType<House['anAssignment']>>;
const paramsOf = ({ assignmentId }: Mine) => ({ params: { assignment_id: String(assignmentId) } });
const activate = (mine: Mine, hardware_fingerprint: string | undefined, device_id = 'pc', more = {}) =>
  mine.client.call(contracts.activateLicense, {
    ...paramsOf(mine),
    body: { device_info: { device_id, ...(hardware_fingerprint ? { hardware_fingerprint } : {}) }, ...more },
  });
const checkout = (mine: Mine, device_id = 'pc') =>
  mine.client.call(contracts.checkoutLicense, { ...paramsOf(mine), body: { device_id, days: 90 } });
const unbind = (mine: Mine, device_id = 'pc') =>
  mine.client.call(contracts.unbindDevice, { ...paramsOf(mine), body: { device_id } });
const asAdmin = (mine: Mine, body: object, admin = house.admin) =>
  admin.send('post', `/api/v1/license-assignments/${mine.assignmentId}/unbind-device/`, { body });
const slotsOf = async ({ licenseId }: Mine) =>
  (await house.admin.ask(contracts.getLicense, { params: { id: String(licenseId) } })).license_quota
    .current_activations;
const devicesOf = async (mine: Mine) =>
  (await mine.client.ask(contracts.getLicenseUsage, paramsOf(mine))).device_bindings.map(
    ({ device_id }) => device_id,
  );
const validity = async (mine: Mine, hardware_fingerprint: string) => {
  const { license_key } = await house.admin.ask(contracts.getLicense, {
    params: { id: String(mine.licenseId) },
  });
  return (
    await kit
      .as({ role: 'anonymous', tenantId: null })
      .ask(contracts.validateLicense, { body: { license_key, hardware_fingerprint } })
  ).code;
};
/** As if the files of an assignment had been given so many days ago. */
const letFilesEnd = ({ assignmentId }: Mine) =>
  kit.connection
    .collection('devices')
    .updateMany({ assignmentId, awayUntil: { $type: 'date' } }, [
      { $set: { awayUntil: { $subtract: ['$$NOW', 1_000] }, leaseUntil: { $subtract: ['$$NOW', 1_000] } } },
    ] as never);

async function onOneSlot(policy = {}, max_activations = 1): Promise<Mine> {
  const plan = await house.admin.ask(contracts.createPlan, {
    body: { product_id: house.productId, name: 'P', policy },
  });
  const { id: licenseId } = await house.aLicense({ plan_id: plan.id, max_activations });
  return house.anAssignment({ licenseId });
}

test('one slot yields one file at a time: other hardware under the same id waits until the file before has ended', async () => {
  const mine = await onOneSlot();
  await activate(mine, 'A');
  const { expires_at } = (await checkout(mine)).body.data;
  const other = await activate(mine, 'B');
  expect([other.status, other.body.error.code, other.body.error.details.free_at]).toEqual([
    409,
    'BIZ_002',
    expires_at,
  ]);
  expect([await validity(mine, 'A'), await validity(mine, 'B')]).toEqual(['VALID', 'NOT_ACTIVATED']);
  await letFilesEnd(mine);
  expect((await activate(mine, 'B')).status).toBe(200);
  expect((await checkout(mine)).status).toBe(200);
  expect([await slotsOf(mine), await validity(mine, 'A'), await validity(mine, 'B')]).toEqual([
    1,
    'NOT_ACTIVATED',
    'VALID',
  ]);
});

test('with a slot to spare both work, each on its own; the one before comes back to its slot', async () => {
  const mine = await onOneSlot({}, 2);
  await activate(mine, 'A');
  await checkout(mine);
  expect((await activate(mine, 'B')).body.data.license_quota.current_activations).toBe(2);
  await checkout(mine);
  expect([(await activate(mine, 'C')).status, await slotsOf(mine)]).toEqual([409, 2]);
  // A returns: it takes no slot, and B, whose file lasts, keeps its own.
  const back = await activate(mine, 'A');
  expect([back.status, back.body.data.license_quota.current_activations]).toEqual([200, 2]);
  expect([await validity(mine, 'A'), await validity(mine, 'B')]).toEqual(['VALID', 'NOT_ACTIVATED']);
  expect((await activate(mine, 'B')).status).toBe(200);
  expect(await slotsOf(mine)).toBe(2);
});

test('unbinding a device whose file lasts says until when its slot stays taken, and then it is free', async () => {
  const mine = await onOneSlot();
  await activate(mine, 'A');
  const { expires_at } = (await checkout(mine)).body.data;
  const unbound = await unbind(mine);
  expect([unbound.status, unbound.body.message, unbound.body.data.license_quota]).toEqual([
    200,
    `设备解绑成功；其离线许可证文件有效至 ${expires_at}，在此之前仍占用名额`,
    { max_activations: 1, current_activations: 1, available_slots: 0 },
  ]);
  expect([await devicesOf(mine), await validity(mine, 'A')]).toEqual([[], 'NOT_ACTIVATED']);
  for (const answer of [await unbind(mine), await checkout(mine)]) expect(answer.status).toBe(404);
  for (const more of [{}, { evict_oldest: true }])
    expect((await activate(mine, 'B', 'other', more)).body.error).toMatchObject({ code: 'BIZ_002' });
  // The same device comes back as it was.
  expect((await activate(mine, 'A')).status).toBe(200);
  await unbind(mine);
  await letFilesEnd(mine);
  await eventually(async () => expect(await slotsOf(mine)).toBe(0));
  await kit.heardOne('device.unbound.v1', ({ subject }) => subject === String(mine.assignmentId));
  expect(
    kit.heard
      .filter(({ subject, type }) => subject === String(mine.assignmentId) && type.startsWith('device'))
      .map(({ type, sequence }) => [sequence, type]),
  ).toEqual([
    [3, 'device.bound.v1'],
    [4, 'device.unbound.v1'],
  ]);
});

test('evict_oldest lets no device go whose file lasts', async () => {
  const mine = await onOneSlot({}, 2);
  await activate(mine, 'A', 'away');
  await checkout(mine, 'away');
  await activate(mine, 'B', 'here');
  const answer = await activate(mine, 'C', 'new', { evict_oldest: true });
  expect(answer.body.data.evicted_device_id).toBe('here');
  await checkout(mine, 'new');
  const none = await activate(mine, 'D', 'newest', { evict_oldest: true });
  expect([none.status, none.body.error.code, typeof none.body.error.details.free_at]).toEqual([
    409,
    'BIZ_002',
    'string',
  ]);
  expect(await devicesOf(mine)).toEqual(['away', 'new']);
});

test('other hardware under an id takes the place of the one before, and counts as new', async () => {
  const mine = await onOneSlot({ new_devices_limit: 2 });
  for (const fingerprint of ['A', 'B']) expect((await activate(mine, fingerprint)).status).toBe(200);
  expect([await slotsOf(mine), await validity(mine, 'A')]).toEqual([1, 'NOT_ACTIVATED']);
  expect((await activate(mine, 'C')).body.error.details).toMatchObject({ new_devices_limit: 2 });
  // Those two may take turns.
  for (const fingerprint of ['A', 'B', 'A', undefined])
    expect((await activate(mine, fingerprint)).status).toBe(200);
  expect(await validity(mine, 'A')).toBe('VALID');
});

test('a plan whose devices are their ids lets hardware change, but not while a file names it', async () => {
  const mine = await onOneSlot({ device_identity: 'id', new_devices_limit: 1 });
  for (const fingerprint of ['A', 'B', undefined, 'C'])
    expect((await activate(mine, fingerprint)).status).toBe(200);
  expect([await validity(mine, 'B'), await validity(mine, 'C')]).toEqual(['NOT_ACTIVATED', 'VALID']);
  await checkout(mine);
  expect((await activate(mine, 'D')).status).toBe(409);
  expect((await activate(mine, 'C')).status).toBe(200);
});

test('a device that says its fingerprint later is the same, unless a file was given without', async () => {
  const mine = await onOneSlot({ new_devices_limit: 1 });
  for (const fingerprint of [undefined, 'A']) expect((await activate(mine, fingerprint)).status).toBe(200);
  const other = await onOneSlot();
  await activate(other, undefined);
  await checkout(other);
  expect((await activate(other, 'A')).status).toBe(409);
});

test('the same device from morning to morning is one device to the plan’s limit', async () => {
  const mine = await onOneSlot({ new_devices_limit: 3, new_devices_days: 30 });
  for (let morning = 0; morning < 5; morning++) {
    expect((await activate(mine, 'A')).status).toBe(200);
    await unbind(mine);
  }
  for (const fingerprint of ['B', 'C']) {
    expect((await activate(mine, fingerprint)).status).toBe(200);
    await unbind(mine);
  }
  expect((await activate(mine, 'D')).body.error.code).toBe('BIZ_002');
  expect((await activate(mine, 'A')).status).toBe(200);
});

test('hardware that is said only after its id was bound counts as what it is, and each morning as the same', async () => {
  const mine = await onOneSlot({ new_devices_limit: 2 });
  const says = async (fingerprint: string) => {
    expect((await activate(mine, undefined)).status).toBe(200);
    const { status } = await activate(mine, fingerprint);
    await unbind(mine);
    return status;
  };
  for (const fingerprint of ['A', 'A', 'A', 'B', 'A', 'B']) expect(await says(fingerprint)).toBe(200);
  expect(await says('C')).toBe(409);
  expect((await activate(mine, 'B')).status).toBe(200);
  const single = await onOneSlot({ new_devices_limit: 1 });
  for (const fingerprint of [undefined, undefined, 'A', 'A', undefined]) {
    expect((await activate(single, fingerprint)).status).toBe(200);
    if (fingerprint) await unbind(single);
  }
  expect([(await activate(single, 'B')).status, (await activate(single, 'A')).status]).toEqual([409, 200]);
});

test('a device that has been bound for longer than the limit looks back is no new one once it says its hardware', async () => {
  const mine = await onOneSlot({ new_devices_limit: 1, new_devices_days: 30 }, 2);
  expect((await activate(mine, undefined, 'old')).status).toBe(200);
  const long = new Date(Date.now() - 40 * DAY);
  const { assignmentId } = mine;
  await kit.connection.collection('devices').updateOne({ assignmentId }, { $set: { boundAt: long } });
  await kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne({ _id: assignmentId }, { $set: { 'recentBindings.0': long, 'recentDevices.0.at': long } });
  expect((await activate(mine, 'B', 'new')).status).toBe(200);
  expect((await activate(mine, 'A', 'old')).status).toBe(200);
  expect(await devicesOf(mine)).toHaveLength(2);
  await unbind(mine, 'old');
  expect((await activate(mine, 'C', 'old')).status).toBe(409);
});

test('bindings of before their devices were kept count each', async () => {
  const mine = await onOneSlot({ new_devices_limit: 2 });
  await kit.connection.collection<{ _id: number }>('assignments').updateOne(
    { _id: mine.assignmentId },
    {
      $set: { recentBindings: [new Date(Date.now() - 40 * DAY), new Date(Date.now() - DAY)] },
      $unset: { recentDevices: 1 },
    },
  );
  expect([(await activate(mine, 'A')).status, (await activate(mine, 'B')).status]).toEqual([200, 409]);
});

test('a file and other hardware at once, over two processes: never a file without a slot of its own', async () => {
  const second = await kit.replica();
  try {
    for (let round = 0; round < 10; round++) {
      const mine = await onOneSlot();
      const there = {
        ...mine,
        client: second.as({ role: 'member', tenantId: house.tenantId, userId: mine.memberId }),
      };
      await activate(mine, 'A');
      const [file, other] = await Promise.all([checkout(mine), activate(there, 'B')]);
      const named = JSON.parse(
        Buffer.from(file.body.data?.license_file.payload ?? 'bnVsbA', 'base64url').toString(),
      )?.hardware_fingerprint;
      // Either the file was first, and B is refused; or B was, and the file is B's.
      expect([named, other.status]).toEqual(other.status === 200 ? ['B', 200] : ['A', 409]);
      expect(await slotsOf(mine)).toBe(1);
    }
  } finally {
    await second.stop();
  }
});

describe('an administrator', () => {
  test('unbinds a member’s device; a lost one gives its slot back though its file lasts', async () => {
    const mine = await onOneSlot();
    await activate(mine, 'A');
    const plain = await asAdmin(mine, { device_id: 'pc' });
    expect([plain.status, plain.body]).toEqual([
      200,
      {
        success: true,
        message: '设备解绑成功',
        data: {
          assignment_id: mine.assignmentId,
          status: 'active',
          device_id: 'pc',
          license_quota: { max_activations: 1, current_activations: 0, available_slots: 1 },
        },
      },
    ]);
    await activate(mine, 'A');
    await checkout(mine);
    expect((await asAdmin(mine, { device_id: 'pc' })).body.data.license_quota.current_activations).toBe(1);
    expect((await asAdmin(mine, { device_id: 'pc' })).status).toBe(404);
    const released = await asAdmin(mine, { device_id: 'pc', release_slot: true });
    expect([released.status, released.body.data.license_quota.current_activations]).toEqual([200, 0]);
    expect((await asAdmin(mine, { device_id: 'pc', release_slot: true })).body.error.code).toBe('BIZ_001');
    expect((await activate(mine, 'B')).status).toBe(200);
  });

  test('of this tenant alone; two at once unbind once; bad bodies are refused', async () => {
    const mine = await onOneSlot();
    await activate(mine, 'A');
    const other = await aHouse(kit);
    expect((await asAdmin(mine, { device_id: 'pc' }, other.admin)).status).toBe(404);
    expect((await asAdmin(mine, { device_id: 'pc' }, mine.client)).status).toBe(403);
    for (const body of [
      {},
      { device_id: 5 },
      { device_id: 'pc', release_slot: 'yes' },
      { device_id: 'pc', x: 1 },
    ])
      expect((await asAdmin(mine, body)).body.error.code).toBe('VALIDATION_ERROR');
    const answers = await Promise.all([1, 2, 3].map(() => asAdmin(mine, { device_id: 'pc' })));
    expect(statusesOf(answers)).toEqual([200, 404, 404]);
    const { client: _client, ...unknown } = { ...mine, assignmentId: 987_654 };
    expect((await asAdmin({ ...unknown, client: mine.client }, { device_id: 'pc' })).status).toBe(404);
  });
});

test('an erased member’s devices keep their slots, and nothing that tells whose they are', async () => {
  const mine = await house.anAssignment();
  const named = { device_name: 'Jane’s PC', os_info: { name: 'Windows', version: '11' } };
  const body = { device_info: { device_id: 'pc', hardware_fingerprint: 'A', ...named } };
  await mine.client.ask(contracts.activateLicense, { ...paramsOf(mine), body });
  const { memberId } = mine;
  const data = {
    ...{ memberId, username: `erased:${memberId}`, email: `erased:${memberId}@erased.invalid` },
    ...{ displayName: '', role: 'member' as const, isActive: false, externalId: null },
    joinedAt: new Date().toISOString(),
  };
  await kit.publish(memberErased, { tenantId: house.tenantId, subject: memberId, sequence: 9, data });
  const { assignmentId } = mine;
  const devices = () => kit.connection.collection('devices').find({ assignmentId }).toArray();
  await eventually(async () =>
    expect(await devices()).toMatchObject([
      { deviceId: 'pc', deviceName: null, hardwareFingerprint: null, osName: null },
    ]),
  );
  expect(await slotsOf(mine)).toBe(1);
});
