/** How anchors look to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type { listAuditAnchors } from '@membership/contracts/endpoints/stats/index';
import type { Anchor } from './anchor.ts';
import type { AuditKey } from './chain-repository.ts';

/** Of anchors that were signed by one of these keys. */
export function anchorViewBy(keys: readonly AuditKey[]) {
  const publicKeys = new Map(keys.map(({ _id, x }) => [_id, x]));
  return (anchor: Anchor): ItemOf<typeof listAuditAnchors> => ({
    tenant_id: anchor.tenantId,
    day: anchor.day,
    number: anchor.number,
    hash: anchor.hash,
    previous: anchor.previous,
    signed_at: anchor.signedAt.toISOString(),
    kid: anchor.kid,
    public_key: publicKeys.get(anchor.kid) ?? null,
    signature: anchor.signature,
  });
}
