/** The state machine of assignments: every step, what refuses it, and who may. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, instant, letEnd, statusesOf, type House } from './builders.ts';

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

const lastIn = (collection: string, filter: object) => kit.connection.collection(collection).findOne(filter);

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
    await letEnd(kit, mine.assignmentId);
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

  const allowed: Record<string, string[]> = {
    assigned: ['activate', 'suspend', 'revoke'],
    active: ['activate', 'suspend', 'revoke'],
    suspended: ['resume', 'revoke'],
    revoked: [],
    expired: [],
  };
  test.each(Object.keys(allowed))('%s: each step is done, or refused by name of the state', async (state) => {
    const steps = { suspend: 'suspended', revoke: 'revoked' } as const;
    const inState = async () => {
      const mine = await house.anAssignment();
      if (state !== 'assigned') await activate(mine);
      const id = mine.assignmentId;
      if (state === 'suspended') await step(contracts.suspendAssignment, id);
      if (state === 'revoked') await step(contracts.revokeAssignment, id);
      if (state === 'expired') await letEnd(kit, id);
      return mine;
    };
    const refusal = {
      code: 'INVALID_STATE',
      message: expect.stringContaining(state),
      details: { current_state: state, allowed_actions: allowed[state] },
    };
    for (const name of ['suspend', 'resume', 'revoke'] as const) {
      const { assignmentId } = await inState();
      const { status, body } = await house.admin.send(
        'post',
        `/api/v1/license-assignments/${assignmentId}/${name}/`,
        { body: {} },
      );
      const reached = name === 'resume' ? 'active' : steps[name];
      expect([name, status, body.data?.status ?? body.error]).toEqual(
        allowed[state]?.includes(name) ? [name, 200, reached] : [name, 409, refusal],
      );
    }
    const mine = await inState();
    const params = { assignment_id: String(mine.assignmentId) };
    const activated = await activate(mine, 'another');
    expect([activated.status, activated.body.error]).toEqual(
      allowed[state]?.includes('activate') ? [200, undefined] : [409, refusal],
    );
    // What devices say needs an active one, and it is active now.
    if (activated.status === 200) return;
    const body = { device_id: 'pc' };
    const span = {
      started_at: new Date(Date.now() - 1_000).toISOString(),
      ended_at: new Date().toISOString(),
    };
    for (const answer of [
      await mine.client.call(contracts.heartbeat, { params, body }),
      await mine.client.call(contracts.reportUsage, { params, body: { ...body, ...span } }),
      await mine.client.call(contracts.checkoutLicense, { params, body }),
    ])
      expect([answer.status, answer.body.error]).toEqual([409, refusal]);
    // A suspended one keeps its devices, and lets them go; those of an ended one are unbound already.
    const unbound = await mine.client.call(contracts.unbindDevice, { params, body });
    expect(unbound.status).toBe(state === 'suspended' ? 200 : 404);
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
