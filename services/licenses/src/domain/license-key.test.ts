import { newLicenseKey } from './license-key.ts';

test('keys have 25 signs in five groups, none that is mistaken for another, and do not repeat', () => {
  const keys = Array.from({ length: 1_000 }, newLicenseKey);
  expect(new Set(keys).size).toBe(1_000);
  for (const key of keys) expect(key).toMatch(/^([2-9A-HJ-NP-Z]{5}-){4}[2-9A-HJ-NP-Z]{5}$/);
  // Every sign comes up: 25,000 draws of 32.
  expect(new Set(keys.join('').replaceAll('-', '')).size).toBe(32);
});
