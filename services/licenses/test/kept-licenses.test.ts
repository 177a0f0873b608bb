/** Lists of own licences and sums of reports that Redis keeps: never older than what was written, in any process. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import * as facts from '@membership/contracts/events/gateway';
import { eventually } from '@membership/platform/testing/eventually';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { redisLine, type RedisLine } from '@membership/platform/testing/redis-line';
import { startServiceKit, type Replica, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, device, type House } from './builders.ts';

const describeWithRedis = process.env.REDIS_URL ? describe : describe.skip;

describeWithRedis('with a Redis', () => {
  let line: RedisLine;
  let kit: ServiceKit;
  let replica: Replica;
  let house: House;
  beforeAll(() => clearOfMidnight('Asia/Shanghai'));
  beforeAll(async () => {
    line = await redisLine();
    kit = await startServiceKit(licensesService, {
      ...{ EXPIRY_JOB_SECONDS: '3600', ANSWER_CACHE_SETTLE_SECONDS: '0', OWN_LICENSES_CACHE_SECONDS: '77' },
      ...{ REDIS_URL: line.url, REDIS_PREFIX: line.prefix },
    });
    replica = await kit.replica();
    house = await aHouse(kit);
  });
  afterAll(async () => {
    await replica?.stop();
    await kit?.stop();
    await line?.close();
  });

  const there = (memberId: number) =>
    replica.as({ role: 'member', tenantId: house.tenantId, userId: memberId });
  const own = async (memberId: number, query: object = {}) =>
    (await there(memberId).ask(contracts.listMyLicenses, { query })).items;
  const assignments = () => kit.connection.collection<{ _id: number }>('assignments');
  /** Until the list comes from Redis: what was changed behind the service's back is not seen. */
  const kept = async (memberId: number, assignmentId: number, query: object = {}) => {
    const reason = async () => (await own(memberId, query))[0]?.assignment_reason;
    let times = 0;
    await eventually(async () => {
      const shown = await reason();
      await assignments().updateOne({ _id: assignmentId }, { $set: { reason: `${++times}` } });
      expect(await reason()).toBe(shown);
    });
  };

  test('a list is read from there, for as long as is set, and by its member alone', async () => {
    const { memberId, assignmentId } = await house.anAssignment();
    await kept(memberId, assignmentId);
    const [key] = (await line.keys()).filter((each) =>
      each.includes(`:own_licenses:${house.tenantId}:${memberId}=`),
    );
    const left = Number((await line.command(`PTTL ${line.prefix}${key}`)).slice(1));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(77_000);
    const other = await house.aMember();
    expect(await own(other.memberId)).toEqual([]);
    const tenantId = await kit.aTenant();
    const elsewhere = replica.as({ role: 'member', tenantId, userId: memberId });
    expect((await elsewhere.ask(contracts.listMyLicenses, {})).items).toEqual([]);
  });

  test('each step is in the list at once, whichever process did it', async () => {
    const { memberId, assignmentId, client, licenseId } = await house.anAssignment();
    const params = { assignment_id: String(assignmentId) };
    const id = { id: String(assignmentId) };
    const states = async () => (await own(memberId)).map(({ status }) => status);
    await kept(memberId, assignmentId);
    await client.ask(contracts.activateLicense, { params, body: device('d1') });
    expect(await own(memberId)).toMatchObject([
      { status: 'active', license_quota: { current_activations: 1 } },
    ]);
    await kept(memberId, assignmentId);
    await house.admin.ask(contracts.suspendAssignment, { params: id, body: { reason: '欠费' } });
    expect(await states()).toEqual(['suspended']);
    await kept(memberId, assignmentId);
    await house.admin.ask(contracts.resumeAssignment, { params: id, body: {} });
    expect(await states()).toEqual(['active']);
    await kept(memberId, assignmentId);
    const second = await house.anAssignment({ memberId });
    expect(await states()).toHaveLength(2);
    await house.admin.ask(contracts.revokeAssignment, {
      params: { id: String(second.assignmentId) },
      body: { reason: '退款' },
    });
    expect((await states()).toSorted()).toEqual(['active', 'revoked']);
    // What the licence says is another member's doing, too.
    const peer = await house.anAssignment({ licenseId });
    await kept(memberId, assignmentId);
    await peer.client.ask(contracts.activateLicense, {
      params: { assignment_id: String(peer.assignmentId) },
      body: device('d2'),
    });
    const quotas = (await own(memberId)).map(({ license, license_quota }) => [
      license.id,
      license_quota.current_activations,
    ]);
    expect(quotas).toContainEqual([licenseId, 2]);
  });

  test('so are names of products, plans and members, and an end that its licence was given', async () => {
    const { memberId, assignmentId, licenseId } = await house.anAssignment();
    await kept(memberId, assignmentId);
    await house.admin.ask(contracts.updateProduct, {
      params: { id: String(house.productId) },
      body: { name: 'Renamed' },
    });
    expect((await own(memberId))[0]?.license.product_name).toBe('Renamed');
    await kept(memberId, assignmentId);
    await house.admin.ask(contracts.updatePlan, {
      params: { id: String(house.planId) },
      body: { name: '改名版' },
    });
    expect((await own(memberId))[0]?.license.plan_name).toBe('改名版');
    await kept(memberId, assignmentId);
    await kit.publish(facts.memberUpdated, {
      ...{ tenantId: house.tenantId, subject: memberId, sequence: 9 },
      data: {
        ...{ memberId, username: 'erased', email: 'erased@example.invalid', displayName: '', role: 'member' },
        ...{ isActive: true, externalId: null, joinedAt: new Date().toISOString() },
      },
    });
    await eventually(async () =>
      expect((await own(memberId))[0]?.member).toMatchObject({
        username: 'erased',
        email: 'erased@example.invalid',
      }),
    );
    await kept(memberId, assignmentId);
    const end = new Date(Date.now() + 86_400_000).toISOString();
    const params = { id: String(licenseId) };
    await house.admin.ask(contracts.updateLicense, { params, body: { expires_at: end } });
    expect((await own(memberId))[0]?.expires_at).toBe(end);
  });

  test('a list is kept no longer than until one of it ends', async () => {
    const { memberId, assignmentId } = await house.anAssignment();
    const soon = new Date(Date.now() + 3_000);
    await assignments().updateOne({ _id: assignmentId }, { $set: { expiresAt: soon, ownExpiresAt: soon } });
    expect(await own(memberId)).toHaveLength(1);
    await kept(memberId, assignmentId);
    await eventually(async () => expect(await own(memberId)).toEqual([]));
    expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
  });

  test('what a report adds up is added up once for all processes, and anew after each write', async () => {
    const { client, assignmentId } = await house.anAssignment();
    const params = { assignment_id: String(assignmentId) };
    const admin = replica.as({ role: 'admin', tenantId: house.tenantId, userId: 3 });
    const ask = { query: { group_by: 'plan' } } as const;
    const totals = async (who: typeof admin) => (await who.ask(contracts.reportLicenseUsage, ask)).totals;
    const days = kit.connection.collection('plan_days');
    await eventually(async () => {
      await client.ask(contracts.activateLicense, { params, body: device('d9') });
      const here = await totals(house.admin);
      // Past the service: the other process would see it.
      await days.updateMany({ tenantId: house.tenantId }, { $inc: { assigned: 1_000 } });
      const elsewhere = await totals(admin);
      await days.updateMany({ tenantId: house.tenantId }, { $inc: { assigned: -1_000 } });
      expect(elsewhere).toEqual(here);
    });
    const before = await totals(admin);
    await client.ask(contracts.activateLicense, { params, body: device('d10') });
    expect((await totals(admin)).active_devices).toBe(before.active_devices + 1);
    expect((await totals(house.admin)).active_devices).toBe(before.active_devices + 1);
  });
});
