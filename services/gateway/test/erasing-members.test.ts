/** What is personal of a member goes for good; its id stays. */
import { login } from '@membership/contracts/endpoints/gateway/auth';
import {
  createMember,
  deactivateMember,
  eraseMember,
  getMember,
  listMembers,
  updateMember,
} from '@membership/contracts/endpoints/gateway/members';
import { runTransaction } from '@membership/platform/run-transaction';
import { scopeOfJob } from '@membership/platform/scope';
import { expectLikeSample } from '@membership/platform/testing/samples';
import type { Delivery } from '../src/outgoing-webhooks/delivery.ts';
import { DeliveryRepository, namesOf } from '../src/outgoing-webhooks/delivery-repository.ts';
import { newDelivery } from '../src/outgoing-webhooks/record-deliveries.ts';
import { PASSWORD, startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;
beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
});
afterAll(() => gateway?.stop());
let members = 0;
beforeEach(async () => {
  member = await acme.aMember(`jane_${++members}`);
});
const params = () => ({ id: String(member.id) });
const erase = (client = acme.admin) => client.call(eraseMember, { params: params(), body: {} });

test('one that was deactivated: names, address, password and external id go, everywhere; asked again it is the same', async () => {
  await acme.admin.ask(updateMember, {
    params: params(),
    body: { external_id: `ext-${members}`, display_name: 'Jane Roe' },
  });
  expect((await erase()).body.error).toMatchObject({
    code: 'INVALID_STATE',
    message: '请先停用该成员',
    details: { current_state: 'active', allowed_actions: ['deactivate'] },
  });
  await acme.admin.call(deactivateMember, { params: params() });
  const erased = await erase();
  expect([erased.status, erased.body.data]).toMatchObject([
    200,
    {
      id: member.id,
      username: `erased:${member.id}`,
      email: `erased:${member.id}@erased.invalid`,
      display_name: '',
      is_active: false,
      external_id: null,
      last_login_at: null,
    },
  ]);
  const again = await erase();
  expect([again.status, again.body.data]).toEqual([200, erased.body.data]);
  const fact = await gateway.kit.heardOne('member.erased.v1', ({ subject }) => subject === String(member.id));
  expectLikeSample(fact);
  const stored = await gateway.kit.connection
    .collection<{ _id: number }>('members')
    .findOne({ _id: member.id });
  expect(JSON.stringify(stored)).not.toMatch(/jane|Jane|ext-|argon|\$/i);
  expect((await acme.admin.ask(listMembers, { query: { search: `jane_${members}` } })).count).toBe(0);
});

test('the names are free again, nobody logs in, and the member is changed no more', async () => {
  const username = `jane_${members}`;
  await acme.admin.call(deactivateMember, { params: params() });
  await erase();
  const credentials = { username, password: PASSWORD, tenant: 'acme' };
  expect((await gateway.anyone.call(login, { body: credentials })).status).toBe(401);
  for (const answer of [
    await acme.admin.call(updateMember, { params: params(), body: { is_active: true } }),
    await acme.admin.call(updateMember, { params: params(), body: { password: PASSWORD } }),
    await acme.admin.call(deactivateMember, { params: params() }),
  ])
    expect([answer.status, answer.body.error.details]).toEqual([
      409,
      { current_state: 'erased', allowed_actions: [] },
    ]);
  const body = { username, email: `${username}@example.com`, password: PASSWORD };
  const made = await acme.admin.ask(createMember, { body });
  expect(made.id).not.toBe(member.id);
  expect((await gateway.anyone.call(login, { body: credentials })).status).toBe(200);
});

test('what was sent, or waits to be sent, of the names to the tenant’s own endpoints is forgotten', async () => {
  const deliveries = gateway.kit.connection.collection<{ _id: number; type: string }>('webhook_deliveries');
  const row = (_id: number, type: string, memberId: number, tenantId = acme.id) => ({
    ...{ _id, tenantId, type, status: 'succeeded', endpointId: 1 },
    body: JSON.stringify({ type, data: { memberId, username: 'jane' } }),
  });
  const [base, id] = [members * 1_000 + 900_000_000, member.id];
  await deliveries.insertMany([
    row(base, 'member.created.v1', id),
    row(base + 1, 'member.updated.v1', id),
    row(base + 2, 'member.created.v1', id * 10),
    row(base + 3, 'points.earned.v1', id),
    row(base + 4, 'member.created.v1', id, globex.id),
  ] as never);
  await acme.admin.call(deactivateMember, { params: params() });
  await erase();
  const left = await deliveries.find({ _id: { $gte: base, $lt: base + 5 } }).toArray();
  expect(left.map(({ _id }) => _id - base).sort((one, other) => one - other)).toEqual([2, 3, 4]);
});

test('of all that a tenant’s endpoints were sent, an erasure reads what holds that member’s names, and what an older version kept', async () => {
  const connection = gateway.kit.connection.useDb(gateway.kit.connection.name);
  const repository = new DeliveryRepository(connection, { days: 1 });
  const scope = scopeOfJob(acme.id, 'gateway', 'test');
  const made = (id: number, memberId: number): Delivery => {
    const body = JSON.stringify({ type: 'member.created.v1', data: { memberId, username: 'jane' } });
    const endpoint = { id: 1, tenantId: acme.id };
    return newDelivery({ id, endpoint, eventId: `e${id}`, type: 'member.created.v1', body }, new Date());
  };
  const base = members * 1_000 + 800_000_000;
  await runTransaction(connection, (session) =>
    repository.insert(
      scope,
      Array.from({ length: 300 }, (_, index) => made(base + index, index < 2 ? member.id : base + index)),
      session,
    ),
  );
  for (const filter of namesOf(member.id)) {
    const plan = (await repository.explain(scope, filter, { _id: 1 })) as {
      executionStats: { totalKeysExamined: number; totalDocsExamined: number };
    };
    expect(plan.executionStats.totalKeysExamined).toBeLessThan(20);
    expect(plan.executionStats.totalDocsExamined).toBeLessThan(20);
  }
  await acme.admin.call(deactivateMember, { params: params() });
  await erase();
  const deliveries = gateway.kit.connection.collection<{ _id: number }>('webhook_deliveries');
  const ofTest = { _id: { $gte: base, $lt: base + 300 } };
  expect(await deliveries.countDocuments(ofTest)).toBe(298);
  expect(await deliveries.countDocuments({ ...ofTest, memberId: member.id })).toBe(0);
});

test('an administrator’s of the own tenant alone; an unknown one and a body are refused', async () => {
  await acme.admin.call(deactivateMember, { params: params() });
  const other = await acme.aMember(`joe_${members}`);
  expect((await erase(other.client)).status).toBe(403);
  expect((await erase(globex.admin)).status).toBe(404);
  expect((await acme.admin.call(eraseMember, { params: { id: '999999999' }, body: {} })).status).toBe(404);
  const bad = await acme.admin.send('post', `/api/v1/members/${member.id}/erase/`, { body: { all: true } });
  expect([bad.status, Object.keys(bad.body.error.details)]).toEqual([400, ['all']]);
  expect((await acme.admin.ask(getMember, { params: params() })).username).toBe(`jane_${members}`);
  const both = await Promise.all([erase(), erase()]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
});
