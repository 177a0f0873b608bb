/** Settings of tokens, sessions and external issuers with other values than their defaults: each acts. */
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { createClient as createServiceClient } from '@membership/contracts/endpoints/gateway/clients';
import { createExternalIssuer } from '@membership/contracts/endpoints/gateway/external-issuers';
import { rotateTokenKey } from '@membership/contracts/endpoints/gateway/token-keys';
import jwt from 'jsonwebtoken';
import { eventually } from '@membership/platform/testing/eventually';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { signed, startIssuer, type Issuer } from './issuer.ts';

const DAY = 86_400_000;
let gateway: GatewayKit;
let acme: ATenant;
let issuer: Issuer;

beforeAll(async () => {
  [issuer, gateway] = await Promise.all([
    startIssuer(),
    startGateway({
      ACCESS_TOKEN_SECONDS: '120',
      REFRESH_TOKEN_DAYS: '2',
      SESSION_DAYS: '3',
      REFRESH_GRACE_SECONDS: '0',
      ISSUER_KEYS_SECONDS: '1',
      ISSUER_COOL_DOWN_SECONDS: '0',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    }),
  ]);
  acme = await gateway.aTenant();
});
afterAll(async () => {
  await gateway?.stop();
  await issuer?.close();
});

const refresh = (refresh_token: string) =>
  gateway.anyone.call(auth.refreshSession, { body: { refresh_token } });
const rows = () =>
  gateway.kit.connection.collection<{ _id: string; createdAt: Date; refreshedAt: Date; expiresAt: Date }>(
    'sessions',
  );
const sessionOf = async (refreshToken: string) => {
  const row = await rows().findOne({ _id: refreshToken.split('.')[0] as string });
  if (!row) throw new Error('there is no session');
  return row;
};

test('ACCESS_TOKEN_SECONDS: tokens of people and of clients last so long, and so do keys of tokens after another one', async () => {
  const { access_token: token, expires_in } = (await refresh((await acme.aMember()).refreshToken)).body.data;
  const { iat, exp } = jwt.decode(token) as { iat: number; exp: number };
  expect([expires_in, exp - iat]).toEqual([120, 120]);
  const { client_id, client_secret } = await acme.admin.ask(createServiceClient, {
    body: { name: 'Till', scopes: ['points:read'] },
  });
  const issued = await gateway.anyone.send('post', '/api/v1/auth/token/', {
    raw: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(issued.body.expires_in).toBe(120);
  const next = await gateway.root.ask(rotateTokenKey, { body: { signs_in_seconds: 0 } });
  const keys = await gateway.kit.connection
    .collection<{ _id: string; verifiesUntil: Date | null }>('token_keys')
    .find({ verifiesUntil: { $ne: null } })
    .toArray();
  // A minute more, for clocks differ.
  expect(keys.map(({ verifiesUntil }) => Number(verifiesUntil) - Date.parse(next.signs_from))).toEqual([
    180_000,
  ]);
});

test('REFRESH_TOKEN_DAYS and SESSION_DAYS: a session lasts so long since its last refresh, and since its login', async () => {
  const { refreshToken } = await acme.aMember();
  const { _id, createdAt, expiresAt } = await sessionOf(refreshToken);
  expect(expiresAt.getTime() - createdAt.getTime()).toBe(2 * DAY);
  const begun = new Date(createdAt.getTime() - 1.5 * DAY);
  await rows().updateOne({ _id }, { $set: { createdAt: begun } });
  const { refresh_token } = (await refresh(refreshToken)).body.data;
  expect((await sessionOf(refresh_token)).expiresAt.getTime()).toBe(begun.getTime() + 3 * DAY);
});

test('REFRESH_GRACE_SECONDS: with 0 a refresh token that was used once ends its session at once', async () => {
  const { refreshToken } = await acme.aMember();
  const { refresh_token: successor } = (await refresh(refreshToken)).body.data;
  expect((await refresh(refreshToken)).body.error.code).toBe('AUTH_003');
  expect((await refresh(successor)).status).toBe(401);
});

test('ISSUER_KEYS_SECONDS: an issuer is asked for its keys again so long after', async () => {
  const key = await issuer.aKey();
  await issuer.publish(key);
  await acme.admin.ask(createExternalIssuer, {
    body: {
      ...{ name: 'Company login', issuer: issuer.name, audience: 'shop', jwks_uri: issuer.jwksUri },
      ...{ algorithms: ['RS256'], create_members: true },
    },
  });
  const token = await signed(key, {
    ...{ iss: issuer.name, aud: 'shop', sub: 'ada' },
    ...{ preferred_username: 'ada', email: 'ada@example.com' },
  });
  const statusOf = async () => (await gateway.anyone.as(token).call(auth.me, {})).status;
  expect([await statusOf(), await issuer.asked()]).toEqual([200, 1]);
  await eventually(async () => {
    expect(await statusOf()).toBe(200);
    expect(await issuer.asked()).toBeGreaterThan(1);
  });
});
