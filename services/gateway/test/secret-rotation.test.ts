/** Secrets of the settings are changed while gateways run: what the values before signed and sealed goes on, until all is sealed anew. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { Secret, TOTP } from 'otpauth';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import * as factor from '@membership/contracts/endpoints/gateway/second-factor';
import * as secrets from '@membership/contracts/endpoints/gateway/secrets';
import { rotateTokenKey } from '@membership/contracts/endpoints/gateway/token-keys';
import {
  createWebhookEndpoint,
  rotateWebhookEndpointSecret,
} from '@membership/contracts/endpoints/gateway/webhook-endpoints';
import { contextKey } from '@membership/platform/http/context';
import { eventually } from '@membership/platform/testing/service-kit';
import { PROJECT_DIR } from '../../../tools/stack/folders.ts';
import { keyFor } from './fake-service.ts';
import { JWT_SECRET, PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-rotation-'));
const [first, second, third] = ['first', 'second', 'third'].map(
  (name) => `${name}-key-of-all-that-is-sealed-0123456789`,
);
const files = { sealing: join(folder, 'sealing'), points: join(folder, 'points') };
let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
beforeAll(async () => {
  writeFileSync(files.sealing, first as string);
  writeFileSync(files.points, keyFor('points'));
  gateway = await startGateway({
    WEBHOOK_SECRET_KEY: '',
    WEBHOOK_SECRET_KEY_FILE: files.sealing,
    INTERNAL_KEY_POINTS: '',
    INTERNAL_KEY_POINTS_FILE: files.points,
    SECRET_SETTLE_SECONDS: '0',
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
  });
  [acme, globex] = await Promise.all([gateway.aTenant(), gateway.aTenant()]);
});
afterAll(() => gateway?.stop());

const codeOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
const reseal = (limit = 500) => gateway.root.ask(secrets.resealSecrets, { body: { limit } });
const listed = async () => (await gateway.root.ask(secrets.listSealedSecrets, {})).items;
const statuses = async () => [...new Set((await listed()).map(({ status }) => status))].sort();
const endpointOf = (tenant: ATenant) =>
  tenant.admin.ask(createWebhookEndpoint, {
    body: { url: 'http://127.0.0.1:9/', event_types: ['points.earned.v1'] },
  });
async function changeSealing(...values: (string | undefined)[]): Promise<void> {
  const before = await reseal(1);
  writeFileSync(files.sealing, values.join('\n'));
  await eventually(async () => expect((await reseal(1)).key).not.toBe(before.key));
}

test('what was sealed with the value before is sealed anew, a few at a time, and then needs it no more', async () => {
  const { id } = await endpointOf(acme);
  await acme.admin.ask(rotateWebhookEndpointSecret, { params: { id: String(id) }, body: {} });
  const { secret } = await acme.admin.ask(factor.startSecondFactor, { body: { password: PASSWORD } });
  await acme.admin.ask(factor.confirmSecondFactor, { body: { code: codeOf(secret) } });
  await gateway.root.ask(rotateTokenKey, { body: { signs_in_seconds: 0 } });
  expect(await statuses()).toEqual(['present']);
  const all = (await listed()).reduce((sum, { count }) => sum + count, 0);
  expect(new Set((await listed()).map(({ kind }) => kind))).toEqual(
    new Set(['tenant_webhook', 'webhook_endpoint', 'second_factor', 'token_key']),
  );

  await changeSealing(second, first);
  expect(await statuses()).toContain('older');
  let [rounds, remaining] = [0, Number.POSITIVE_INFINITY];
  for (; remaining > 0; rounds++) {
    const answer = await reseal(2);
    expect([answer.unreadable, answer.remaining < remaining]).toEqual([0, true]);
    ({ remaining } = answer);
  }
  expect(rounds).toBeGreaterThan(2);
  expect([await statuses(), (await reseal()).resealed]).toEqual([['present'], 0]);
  expect((await listed()).reduce((sum, { count }) => sum + count, 0)).toBe(all);

  // One that never had the value before knows the keys of tokens and codes of second factors.
  const replica = await gateway.aReplica({
    WEBHOOK_SECRET_KEY: second as string,
    WEBHOOK_SECRET_KEY_FILE: '',
  });
  const { accessToken } = await gateway.logIn((await acme.aMember()).username, acme.code);
  expect((await replica.anyone.as(accessToken).call(auth.me, {})).status).toBe(200);
  await gateway.kit.connection.collection('second_factors').updateMany({}, { $set: { lastStep: 0 } });
  const boss = (await acme.admin.ask(auth.me, {})).user.username;
  const asked = await replica.anyone.call(auth.login, {
    body: { username: boss, password: PASSWORD, tenant: acme.code },
  });
  const { challenge_token } = asked.body.error.details;
  const answer = await replica.anyone.call(factor.logInWithSecondFactor, {
    body: { challenge_token, code: codeOf(secret) },
  });
  await replica.stop();
  expect(answer.status).toBe(200);
});

test('two at once, beside secrets that are changed: nothing is lost', async () => {
  const made = await Promise.all([1, 2, 3].map(() => endpointOf(globex)));
  await changeSealing(third, second);
  const [one, two, ...rotated] = await Promise.all([
    reseal(),
    reseal(),
    ...made.map(({ id }) =>
      globex.admin.call(rotateWebhookEndpointSecret, { params: { id: String(id) }, body: {} }),
    ),
  ]);
  expect(rotated.map(({ status }) => status)).toEqual(made.map(() => 200));
  expect([one.unreadable, two.unreadable]).toEqual([0, 0]);
  expect((await reseal()).remaining).toBe(0);
});

test('one that cannot be opened stays as it is, is counted and shown, and holds up no other', async () => {
  const rows = gateway.kit.connection.collection<{ _id: number }>('tenants');
  await rows.updateOne({ _id: globex.id }, { $set: { 'webhookSecret.key': 'nobodys-key' } });
  await changeSealing(`${second}-again`, third);
  expect(await reseal()).toMatchObject({ unreadable: 1, remaining: 1 });
  expect(await listed()).toContainEqual({
    kind: 'tenant_webhook',
    key: 'nobodys-key',
    status: 'unknown',
    count: 1,
  });
  await rows.updateOne({ _id: globex.id }, { $unset: { 'webhookSecret.key': '' } });
  // As it was sealed before keys had names.
  expect(await listed()).toContainEqual({ kind: 'tenant_webhook', key: null, status: 'older', count: 1 });
  expect(await reseal()).toMatchObject({ resealed: 1, unreadable: 0, remaining: 0 });
});

test('the key of contexts is changed: the gateway signs with the new one and says so', async () => {
  const [before, fresh] = [keyFor('points'), 'another-key-of-points-0123456789-0123456789'];
  const keysOf = async () =>
    (await gateway.root.ask(secrets.listInternalKeys, { query: { page_size: '100' } })).items
      .filter(({ service }) => service === 'points')
      .map(({ kid, status }) => [kid, status]);
  expect(await keysOf()).toEqual([[contextKey(before).kid, 'signing']]);
  writeFileSync(files.points, `${fresh},${before}`);
  await eventually(async () =>
    expect(await keysOf()).toEqual([
      [contextKey(fresh).kid, 'signing'],
      [contextKey(before).kid, 'verifying'],
    ]),
  );
  await acme.admin.send('get', '/api/v1/points/profiles/');
  const context = String(gateway.points.last.headers['x-membership-context']);
  expect(jwt.verify(context, fresh, { complete: true }).header.kid).toBe(contextKey(fresh).kid);
  // Look-ups take back what was signed a moment ago with either.
  const look = await fetch(`${gateway.internalUrl}/internal/tenants/${acme.id}`, {
    headers: { 'x-membership-service': 'points', 'x-membership-context': context },
  });
  expect(look.status).toBe(200);
});

test('they are the platform administrators’ business; a repeated request has its answer again', async () => {
  for (const call of [
    acme.admin.call(secrets.listInternalKeys, {}),
    acme.admin.call(secrets.listSealedSecrets, {}),
    acme.admin.call(secrets.resealSecrets, { body: {} }),
  ])
    expect((await call).status).toBe(403);
  for (const limit of [0, 5_001, 1.5, '1'])
    expect((await gateway.root.call(secrets.resealSecrets, { body: { limit } as never })).status).toBe(400);
  const repeated = gateway.anyone.as(gateway.rootToken, { 'idempotency-key': 'reseal' });
  const answer = await repeated.ask(secrets.resealSecrets, { body: {} });
  await endpointOf(globex);
  await changeSealing(`${first}-again`, `${second}-again`);
  expect(await repeated.ask(secrets.resealSecrets, { body: {} })).toEqual(answer);
});

/** Runs the command with a token. */
const rotateKeys = (token: string, ...args: string[]) =>
  new Promise<{ code: unknown; said: string }>((done) =>
    execFile(
      process.execPath,
      ['tools/rotate-keys.ts', ...args, '--url', gateway.kit.url, '--dir', folder],
      { cwd: PROJECT_DIR, env: { ...process.env, TOKEN: token } },
      (error, _stdout, said) => done({ code: error?.code, said }),
    ),
  );

test('npm run rotate-keys finish leaves a value out once the one in front is in use, or with --force', async () => {
  const kept = { sealing: readFileSync(files.sealing, 'utf8'), points: readFileSync(files.points, 'utf8') };
  const inFront = (value: string, text: string) => `${value}\n${text.split(/[\s,]+/)[0]}\n`;
  const wanted = [
    ['points_internal_key', kept.points, ['--service', 'points'], 'internal-keys'],
    ['webhook_secret_key', kept.sealing, ['--sealed'], 'sealed-secrets'],
    ['jwt_secret', JWT_SECRET, ['--jwt-secret'], 'token-keys'],
  ] as const;
  for (const [name, text, which, list] of wanted) {
    const file = join(folder, name);
    // As if the gateway's own file were another one: this value it never sees.
    const unknown = inFront(`nobodys-value-of-${name}-0123456789-0123456789`, text);
    writeFileSync(file, unknown);
    const refused = await rotateKeys(gateway.rootToken, 'finish', ...which);
    expect([refused.code, readFileSync(file, 'utf8')]).toEqual([2, unknown]);
    expect(refused.said).toMatch(
      new RegExp(`does not use .*${name}.*nothing was changed.*/${list}/.*--force`),
    );
    expect((await rotateKeys(acme.adminToken, 'finish', ...which)).said).toMatch(/403 PERM_001/);
    expect(await rotateKeys('x.y.z', 'finish', ...which, '--force')).toEqual({ code: undefined, said: '' });
    expect(readFileSync(file, 'utf8')).toBe(`${unknown.split('\n')[0]}\n`);
    // With what is in use in front.
    const present = inFront(
      text.split(/[\s,]+/)[0] as string,
      `value-of-before-${name}-0123456789-0123456789`,
    );
    writeFileSync(file, present);
    expect(await rotateKeys(gateway.rootToken, 'finish', ...which)).toEqual({ code: undefined, said: '' });
    expect(readFileSync(file, 'utf8')).toBe(`${present.split('\n')[0]}\n`);
    // Once more there is nothing to do, nor to ask.
    expect(await rotateKeys('x.y.z', 'finish', ...which)).toEqual({ code: undefined, said: '' });
  }
});

test('npm run rotate-keys tells in a sentence who may not, and what the platform refused', async () => {
  expect(await rotateKeys('x.y.z', 'tokens')).toEqual({
    code: 2,
    said: expect.stringMatching(/^The platform refused: [A-Z][\x20-\x7e]+ \(401 AUTH_003\)\n$/),
  });
  expect(await rotateKeys(acme.adminToken, 'reseal')).toMatchObject({
    code: 2,
    said: expect.stringMatching(/\(403 PERM_001\)/),
  });
  expect(await rotateKeys(gateway.rootToken, 'tokens', '--signs-in', 'soon')).toMatchObject({
    code: 2,
    said: expect.stringMatching(/\(400 VALIDATION_ERROR\) \{"signs_in_seconds":/),
  });
});
