/** What this service tells and hears: the samples of the contracts, repeats, poison, and look-ups of what has not come yet. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { CONTEXT_HEADER } from '@membership/contracts/claims';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Envelope } from '@membership/contracts/event';
import { applicationCreated } from '@membership/contracts/events/applications';
import { eventsByType } from '@membership/contracts/events/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, device, type House } from './builders.ts';

const application = (applicationId: number) => ({
  applicationId,
  name: 'App',
  code: `app-${applicationId}`,
  status: 'active',
  isActive: true,
  isDeleted: false,
});
const member = (memberId: number) => ({
  memberId,
  username: `new_${memberId}`,
  email: 'new@example.com',
  displayName: '',
  role: 'member',
  isActive: true,
  externalId: null,
  joinedAt: '2026-01-01T00:00:00.000Z',
});
/** The gateway's internal port, as far as look-ups ask it: knows application 41 and member 42. */
const asked: string[] = [];
const gateway = createServer((request, response) => {
  asked.push(request.url ?? '');
  const state = { '/internal/applications/41': application(41), '/internal/members/42': member(42) }[
    request.url ?? ''
  ];
  const isTrusted =
    typeof request.headers[CONTEXT_HEADER] === 'string' &&
    request.headers['x-membership-service'] === 'licenses';
  response
    .writeHead(state && isTrusted ? 200 : 404, { 'content-type': 'application/json' })
    .end(JSON.stringify({ sequence: 1, state }));
});

let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  await new Promise<void>((done) => gateway.listen(0, '127.0.0.1', done));
  const { port } = gateway.address() as AddressInfo;
  kit = await startServiceKit(licensesService, {
    EXPIRY_JOB_SECONDS: '1',
    GATEWAY_INTERNAL_URL: `http://127.0.0.1:${port}`,
  });
  house = await aHouse(kit);
});
afterAll(async () => {
  await kit.stop();
  await new Promise((done) => gateway.close(done));
});

const samples = new URL('../../../libs/contracts/samples/', import.meta.url);
const own = readdirSync(samples).filter(
  (name) => eventsByType.get(name.replace('.json', ''))?.producer === 'licenses',
);
const sampleOf = (name: string): Envelope => JSON.parse(readFileSync(new URL(name, samples), 'utf8'));
const shapeOf = (data: unknown) =>
  Object.keys(data as object).sort((left, right) => left.localeCompare(right));

test('every event of this service has a sample', () => {
  const types = [...eventsByType.values()]
    .filter(({ producer }) => producer === 'licenses')
    .map(({ type }) => `${type}.json`);
  expect([...own].sort((left, right) => left.localeCompare(right))).toEqual(
    types.sort((left, right) => left.localeCompare(right)),
  );
});

test('each is announced in the shape of its sample', async () => {
  const { admin } = house;
  const byId = (id: number) => ({ params: { id: String(id) } });
  const product = await admin.ask(contracts.createProduct, { body: { name: 'P' } });
  const plan = await admin.ask(contracts.createPlan, { body: { product_id: product.id, name: 'L' } });
  await admin.ask(contracts.updateProduct, { ...byId(product.id), body: { name: 'Q' } });
  await admin.ask(contracts.updatePlan, { ...byId(plan.id), body: { name: 'M' } });
  const [license, ending] = [await house.aLicense(), await house.aLicense()];
  const [one, two] = [
    await house.anAssignment({ licenseId: license.id }),
    await house.anAssignment({ licenseId: ending.id }),
  ];
  const activating = (name: string) =>
    one.client.ask(contracts.activateLicense, {
      params: { assignment_id: String(one.assignmentId) },
      body: device(name),
    });
  await activating('a');
  await kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne({ _id: one.assignmentId }, { $set: { activatedAt: new Date(Date.now() - 7_200_000) } });
  await one.client.ask(contracts.reportUsage, {
    params: { assignment_id: String(one.assignmentId) },
    body: {
      device_id: 'a',
      started_at: new Date(Date.now() - 3_600_000).toISOString(),
      ended_at: new Date().toISOString(),
    },
  });
  await one.client.ask(contracts.unbindDevice, {
    params: { assignment_id: String(one.assignmentId) },
    body: { device_id: 'a' },
  });
  await admin.ask(contracts.suspendAssignment, { ...byId(one.assignmentId), body: {} });
  await admin.ask(contracts.resumeAssignment, { ...byId(one.assignmentId), body: {} });
  await admin.ask(contracts.updateLicense, { ...byId(license.id), body: { max_activations: 9 } });
  await admin.ask(contracts.rotateLicenseKey, { ...byId(license.id), body: {} });
  await admin.ask(contracts.revokeLicense, { ...byId(license.id), body: {} });
  const past = { $set: { expiresAt: new Date(0) } };
  await kit.connection.collection<{ _id: number }>('assignments').updateOne({ _id: two.assignmentId }, past);
  await kit.connection.collection<{ _id: number }>('licenses').updateOne({ _id: ending.id }, past);
  await admin.ask(contracts.deletePlan, byId(plan.id));
  await admin.ask(contracts.deleteProduct, byId(product.id));
  await admin.ask(contracts.deleteLicense, byId(license.id));
  for (const name of own) {
    const sample = sampleOf(name);
    const told = await kit.heardOne(sample.type);
    expect([sample.type, shapeOf(told.data)]).toEqual([sample.type, shapeOf(sample.data)]);
    expect(eventsByType.get(sample.type)?.data.safeParse(sample.data).success).toBe(true);
  }
  // Each aggregate counts without a gap.
  const lines = Map.groupBy(
    kit.heard.filter(({ source }) => source === '/services/licenses'),
    ({ type, subject }) => `${eventsByType.get(type)?.aggregate}:${subject}`,
  );
  for (const [name, line] of lines)
    expect([name, line.map(({ sequence }) => sequence)]).toEqual([name, line.map((_, index) => index + 1)]);
});

test('an event that comes twice is taken once; poison is put aside and holds up nobody', async () => {
  const id = randomUUID();
  for (let turn = 0; turn < 3; turn++)
    await kit.publish(applicationCreated, {
      tenantId: house.tenantId,
      subject: 51,
      sequence: 1,
      id,
      data: application(51),
    });
  await kit.publishRaw('application.created.v1', Buffer.from('{ not json'));
  const poison = {
    ...sampleOf('product.created.v1.json'),
    type: 'application.created.v1',
    id: randomUUID(),
    tenantid: house.tenantId,
    data: { applicationId: 'x' },
  };
  await kit.publishRaw('application.created.v1', Buffer.from(JSON.stringify(poison)));
  await kit.publish(applicationCreated, { tenantId: house.tenantId, subject: 52, data: application(52) });
  const rows = kit.connection.collection<{ _id: number }>('applications');
  await eventually(async () =>
    expect(await rows.findOne({ _id: 52 })).toMatchObject({ tenantId: house.tenantId }),
  );
  expect(await rows.countDocuments({ _id: 51 })).toBe(1);
  expect(await kit.connection.collection('inbox').countDocuments({ _id: id as never })).toBe(1);
});

describe('an id that has not come yet', () => {
  test('of an application is asked for once, and kept', async () => {
    const create = (applicationId: number) =>
      house.admin.call(contracts.createProduct, { body: { name: 'New', application_id: applicationId } });
    expect((await create(41)).status).toBe(201);
    expect((await create(41)).status).toBe(201);
    expect(asked.filter((url) => url === '/internal/applications/41')).toHaveLength(1);
    expect((await create(43)).body.error.details).toEqual({ application_id: ['无效的应用ID'] });
  });

  test('of a member is asked for once, in a batch too', async () => {
    const license = await house.aLicense();
    const rows = [42, 43].map((member_id) => ({ member_id, license_id: license.id }));
    const { results } = await house.admin.ask(contracts.batchAssign, { body: { assignments: rows } });
    expect(results.map(({ status }) => status)).toEqual(['success', 'failed']);
    const { items } = await house.admin.ask(contracts.listAssignments, { query: { member_id: 42 } });
    expect(items.map(({ member: { username } }) => username)).toEqual(['new_42']);
    expect(asked.filter((url) => url === '/internal/members/42')).toHaveLength(1);
  });
});
