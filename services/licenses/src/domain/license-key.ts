/** Licence keys: how they are known, and our own: 125 random bits in five groups of signs that are not mistaken for one another. */
import { randomBytes } from 'node:crypto';

/** 32 signs, five bits each: no 0 and O, no 1 and I. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** What makes a key: its letters and digits, however they are divided, in whatever case and width they are typed. */
export const keyForm = (typed: string): string =>
  typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '');

/** A new key, such as K7Q2M-9XW4T-B3HNP-6RDVE-JS8CF. */
export function newLicenseKey(): string {
  const signs = [...randomBytes(25)].map((byte) => ALPHABET[byte % ALPHABET.length] as string);
  return [0, 5, 10, 15, 20].map((start) => signs.slice(start, start + 5).join('')).join('-');
}
