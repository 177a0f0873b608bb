/** Licences through the gateway, as vendors, administrators, members and their software meet them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@membership/contracts/client';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import { PASSWORD, type PlatformKit } from '../../platform-kit.ts';
import { loginAs } from '../../../tools/demo-data.ts';

const COMMAND = fileURLToPath(new URL('../../../tools/verify-license.ts', import.meta.url));
const FINGERPRINT = 'abc123def456...';
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export function licenceStory(platform: () => PlatformKit): void {
  const folder = mkdtempSync(join(tmpdir(), 'licence-story-'));
  let kit: PlatformKit;
  let admin: Client;
  let john: Client;
  let johnId: number;
  let plan: number;
  let licence: { id: number; license_key: string };
  let assignment: number;
  beforeAll(async () => {
    kit = platform();
    [admin, john, johnId] = [
      await kit.as('admin_acme'),
      await kit.as('john_doe'),
      await kit.idOf('john_doe'),
    ];
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const path = () => ({ params: { assignment_id: String(assignment) } });
  const validate = (license_key: string, hardware_fingerprint?: string, headers = {}) =>
    kit.anonymous.call(
      licensing.validateLicense,
      { body: { license_key, ...(hardware_fingerprint ? { hardware_fingerprint } : {}) } },
      { headers },
    );
  type File = { format: string; key_id: string; payload: string; signature: string };
  /** As a vendor's software does it: with what it has on its disk. */
  function verify(
    file: File,
    keys: unknown,
  ): { exit: number; code: string; contents?: Record<string, unknown> } {
    writeFileSync(join(folder, 'file.lic'), JSON.stringify(file));
    writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
    const where = ['--file', join(folder, 'file.lic'), '--keys', join(folder, 'keys.json')];
    try {
      const out = execFileSync(process.execPath, [COMMAND, ...where, '--fingerprint', FINGERPRINT], {
        stdio: 'pipe',
        env: {},
      });
      return { exit: 0, ...JSON.parse(String(out)) };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: Buffer };
      return { exit: status, ...JSON.parse(String(stdout)) };
    }
  }
  /** The keys as software fetches them: no token, no envelope. */
  const publicKeys = async () => (await kit.anonymous.send('GET', '/.well-known/license-keys.json')).body;
  const checkOut = async (): Promise<File> =>
    (await john.ask(licensing.checkoutLicense, { ...path(), body: { device_id: 'DESKTOP-XYZ789', days: 7 } }))
      .license_file;

  test('a vendor makes a product, a plan and a licence; a new member gets it and activates it', async () => {
    const product = await admin.ask(licensing.createProduct, {
      body: { name: 'SuperApp Studio', version: '3.0.0' },
    });
    ({ id: plan } = await admin.ask(licensing.createPlan, {
      body: {
        product_id: product.id,
        name: '团队版',
        features: { max_projects: 5 },
        policy: { grace_days: 3, offline_days: 30 },
      },
    }));
    licence = await admin.ask(licensing.issueLicense, {
      body: { product_id: product.id, plan_id: plan, max_activations: 2 },
    });
    const found = async () => (await validate(licence.license_key, FINGERPRINT)).body.data.code;
    expect(await found()).toBe('NOT_ACTIVATED');
    const created = await admin.call(licensing.createAssignment, {
      body: { member_id: johnId, license_id: licence.id, expires_days: 365 },
    });
    expect([created.status, created.body]).toEqual([
      201,
      {
        success: true,
        message: '许可证分配成功',
        data: {
          assignment_id: expect.any(Number),
          status: 'assigned',
          assigned_at: instant,
          expires_at: instant,
        },
      },
    ]);
    assignment = created.body.data.assignment_id;
    const activated = await john.call(licensing.activateLicense, {
      ...path(),
      body: { device_info: { device_id: 'DESKTOP-XYZ789', hardware_fingerprint: FINGERPRINT } },
    });
    expect([activated.status, activated.body.data.license_quota.current_activations]).toEqual([200, 1]);
    expect(await found()).toBe('VALID');
  });

  test('software validates its key without a token and without naming a tenant', async () => {
    const { status, body, headers } = await validate(licence.license_key, FINGERPRINT, {
      'accept-language': 'en',
    });
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        message: 'The licence is valid',
        data: {
          ...{ valid: true, code: 'VALID', action: 'allow', checked_at: instant },
          license: { status: 'active', expires_at: null, days_until_expiry: null, grace_until: null },
          entitlements: {
            product: { id: expect.any(Number), name: 'SuperApp Studio', version: '3.0.0' },
            plan: { id: plan, name: '团队版' },
            ...{ features: { max_projects: 5 }, max_activations: 2, available_slots: 1 },
          },
        },
      },
    ]);
    expect(headers.get('ratelimit-limit')).not.toBeNull();
  });

  test('a licence file verifies offline, not when tampered with; a rotated key’s files stay good', async () => {
    const before = await checkOut();
    const shipped = await publicKeys();
    expect(verify(before, shipped)).toMatchObject({
      exit: 0,
      code: 'VALID',
      contents: { member_id: johnId, device_id: 'DESKTOP-XYZ789', product: { version: '3.0.0' } },
    });
    const contents = JSON.parse(Buffer.from(before.payload, 'base64url').toString());
    const forged = { ...contents, features: { max_projects: 5_000 } };
    const payload = Buffer.from(JSON.stringify(forged)).toString('base64url');
    expect(verify({ ...before, payload }, shipped)).toEqual({ exit: 1, valid: false, code: 'BAD_SIGNATURE' });
    const root = await loginAs(kit.anonymous, 'root', PASSWORD);
    const rotate = (announce_days: number) =>
      root.call(licensing.rotateSigningKey, { body: { announce_days } });
    expect((await admin.call(licensing.rotateSigningKey, { body: {} })).status).toBe(403);
    // Announced: what is shipped now knows the key that is to come; the old one signs on.
    const next = (await rotate(14)).body.data;
    expect((await publicKeys()).keys.map(({ kid }: { kid: string }) => kid)).toContain(next.kid);
    expect((await checkOut()).key_id).toBe(before.key_id);
    // At once: files of both verify with the set of now; the old set does not know the new one.
    expect((await rotate(0)).status).toBe(200);
    const after = await checkOut();
    expect(after.key_id).not.toBe(before.key_id);
    const refreshed = await publicKeys();
    for (const file of [before, after])
      expect(verify(file, refreshed)).toMatchObject({ exit: 0, code: 'VALID' });
    expect(verify(after, shipped)).toEqual({ exit: 1, valid: false, code: 'UNKNOWN_KEY' });
  });

  test('the gateway’s own refusals speak as the seed’s errors; other tenants and members see nothing', async () => {
    const error = (code: string) => ({
      success: false,
      error: { code, message: expect.any(String), details: expect.any(Object) },
      timestamp: instant,
      request_id: expect.any(String),
    });
    const list = '/api/v1/license-assignments/';
    const wrong = (token: string) => kit.anonymous.as(token).send('GET', list);
    for (const [answer, status, code] of [
      [await kit.anonymous.send('GET', list), 401, 'AUTH_001'],
      [await wrong('no.such.token'), 401, 'AUTH_003'],
      [await john.send('GET', list), 403, 'PERM_001'],
      [await admin.send('PUT', list, { body: {} }), 405, undefined],
    ] as const)
      expect([answer.status, answer.body]).toEqual([status, error(code ?? expect.any(String))]);
    const globex = await kit.as('admin_globex');
    expect((await globex.call(licensing.getAssignment, { params: { id: String(assignment) } })).status).toBe(
      404,
    );
    const jane = await kit.as('jane_roe');
    expect(
      (await jane.call(licensing.checkoutLicense, { ...path(), body: { device_id: 'DESKTOP-XYZ789' } }))
        .status,
    ).toBe(404);
    const page = await admin.call(licensing.listAssignments, { query: { page_size: '1' } });
    expect(page.body.data.page_info).toMatchObject({ current_page: 1, page_size: 1 });
    for (const url of [page.body.data.next].filter(Boolean))
      expect(url).toMatch(/^https?:\/\/[^/]+\/api\/v1\/license-assignments\/\?/);
  });

  test('reports come through as tables, too, and at once after a write', async () => {
    const report = (query: object) => admin.call(licensing.reportLicenseUsage, { query: query as never });
    const devices = async () => (await report({ group_by: 'plan' })).body.data.totals.active_devices;
    const before = await devices();
    await john.ask(licensing.activateLicense, { ...path(), body: { device_info: { device_id: 'second' } } });
    expect(await devices()).toBe(before + 1);
    await john.ask(licensing.unbindDevice, { ...path(), body: { device_id: 'second' } });
    expect(await devices()).toBe(before);
    const table = await report({ group_by: 'plan', format: 'csv' });
    expect([table.status, table.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(table.body).toContain(`${plan},团队版,1,1,1,0`);
  });

  test('who guesses keys is stopped, whatever addresses it claims to come from', async () => {
    const answers: number[] = [];
    for (let turn = 0; turn < 25; turn++)
      answers.push(
        (
          await validate(`NO-SUCH-KEY-${turn}`, undefined, {
            'x-forwarded-for': `203.0.113.${turn}`,
            forwarded: `for=203.0.113.${turn}`,
            'x-real-ip': `203.0.113.${turn}`,
          })
        ).status,
      );
    expect(answers).toEqual([...Array(20).fill(200), ...Array(5).fill(429)]);
    const known = await validate(licence.license_key, FINGERPRINT);
    expect([known.status, known.body.error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(known.headers.get('retry-after'))).toBeGreaterThan(0);
    // Members and administrators go on.
    expect((await john.call(licensing.listMyLicenses, {})).status).toBe(200);
  });
}
