import { generateKeyPairSync } from 'node:crypto';
import { isSigned, signAnchor, thumbprintOf } from './anchor.ts';
import { BEFORE_ALL, hashOf, linkAfter, namesDigest, namesApart, type Entry } from './link.ts';

const member = (names: object) => ({
  ...{ _id: 'e1', tenantId: 3, type: 'member.created.v1', memberId: 5, position: 7 },
  text: JSON.stringify({
    id: 'e1',
    type: 'member.created.v1',
    data: { memberId: 5, ...names, role: 'member' },
  }),
});
const jane = member({ username: 'jane', email: 'jane@example.com', displayName: 'Jane', externalId: null });
const erased = member({
  username: 'erased:5',
  email: 'erased:5@erased.invalid',
  displayName: '',
  externalId: null,
});

test('a hash covers the entry, its place and the hash before', () => {
  const entry: Entry = { ...jane, _id: 'e2', type: 'points.earned.v1', text: '{"data":{}}' };
  const link = linkAfter({ number: 4, hash: 'before' }, entry);
  expect(link).toMatchObject({ _id: 'e2', tenantId: 3, number: 5, position: 7 });
  expect(link.hash).toBe(hashOf(link, 'before'));
  const others = [
    hashOf(link, 'another'),
    ...[{ number: 6 }, { position: 8 }, { _id: 'e3' }, { tenantId: 4 }, { digest: 'x' }, { names: 'x' }].map(
      (change) => hashOf({ ...link, ...change }, 'before'),
    ),
  ];
  expect(new Set([link.hash, ...others]).size).toBe(others.length + 1);
});

test('an erased person’s names leave the rest as it was covered; the digest of the names needs the salt', () => {
  const link = linkAfter(BEFORE_ALL, jane);
  const after = linkAfter(BEFORE_ALL, erased);
  expect(after.digest).toBe(link.digest);
  expect(link.memberId).toBe(5);
  expect(namesDigest(namesApart(jane)?.names as string, link.salt as string)).toBe(link.names);
  expect(namesDigest(namesApart(erased)?.names as string, link.salt as string)).not.toBe(link.names);
  expect(linkAfter(BEFORE_ALL, jane).names).not.toBe(link.names);
  // The salt is not covered, so that it can go.
  expect(hashOf({ ...link, salt: undefined } as never, '')).toBe(link.hash);
});

test('an anchor holds for what was signed, with the key that it names', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const x = publicKey.export({ format: 'jwk' }).x as string;
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x as string;
  const end = { tenantId: 3, day: '2026-03-01', number: 17, hash: 'h', previous: null };
  const anchor = signAnchor(end, { kid: thumbprintOf(x), key: privateKey }, new Date());
  expect([isSigned(anchor, x), isSigned(anchor, other)]).toEqual([true, false]);
  for (const change of [
    { tenantId: 4 },
    { day: '2026-03-02' },
    { number: 18 },
    { hash: 'i' },
    { previous: 'p' },
  ])
    expect(isSigned({ ...anchor, ...change }, x)).toBe(false);
});
