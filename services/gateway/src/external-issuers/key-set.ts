/** A JSON Web Key Set as somebody published it: what of it can check a token. Pure. */
import { createHash } from 'node:crypto';

/** A public key: of what was published, only what checks signatures. */
export type PublicJwk = { readonly kty: string; readonly [field: string]: unknown };

const MOST_KEYS = 100;
const FIELDS = ['kty', 'kid', 'use', 'alg', 'key_ops', 'n', 'e', 'crv', 'x', 'y'] as const;
const KINDS = new Set(['RSA', 'EC', 'OKP']);

/** The public keys of a set. Throws for what is none, or holds none that could check a signature. */
export function publicKeysOf(text: string): PublicJwk[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error('no JSON');
  }
  const keys =
    document !== null && typeof document === 'object' ? (document as { keys?: unknown }).keys : undefined;
  if (!Array.isArray(keys)) throw new Error('no key set: "keys" is no array');
  const usable = keys.filter(
    (key): key is PublicJwk =>
      key !== null &&
      typeof key === 'object' &&
      KINDS.has((key as PublicJwk).kty) &&
      (key as PublicJwk).use !== 'enc',
  );
  if (usable.length === 0) throw new Error('no public key in the set');
  if (usable.length > MOST_KEYS) throw new Error(`more than ${MOST_KEYS} keys`);
  return usable.map(
    (key) =>
      Object.fromEntries(
        FIELDS.flatMap((field) => (Object.hasOwn(key, field) ? [[field, key[field]]] : [])),
      ) as PublicJwk,
  );
}

/** Tells one set from another. */
export const versionOf = (keys: readonly PublicJwk[]): string =>
  createHash('sha256').update(JSON.stringify(keys)).digest('base64url').slice(0, 22);

/** The names of keys, for people to compare. */
export const kidsOf = (keys: readonly PublicJwk[]): string[] =>
  keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []));
