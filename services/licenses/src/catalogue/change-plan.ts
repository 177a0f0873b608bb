/** Plans: add, change, retire. */
import { invalid } from '@membership/contracts/errors';
import * as facts from '@membership/contracts/events/licenses';
import { changesNothing } from '@membership/platform/given';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CatalogueRepository } from './catalogue-repository.ts';
import { givesLease, planFact, type Plan, type Product } from '../domain/product.ts';

export type PlanStores = {
  readonly products: CatalogueRepository<Product>;
  readonly plans: CatalogueRepository<Plan>;
  readonly ids: Ids;
};
export type PlanFields = Pick<
  Plan,
  'name' | 'description' | 'features' | 'defaultLimits' | 'policy' | 'isActive'
>;

const announce = (
  scope: TenantScope,
  event: typeof facts.planCreated | typeof facts.planUpdated | typeof facts.planDeleted,
  plan: Plan,
  unit: UnitOfWork,
) => unit.announce(scope, event, { subject: plan._id, sequence: plan.sequence, data: planFact(plan) });

/** Adds a plan to a product. Refuses an unknown or retired product (400 for its field). */
export async function addPlan(
  { products, plans, ids }: PlanStores,
  scope: TenantScope,
  productId: number,
  fields: PlanFields,
  now: Date,
  unit: UnitOfWork,
): Promise<Plan> {
  if (!(await products.find(scope, productId, unit.session)))
    throw invalid({ product_id: { zh: '无效的产品ID', en: 'There is no such product' } });
  const plan: Plan = {
    ...fields,
    productId,
    _id: await ids.next('plans'),
    tenantId: scope.tenantId,
    isRetired: false,
    sequence: 1,
    createdAt: now,
    updatedAt: now,
  };
  await plans.add(scope, plan, unit.session);
  announce(scope, facts.planCreated, plan, unit);
  return plan;
}

/** Changes the fields that are given; licences keep what they were issued with. Refuses an unknown plan (404). */
export async function changePlan(
  { plans }: PlanStores,
  scope: TenantScope,
  id: number,
  fields: Partial<PlanFields>,
  now: Date,
  unit: UnitOfWork,
): Promise<Plan> {
  const current = await plans.get(scope, id, unit.session);
  if (changesNothing(current, fields)) return current;
  const changed: Plan = { ...current, ...fields, sequence: current.sequence + 1, updatedAt: now };
  const plan = givesLease(current, changed) ? { ...changed, leaseGivenAt: now } : changed;
  await plans.save(scope, plan, unit);
  announce(scope, facts.planUpdated, plan, unit);
  return plan;
}

/** Retires a plan: licences that exist go on. Refuses an unknown one (404). */
export async function retirePlan(
  { plans }: PlanStores,
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const current = await plans.get(scope, id, unit.session);
  const plan: Plan = { ...current, isRetired: true, sequence: current.sequence + 1, updatedAt: now };
  await plans.save(scope, plan, unit);
  announce(scope, facts.planDeleted, plan, unit);
}
