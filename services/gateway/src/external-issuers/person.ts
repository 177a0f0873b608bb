/** Whom a token of an external issuer means, and what it tells of them. Pure. */
import { text } from '@membership/contracts/characters';
import { emailAddress } from '@membership/contracts/email';
import { username } from '@membership/contracts/endpoints/gateway/shapes';
import { shortText } from '@membership/contracts/schemas';
import type { ExternalIssuer, ExternalRole } from './issuer.ts';

export type ForeignClaims = Readonly<Record<string, unknown>>;

/** A claim by its name, or by the way to it (`realm_access.roles`); undefined where there is none. */
export function claimAt(claims: ForeignClaims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let found: unknown = claims;
  for (const step of name.split('.')) {
    if (found === null || typeof found !== 'object' || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string, unknown>)[step];
  }
  return found;
}

const externalId = text().min(1).max(255);
/** The member's external id, or null for a subject that cannot be one. Kept to the letter: another spelling may be another person. */
export function externalIdOf(
  { subjectPrefix }: Pick<ExternalIssuer, 'subjectPrefix'>,
  sub: unknown,
): string | null {
  if (typeof sub !== 'string' || sub === '') return null;
  const wanted = `${subjectPrefix}${sub}`;
  const read = externalId.safeParse(wanted);
  return read.success && read.data === wanted ? wanted : null;
}

/** The most that a token gives: what the issuer may give, less where its claim does not say that this is an administrator. */
export function roleOf(
  { maxRole, claims: names }: Pick<ExternalIssuer, 'maxRole' | 'claims'>,
  claims: ForeignClaims,
): ExternalRole {
  if (maxRole === 'member' || names.role === null) return maxRole;
  const told = claimAt(claims, names.role);
  const values: readonly unknown[] = Array.isArray(told) ? told : [told];
  return values.some((value) => typeof value === 'string' && names.adminValues.includes(value))
    ? 'admin'
    : 'member';
}

/** Why nobody is made of a token. */
export type CannotJoin = {
  readonly reason: 'claim_missing' | 'claim_invalid' | 'email_unverified';
  readonly claim: string;
};
export type Joining = {
  readonly username: string;
  readonly email: string;
  readonly displayName: string | undefined;
  readonly role: ExternalRole;
};

/**
 * The member that a person becomes who is seen for the first time. An administrator only where a claim says so: that an issuer
 * may speak for administrators makes nobody one.
 */
export function joiningOf(
  issuer: Pick<ExternalIssuer, 'maxRole' | 'claims'>,
  claims: ForeignClaims,
): Joining | CannotJoin {
  const names = issuer.claims;
  const name = readClaim(claims, names.username, username);
  if ('reason' in name) return name;
  const address = readClaim(claims, names.email, emailAddress);
  if ('reason' in address) return address;
  const isVerified = claimAt(claims, 'email_verified');
  // Some login servers tell it in words.
  if (isVerified === false || isVerified === 'false')
    return { reason: 'email_unverified', claim: 'email_verified' };
  const shown = shortText.safeParse(claimAt(claims, names.displayName));
  return {
    username: name.value,
    email: address.value,
    displayName: shown.success ? shown.data || undefined : undefined,
    role: names.role === null ? 'member' : roleOf(issuer, claims),
  };
}

function readClaim(
  claims: ForeignClaims,
  claim: string,
  schema: typeof username,
): { readonly value: string } | CannotJoin {
  const told = claimAt(claims, claim);
  if (told === undefined || told === null) return { reason: 'claim_missing', claim };
  const read = schema.safeParse(told);
  return read.success ? { value: read.data } : { reason: 'claim_invalid', claim };
}
