import { notFound } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { requireInUse, statusAt, withEnd, type Assignment } from '../domain/assignment.ts';
import type { EndStores } from '../assignments/end-assignments.ts';
import type { CatalogueRepository } from '../catalogue/catalogue-repository.ts';
import type { PlanPolicies } from '../catalogue/plan-policies.ts';
import type { Plan, Product } from '../domain/product.ts';
import { fileEnd, signedFile, type LicenseFile } from './license-file.ts';
import type { SigningKeys } from './signing-keys.ts';

export type CheckoutStores = EndStores & {
  readonly signingKeys: SigningKeys;
  readonly policies: PlanPolicies;
  readonly products: CatalogueRepository<Product>;
  readonly plans: CatalogueRepository<Plan>;
};
export type CheckoutCommand = {
  readonly assignmentId: number;
  readonly memberId: number;
  readonly deviceId: string;
  readonly days: number;
  readonly now: Date;
};
export type Checkout = {
  readonly assignment: Assignment;
  readonly expiresAt: Date;
  readonly file: LicenseFile;
};

/**
 * Signs a licence file for a bound device, and notes on the device until when it may be away. Refuses what is not the
 * member's and a device that is not bound (404), and what is not active (409 INVALID_STATE).
 */
export async function checkOutLicense(
  { assignments, licenses, devices, products, plans, policies, signingKeys }: CheckoutStores,
  scope: TenantScope,
  { assignmentId, memberId, deviceId, days, now }: CheckoutCommand,
  unit: UnitOfWork,
): Promise<Checkout> {
  const held = await assignments.getOwn(scope, assignmentId, memberId, unit.session);
  const { licenseId, productId, planId } = held;
  const license = (await licenses.byId(scope, [licenseId], unit.session)).get(licenseId);
  const assignment = withEnd(held, license);
  requireInUse(statusAt(assignment, license, now));
  const device = await devices.find(scope, assignmentId, deviceId, unit.session);
  if (!device) throw notFound({ zh: '该设备未绑定', en: 'This device is not bound' });
  const { offlineDays } = await policies.of(scope, planId);
  const expiresAt = fileEnd(assignment, Math.min(days, offlineDays), now);
  await devices.keepAway(scope, device, expiresAt, unit.session);
  const product = (await products.byId(scope, [productId])).get(productId);
  const plan = (await plans.byId(scope, [planId])).get(planId);
  const signing = await signingKeys.current(now);
  return {
    assignment,
    expiresAt,
    file: signedFile({ assignment, device, product, plan, expiresAt, now }, signing),
  };
}
