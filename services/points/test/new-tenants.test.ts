/** A tenant, its members and what they did, all told at once to a service that has never heard of them. */
import { getProfile } from '@membership/contracts/endpoints/points/index';
import { memberCreated, tenantCreated } from '@membership/contracts/events/gateway';
import { assignmentActivated } from '@membership/contracts/events/licenses';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { pointsService } from '../src/app.ts';

/** A hundred members are some hundred questions, one after the other. */
const SLOW_MACHINE = { milliseconds: 120_000 };
let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(pointsService);
});
afterAll(() => kit?.stop());

const profiles = (tenantId: number) => kit.connection.collection('profiles').countDocuments({ tenantId });
const tenant = (tenantId: number) =>
  kit.publish(tenantCreated, {
    tenantId,
    subject: tenantId,
    data: {
      ...{ tenantId, code: `new-${tenantId}`, name: 'New', timezone: 'Asia/Shanghai', locale: 'zh-CN' },
      isActive: true,
    },
  });
const member = (tenantId: number, memberId: number) =>
  kit.publish(memberCreated, {
    tenantId,
    subject: memberId,
    data: {
      ...{ memberId, username: `m${memberId}`, email: `m${memberId}@example.com`, displayName: 'M' },
      ...{ role: 'member', isActive: true, externalId: null, joinedAt: new Date().toISOString() },
    },
  });
const activated = (tenantId: number, memberId: number) =>
  kit.publish(assignmentActivated, {
    tenantId,
    subject: memberId,
    data: {
      ...{ assignmentId: memberId, memberId, licenseId: 5, productId: 2, planId: 3, applicationId: 1 },
      ...{ productName: 'SuperApp Pro', planName: '专业版', status: 'active', reason: null },
      ...{ assignedAt: new Date().toISOString(), activatedAt: new Date().toISOString(), expiresAt: null },
    },
  });

test('the tenant, 120 members and an award in one batch: nothing waits for what its own transaction is about to write', async () => {
  await kit.restart(async () => {
    await tenant(7);
    for (let memberId = 70_001; memberId <= 70_120; memberId++) await member(7, memberId);
    await activated(7, 70_005);
  });
  await eventually(async () => expect(await profiles(7)).toBe(120), SLOW_MACHINE);
  await eventually(async () =>
    expect(
      await kit.as({ role: 'internal', tenantId: 7 }).ask(getProfile, { params: { id: '70005' } }),
    ).toMatchObject({ total_points: 100 }),
  );
});

test('members whose tenant is told last are known all the same', async () => {
  await kit.restart(async () => {
    await Promise.all(Array.from({ length: 120 }, (_, index) => member(8, 80_001 + index)));
    await tenant(8);
  });
  await eventually(async () => expect(await profiles(8)).toBe(120), SLOW_MACHINE);
});
