import { believedUntil, signingKey, statusOf } from './token-key-state.ts';

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1_000);
const key = (kid: string, signsFrom: number, verifiesUntil: number | null = null) => ({
  kid,
  signsFrom: at(signsFrom),
  verifiesUntil: verifiesUntil === null ? null : at(verifiesUntil),
});
/** `second` was announced at 0 and signs from 600 on; what `first` signed until then lasts an hour. */
const keys = [key('first', -1_000, 4_260), key('second', 600)];

test.each([
  [0, { first: 'signing', second: 'next' }],
  [599, { first: 'signing', second: 'next' }],
  [600, { first: 'verifying', second: 'signing' }],
  [4_259, { first: 'verifying', second: 'signing' }],
  [4_260, { first: 'ended', second: 'signing' }],
])('after %d seconds', (seconds, expected) =>
  expect(Object.fromEntries(keys.map((one) => [one.kid, statusOf(one, keys, at(seconds))]))).toEqual(
    expected,
  ),
);

test('one that was withdrawn signs no more, and where there is no other, none does', () => {
  expect(signingKey([key('one', 0, 10), key('two', 5, 6)], at(7))?.kid).toBe('one');
  expect(signingKey([key('one', 0, 10)], at(10))).toBeUndefined();
});

test('a key is believed until the last token that it can have signed has ended', () =>
  expect(believedUntil(at(600), 3_600)).toEqual(at(4_260)));
