/** Plans and usage: doors. Plans are the platform administrators', usage is each tenant's own. */
import * as contracts from '@membership/contracts/endpoints/gateway/tenant-plans';
import { plusDays } from '@membership/platform/calendar';
import type { Deed } from '@membership/platform/deed';
import { given } from '@membership/platform/given';
import {
  implement,
  implementOpen,
  implementOpenWrite,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import type { TenantUsage } from '../limits/tenant-usage.ts';
import { limitsFrom, limitsView } from './limits.views.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';
import { createPlan, deletePlan, updatePlan, type PlanTools } from './manage-plans.ts';
import type { TenantPlan } from '../domain/plan.ts';

const SORT_FIELDS = { code: '_id', name: 'name', created_at: 'createdAt' };

const allowanceView = ({ code, name, limits, requestsPerDay, concurrentRequests }: TenantPlan) => ({
  code,
  name,
  limits: limitsView(limits),
  requests_per_day: requestsPerDay,
  concurrent_requests: concurrentRequests,
});
const planView = (plan: TenantPlan) => ({
  ...allowanceView(plan),
  tenant_count: plan.tenantCount,
  created_at: plan.createdAt.toISOString(),
  updated_at: plan.updatedAt.toISOString(),
});

export const plansRoutes = (
  tools: PlanTools & { readonly tenants: TenantRepository; readonly usage: TenantUsage },
  deedOf: (http: RequestFacts) => Deed,
): Implementation[] => [
  implementOpen(contracts.listTenantPlans, async ({ query: { page, page_size: size, ordering } }) => {
    const found = await tools.plans.list(sortOf(ordering, SORT_FIELDS), { page, size });
    return { ...found, items: found.items.map(planView) };
  }),
  implementOpenWrite(contracts.createTenantPlan, async ({ body, http, unit }) => {
    const {
      limits,
      requests_per_day: requestsPerDay,
      concurrent_requests: concurrentRequests,
      ...names
    } = body;
    const plan = { ...names, limits: limitsFrom(limits), requestsPerDay, concurrentRequests };
    return planView(await createPlan(tools, plan, deedOf(http), http.now, unit));
  }),
  implementOpen(contracts.getTenantPlan, async ({ params }) =>
    planView(await tools.plans.get(params.plan_code)),
  ),
  implementOpenWrite(contracts.updateTenantPlan, async ({ params, body, http, unit }) => {
    const changes = given({
      name: body.name,
      limits: body.limits && limitsFrom(body.limits),
      requestsPerDay: body.requests_per_day,
      concurrentRequests: body.concurrent_requests,
    });
    return planView(await updatePlan(tools, params.plan_code, changes, deedOf(http), http.now, unit));
  }),
  implementOpenWrite(contracts.deleteTenantPlan, ({ params, http, unit }) =>
    deletePlan(tools, params.plan_code, deedOf(http), unit),
  ),
  implement(contracts.getUsage, async ({ scope, query, http }) => {
    const tenant = await tools.tenants.get(scope.tenantId);
    const plan = tenant.plan ? await tools.plans.find(tenant.plan) : null;
    const { today, endsAt } = tools.usage.dayOf(tenant.timezone, http.now);
    const used = await tools.usage.list(scope, plusDays(today, 1 - query.days));
    const days = Array.from({ length: query.days }, (_, ago) => {
      const date = plusDays(today, -ago);
      return { date, requests: used.get(date)?.requests ?? 0, refused: used.get(date)?.refused ?? 0 };
    });
    const requests = days[0]?.requests ?? 0;
    const limit = plan?.requestsPerDay ?? null;
    return {
      plan: plan && allowanceView(plan),
      today: {
        date: today,
        requests,
        requests_per_day: limit,
        remaining: limit === null ? null : Math.max(0, limit - requests),
        resets_at: endsAt.toISOString(),
      },
      days,
    };
  }),
];
