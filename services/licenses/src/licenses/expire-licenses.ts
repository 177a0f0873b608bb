import { licenseExpired } from '@membership/contracts/events/licenses';
import type { JobContext } from '@membership/platform/job';
import { scopeOfJob } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { CatalogueNames } from '../catalogue/catalogue-names.ts';
import { announceLicense } from './announce-license.ts';
import { licenseStatusAt, type License } from '../domain/license.ts';
import type { LicenseRepository } from '../storage/license-repository.ts';

const BATCH = 200;

/**
 * Writes a batch of licences that have reached their end; returns how many it dealt with. Doing it twice, or in two processes,
 * does it once. One that fails stays due for the next run.
 */
export async function expireLicenses(
  {
    licenses,
    names,
    transactions,
  }: {
    readonly licenses: LicenseRepository;
    readonly names: CatalogueNames;
    readonly transactions: Transactions;
  },
  { run, signal, failures }: JobContext,
  now: Date,
): Promise<number> {
  const due = await licenses.findDue(now, BATCH, failures);
  for (const [tenantId, rows] of Map.groupBy(due, (row) => row.tenantId)) {
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await failures.attemptTogether(
      rows.map(({ _id }) => _id),
      { signal, about: (licenseId) => ({ tenantId, licenseId }) },
      (ids) =>
        transactions.run(async (unit) => {
          for (const license of (await licenses.byId(scope, ids, unit.session)).values()) {
            if (license.status !== 'active' || licenseStatusAt(license, now) !== 'expired') continue;
            const expired: License = {
              ...license,
              status: 'expired',
              sequence: license.sequence + 1,
              updatedAt: now,
            };
            await licenses.save(scope, expired, unit.session);
            await announceLicense(names, scope, licenseExpired, expired, unit);
          }
        }),
    );
  }
  return due.length;
}
