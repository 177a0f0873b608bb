/** Other ends: late renewal under the same key, and the end of a licence that very many hold. */
import { randomUUID } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, statusesOf, type House } from './builders.ts';

const DAY = 86_400_000;
let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
});
afterEach(async () => expect((await verifySlots(kit.connection)).problems).toEqual([]));
afterAll(() => kit.stop());

type Row = { _id: number; status: string; expiresAt: Date; ownExpiresAt: Date; endsMoveSince?: Date | null };
const rows = (name: string) => kit.connection.collection<Row>(name);
const ahead = (days: number) => new Date(Date.now() + days * DAY).toISOString();
const byId = (id: number) => ({ params: { id: String(id) } });
const patch = (id: number, expires_at: string | null) =>
  house.admin.call(contracts.updateLicense, { ...byId(id), body: { expires_at } });
const renew = (id: number, duration_days: number, client = house.admin, headers = {}) =>
  client.call(contracts.renewLicense, { ...byId(id), body: { duration_days } }, { headers });
const validity = async (license_key: string) =>
  (
    await kit
      .as({ role: 'anonymous', tenantId: null })
      .ask(contracts.validateLicense, { body: { license_key } })
  ).code;
const codeOf = (answer: { body: { error: { code: string } } }) => answer.body.error.code;
/** Runs the jobs now, in a second process, until something is so. */
async function runJobs(until: () => Promise<unknown>): Promise<void> {
  await kit.connection.collection<{ _id: string }>('leases').deleteMany({ _id: /^job:/ });
  const second = await kit.replica();
  try {
    await eventually(until);
  } finally {
    await second.stop();
  }
}

/** A licence that ended so many days ago; `isWritten`: the job has been there. */
async function ended(daysAgo: number, { policy = {}, isWritten = true } = {}) {
  const plan = await house.admin.ask(contracts.createPlan, {
    body: { product_id: house.productId, name: 'P', policy },
  });
  const license = await house.aLicense({ plan_id: plan.id, expires_at: ahead(1) });
  const end = new Date(Date.now() - daysAgo * DAY);
  const letEnd = () =>
    rows('licenses').updateOne(
      { _id: license.id },
      { $set: { expiresAt: end, ...(isWritten ? { status: 'expired' } : {}) } },
    );
  return { ...license, end, letEnd };
}

test.each([
  ['in grace', 1, { grace_days: 3 }, true],
  ['in grace, before the job', 1, { grace_days: 3 }, false],
  ['after grace', 30, { grace_days: 3 }, true],
])(
  '%s a new end renews the licence under its key, which is assigned and replaced again',
  async (_name, daysAgo, policy, isWritten) => {
    const { id, license_key, letEnd } = await ended(daysAgo, { policy, isWritten });
    await letEnd();
    expect(await validity(license_key)).toBe(daysAgo === 1 ? 'IN_GRACE' : 'EXPIRED');
    const { memberId } = await house.aMember();
    const assign = () =>
      house.admin.call(contracts.createAssignment, { body: { member_id: memberId, license_id: id } });
    expect((await assign()).body.error).toMatchObject({
      code: 'INVALID_STATE',
      details: { allowed_actions: ['update', 'renew', 'rotate-key', 'revoke'] },
    });
    const end = ahead(90);
    const { status, body } = await patch(id, end);
    expect([status, body.data.status, body.data.expires_at, body.data.license_key]).toEqual([
      200,
      'active',
      end,
      license_key,
    ]);
    expect(await validity(license_key)).toBe('VALID');
    const told = await kit.heardOne('license.updated.v1', ({ data }) => data.licenseId === id);
    expect(told.data).toMatchObject({ status: 'active', expiresAt: end });
    expect((await assign()).status).toBe(201);
    const rotated = await house.admin.ask(contracts.rotateLicenseKey, { ...byId(id), body: {} });
    expect([await validity(license_key), await validity(rotated.license_key)]).toEqual([
      'NOT_FOUND',
      'VALID',
    ]);
  },
);

test('days count from the later of now and the end, or from the end where the plan says so', async () => {
  const [late, strict, early] = [
    await ended(10),
    await ended(10, { policy: { renews_from: 'end' } }),
    await house.aLicense({ expires_at: ahead(5) }),
  ];
  await late.letEnd();
  await strict.letEnd();
  const before = Date.now();
  const renewed = await renew(late.id, 30);
  expect([renewed.status, renewed.body.message]).toEqual([200, '许可证续期成功']);
  const end = Date.parse(renewed.body.data.expires_at);
  expect(end - before).toBeGreaterThanOrEqual(30 * DAY);
  expect(end - Date.now()).toBeLessThanOrEqual(30 * DAY);
  expect((await renew(strict.id, 10)).body.error).toMatchObject({
    code: 'VALIDATION_ERROR',
    details: { duration_days: [expect.stringContaining('仍早于当前时间')] },
  });
  expect((await renew(strict.id, 30)).body.data.expires_at).toBe(
    new Date(strict.end.getTime() + 30 * DAY).toISOString(),
  );
  const { expires_at } = await house.admin.ask(contracts.getLicense, byId(early.id));
  expect((await renew(early.id, 30)).body.data.expires_at).toBe(
    new Date(Date.parse(expires_at as string) + 30 * DAY).toISOString(),
  );
});

test('a renewal is the administrator’s own; without an end, revoked and bad days are refused; a key counts once, two at once twice', async () => {
  const license = await house.aLicense({ expires_at: ahead(5) });
  const other = await aHouse(kit);
  expect((await renew(license.id, 30, other.admin)).status).toBe(404);
  expect((await renew(license.id, 30, (await house.aMember()).client)).status).toBe(403);
  for (const duration_days of [0, 36_501, 1.5, '30', null, undefined])
    expect(
      (await house.admin.send('post', `/api/v1/licenses/${license.id}/renew/`, { body: { duration_days } }))
        .body.error.code,
    ).toBe('VALIDATION_ERROR');
  const endless = await house.aLicense();
  expect(codeOf(await renew(endless.id, 30))).toBe('INVALID_STATE');
  const headers = { 'idempotency-key': randomUUID() };
  const [first, again] = [
    await renew(license.id, 30, house.admin, headers),
    await renew(license.id, 30, house.admin, headers),
  ];
  expect(again.body).toEqual(first.body);
  const second = await kit.replica();
  const there = second.as({ role: 'admin', tenantId: house.tenantId });
  expect(statusesOf(await Promise.all([renew(license.id, 1), renew(license.id, 1, there)]))).toEqual([
    200, 200,
  ]);
  await second.stop();
  expect((await house.admin.ask(contracts.getLicense, byId(license.id))).expires_at).toBe(
    new Date(Date.parse(first.body.data.expires_at) + 2 * DAY).toISOString(),
  );
  await house.admin.ask(contracts.revokeLicense, { ...byId(license.id), body: {} });
  expect(codeOf(await renew(license.id, 30))).toBe('INVALID_STATE');
});

test('one that is in grace can be revoked, and stops at once', async () => {
  const { id, license_key, letEnd } = await ended(1, { policy: { grace_days: 3 } });
  await letEnd();
  expect(await validity(license_key)).toBe('IN_GRACE');
  expect((await house.admin.ask(contracts.revokeLicense, { ...byId(id), body: {} })).status).toBe('revoked');
  expect([await validity(license_key), codeOf(await patch(id, ahead(9)))]).toEqual([
    'REVOKED',
    'INVALID_STATE',
  ]);
});

test('what ended with it stays ended, whether or not the job has written it', async () => {
  const { id, letEnd, end } = await ended(1, { isWritten: false });
  const mine = await house.anAssignment({ licenseId: id });
  await letEnd();
  await rows('assignments').updateOne({ _id: mine.assignmentId }, { $set: { expiresAt: end } });
  await renew(id, 30);
  const status = async () => (await house.admin.ask(contracts.getAssignment, byId(mine.assignmentId))).status;
  expect(await status()).toBe('expired');
  const again = await house.anAssignment({ licenseId: id, memberId: mine.memberId, client: mine.client });
  await house.admin.ask(contracts.getAssignment, byId(again.assignmentId));
  expect(await status()).toBe('expired');
});

describe('a licence that very many hold', () => {
  const MANY = 1_200;
  /** A licence with an end, held by a member whose client is there and by very many others. */
  async function heldByMany(days: number) {
    const { id } = await house.aLicense({ expires_at: ahead(days), max_activations: 10_000 });
    const mine = await house.anAssignment({ licenseId: id });
    const row = await rows('assignments').findOne({ _id: mine.assignmentId });
    const copies = Array.from({ length: MANY }, (_, index) => ({
      ...(row as Row),
      _id: 10_000_000 + id * 10_000 + index,
      memberId: 10_000_000 + id * 10_000 + index,
    }));
    await rows('assignments').insertMany(copies);
    await kit.connection.collection('member_days').deleteMany({ memberId: { $gte: 10_000_000 } });
    await rows('licenses').updateOne({ _id: id }, { $inc: { openAssignments: MANY } as never });
    return { id, mine, some: byId((copies[MANY - 1] as Row)._id) };
  }
  const endsOf = async (id: number) =>
    (await rows('assignments').distinct('expiresAt', { licenseId: id })).map((end) => end.toISOString());

  test('gets a later end that counts at once, and reaches all of them however often it is stopped', async () => {
    const { id, mine, some } = await heldByMany(1);
    const [first, end] = [ahead(30), ahead(60)];
    expect((await patch(id, first)).status).toBe(200);
    expect((await patch(id, end)).status).toBe(200);
    for (const params of [some, byId(mine.assignmentId)])
      expect((await house.admin.ask(contracts.getAssignment, params)).expires_at).toBe(end);
    // Past the end before: what is written has ended, what counts has not.
    const past = new Date(Date.now() - 1_000);
    await rows('assignments').updateMany({ licenseId: id }, { $set: { expiresAt: past } });
    await rows('licenses').updateOne({ _id: id }, { $set: { endsMoveSince: new Date(past.getTime() - 1) } });
    expect(
      (
        await mine.client.call(contracts.activateLicense, {
          params: { assignment_id: String(mine.assignmentId) },
          body: device('pc'),
        })
      ).status,
    ).toBe(200);
    expect(
      codeOf(
        await house.admin.call(contracts.createAssignment, {
          body: { member_id: mine.memberId, license_id: id },
        }),
      ),
    ).toBe('BIZ_003');
    // Some have it, as if a job had been stopped in the middle.
    await rows('assignments').updateMany(
      { licenseId: id, _id: { $lt: 10_000_000 + id * 10_000 + 600 } },
      { $set: { expiresAt: new Date(end) } },
    );
    await runJobs(async () =>
      expect((await rows('licenses').findOne({ _id: id }))?.endsMoveSince).toBeNull(),
    );
    expect(await endsOf(id)).toEqual([end]);
    expect(await rows('assignments').countDocuments({ licenseId: id, status: 'expired' })).toBe(0);
  });

  test('gets an earlier end, after which nothing is allowed, before the job has written it', async () => {
    const { id, mine, some } = await heldByMany(60);
    const end = ahead(1);
    await patch(id, end);
    expect((await house.admin.ask(contracts.getAssignment, some)).expires_at).toBe(end);
    await mine.client.ask(contracts.activateLicense, {
      params: { assignment_id: String(mine.assignmentId) },
      body: device('pc'),
    });
    const file = await mine.client.ask(contracts.checkoutLicense, {
      params: { assignment_id: String(mine.assignmentId) },
      body: { device_id: 'pc', days: 90 },
    });
    expect(file.expires_at).toBe(end);
    // One with an end of its own before that keeps it.
    const own = new Date(Date.now() + 3_600_000);
    await rows('assignments').updateOne(
      { _id: mine.assignmentId },
      { $set: { ownExpiresAt: own, expiresAt: own } },
    );
    await runJobs(async () => expect(await endsOf(id)).toEqual([own.toISOString(), end]));
  });
});
