/** Brings a new end of a licence to its assignments, where they are too many for the transaction that changed it. */
import type { JobContext } from '@membership/platform/job';
import { scopeOfJob } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { License } from '../domain/license.ts';
import type { LicenseRepository } from '../storage/license-repository.ts';
import type { AssignmentRepository } from '../storage/assignment-repository.ts';

type Stores = {
  readonly licenses: LicenseRepository;
  readonly assignments: AssignmentRepository;
  readonly transactions: Transactions;
};
const LICENSES = 20;
const BATCH = 500;

/**
 * Moves the ends of some licences' assignments, a batch a transaction; returns how many licences it dealt with. It goes on where
 * it was stopped, since what has its end is not looked at again. Until it is done, `withEnd` says where an assignment ends.
 */
export async function moveEnds(
  { licenses, assignments, transactions }: Stores,
  { run, signal, failures }: JobContext,
): Promise<number> {
  const moving = await licenses.findMovingEnds(LICENSES, failures);
  for (const license of moving) {
    const { _id: licenseId, tenantId, endsMoveSince } = license;
    const since = endsMoveSince as Date;
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await failures.attempt(licenseId, { tenantId, licenseId }, async () => {
      for await (const ids of assignments.idsToMove(scope, license, since, BATCH)) {
        if (signal.aborted) return;
        await transactions.run(async (unit) => {
          const now = (await licenses.byId(scope, [licenseId], unit.session)).get(licenseId) as License;
          await assignments.capEnds(scope, now, { since, ids, unit });
        });
      }
      if (!signal.aborted) await licenses.markEndsMoved(scope, license);
    });
    if (signal.aborted) break;
  }
  return moving.length;
}
