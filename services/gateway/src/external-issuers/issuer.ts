/** An external issuer that a tenant trusts: rules and shape. Pure. */
import type { externalRoles, issuerAlgorithms } from '@membership/contracts/events/external-issuers';

export type IssuerAlgorithm = (typeof issuerAlgorithms)[number];
export type ExternalRole = (typeof externalRoles)[number];
/** Names of the claims that tell who somebody is. */
export type ClaimNames = {
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  /** Null: tokens tell no role. */
  readonly role: string | null;
  readonly adminValues: readonly string[];
};
export type ExternalIssuer = {
  readonly id: number;
  readonly tenantId: number;
  readonly name: string;
  /** `iss` and `aud` of its tokens; they and the prefix stay as they were registered. */
  readonly issuer: string;
  readonly audience: string;
  /** Before `sub` in a member's external id: subjects of two issuers are not one person. */
  readonly subjectPrefix: string;
  readonly jwksUri: string;
  readonly algorithms: readonly IssuerAlgorithm[];
  readonly maxRole: ExternalRole;
  /** Who is seen for the first time becomes a member. */
  readonly createMembers: boolean;
  readonly claims: ClaimNames;
  readonly isEnabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Facts announced about it so far; another one is another issuer to whoever remembers what it checked. */
  readonly sequence: number;
};
export type NewIssuer = Omit<ExternalIssuer, 'id' | 'tenantId' | 'createdAt' | 'updatedAt' | 'sequence'>;
export type IssuerChanges = {
  readonly [Field in 'name' | 'jwksUri' | 'algorithms' | 'maxRole' | 'createMembers' | 'isEnabled']?:
    | ExternalIssuer[Field]
    | undefined;
} & { readonly claims?: { readonly [Name in keyof ClaimNames]?: ClaimNames[Name] | undefined } | undefined };

/** External issuers of one tenant. */
export const MOST_ISSUERS = 10;

/** The issuer after a change; the same object when nothing changes. */
export function changeIssuer(
  issuer: ExternalIssuer,
  { claims = {}, ...fields }: IssuerChanges,
  now: Date,
): ExternalIssuer {
  const changed = {
    ...issuer,
    ...named(fields),
    claims: { ...issuer.claims, ...named(claims) },
  } as ExternalIssuer;
  if (JSON.stringify(changed) === JSON.stringify(issuer)) return issuer;
  return { ...changed, updatedAt: now, sequence: issuer.sequence + 1 };
}

const named = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

type Registered = Pick<ExternalIssuer, 'issuer' | 'audience' | 'subjectPrefix'>;
/** What keeps an issuer from being registered beside others of the tenant, or null. */
export function clashOf(given: Registered, others: readonly Registered[]): 'same' | 'prefix' | null {
  if (others.some(({ issuer, audience }) => issuer === given.issuer && audience === given.audience))
    return 'same';
  // Subjects of one issuer are the same people whatever the audience: they may share a prefix.
  const meets = (other: Registered) =>
    other.issuer === given.issuer && other.subjectPrefix === given.subjectPrefix
      ? false
      : other.subjectPrefix.startsWith(given.subjectPrefix) ||
        given.subjectPrefix.startsWith(other.subjectPrefix);
  return others.some(meets) ? 'prefix' : null;
}

/** The state that its events carry. */
export const issuerStateOf = (issuer: ExternalIssuer) => ({
  issuerId: issuer.id,
  name: issuer.name,
  issuer: issuer.issuer,
  audience: issuer.audience,
  jwksUri: issuer.jwksUri,
  algorithms: [...issuer.algorithms],
  maxRole: issuer.maxRole,
  createMembers: issuer.createMembers,
  isEnabled: issuer.isEnabled,
});
