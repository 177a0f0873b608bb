/** The signed ends of a tenant's audit trail, for its administrators: who keeps them needs not believe the platform's database. */
import { listAuditAnchors } from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { anchorViewBy } from './audit-anchors.views.ts';
import type { ChainRepository } from './chain-repository.ts';

export const auditAnchorsRoutes = (chains: ChainRepository): Implementation[] => [
  implement(listAuditAnchors, async ({ scope, query: { page, page_size } }) => {
    const { items, ...total } = await chains.listAnchors(scope, { page, size: page_size });
    return { items: items.map(anchorViewBy(await chains.listKeys())), ...total };
  }),
];
