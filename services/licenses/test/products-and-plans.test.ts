/** Products and plans: what can be licensed. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { applicationCreated, applicationDeleted } from '@membership/contracts/events/applications';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, instant, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
});
afterAll(() => kit.stop());

const byId = (id: number) => ({ params: { id: String(id) } });

describe('products', () => {
  test('are added, shown, changed and retired, and each is announced', async () => {
    const created = await house.admin.call(contracts.createProduct, {
      body: { name: 'Tool', version: '1.2.3', description: 'd' },
    });
    expect([created.status, created.body]).toEqual([
      201,
      {
        success: true,
        message: '产品创建成功',
        data: {
          id: expect.any(Number),
          name: 'Tool',
          version: '1.2.3',
          description: 'd',
          application_id: null,
          is_active: true,
          created_at: instant,
          updated_at: instant,
        },
      },
    ]);
    const { id } = created.body.data;
    expect(await house.admin.ask(contracts.getProduct, byId(id))).toEqual({
      ...created.body.data,
      plan_count: 0,
    });
    expect(
      await house.admin.ask(contracts.updateProduct, { ...byId(id), body: { version: '2.0.0' } }),
    ).toMatchObject({ name: 'Tool', version: '2.0.0' });
    expect((await house.admin.call(contracts.deleteProduct, byId(id))).status).toBe(204);
    expect((await house.admin.call(contracts.getProduct, byId(id))).status).toBe(404);
    expect((await house.admin.call(contracts.deleteProduct, byId(id))).status).toBe(404);
    const told = await kit.heardOne('product.deleted.v1', ({ data }) => data.productId === id);
    expect([told.sequence, told.data.isActive]).toEqual([3, false]);
  });

  test('a removal under a key is done once and answered the same', async () => {
    const { id } = await house.admin.ask(contracts.createProduct, { body: { name: 'Twice' } });
    const headers = { 'idempotency-key': `remove-${id}` };
    const answers = [];
    for (let turn = 0; turn < 2; turn++)
      answers.push(await house.admin.call(contracts.deleteProduct, byId(id), { headers }));
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [204, ''],
      [204, ''],
    ]);
    expect(answers[1]?.headers.get('idempotent-replayed')).toBe('true');
    expect(answers[1]?.headers.get('content-length')).toBeNull();
  });

  test('one of an application that is not there is 400 for its field; an application is known by its event', async () => {
    const state = {
      applicationId: 4_711,
      name: 'App',
      code: 'app',
      status: 'active',
      isActive: true,
      isDeleted: false,
    };
    const create = () =>
      house.admin.call(contracts.createProduct, { body: { name: 'Linked', application_id: 4_711 } });
    expect((await create()).body.error.details).toEqual({ application_id: ['无效的应用ID'] });
    // The same application of another tenant does not count.
    await kit.publish(applicationCreated, {
      tenantId: 9_998,
      subject: 4_712,
      data: { ...state, applicationId: 4_712 },
    });
    await kit.publish(applicationCreated, { tenantId: house.tenantId, subject: 4_711, data: state });
    await eventually(async () => expect((await create()).body.data).toMatchObject({ application_id: 4_711 }));
    expect(
      (await house.admin.call(contracts.createProduct, { body: { name: 'Linked', application_id: 4_712 } }))
        .status,
    ).toBe(400);
    // Out of order: an older event that comes late changes nothing.
    await kit.publish(applicationDeleted, {
      tenantId: house.tenantId,
      subject: 4_711,
      sequence: 3,
      data: { ...state, isDeleted: true },
    });
    await eventually(async () => expect((await create()).status).toBe(400));
    await kit.publish(applicationCreated, {
      tenantId: house.tenantId,
      subject: 4_711,
      sequence: 2,
      data: state,
    });
    await kit.publish(applicationCreated, {
      tenantId: house.tenantId,
      subject: 4_713,
      data: { ...state, applicationId: 4_713 },
    });
    await eventually(async () =>
      expect(
        (await house.admin.call(contracts.createProduct, { body: { name: 'x', application_id: 4_713 } }))
          .status,
      ).toBe(201),
    );
    expect((await create()).status).toBe(400);
  });

  test('are listed by filter, order and a literal search', async () => {
    const own = await aHouse(kit);
    await own.admin.ask(contracts.createProduct, { body: { name: 'a.*b', is_active: false } });
    const names = async (query: object) =>
      (await own.admin.ask(contracts.listProducts, { query })).items.map(({ name }) => name);
    expect(await names({ ordering: 'name' })).toEqual(['SuperApp Pro', 'a.*b']);
    expect(await names({ search: '.*' })).toEqual(['a.*b']);
    expect(await names({ search: 'superapp' })).toEqual(['SuperApp Pro']);
    expect(await names({ is_active: 'false' })).toEqual(['a.*b']);
    expect(await names({ application_id: 1 })).toEqual([]);
    expect((await own.admin.send('get', '/api/v1/products/?ordering=price')).status).toBe(400);
  });
});

describe('plans', () => {
  test('belong to a product; features are free, but no operators', async () => {
    const plan = await house.admin.ask(contracts.createPlan, {
      body: {
        product_id: house.productId,
        name: 'Basic',
        default_limits: { max_activations: 2, expires_days: 30 },
      },
    });
    expect(plan).toMatchObject({
      features: {},
      default_limits: { max_activations: 2, max_concurrent_devices: null, expires_days: 30 },
    });
    expect(await house.admin.ask(contracts.getPlan, byId(plan.id))).toEqual(plan);
    expect(
      (await house.admin.ask(contracts.listPlans, { query: { product_id: house.productId } })).count,
    ).toBe(2);
    expect(
      await house.admin.ask(contracts.updatePlan, {
        ...byId(plan.id),
        body: { features: { a: [1, { b: null }] } },
      }),
    ).toMatchObject({ name: 'Basic', features: { a: [1, { b: null }] } });
    expect(
      (await house.admin.call(contracts.createPlan, { body: { product_id: 987_654, name: 'x' } })).body.error
        .details,
    ).toEqual({ product_id: ['无效的产品ID'] });
    const evil = await house.admin.send('post', '/api/v1/plans/', {
      raw: `{"product_id":${house.productId},"name":"x","features":{"__proto__":{"a":1},"$where":1}}`,
    });
    expect(evil.status).toBe(400);
    expect((await house.admin.call(contracts.deletePlan, byId(plan.id))).status).toBe(204);
    await kit.heardOne('plan.deleted.v1', ({ data }) => data.planId === plan.id);
    expect(
      (
        await house.admin.call(contracts.issueLicense, {
          body: { product_id: house.productId, plan_id: plan.id },
        })
      ).body.error.details,
    ).toEqual({ plan_id: ['无效的套餐ID'] });
  });

  test('their limits are the defaults of what is made of them', async () => {
    const plan = await house.admin.ask(contracts.createPlan, {
      body: {
        product_id: house.productId,
        name: 'Limited',
        default_limits: { max_activations: 7, max_concurrent_devices: 2, expires_days: 30 },
      },
    });
    const license = await house.admin.ask(contracts.issueLicense, {
      body: { product_id: house.productId, plan_id: plan.id },
    });
    expect(license.max_activations).toBe(7);
    const { assignmentId } = await house.anAssignment({ licenseId: license.id });
    expect(await house.admin.ask(contracts.getAssignment, byId(assignmentId))).toMatchObject({
      max_concurrent_devices: 2,
      days_until_expiry: 29,
    });
  });
});
