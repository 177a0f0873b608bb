/** What a client gets who logs in. */
import { randomUUID } from 'node:crypto';
import type { Member } from '../domain/member.ts';
import type { Tenant } from '../domain/tenant.ts';
import { userClaims } from '../tokens/access-token.ts';
import type { LoggedIn } from './log-in.ts';
import { writeRefreshToken } from './session.ts';
import type { OwnKeys } from '../tokens/settings-keys.ts';
import type { TokenKeys } from '../tokens/token-keys.ts';

export const userView = ({
  id,
  username,
  email,
  role,
}: Pick<Member, 'id' | 'username' | 'email' | 'role'>) => ({ id, username, email, role });
export const tenantBriefView = (tenant: Pick<Tenant, 'id' | 'code' | 'name' | 'timezone'> | null) =>
  tenant && { id: tenant.id, code: tenant.code, name: tenant.name, timezone: tenant.timezone };

export type SignedInTools = {
  readonly keys: TokenKeys;
  readonly refreshKeys: OwnKeys;
  readonly accessTokenSeconds: number;
};

export function signedInView(
  { keys, refreshKeys, accessTokenSeconds: seconds }: SignedInTools,
  { member, tenant, sessionId, generation }: LoggedIn,
  level: number | null,
  now: Date,
) {
  const claims = userClaims({
    userId: member.id,
    username: member.username,
    role: member.role,
    tenantId: tenant?.id ?? null,
    level,
    sessionId,
    tokenId: randomUUID(),
    now: Math.floor(now.getTime() / 1000),
    seconds,
  });
  return {
    access_token: keys.sign(claims),
    refresh_token: writeRefreshToken(refreshKeys.present, { sessionId, generation }),
    token_type: 'Bearer' as const,
    expires_in: seconds,
    user: userView(member),
    tenant: tenantBriefView(tenant),
  };
}
