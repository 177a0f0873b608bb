/**
 * What was guessed wrong in one gateway counts in every other, also of guesses that come at once: passwords, secrets of API keys and
 * of service clients. Codes of a second factor: `second-factor.test.ts`.
 */
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { createApiKey } from '@membership/contracts/endpoints/gateway/api-keys';
import { createClient as createServiceClient } from '@membership/contracts/endpoints/gateway/clients';
import { guess } from '../src/credentials/guess.ts';
import { LoginFailureRepository } from '../src/credentials/login-failure-repository.ts';
import { addressKey } from '../src/credentials/login-failures.ts';
import { newKeyText } from '../src/domain/api-key.ts';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

type Anyone = GatewayKit['anyone'];
let gateway: GatewayKit;
let replica: Awaited<ReturnType<GatewayKit['aReplica']>>;
let acme: ATenant;

beforeAll(async () => {
  gateway = await startGateway({ TRUST_PROXY: '127.0.0.0/8' });
  [acme, replica] = await Promise.all([gateway.aTenant(), gateway.aReplica()]);
});
afterAll(async () => {
  await replica?.stop();
  await gateway?.stop();
});

const both = () => [gateway.anyone, replica.anyone];
/** Asks the one gateway and the other in turn, several at a time. */
async function inTurn<T>(times: number, ask: (by: Anyone, attempt: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  const attempts = Array.from({ length: times }, (_, attempt) => attempt);
  for (let from = 0; from < times; from += 5)
    answers.push(
      ...(await Promise.all(
        attempts.slice(from, from + 5).map((attempt) => ask(both()[attempt % 2] as Anyone, attempt)),
      )),
    );
  return answers;
}
const withKey = async (by: Anyone, key: string, from: string) =>
  (await by.as(key).send('get', '/api/v1/points/profiles/', { headers: { 'x-forwarded-for': from } })).status;
const aKey = () => acme.admin.ask(createApiKey, { body: { name: 'Shop', scopes: ['points:read'] } });
const aClient = () =>
  acme.admin.ask(createServiceClient, { body: { name: 'Till', scopes: ['points:read'] } });
const tokenFor = async (by: Anyone, client_id: string, client_secret: string, from: string) => {
  const { status, headers } = await by.send('post', '/api/v1/auth/token/', {
    raw: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': from },
  });
  if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  return status;
};

test('ten wrong secrets of an API key over two gateways close it to guesses in both; other keys and the good one go on', async () => {
  const [{ id, api_key: good }, other] = await Promise.all([aKey(), aKey()]);
  const from = '203.0.113.1';
  expect(await inTurn(10, (by) => withKey(by, newKeyText(id), from))).toEqual(Array(10).fill(401));
  for (const by of both()) {
    expect(await withKey(by, newKeyText(id), from)).toBe(429);
    expect(await withKey(by, good, from)).toBe(200);
    expect(await withKey(by, newKeyText(other.id), from)).toBe(401);
    expect(await withKey(by, newKeyText(id), '203.0.113.2')).toBe(401);
  }
});

test('a hundred keys that are none close their address to guesses in both gateways, and no other address', async () => {
  const { api_key: good } = await aKey();
  const from = '203.0.113.3';
  const nobodys = (number: number) => newKeyText(`nobody${String(number).padStart(6, '0')}`);
  const told = await inTurn(100, (by, attempt) => withKey(by, nobodys(attempt), from));
  expect(told).toEqual(Array(100).fill(401));
  for (const by of both()) {
    expect(await withKey(by, nobodys(200), from)).toBe(429);
    expect(await withKey(by, good, from)).toBe(200);
    expect(await withKey(by, nobodys(201), '203.0.113.4')).toBe(401);
    // What is guessed there otherwise is counted together with it.
    const { status } = await by.send('post', '/api/v1/auth/login/', {
      body: { username: 'nobody', password: PASSWORD },
      headers: { 'x-forwarded-for': from },
    });
    expect(status).toBe(429);
  }
});

test('ten wrong secrets of a service client over two gateways close it in both from there; other clients go on', async () => {
  const [client, other] = await Promise.all([aClient(), aClient()]);
  const from = '203.0.113.5';
  const wrong = await inTurn(10, (by) => tokenFor(by, client.client_id, 'cs_wrong', from));
  expect(wrong).toEqual(Array(10).fill(401));
  for (const by of both()) {
    expect(await tokenFor(by, client.client_id, 'cs_wrong', from)).toBe(429);
    // A secret that was not proved here before is not looked at.
    expect(await tokenFor(by, client.client_id, client.client_secret, from)).toBe(429);
    expect(await tokenFor(by, other.client_id, other.client_secret, from)).toBe(200);
  }
  for (const by of both())
    expect(await tokenFor(by, client.client_id, client.client_secret, '203.0.113.6')).toBe(200);
});

/** The statuses of 24 that both gateways are asked at once. */
async function atOnce(ask: (by: Anyone, attempt: number) => Promise<number>): Promise<number[]> {
  const asked = Array.from({ length: 24 }, (_, attempt) => ask(both()[attempt % 2] as Anyone, attempt));
  return (await Promise.all(asked)).sort((left, right) => left - right);
}
const logIn = async (by: Anyone, body: object, from: string) =>
  (await by.send('post', '/api/v1/auth/login/', { body, headers: { 'x-forwarded-for': from } })).status;
const tenAnswered = (status: number) =>
  [...Array(10).fill(status), ...Array(14).fill(429)].sort((left, right) => left - right);

describe('of 24 wrong guesses that two gateways are asked at once, ten are answered:', () => {
  test('passwords of an account, and of a name that nobody has', async () => {
    const { username } = await acme.aMember();
    for (const name of [username, 'nobody-at-once']) {
      const wrong = (attempt: number) => ({
        username: name,
        tenant: acme.code,
        password: `wrong-${attempt}`,
      });
      const told = await atOnce((by, attempt) => logIn(by, wrong(attempt), `198.51.100.${attempt}`));
      expect(told).toEqual(tenAnswered(401));
    }
  });

  test('passwords of a name that several tenants have', async () => {
    const other = await gateway.aTenant();
    await Promise.all([acme.aMember('twin_at_once'), other.aMember('twin_at_once')]);
    const told = await atOnce((by, attempt) =>
      logIn(by, { username: 'twin_at_once', password: `wrong-${attempt}` }, `198.51.100.${attempt}`),
    );
    expect(told).toEqual(tenAnswered(401));
  });

  test('one’s own old password', async () => {
    const { accessToken } = await acme.aMember();
    const told = await atOnce(async (by, attempt) => {
      const body = { old_password: `wrong-${attempt}`, new_password: 'another-password' };
      return (await by.as(accessToken).call(auth.changePassword, { body })).status;
    });
    expect(told).toEqual(tenAnswered(400));
  });

  test('secrets of an API key', async () => {
    const { id, api_key: good } = await aKey();
    const from = '203.0.113.20';
    expect(await atOnce((by) => withKey(by, newKeyText(id), from))).toEqual(tenAnswered(401));
    for (const by of both()) expect(await withKey(by, good, from)).toBe(200);
  });

  test('secrets of a service client', async () => {
    const { client_id: id } = await aClient();
    const from = '203.0.113.21';
    const told = await atOnce((by, attempt) => tokenFor(by, id, `cs_wrong_${attempt}`, from));
    expect(told).toEqual(tenAnswered(401));
  });
});

test('of an address that has three left, three of 24 guesses at once at different names are answered', async () => {
  const from = '203.0.113.22';
  const wrong = (attempt: number) => ({ username: `stranger_${attempt}`, password: 'wrong-password' });
  await logIn(gateway.anyone, wrong(0), from);
  await gateway.kit.connection
    .collection<{ _id: string; count: number }>('login_failures')
    .updateOne({ _id: addressKey(from) }, { $set: { count: 97 } });
  const told = await atOnce((by, attempt) => logIn(by, wrong(attempt + 1), from));
  expect(told).toEqual([...Array(3).fill(401), ...Array(21).fill(429)]);
});

test('right ones that come at once all pass, also where one failure is left', async () => {
  const { username } = await acme.aMember();
  const from = '203.0.113.23';
  const body = { username, tenant: acme.code, password: PASSWORD };
  expect(
    await inTurn(9, (by, attempt) => logIn(by, { ...body, password: `wrong-${attempt}` }, from)),
  ).toEqual(Array(9).fill(401));
  expect(await atOnce((by) => logIn(by, body, from))).toEqual(Array(24).fill(200));
});

test('a right one is told nothing once the wrong ones of others have used its guesses up', async () => {
  const failures = new LoginFailureRepository(gateway.kit.connection);
  const now = new Date();
  const keys = ['account:at-once'];
  const others = () =>
    Promise.all(Array.from({ length: 12 }, () => guess(failures, { keys, now }, () => null)));
  const right = await guess(failures, { keys, now }, async () => {
    expect((await others()).filter(({ is }) => is === 'wrong')).toHaveLength(10);
    return 'proved';
  });
  expect(right).toEqual({ is: 'closed', seconds: 900 });
});
