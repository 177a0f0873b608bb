import { changeIssuer, clashOf, type ExternalIssuer } from './issuer.ts';
import { publicKeysOf } from './key-set.ts';
import { claimAt, externalIdOf, joiningOf, roleOf } from './person.ts';

const issuer = (issuer: string, subjectPrefix: string, audience = 'a') => ({
  issuer,
  subjectPrefix,
  audience,
});
const claims = { username: 'name', email: 'email', displayName: 'full', role: null, adminValues: [] };

test.each([
  ['the same issuer and audience', issuer('one', 'x:'), 'same'],
  ['another audience under its prefix', issuer('one', '1:', 'b'), null],
  ['another audience under a prefix of its own', issuer('one', '3:', 'b'), null],
  ['another audience under a longer prefix', issuer('one', '1:1', 'b'), 'prefix'],
  ['another issuer under the same prefix', issuer('two', '1:'), 'prefix'],
  ['another issuer under a longer prefix', issuer('two', '1:2:'), 'prefix'],
  ['another issuer without one', issuer('two', ''), 'prefix'],
  ['another issuer under its own', issuer('two', '2:'), null],
])('beside an issuer: %s', (_what, given, expected) => {
  expect(clashOf(given, [issuer('one', '1:')])).toBe(
    given.issuer === 'one' && given.audience === 'a' ? 'same' : expected,
  );
});

test('a change that changes nothing makes no other issuer', () => {
  const before = { name: 'one', claims, sequence: 1 } as unknown as ExternalIssuer;
  expect(
    changeIssuer(before, { name: 'one', claims: { email: 'email' }, jwksUri: undefined }, new Date()),
  ).toBe(before);
  expect(changeIssuer(before, { claims: { email: 'mail' } }, new Date())).toMatchObject({
    claims: { ...claims, email: 'mail' },
    sequence: 2,
  });
});

test.each([
  [{ 'a.b': 1, a: { b: 2 } }, 'a.b', 1],
  [{ a: { b: 2 } }, 'a.b', 2],
  [{ a: { b: 2 } }, 'a.c', undefined],
  [{ a: null }, 'a.b', undefined],
  [{ a: 'text' }, 'a.length', undefined],
  [{}, '__proto__.toString', undefined],
  [{}, 'constructor', undefined],
])('of %j, %s is %j', (told, name, expected) => expect(claimAt(told, name)).toBe(expected));

test.each([
  ['', 'ada', 'ada'],
  ['co:', 'ada', 'co:ada'],
  ['', '', null],
  ['co:', '', null],
  ['', 7, null],
  ['co:', 'x'.repeat(253), null],
  ['', 'a\0b', null],
  ['', 'e\u0301', null],
])('with the prefix %j, the subject %j is the member %j', (subjectPrefix, sub, expected) =>
  expect(externalIdOf({ subjectPrefix }, sub)).toBe(expected),
);

const withRoles = { maxRole: 'admin', claims: { ...claims, role: 'groups', adminValues: ['boss'] } } as const;
test.each([
  [{ maxRole: 'member', claims: withRoles.claims }, { groups: ['boss'] }, 'member'],
  [{ maxRole: 'admin', claims }, {}, 'admin'],
  [withRoles, { groups: ['staff', 'boss'] }, 'admin'],
  [withRoles, { groups: 'boss' }, 'admin'],
  [withRoles, { groups: 'boss staff' }, 'member'],
  [withRoles, { groups: [['boss']] }, 'member'],
  [withRoles, {}, 'member'],
] as const)('%j and %j give %s', (given, told, expected) => expect(roleOf(given, told)).toBe(expected));

test('who is seen for the first time is told by the claims that are named, or not made', () => {
  const join = (told: Record<string, unknown>) => joiningOf({ maxRole: 'admin', claims }, told);
  expect(join({ name: 'ada', email: 'ada@Example.COM', full: ' Ada ' })).toEqual({
    username: 'ada',
    email: 'ada@Example.COM',
    displayName: 'Ada',
    role: 'member',
  });
  expect(join({ name: 'ada', email: 'ada@example.com', full: 7 })).toMatchObject({ displayName: undefined });
  expect(join({ email: 'ada@example.com' })).toEqual({ reason: 'claim_missing', claim: 'name' });
  expect(join({ name: 'a b', email: 'ada@example.com' })).toEqual({ reason: 'claim_invalid', claim: 'name' });
});

test('of a key set, what is public and checks signatures is taken', () => {
  const rsa = { kty: 'RSA', n: 'AQ', e: 'AQAB', kid: 'one' };
  const published = {
    keys: [{ ...rsa, d: 'secret', x5c: ['…'] }, { ...rsa, use: 'enc' }, { kty: 'oct', k: 'AA' }, null],
  };
  expect(publicKeysOf(JSON.stringify(published))).toEqual([rsa]);
  for (const wrong of ['', '{}', '[]', 'null', '{"keys":{}}', '{"keys":[]}', '{"keys":[{"kty":"oct"}]}'])
    expect(() => publicKeysOf(wrong)).toThrow();
  expect(() => publicKeysOf(JSON.stringify({ keys: Array(101).fill(rsa) }))).toThrow('more than 100');
});
