/** Tokens that others made: a process of the tests' own publishes its keys, and tenants trust it. */
import { createHash, createHmac } from 'node:crypto';
import { exportSPKI, importJWK, type CryptoKey, type JWTPayload } from 'jose';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import * as contracts from '@membership/contracts/endpoints/gateway/external-issuers';
import {
  createMember,
  deactivateMember,
  getMember,
  listMembers,
  updateMember,
} from '@membership/contracts/endpoints/gateway/members';
import { resumeTenant, suspendTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { eventually } from '@membership/platform/testing/service-kit';
import {
  forge,
  PASSWORD,
  startGateway,
  withinASecond,
  type ATenant,
  type GatewayKit,
} from './gateway-kit.ts';
import type { Answering } from './issuer-process.ts';
import { signed, startIssuer, type Issuer, type SigningKey } from './issuer.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let issuer: Issuer;
let key: SigningKey;
let counter = 0;

beforeAll(async () => {
  issuer = await startIssuer();
  key = await issuer.aKey();
  await issuer.publish(key);
  gateway = await startGateway({ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', ISSUER_COOL_DOWN_SECONDS: '0' });
  [acme, globex] = [await gateway.aTenant('acme'), await gateway.aTenant('globex')];
});
afterAll(async () => {
  await gateway?.stop();
  await issuer?.close();
});

/** A tenant trusts ten at most: each test takes its own away. */
const registered: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const remove of registered.splice(0)) await remove();
});
async function register(tenant: ATenant, more: Record<string, unknown> = {}) {
  const made = await tenant.admin.ask(contracts.createExternalIssuer, { body: bodyOf(more) });
  registered.push(() => tenant.admin.call(contracts.deleteExternalIssuer, byId(made)));
  return made;
}
const bodyOf = (more: Record<string, unknown> = {}) => ({
  name: 'Company login',
  issuer: issuer.name,
  audience: `audience-${++counter}`,
  jwks_uri: issuer.jwksUri,
  algorithms: ['RS256' as const],
  ...more,
});
const byId = ({ id }: { id: number }) => ({ params: { id: String(id) } });
/** Registered, and who it makes of a token. */
async function trusted(tenant: ATenant, more: Record<string, unknown> = {}) {
  const registered = await register(tenant, { create_members: true, ...more });
  return {
    ...registered,
    claims: (sub = `subject-${++counter}`, others: JWTPayload = {}): JWTPayload => ({
      iss: registered.issuer,
      aud: registered.audience,
      sub,
      preferred_username: `user.${++counter}`,
      email: `user.${counter}@example.com`,
      name: 'Ada Lovelace',
      ...others,
    }),
  };
}
const me = async (token: string, headers: Record<string, string> = {}) => {
  const answer = await gateway.anyone.as(token, headers).call(auth.me, {});
  return answer.status === 200 ? answer.body.data : `${answer.status} ${answer.body.error.code}`;
};
const reasonOf = async (token: string) =>
  (await gateway.anyone.as(token).call(auth.me, {})).body.error?.details?.reason;

describe('an issuer that is registered', () => {
  test('is listed, changed and removed by administrators of its tenant, with a fact each', async () => {
    const made = await register(acme, {
      claims: { role: 'groups', admin_values: ['boss'] },
      subject_prefix: 'a:',
    });
    expect(made).toMatchObject({
      algorithms: ['RS256'],
      max_role: 'member',
      create_members: false,
      is_enabled: true,
      claims: { username: 'preferred_username', role: 'groups', admin_values: ['boss'] },
      keys: { kids: [], fetched_at: null, failing_since: null },
    });
    const changed = await acme.admin.ask(contracts.updateExternalIssuer, {
      ...byId(made),
      body: { claims: { email: 'mail' }, algorithms: ['ES256', 'ES256'] },
    });
    expect(changed).toMatchObject({ algorithms: ['ES256'], claims: { email: 'mail', role: 'groups' } });
    // What changes nothing tells nothing.
    await acme.admin.ask(contracts.updateExternalIssuer, { ...byId(made), body: { name: made.name } });
    expect((await acme.admin.ask(contracts.listExternalIssuers, {})).items.map(({ id }) => id)).toContain(
      made.id,
    );
    expect(
      (await acme.admin.ask(contracts.listExternalIssuers, { query: { is_enabled: 'false' } })).items,
    ).toEqual([]);
    await acme.admin.call(contracts.deleteExternalIssuer, byId(made));
    expect((await acme.admin.call(contracts.getExternalIssuer, byId(made))).status).toBe(404);
    await eventually(() =>
      expect(
        gateway.kit.heard
          .filter(({ type, subject }) => type.startsWith('external_issuer.') && subject === String(made.id))
          .map(({ type, sequence }) => `${type} ${sequence}`),
      ).toEqual([
        'external_issuer.created.v1 1',
        'external_issuer.updated.v1 2',
        'external_issuer.deleted.v1 3',
      ]),
    );
  });

  test('is nobody’s business but its tenant’s administrators’', async () => {
    const made = await register(acme);
    for (const [endpoint, body] of [
      [contracts.getExternalIssuer, undefined],
      [contracts.updateExternalIssuer, { name: 'Mine' }],
      [contracts.deleteExternalIssuer, undefined],
    ] as const)
      expect((await globex.admin.call(endpoint as never, { ...byId(made), body } as never)).status).toBe(404);
    const { client } = await acme.aMember();
    expect((await client.call(contracts.listExternalIssuers, {})).status).toBe(403);
    expect((await client.call(contracts.createExternalIssuer, { body: bodyOf() })).status).toBe(403);
    expect((await gateway.anyone.call(contracts.listExternalIssuers, {})).status).toBe(401);
    await acme.admin.call(contracts.deleteExternalIssuer, byId(made));
  });

  test.each([
    ['no algorithm', { algorithms: [] }, 'algorithms'],
    ['none', { algorithms: ['none'] }, 'algorithms.0'],
    ['a symmetric algorithm', { algorithms: ['RS256', 'HS256'] }, 'algorithms.1'],
    ['an address that is none', { jwks_uri: 'ftp://login.example.com/keys' }, 'jwks_uri'],
    ['an address inside', { jwks_uri: 'http://169.254.169.254/keys' }, 'jwks_uri'],
    ['an address with a password', { jwks_uri: 'https://a:b@login.example.com/keys' }, 'jwks_uri'],
    ['our own name', { issuer: 'membership-platform' }, 'issuer'],
    ['more than may be given', { max_role: 'super' }, 'max_role'],
    ['no audience', { audience: '' }, 'audience'],
    ['a claim that is no name', { claims: { username: '' } }, 'claims.username'],
    ['a field that is not there', { secret: 'x' }, 'secret'],
  ])('is refused with %s', async (_what, more, field) => {
    const answer = await acme.admin.call(contracts.createExternalIssuer, { body: bodyOf(more) as never });
    expect([answer.status, Object.keys(answer.body.error.details)]).toEqual([400, [field]]);
  });

  test('stands once for an audience, whatever comes at once, and subjects of two are never one person', async () => {
    const tenant = await gateway.aTenant();
    const body = { ...bodyOf(), subject_prefix: 'first:' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => tenant.admin.call(contracts.createExternalIssuer, { body })),
    );
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([201, 400, 400]);
    const other = bodyOf({ issuer: 'https://other.example/' });
    for (const subject_prefix of ['', 'first:', 'first:a', 'fir']) {
      const refused = await tenant.admin.call(contracts.createExternalIssuer, {
        body: { ...other, subject_prefix },
      });
      expect([refused.status, Object.keys(refused.body.error.details)]).toEqual([400, ['subject_prefix']]);
    }
    await tenant.admin.ask(contracts.createExternalIssuer, { body: { ...other, subject_prefix: 'second:' } });
    for (let count = 2; count < 10; count++) await register(tenant, { subject_prefix: 'first:' });
    const tooMany = await tenant.admin.call(contracts.createExternalIssuer, {
      body: bodyOf({ subject_prefix: 'first:' }),
    });
    expect([tooMany.status, tooMany.body.error.code]).toEqual([409, 'BIZ_002']);
  });

  test('is made once under a repeated key', async () => {
    const headers = { 'idempotency-key': 'an-issuer-once' };
    const body = bodyOf({ subject_prefix: '' });
    const tenant = await gateway.aTenant();
    const client = gateway.anyone.as(tenant.adminToken, headers);
    const first = await client.ask(contracts.createExternalIssuer, { body });
    expect((await client.ask(contracts.createExternalIssuer, { body })).id).toBe(first.id);
    expect((await tenant.admin.ask(contracts.listExternalIssuers, {})).count).toBe(1);
  });
});

describe('a token of an external issuer', () => {
  test('is taken as its member, who is made once when it is seen for the first time, from two requests at once', async () => {
    const { claims, ...registered } = await trusted(acme);
    const sent = claims('ada', { email_verified: true });
    const token = await signed(key, sent);
    const replica = await gateway.aReplica();
    const asked = [gateway.anyone, gateway.anyone, replica.anyone, replica.anyone].map((client) =>
      client.as(token).ask(auth.me, {}),
    );
    const answers = await Promise.all(asked);
    await replica.stop();
    expect(new Set(answers.map(({ user }) => user.id)).size).toBe(1);
    expect(answers[0]).toMatchObject({
      user: { username: sent['preferred_username'], email: sent['email'], role: 'member' },
      tenant: { code: 'acme' },
    });
    const id = answers[0]?.user.id as number;
    expect(await acme.admin.ask(getMember, byId({ id }))).toMatchObject({
      external_id: 'ada',
      display_name: 'Ada Lovelace',
    });
    await eventually(() => expect(gateway.factsAbout('member', id)).toEqual(['member.created.v1 1']));
    expect(
      gateway.kit.heard.find(({ subject, type }) => subject === String(id) && type === 'member.created.v1'),
    ).toMatchObject({
      actor: `system:external-issuer:${registered.id}`,
    });
    // Proxied, it speaks for the member as a token of ours would.
    const { client } = await acme.aMember();
    expect((await client.call(getMember, byId({ id }))).status).toBe(403);
    expect((await acme.admin.ask(contracts.getExternalIssuer, byId(registered))).keys.kids).toEqual([
      key.kid,
    ]);
  });

  test('is taken as the member whose external id its subject is, and never as another by name or address', async () => {
    const { claims } = await trusted(acme, { create_members: false });
    const token = await signed(key, claims('linked-by-hand'));
    expect(await me(token)).toBe('403 PERM_001');
    expect(await reasonOf(token)).toBe('no_member');
    const { id } = await acme.admin.ask(createMember, {
      body: {
        username: 'by_hand',
        email: 'by_hand@example.com',
        password: PASSWORD,
        external_id: 'linked-by-hand',
      },
    });
    await withinASecond(async () => expect(await me(token)).toMatchObject({ user: { id } }));
    // The names of others are theirs.
    const made = await trusted(acme);
    const names = { preferred_username: 'by_hand', email: 'someone.else@example.com' };
    expect(await reasonOf(await signed(key, made.claims('a-thief', names)))).toBe('username_taken');
    const address = { preferred_username: 'somebody.else', email: 'BY_HAND@example.com' };
    expect(await reasonOf(await signed(key, made.claims('a-thief', address)))).toBe('email_taken');
    for (const [more, reason] of [
      [{ email: undefined }, 'claim_missing'],
      [{ email: 'no address' }, 'claim_invalid'],
      [{ preferred_username: ['a'] }, 'claim_invalid'],
      [{ email_verified: false }, 'email_unverified'],
      // As some login servers write it.
      [{ email_verified: 'false' }, 'email_unverified'],
    ] as const)
      expect(await reasonOf(await signed(key, made.claims('a-thief', more)))).toBe(reason);
    expect((await acme.admin.ask(listMembers, { query: { search: 'thief' } })).count).toBe(0);
  });

  test.each([
    ['RS256', 'RS256'],
    ['ES256', 'ES256'],
    ['EdDSA', 'EdDSA'],
    ['PS384', 'PS384'],
  ])('may be signed by %s', async (alg) => {
    const other = await issuer.aKey(alg);
    await issuer.publish(key, other);
    const { claims } = await trusted(acme, { algorithms: [alg] });
    expect(await me(await signed(other, claims()))).toMatchObject({ tenant: { code: 'acme' } });
    await issuer.publish(key);
  });

  test('gives no more than its issuer may, and no administrator where no claim says so', async () => {
    const { claims, ...registered } = await trusted(acme, {
      max_role: 'admin',
      claims: { role: 'realm_access.roles', admin_values: ['membership-admin'] },
    });
    const roles = (...told: string[]) => ({ realm_access: { roles: told } });
    const roleOf = async (payload: JWTPayload) => {
      const found = await me(await signed(key, payload));
      return typeof found === 'string' ? found : found.user.role;
    };
    expect(await roleOf(claims('plain', roles('user', 'super', 'admin')))).toBe('member');
    expect(await roleOf(claims('boss', roles('user', 'membership-admin')))).toBe('admin');
    // A record that is an administrator’s is narrowed by a token that does not say so.
    expect(await roleOf(claims('boss'))).toBe('member');
    await acme.admin.ask(contracts.updateExternalIssuer, {
      ...byId(registered),
      body: { max_role: 'member' },
    });
    expect(await roleOf(claims('boss', roles('membership-admin')))).toBe('member');
    expect(await roleOf(claims('new-boss', roles('membership-admin')))).toBe('member');
    // An issuer may speak for administrators without making any.
    const speaking = await trusted(acme, { max_role: 'admin' });
    expect(await roleOf(speaking.claims('boss'))).toBe('admin');
    expect(await roleOf(speaking.claims('nobody-yet'))).toBe('member');
  });

  test.each([
    ['another audience', { aud: 'another' }, '401 AUTH_003'],
    ['no audience', { aud: undefined }, '401 AUTH_003'],
    ['no end', { exp: undefined }, '401 AUTH_003'],
    ['an end that is over', { exp: 1_700_000_000 }, '401 AUTH_002'],
    ['not valid yet', { nbf: Math.floor(Date.now() / 1000) + 3_600 }, '401 AUTH_003'],
    ['an issuer that nobody trusts', { iss: 'https://evil.example/' }, '401 AUTH_003'],
    ['no subject', { sub: undefined }, '401 AUTH_003'],
    ['a subject too long to be one', { sub: 'x'.repeat(256) }, '401 AUTH_003'],
    ['a subject in another spelling', { sub: 'e\u0301' }, '401 AUTH_003'],
  ])('is refused with %s', async (_what, more, expected) => {
    const { claims } = await trusted(acme);
    expect(await me(await signed(key, { ...claims(), ...more } as JWTPayload))).toBe(expected);
  });

  test('is borne half a minute before its time and after its end, and no longer', async () => {
    const { claims } = await trusted(acme);
    const now = Math.floor(Date.now() / 1000);
    const of = async (more: JWTPayload) => me(await signed(key, claims('skewed', more)));
    expect(await of({ exp: now - 15 })).toMatchObject({ user: { role: 'member' } });
    expect(await of({ nbf: now + 15 })).toMatchObject({ user: { role: 'member' } });
    expect([await of({ exp: now - 40 }), await of({ nbf: now + 600 })]).toEqual([
      '401 AUTH_002',
      '401 AUTH_003',
    ]);
  });

  test('is refused when it was signed with what is public, by another’s key, or by another algorithm', async () => {
    const { claims } = await trusted(acme);
    const payload = { ...claims(), exp: Math.floor(Date.now() / 1000) + 600 };
    const pem = await exportSPKI((await importJWK(key.jwk, 'RS256')) as CryptoKey);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const alg of ['HS256', 'none', 'RS512', 'ES256']) {
      const input = `${encode({ alg, kid: key.kid })}.${encode(payload)}`;
      for (const secret of [pem, pem.trim(), JSON.stringify(key.jwk), String(key.jwk.n), ''])
        expect(await me(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)).toBe(
          '401 AUTH_003',
        );
      expect(await me(`${input}.`)).toBe('401 AUTH_003');
    }
    const evil = await issuer.aKey();
    expect(await me(await signed({ ...evil, kid: key.kid }, payload))).toBe('401 AUTH_003');
    expect(await me(await signed(evil, payload, { jwk: evil.jwk, jku: issuer.jwksUri }))).toBe(
      '401 AUTH_003',
    );
    // The platform's own secret makes no token of another issuer.
    expect(await me(forge(payload))).toBe('401 AUTH_003');
    const [head, , signature] = (await signed(key, payload)).split('.');
    expect(await me(`${head}.${encode({ ...payload, sub: 'somebody-else' })}.${signature}`)).toBe(
      '401 AUTH_003',
    );
  });

  test('is its tenant’s alone', async () => {
    const { claims } = await trusted(acme);
    const token = await signed(key, claims());
    expect(await me(token, { 'x-tenant-id': 'acme' })).toMatchObject({ tenant: { code: 'acme' } });
    expect(await me(token, { 'x-tenant-id': 'globex' })).toBe('403 PERM_001');
    const known = ((await me(token)) as { user: { id: number } }).user.id;
    expect((await globex.admin.call(getMember, byId({ id: known }))).status).toBe(404);
  });

  test('that two tenants could take names its own', async () => {
    const audience = `shared-${++counter}`;
    const { claims } = await trusted(acme, { audience });
    await trusted(globex, { audience });
    const token = await signed(key, claims('of-two'));
    expect(await me(token)).toBe('401 AUTH_003');
    expect(await me(token, { 'x-tenant-id': 'acme' })).toMatchObject({ tenant: { code: 'acme' } });
    expect(await me(token, { 'x-tenant-id': String(globex.id) })).toMatchObject({
      tenant: { code: 'globex' },
    });
  });

  test('is answered while the keys of another tenant that took its names do not come', async () => {
    const hanging = await startIssuer();
    registered.push(() => hanging.close());
    await hanging.answer('never');
    const audience = `shared-${++counter}`;
    const { claims } = await trusted(acme, { audience });
    const other = await trusted(globex, { audience, jwks_uri: hanging.jwksUri });
    const past = { exp: Math.floor(Date.now() / 1000) - 600 };
    const [held, ended] = await Promise.all([
      me(await signed(key, claims('not-held-up'))),
      me(await signed(key, claims('not-held-up', past))),
    ]);
    expect([held, ended]).toMatchObject([{ tenant: { code: 'acme' } }, '401 AUTH_002']);
    // The other one is still being waited for.
    const { keys } = await globex.admin.ask(contracts.getExternalIssuer, byId(other));
    expect([await hanging.asked(), keys.failing_since]).toEqual([1, null]);
    expect(await me(await signed(key, claims('not-held-up')))).toMatchObject({ tenant: { code: 'acme' } });
  });

  test('a logout is kept though the token ends later than any date', async () => {
    const { claims } = await trusted(acme);
    const token = await signed(key, claims('for-ever', { exp: 1e300 }));
    expect(await me(token)).toMatchObject({ tenant: { code: 'acme' } });
    expect((await gateway.anyone.as(token).call(auth.logout, { body: {} })).status).toBe(200);
    const name = `text:${createHash('sha256').update(token).digest('base64url')}`;
    const kept = await gateway.kit.connection
      .collection<{ _id: string; expiresAt: Date }>('revocations')
      .findOne({ _id: name });
    expect(kept?.expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(await me(token)).toBe('401 AUTH_003');
  });

  test('ends with its tenant, its member, its issuer’s registration and a logout, each within a second', async () => {
    const tenant = await gateway.aTenant();
    const { claims, ...registered } = await trusted(tenant);
    const token = await signed(key, claims('leaving'));
    const { user } = (await me(token)) as { user: { id: number } };
    const becomes = (expected: unknown) =>
      withinASecond(async () => expect(await me(token)).toEqual(expected));
    await gateway.root.ask(suspendTenant, { ...byId(tenant), body: {} });
    await becomes('403 TENANT_SUSPENDED');
    await gateway.root.ask(resumeTenant, { ...byId(tenant), body: {} });
    await becomes(expect.objectContaining({ user: expect.objectContaining({ id: user.id }) }));
    await tenant.admin.call(deactivateMember, byId(user));
    await becomes('401 AUTH_003');
    await tenant.admin.ask(updateMember, { ...byId(user), body: { is_active: true } });
    await becomes(expect.objectContaining({ user: expect.objectContaining({ id: user.id }) }));
    await tenant.admin.ask(contracts.updateExternalIssuer, {
      ...byId(registered),
      body: { is_enabled: false },
    });
    await becomes('401 AUTH_003');
    await tenant.admin.ask(contracts.updateExternalIssuer, {
      ...byId(registered),
      body: { is_enabled: true },
    });
    await becomes(expect.objectContaining({ user: expect.objectContaining({ id: user.id }) }));
    // A password that an administrator sets is no matter of theirs.
    await tenant.admin.ask(updateMember, { ...byId(user), body: { password: PASSWORD } });
    expect(await me(token)).toMatchObject({ user: { id: user.id } });
    expect((await gateway.anyone.as(token).call(auth.logout, { body: {} })).status).toBe(200);
    await becomes('401 AUTH_003');
    expect(await me(await signed(key, { ...claims('leaving'), jti: 'another' }))).toMatchObject({
      user: { id: user.id },
    });
    await tenant.admin.call(contracts.deleteExternalIssuer, byId(registered));
    await withinASecond(async () =>
      expect(await me(await signed(key, claims('leaving')))).toBe('401 AUTH_003'),
    );
  });

  test('on a public endpoint counts as none where it does not hold', async () => {
    const { claims } = await trusted(acme);
    const bad = await signed(await issuer.aKey(), claims());
    const body = { username: 'boss_of_nobody', password: PASSWORD };
    expect((await gateway.anyone.as(bad).call(auth.login, { body })).status).toBe(401);
    expect((await gateway.anyone.as(bad).send('get', '/.well-known/jwks.json')).status).toBe(200);
  });
});

describe('the keys of an issuer', () => {
  test('are another’s after a rotation: the new one is fetched when a token names it, the old one is refused', async () => {
    const { claims } = await trusted(acme);
    const before = await signed(key, claims('rotating'));
    expect(await me(before)).toMatchObject({ tenant: { code: 'acme' } });
    const next = await issuer.aKey();
    await issuer.publish(key, next);
    expect(await me(await signed(next, claims('rotating')))).toMatchObject({ tenant: { code: 'acme' } });
    expect(await me(before)).toMatchObject({ tenant: { code: 'acme' } });
    await issuer.publish(next);
    // Nobody names a key that is not there, so the set is as it was; a made-up one shows that the old key is gone.
    await me(await signed({ ...next, kid: 'made-up' }, claims('rotating')));
    expect(await me(before)).toBe('401 AUTH_003');
    // Without a name, the one key that there is.
    const unnamed = await issuer.aKey();
    await issuer.publish({ ...unnamed, jwk: { ...unnamed.jwk, kid: undefined } as never });
    expect(await me(await signed(unnamed, claims('rotating'), { kid: undefined }))).toMatchObject({
      tenant: { code: 'acme' },
    });
    await issuer.publish(key);
    await me(await signed({ ...key, kid: 'made-up' }, claims('rotating')));
    expect(await me(before)).toMatchObject({ tenant: { code: 'acme' } });
  });

  test('are all tried for a token that names none, or a name that several have', async () => {
    const [first, second, stranger] = [await issuer.aKey(), await issuer.aKey(), await issuer.aKey()];
    const unnamed = { kid: undefined };
    await issuer.publish(first, second);
    const { claims } = await trusted(acme);
    for (const one of [first, second])
      expect(await me(await signed(one, claims('unnamed'), unnamed))).toMatchObject({
        tenant: { code: 'acme' },
      });
    expect(await me(await signed(stranger, claims('unnamed'), unnamed))).toBe('401 AUTH_003');
    const past = { exp: Math.floor(Date.now() / 1000) - 60 };
    expect(await me(await signed(second, claims('unnamed', past), unnamed))).toBe('401 AUTH_002');
    await issuer.publish(first, { jwk: { ...second.jwk, kid: first.kid } });
    await me(await signed({ ...key, kid: 'made-up' }, claims('unnamed')));
    expect(await me(await signed(second, claims('unnamed'), { kid: first.kid }))).toMatchObject({
      tenant: { code: 'acme' },
    });
    await issuer.publish(key);
  });

  test('are asked for once, however many tokens name keys that are not there; a good token goes on meanwhile', async () => {
    const flooded = await startIssuer();
    await flooded.publish(key);
    const tenant = await gateway.aTenant();
    const { claims } = await trusted(tenant, { issuer: flooded.name, jwks_uri: flooded.jwksUri });
    const calm = await gateway.aReplica({ ISSUER_COOL_DOWN_SECONDS: '3600' });
    const ask = async (token: string) => (await calm.anyone.as(token).call(auth.me, {})).status;
    const good = await signed(key, claims('steady'));
    expect(await ask(good)).toBe(200);
    const evil = await issuer.aKey();
    const bad = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        signed({ ...evil, kid: `made-up-${index}` }, claims('steady')),
      ),
    );
    const answers = await Promise.all([...bad.map(ask), ...Array.from({ length: 20 }, () => ask(good))]);
    expect(answers.slice(0, 100)).toEqual(Array(100).fill(401));
    expect(answers.slice(100)).toEqual(Array(20).fill(200));
    expect(await flooded.asked()).toBe(1);
    await calm.stop();
    await flooded.close();
  });

  test('serve on while the issuer hangs and when it is gone, in a gateway that was just started, too; back, it is asked', async () => {
    const away = await startIssuer();
    await away.publish(key);
    const tenant = await gateway.aTenant();
    const { claims } = await trusted(tenant, { issuer: away.name, jwks_uri: away.jwksUri });
    const steady = async () => me(await signed(key, claims('steady')));
    expect(await steady()).toMatchObject({ user: { role: 'member' } });
    const next = await issuer.aKey();
    const fromNext = await signed(next, claims('steady'));
    await away.answer('never');
    const waiting = me(fromNext);
    await eventually(async () => expect(await away.asked()).toBe(2));
    expect(await steady()).toMatchObject({ user: { role: 'member' } });
    await away.close();
    expect(await waiting).toBe('401 AUTH_003');
    expect(await steady()).toMatchObject({ user: { role: 'member' } });
    expect(await me(fromNext)).toBe('401 AUTH_003');
    const replica = await gateway.aReplica();
    const asked = await replica.anyone.as(await signed(key, claims('steady'))).call(auth.me, {});
    await replica.stop();
    expect(asked.status).toBe(200);
    const back = await startIssuer(away.port);
    await back.publish(next);
    expect(await me(fromNext)).toMatchObject({ user: { role: 'member' } });
    expect(await steady()).toBe('401 AUTH_003');
    await back.close();
  });

  describe('that cannot be read', () => {
    let failing: Issuer;
    beforeAll(async () => {
      failing = await startIssuer();
    });
    afterAll(() => failing?.close());

    test.each<[string, () => Answering]>([
      ['an issuer that is not there', () => ({ status: 500 })],
      ['one that sends elsewhere', () => ({ status: 302, headers: { location: issuer.jwksUri } })],
      ['what is no key set', () => ({ body: '<html>' })],
      ['too much', () => ({ body: `{"keys":[${' '.repeat(300_000)}]}` })],
      ['more keys than a set has', () => ({ body: JSON.stringify({ keys: Array(101).fill(key.jwk) }) })],
      ['secrets alone', () => ({ body: '{"keys":[{"kty":"oct","k":"AA"}]}' })],
      ['an answer that breaks off', () => 'breaks off'],
    ])('and were not before, are 503 and show why: %s', async (_what, how) => {
      const tenant = await gateway.aTenant();
      await failing.answer(how());
      const { claims, ...registered } = await trusted(tenant, {
        issuer: failing.name,
        jwks_uri: failing.jwksUri,
      });
      expect(await me(await signed(key, claims()))).toBe('503 SYS_002');
      const { keys } = await tenant.admin.ask(contracts.getExternalIssuer, byId(registered));
      expect(keys).toEqual({
        kids: [],
        fetched_at: null,
        failing_since: expect.any(String),
        failure: expect.any(String),
      });
      await failing.answer('with its keys');
      await failing.publish(key);
      expect(await me(await signed(key, claims()))).toMatchObject({ user: { role: 'member' } });
      expect((await tenant.admin.ask(contracts.getExternalIssuer, byId(registered))).keys).toMatchObject({
        kids: [key.kid],
        failing_since: null,
        failure: null,
      });
    });
  });
});
