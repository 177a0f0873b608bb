/** Software asks about its licence: codes, entitlements, modes, and the limit against guessing. */
import { randomUUID } from 'node:crypto';
import { tenantSuspended } from '@membership/contracts/events/gateway';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, instant, statusesOf, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
});
afterAll(() => kit.stop());

let lastAddress = 0;
/** A client without a token, from an address of its own unless one is named. */
const validate = (
  license_key: string,
  {
    fingerprint,
    address = `10.0.${Math.floor(++lastAddress / 250)}.${lastAddress % 250}`,
    language = 'zh' as 'zh' | 'en',
    by = kit as Pick<ServiceKit, 'as'>,
  }: { fingerprint?: string; address?: string; language?: 'zh' | 'en'; by?: Pick<ServiceKit, 'as'> } = {},
) =>
  by
    .as({ role: 'anonymous', tenantId: null, language })
    .call(
      contracts.validateLicense,
      { body: { license_key, ...(fingerprint ? { hardware_fingerprint: fingerprint } : {}) } },
      { headers: { 'x-forwarded-for': address } },
    );
const told = async (...args: Parameters<typeof validate>) => {
  const { code, valid, action } = (await validate(...args)).body.data;
  return { code, valid, action };
};
const aPlan = (policy: object) =>
  house.admin.ask(contracts.createPlan, { body: { product_id: house.productId, name: 'P', policy } });
const setLicense = (id: number, fields: object) =>
  kit.connection.collection<{ _id: number }>('licenses').updateOne({ _id: id }, { $set: fields });
/** A licence with a device whose fingerprint is its own id. */
async function onADevice(body: Parameters<House['aLicense']>[0] = {}) {
  const license = await house.aLicense(body);
  const { assignmentId, client } = await house.anAssignment({ licenseId: license.id });
  await client.ask(contracts.activateLicense, {
    params: { assignment_id: String(assignmentId) },
    body: { device_info: { device_id: 'pc', hardware_fingerprint: `f-${license.id}` } },
  });
  return { ...license, key: license.license_key, fingerprint: `f-${license.id}`, assignmentId };
}

test('a licence in order: the whole answer, without a token and without a tenant', async () => {
  const { key, fingerprint } = await onADevice();
  const answer = await validate(key, { fingerprint });
  expect([answer.status, answer.body]).toEqual([
    200,
    {
      success: true,
      message: '许可证有效',
      data: {
        valid: true,
        code: 'VALID',
        action: 'allow',
        checked_at: instant,
        license: { status: 'active', expires_at: null, days_until_expiry: null, grace_until: null },
        entitlements: {
          product: { id: house.productId, name: 'SuperApp Pro', version: '2.1.0' },
          plan: { id: house.planId, name: '专业版' },
          features: { max_projects: 50, advanced_features: true, priority_support: true },
          max_activations: 10,
          available_slots: 9,
        },
      },
    },
  ]);
  expect(await kit.metrics()).toContain('membership_license_validations_total{code="VALID"');
});

test('unknown, revoked, rotated and removed keys', async () => {
  const { key, id, fingerprint } = await onADevice();
  const unknown = await validate('NO-SUCH-KEY', { language: 'en' });
  expect([unknown.status, unknown.body]).toEqual([
    200,
    {
      success: true,
      message: 'There is no such licence key',
      data: {
        valid: false,
        code: 'NOT_FOUND',
        action: 'block',
        checked_at: instant,
        license: null,
        entitlements: null,
      },
    },
  ]);
  const rotated = await house.admin.ask(contracts.rotateLicenseKey, { params: { id: String(id) }, body: {} });
  expect(await told(key)).toMatchObject({ code: 'NOT_FOUND' });
  await house.admin.ask(contracts.revokeLicense, { params: { id: String(id) }, body: {} });
  const revoked = await validate(rotated.license_key, { fingerprint });
  expect(revoked.body.data).toMatchObject({
    code: 'REVOKED',
    action: 'block',
    license: { status: 'revoked' },
    entitlements: null,
  });
  const gone = await house.aLicense();
  await house.admin.call(contracts.deleteLicense, { params: { id: String(gone.id) } });
  expect(await told(gone.license_key)).toMatchObject({ code: 'NOT_FOUND' });
});

test('the device must be activated, and its assignment active', async () => {
  const { key, fingerprint, assignmentId } = await onADevice();
  expect(await told(key)).toEqual({ code: 'VALID', valid: true, action: 'allow' });
  expect(await told(key, { fingerprint: 'another' })).toEqual({
    code: 'NOT_ACTIVATED',
    valid: false,
    action: 'block',
  });
  const step = { params: { id: String(assignmentId) }, body: {} };
  await house.admin.ask(contracts.suspendAssignment, step);
  expect(await told(key, { fingerprint })).toMatchObject({ code: 'SUSPENDED' });
  await house.admin.ask(contracts.resumeAssignment, step);
  expect(await told(key, { fingerprint })).toMatchObject({ code: 'VALID' });
});

test('after the end: grace by the plan, then expired; a plan that warns lets it go on', async () => {
  const expiresAt = new Date(Date.now() - 24 * 3_600_000);
  const [lenient, warning, strict] = [
    await onADevice({ plan_id: (await aPlan({ grace_days: 2 })).id }),
    await onADevice({ plan_id: (await aPlan({ validation_mode: 'warn' })).id }),
    await onADevice(),
  ];
  for (const { id } of [lenient, warning, strict]) await setLicense(id, { expiresAt });
  const inGrace = (await validate(lenient.key, { fingerprint: lenient.fingerprint })).body.data;
  expect(inGrace).toMatchObject({
    code: 'IN_GRACE',
    valid: true,
    action: 'warn',
    license: {
      status: 'expired',
      expires_at: expiresAt.toISOString(),
      days_until_expiry: 0,
      grace_until: new Date(expiresAt.getTime() + 48 * 3_600_000).toISOString(),
    },
    entitlements: { features: {} },
  });
  const warned = (await validate(warning.key)).body.data;
  expect(warned).toMatchObject({ code: 'EXPIRED', valid: false, action: 'warn' });
  expect(warned.entitlements).not.toBeNull();
  expect(await told(strict.key)).toEqual({ code: 'EXPIRED', valid: false, action: 'block' });
});

test('a suspended tenant’s keys stop at once and tell nothing', async () => {
  const other = await aHouse(kit);
  const { license_key: key } = await other.aLicense();
  expect(await told(key)).toMatchObject({ code: 'VALID' });
  const { tenantId } = other;
  await kit.publish(tenantSuspended, {
    tenantId,
    subject: tenantId,
    data: {
      tenantId,
      code: `tenant-${tenantId}`,
      name: 'T',
      timezone: 'UTC',
      locale: 'zh-CN',
      isActive: false,
    },
  });
  await eventually(async () =>
    expect(await told(key)).toMatchObject({ code: 'TENANT_SUSPENDED', action: 'block' }),
  );
  expect((await validate(key)).body.data).toMatchObject({ license: null, entitlements: null });
});

test('twenty unknown keys from one address, then 429 for every key, known ones too; other addresses go on', async () => {
  const second = await kit.replica();
  const { license_key: known } = await house.aLicense();
  const address = '2001:db8:77::1';
  for (let turn = 0; turn < 30; turn++)
    expect((await validate('THE-SAME-AGAIN', { address })).status).toBe(200);
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      validate(randomUUID(), { address, by: index % 2 === 0 ? kit : second }),
    ),
  );
  await second.stop();
  expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(19);
  const refused = await validate(known, { address: '2001:db8:77::2' });
  expect([refused.status, refused.body.error.code]).toEqual([429, 'RATE_LIMITED']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await told(known, { address: '2001:db8:78::1' })).toMatchObject({ code: 'VALID' });
  // Nobody can read out of the database who tried what.
  expect(JSON.stringify(await kit.connection.collection('key_guesses').find().toArray())).not.toContain(
    '2001',
  );
});

test.each([
  [{}],
  [{ license_key: '' }],
  [{ license_key: 5 }],
  [{ license_key: { $ne: '' } }],
  [{ license_key: 'x'.repeat(65) }],
  [{ license_key: 'ABC', hardware_fingerprint: '' }],
  [{ license_key: 'ABC', tenant_id: 1 }],
])('refuses %j', async (body) => {
  const answer = await kit
    .as({ role: 'anonymous', tenantId: null })
    .send('post', '/api/v1/licenses/validate/', { body });
  expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
});
