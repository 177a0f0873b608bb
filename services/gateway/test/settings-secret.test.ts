/**
 * The settings' secret of tokens is changed under two gateways that run: what was made with the value before (refresh tokens,
 * contexts that look-ups take, logins between their steps, hashes of passwords) goes on until that value is left out.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { Secret, TOTP } from 'otpauth';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { createMember, listMembers, updateMember } from '@membership/contracts/endpoints/gateway/members';
import * as factor from '@membership/contracts/endpoints/gateway/second-factor';
import { listTokenKeys, rotateTokenKey } from '@membership/contracts/endpoints/gateway/token-keys';
import { eventually } from '@membership/platform/testing/eventually';
import { ConfigError } from '@membership/platform/config';
import { startService } from '@membership/platform/service';
import { gatewayService } from '../src/service.ts';
import { keyFor } from './fake-service.ts';
import { forge, PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

type Replica = Awaited<ReturnType<GatewayKit['aReplica']>>;
type Anyone = GatewayKit['anyone'];
const pemOf = ({ privateKey }: { privateKey: KeyObject }): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pem = (): string => pemOf(generateKeyPairSync('ed25519'));
const secretOf = (name: string) => `${name}-secret-of-tokens-0123456789-0123456789`;

test.each([
  [
    'no key of their algorithm',
    { JWT_ALGORITHM: 'RS256' },
    /JWT_PRIVATE_KEY is missing \(or JWT_PRIVATE_KEY_FILE\): RS256/,
  ],
  ['a key of another kind', { JWT_ALGORITHM: 'ES256', JWT_PRIVATE_KEY: pem() }, /for EdDSA.*is ES256/],
  [
    'a second key that is none',
    {
      JWT_SECRET: secretOf('first'),
      JWT_PRIVATE_KEY: `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END PRIVATE KEY-----`,
    },
    /JWT_PRIVATE_KEY is no private key in PEM/,
  ],
  [
    'a public key as their secret',
    {
      JWT_SECRET: generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string,
    },
    /JWT_SECRET is no private key in PEM/,
  ],
  [
    'a private key that needs a passphrase',
    {
      JWT_ALGORITHM: 'EdDSA',
      JWT_PRIVATE_KEY: generateKeyPairSync('ed25519').privateKey.export({
        ...{ type: 'pkcs8', format: 'pem' },
        ...{ cipher: 'aes-256-cbc', passphrase: 'of somebody' },
      }) as string,
    },
    /JWT_PRIVATE_KEY is a private key with a passphrase/,
  ],
])('settings with %s end the start and say so before any store is asked', async (_what, given, said) => {
  const nobody = '127.0.0.1:1';
  const keys = ['POINTS', 'VIP', 'LICENSES', 'APPLICATIONS', 'STATS'].map((name) => [
    `INTERNAL_KEY_${name}`,
    keyFor(name.toLowerCase()),
  ]);
  const environment = {
    ...{ NODE_ENV: 'test', LOG_LEVEL: 'silent', HOST: '127.0.0.1' },
    ...{ PORT: '0', METRICS_PORT: '0', INTERNAL_PORT: '0' },
    ...{ MONGODB_URI: `mongodb://${nobody}/gateway`, AMQP_URL: `amqp://${nobody}` },
    WEBHOOK_SECRET_KEY: secretOf('sealing'),
    ...Object.fromEntries(keys),
    ...given,
  };
  const start = startService(gatewayService, environment, { signal: AbortSignal.timeout(5_000) });
  await expect(start).rejects.toThrow(ConfigError);
  await expect(start).rejects.toThrow(said);
});

describe.each([
  ['HS256', 'JWT_SECRET', [secretOf('first'), secretOf('second'), secretOf('third')]],
  ['EdDSA', 'JWT_PRIVATE_KEY', [pem(), pem(), pem()]],
] as const)('%s', (algorithm, setting, [first, second, third]) => {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-secret-')), 'secret');
  let gateway: GatewayKit;
  let replica: Replica;
  let acme: ATenant;

  beforeAll(async () => {
    writeFileSync(file, first);
    gateway = await startGateway({
      JWT_ALGORITHM: algorithm,
      JWT_SECRET: '',
      [`${setting}_FILE`]: file,
      SECRET_SETTLE_SECONDS: '0',
    });
    [acme, replica] = await Promise.all([gateway.aTenant(), gateway.aReplica()]);
  });
  afterAll(async () => {
    await replica?.stop();
    await gateway?.stop();
  });

  const both = () => [gateway.anyone, replica.anyone];
  const refresh = (client: Anyone, refresh_token: string) =>
    client.call(auth.refreshSession, { body: { refresh_token } });
  const statusOf = async (client: Anyone, token: string) => (await client.as(token).call(auth.me, {})).status;
  const logIn = (client: Anyone, username: string, tenant?: string) =>
    client.call(auth.login, { body: { username, password: PASSWORD, ...(tenant ? { tenant } : {}) } });
  /** The context that a gateway signs for a service. */
  const contextOf = async (client: Anyone) => {
    await client.as(acme.adminToken).send('get', '/api/v1/points/profiles/');
    return String(gateway.points.last.headers['x-membership-context']);
  };
  const lookUp = async (context: string) =>
    (
      await fetch(`${gateway.internalUrl}/internal/tenants/${acme.id}`, {
        headers: { 'x-membership-service': 'points', 'x-membership-context': context },
      })
    ).status;
  const signing = async () =>
    (await gateway.root.ask(listTokenKeys, {})).items.find(({ status }) => status === 'signing');
  /** Changes the file, and waits until both gateways make tokens with its first value. */
  async function change(...values: readonly string[]): Promise<void> {
    const before = (await signing())?.kid;
    writeFileSync(file, values.join('\n'));
    await eventually(async () => {
      const kid = (await signing())?.kid;
      expect(kid).not.toBe(before);
      for (const client of both()) {
        const { access_token } = (await logIn(client, 'root')).body.data;
        expect(jwt.decode(access_token, { complete: true })?.header.kid).toBe(kid);
      }
    });
  }

  test('while both values are there all goes on; once the one before is left out, what rests on it ends', async () => {
    const [early, late] = [await acme.aMember(), await acme.aMember()];
    const [here, there] = [await contextOf(gateway.anyone), await contextOf(replica.anyone)];
    const boss = (await acme.admin.ask(auth.me, {})).user.username;
    const { secret } = await acme.admin.ask(factor.startSecondFactor, { body: { password: PASSWORD } });
    const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    await acme.admin.ask(factor.confirmSecondFactor, { body: { code: code() } });
    await gateway.kit.connection.collection('second_factors').updateMany({}, { $set: { lastStep: 0 } });
    const begun = await logIn(gateway.anyone, boss, acme.code);
    expect(begun.body.error.code).toBe('SECOND_FACTOR_REQUIRED');

    await change(second, first);
    expect([await lookUp(here), await lookUp(there), await lookUp(await contextOf(replica.anyone))]).toEqual([
      200, 200, 200,
    ]);
    for (const client of both()) expect(await statusOf(client, acme.adminToken)).toBe(200);
    // The same person logs in elsewhere, before the login of before takes its second step.
    expect((await logIn(replica.anyone, boss, acme.code)).status).toBe(401);
    const finished = await replica.anyone.call(factor.logInWithSecondFactor, {
      body: { challenge_token: begun.body.error.details.challenge_token as string, code: code() },
    });
    expect(finished.status).toBe(200);
    // Each gateway takes what the other made, of whichever value.
    let { refreshToken } = early;
    for (const client of [...both(), ...both()]) {
      const answer = await refresh(client, refreshToken);
      expect(answer.status).toBe(200);
      refreshToken = answer.body.data.refresh_token;
    }

    const kid = (await signing())?.kid;
    const { refreshToken: unused } = late;
    writeFileSync(file, second);
    for (const client of both())
      await eventually(async () => expect((await refresh(client, unused)).status).toBe(401));
    expect((await refresh(replica.anyone, refreshToken)).status).toBe(200);
    expect([await lookUp(here), await lookUp(await contextOf(replica.anyone))]).toEqual([401, 200]);
    // Tokens end by their own time: their keys are in the ring.
    for (const client of both()) expect(await statusOf(client, acme.adminToken)).toBe(200);
    expect((await signing())?.kid).toBe(kid);
  });

  test('a value that is taken back signs again, and what the other signed is believed to its end', async () => {
    const kid = (await signing())?.kid;
    await change(algorithm === 'HS256' ? secretOf('another') : pem(), second);
    const { access_token } = (await logIn(replica.anyone, 'root')).body.data;
    await change(second);
    expect((await signing())?.kid).toBe(kid);
    for (const client of both()) expect(await statusOf(client, access_token)).toBe(200);
    const { items } = await gateway.root.ask(listTokenKeys, {});
    expect(items.filter(({ status }) => status === 'signing' || status === 'next')).toHaveLength(1);
    // Over a rotation neither a process that starts with it nor one that reads the file late changes anything.
    await gateway.root.ask(rotateTokenKey, { body: { signs_in_seconds: 0 } });
    const newest = (await signing())?.kid;
    expect(newest).not.toBe(kid);
    const another = await gateway.aReplica();
    await another.stop();
    expect((await signing())?.kid).toBe(newest);
  });

  test.each(
    algorithm === 'HS256'
      ? [
          ['too short', 'short'],
          ['what another secret has', keyFor('points')],
        ]
      : [['a damaged key', pem().replaceAll(/[A-Za-z]/g, 'A')]],
  )('a file that is not usable changes nothing: %s', async (_what, text) => {
    const { refreshToken } = await acme.aMember();
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, text);
    // What no value has made has the file read, ten times a second at most.
    const wrong = `${refreshToken.slice(0, -1)}${refreshToken.endsWith('A') ? 'Q' : 'A'}`;
    for (const begun = performance.now(); performance.now() - begun < 200; )
      expect((await refresh(replica.anyone, wrong)).status).toBe(401);
    expect((await refresh(replica.anyone, refreshToken)).status).toBe(200);
    expect((await logIn(gateway.anyone, 'root')).status).toBe(200);
    writeFileSync(file, before);
  });

  if (algorithm !== 'HS256') return;

  test('passwords of before fit, the one that was typed among those of many namesakes, too', async () => {
    const tenants = await Promise.all(Array.from({ length: 12 }, () => gateway.aTenant()));
    for (const { admin } of tenants)
      await admin.ask(createMember, {
        body: { username: 'namesake', email: 'namesake@example.com', password: 'of-the-others-1' },
      });
    const last = tenants.at(-1) as ATenant;
    const [row] = (await last.admin.ask(listMembers, { query: { username: 'namesake' } })).items;
    const own = { params: { id: String(row?.id) }, body: { password: PASSWORD } };
    await last.admin.ask(updateMember, own);
    const answers = async () =>
      Promise.all(
        both().map(async (client) => {
          const { status, body } = await logIn(client, 'namesake');
          return [status, body.error?.code];
        }),
      );
    const required = [400, 'TENANT_REQUIRED'];
    for (const values of [[third, second], [third]]) {
      if (values.length > 1) await change(...values);
      else writeFileSync(file, third);
      // Without a tenant it takes a hash for each salt, and not for each holder.
      expect(await answers()).toEqual([required, required]);
      const wrong = { username: 'namesake', password: 'another-password' };
      expect((await replica.anyone.call(auth.login, { body: wrong })).status).toBe(401);
      const atOnce = await Promise.all(
        [...both(), ...both()].map((client) => logIn(client, 'namesake', last.code)),
      );
      expect(atOnce.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    }
  });

  test('a token that others make with a value counts while that value is there', async () => {
    const made = forge({ sub: String(acme.adminId) }, { secret: third });
    const fresh = secretOf('fourth');
    for (const client of both()) expect(await statusOf(client, made)).toBe(200);
    await change(fresh, third);
    for (const client of both()) {
      expect(await statusOf(client, made)).toBe(200);
      // Each gateway looks at the file by itself, and may have heard of the key from the other before.
      const own = forge({ sub: String(acme.adminId) }, { secret: fresh });
      await eventually(async () => expect(await statusOf(client, own)).toBe(200));
      expect(await statusOf(client, forge({ sub: String(acme.adminId) }, { secret: second }))).toBe(401);
    }
    writeFileSync(file, fresh);
    for (const client of both()) await eventually(async () => expect(await statusOf(client, made)).toBe(401));
  });
});

/** As the tests of another algorithm ask. */
const refresh = async (client: Anyone, refresh_token: string) =>
  (await client.call(auth.refreshSession, { body: { refresh_token } })) as {
    status: number;
    body: { data: { access_token: string; refresh_token: string } };
  };
const algorithmOf = (token: string) => jwt.decode(token, { complete: true })?.header.alg;
const statusWith = async (client: Anyone, token: string) => (await client.as(token).call(auth.me, {})).status;

test('gateways of another algorithm follow, and those before them go on: nobody logs in again while both settings are there', async () => {
  const others = { JWT_PRIVATE_KEY: pem() };
  const gateway = await startGateway(others);
  const acme = await gateway.aTenant();
  const [early, late] = [await acme.aMember(), await acme.aMember()];
  const replica = await gateway.aReplica({ ...others, JWT_ALGORITHM: 'EdDSA' });
  const alone = await gateway.aReplica({ ...others, JWT_ALGORITHM: 'EdDSA', JWT_SECRET: '' });
  try {
    let { refreshToken } = early;
    for (const client of [replica.anyone, gateway.anyone, replica.anyone]) {
      const { status, body } = await refresh(client, refreshToken);
      expect([status, algorithmOf(body.data.access_token)]).toEqual([200, 'EdDSA']);
      refreshToken = body.data.refresh_token;
      for (const any of [gateway.anyone, replica.anyone, alone.anyone])
        expect(await statusWith(any, body.data.access_token)).toBe(200);
    }
    expect(algorithmOf(acme.adminToken)).toBe('HS256');
    expect(await statusWith(replica.anyone, acme.adminToken)).toBe(200);
    // What a gateway of the new algorithm says of itself is believed by the look-ups of the one before.
    await replica.anyone.as(acme.adminToken).send('get', '/api/v1/points/profiles/');
    const context = String(gateway.points.last.headers['x-membership-context']);
    const headers = { 'x-membership-service': 'points', 'x-membership-context': context };
    expect((await fetch(`${gateway.internalUrl}/internal/tenants/${acme.id}`, { headers })).status).toBe(200);

    // The secret is there to take back what it made; no token that others make with it is believed.
    expect(await statusWith(replica.anyone, forge({ sub: String(acme.adminId) }))).toBe(401);
    expect((await refresh(alone.anyone, late.refreshToken)).status).toBe(401);
    expect((await refresh(alone.anyone, refreshToken)).status).toBe(200);
    expect((await refresh(replica.anyone, late.refreshToken)).status).toBe(200);
  } finally {
    await Promise.all([replica.stop(), alone.stop()]);
    await gateway.stop();
  }
});

test('a private key of another kind follows: both lie in one setting, and nobody logs in again while they do', async () => {
  const rsa = pemOf(generateKeyPairSync('rsa', { modulusLength: 2_048 }));
  const ec = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const file = join(mkdtempSync(join(tmpdir(), 'settings-secret-')), 'key');
  writeFileSync(file, rsa);
  const given = { JWT_SECRET: '', JWT_PRIVATE_KEY_FILE: file, SECRET_SETTLE_SECONDS: '0' };
  const gateway = await startGateway({ ...given, JWT_ALGORITHM: 'RS256' });
  const acme = await gateway.aTenant();
  const [early, late] = [await acme.aMember(), await acme.aMember()];
  writeFileSync(file, ec + rsa);
  const replica = await gateway.aReplica({ JWT_ALGORITHM: 'ES256' });
  try {
    let { refreshToken } = early;
    for (const client of [replica.anyone, gateway.anyone, replica.anyone]) {
      const { status, body } = await refresh(client, refreshToken);
      expect([status, algorithmOf(body.data.access_token)]).toEqual([200, 'ES256']);
      refreshToken = body.data.refresh_token;
      for (const any of [gateway.anyone, replica.anyone])
        expect(await statusWith(any, body.data.access_token)).toBe(200);
    }
    expect(algorithmOf(acme.adminToken)).toBe('RS256');
    expect(await statusWith(replica.anyone, acme.adminToken)).toBe(200);
    await replica.anyone.as(acme.adminToken).send('get', '/api/v1/points/profiles/');
    const context = String(gateway.points.last.headers['x-membership-context']);
    const headers = { 'x-membership-service': 'points', 'x-membership-context': context };
    expect((await fetch(`${gateway.internalUrl}/internal/tenants/${acme.id}`, { headers })).status).toBe(200);
    // The key of the other kind is there to take back what it made; no token that others make with it is believed.
    const claims = { sub: String(acme.adminId), iss: 'membership-platform' };
    const made = jwt.sign(claims, rsa, { algorithm: 'RS256', expiresIn: 600 });
    expect(await statusWith(replica.anyone, made)).toBe(401);

    // A gateway that has no key of its algorithm any more goes on with those of before.
    writeFileSync(file, ec);
    await eventually(async () => expect((await refresh(replica.anyone, late.refreshToken)).status).toBe(401));
    expect((await refresh(gateway.anyone, late.refreshToken)).status).toBe(200);
    expect((await refresh(replica.anyone, refreshToken)).status).toBe(200);
    expect(await statusWith(replica.anyone, acme.adminToken)).toBe(200);
  } finally {
    await replica.stop();
    await gateway.stop();
  }
});
