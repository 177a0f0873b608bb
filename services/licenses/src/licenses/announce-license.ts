import type * as facts from '@membership/contracts/events/licenses';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CatalogueNames } from '../catalogue/catalogue-names.ts';
import { licenseFact, type License } from '../domain/license.ts';

type LicenseEvent =
  | typeof facts.licenseIssued
  | typeof facts.licenseUpdated
  | typeof facts.licenseRevoked
  | typeof facts.licenseExpired
  | typeof facts.licenseDeleted
  | typeof facts.licenseKeyRotated;

/** Announces what became of a licence; its `sequence` was counted before. */
export async function announceLicense(
  names: CatalogueNames,
  scope: TenantScope,
  event: LicenseEvent,
  license: License,
  unit: UnitOfWork,
): Promise<void> {
  const { applicationId } = await names.of(scope, license);
  unit.announce(scope, event, {
    subject: license._id,
    sequence: license.sequence,
    data: licenseFact(license, applicationId),
  });
}
