/**
 * Drill: the keys of tokens, the keys between the gateway and each service, and the key of all that lies sealed are changed, one after
 * the other, by the command that operators have, while people log in, read, write and use a second factor: no request fails.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { services } from '@membership/contracts/claims';
import { createClient, type Client } from '@membership/contracts/client';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { licenseKeys } from '@membership/contracts/endpoints/licenses/index';
import { getProfile } from '@membership/contracts/endpoints/points/index';
import { PROJECT_DIR } from '../../tools/stack/folders.ts';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const behind = services.filter((name) => name !== 'gateway');
const SECONDS = 3;
const folder = mkdtempSync(join(tmpdir(), 'key-rotation-'));
const fileOf = (name: string) => join(folder, name);
const fromFile = (setting: string, file: string) => ({ [setting]: '', [`${setting}_FILE`]: fileOf(file) });
let kit: PlatformKit;
let root: Client;
let john: number;

beforeAll(async () => {
  for (const name of behind)
    writeFileSync(fileOf(`${name}_internal_key`), `first-key-of-${name}-0123456789-0123456789`);
  writeFileSync(fileOf('webhook_secret_key'), 'first-key-of-what-is-sealed-0123456789-0123456789');
  const internal = behind.map((name) =>
    fromFile(`INTERNAL_KEY_${name.toUpperCase()}`, `${name}_internal_key`),
  );
  kit = await startPlatformKit({
    environment: {
      all: { SECRET_SETTLE_SECONDS: '2' },
      gateway: { ...Object.assign({}, ...internal), ...fromFile('WEBHOOK_SECRET_KEY', 'webhook_secret_key') },
      ...Object.fromEntries(behind.map((name) => [name, fromFile('INTERNAL_KEY', `${name}_internal_key`)])),
    },
  });
  john = await kit.idOf('john_doe');
  root = createClient({ baseUrl: kit.services.url, token: await tokenOf('root') });
});
afterAll(async () => {
  await kit?.proveAndStop();
  rmSync(folder, { recursive: true, force: true });
});

const tokenOf = async (username: string) =>
  (await kit.anonymous.ask(identity.login, { body: { username, password: PASSWORD } })).access_token;
const command = (...args: string[]) =>
  promisify(execFile)(
    process.execPath,
    ['tools/rotate-keys.ts', ...args, '--url', kit.services.url, '--dir', folder],
    { cwd: PROJECT_DIR, env: { ...process.env, SUPER_PASSWORD: PASSWORD } },
  );

/** Asks everything, again and again, with a token of the beginning and with new ones. */
function underLoad() {
  const failures: string[] = [];
  let [asked, earned, isOver, isRepeating] = [0, 0, false, true];
  const first = tokenOf('admin_acme');
  const send = async (path: string, token: string, body?: unknown, key?: string) => {
    const response = await fetch(new URL(path, kit.services.url), {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
    });
    const text = await response.text();
    asked++;
    if (!response.ok) failures.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
  };
  const PATHS = [
    '/api/v1/points/profiles/',
    '/api/v1/vip/tags/',
    '/api/v1/licenses/',
    '/api/v1/applications/',
    '/api/v1/stats/overview/',
  ];
  const readers = PATHS.map(async (path) => {
    for (; !isOver; await pause(10)) await send(path, await first);
  });
  const earn = `/api/v1/points/profiles/${john}/earn_points/`;
  const body = { points_amount: 1, category: 'manual' };
  const writer = (async () => {
    // Each is asked twice, the second time perhaps after the key of fingerprints has changed.
    for (; !isOver; await pause(10)) {
      const key = `drill-${earned}`;
      const token = await tokenOf('admin_acme');
      await send(earn, token, body, key);
      await send(earn, token, body, key);
      earned++;
    }
  })();
  const repeater = (async () => {
    // One request of the beginning, repeated while its answer's fingerprint can be checked.
    for (; isRepeating; await pause(50)) await send(earn, await first, body, 'drill-of-the-beginning');
  })();
  return {
    async endRepeating() {
      isRepeating = false;
      await repeater;
    },
    async end() {
      isOver = true;
      await Promise.all([...readers, writer]);
      return { asked, earned: earned + 1, failures };
    },
  };
}
const total = async () =>
  (await (await kit.as('admin_acme')).ask(getProfile, { params: { id: String(john) } })).total_points;

test('each key is changed and the one before left out: no request fails', async () => {
  const before = await total();
  const signing = (await root.ask(licenseKeys, {})).keys.map(({ kid }) => kid);
  const load = underLoad();
  await pause(500);
  await command('tokens', '--signs-in', '0');
  for (const name of behind) await command('internal', '--service', name);
  // Once all sign with the new one.
  const internal = async () =>
    (await root.ask(identity.listInternalKeys, { query: { page_size: '100' } })).items;
  while (
    (await internal()).some(({ status }) => status === 'next') ||
    (await internal()).length < 2 * behind.length
  )
    await pause(100);
  await command('sealed');
  await pause(SECONDS * 1_000);
  // Of a context that was signed a moment ago nothing is left.
  await load.endRepeating();
  for (const name of behind) await command('finish', '--service', name);
  await command('finish', '--sealed');
  while ((await internal()).length > behind.length) await pause(100);
  await pause(SECONDS * 1_000);
  const { asked, earned, failures } = await load.end();
  expect(failures.slice(0, 5)).toEqual([]);
  expect(asked).toBeGreaterThan(200);
  expect((await total()) - before).toBe(earned);
  for (const name of [...behind.map((one) => `${one}_internal_key`), 'webhook_secret_key'])
    expect(readFileSync(fileOf(name), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  // What lay sealed is the same, under another key.
  expect((await root.ask(licenseKeys, {})).keys.map(({ kid }) => kid)).toEqual(signing);
  const sealed = (await root.ask(identity.listSealedSecrets, {})).items;
  expect(new Set(sealed.map(({ status }) => status))).toEqual(new Set(['present']));
  console.log(`     ${asked} requests while each key was changed`);
});
