/** The summaries of tags, licences and applications. */
import {
  getApplicationStatistics,
  getLicenseStatistics,
  getVipStatistics,
} from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import type { Numbers } from './numbers.ts';
import { applicationSummary, licenseSummary, vipSummary } from './summaries.ts';
import { applicationSummaryView, licenseSummaryView, vipSummaryView } from './summaries.views.ts';

const askedOf = <
  Query extends { readonly tz?: string | undefined; readonly compare?: 'previous' | undefined },
>(
  { tz, compare, ...asked }: Query,
  now: Date,
) => ({ ...asked, zone: tz, withPrevious: compare === 'previous', now });

export const summariesRoutes = (numbers: Numbers): Implementation[] => [
  implement(getVipStatistics, async ({ scope, query, http }) =>
    vipSummaryView(await vipSummary(numbers, scope, askedOf(query, http.now))),
  ),
  implement(getLicenseStatistics, async ({ scope, query, http }) =>
    licenseSummaryView(await licenseSummary(numbers, scope, askedOf(query, http.now))),
  ),
  implement(getApplicationStatistics, async ({ scope, query, http }) =>
    applicationSummaryView(await applicationSummary(numbers, scope, askedOf(query, http.now))),
  ),
];
