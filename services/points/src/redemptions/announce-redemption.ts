/** The facts about a redemption: one for each state that it comes to. Where it is sent stands in none of them. */
import {
  redemptionCancelled,
  redemptionCompleted,
  redemptionRequested,
  redemptionShipped,
} from '@membership/contracts/events/member-system';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Redemption } from '../domain/redemption.ts';

const FACTS = {
  requested: redemptionRequested,
  shipped: redemptionShipped,
  completed: redemptionCompleted,
  cancelled: redemptionCancelled,
} as const;

export function announceRedemption(unit: UnitOfWork, scope: TenantScope, redemption: Redemption): void {
  const { _id, memberId, itemCode, itemName, quantity, points, recordId, status, sequence } = redemption;
  unit.announce(scope, FACTS[status], {
    subject: _id,
    sequence,
    data: { redemptionId: _id, memberId, itemCode, itemName, quantity, points, recordId, status },
  });
}
