/** One spelling of names, addresses and passwords, and what logging in costs whom. */
import { createHash } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { createMember, listMembers, updateMember } from '@membership/contracts/endpoints/gateway/members';
import { createTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { eventually } from '@membership/platform/testing/eventually';
import { foldNames } from '../src/storage/fold-names.ts';
import { FairTurns } from '../src/credentials/fair-turns.ts';
import { Passwords } from '../src/credentials/passwords.ts';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;

beforeAll(async () => {
  gateway = await startGateway({ TRUST_PROXY: '127.0.0.0/8' });
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
});
afterAll(() => gateway?.stop());

let addresses = 0;
const anAddress = () => `203.0.113.${++addresses}`;
const login = (
  username: string,
  password: string,
  { tenant, from = anAddress() }: { tenant?: string | number; from?: string } = {},
) =>
  gateway.anyone.send('post', '/api/v1/auth/login/', {
    body: { username, password, ...(tenant === undefined ? {} : { tenant }) },
    headers: { 'x-forwarded-for': from },
  });
const codeOf = (answer: { status: number; body: { error?: { code?: string } } }) => [
  answer.status,
  answer.body.error?.code,
];
const memberRows = () => gateway.kit.connection.collection<{ _id: number; passwordHash: string }>('members');
const addTo = (tenant: ATenant, username: string, password = PASSWORD) =>
  tenant.admin.ask(createMember, {
    body: { username, password, email: `m${Math.random().toString(36).slice(2)}@example.com` },
  });

/** How often argon2 is asked while something is done. */
async function hashesOf(work: () => Promise<unknown>): Promise<number> {
  const original = Reflect.get(FairTurns.prototype, 'pass') as FairTurns['pass'];
  let count = 0;
  FairTurns.prototype.pass = function (this: FairTurns, key, piece) {
    count++;
    return original.call(this, key, piece) as never;
  };
  try {
    await work();
    return count;
  } finally {
    FairTurns.prototype.pass = original;
  }
}

describe('a password', () => {
  test('is one in every spelling of Unicode, set and typed', async () => {
    await addTo(acme, 'rené', 'pässwörd-1é');
    for (const form of ['NFC', 'NFD'] as const)
      expect((await login('rené'.normalize(form), 'pässwörd-1é'.normalize(form))).status).toBe(200);
    await addTo(acme, 'zoé', 'pässwörd-2'.normalize('NFD'));
    expect((await login('zoé', 'pässwörd-2')).status).toBe(200);
    expect((await login('zoé', 'password-2')).status).toBe(401);
  });

  test.each(['NFC', 'NFD'] as const)(
    'that an older version stored as it was typed (%s) still fits, and is stored anew',
    async (form) => {
      const username = `older_${form}`;
      const { id } = await addTo(acme, username);
      await memberRows().updateOne(
        { _id: id },
        { $set: { passwordHash: await hash('mötley-1'.normalize(form)) } },
      );
      expect((await login(username, 'motley-1', { tenant: 'acme' })).status).toBe(401);
      for (const typed of ['NFD', 'NFC', 'NFD'] as const)
        expect((await login(username, 'mötley-1'.normalize(typed), { tenant: 'acme' })).status).toBe(200);
      expect(await hashesOf(() => login(username, 'mötley-1'))).toBe(1);
    },
  );

  test('that is reset while it is proved lets nobody in', async () => {
    const { id } = await addTo(acme, 'raced');
    const original = Reflect.get(Passwords.prototype, 'fits') as Passwords['fits'];
    let sessions: number | undefined;
    const countSessions = () =>
      gateway.kit.connection.collection('sessions').countDocuments({ memberId: id });
    Passwords.prototype.fits = async function (this: Passwords, ...given) {
      const isProven = await original.apply(this, given);
      if (given[1].username !== 'raced') return isProven;
      await acme.admin.ask(updateMember, {
        params: { id: String(id) },
        body: { password: 'after-the-reset' },
      });
      sessions = await countSessions();
      return isProven;
    };
    try {
      expect(codeOf(await login('raced', PASSWORD))).toEqual([401, 'AUTH_001']);
    } finally {
      Passwords.prototype.fits = original;
    }
    expect([sessions, await countSessions()]).toEqual([0, 0]);
    expect((await login('raced', 'after-the-reset')).status).toBe(200);
  });

  test('is not hashed again for a repeated key', async () => {
    const body = { username: 'keyed', email: 'keyed@example.com', password: PASSWORD };
    const make = () =>
      acme.admin.call(createMember, { body }, { headers: { 'idempotency-key': 'a-member-once' } });
    expect(await hashesOf(make)).toBe(1);
    expect(await hashesOf(make)).toBe(0);
  });

  test('cannot be guessed from what is kept of a request with a key; a replica knows the request all the same', async () => {
    const body = { username: 'kept', email: 'kept@example.com', password: 'guess-me-1' };
    const headers = { 'idempotency-key': 'a-member-kept' };
    const made = await acme.admin.send('post', '/api/v1/members/', { body, headers });
    const row = await gateway.kit.connection
      .collection('operations')
      .findOne({ body: { $regex: 'kept@example\\.com' } });
    const guess = ['post', '/api/v1/members', JSON.stringify(body)].join('\0');
    expect(row?.fingerprint).toMatch(/^[\w-]{43}$/);
    expect(row?.fingerprint).not.toBe(createHash('sha256').update(guess).digest('base64url'));
    expect(JSON.stringify(row)).not.toContain('guess-me-1');
    const replica = await gateway.aReplica();
    try {
      const there = await replica.anyone
        .as(acme.adminToken)
        .send('post', '/api/v1/members/', { body, headers });
      expect([there.body.data.id, there.headers.get('idempotent-replayed')]).toEqual([
        made.body.data.id,
        'true',
      ]);
    } finally {
      await replica.stop();
    }
  });
});

describe('a username', () => {
  test.each(['काव्य', 'น้ำ', 'Nguyễn', 'მარიამ', 'َعلي'.slice(1), '佐藤', 'é1'])(
    '%s is stored in one spelling and found in any',
    async (name) => {
      const made = await addTo(acme, name.normalize('NFD'));
      expect(made.username).toBe(name.normalize('NFC'));
      for (const form of ['NFC', 'NFD'] as const) {
        const typed = name.normalize(form);
        expect((await login(typed, PASSWORD, { tenant: 'acme' })).status).toBe(200);
        for (const query of [{ username: typed }, { search: typed }])
          expect((await acme.admin.ask(listMembers, { query })).items.map(({ id }) => id)).toContain(made.id);
        const again = await acme.admin.call(createMember, {
          body: { username: typed, email: 'other@example.com', password: PASSWORD },
        });
        expect([again.status, Object.keys(again.body.error.details)]).toEqual([400, ['username']]);
      }
    },
  );

  test.each([
    ['Σωκράτης', 'ΣΩΚΡΆΤΗΣ', 'σωκράτησ'],
    ['straße', 'STRASSE', 'STRAẞE', 'Strasse'],
    ['ıstanbul', 'ıSTANBUL'],
  ])('%s is the same one in every case: %j', async (name, ...others) => {
    const made = await addTo(acme, name);
    expect(made.username).toBe(name);
    for (const typed of [name, ...others]) {
      expect((await login(typed, PASSWORD, { tenant: 'acme' })).status).toBe(200);
      for (const query of [{ username: typed }, { search: typed }, { search: typed.slice(1, -1) }])
        expect((await acme.admin.ask(listMembers, { query })).items.map(({ id }) => id)).toEqual([made.id]);
      const again = await acme.admin.call(createMember, {
        body: { username: typed, email: 'other@example.com', password: PASSWORD },
      });
      expect([again.status, Object.keys(again.body.error.details)]).toEqual([400, ['username']]);
    }
    const imported = await acme.admin.send('post', '/api/v1/members/import/', {
      headers: { 'content-type': 'text/csv' },
      raw: ['username,email', ...others.map((typed, row) => `${typed},i${row}@example.com`)].join('\n'),
    });
    expect(imported.body.data).toMatchObject({ created: 0, failed: others.length });
  });

  test('is no other one for a dotless i, which no case makes of an i', async () => {
    await addTo(acme, 'ırmak');
    expect((await addTo(acme, 'irmak')).username).toBe('irmak');
  });

  describe('that a version before wrote', () => {
    type Keys = { usernameKey: string; emailKey: string };
    const rows = () =>
      gateway.kit.connection.collection<{ _id: number; username: string; email: string } & Keys>('members');
    const fold = () => foldNames(gateway.kit.connection, new AbortController().signal);
    const keysOf = async (...ids: number[]) =>
      Promise.all(ids.map(async (id) => (await rows().findOne({ _id: id }))?.usernameKey));
    /** Who is let in, or why nobody is. */
    const opens = async (name: string, tenant?: string, password = PASSWORD) => {
      const { body } = await login(name, password, tenant === undefined ? {} : { tenant });
      return (body.data?.user?.id ?? body.error.code) as unknown;
    };
    /** As that version wrote it: names and keys in lower case alone. */
    const written = async (name: string, password?: string) => {
      const email = `${name}@example.com`;
      const { id } = await addTo(acme, `made-${Math.random().toString(36).slice(2)}`, password);
      const names = { username: name, usernameKey: name, email, emailKey: email };
      await rows().updateOne({ _id: id }, { $set: names });
      return id;
    };

    test('is brought to the one case, also when it writes again afterwards', async () => {
      const early = await written('größe');
      expect(await opens('größe')).toBe(early);
      expect(await fold()).toBeGreaterThanOrEqual(2);
      expect(await keysOf(early)).toEqual(['grösse']);
      expect(await fold()).toBe(0);
      const late = await written('fußweg');
      expect(await opens('FUSSWEG')).toBe('AUTH_001');
      expect(await fold()).toBe(2);
      for (const tenant of ['acme', undefined]) {
        expect(await opens('GRÖSSE', tenant)).toBe(early);
        expect(await opens('FUSSWEG', tenant)).toBe(late);
      }
      const body = { username: 'Fussweg', email: 'FUSSWEG@example.com', password: PASSWORD };
      const again = await acme.admin.call(createMember, { body });
      expect([again.status, Object.keys(again.body.error.details)]).toEqual([400, ['username', 'email']]);
    });

    test('is brought there by a job, once an update is over', async () => {
      const id = await written('weiß');
      const replica = await gateway.aReplica({ NAME_FOLDING_AFTER_SECONDS: '0' });
      try {
        const folded = { usernameKey: 'weiss', emailKey: 'weiss@example.com' };
        await eventually(async () => expect(await rows().findOne({ _id: id })).toMatchObject(folded));
      } finally {
        await replica.stop();
      }
    });

    test('goes on as it is where it was told apart from another, and neither is the other', async () => {
      const first = await written('maße', 'of-the-first-1');
      const twin = await written('masse', 'of-the-twin-12');
      for (let run = 0; run < 2; run++) {
        expect(await fold()).toBe(0);
        expect(await keysOf(first, twin)).toEqual(['maße', 'masse']);
      }
      for (const tenant of ['acme', undefined]) {
        expect(await opens('Maße', tenant, 'of-the-first-1')).toBe(first);
        expect(await opens('MASSE', tenant, 'of-the-twin-12')).toBe(twin);
        expect(await opens('maße', tenant, 'of-the-twin-12')).toBe('AUTH_001');
      }
      // They can be changed, and nobody new gets between them.
      const params = { id: String(first) };
      for (const body of [
        { email: 'Maße@example.com' },
        { email: 'elsewhere@example.com' },
        { password: 'another-one-1' },
      ])
        expect(await acme.admin.call(updateMember, { params, body })).toMatchObject({ status: 200 });
      expect(await keysOf(first, twin)).toEqual(['maße', 'masse']);
      expect((await rows().findOne({ _id: first }))?.emailKey).toBe('elsewhere@example.com');
      expect(await opens('maße', undefined, 'another-one-1')).toBe(first);
      for (const username of ['maße', 'MASSE', 'maẞe']) {
        const body = { username, email: 'between@example.com', password: PASSWORD };
        expect((await acme.admin.call(createMember, { body })).status).toBe(400);
      }
      // Another tenant's is a namesake all the same, and asks for the tenant.
      await addTo(globex, 'Masse', 'of-the-other-1');
      expect(await opens('maße', undefined, 'another-one-1')).toBe('TENANT_REQUIRED');
      expect(await opens('maße', undefined, 'of-the-twin-12')).toBe('AUTH_001');
      expect(await opens('masse', undefined, 'of-the-twin-12')).toBe('TENANT_REQUIRED');
    });

    test('does not get the address of another that it was told apart from, in no spelling and in no part', async () => {
      const [first, twin] = [await written('gruß'), await written('gruss')];
      const change = (id: number, body: Record<string, unknown>) =>
        acme.admin.send('patch', `/api/v1/members/${id}/`, { body });
      const both = () =>
        rows()
          .find({ _id: { $in: [first, twin] } })
          .sort({ _id: 1 })
          .toArray();
      const before = await both();
      for (const [id, email] of [
        [first, 'gruss@example.com'],
        [first, 'GRUSS@EXAMPLE.com'],
        [twin, 'gruß@example.com'],
        [twin, 'GRUẞ@example.com'],
      ] as const) {
        const refused = await change(id, { email, display_name: 'half done', external_id: `of-${email}` });
        expect([refused.status, Object.keys(refused.body.error.details)]).toEqual([400, ['email']]);
      }
      for (const [id, username] of [
        [first, 'gruss'],
        [twin, 'gruß'],
        [first, 'gruß'],
      ] as const)
        expect((await change(id, { username, display_name: 'half done' })).status).toBe(400);
      expect(await both()).toEqual(before);

      // Each keeps its own, in whatever case.
      for (const [id, email] of [
        [first, 'GRUß@example.com'],
        [twin, 'GRUSS@example.com'],
      ] as const)
        expect(await change(id, { email })).toMatchObject({ status: 200, body: { data: { email } } });
      expect((await both()).map(({ emailKey }) => emailKey)).toEqual([
        'gruß@example.com',
        'gruss@example.com',
      ]);
      // What the other has left can be had.
      expect((await change(twin, { email: 'elsewhere-2@example.com' })).status).toBe(200);
      expect((await change(first, { email: 'gruss@example.com' })).status).toBe(200);
      expect((await change(twin, { email: 'gruß@example.com' })).status).toBe(400);
      // At once one gets it.
      const statuses = await Promise.all([
        change(first, { email: 'strauß@example.com' }),
        change(twin, { email: 'STRAUSS@example.com' }),
      ]);
      const codes = statuses.map(({ status }) => status).sort((left, right) => left - right);
      expect(codes[0]).toBe(200);
      expect([400, 409]).toContain(codes[1]);
      const keys = (await both()).map(({ emailKey }) => emailKey);
      expect(keys.filter((key) => key === 'strauss@example.com')).toHaveLength(1);
    });
  });

  test('fails under one count, however it is spelled', async () => {
    await addTo(acme, 'ångström');
    const from = anAddress();
    for (let index = 0; index < 10; index++)
      await login('ÅNGSTRÖM'.normalize(index % 2 ? 'NFC' : 'NFD'), 'wrong', { from, tenant: 'acme' });
    expect((await login('ångström', PASSWORD, { tenant: 'acme' })).status).toBe(429);
  });

  test.each([
    ...['\u0301abc', 'a b', 'a\u200db', '-a', 'a\u0000'],
    // Letters and marks that nobody sees.
    ...['\u3164', '\u115f\u1160', 'a\u034f', 'a\ufe0f', 'a\u{e0100}', '\u17b4'],
  ])('%j is none', async (username) => {
    const body = { username, email: 'x1@example.com', password: PASSWORD };
    expect((await acme.admin.call(createMember, { body })).status).toBe(400);
  });
});

test('an email has one spelling: at an internationalised domain it is the same as text and as punycode', async () => {
  const make = (username: string, email: string) =>
    acme.admin.call(createMember, { body: { username, email, password: PASSWORD } });
  const made = await make('idn_1', 'info@bücher.example');
  expect([made.status, made.body.data.email]).toEqual([201, 'info@xn--bcher-kva.example']);
  for (const email of ['info@xn--bcher-kva.example', 'INFO@BÜCHER.example'.normalize('NFD')])
    expect((await make('idn_2', email)).body.error.details).toEqual({ email: ['该邮箱已存在'] });
  const params = { id: String(made.body.data.id) };
  const same = await acme.admin.call(updateMember, { params, body: { email: 'info@XN--BCHER-KVA.example' } });
  expect(same.body.data.email).toBe('info@xn--bcher-kva.example');
  for (const search of ['info@bücher.example', 'xn--bcher'])
    expect((await acme.admin.ask(listMembers, { query: { search } })).count).toBe(1);
});

describe('a name that many tenants know', () => {
  const tenants: string[] = [];
  beforeAll(async () => {
    for (let index = 0; index < 12; index++) {
      const code = `many-${index}`;
      await gateway.root.ask(createTenant, { body: { code, name: code, timezone: 'UTC' } });
      tenants.push(code);
      await gateway.root.as(gateway.rootToken, { 'x-tenant-id': code }).ask(createMember, {
        body: { username: 'shared', email: 's@example.com', password: `password-of-${code}` },
      });
    }
  });

  test('costs one hash, as any other, and asks for the tenant whichever of them fits', async () => {
    await addTo(acme, 'only_one');
    for (const name of ['shared', 'only_one', 'nobody_has_this'])
      expect(await hashesOf(() => login(name, 'wrong-password'))).toBe(1);
    for (const code of tenants)
      expect(codeOf(await login('shared', `password-of-${code}`))).toEqual([400, 'TENANT_REQUIRED']);
    expect(codeOf(await login('shared', 'wrong-password'))).toEqual([401, 'AUTH_001']);
    expect((await login('shared', 'password-of-many-11', { tenant: 'many-11' })).status).toBe(200);
    expect((await login('shared', 'password-of-many-10', { tenant: 'many-11' })).status).toBe(401);
  });

  test('is closed by ten failures for logins without a tenant, and nobody’s account with it', async () => {
    const answers = await Promise.all(Array.from({ length: 14 }, () => login('shared', 'wrong-password')));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(4);
    expect((await login('shared', 'password-of-many-3')).status).toBe(429);
    for (const code of tenants.slice(0, 3))
      expect((await login('shared', `password-of-${code}`, { tenant: code })).status).toBe(200);
  });

  test('does not lock the platform’s administrator out, who has no tenant to name', async () => {
    await addTo(acme, 'root', 'not-the-platforms-1');
    const from = anAddress();
    const answers: number[] = [];
    for (let index = 0; index < 13; index++)
      answers.push((await login('root', 'wrong-password', { from })).status);
    expect(answers).toEqual([...Array<number>(10).fill(401), 429, 429, 429]);
    expect((await login('root', PASSWORD, { from })).body.data.user).toMatchObject({ role: 'super' });
    expect((await login('root', 'not-the-platforms-1', { tenant: 'acme' })).status).toBe(200);
    const failures = gateway.kit.connection.collection<{ _id: string }>('login_failures');
    await login('root', 'wrong-password');
    await failures.updateOne({ _id: /^platform:/ } as never, { $set: { count: 100 } });
    expect((await login('root', PASSWORD)).status).toBe(429);
    await failures.deleteMany({});
  });
});

describe('whoever logs in', () => {
  const importing = (rows: number) =>
    acme.admin.send('post', '/api/v1/members/import/', {
      headers: { 'content-type': 'text/csv' },
      raw: [
        'username,email,password',
        ...Array.from({ length: rows }, (_, row) => `bulk_${row},bulk_${row}@example.com,a-good-password`),
      ].join('\n'),
    });

  test('does not wait for another tenant’s import, nor for its own', async () => {
    await addTo(acme, 'in_a_hurry');
    await addTo(globex, 'in_a_hurry_too');
    let isImported = false;
    const imported = importing(60).finally(() => (isImported = true));
    for (let index = 0; index < 3; index++) {
      expect((await login('in_a_hurry', PASSWORD)).status).toBe(200);
      expect((await login('in_a_hurry_too', PASSWORD)).status).toBe(200);
    }
    expect(isImported).toBe(false);
    expect((await imported).body.data).toMatchObject({ created: 60, failed: 0 });
  });

  test('goes before most of another tenant’s wrong passwords', async () => {
    await addTo(globex, 'not_held_up');
    let unanswered = 45;
    const wrong = Array.from({ length: unanswered }, (_, index) =>
      login(`guess_${index}`, 'wrong-password', { tenant: 'acme' }).finally(() => unanswered--),
    );
    expect((await login('not_held_up', PASSWORD, { tenant: 'globex' })).status).toBe(200);
    expect(unanswered).toBeGreaterThan(15);
    await Promise.all(wrong);
  });
});
