/** The signed ends of a tenant's audit trail, for its administrators: who keeps them needs not believe the platform's database. */
import { listAuditAnchors } from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import type { ChainRepository } from './chain-repository.ts';

export const auditAnchorsRoutes = (chains: ChainRepository): Implementation[] => [
  implement(listAuditAnchors, async ({ scope, query: { page, page_size } }) => {
    const { items, ...total } = await chains.listAnchors(scope, { page, size: page_size });
    const keys = new Map((await chains.listKeys()).map(({ _id, x }) => [_id, x]));
    return {
      items: items.map((anchor) => ({
        tenant_id: anchor.tenantId,
        day: anchor.day,
        number: anchor.number,
        hash: anchor.hash,
        previous: anchor.previous,
        signed_at: anchor.signedAt.toISOString(),
        kid: anchor.kid,
        public_key: keys.get(anchor.kid) ?? null,
        signature: anchor.signature,
      })),
      ...total,
    };
  }),
];
