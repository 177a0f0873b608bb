/** Lists of assignments and one of them: filters, orderings, pages, and who sees what. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { verifySlots } from '../src/verify-slots.ts';
import { aHouse, device, letEnd, type House } from './builders.ts';

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

const DAY = 86_400_000;

describe('the list', () => {
  test('filters, orders and pages', async () => {
    const own = await aHouse(kit);
    const ask = (query: object) =>
      own.admin.ask(contracts.listAssignments, { query }).then(({ items }) => items.map(({ id }) => id));
    const [a, b, c, d] = [
      await own.anAssignment({ body: { expires_days: 10 } }),
      await own.anAssignment({ body: { expires_days: 30 } }),
      await own.anAssignment({ body: { expires_days: 1 } }),
      await own.anAssignment(),
    ];
    await b.client.ask(contracts.activateLicense, {
      params: { assignment_id: String(b.assignmentId) },
      body: device('b'),
    });
    await letEnd(kit, c.assignmentId);
    const newest = [d, c, b, a].map(({ assignmentId }) => assignmentId);
    expect(await ask({})).toEqual(newest);
    expect(await ask({ ordering: 'assigned_at' })).toEqual([...newest].reverse());
    expect(await ask({ ordering: '-expires_at' })).toEqual(
      [d, b, a, c].map(({ assignmentId }) => assignmentId),
    );
    expect((await ask({ ordering: '-activated_at' }))[0]).toBe(b.assignmentId);
    expect(await ask({ member_id: a.memberId })).toEqual([a.assignmentId]);
    expect(await ask({ license_id: b.licenseId })).toEqual([b.assignmentId]);
    expect(await ask({ status: 'active' })).toEqual([b.assignmentId]);
    expect(await ask({ status: 'expired' })).toEqual([c.assignmentId]);
    expect(await ask({ status: 'assigned' })).toEqual([d.assignmentId, a.assignmentId]);
    expect(await ask({ status: 'revoked' })).toEqual([]);
    expect(await ask({ expires_before: new Date(Date.now() + 20 * DAY).toISOString() })).toEqual([
      c.assignmentId,
      a.assignmentId,
    ]);
    expect(
      await ask({
        expires_before: new Date(Date.now() + 40 * DAY).toISOString().slice(0, 10),
        ordering: 'expires_at',
      }),
    ).toEqual([c, a, b].map(({ assignmentId }) => assignmentId));
    expect(await ask({ assigned_after: new Date(Date.now() + DAY).toISOString() })).toEqual([]);
    expect(await ask({ assigned_after: new Date(Date.now() - 2 * DAY).toISOString().slice(0, 10) })).toEqual(
      newest,
    );
    expect(await ask({ tenant_id: own.tenantId })).toEqual(newest);
    expect(await ask({ tenant_id: own.tenantId + 5_000 })).toEqual([]);
    expect((await ask({ ordering: 'activated_at' })).at(-1)).toBe(b.assignmentId);
    expect(await ask({ ordering: 'activated_at,-assigned_at' })).toEqual(
      [d, c, a, b].map(({ assignmentId }) => assignmentId),
    );
    await own.admin.ask(contracts.suspendAssignment, { params: { id: String(a.assignmentId) }, body: {} });
    expect(await ask({ status: 'suspended' })).toEqual([a.assignmentId]);
    await own.admin.ask(contracts.resumeAssignment, { params: { id: String(a.assignmentId) }, body: {} });
    const all = { member_id: b.memberId, license_id: b.licenseId, status: 'active', tenant_id: own.tenantId };
    const within = {
      expires_before: new Date(Date.now() + 31 * DAY).toISOString(),
      assigned_after: '2020-01-01',
    };
    expect(await ask({ ...all, ...within })).toEqual([b.assignmentId]);
    expect(await ask({ ...all, ...within, status: 'assigned' })).toEqual([]);
    const second = await own.admin.call(contracts.listAssignments, { query: { page: '2', page_size: '3' } });
    expect(second.body.data).toMatchObject({
      count: 4,
      next: null,
      previous: 'http://gateway.test/api/v1/license-assignments/?page=1&page_size=3',
      page_info: { current_page: 2, total_pages: 2, page_size: 3 },
    });
    expect(second.body.data.results).toHaveLength(1);
    expect((await own.admin.ask(contracts.listAssignments, { query: { page: '9' } })).items).toEqual([]);
  });

  test.each([
    'status=lost',
    'ordering=member',
    'page=0',
    'page_size=x',
    'expires_before=tomorrow',
    'member_id=0',
    'member_id[$gt]=1',
    'colour=red',
    'tenant_id=a',
  ])('refuses ?%s', async (query) => {
    const answer = await house.admin.send('get', `/api/v1/license-assignments/?${query}`);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test('is for administrators', async () => {
    const { client } = await house.aMember();
    expect((await client.call(contracts.listAssignments, {})).status).toBe(403);
  });
});

describe('the detail', () => {
  test('another tenant’s, an unknown and an impossible id are 404', async () => {
    const { assignmentId } = await house.anAssignment();
    const other = await aHouse(kit);
    expect(
      (await other.admin.call(contracts.getAssignment, { params: { id: String(assignmentId) } })).status,
    ).toBe(404);
    for (const id of ['987654', '0', 'x', '99999999999999999999'])
      expect((await house.admin.send('get', `/api/v1/license-assignments/${id}/`)).status).toBe(404);
  });
});

describe('a member’s own', () => {
  test('lists its rows as the administrator’s list shows them, and nobody else’s', async () => {
    const mine = await house.anAssignment();
    await house.anAssignment();
    const { items, count } = await mine.client.ask(contracts.listMyLicenses, {});
    expect(count).toBe(1);
    const [row] = (await house.admin.ask(contracts.listAssignments, { query: { member_id: mine.memberId } }))
      .items;
    expect(items).toEqual([row]);
    expect(
      (await mine.client.ask(contracts.listMyLicenses, { query: { product_id: house.productId } })).count,
    ).toBe(1);
    expect(
      (await mine.client.ask(contracts.listMyLicenses, { query: { product_id: house.productId + 999 } }))
        .count,
    ).toBe(0);
    expect((await mine.client.send('get', '/api/v1/user/licenses/?include_expired=maybe')).status).toBe(400);
    expect((await mine.client.send('get', '/api/v1/user/licenses/?member_id=1')).status).toBe(400);
    expect(
      (await kit.as({ role: 'anonymous', tenantId: house.tenantId }).call(contracts.listMyLicenses, {}))
        .status,
    ).toBe(401);
    expect(
      (await kit.as({ role: 'internal', tenantId: house.tenantId }).call(contracts.listMyLicenses, {}))
        .status,
    ).toBe(403);
  });
});
