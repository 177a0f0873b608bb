/** What points a tenant still owes, and what became of those that it gave. */
import { getPointsBreakage, getPointsLiability } from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { breakageView, liabilityView } from './liability.views.ts';
import { pointsBreakage } from './points-breakage.ts';
import { pointsLiability, type LiabilityNumbers } from './points-liability.ts';

export const liabilityRoutes = (numbers: LiabilityNumbers): Implementation[] => [
  implement(getPointsLiability, async ({ scope, query: { tz: zone, ...asked }, http }) =>
    liabilityView(await pointsLiability(numbers, scope, { ...asked, zone, now: http.now })),
  ),
  implement(getPointsBreakage, async ({ scope, query: { tz: zone, compare, ...asked }, http }) =>
    breakageView(
      await pointsBreakage(numbers, scope, {
        ...asked,
        zone,
        withPrevious: compare === 'previous',
        now: http.now,
      }),
    ),
  ),
];
