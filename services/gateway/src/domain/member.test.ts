import { FOLDED_OTHERWISE, nameKey, nameKeys } from './member.ts';

const characters = Array.from({ length: 0x20000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

test('the pattern finds every key in lower case that is not folded; a folded one is folded as it is', () => {
  const unfolded = characters.flatMap((one) => nameKeys(one).slice(1));
  expect(unfolded.length).toBeGreaterThan(50);
  expect(unfolded.filter((key) => !FOLDED_OTHERWISE.test(key))).toEqual([]);
  expect(unfolded.filter((key) => nameKey(nameKey(key)) !== nameKey(key))).toEqual([]);
});

test('folding the key of a version before comes to the same as folding the name', () => {
  const names = [...characters, 'ΣΩΚΡΆΤΗΣ', 'Straße', 'ΑΣ\u0301', 'ᾼΣ', 'ıİI'];
  expect(names.filter((name) => nameKeys(name).some((key) => nameKey(key) !== nameKey(name)))).toEqual([]);
});
