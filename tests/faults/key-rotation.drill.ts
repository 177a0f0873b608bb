/**
 * Drill: the keys of tokens, the secret of the settings that refresh tokens are made with, the keys between the gateway and each
 * service, and the key of all that lies sealed are changed, one after the other, by the command that operators have, under two
 * gateways, while people log in, refresh, use a second factor, read and write, a server calls by an API key, a shop signs its events
 * and another one is sent some: no request fails.
 */
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { services } from '@membership/contracts/claims';
import { createClient, type Client } from '@membership/contracts/client';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { licenseKeys } from '@membership/contracts/endpoints/licenses/index';
import { getProfile } from '@membership/contracts/endpoints/points/index';
import { launch, type ManagedProcess } from '../../tools/stack/processes.ts';
import { freePorts } from '../../tools/stack/ports.ts';
import { PROJECT_DIR } from '../../tools/stack/folders.ts';
import { eventually } from '@membership/platform/testing/eventually';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const behind = services.filter((name) => name !== 'gateway');
const SECONDS = 3;
const folder = mkdtempSync(join(tmpdir(), 'key-rotation-'));
const fileOf = (name: string) => join(folder, name);
const fromFile = (setting: string, file: string) => ({ [setting]: '', [`${setting}_FILE`]: fileOf(file) });
let kit: PlatformKit;
/** A second gateway on the same stores. */
let other: ManagedProcess;
/** The addresses of both. */
let gateways: readonly [string, string];
let receiver: Server;
const received = new Set<string>();
let root: Client;
let [john, jane]: [number, number] = [0, 0];
let database: MongoClient;

beforeAll(async () => {
  for (const name of behind)
    writeFileSync(fileOf(`${name}_internal_key`), `first-key-of-${name}-0123456789-0123456789`);
  writeFileSync(fileOf('webhook_secret_key'), 'first-key-of-what-is-sealed-0123456789-0123456789');
  writeFileSync(fileOf('jwt_secret'), 'first-secret-of-tokens-0123456789-0123456789');
  const internal = behind.map((name) =>
    fromFile(`INTERNAL_KEY_${name.toUpperCase()}`, `${name}_internal_key`),
  );
  kit = await startPlatformKit({
    environment: {
      all: { SECRET_SETTLE_SECONDS: '2' },
      gateway: {
        ...Object.assign({}, ...internal),
        ...fromFile('WEBHOOK_SECRET_KEY', 'webhook_secret_key'),
        ...fromFile('JWT_SECRET', 'jwt_secret'),
        WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      },
      ...Object.fromEntries(behind.map((name) => [name, fromFile('INTERNAL_KEY', `${name}_internal_key`)])),
    },
  });
  [john, jane] = [await kit.idOf('john_doe'), await kit.idOf('jane_roe')];
  database = await MongoClient.connect(kit.databaseUri('gateway'));
  gateways = [kit.services.url, await startOther()];
  receiver = createServer((request, response) => {
    received.add(String(request.headers['webhook-id']));
    request.resume().once('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  root = createClient({ baseUrl: kit.services.url, token: await tokenOf('root') });
});
afterAll(async () => {
  await database?.close();
  await other?.stop();
  receiver?.close();
  await kit?.proveAndStop();
  rmSync(folder, { recursive: true, force: true });
});

async function startOther(): Promise<string> {
  const [port, metrics, internal] = await freePorts(3);
  other = await launch({
    ...{
      name: 'gateway-2',
      command: process.execPath,
      args: ['services/gateway/src/main.ts'],
      cwd: PROJECT_DIR,
    },
    env: {
      ...process.env,
      ...kit.services.environmentOf('gateway'),
      ...{ PORT: String(port), METRICS_PORT: String(metrics), INTERNAL_PORT: String(internal) },
    },
    ...{ logFile: fileOf('gateway-2.log'), stackDir: folder },
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), {
    milliseconds: 60_000,
  });
  return url;
}

const tokenOf = async (username: string) =>
  (await kit.anonymous.ask(identity.login, { body: { username, password: PASSWORD } })).access_token;
const command = (...args: string[]) =>
  promisify(execFile)(
    process.execPath,
    ['tools/rotate-keys.ts', ...args, '--url', kit.services.url, '--dir', folder],
    { cwd: PROJECT_DIR, env: { ...process.env, SUPER_PASSWORD: PASSWORD } },
  );

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** The code of a second factor now (RFC 6238: SHA-1, 30 s, six digits). */
function codeOf(secret: string): string {
  const bits = Array.from(secret, (letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE((digest.at(-1) as number) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

type Answer = {
  readonly data: Record<string, unknown>;
  readonly error?: { readonly details: Record<string, string> };
};

/** Asks everything, again and again, in both gateways in turn, with what was had at the beginning and with what is new. */
async function underLoad() {
  const failures: string[] = [];
  const counts = { asked: 0, earned: 0, refreshed: 0, codes: 0, orders: 0, calls: 0 };
  let [isOver, isRepeating] = [false, true];
  type Request = { token?: string; body?: unknown; headers?: Record<string, string>; expected?: number };
  const send = async (path: string, { token, body, headers, expected = 200 }: Request = {}) => {
    const response = await fetch(new URL(path, gateways[counts.asked++ % 2]), {
      ...(body === undefined
        ? {}
        : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
    const text = await response.text();
    if (response.status !== expected) failures.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
    return JSON.parse(text) as Answer;
  };
  /** Until the end; a failure is written down, and the loop goes on. */
  const again = async (milliseconds: number, work: () => Promise<unknown>) => {
    for (; !isOver; await pause(milliseconds))
      await work().catch((error: unknown) => failures.push(String((error as Error).cause ?? error)));
  };
  const logIn = (username: string, { expected = 200 } = {}) =>
    send('/api/v1/auth/login/', {
      body: { username, password: PASSWORD },
      expected,
    });
  const admin = await kit.as('admin_acme');
  const first = await tokenOf('admin_acme');
  const { api_key } = await admin.ask(identity.createApiKey, {
    body: { name: 'Shop', scopes: ['points:read'] },
  });
  const { port } = receiver.address() as AddressInfo;
  await admin.ask(identity.createWebhookEndpoint, {
    body: { url: `http://127.0.0.1:${port}/`, event_types: ['points.earned.v1'] },
  });
  // An administrator of its own with a second factor.
  await admin.ask(identity.createMember, {
    body: { username: 'careful', email: 'careful@acme.example', password: PASSWORD, role: 'admin' },
  });
  const careful = kit.anonymous.as(await tokenOf('careful'));
  const { secret } = await careful.ask(identity.startSecondFactor, { body: { password: PASSWORD } });
  await careful.ask(identity.confirmSecondFactor, { body: { code: codeOf(secret) } });
  const signedIn = await kit.anonymous.ask(identity.login, {
    body: { username: 'jane_roe', password: PASSWORD },
  });

  const PATHS = [
    '/api/v1/points/profiles/',
    '/api/v1/vip/tags/',
    '/api/v1/licenses/',
    '/api/v1/applications/',
    '/api/v1/stats/overview/',
  ];
  const readers = PATHS.map((path) => again(10, () => send(path, { token: first })));
  const earn = `/api/v1/points/profiles/${john}/earn_points/`;
  const body = { points_amount: 1, category: 'manual' };
  // Each is asked twice, the second time perhaps after the key of fingerprints has changed.
  const writer = again(10, async () => {
    const headers = { 'idempotency-key': `drill-${counts.earned}` };
    const token = String((await logIn('admin_acme')).data.access_token);
    await send(earn, { token, body, headers });
    await send(earn, { token, body, headers });
    counts.earned++;
  });
  let refresh_token = signedIn.refresh_token;
  const refresher = again(50, async () => {
    const { data } = await send('/api/v1/auth/refresh/', { body: { refresh_token } });
    refresh_token = String(data.refresh_token);
    await send('/api/v1/auth/me/', { token: String(data.access_token) });
    counts.refreshed++;
  });
  const proving = again(100, async () => {
    const { error } = await logIn('careful', { expected: 401 });
    // A step is good once: what is kept of the last one is taken away.
    await database
      .db()
      .collection('second_factors')
      .updateMany({}, { $set: { lastStep: 0 } });
    await send('/api/v1/auth/login/second-factor/', {
      body: { challenge_token: error?.details.challenge_token, code: codeOf(secret) },
    });
    counts.codes++;
  });
  const server = again(20, async () => {
    await send('/api/v1/points/profiles/', { token: api_key });
    counts.calls++;
  });
  const shop = again(50, async () => {
    const order = { user_id: jane, order_id: `KEYS-${counts.orders}`, order_amount: 1 };
    const body = JSON.stringify({
      ...{ event_type: 'ORDER_COMPLETED', event_data: order },
      timestamp: new Date().toISOString(),
    });
    const signature = createHmac('sha256', PASSWORD).update(body).digest('hex');
    await send('/api/v1/member-system/webhooks/events/', {
      body,
      headers: { 'x-tenant-id': 'acme', 'x-webhook-signature': signature },
    });
    counts.orders++;
  });
  const repeater = (async () => {
    // One request of the beginning, repeated while its answer's fingerprint can be checked.
    for (; isRepeating; await pause(50))
      await send(earn, { token: first, body, headers: { 'idempotency-key': 'drill-of-the-beginning' } });
  })();
  return {
    async endRepeating() {
      isRepeating = false;
      await repeater;
    },
    async end() {
      isOver = true;
      await Promise.all([...readers, writer, refresher, proving, server, shop]);
      return { ...counts, earned: counts.earned + 1, failures };
    },
  };
}
const total = async () =>
  (await (await kit.as('admin_acme')).ask(getProfile, { params: { id: String(john) } })).total_points;

test('each key is changed and the one before left out: no request fails', async () => {
  const before = await total();
  const signing = (await root.ask(licenseKeys, {})).keys.map(({ kid }) => kid);
  const load = await underLoad();
  await pause(500);
  await command('tokens', '--signs-in', '0');
  await command('jwt-secret');
  const ofSettings = async () =>
    (await root.ask(identity.listTokenKeys, {})).items.filter(({ source }) => source === 'settings');
  while ((await ofSettings()).length < 2) await pause(100);
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
  await command('finish', '--jwt-secret');
  const sent = received.size;
  while ((await internal()).length > behind.length) await pause(100);
  await pause(SECONDS * 1_000);
  // What is sent outside goes on with secrets that were sealed anew.
  await eventually(async () => expect(received.size).toBeGreaterThan(sent));
  const { asked, earned, failures, ...done } = await load.end();
  expect(failures.slice(0, 5)).toEqual([]);
  expect(asked).toBeGreaterThan(200);
  expect(Object.entries(done).filter(([, count]) => count < 5)).toEqual([]);
  const deliveries = await (await kit.as('admin_acme')).ask(identity.listWebhookDeliveries, {});
  expect(deliveries.items.filter(({ failure }) => failure !== null)).toEqual([]);
  expect((await total()) - before).toBe(earned);
  for (const name of [...behind.map((one) => `${one}_internal_key`), 'webhook_secret_key', 'jwt_secret'])
    expect(readFileSync(fileOf(name), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  // What lay sealed is the same, under another key.
  expect((await root.ask(licenseKeys, {})).keys.map(({ kid }) => kid)).toEqual(signing);
  const sealed = (await root.ask(identity.listSealedSecrets, {})).items;
  expect(new Set(sealed.map(({ status }) => status))).toEqual(new Set(['present']));
  console.log(`     ${asked} requests while each key was changed: ${JSON.stringify(done)}`);
});
