/** What was guessed wrong in one gateway counts in every other: API keys, whose they are and from where, and secrets of service clients. */
import { createApiKey } from '@membership/contracts/endpoints/gateway/api-keys';
import { createClient as createServiceClient } from '@membership/contracts/endpoints/gateway/clients';
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
