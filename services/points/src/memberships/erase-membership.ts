/** What is personal of a member goes when it is erased; its ledger, orders and uses stay, under its id. */
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';

/** Names and addresses are copied from the member, and are its new ones already. */
export async function eraseMembership(
  { memberDetails, redemptions }: Models,
  scope: TenantScope,
  memberId: number,
  { session }: UnitOfWork,
): Promise<void> {
  await memberDetails.deleteMany(scope, { _id: memberId }, { session });
  await redemptions.updateAll(
    scope,
    { memberId, deliveryAddress: { $ne: null } },
    { $set: { deliveryAddress: null } },
    { session },
  );
}
