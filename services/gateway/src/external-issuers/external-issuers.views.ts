/** How external issuers look to a client. */
import type { ExternalIssuer } from './issuer.ts';
import type { KeysState } from './issuer-repository.ts';
import { kidsOf } from './key-set.ts';

export const issuerView = (issuer: ExternalIssuer, keys?: KeysState) => ({
  id: issuer.id,
  name: issuer.name,
  issuer: issuer.issuer,
  audience: issuer.audience,
  jwks_uri: issuer.jwksUri,
  algorithms: [...issuer.algorithms],
  subject_prefix: issuer.subjectPrefix,
  max_role: issuer.maxRole,
  create_members: issuer.createMembers,
  claims: {
    username: issuer.claims.username,
    email: issuer.claims.email,
    display_name: issuer.claims.displayName,
    role: issuer.claims.role,
    admin_values: [...issuer.claims.adminValues],
  },
  is_enabled: issuer.isEnabled,
  keys: {
    kids: kidsOf(keys?.keys ?? []),
    fetched_at: keys?.fetchedAt?.toISOString() ?? null,
    failing_since: keys?.failingSince?.toISOString() ?? null,
    failure: keys?.failure ?? null,
  },
  created_at: issuer.createdAt.toISOString(),
  updated_at: issuer.updatedAt.toISOString(),
});
