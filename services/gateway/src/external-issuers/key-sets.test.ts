import { KeySets, type StoredKeys } from './key-sets.ts';
import type { PublicJwk } from './key-set.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const issuer = { id: 1, tenantId: 1, jwksUri: 'https://login.example.com/keys' };
const keysNamed = (kid: string): PublicJwk[] => [{ kty: 'RSA', n: 'AQ', e: 'AQAB', kid }];

/** Key sets whose issuer and clock are the test's. */
function anIssuer(stored: StoredKeys | null = null) {
  const world = {
    at: 1_800_000_000_000,
    published: 'one' as string | null,
    asked: 0,
    stored,
    failures: 0,
    told: [] as string[],
  };
  const tell = (_about: object, text: string) => void world.told.push(text);
  const sets = new KeySets({
    renewAfter: 600 * SECOND,
    coolDown: 30 * SECOND,
    now: () => world.at,
    logger: { warn: tell, info: tell } as ConstructorParameters<typeof KeySets>[0]['logger'],
    store: {
      find: async () => world.stored,
      keep: async (_issuer, keys) => void (world.stored = keys),
      failed: async () => void world.failures++,
    },
    async fetchKeys() {
      world.asked++;
      if (world.published === null) throw new Error('away');
      return keysNamed(world.published);
    },
  });
  return { world, sets };
}

test('are asked for once by all who come at once, and not again while they are new', async () => {
  const { world, sets } = anIssuer();
  const found = await Promise.all([1, 2, 3].map(() => sets.current(issuer)));
  expect(new Set(found.map(({ version }) => version)).size).toBe(1);
  world.at += 599 * SECOND;
  await sets.current(issuer);
  expect(world.asked).toBe(1);
});

test('are asked for once more when a key is missing, however many names are made up meanwhile', async () => {
  const { world, sets } = anIssuer();
  const { version } = await sets.current(issuer);
  world.published = 'two';
  expect((await sets.renewed(issuer)).version).toBe(version);
  world.at += 31 * SECOND;
  const renewed = await Promise.all(Array.from({ length: 50 }, () => sets.renewed(issuer)));
  expect(renewed.every((set) => set.version !== version)).toBe(true);
  expect(world.asked).toBe(2);
});

test('are renewed behind the back of whoever needs them, and kept while the issuer is away: for a day', async () => {
  const { world, sets } = anIssuer();
  const { version } = await sets.current(issuer);
  world.published = null;
  world.at += HOUR;
  expect((await sets.current(issuer)).version).toBe(version);
  expect((await sets.renewed(issuer)).version).toBe(version);
  expect([world.asked, world.failures]).toEqual([2, 1]);
  world.at += 24 * HOUR;
  await expect(sets.current(issuer)).rejects.toMatchObject({ code: 'SYS_002' });
  world.published = 'two';
  // The attempt that just failed is not repeated at once.
  await expect(sets.current(issuer)).rejects.toMatchObject({ options: { headers: { 'retry-after': '30' } } });
  world.at += 31 * SECOND;
  expect((await sets.current(issuer)).version).not.toBe(version);
});

test('of before a restart serve at once; of another address they are not', async () => {
  const stored = { keys: keysNamed('stored'), fetchedAt: new Date(1_800_000_000_000 - HOUR) };
  const { world, sets } = anIssuer(stored);
  world.published = null;
  const { version } = await sets.current(issuer);
  world.stored = null;
  const moved = { ...issuer, jwksUri: 'https://other.example.com/keys' };
  await expect(sets.current(moved)).rejects.toMatchObject({ code: 'SYS_002' });
  world.published = 'new';
  world.at += 31 * SECOND;
  expect((await sets.current(moved)).version).not.toBe(version);
});

test('the log tells once that they cannot be fetched, and what is so meanwhile: whether any serve', async () => {
  const { world, sets } = anIssuer();
  const ask = async () => {
    world.at += 31 * SECOND;
    await sets.renewed(issuer).catch(() => undefined);
    return world.told.splice(0);
  };
  world.published = null;
  const none = ['the keys of an external issuer cannot be fetched, and none serve: its tokens are 503'];
  expect([await ask(), await ask()]).toEqual([none, []]);
  world.published = 'one';
  const again = ['the keys of an external issuer can be fetched again'];
  expect([await ask(), await ask()]).toEqual([again, []]);
  world.published = null;
  const serving = ['the keys of an external issuer cannot be fetched: its last ones serve'];
  expect([await ask(), await ask()]).toEqual([serving, []]);
  // For a day: then they serve no more.
  world.at += 24 * HOUR;
  expect([await ask(), await ask()]).toEqual([none, []]);
  world.published = 'one';
  expect(await ask()).toEqual(again);
});
