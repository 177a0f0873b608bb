import type { Directory } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';
import type { AssignmentRepository } from '../storage/assignment-repository.ts';
import type { CatalogueRepository } from '../catalogue/catalogue-repository.ts';
import type { PlanPolicies } from '../catalogue/plan-policies.ts';
import type { Plan, PlanPolicy, Product } from '../domain/product.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import type { License } from '../domain/license.ts';
import { verdictOn, type Verdict } from './validation.ts';

export type ValidationStores = {
  readonly assignments: AssignmentRepository;
  readonly products: CatalogueRepository<Product>;
  readonly plans: CatalogueRepository<Plan>;
  readonly policies: PlanPolicies;
  readonly devices: DeviceRepository;
  readonly directory: Directory;
};
export type Validated = {
  readonly verdict: Verdict;
  readonly license: License;
  readonly policy: PlanPolicy;
  readonly product: Product | undefined;
  readonly plan: Plan | undefined;
};

/** Judges a licence that a key has named, and the device that asks when it says which it is. Changes nothing. */
export async function validateLicense(
  { assignments, products, plans, policies, devices, directory }: ValidationStores,
  scope: TenantScope,
  license: License,
  hardwareFingerprint: string | undefined,
  now: Date,
): Promise<Validated> {
  const policy = await policies.of(scope, license.planId);
  const { isActive: isTenantActive } = await directory.tenant(scope);
  const bound =
    hardwareFingerprint === undefined
      ? undefined
      : await devices.findByFingerprint(scope, license._id, hardwareFingerprint);
  const assignmentById = await assignments.byId(scope, bound?.map(({ assignmentId }) => assignmentId) ?? []);
  const boundTo = bound && [...assignmentById.values()];
  return {
    verdict: verdictOn({ license, policy, isTenantActive, boundTo, now }),
    license,
    policy,
    product: (await products.byId(scope, [license.productId])).get(license.productId),
    plan: (await plans.byId(scope, [license.planId])).get(license.planId),
  };
}
