/** The key of tokens is changed while two gateways run: no token ends that was not meant to, and each gateway knows the other's. */
import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import {
  listTokenKeys,
  rotateTokenKey,
  withdrawTokenKey,
} from '@membership/contracts/endpoints/gateway/token-keys';
import {
  forge,
  PASSWORD,
  startGateway,
  withinASecond,
  type ATenant,
  type GatewayKit,
} from './gateway-kit.ts';

type Replica = Awaited<ReturnType<GatewayKit['aReplica']>>;
const kidOf = (token: string) => jwt.decode(token, { complete: true })?.header.kid;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
const pem = (key: typeof rsa) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

describe.each([
  ['HS256', {}],
  ['RS256', { JWT_ALGORITHM: 'RS256', JWT_PRIVATE_KEY: pem(rsa) }],
  ['ES256', { JWT_ALGORITHM: 'ES256', JWT_PRIVATE_KEY: pem(curve) }],
  ['EdDSA', { JWT_ALGORITHM: 'EdDSA', JWT_PRIVATE_KEY: pem(edwards) }],
] as const)('%s', (algorithm, settings) => {
  let gateway: GatewayKit;
  let replica: Replica;
  let acme: ATenant;

  beforeAll(async () => {
    gateway = await startGateway(settings);
    [acme, replica] = await Promise.all([gateway.aTenant(), gateway.aReplica()]);
  });
  afterAll(async () => {
    await replica?.stop();
    await gateway?.stop();
  });

  const both = () => [gateway.anyone, replica.anyone];
  const statusOf = async (client: GatewayKit['anyone'], token: string) =>
    (await client.as(token).call(auth.me, {})).status;
  const logIn = async (client: GatewayKit['anyone'], username: string) =>
    (await client.ask(auth.login, { body: { username, password: PASSWORD, tenant: acme.code } }))
      .access_token;
  const rotate = (signs_in_seconds = 0) => gateway.root.ask(rotateTokenKey, { body: { signs_in_seconds } });
  const keys = async () => (await gateway.root.ask(listTokenKeys, {})).items;
  const published = async () => (await gateway.anyone.ask(auth.tokenKeys, {})).keys.map(({ kid }) => kid);

  test('rotations under load refuse nobody, and sign with another key each time', async () => {
    const { username } = await acme.aMember();
    const tokens = new Set([acme.adminToken, await logIn(replica.anyone, username)]);
    const load = { ends: false, asked: 0, refused: [] as number[] };
    const callers = both().map(async (client, index) => {
      while (!load.ends) {
        for (const token of [...tokens].slice(-4)) {
          const status = await statusOf(client, token);
          load.asked++;
          if (status !== 200) load.refused.push(status);
        }
        // The other one made it a moment ago.
        tokens.add(await logIn(both()[1 - index] as GatewayKit['anyone'], username));
      }
    });
    const made: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      made.push((await rotate()).kid);
      for (const client of both())
        await withinASecond(async () => expect(kidOf(await logIn(client, username))).toBe(made.at(-1)));
    }
    load.ends = true;
    await Promise.all(callers);
    expect(load.refused).toEqual([]);
    expect(load.asked).toBeGreaterThan(5);
    // What the first key signed is as good as ever, in both.
    for (const client of both()) expect(await statusOf(client, acme.adminToken)).toBe(200);
    expect((await keys()).map(({ kid, status, source }) => [kid, status, source])).toEqual([
      [made[2], 'signing', 'rotation'],
      [made[1], 'verifying', 'rotation'],
      [made[0], 'verifying', 'rotation'],
      [kidOf(acme.adminToken), 'verifying', 'settings'],
    ]);
    expect(new Set(await published())).toEqual(
      new Set(algorithm === 'HS256' ? [] : [...made, kidOf(acme.adminToken)]),
    );
    // Neither names nor secrets of keys lie in the database as they are.
    expect(
      JSON.stringify(await gateway.kit.connection.collection('token_keys').find().toArray()),
    ).not.toContain('PRIVATE');
  });

  test('who refreshes after a rotation gets a token of the new key, in the other gateway too', async () => {
    const { refreshToken } = await acme.aMember();
    const { kid } = await rotate();
    let refresh_token = refreshToken;
    for (const client of both()) {
      const refreshed = await client.ask(auth.refreshSession, { body: { refresh_token } });
      await withinASecond(async () =>
        expect(kidOf((await client.ask(auth.refreshSession, { body: { refresh_token } })).access_token)).toBe(
          kid,
        ),
      );
      expect(await statusOf(client, refreshed.access_token)).toBe(200);
      ({ refresh_token } = refreshed);
    }
  });

  test('one that is announced signs later; meanwhile there is no other, and withdrawn it leaves all as it was', async () => {
    const before = (await keys())[0];
    const next = await rotate(3_600);
    expect(next).toMatchObject({ status: 'next', verifies_until: null });
    expect((await keys())[1]).toMatchObject({ kid: before?.kid, status: 'signing' });
    const again = await gateway.root.call(rotateTokenKey, { body: {} });
    expect([again.status, again.body.error.code]).toEqual([409, 'INVALID_STATE']);
    if (algorithm !== 'HS256') await withinASecond(async () => expect(await published()).toContain(next.kid));
    const undone = await gateway.root.ask(withdrawTokenKey, { params: { kid: next.kid }, body: {} });
    expect(undone.status).toBe('ended');
    expect((await keys()).find(({ kid }) => kid === before?.kid)).toMatchObject({
      status: 'signing',
      verifies_until: null,
    });
  });

  test('one that is withdrawn ends what it signed, everywhere within a second; the only one cannot be', async () => {
    const { username } = await acme.aMember();
    const leaked = await logIn(gateway.anyone, username);
    const kid = kidOf(leaked) as string;
    const only = await gateway.root.call(withdrawTokenKey, { params: { kid }, body: {} });
    expect([only.status, only.body.error.code]).toEqual([409, 'INVALID_STATE']);
    await rotate();
    const mine = await logIn(gateway.anyone, username);
    for (const client of both()) expect(await statusOf(client, leaked)).toBe(200);
    // The platform administrator’s token was made by an older key, and holds.
    await gateway.root.ask(withdrawTokenKey, { params: { kid }, body: {} });
    for (const client of both()) {
      await withinASecond(async () => expect(await statusOf(client, leaked)).toBe(401));
      expect(await statusOf(client, mine)).toBe(200);
    }
    expect((await gateway.root.call(withdrawTokenKey, { params: { kid }, body: {} })).status).toBe(409);
    expect(
      (await gateway.root.call(withdrawTokenKey, { params: { kid: 'nobodys-key' }, body: {} })).status,
    ).toBe(404);
    if (algorithm !== 'HS256') expect(await published()).not.toContain(kid);
  });

  test('they are the platform administrators’ business; a repeated request makes one', async () => {
    for (const call of [
      acme.admin.call(listTokenKeys, {}),
      acme.admin.call(rotateTokenKey, { body: {} }),
      acme.admin.call(withdrawTokenKey, { params: { kid: kidOf(acme.adminToken) as string }, body: {} }),
    ])
      expect((await call).status).toBe(403);
    for (const signs_in_seconds of [-1, 0.5, 2_592_001, '60'])
      expect((await gateway.root.call(rotateTokenKey, { body: { signs_in_seconds } as never })).status).toBe(
        400,
      );
    const repeated = gateway.anyone.as(gateway.rootToken, { 'idempotency-key': `rotate-${algorithm}` });
    const body = { signs_in_seconds: 0 };
    const first = await repeated.ask(rotateTokenKey, { body });
    expect((await repeated.ask(rotateTokenKey, { body })).kid).toBe(first.kid);
    const count = (await keys()).length;
    const atOnce = await Promise.all(
      [1, 2].map(() => gateway.root.call(rotateTokenKey, { body: { signs_in_seconds: 600 } })),
    );
    expect(atOnce.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 409]);
    expect((await keys()).length).toBe(count + 1);
  });
});

test('another secret in the settings follows the one before: tokens of both hold in gateways of both', async () => {
  const gateway = await startGateway();
  const acme = await gateway.aTenant();
  const JWT_SECRET = 'another-secret-of-the-tests-0123456789-0123456789';
  const replica = await gateway.aReplica({ JWT_SECRET });
  const body = { username: 'root', password: PASSWORD };
  const { access_token: token } = await replica.anyone.ask(auth.login, { body });
  expect(kidOf(token)).not.toBe(kidOf(acme.adminToken));
  const seen = [];
  for (const client of [gateway.anyone, replica.anyone])
    for (const shown of [acme.adminToken, token])
      seen.push((await client.as(shown).call(auth.me, {})).status);
  // What somebody else made with a secret names no key: it is read with the settings’ own.
  const made = forge({ sub: String(acme.adminId) }, { secret: JWT_SECRET });
  seen.push((await replica.anyone.as(made).call(auth.me, {})).status);
  await replica.stop();
  await gateway.stop();
  expect(seen).toEqual([200, 200, 200, 200, 200]);
});

test('another secret in the settings comes in the place of a key that waits, which never signs', async () => {
  const gateway = await startGateway();
  const waiting = await gateway.root.ask(rotateTokenKey, { body: { signs_in_seconds: 600 } });
  const replica = await gateway.aReplica({
    JWT_SECRET: 'one-more-secret-of-the-tests-0123456789-0123456789',
  });
  const { items } = await gateway.root.ask(listTokenKeys, {});
  await replica.stop();
  await gateway.stop();
  const told = new Map(items.map(({ kid, source, status }) => [kid, [source, status]]));
  expect(told.get(waiting.kid)).toEqual(['rotation', 'ended']);
  expect([...told.values()].filter(([, status]) => status === 'signing')).toEqual([['settings', 'signing']]);
});
