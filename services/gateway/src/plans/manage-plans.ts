/** Setting up, changing and removing plans, and giving them to tenants. No tenant hears of it: the log tells who did what. */
import type { ClientSession } from 'mongoose';
import { invalid, refuse } from '@membership/contracts/errors';
import type { Deed } from '@membership/platform/deed';
import type { Logger } from '@membership/platform/log';
import type { UnitOfWork } from '@membership/platform/transaction';
import { NO_LIMITS, type TenantLimits } from '../domain/tenant.ts';
import { changePlan, type PlanChanges, type TenantPlan } from '../domain/plan.ts';
import type { PlanRepository } from './plan-repository.ts';

export type PlanTools = { readonly plans: PlanRepository; readonly logger: Pick<Logger, 'info'> };
type NewPlan = Pick<TenantPlan, 'code' | 'name' | 'requestsPerDay' | 'concurrentRequests'> & {
  readonly limits: Partial<TenantLimits>;
};

/** Sets up a plan. Refuses a code that is taken. */
export async function createPlan(
  { plans, logger }: PlanTools,
  { limits, ...fields }: NewPlan,
  deed: Deed,
  now: Date,
  unit: UnitOfWork,
): Promise<TenantPlan> {
  if (await plans.find(fields.code, unit.session))
    throw invalid({ code: { zh: '该套餐代码已存在', en: 'This plan code is taken' } });
  const plan: TenantPlan = {
    ...fields,
    limits: { ...NO_LIMITS, ...limits },
    tenantCount: 0,
    createdAt: now,
    updatedAt: now,
  };
  await plans.insert(plan, unit.session);
  unit.afterCommit(() => logger.info({ plan, ...deed }, 'a plan was set up'));
  return plan;
}

/** Changes a plan, for every tenant that has it. Refuses (404) an unknown one. */
export async function updatePlan(
  { plans, logger }: PlanTools,
  code: string,
  changes: PlanChanges,
  deed: Deed,
  now: Date,
  unit: UnitOfWork,
): Promise<TenantPlan> {
  const before = await plans.get(code, unit.session);
  const plan = changePlan(before, changes, now);
  if (plan === before) return plan;
  await plans.save(plan, unit.session);
  unit.afterCommit(() => logger.info({ plan, ...deed }, 'a plan was changed'));
  return plan;
}

/** Removes a plan. Refuses (404) an unknown one, (CONFLICT) one that tenants have. */
export async function deletePlan(
  { plans, logger }: PlanTools,
  code: string,
  deed: Deed,
  unit: UnitOfWork,
): Promise<void> {
  const plan = await plans.get(code, unit.session);
  if (plan.tenantCount > 0)
    throw refuse('CONFLICT', {
      text: {
        zh: '仍有 {count} 个租户使用该套餐：请先为其更换套餐',
        en: '{count} tenants have this plan: give them another one first',
      },
      params: { count: plan.tenantCount },
      details: { tenant_count: plan.tenantCount },
    });
  await plans.delete(code, unit.session);
  unit.afterCommit(() => logger.info({ plan: plan.code, ...deed }, 'a plan was removed'));
}

/** Moves a tenant from one plan to another; the code as the plan itself has it. Refuses a plan that there is not. */
export async function movePlan(
  plans: PlanRepository,
  from: string | null,
  to: string | null,
  session: ClientSession,
): Promise<string | null> {
  const plan = to === null ? null : await plans.find(to, session);
  if (to !== null && !plan) throw invalid({ plan: { zh: '套餐不存在', en: 'There is no such plan' } });
  const code = plan?.code ?? null;
  if (code === from) return code;
  if (from !== null) await plans.count(from, -1, session);
  if (code !== null) await plans.count(code, 1, session);
  return code;
}
