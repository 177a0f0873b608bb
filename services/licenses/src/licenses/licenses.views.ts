/** Licences as an administrator sees them. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Plan, Product } from '../domain/product.ts';
import { daysLeft, endText } from '../term.ts';
import { licenseStatusAt, quotaOf, type License } from '../domain/license.ts';

export const licenseView = (
  license: License,
  product: Product | undefined,
  plan: Plan | undefined,
  now: Date,
): ItemOf<typeof contracts.getLicense> => ({
  id: license._id,
  license_key: license.licenseKey,
  product_id: license.productId,
  product_name: product?.name ?? '',
  plan_id: license.planId,
  plan_name: plan?.name ?? '',
  status: licenseStatusAt(license, now),
  max_activations: license.maxActivations,
  license_quota: quotaOf(license),
  open_assignments: license.openAssignments,
  expires_at: endText(license.expiresAt),
  days_until_expiry: daysLeft(license.expiresAt, now),
  notes: license.notes,
  revoked_at: license.revokedAt?.toISOString() ?? null,
  revoke_reason: license.revokeReason,
  created_at: license.createdAt.toISOString(),
  updated_at: license.updatedAt.toISOString(),
});
