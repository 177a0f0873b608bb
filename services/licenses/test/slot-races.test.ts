/** Slots hold under any race: many activations at once, in one process and in two on one database, that evict or not. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Client } from '@membership/contracts/client';
import { startServiceKit, type Replica, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, statusesOf, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
let second: Replica;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
  second = await kit.replica();
});
afterEach(async () => expect((await verifySlots(kit.connection)).problems).toEqual([]));
afterAll(async () => {
  await second?.stop();
  await kit.stop();
});

const activate = (client: Client, assignmentId: number, name: string, more = {}) =>
  client.call(contracts.activateLicense, {
    params: { assignment_id: String(assignmentId) },
    body: { ...device(name), ...more },
  });
/** A member's client of the second process. */
const atSecond = (memberId: number): Client =>
  second.as({ role: 'member', tenantId: house.tenantId, userId: memberId });
const devicesOf = (filter: object) => kit.connection.collection('devices').countDocuments(filter);

describe('64 activations over 16 assignments for 5 slots', () => {
  const RUNS = process.env.DRILL_LENGTH === 'whole' ? 50 : 5;
  let members: Awaited<ReturnType<House['aMember']>>[] = [];
  beforeAll(async () => {
    members = await Promise.all(Array.from({ length: 16 }, () => house.aMember()));
  });
  const race = async (clientOf: (member: { memberId: number; client: Client }, index: number) => Client) => {
    const license = await house.aLicense({ max_activations: 5 });
    const rows = members.map(({ memberId }) => ({ member_id: memberId, license_id: license.id }));
    const { results } = await house.admin.ask(contracts.batchAssign, { body: { assignments: rows } });
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, index) => {
        const member = members[index % 16] as (typeof members)[number];
        const assignmentId = results[index % 16]?.assignment_id as number;
        return activate(clientOf(member, index), assignmentId, `device-${index}`);
      }),
    );
    const statuses = answers.map(({ status, body }) => (status === 200 ? 200 : body.error.code));
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 'BIZ_002')).toHaveLength(59);
    expect(await devicesOf({ licenseId: license.id })).toBe(5);
    expect(await house.admin.ask(contracts.getLicense, { params: { id: String(license.id) } })).toMatchObject(
      { license_quota: { max_activations: 5, current_activations: 5, available_slots: 0 } },
    );
  };

  test(`gives exactly 5 in each of ${RUNS} runs, in one process`, async () => {
    for (let run = 0; run < RUNS; run++) await race(({ client }) => client);
  });

  test(`gives exactly 5 in each of ${RUNS} runs, over two processes on one database`, async () => {
    for (let run = 0; run < RUNS; run++)
      await race(({ client, memberId }, index) => (index < 32 ? client : atSecond(memberId)));
  });
});

test('many that evict at once, over two processes, leave as many as there are slots, and nobody else’s is gone', async () => {
  const { id: licenseId } = await house.aLicense({ max_activations: 4 });
  const other = await house.anAssignment({ licenseId });
  await activate(other.client, other.assignmentId, 'kept');
  const { assignmentId, client, memberId } = await house.anAssignment({ licenseId });
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      activate(index % 2 ? client : atSecond(memberId), assignmentId, `d${index}`, { evict_oldest: true }),
    ),
  );
  expect(statusesOf(answers)).toEqual(Array(24).fill(200));
  expect([await devicesOf({ assignmentId }), await devicesOf({ deviceId: 'kept' })]).toEqual([3, 1]);
  // Each that went was told, once: what was bound less what was unbound is what is there.
  const told = (type: string) =>
    kit.heard.filter((envelope) => envelope.type === type && envelope.subject === String(assignmentId));
  await kit.heardOne('device.bound.v1', ({ data }) => data.assignmentId === assignmentId);
  const { sequence } = (await kit.connection
    .collection<{ _id: number; sequence: number }>('assignments')
    .findOne({ _id: assignmentId })) as { sequence: number };
  await kit.heardOne(
    'device.bound.v1',
    (envelope) => envelope.subject === String(assignmentId) && envelope.sequence === sequence,
  );
  expect([told('device.bound.v1').length, told('device.unbound.v1').length]).toEqual([24, 21]);
});

test('the plan’s limit on new devices holds under a race over two processes', async () => {
  const plan = await house.admin.ask(contracts.createPlan, {
    body: { product_id: house.productId, name: 'Strict', policy: { new_devices_limit: 3 } },
  });
  const { id: licenseId } = await house.aLicense({ plan_id: plan.id });
  const { assignmentId, client, memberId } = await house.anAssignment({ licenseId });
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      activate(index % 2 ? client : atSecond(memberId), assignmentId, `d${index}`, { evict_oldest: true }),
    ),
  );
  expect(statusesOf(answers)).toEqual([...Array(3).fill(200), ...Array(13).fill(409)]);
});

test('binding and unbinding at once, over two processes, keep the count', async () => {
  const { id: licenseId } = await house.aLicense({ max_activations: 3 });
  const { assignmentId, client, memberId } = await house.anAssignment({ licenseId });
  const clients = [client, atSecond(memberId)];
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const mine = clients[index % 2] as Client;
      for (let turn = 0; turn < 4; turn++) {
        const { status } = await activate(mine, assignmentId, `d${index}`);
        if (status !== 200) continue;
        await mine.ask(contracts.unbindDevice, {
          params: { assignment_id: String(assignmentId) },
          body: { device_id: `d${index}` },
        });
      }
      return activate(mine, assignmentId, `d${index}`);
    }),
  );
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
  expect(await devicesOf({ assignmentId })).toBe(answers.filter(({ status }) => status === 200).length);
});

test('a limit that is lowered while devices come, over two processes, is never passed', async () => {
  for (let run = 0; run < 5; run++) {
    const { id: licenseId } = await house.aLicense({ max_activations: 12 });
    const { assignmentId, client, memberId } = await house.anAssignment({ licenseId });
    const clients = [client, atSecond(memberId)];
    const [changed] = await Promise.all([
      house.admin.call(contracts.updateLicense, {
        params: { id: String(licenseId) },
        body: { max_activations: 4 },
      }),
      ...Array.from({ length: 12 }, (_, index) =>
        activate(clients[index % 2] as Client, assignmentId, `d${index}`),
      ),
    ]);
    const bound = await devicesOf({ licenseId });
    // Either there was room for the new limit and it held, or there was not and it is refused.
    expect([
      [200, 4],
      [400, 12],
    ]).toContainEqual([changed.status, bound]);
  }
});

test('what is revoked while devices come, over two processes, keeps none of them', async () => {
  for (let run = 0; run < 5; run++) {
    const { id: licenseId } = await house.aLicense({ max_activations: 12 });
    const mine = await Promise.all([1, 2].map(() => house.anAssignment({ licenseId })));
    const revoke =
      run % 2 === 0
        ? house.admin.send('post', `/api/v1/licenses/${licenseId}/revoke/`, { body: {} })
        : Promise.all(
            mine.map(({ assignmentId }) =>
              house.admin.send('post', `/api/v1/license-assignments/${assignmentId}/revoke/`, { body: {} }),
            ),
          );
    const answers = await Promise.all(
      mine.flatMap(({ client, memberId, assignmentId }) =>
        [client, atSecond(memberId)].map((each, index) => activate(each, assignmentId, `d${index}`)),
      ),
    );
    expect([await revoke].flat().map(({ status }) => status)).toEqual(run % 2 === 0 ? [200] : [200, 200]);
    for (const { status, body } of answers)
      expect([200, 409]).toContain(status === 409 && body.error.code !== 'INVALID_STATE' ? body : status);
    expect(await devicesOf({ licenseId })).toBe(0);
  }
});
