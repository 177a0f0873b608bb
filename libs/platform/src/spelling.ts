/** Codes and keys that people type: what differs in case, or in how it is divided, is the same one. */
import type { ClientSession, TenantCollection, TenantDocument, Unscoped } from './mongo.ts';
import type { TenantScope } from './scope.ts';

/** The collation of codes: `vip_gold` is `VIP_GOLD`. An index under a look-up by code has it. */
export const IN_ANY_CASE = { locale: 'en', strength: 2 } as const;
/** The collation of keys that are divided by dashes: where they stand makes no difference, either. */
export const IN_ANY_DIVISION = { ...IN_ANY_CASE, alternate: 'shifted', maxVariable: 'punct' } as const;

/** What is spelled alike before this was looked at: as many as a look-up sees. */
const TWINS = 10;
type Coded = TenantDocument & { readonly code: string };

/** Whether two codes are one. */
export const isSameCode = (left: string, right: string): boolean =>
  left.toLowerCase() === right.toLowerCase();

/** Of what is spelled alike, the one that is spelled just so, else the oldest. */
export const spelledLike = <T>(found: readonly T[], isExact: (one: T) => boolean): T | null =>
  found.find(isExact) ?? found[0] ?? null;

/** What has a code, in whatever case it is typed. */
export async function findByCode<T extends Coded>(
  collection: TenantCollection<T>,
  scope: TenantScope,
  code: string,
  { session, ...filter }: Unscoped & { readonly session?: ClientSession } = {},
): Promise<T | null> {
  const found = await collection.find(
    scope,
    { ...filter, code },
    { collation: IN_ANY_CASE, sort: { _id: 1 }, limit: TWINS, ...(session ? { session } : {}) },
  );
  return spelledLike(found, (one) => one.code === code);
}

/**
 * Before a code is given: what has it already, or null. Of two transactions that give it at once, in whatever case, one runs
 * again and sees the other's: an index of exact codes does not tell them apart.
 */
export async function holderOfCode<T extends Coded>(
  collection: TenantCollection<T>,
  scope: TenantScope,
  code: string,
  { session, ...filter }: Unscoped & { readonly session: ClientSession },
): Promise<T | null> {
  await collection.takeTurn(`${scope.tenantId}:${code.toLowerCase()}`, session);
  return findByCode(collection, scope, code, { ...filter, session });
}
