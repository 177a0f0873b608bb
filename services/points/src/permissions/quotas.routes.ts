/** Use of quotas. */
import { consumeQuota } from '@membership/contracts/endpoints/points/index';
import { implementWrite, type Implementation } from '@membership/platform/http/implement';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { QuotaConsumption } from './consume-quota.ts';

export function quotaRoutes({
  quotas,
  opening,
}: {
  quotas: QuotaConsumption;
  opening: ProfileOpening;
}): Implementation[] {
  return [
    implementWrite(
      consumeQuota,
      async ({ scope, params, body, http, unit }) => {
        const { limit, used, resetsAt } = await quotas.consume(
          scope,
          { memberId: params.id, quota: params.name, amount: body.amount, now: http.now },
          unit,
        );
        return { limit, used, remaining: limit - used, resets_at: resetsAt?.toISOString() ?? null };
      },
      {
        prepare: async ({ scope, params }) => {
          await opening.ensure(scope, params.id);
          return undefined;
        },
      },
    ),
  ];
}
