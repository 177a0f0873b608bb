/** What an application counts of its licences, from their facts. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import type { Client } from '@membership/contracts/client';
import * as facts from '@membership/contracts/events/licenses';
import type { FactOf } from '@membership/contracts/event';
import { eventually } from '@membership/platform/testing/service-kit';
import { aTenantOf } from './builders.ts';
import { anApplication, kit } from './the-service.ts';

describe('licence counts', () => {
  const product = (productId: number, applicationId: number | null): FactOf<typeof facts.productCreated> => ({
    productId,
    name: 'SuperApp Pro',
    version: '2.0',
    applicationId,
    isActive: true,
  });
  const license = (
    licenseId: number,
    productId: number,
    applicationId: number | null,
  ): FactOf<typeof facts.licenseIssued> => ({
    licenseId,
    productId,
    planId: 1,
    applicationId,
    maxActivations: 10,
    status: 'active',
    expiresAt: null,
  });
  const assignment = (
    assignmentId: number,
    licenseId: number,
    productId: number,
    status: 'assigned' | 'active' | 'suspended' | 'revoked',
  ): FactOf<typeof facts.assignmentCreated> => ({
    assignmentId,
    memberId: 9,
    licenseId,
    productId,
    planId: 1,
    applicationId: null,
    productName: 'SuperApp Pro',
    planName: '专业版',
    status,
    assignedAt: new Date().toISOString(),
    activatedAt: null,
    expiresAt: null,
    reason: null,
  });
  const counted = (client: Client, params: { id: string }, licenses: { total: number; active: number }) =>
    eventually(async () => {
      expect((await client.ask(contracts.applicationStatistics, { params })).licenses).toEqual(licenses);
      expect((await client.ask(contracts.getApplication, { params })).license_count).toBe(licenses.total);
    });

  test('follow the facts: every licence of its products, active with an active assignment', async () => {
    const { admin, stranger, tenantId } = aTenantOf(kit);
    const params = await anApplication(admin);
    const [one, two] = [tenantId * 100 + 1, tenantId * 100 + 2];
    const send = { tenantId };
    await kit.publish(facts.productCreated, { ...send, subject: one, data: product(one, Number(params.id)) });
    await kit.publish(facts.licenseIssued, {
      ...send,
      subject: one,
      data: license(one, one, Number(params.id)),
    });
    await kit.publish(facts.licenseIssued, {
      ...send,
      subject: two,
      data: license(two, one, Number(params.id)),
    });
    await kit.publish(facts.assignmentCreated, {
      ...send,
      subject: one,
      data: assignment(one, one, one, 'assigned'),
    });
    await counted(admin, params, { total: 2, active: 0 });
    await kit.publish(facts.assignmentActivated, {
      ...send,
      subject: one,
      data: assignment(one, one, one, 'active'),
    });
    await kit.publish(facts.assignmentActivated, {
      ...send,
      subject: two,
      data: assignment(two, one, one, 'active'),
    });
    await counted(admin, params, { total: 2, active: 1 });
    await kit.publish(facts.assignmentSuspended, {
      ...send,
      subject: one,
      data: assignment(one, one, one, 'suspended'),
    });
    await kit.publish(facts.assignmentRevoked, {
      ...send,
      subject: two,
      sequence: 2,
      data: assignment(two, one, one, 'revoked'),
    });
    await counted(admin, params, { total: 2, active: 0 });
    await kit.publish(facts.productUpdated, { ...send, subject: one, data: product(one, null) });
    await counted(admin, params, { total: 0, active: 0 });
    expect((await stranger.ask(contracts.listApplications, {})).count).toBe(0);
  });

  test('are the same for facts that come twice and backwards', async () => {
    const { admin, tenantId } = aTenantOf(kit);
    const params = await anApplication(admin);
    const first = tenantId * 100 + 1;
    const id = Number(params.id);
    const story = [
      () =>
        kit.publish(facts.productCreated, {
          tenantId,
          subject: first,
          sequence: 1,
          id: `p1-${tenantId}`,
          data: product(first, null),
        }),
      () =>
        kit.publish(facts.productUpdated, {
          tenantId,
          subject: first,
          sequence: 2,
          id: `p2-${tenantId}`,
          data: product(first, id),
        }),
      () =>
        kit.publish(facts.licenseIssued, {
          tenantId,
          subject: first,
          sequence: 1,
          id: `l1-${tenantId}`,
          data: license(first, first, null),
        }),
      () =>
        kit.publish(facts.assignmentCreated, {
          tenantId,
          subject: first,
          sequence: 1,
          id: `a1-${tenantId}`,
          data: assignment(first, first, first, 'assigned'),
        }),
      () =>
        kit.publish(facts.assignmentActivated, {
          tenantId,
          subject: first,
          sequence: 2,
          id: `a2-${tenantId}`,
          data: assignment(first, first, first, 'active'),
        }),
    ];
    for (const tell of [...story].reverse()) await tell();
    for (const tell of story) await tell();
    const last = await kit.publish(facts.licenseIssued, {
      tenantId,
      subject: first + 1,
      data: license(first + 1, first, id),
    });
    await counted(admin, params, { total: 2, active: 1 });
    await eventually(async () =>
      expect(await kit.connection.collection('inbox').countDocuments()).toBeGreaterThan(0),
    );
    expect(last.tenantid).toBe(tenantId);
  });

  test('of very many are counted once for all who ask; so are feedback and articles', async () => {
    const { admin, tenantId } = aTenantOf(kit);
    const params = await anApplication(admin);
    const [applicationId, productId] = [Number(params.id), tenantId * 100 + 1];
    await kit.publish(facts.productCreated, {
      ...{ tenantId, subject: productId },
      data: product(productId, applicationId),
    });
    const first = tenantId * 100_000;
    const of = { applicationId, productId, licenseId: 1, isActive: true, isDeleted: false, status: 'open' };
    const add = async (from: number, to: number) => {
      for (const name of ['license_rows', 'assignment_rows', 'feedbacks', 'articles'])
        await kit.connection.collection<{ _id: number }>(name).insertMany(
          Array.from({ length: to - from }, (_, index) => {
            const _id = first + from + index;
            return { ...of, _id, tenantId, licenseId: _id, slug: String(_id), createdAt: new Date() };
          }),
        );
    };
    const statistics = () => admin.ask(contracts.applicationStatistics, { params });
    const all = (count: number) => ({
      licenses: { total: count, active: count },
      feedbacks: { total: count, open: count },
      articles: { total: count },
    });
    await add(0, 10_000);
    await eventually(async () => expect(await statistics()).toEqual(all(10_000)));
    await add(10_000, 10_001);
    expect(await statistics()).toEqual(all(10_001));
    await add(10_001, 10_002);
    expect(await statistics()).toEqual(all(10_001));
    expect(await admin.ask(contracts.getApplication, { params })).toMatchObject({
      ...{ license_count: 10_001, feedback_count: 10_001, article_count: 10_001 },
    });
  });

  test('a poisoned message holds nobody up', async () => {
    const { admin, tenantId } = aTenantOf(kit);
    const params = await anApplication(admin);
    await kit.publishRaw('license.issued.v1', Buffer.from('{not json'));
    await kit.publishRaw(
      'license.issued.v1',
      Buffer.from(JSON.stringify({ specversion: '1.0', type: 'license.issued.v1', data: {} })),
    );
    const id = tenantId * 100 + 1;
    await kit.publish(facts.licenseIssued, {
      tenantId,
      subject: id,
      data: license(id, id, Number(params.id)),
    });
    await counted(admin, params, { total: 1, active: 0 });
    await eventually(async () => expect(await kit.metrics()).toMatch(/dead|parked|unreadable/));
  });
});
