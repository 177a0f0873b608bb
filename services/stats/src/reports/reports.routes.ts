/** The statistics that a tenant's administrator can ask for. */
import { getPointsSummary, getStatsOverview } from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import type { CountersRepository } from '../counting/counters-repository.ts';
import { pointsSummary } from './points-summary.ts';
import { overviewView, pointsSummaryView } from './reports.views.ts';
import { tenantOverview } from './tenant-overview.ts';

export const reportsRoutes = (counters: CountersRepository): Implementation[] => [
  implement(getStatsOverview, async ({ scope, query, http }) =>
    overviewView(await tenantOverview(counters, scope, { zone: query.tz, now: http.now })),
  ),
  implement(getPointsSummary, async ({ scope, query: { tz, ...days }, http }) =>
    pointsSummaryView(await pointsSummary(counters, scope, { ...days, zone: tz, now: http.now })),
  ),
];
