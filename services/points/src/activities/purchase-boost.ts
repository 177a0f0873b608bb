/** What running activities multiply the points of a member's purchases by. */
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';

type Buyer = { readonly tenantId: number; readonly memberId: number };

/** 2 while the member takes part in a running activity that doubles points, else 1: two of them do not add up. */
export async function purchaseBoost(
  models: Models,
  { tenantId }: TenantScope,
  memberId: number,
  now: Date,
  unit: UnitOfWork,
): Promise<number> {
  return (await purchaseBoosts(models, [{ tenantId, memberId }], now, unit)).get(memberId) ?? 1;
}

/** As `purchaseBoost`, of several members, by their ids: what is not there is 1. */
export async function purchaseBoosts(
  models: Models,
  buyers: readonly Buyer[],
  now: Date,
  { session }: UnitOfWork,
): Promise<Map<number, number>> {
  if (buyers.length === 0) return new Map();
  const running = await models.activities
    .acrossTenants('purchases of a batch: the activities of all its tenants')
    .find(
      {
        tenantId: { $in: [...new Set(buyers.map(({ tenantId }) => tenantId))] },
        ...{ isActive: true, benefits: 'double_points', startsAt: { $lte: now }, endsAt: { $gte: now } },
      },
      { session, projection: { tenantId: 1 } },
    )
    .toArray();
  const keys = running.flatMap((activity) =>
    buyers
      .filter(({ tenantId }) => tenantId === activity.tenantId)
      .map(({ memberId }) => `${activity._id}:${memberId}`),
  );
  if (keys.length === 0) return new Map();
  const taken = await models.participations
    .acrossTenants('purchases of a batch: by the keys of activities of the members’ own tenants')
    .find({ _id: { $in: [...new Set(keys)] } }, { session, projection: { memberId: 1 } })
    .toArray();
  return new Map(taken.map(({ memberId }) => [memberId, 2]));
}
