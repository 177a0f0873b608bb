/** The courier as a process of its own: the entrance sends nothing and fetches nothing; what is due waits for the courier. */
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@membership/contracts/client';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { createExternalIssuer } from '@membership/contracts/endpoints/gateway/external-issuers';
import { createWebhookEndpoint, pingWebhookEndpoint } from '@membership/contracts/endpoints/gateway/index';
import { resealSecrets } from '@membership/contracts/endpoints/gateway/secrets';
import { listWebhookDeliveries } from '@membership/contracts/endpoints/gateway/webhook-deliveries';
import { contextKey, signContext } from '@membership/platform/http/context';
import { startService, type RunningService } from '@membership/platform/service';
import { eventually } from '@membership/platform/testing/service-kit';
import { courierService } from '../src/courier-service.ts';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { signed, startIssuer, type Issuer } from './issuer.ts';
import { rawRequest } from './raw-http.ts';
import { isSignedWith, startReceiver, type Receiver } from './webhook-receiver.ts';

const SEALING = 'a-key-for-webhook-secrets-0123456789-0123456789';
const SEALING_FILE = join(mkdtempSync(join(tmpdir(), 'courier-')), 'sealing');
/** The secret of both, from one file that is changed while they run. */
const SEALED_ALIKE = {
  WEBHOOK_SECRET_KEY: '',
  WEBHOOK_SECRET_KEY_FILE: SEALING_FILE,
  SECRET_SETTLE_SECONDS: '0',
};
let port: number;
let gateway: GatewayKit;
let acme: ATenant;
let receiver: Receiver;
let issuer: Issuer;
let courier: RunningService | undefined;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return address.port;
}
async function startCourier(own: Record<string, string> = {}): Promise<RunningService> {
  const uri = new URL(process.env.MONGODB_URI ?? '');
  uri.pathname = `/${gateway.kit.connection.name}`;
  return startService(courierService, {
    ...{ NODE_ENV: 'test', LOG_LEVEL: 'silent', HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0' },
    INTERNAL_PORT: String(port),
    MONGODB_URI: uri.href,
    AMQP_URL: process.env.AMQP_URL,
    BUS_PREFIX: gateway.kit.running.bus.names.exchange.replace(/domain\.events$/, ''),
    ...SEALED_ALIKE,
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    WEBHOOK_RETRY_SECONDS: '0,0',
    ...own,
  });
}

beforeAll(async () => {
  writeFileSync(SEALING_FILE, SEALING);
  port = await freePort();
  [receiver, issuer] = await Promise.all([startReceiver(), startIssuer()]);
  gateway = await startGateway({
    COURIER_URL: `http://127.0.0.1:${port}`,
    ...SEALED_ALIKE,
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    ISSUER_COOL_DOWN_SECONDS: '0',
  });
  acme = await gateway.aTenant();
});
afterAll(async () => {
  await courier?.stop();
  await gateway?.stop();
  await Promise.all([receiver?.close(), issuer?.close()]);
});

test('what is due waits for the courier, which sends it; what it finds out about an endpoint is a fact', async () => {
  receiver.answer('/gone', (response) => response.writeHead(410).end());
  const [taken, gone] = await Promise.all(
    ['/taken', '/gone'].map((path) =>
      acme.admin.ask(createWebhookEndpoint, {
        body: { url: receiver.url(path), event_types: ['vip.granted.v1'] },
      }),
    ),
  );
  for (const made of [taken, gone])
    await acme.admin.ask(pingWebhookEndpoint, { params: { id: String(made?.id) }, body: {} });
  const statuses = async () =>
    (await acme.admin.ask(listWebhookDeliveries, {})).items.map(({ status }) => status).sort();
  expect(await statuses()).toEqual(['pending', 'pending']);
  courier = await startCourier();
  await receiver.untilReceived('/taken', 1);
  await eventually(async () => expect(await statuses()).not.toContain('pending'), { milliseconds: 60_000 });
  expect(receiver.to('/taken')).toHaveLength(1);
});

test('keys of external issuers are fetched by the courier; while it is away, a token of another issuer is 503', async () => {
  const key = await issuer.aKey();
  await issuer.publish(key);
  const register = (audience: string) =>
    acme.admin.ask(createExternalIssuer, {
      body: {
        ...{ name: 'Company login', issuer: issuer.name, audience, jwks_uri: issuer.jwksUri },
        ...{ algorithms: ['RS256'], create_members: true },
      },
    });
  const claims = { iss: issuer.name, sub: 'ada', preferred_username: 'ada', email: 'ada@example.com' };
  const statusOf = async (aud: string) =>
    (await gateway.anyone.as(await signed(key, { ...claims, aud })).call(auth.me, {})).status;
  await register('shop');
  expect(await statusOf('shop')).toBe(200);
  expect(await issuer.asked()).toBe(1);
  await courier?.stop();
  await register('till');
  expect([await statusOf('till'), await statusOf('shop')]).toEqual([503, 200]);
  courier = await startCourier();
  expect(await statusOf('till')).toBe(200);
});

test('it answers nobody but the gateway, and goes where the guard lets it alone', async () => {
  const ask = async (path: string, context?: string) => {
    const headers = context ? { 'x-membership-context': context } : {};
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return [answer.status, ((await answer.json()) as { message?: string }).message];
  };
  const keysAt = (uri: string) => `/internal/issuer-keys?uri=${encodeURIComponent(uri)}`;
  const claims = {
    aud: 'gateway',
    sub: 'system:gateway',
    uid: null,
    name: 'gateway',
    role: 'internal',
    tid: null,
    rid: 'r',
    lang: 'en',
  } as const;
  const forged = signContext(contextKey(SEALING), { ...claims, scopes: [] });
  expect(await ask(keysAt(issuer.jwksUri))).toEqual([401, 'not asked by the gateway']);
  // The secret itself is no key of these requests, nor is one of a service.
  expect(await ask(keysAt(issuer.jwksUri), forged)).toEqual([401, 'not asked by the gateway']);
  // What is no URL is refused as any other path.
  for (const target of ['//', '//[', 'http://[/', '*'])
    expect((await rawRequest(`http://127.0.0.1:${port}`, target)).status).toBe(401);
  for (const path of ['/', '/api/v1/health/', '/internal/dead-letters/', '/admin/'])
    expect((await fetch(`http://127.0.0.1:${courier?.port}${path}`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${courier?.port}/readyz`)).status).toBe(200);

  expect(await failureOf('http://10.0.0.1/jwks.json')).toMatch(/10\.0\.0\.1/);
});

test('the secret that it shares with the gateway is changed under both: keys are fetched and what is sealed signs on', async () => {
  const globex = await gateway.aTenant();
  const before = await globex.admin.ask(createWebhookEndpoint, {
    body: { url: receiver.url('/before'), event_types: ['vip.granted.v1'] },
  });
  const key = await issuer.aKey();
  await issuer.publish(key);
  let turns = 0;
  /** An issuer whose keys nobody has fetched yet. */
  const fetched = async () => {
    const audience = `turn-${++turns}`;
    await globex.admin.ask(createExternalIssuer, {
      body: {
        ...{ name: 'Company login', issuer: issuer.name, audience, jwks_uri: issuer.jwksUri },
        ...{ algorithms: ['RS256'], create_members: true },
      },
    });
    const claims = {
      iss: issuer.name,
      aud: audience,
      sub: `grace-${turns}`,
      preferred_username: `grace${turns}`,
    };
    const token = await signed(key, { ...claims, email: `grace${turns}@example.com` });
    return (await gateway.anyone.as(token).call(auth.me, {})).status;
  };
  const pinged = async (path: string, { id, secret }: { id: number; secret: string }) => {
    const count = receiver.to(path).length + 1;
    await globex.admin.ask(pingWebhookEndpoint, { params: { id: String(id) }, body: {} });
    const message = (await receiver.untilReceived(path, count)).at(-1);
    return message !== undefined && isSignedWith(secret, message);
  };
  const presentKey = async () => (await gateway.root.ask(resealSecrets, { body: { limit: 1 } })).key;
  const present = await presentKey();
  const fresh = 'another-key-for-webhook-secrets-0123456789-01';
  writeFileSync(SEALING_FILE, `${fresh}\n${SEALING}`);
  await eventually(async () => expect(await presentKey()).not.toBe(present));
  expect([await fetched(), await pinged('/before', before)]).toEqual([200, true]);
  const after = await globex.admin.ask(createWebhookEndpoint, {
    body: { url: receiver.url('/after'), event_types: ['vip.granted.v1'] },
  });
  expect(await pinged('/after', after)).toBe(true);
  // All is sealed anew, and the value before left out.
  await eventually(async () =>
    expect((await gateway.root.ask(resealSecrets, { body: {} })).remaining).toBe(0),
  );
  writeFileSync(SEALING_FILE, fresh);
  expect([await fetched(), await pinged('/before', before), await pinged('/after', after)]).toEqual([
    200,
    true,
    true,
  ]);
});

const PUBLIC = '192.0.43.10';

test('denied networks and ports hold at the gateway when an endpoint or an issuer is named …', async () => {
  const { admin, adminToken } = await gateway.aTenant();
  const strict = await gateway.aReplica({
    WEBHOOK_ALLOWED_NETWORKS: '',
    WEBHOOK_DENIED_NETWORKS: `${PUBLIC}/24, 2600::/16`,
    WEBHOOK_PORTS: '443',
  });
  try {
    const there = strict.anyone.as(adminToken);
    const statusesOf = async (by: Client, url: string, audience: string) => {
      const endpoint = await by.call(createWebhookEndpoint, {
        body: { url, event_types: ['vip.granted.v1'] },
      });
      const registered = await by.call(createExternalIssuer, {
        body: {
          ...{ name: 'Login', issuer: 'https://id.example/', audience, jwks_uri: url },
          ...{ algorithms: ['RS256'], subject_prefix: `${audience}:` },
        },
      });
      return [endpoint, registered].map(({ status, body }) => [
        status,
        ...Object.keys(body.error?.details ?? {}),
      ]);
    };
    const refused = [
      [400, 'url'],
      [400, 'jwks_uri'],
    ];
    for (const [index, url] of [
      `https://${PUBLIC}/hook`,
      'https://[2600::1]/hook',
      'https://shop.example.com:8443/hook',
    ].entries()) {
      expect([url, await statusesOf(there, url, `a${index}`)]).toEqual([url, refused]);
      // Without these settings it may be named.
      expect([url, await statusesOf(admin, url, `b${index}`)]).toEqual([url, [[201], [201]]]);
    }
    expect(await statusesOf(there, 'https://shop.example.com/hook', 'c')).toEqual([[201], [201]]);
  } finally {
    await strict.stop();
  }
});

test('… and at the courier, whatever was named before', async () => {
  const tenant = await gateway.aTenant();
  await courier?.stop();
  courier = await startCourier({ WEBHOOK_DENIED_NETWORKS: '127.0.0.0/8', WEBHOOK_PORTS: '443' });
  const urls = [receiver.url('/denied'), `https://${PUBLIC}:8443/hook`];
  for (const url of urls) {
    const { id } = await tenant.admin.ask(createWebhookEndpoint, {
      body: { url, event_types: ['vip.granted.v1'] },
    });
    await tenant.admin.ask(pingWebhookEndpoint, { params: { id: String(id) }, body: {} });
  }
  await eventually(
    async () =>
      expect(
        (await tenant.admin.ask(listWebhookDeliveries, {})).items.map(({ status, failure }) => [
          status,
          failure,
        ]),
      ).toEqual(urls.map(() => ['failed', 'address_refused'])),
    { milliseconds: 60_000 },
  );
  expect(receiver.to('/denied')).toEqual([]);
});

/** What is said of an issuer whose keys lie at an address, after a token of it. */
async function failureOf(jwks_uri: string): Promise<string> {
  const key = await issuer.aKey();
  const audience = 'inside';
  const rows = gateway.kit.connection.collection<{ _id: number; jwksUri: string }>('external_issuers');
  const other = await gateway.aTenant();
  const { id } = await other.admin.ask(createExternalIssuer, {
    body: {
      name: 'Inside',
      issuer: 'https://inside.example/',
      audience,
      jwks_uri: issuer.jwksUri,
      algorithms: ['RS256'],
    },
  });
  // As if its name had led elsewhere when it was registered.
  await rows.updateOne({ _id: id }, { $set: { jwksUri: jwks_uri } });
  const token = await signed(key, { iss: 'https://inside.example/', aud: audience, sub: 'eve' });
  expect((await gateway.anyone.as(token).call(auth.me, {})).status).toBe(503);
  const keys = gateway.kit.connection.collection<{ _id: number; failure: string | null }>(
    'external_issuer_keys',
  );
  return eventually(async () => {
    const found = await keys.findOne({ _id: id });
    expect(found?.failure).toBeTruthy();
    return String(found?.failure);
  });
}
