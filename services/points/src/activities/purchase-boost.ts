/** What running activities multiply the points of a member's purchases by. */
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';

/** 2 while the member takes part in a running activity that doubles points, else 1: two of them do not add up. */
export async function purchaseBoost(
  models: Models,
  scope: TenantScope,
  memberId: number,
  now: Date,
  { session }: UnitOfWork,
): Promise<number> {
  const running = await models.activities.find(
    scope,
    { isActive: true, benefits: 'double_points', startsAt: { $lte: now }, endsAt: { $gte: now } },
    { session, projection: { _id: 1 } },
  );
  if (running.length === 0) return 1;
  const keys = running.map(({ _id }) => `${_id}:${memberId}`);
  return (await models.participations.findOne(scope, { _id: { $in: keys } }, { session })) ? 2 : 1;
}
