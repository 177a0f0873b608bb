/** What a bearer token says: the claims of seeds 003 and 004, ours besides. They say who, and can only narrow what that one may do. */
import { createHash } from 'node:crypto';
import { accessClaims, type AccessClaims, type UserRole } from '@membership/contracts/claims';
import { refuse } from '@membership/contracts/errors';

export type TokenSubject =
  | { readonly kind: 'user'; readonly userId: number }
  | { readonly kind: 'client'; readonly clientId: string };

/** Reads the claims of a verified token. Refuses (AUTH_003) what names nobody, two people at once, or has no end. */
export function readClaims(payload: unknown): { claims: AccessClaims; subject: TokenSubject } {
  const parsed = accessClaims.safeParse(payload);
  if (!parsed.success) throw refuse('AUTH_003');
  const claims = parsed.data;
  if (claims.typ === 'client') {
    if (!claims.sub) throw refuse('AUTH_003');
    return { claims, subject: { kind: 'client', clientId: claims.sub } };
  }
  const named =
    claims.sub !== undefined && /^[1-9]\d{0,15}$/.test(claims.sub) ? Number(claims.sub) : undefined;
  if (claims.sub !== undefined && named === undefined) throw refuse('AUTH_003');
  if (named !== undefined && claims.user_id !== undefined && named !== claims.user_id)
    throw refuse('AUTH_003');
  const userId = named ?? claims.user_id;
  if (userId === undefined || !Number.isSafeInteger(userId)) throw refuse('AUTH_003');
  return { claims, subject: { kind: 'user', userId } };
}

const RANK: Record<UserRole, number> = { member: 0, admin: 1, super: 2 };
const lower = (left: UserRole, right: UserRole): UserRole => (RANK[left] <= RANK[right] ? left : right);

/** The role that counts: our record's, or less when the claims say less. A role that we do not know is a member's. */
export function narrowRole(recorded: UserRole, claims: AccessClaims): UserRole {
  let role = recorded;
  if (claims.role !== undefined)
    role = lower(role, claims.role === 'super' || claims.role === 'admin' ? claims.role : 'member');
  if (claims.is_super_admin === false) role = lower(role, 'admin');
  if (claims.is_admin === false && claims.is_super_admin !== true) role = 'member';
  if (claims.model_type === 'member') role = 'member';
  return role;
}

/** What a revocation of a session names. */
export const sessionName = (id: string): string => `session:${id}`;

/** What a revocation names: the session and the token; a token without an id of its own is named by its text. */
export function revocationNames(
  claims: AccessClaims,
  token: string,
): { session: string | undefined; token: string } {
  return {
    session: claims.sid === undefined ? undefined : sessionName(claims.sid),
    token:
      claims.jti === undefined
        ? `text:${createHash('sha256').update(token).digest('base64url')}`
        : `token:${claims.jti}`,
  };
}

export type UserTokenFacts = {
  readonly userId: number;
  readonly username: string;
  readonly role: UserRole;
  readonly tenantId: number | null;
  /** The member level's id; null while none is known. */
  readonly level: number | null;
  readonly sessionId: string;
  readonly tokenId: string;
  readonly now: number;
  readonly seconds: number;
};
/** Claims of a user's token, in both spellings. */
export const userClaims = ({
  userId,
  username,
  role,
  tenantId,
  level,
  sessionId,
  tokenId,
  now,
  seconds,
}: UserTokenFacts) => ({
  sub: String(userId),
  user_id: userId,
  username,
  role,
  level,
  model_type: role === 'member' ? 'member' : 'user',
  is_admin: role !== 'member',
  is_super_admin: role === 'super',
  is_staff: role !== 'member',
  tenant_id: tenantId,
  typ: 'user',
  sid: sessionId,
  jti: tokenId,
  iat: now,
  exp: now + seconds,
});

export type ClientTokenFacts = {
  readonly clientId: string;
  /** Of the client as it is now: made anew, or its secret withdrawn, it has another. */
  readonly issue: string;
  readonly tenantId: number;
  readonly scopes: readonly string[];
  readonly tokenId: string;
  readonly now: number;
  readonly seconds: number;
};
/** Claims of a service token. */
export const clientClaims = ({
  clientId,
  issue,
  tenantId,
  scopes,
  tokenId,
  now,
  seconds,
}: ClientTokenFacts) => ({
  sub: clientId,
  typ: 'client',
  role: 'internal',
  tenant_id: tenantId,
  scope: scopes.join(' '),
  sid: issue,
  jti: tokenId,
  iat: now,
  exp: now + seconds,
});
