/** A key is known however it is typed, is no guess then, and is nobody else's. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, statusesOf, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
});
afterAll(() => kit.stop());

const wide = (text: string) =>
  text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
const waysToType = (key: string) => [
  key.toLowerCase(),
  ` ${key.replaceAll('-', ' ')} `,
  key.replaceAll('-', ''),
  ...['–', '—', '‐', '−', '－', '_', '.'].map((dash) => key.replaceAll('-', dash)),
  wide(key),
];
const validate = (license_key: string, address: string) =>
  kit
    .as({ role: 'anonymous', tenantId: null })
    .call(contracts.validateLicense, { body: { license_key } }, { headers: { 'x-forwarded-for': address } });
const issue = (license_key: string, admin = house.admin, { productId, planId } = house) =>
  admin.call(contracts.issueLicense, {
    body: { product_id: productId, plan_id: planId, license_key },
  });

test('in lower case, with other dashes, without any, in full width: found, and no guess', async () => {
  const { license_key: key } = await house.aLicense();
  const brought = (await issue('Old-Key-2019-aBcD')).body.data.license_key;
  expect(brought).toBe('Old-Key-2019-aBcD');
  for (const known of [key, brought])
    for (const [index, typed] of waysToType(known).entries())
      expect([typed, (await validate(typed, '192.0.2.1')).body.data.code, index]).toEqual([
        typed,
        'VALID',
        index,
      ]);
  // One wrong key is one guess, however often and in whatever way it is typed.
  for (const typed of [...waysToType('WRONG-KEY-0001'), ...waysToType('WRONG-KEY-0001')])
    expect((await validate(typed, '192.0.2.2')).body.data.code).toBe('NOT_FOUND');
  expect((await validate('未知', '192.0.2.2')).body.data.code).toBe('NOT_FOUND');
  const listed = async (license_key: string) =>
    (await house.admin.ask(contracts.listLicenses, { query: { license_key } })).items.length;
  expect([await listed(key.toLowerCase()), await listed('old key 2019 abcd'), await listed('old')]).toEqual([
    1, 1, 0,
  ]);
  const other = await aHouse(kit);
  expect((await other.admin.ask(contracts.listLicenses, { query: { license_key: key } })).items).toEqual([]);
});

test('a key that differs in case or dashes alone is taken, also of two that are brought along at once', async () => {
  await issue('TAKEN-KEY-01');
  const other = await aHouse(kit);
  for (const key of ['taken-key-01', 'TAKENKEY01', 'TA-KENKEY-01'])
    expect((await issue(key, other.admin, other)).body.error).toMatchObject({ code: 'CONFLICT' });
  const second = await kit.replica();
  const there = second.as({ role: 'admin', tenantId: house.tenantId });
  for (let round = 0; round < 5; round++) {
    const key = `Race-Key-${round}00`;
    const answers = await Promise.all([
      issue(key),
      issue(key.toUpperCase(), there),
      issue(key.replaceAll('-', '')),
    ]);
    expect(statusesOf(answers)).toEqual([201, 409, 409]);
  }
  await second.stop();
});

test('keys of before that are alike each open what they are spelled as', async () => {
  const [first, later] = [await house.aLicense(), await house.aLicense()];
  const rows = kit.connection.collection<{ _id: number }>('licenses');
  await rows.updateOne({ _id: first.id }, { $set: { licenseKey: 'twin-key-0001' } });
  await rows.updateOne({ _id: later.id }, { $set: { licenseKey: 'TWIN-KEY-0001', status: 'revoked' } });
  expect((await validate('twin-key-0001', '192.0.2.3')).body.data.code).toBe('VALID');
  expect((await validate('TWIN-KEY-0001', '192.0.2.3')).body.data.code).toBe('REVOKED');
  expect((await validate('Twin Key 0001', '192.0.2.3')).body.data.code).toBe('VALID');
});
