import { invalid, refuse } from '@membership/contracts/errors';
import { licenseIssued } from '@membership/contracts/events/licenses';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CatalogueNames } from '../catalogue/catalogue-names.ts';
import type { CatalogueRepository } from '../catalogue/catalogue-repository.ts';
import { canBeLicensed, type Plan, type Product } from '../domain/product.ts';
import { endOf, hasEnded } from '../term.ts';
import { announceLicense } from './announce-license.ts';
import { newLicenseKey } from '../domain/license-key.ts';
import type { License } from '../domain/license.ts';
import type { LicenseRepository } from '../storage/license-repository.ts';

export type LicenseStores = {
  readonly licenses: LicenseRepository;
  readonly products: CatalogueRepository<Product>;
  readonly plans: CatalogueRepository<Plan>;
  readonly names: CatalogueNames;
  readonly ids: Ids;
};
export type IssueCommand = {
  readonly productId: number;
  readonly planId: number;
  readonly licenseKey?: string | undefined;
  readonly maxActivations?: number | undefined;
  readonly expiresAt: Date | null;
  readonly notes: string;
  readonly now: Date;
};

/** Refuses (400) an end that is not in the future. */
export function requireFutureEnd(expiresAt: Date, now: Date): void {
  if (hasEnded(expiresAt, now))
    throw invalid({ expires_at: { zh: '必须晚于当前时间', en: 'Must be in the future' } });
}

/**
 * Issues a licence. Refuses a product or plan that is unknown, retired or switched off, a plan of another product and an
 * end that has passed (400 for their fields), and a key that is taken anywhere on the platform (409 CONFLICT).
 */
export async function issueLicense(
  stores: LicenseStores,
  scope: TenantScope,
  command: IssueCommand,
  unit: UnitOfWork,
): Promise<License> {
  const { licenses, names, ids } = stores;
  const { productId, planId, notes, now } = command;
  const plan = await requireLicensable(stores, scope, command, unit);
  const expiresAt = endOf(command.expiresAt);
  requireFutureEnd(expiresAt, now);
  const licenseKey = command.licenseKey ?? newLicenseKey();
  if (await licenses.isKeyTaken(licenseKey, unit.session))
    throw refuse('CONFLICT', {
      details: { license_key: ['taken'] },
      text: { zh: '该许可证密钥已存在', en: 'This licence key is taken' },
    });
  const license: License = {
    _id: await ids.next('licenses'),
    tenantId: scope.tenantId,
    productId,
    planId,
    licenseKey,
    maxActivations: command.maxActivations ?? plan.defaultLimits.maxActivations,
    boundDevices: 0,
    openAssignments: 0,
    status: 'active',
    expiresAt,
    notes,
    revokedAt: null,
    revokeReason: null,
    isRemoved: false,
    sequence: 1,
    createdAt: now,
    updatedAt: now,
  };
  await licenses.add(scope, license, unit.session);
  await announceLicense(names, scope, licenseIssued, license, unit);
  return license;
}

async function requireLicensable(
  { products, plans }: LicenseStores,
  scope: TenantScope,
  { productId, planId }: IssueCommand,
  { session }: UnitOfWork,
): Promise<Plan> {
  const product = await products.find(scope, productId, session);
  const plan = await plans.find(scope, planId, session);
  const wrong: Record<string, { zh: string; en: string }> = {};
  if (!product || !canBeLicensed(product))
    wrong.product_id = { zh: '无效的产品ID', en: 'There is no such product, or it is not active' };
  if (!plan || !canBeLicensed(plan))
    wrong.plan_id = { zh: '无效的套餐ID', en: 'There is no such plan, or it is not active' };
  else if (plan.productId !== productId)
    wrong.plan_id = { zh: '该套餐不属于此产品', en: 'The plan belongs to another product' };
  if (Object.keys(wrong).length > 0 || !plan) throw invalid(wrong);
  return plan;
}
