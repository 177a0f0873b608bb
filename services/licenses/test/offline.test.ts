/** Licence files: given to bound devices, checked by the command without a network, also after their key was rotated. */
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, instant, type House } from './builders.ts';

const COMMAND = fileURLToPath(new URL('../../../tools/verify-license.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'license-file-'));
let kit: ServiceKit;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await kit.stop();
});

type File = { format: string; key_id: string; payload: string; signature: string };
const anyone = () => kit.as({ role: 'anonymous', tenantId: null });
const publicKeys = () => anyone().ask(contracts.licenseKeys, {});
const checkout = (mine: Awaited<ReturnType<typeof onADevice>>, body: object = {}, headers = {}) =>
  mine.client.call(
    contracts.checkoutLicense,
    { params: { assignment_id: String(mine.assignmentId) }, body: { device_id: 'pc', ...body } },
    { headers },
  );

/** A member with a bound device. */
async function onADevice(body = {}) {
  const mine = await house.anAssignment({ body });
  await mine.client.ask(contracts.activateLicense, {
    params: { assignment_id: String(mine.assignmentId) },
    body: { device_info: { device_id: 'pc', hardware_fingerprint: 'f-1' } },
  });
  return mine;
}

const contentsOf = ({ payload }: File) => JSON.parse(Buffer.from(payload, 'base64url').toString());
/** Whatever would reach a network ends the command instead. */
const NO_NETWORK = `data:text/javascript,${encodeURIComponent(`
import net from 'node:net'; import dns from 'node:dns'; import dgram from 'node:dgram';
const never = () => process.exit(99);
net.Socket.prototype.connect = never; dns.lookup = never; dgram.createSocket = never; globalThis.fetch = never;
`)}`;
/** Runs the command as a vendor would, on a machine without a network. */
function verify(file: unknown, keys: unknown, ...more: string[]) {
  const isRaw = typeof file === 'string' || Buffer.isBuffer(file);
  writeFileSync(join(folder, 'file.lic'), isRaw ? file : JSON.stringify(file));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
  const args = ['--file', join(folder, 'file.lic'), '--keys', join(folder, 'keys.json'), ...more];
  try {
    const out = execFileSync(process.execPath, ['--import', NO_NETWORK, COMMAND, ...args], {
      stdio: 'pipe',
      env: {},
    });
    return { exit: 0, ...JSON.parse(out.toString()) };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: Buffer };
    return { exit: status, ...(stdout.length > 0 ? JSON.parse(stdout.toString()) : {}) };
  }
}

test('a file for a bound device, whole, verifies without a network', async () => {
  const mine = await onADevice();
  const answer = await checkout(mine);
  expect([answer.status, answer.body]).toEqual([
    200,
    {
      success: true,
      message: '离线许可证文件已签发',
      data: {
        assignment_id: mine.assignmentId,
        device_id: 'pc',
        expires_at: instant,
        file_name: `license-${mine.assignmentId}.lic`,
        license_file: {
          format: 'membership-license/1',
          key_id: expect.stringMatching(/^lk_[0-9a-f]{16}$/),
          payload: expect.stringMatching(/^[\w-]+$/),
          signature: expect.stringMatching(/^[\w-]{86}$/),
        },
      },
    },
  ]);
  const { license_file: file, expires_at } = answer.body.data;
  const keys = await publicKeys();
  expect(keys.keys.find(({ kid }) => kid === file.key_id)).toEqual({
    kty: 'OKP',
    crv: 'Ed25519',
    alg: 'EdDSA',
    use: 'sig',
    kid: file.key_id,
    x: expect.stringMatching(/^[\w-]{43}$/),
    created_at: instant,
    starts_at: instant,
    retired_at: null,
  });
  expect(verify(file, keys, '--fingerprint', 'f-1', '--device', 'pc')).toEqual({
    exit: 0,
    valid: true,
    code: 'VALID',
    contents: {
      id: expect.any(String),
      tenant_id: house.tenantId,
      license_id: mine.licenseId,
      assignment_id: mine.assignmentId,
      member_id: mine.memberId,
      issued_at: instant,
      expires_at,
      key_signs_until: instant,
      assignment_expires_at: null,
      device_id: 'pc',
      hardware_fingerprint: 'f-1',
      product: { id: house.productId, name: 'SuperApp Pro', version: '2.1.0' },
      plan: { id: house.planId, name: '专业版' },
      features: { max_projects: 50, advanced_features: true, priority_support: true },
    },
  });
});

test('tampered, foreign, late and damaged files do not', async () => {
  const file: File = (await checkout(await onADevice())).body.data.license_file;
  const keys = await publicKeys();
  const contents = JSON.parse(Buffer.from(file.payload, 'base64url').toString());
  const payloadOf = (changed: object) =>
    Buffer.from(JSON.stringify({ ...contents, ...changed })).toString('base64url');
  const told = (changed: Partial<File>, ...more: string[]) => {
    const { exit, valid, code } = verify({ ...file, ...changed }, keys, ...more);
    return [exit, valid, code];
  };
  const bad = [1, false, 'BAD_SIGNATURE'];
  expect(told({ payload: payloadOf({ expires_at: '2099-01-01T00:00:00.000Z' }) })).toEqual(bad);
  expect(told({ payload: payloadOf({ hardware_fingerprint: 'mine' }) })).toEqual(bad);
  const other: File = (await checkout(await onADevice())).body.data.license_file;
  expect(told({ signature: other.signature })).toEqual(bad);
  expect(told({ signature: '' })).toEqual(bad);
  expect(told({ key_id: 'lk_0000000000000000' })).toEqual([1, false, 'UNKNOWN_KEY']);
  expect(told({ format: 'membership-license/2' })).toEqual([1, false, 'UNKNOWN_FORMAT']);
  expect(told({}, '--fingerprint', 'another')).toEqual([1, false, 'WRONG_DEVICE']);
  expect(told({}, '--device', 'another')).toEqual([1, false, 'WRONG_DEVICE']);
  expect(told({}, '--at', contents.expires_at)).toEqual([1, false, 'EXPIRED']);
  expect(told({}, '--at', '2020-01-01T00:00:00Z')).toEqual([1, false, 'NOT_YET_VALID']);
  expect(verify('{ not json', keys).exit).toBe(2);
  expect(verify(file, { nothing: true }).exit).toBe(2);
  expect(verify(null, keys)).toMatchObject({ exit: 1, code: 'UNKNOWN_FORMAT' });
});

test('a rotated key signs no more; its files stay good, its private part is gone', async () => {
  const before: File = (await checkout(await onADevice())).body.data.license_file;
  for (const role of ['member', 'admin'] as const)
    expect(
      (await kit.as({ role, tenantId: house.tenantId }).call(contracts.rotateSigningKey, { body: {} }))
        .status,
    ).toBe(403);
  const rotated = await kit
    .as({ role: 'super', tenantId: null })
    .call(contracts.rotateSigningKey, { body: {} });
  expect([rotated.status, rotated.body.message]).toEqual([200, '签名密钥已轮换']);
  const after: File = (await checkout(await onADevice())).body.data.license_file;
  expect(after.key_id).toBe(rotated.body.data.kid);
  const keys = await publicKeys();
  expect(keys.keys.find(({ kid }) => kid === before.key_id)?.retired_at).toEqual(instant);
  for (const file of [before, after]) expect(verify(file, keys)).toMatchObject({ exit: 0, code: 'VALID' });
  const kept = kit.connection.collection<{ _id: string; sealed: string | null }>('signing_keys');
  expect((await kept.findOne({ _id: before.key_id }))?.sealed).toBeNull();
  expect((await kept.findOne({ _id: after.key_id }))?.sealed).not.toContain('PRIVATE');
  // By age, too; and once no file of it can be good any more it is not shown.
  await kept.updateMany({}, { $set: { startsAt: new Date(Date.now() - 91 * 86_400_000) } });
  await kept.updateOne(
    { _id: before.key_id },
    { $set: { retiredAt: new Date(Date.now() - 92 * 86_400_000) } },
  );
  const aged: File = (await checkout(await onADevice())).body.data.license_file;
  expect([before.key_id, after.key_id]).not.toContain(aged.key_id);
  const now = (await publicKeys()).keys.map(({ kid }) => kid);
  expect(now).toEqual(expect.arrayContaining([aged.key_id, after.key_id]));
  expect(now).not.toContain(before.key_id);
});

test('a file ends with its assignment at the latest; the same key gives the same file', async () => {
  const mine = await onADevice({ expires_days: 5 });
  const headers = { 'idempotency-key': randomUUID() };
  const first = await checkout(mine, { days: 90 }, headers);
  const detail = await house.admin.ask(contracts.getAssignment, {
    params: { id: String(mine.assignmentId) },
  });
  expect(first.body.data.expires_at).toBe(detail.expires_at);
  expect((await checkout(mine, { days: 90 }, headers)).body).toEqual(first.body);
  expect((await checkout(mine, { days: 30 }, headers)).status).toBe(422);
});

test('a plan bounds the days of its files, those of licences that exist, too', async () => {
  const mine = await onADevice();
  const lasting = async (body: object) => {
    const { issued_at, expires_at } = contentsOf((await checkout(mine, body)).body.data.license_file);
    return Math.round((Date.parse(expires_at) - Date.parse(issued_at)) / 86_400_000);
  };
  expect([await lasting({}), await lasting({ days: 90 })]).toEqual([30, 90]);
  await house.admin.ask(contracts.updatePlan, {
    params: { id: String(house.planId) },
    body: { policy: { offline_days: 7 } },
  });
  await eventually(async () =>
    expect([await lasting({ days: 90 }), await lasting({ days: 3 })]).toEqual([7, 3]),
  );
  for (const offline_days of [0, 91, null])
    expect(
      (
        await house.admin.send('patch', `/api/v1/plans/${house.planId}/`, {
          body: { policy: { offline_days } },
        })
      ).status,
    ).toBe(400);
});

test('a device that was unbound keeps its slot for as long as its file works, and gets no other file', async () => {
  const mine = await onADevice();
  const file: File = (await checkout(mine, { days: 1 })).body.data.license_file;
  const unbound = await mine.client.ask(contracts.unbindDevice, {
    params: { assignment_id: String(mine.assignmentId) },
    body: { device_id: 'pc' },
  });
  expect(unbound.license_quota.current_activations).toBe(1);
  const keys = await publicKeys();
  const end = contentsOf(file).expires_at;
  const justBefore = new Date(Date.parse(end) - 1).toISOString();
  expect(verify(file, keys, '--fingerprint', 'f-1', '--at', justBefore)).toMatchObject({ code: 'VALID' });
  expect(verify(file, keys, '--fingerprint', 'f-1', '--at', end)).toMatchObject({ code: 'EXPIRED' });
  expect((await checkout(mine)).status).toBe(404);
});

test('a file that an editor or a shell saved with a mark, or in UTF-16, is read as it is', async () => {
  const file: File = (await checkout(await onADevice())).body.data.license_file;
  const keys = await publicKeys();
  const text = `\ufeff${JSON.stringify(file)}`;
  for (const saved of [text, Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()])
    expect(verify(saved, keys)).toMatchObject({ exit: 0, code: 'VALID' });
});

test('what a key signed outside of its time, for too long or without times is refused, though the signature holds', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  const contents = contentsOf((await checkout(await onADevice())).body.data.license_file);
  const now = Date.now();
  const days = (count: number) => new Date(now + count * 86_400_000).toISOString();
  /** As one who knows the key would sign it. */
  const forged = (changed: object): File => {
    const fields = { ...contents, key_signs_until: days(30), issued_at: days(0), expires_at: days(30) };
    const payload = Buffer.from(JSON.stringify({ ...fields, ...changed })).toString('base64url');
    const head = { format: 'membership-license/1', key_id: 'lk_0123456789abcdef' };
    const text = Buffer.from(`${head.format}.${head.key_id}.${payload}`);
    return { ...head, payload, signature: sign(null, text, privateKey).toString('base64url') };
  };
  const told = (changed: object, key: object = {}) =>
    verify(forged(changed), { keys: [{ kid: 'lk_0123456789abcdef', x, starts_at: days(-60), ...key }] }).code;
  expect(told({})).toBe('VALID');
  expect(told({}, { retired_at: days(-1) })).toBe('KEY_NOT_IN_USE');
  expect(told({ issued_at: days(-2) }, { retired_at: days(-1) })).toBe('VALID');
  expect(told({ key_signs_until: days(-1) })).toBe('KEY_NOT_IN_USE');
  expect(told({}, { starts_at: days(1) })).toBe('KEY_NOT_IN_USE');
  expect(told({}, { withdrawn_at: days(-1) })).toBe('KEY_WITHDRAWN');
  expect(told({ issued_at: days(-2) }, { withdrawn_at: days(-1) })).toBe('VALID');
  expect(told({ expires_at: days(90) })).toBe('VALID');
  expect(told({ expires_at: days(91) })).toBe('TOO_LONG');
  for (const changed of [{ issued_at: 'once' }, { expires_at: null }, { expires_at: undefined }])
    expect(['UNKNOWN_FORMAT', 'EXPIRED', 'KEY_NOT_IN_USE']).toContain(told(changed));
});

test('a key that others may know is withdrawn: it signs no more, and verifiers refuse what it signed since', async () => {
  const before: File = (await checkout(await onADevice())).body.data.license_file;
  const above = kit.as({ role: 'super', tenantId: null });
  const withdraw = (kid: string, body: object, client = above) =>
    client.send('post', `/api/v1/license-keys/${kid}/withdraw/`, { body });
  for (const role of ['member', 'admin', 'internal'] as const)
    expect((await withdraw(before.key_id, {}, kit.as({ role, tenantId: house.tenantId }))).status).toBe(403);
  expect((await withdraw('lk_0000000000000000', {})).status).toBe(404);
  expect((await withdraw('..', {})).status).toBe(404);
  for (const body of [{ since: 'once' }, { since: new Date(Date.now() + 60_000).toISOString() }, { key: 1 }])
    expect((await withdraw(before.key_id, body)).body.error.code).toBe('VALIDATION_ERROR');
  const withdrawn = await withdraw(before.key_id, {});
  expect([withdrawn.status, withdrawn.body.message]).toEqual([200, '签名密钥已撤回']);
  expect(withdrawn.body.data).toMatchObject({
    kid: before.key_id,
    retired_at: instant,
    withdrawn_at: instant,
  });
  const fresh: File = (await checkout(await onADevice())).body.data.license_file;
  expect(fresh.key_id).not.toBe(before.key_id);
  const stored = await kit.connection
    .collection<{ _id: string; sealed: string | null }>('signing_keys')
    .findOne({ _id: before.key_id });
  expect(stored?.sealed).toBeNull();
  const codes = async () => [verify(before, await publicKeys()).code, verify(fresh, await publicKeys()).code];
  expect(await codes()).toEqual(['VALID', 'VALID']);
  // It may have been known for longer: an earlier moment counts, a later one takes nothing back.
  const { issued_at } = contentsOf(before);
  await withdraw(before.key_id, { since: issued_at });
  await withdraw(before.key_id, {});
  expect(await codes()).toEqual(['KEY_WITHDRAWN', 'VALID']);
  expect((await withdraw(before.key_id, {})).body.data.withdrawn_at).toBe(issued_at);
});

test('the command says how it is used, and what it was given wrongly', () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { env: {} });
    return { status, out: String(stdout), err: String(stderr) };
  };
  expect(run('--help')).toMatchObject({ status: 0, out: expect.stringContaining('--fingerprint'), err: '' });
  expect(run()).toMatchObject({ status: 2, out: '', err: expect.stringContaining('--keys is missing') });
  expect(run('--colour', 'red').status).toBe(2);
  expect(run('--at', 'soon')).toMatchObject({ status: 2, err: expect.stringContaining('ISO-8601') });
  expect(run('--keys', join(folder, 'nothing.json')).status).toBe(2);
});

test('refuses what is not the member’s, a device that is not bound, what is suspended, and bad bodies', async () => {
  const mine = await onADevice();
  const { client: somebody } = await house.aMember();
  expect((await checkout({ ...mine, client: somebody })).status).toBe(404);
  expect((await checkout(mine, { device_id: 'other' })).body.error).toMatchObject({
    code: 'BIZ_001',
    message: '该设备未绑定',
  });
  for (const body of [
    { days: 0 },
    { days: 91 },
    { days: 1.5 },
    { device_id: '' },
    { device_id: 5 },
    { key: 'x' },
  ])
    expect((await checkout(mine, body)).body.error.code).toBe('VALIDATION_ERROR');
  await house.admin.ask(contracts.suspendAssignment, { params: { id: String(mine.assignmentId) }, body: {} });
  expect((await checkout(mine)).body.error.code).toBe('INVALID_STATE');
});
