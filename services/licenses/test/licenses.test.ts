/** Licences: keys, limits, ends, revoking and removing; and that the catalogue is for administrators of the tenant. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, device, instant, statusesOf, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
});
afterAll(() => kit.stop());

const DAY = 86_400_000;
const byId = (id: number) => ({ params: { id: String(id) } });

describe('licences', () => {
  test('get an unguessable key, unless one moves in; no key twice on the platform', async () => {
    const issued = await house.admin.call(contracts.issueLicense, {
      body: { product_id: house.productId, plan_id: house.planId, max_activations: 3 },
    });
    expect([issued.status, issued.body.message]).toEqual([201, '许可证创建成功']);
    expect(issued.body.data).toEqual({
      id: expect.any(Number),
      license_key: expect.stringMatching(/^([2-9A-HJ-NP-Z]{5}-){4}[2-9A-HJ-NP-Z]{5}$/),
      product_id: house.productId,
      product_name: 'SuperApp Pro',
      plan_id: house.planId,
      plan_name: '专业版',
      status: 'active',
      max_activations: 3,
      license_quota: { max_activations: 3, current_activations: 0, available_slots: 3 },
      open_assignments: 0,
      expires_at: null,
      days_until_expiry: null,
      notes: '',
      revoked_at: null,
      revoke_reason: null,
      created_at: instant,
      updated_at: instant,
    });
    const told = await kit.heardOne(
      'license.issued.v1',
      ({ data }) => data.licenseId === issued.body.data.id,
    );
    expect(JSON.stringify(told)).not.toContain(issued.body.data.license_key);
    const moved = await house.aLicense({ license_key: 'ABC-DEF-GHI' });
    expect(moved.license_key).toBe('ABC-DEF-GHI');
    expect(
      (await house.admin.ask(contracts.listLicenses, { query: { license_key: 'ABC-DEF-GHI' } })).items.map(
        ({ id }) => id,
      ),
    ).toEqual([moved.id]);
    const other = await aHouse(kit);
    const taken = await other.admin.call(contracts.issueLicense, {
      body: { product_id: other.productId, plan_id: other.planId, license_key: 'ABC-DEF-GHI' },
    });
    expect([taken.status, taken.body.error.code]).toEqual([409, 'CONFLICT']);
    const race = await Promise.all(
      [house, other].map(({ admin, productId, planId }) =>
        admin.call(contracts.issueLicense, {
          body: { product_id: productId, plan_id: planId, license_key: 'RACED-FOR-KEY' },
        }),
      ),
    );
    expect(statusesOf(race)).toEqual([201, 409]);
  });

  test.each([
    [{ max_activations: 0 }],
    [{ max_activations: 1e9 }],
    [{ license_key: 'a b c d e f' }],
    [{ license_key: 'short' }],
    [{ license_key: { $ne: null } }],
    [{ expires_at: 'soon' }],
    [{ expires_at: '2001-01-01T00:00:00Z' }],
    [{ product_id: 987_654 }],
    [{ bound_devices: 3 }],
  ])('refuse %j', async (wrong) => {
    const answer = await house.admin.send('post', '/api/v1/licenses/', {
      body: { product_id: house.productId, plan_id: house.planId, ...wrong },
    });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test('a plan of another product is refused', async () => {
    const other = await house.admin.ask(contracts.createProduct, { body: { name: 'Other' } });
    const answer = await house.admin.call(contracts.issueLicense, {
      body: { product_id: other.id, plan_id: house.planId },
    });
    expect(answer.body.error.details).toEqual({ plan_id: ['该套餐不属于此产品'] });
  });

  test('a rotated key is new; the old one finds nothing', async () => {
    const license = await house.aLicense();
    const rotated = await house.admin.ask(contracts.rotateLicenseKey, { ...byId(license.id), body: {} });
    expect(rotated.license_key).not.toBe(license.license_key);
    expect(
      (await house.admin.ask(contracts.listLicenses, { query: { license_key: license.license_key } })).count,
    ).toBe(0);
    await kit.heardOne('license.key_rotated.v1', ({ data }) => data.licenseId === license.id);
    const bare = await house.admin.send('post', `/api/v1/licenses/${license.id}/rotate-key/`);
    expect(bare.status).toBe(200);
    expect(
      (
        await house.admin.send('post', `/api/v1/licenses/${license.id}/rotate-key/`, {
          body: { license_key: 'x' },
        })
      ).status,
    ).toBe(400);
  });

  test('a new end moves the ends of its assignments; fewer slots than devices are refused', async () => {
    const license = await house.aLicense();
    const { assignmentId, client } = await house.anAssignment({
      licenseId: license.id,
      body: { expires_days: 100 },
    });
    const endOf = async () =>
      (await house.admin.ask(contracts.getAssignment, byId(assignmentId))).days_until_expiry;
    await house.admin.ask(contracts.updateLicense, {
      ...byId(license.id),
      body: { expires_at: new Date(Date.now() + 10.5 * DAY).toISOString() },
    });
    expect(await endOf()).toBe(10);
    await house.admin.ask(contracts.updateLicense, { ...byId(license.id), body: { expires_at: null } });
    expect(await endOf()).toBe(99);
    for (const name of ['one', 'two'])
      await client.ask(contracts.activateLicense, {
        params: { assignment_id: String(assignmentId) },
        body: device(name),
      });
    const refused = await house.admin.call(contracts.updateLicense, {
      ...byId(license.id),
      body: { max_activations: 1 },
    });
    expect([refused.status, refused.body.error.details]).toEqual([
      400,
      { max_activations: ['不能小于已绑定的设备数（2）'] },
    ]);
    expect(
      (await house.admin.ask(contracts.updateLicense, { ...byId(license.id), body: { max_activations: 2 } }))
        .license_quota,
    ).toEqual({ max_activations: 2, current_activations: 2, available_slots: 0 });
  });

  test('revoking takes the assignments along, and their devices', async () => {
    const license = await house.aLicense();
    const [one, two] = [
      await house.anAssignment({ licenseId: license.id }),
      await house.anAssignment({ licenseId: license.id }),
    ];
    await one.client.ask(contracts.activateLicense, {
      params: { assignment_id: String(one.assignmentId) },
      body: device('pc'),
    });
    const answer = await house.admin.call(contracts.revokeLicense, {
      ...byId(license.id),
      body: { reason: '合同终止' },
    });
    expect(answer.body).toMatchObject({
      message: '许可证已撤销',
      data: {
        status: 'revoked',
        revoke_reason: '合同终止',
        revoked_at: instant,
        open_assignments: 0,
        license_quota: { current_activations: 0 },
      },
    });
    for (const { assignmentId } of [one, two])
      expect((await house.admin.ask(contracts.getAssignment, byId(assignmentId))).status).toBe('revoked');
    expect(
      (
        await one.client.call(contracts.activateLicense, {
          params: { assignment_id: String(one.assignmentId) },
          body: device('pc'),
        })
      ).status,
    ).toBe(409);
    expect(
      (await house.admin.call(contracts.revokeLicense, { ...byId(license.id), body: {} })).body.error.code,
    ).toBe('INVALID_STATE');
    expect(
      (await house.admin.call(contracts.rotateLicenseKey, { ...byId(license.id), body: {} })).status,
    ).toBe(409);
    expect(
      (await house.admin.call(contracts.updateLicense, { ...byId(license.id), body: { notes: 'x' } })).status,
    ).toBe(409);
    await kit.heardOne('license.revoked.v1', ({ data }) => data.licenseId === license.id);
    await kit.heardOne('assignment.revoked.v1', ({ data }) => data.assignmentId === two.assignmentId);
  });

  test('one that somebody holds is not removed; one that nobody holds leaves the lists, its key stays taken', async () => {
    const license = await house.aLicense();
    const { assignmentId } = await house.anAssignment({ licenseId: license.id });
    const held = await house.admin.call(contracts.deleteLicense, byId(license.id));
    expect([held.status, held.body.error.code]).toEqual([409, 'INVALID_STATE']);
    await house.admin.ask(contracts.revokeAssignment, { ...byId(assignmentId), body: {} });
    expect((await house.admin.call(contracts.deleteLicense, byId(license.id))).status).toBe(204);
    expect((await house.admin.call(contracts.getLicense, byId(license.id))).status).toBe(404);
    expect((await house.admin.call(contracts.deleteLicense, byId(license.id))).status).toBe(404);
    const again = await house.admin.call(contracts.issueLicense, {
      body: { product_id: house.productId, plan_id: house.planId, license_key: license.license_key },
    });
    expect(again.status).toBe(409);
    expect((await house.admin.ask(contracts.getAssignment, byId(assignmentId))).license.license_key).toBe(
      license.license_key,
    );
  });

  test('a removal is told once, of one that was good after its end, of one that had ended alone', async () => {
    const good = await house.aLicense();
    const ended = await house.aLicense();
    await house.admin.ask(contracts.revokeLicense, { ...byId(ended.id), body: {} });
    for (const { id } of [good, ended]) {
      expect((await house.admin.call(contracts.deleteLicense, byId(id))).status).toBe(204);
      expect((await house.admin.call(contracts.deleteLicense, byId(id))).status).toBe(404);
      const fact = await kit.heardOne('license.deleted.v1', ({ data }) => data.licenseId === id);
      expect([fact.actor.split(':')[0], fact.data.status]).toEqual(['user', 'revoked']);
      const told = kit.heard.filter(
        ({ type, subject }) => type.startsWith('license.') && subject === String(id),
      );
      expect(told.map(({ type, sequence }) => [type, sequence])).toEqual([
        ['license.issued.v1', 1],
        ['license.revoked.v1', 2],
        ['license.deleted.v1', 3],
      ]);
    }
  });

  test('are listed by every filter and order', async () => {
    const own = await aHouse(kit);
    const soon = await own.aLicense({ expires_at: new Date(Date.now() + 5 * DAY).toISOString() });
    const never = await own.aLicense();
    const gone = await own.aLicense();
    await own.admin.ask(contracts.revokeLicense, { ...byId(gone.id), body: {} });
    const ids = async (query: object) =>
      (await own.admin.ask(contracts.listLicenses, { query })).items.map(({ id }) => id);
    expect(await ids({})).toEqual([gone.id, never.id, soon.id]);
    expect((await ids({ ordering: 'expires_at' }))[0]).toBe(soon.id);
    expect(await ids({ status: 'active' })).toEqual([never.id, soon.id]);
    expect(await ids({ status: 'revoked' })).toEqual([gone.id]);
    expect(await ids({ status: 'expired' })).toEqual([]);
    expect(await ids({ expires_before: new Date(Date.now() + 9 * DAY).toISOString().slice(0, 10) })).toEqual([
      soon.id,
    ]);
    expect(await ids({ product_id: own.productId, plan_id: own.planId })).toHaveLength(3);
    expect(await ids({ plan_id: 1_000_000 })).toEqual([]);
    expect(await ids({ nearly_full: true })).toEqual([]);
    expect(await ids({ nearly_full: false })).toHaveLength(3);
    for (const query of ['status=lost', 'nearly_full=1', 'nearly_full='])
      expect([query, (await own.admin.send('get', `/api/v1/licenses/?${query}`)).status]).toEqual([
        query,
        400,
      ]);
  });
});

test('licences are found by what one types of key, notes, product and plan, and by their ids', async () => {
  const own = await aHouse(kit);
  const [one, other] = [
    await own.aLicense({ license_key: 'SEEK-9QX-7TT', notes: 'For the (Harbour) desk' }),
    await own.aLicense(),
  ];
  const ids = async (query: object) =>
    (await own.admin.ask(contracts.listLicenses, { query })).items.map(({ id }) => id);
  for (const search of ['SEEK-9Q', 'seek9qx', 'k9qx7', '(harbour)', `#${one.id}`])
    expect([search, await ids({ search })]).toEqual([search, [one.id]]);
  for (const search of ['superapp', '专业', ' '])
    expect([search, await ids({ search })]).toEqual([search, [other.id, one.id]]);
  // Of a name with a digit the digit alone is in many keys; and what a number may be written like is no id.
  for (const search of ['seek.*7tt', '企业版9', 'Müller 7TT', `${one.id}.0`, `0x${one.id.toString(16)}`, '#'])
    expect([search, await ids({ search })]).toEqual([search, []]);
  expect(await ids({ search: 'superapp', status: 'revoked' })).toEqual([]);
  expect(await ids({ ids: `${one.id},987654321` })).toEqual([one.id]);
  expect(await ids({ ids: String(one.id), license_key: other.license_key })).toEqual([]);
  const elsewhere = await aHouse(kit);
  for (const query of [{ search: 'SEEK-9Q' }, { ids: String(one.id) }])
    expect((await elsewhere.admin.ask(contracts.listLicenses, { query })).items).toEqual([]);
  for (const query of ['ids=', 'ids=0', 'ids=a', `search=${'x'.repeat(101)}`])
    expect([query, (await own.admin.send('get', `/api/v1/licenses/?${query}`)).status]).toEqual([query, 400]);
});

test('a licence is nearly full when a tenth of several slots is left, and no more once a device has gone', async () => {
  const own = await aHouse(kit);
  const isFull = async (id: number) => {
    const list = async (nearly_full: boolean) =>
      (await own.admin.ask(contracts.listLicenses, { query: { nearly_full, status: 'active' } })).items.map(
        (one) => one.id,
      );
    const [full, others] = [await list(true), await list(false)];
    expect(full.includes(id)).not.toBe(others.includes(id));
    return full.includes(id);
  };
  const license = await own.aLicense({ max_activations: 10 });
  const { assignmentId, client } = await own.anAssignment({ licenseId: license.id });
  const params = { assignment_id: String(assignmentId) };
  for (let count = 1; count <= 9; count += 1) {
    expect([count, await isFull(license.id)]).toEqual([count, false]);
    await client.ask(contracts.activateLicense, { params, body: device(`desk-${count}`) });
  }
  expect(await isFull(license.id)).toBe(true);
  await own.admin.ask(contracts.unbindDeviceOf, {
    ...byId(assignmentId),
    body: { device_id: 'desk-1' },
  });
  expect(await isFull(license.id)).toBe(false);
  // One slot is no several.
  const single = await own.aLicense({ max_activations: 1 });
  const alone = await own.anAssignment({ licenseId: single.id });
  await alone.client.ask(contracts.activateLicense, {
    params: { assignment_id: String(alone.assignmentId) },
    body: device('desk'),
  });
  expect(await isFull(single.id)).toBe(false);
  const elsewhere = await aHouse(kit);
  expect((await elsewhere.admin.ask(contracts.listLicenses, { query: { nearly_full: false } })).count).toBe(
    0,
  );
});

test('nothing of it is for members or service tokens, nor for another tenant', async () => {
  const { client } = await house.aMember();
  const license = await house.aLicense();
  const internal = kit.as({ role: 'internal', tenantId: house.tenantId });
  const other = await aHouse(kit);
  const calls: [string, string, object?][] = [
    ['get', '/api/v1/products/'],
    ['post', '/api/v1/products/', { name: 'x' }],
    ['get', '/api/v1/plans/'],
    ['post', '/api/v1/plans/', { product_id: 1, name: 'x' }],
    ['get', '/api/v1/licenses/'],
    ['post', '/api/v1/licenses/', { product_id: 1, plan_id: 1 }],
  ];
  const things: [string, string, object?][] = [
    ...(['products', 'plans', 'licenses'] as const).flatMap((kind): [string, string, object?][] => {
      const id = { products: house.productId, plans: house.planId, licenses: license.id }[kind];
      return [
        ['get', `/api/v1/${kind}/${id}/`],
        ['patch', `/api/v1/${kind}/${id}/`, {}],
        ['delete', `/api/v1/${kind}/${id}/`],
      ];
    }),
    ['post', `/api/v1/licenses/${license.id}/revoke/`, {}],
    ['post', `/api/v1/licenses/${license.id}/rotate-key/`, {}],
  ];
  for (const [method, path, body] of [...calls, ...things]) {
    expect([path, (await client.send(method, path, { body })).status]).toEqual([path, 403]);
    expect([path, (await internal.send(method, path, { body })).status]).toEqual([path, 403]);
  }
  for (const [method, path, body] of things)
    expect([path, (await other.admin.send(method, path, { body })).status]).toEqual([path, 404]);
  for (const [, path] of calls.filter(([method]) => method === 'get')) {
    const ids = (await other.admin.send('get', path)).body.data.results.map(({ id }: { id: number }) => id);
    expect(ids).not.toContain(
      path.includes('products') ? house.productId : path.includes('plans') ? house.planId : license.id,
    );
  }
});
