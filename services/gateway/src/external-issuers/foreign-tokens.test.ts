/** Whose keys tell of a token that several tenants may take, and who waits for whom. */
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { ForeignTokens } from './foreign-tokens.ts';
import type { ExternalIssuer } from './issuer.ts';
import type { PublicJwk } from './key-set.ts';
import { KeySets } from './key-sets.ts';

const ISSUER = 'https://login.example.com/';
const never = new Promise<never>(() => undefined);
let privateKey: CryptoKey;
let keys: PublicJwk[];

beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  privateKey = pair.privateKey;
  keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one' } as PublicJwk];
});

const registered = (tenantId: number, jwksUri: string) =>
  ({
    ...{ id: tenantId, tenantId, issuer: ISSUER, audience: 'shop', algorithms: ['RS256'], sequence: 1 },
    jwksUri,
  }) as unknown as ExternalIssuer;
const mine = registered(1, 'https://login.example.com/keys');
const hanging = registered(2, 'https://hangs.example.com/keys');

/** Key sets as their issuers publish them; that of `hanging` never answers unless said, or is what it had before alone. */
function tokensWith(
  storedOfHanging: readonly PublicJwk[] = [],
  fetchedAt = new Date(),
  fetchOfHanging = (): Promise<never> => never,
) {
  const asked: string[] = [];
  const sets = new KeySets({
    ...{ renewAfter: 600_000, coolDown: 30_000 },
    logger: { warn: () => undefined, info: () => undefined },
    store: {
      find: async ({ id }) =>
        id === hanging.id && storedOfHanging.length > 0 ? { keys: storedOfHanging, fetchedAt } : null,
      keep: async () => undefined,
      failed: async () => undefined,
    },
    fetchKeys: (uri) => {
      asked.push(uri);
      return uri === hanging.jwksUri ? fetchOfHanging() : Promise.resolve(keys);
    },
  });
  return { tokens: new ForeignTokens(sets), asked };
}
const aToken = (exp: number, key = privateKey) =>
  new SignJWT({ iss: ISSUER, aud: 'shop', sub: 'ada', exp })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .sign(key);
const now = () => Math.floor(Date.now() / 1_000);
const tenantsOf = async (tokens: ForeignTokens, text: string, issuers = [hanging, mine]) =>
  (await tokens.read(text, issuers)).map(({ issuer }) => issuer.tenantId);

test('a token that one tenant’s keys tell of does not wait for those of another that never come', async () => {
  const { tokens, asked } = tokensWith();
  const token = await aToken(now() + 600);
  expect(await tenantsOf(tokens, token)).toEqual([1]);
  expect(asked.toSorted()).toEqual([hanging.jwksUri, mine.jwksUri]);
  expect(await tenantsOf(tokens, token)).toEqual([1]);
});

test('nor where the other has keys, of which this one is none', async () => {
  const { tokens, asked } = tokensWith([{ ...(keys[0] as PublicJwk), kid: 'another' }]);
  expect(await tenantsOf(tokens, await aToken(now() + 600))).toEqual([1]);
  expect(asked).toContain(hanging.jwksUri);
});

test('one that has ended, as one tenant’s keys tell, does not wait either', async () => {
  const { tokens } = tokensWith();
  await expect(tenantsOf(tokens, await aToken(now() - 600))).rejects.toMatchObject({ code: 'AUTH_002' });
});

test('one that could be of keys that cannot be had is 503, in whichever order the tenants are asked', async () => {
  const { tokens } = tokensWith([], new Date(), () => Promise.reject(new Error('is away')));
  const another = await generateKeyPair('RS256');
  const token = await aToken(now() + 600, another.privateKey);
  for (const issuers of [
    [hanging, mine],
    [mine, hanging],
  ])
    await expect(tenantsOf(tokens, token, issuers)).rejects.toMatchObject({ code: 'SYS_002' });
  await expect(tenantsOf(tokens, token, [mine])).rejects.toMatchObject({ code: 'AUTH_003' });
});

test('both tell of it where both have its key, also while a newer set of one does not come', async () => {
  const { tokens, asked } = tokensWith(keys, new Date(Date.now() - 3_600_000));
  const token = await aToken(now() + 600);
  await tokens.read(token, [hanging]);
  expect(asked).toEqual([hanging.jwksUri]);
  for (let turn = 0; turn < 20; turn++)
    expect(await tenantsOf(tokens, await aToken(now() + 600 + turn))).toEqual([2, 1]);
});
