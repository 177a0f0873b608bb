/** After each endpoint that writes and each event that is heard, what Redis keeps is what the database gives. */
import { randomUUID } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { endpointsIn } from '@membership/contracts/endpoint';
import { Directory } from '@membership/platform/directory';
import { createLogger } from '@membership/platform/log';
import { eventually } from '@membership/platform/testing/eventually';
import { KeptAnswers, writesOf } from '@membership/platform/testing/kept-answers';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { redisLine, type RedisLine } from '@membership/platform/testing/redis-line';
import { sampleOf } from '@membership/platform/testing/samples';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { ApplicationRegister } from '../src/catalogue/application-register.ts';
import { licensesService } from '../src/service.ts';
import { subscriptions } from '../src/subscriptions.ts';
import { aHouse, device, type House } from './builders.ts';

const describeWithRedis = process.env.REDIS_URL ? describe : describe.skip;
/** A thousand reads, on a machine that has other things to do. */
const PATIENCE = 600_000;
type Member = Awaited<ReturnType<House['aMember']>>;

describeWithRedis('what Redis keeps is what the database gives', () => {
  let line: RedisLine;
  let kit: ServiceKit;
  let house: House;
  let john: Member;
  let jane: Member;
  let kept: KeptAnswers;
  beforeAll(() => clearOfMidnight('Asia/Shanghai'));
  beforeAll(async () => {
    line = await redisLine();
    kit = await startServiceKit(licensesService, {
      ...{ REDIS_URL: line.url, REDIS_PREFIX: line.prefix, ANSWER_CACHE_SETTLE_SECONDS: '0' },
      // No job writes between two looks.
      EXPIRY_JOB_SECONDS: '3600',
    });
    house = await aHouse(kit);
    [john, jane] = [await house.aMember(), await house.aMember()];
  });
  beforeEach(() => {
    kept = new KeptAnswers({ line, metrics: () => kit.metrics(), reads });
  });
  afterAll(async () => {
    await kit?.stop();
    await line?.close();
  });

  const reads = () => {
    const shown: Record<string, Promise<unknown>> = {};
    for (const [name, { client }] of Object.entries({ john, jane })) {
      shown[`${name}’s licences`] = client.ask(contracts.listMyLicenses, {});
      shown[`${name}’s active licences`] = client.ask(contracts.listMyLicenses, {
        query: { status: 'active' },
      });
    }
    return shown;
  };

  test(
    'after each endpoint that writes',
    async () => {
      const { admin } = house;
      const root = kit.as({ role: 'super', tenantId: null });
      const anyone = kit.as({ role: 'anonymous', tenantId: null });
      const features = { max_projects: 50 };
      const [license, spare] = [await house.aLicense(), await house.aLicense()];
      const { assignmentId } = await house.anAssignment({ licenseId: license.id, memberId: john.memberId });
      const janes = await house.anAssignment({ licenseId: license.id, memberId: jane.memberId });
      const id = { id: String(assignmentId) };
      const own = { assignment_id: String(assignmentId) };
      const made = { product: 0, plan: 0, license: 0 };
      const aRow = async () => ({
        member_id: jane.memberId,
        license_id: (await house.aLicense()).id,
      });
      let kid = '';
      const writes: Record<string, () => Promise<{ status: number }>> = {
        activateLicense: () =>
          john.client.call(contracts.activateLicense, { params: own, body: device('d1') }),
        heartbeat: () => john.client.call(contracts.heartbeat, { params: own, body: { device_id: 'd1' } }),
        reportUsage: () =>
          john.client.call(contracts.reportUsage, {
            params: own,
            body: {
              device_id: 'd1',
              started_at: new Date(Date.now() - 60_000).toISOString(),
              ended_at: new Date().toISOString(),
            },
          }),
        checkoutLicense: () =>
          john.client.call(contracts.checkoutLicense, { params: own, body: { device_id: 'd1', days: 3 } }),
        unbindDevice: async () => {
          await john.client.ask(contracts.activateLicense, { params: own, body: device('d2') });
          return john.client.call(contracts.unbindDevice, { params: own, body: { device_id: 'd2' } });
        },
        unbindDeviceOf: async () => {
          const params = { assignment_id: String(janes.assignmentId) };
          await jane.client.ask(contracts.activateLicense, { params, body: device('d3') });
          return admin.call(contracts.unbindDeviceOf, {
            params: { id: String(janes.assignmentId) },
            body: { device_id: 'd3' },
          });
        },
        suspendAssignment: () =>
          admin.call(contracts.suspendAssignment, { params: id, body: { reason: '审查' } }),
        resumeAssignment: () => admin.call(contracts.resumeAssignment, { params: id, body: {} }),
        createAssignment: () =>
          admin.call(contracts.createAssignment, {
            body: { member_id: john.memberId, license_id: spare.id },
          }),
        batchAssign: async () =>
          admin.call(contracts.batchAssign, { body: { assignments: [await aRow()], common_settings: {} } }),
        startBatch: async () => {
          const answer = await admin.call(contracts.startBatch, { body: { assignments: [await aRow()] } });
          const params = { id: String(answer.body.data.batch_id) };
          await eventually(async () =>
            expect((await admin.ask(contracts.getBatch, { params })).status).toBe('completed'),
          );
          return answer;
        },
        revokeAssignment: () =>
          admin.call(contracts.revokeAssignment, {
            params: { id: String(janes.assignmentId) },
            body: { reason: '退款' },
          }),
        createProduct: async () => {
          const answer = await admin.call(contracts.createProduct, {
            body: { name: 'Other', version: '1.0' },
          });
          made.product = answer.body.data.id;
          return answer;
        },
        updateProduct: () =>
          admin.call(contracts.updateProduct, {
            params: { id: String(house.productId) },
            body: { name: 'Renamed' },
          }),
        createPlan: async () => {
          const body = { product_id: made.product, name: '基础版', features };
          const answer = await admin.call(contracts.createPlan, { body });
          made.plan = answer.body.data.id;
          return answer;
        },
        updatePlan: () =>
          admin.call(contracts.updatePlan, {
            params: { id: String(house.planId) },
            body: { name: '改名版' },
          }),
        deletePlan: () => admin.call(contracts.deletePlan, { params: { id: String(made.plan) } }),
        deleteProduct: () => admin.call(contracts.deleteProduct, { params: { id: String(made.product) } }),
        issueLicense: async () => {
          const body = { product_id: house.productId, plan_id: house.planId, max_activations: 2 };
          const answer = await admin.call(contracts.issueLicense, { body });
          made.license = answer.body.data.id;
          return answer;
        },
        updateLicense: () =>
          admin.call(contracts.updateLicense, {
            params: { id: String(license.id) },
            body: { max_activations: 20, expires_at: new Date(Date.now() + 9e9).toISOString() },
          }),
        renewLicense: () =>
          admin.call(contracts.renewLicense, {
            params: { id: String(license.id) },
            body: { duration_days: 365 },
          }),
        rotateLicenseKey: () =>
          admin.call(contracts.rotateLicenseKey, { params: { id: String(license.id) }, body: {} }),
        deleteLicense: () => admin.call(contracts.deleteLicense, { params: { id: String(made.license) } }),
        validateLicense: () =>
          anyone.call(contracts.validateLicense, {
            body: { license_key: spare.license_key, hardware_fingerprint: 'abc' },
          }),
        rotateSigningKey: async () => {
          kid = (await root.ask(contracts.licenseKeys, {})).keys[0]?.kid as string;
          return root.call(contracts.rotateSigningKey, { body: {} });
        },
        withdrawSigningKey: () => root.call(contracts.withdrawSigningKey, { params: { kid }, body: {} }),
        revokeLicense: () =>
          admin.call(contracts.revokeLicense, {
            params: { id: String(license.id) },
            body: { reason: '终止' },
          }),
      };
      expect(Object.keys(writes).sort()).toEqual(writesOf(endpointsIn(contracts)));
      for (const [name, write] of Object.entries(writes)) {
        const { status } = await kept.after(name, write);
        expect([name, status < 300]).toEqual([name, true]);
      }
      expect(kept.stale).toEqual([]);
    },
    PATIENCE,
  );

  test(
    'after each event that is heard',
    async () => {
      const { connection } = kit;
      const logger = createLogger({ service: 'licenses', level: 'silent' });
      const gatewayUrl = 'http://127.0.0.1:9';
      const applications = connection.collection('applications') as never;
      const heard = subscriptions(
        new Directory({ connection, gatewayUrl, service: 'licenses', logger }),
        new ApplicationRegister({ applications, gatewayUrl, logger }),
      ).flatMap(({ type }) => type ?? []);
      expect(heard).toContain('member.updated.v1');
      await house.anAssignment({ memberId: john.memberId });
      let sequence = 1_000;
      /** As its sample, about John, and with something in it that is other than it was. */
      const isTold = async (type: string) => {
        const sample = sampleOf(type);
        sequence++;
        const own: Record<string, unknown> = {
          ...{ memberId: john.memberId, tenantId: house.tenantId },
          ...{ displayName: `John ${sequence}`, username: `john_${sequence}`, name: `Name ${sequence}` },
        };
        const data = Object.fromEntries(
          Object.entries(sample.data).map(([name, value]) => [name, own[name] ?? value]),
        );
        const ofMember = type.startsWith('member.');
        const envelope = {
          ...sample,
          ...{ id: randomUUID(), tenantid: house.tenantId, time: new Date().toISOString(), sequence, data },
          subject: ofMember ? String(john.memberId) : sample.subject,
        };
        await kit.publishRaw(type, Buffer.from(JSON.stringify(envelope)));
        await eventually(async () =>
          expect(
            await connection.collection<{ _id: string }>('inbox').findOne({ _id: envelope.id }),
          ).not.toBeNull(),
        );
      };
      // Of an erased tenant nothing is shown; an erased member is told of last.
      const last = ['member.erased.v1', 'tenant.erased.v1'];
      for (const type of [...heard.filter((each) => !last.includes(each)), 'member.erased.v1'])
        await kept.after(type, () => isTold(type));
      expect(kept.stale).toEqual([]);
    },
    PATIENCE,
  );
});
