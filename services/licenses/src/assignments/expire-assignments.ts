import type { JobContext } from '@membership/platform/job';
import { scopeOfJob } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import { hasEnded } from '../term.ts';
import { withEnd } from '../domain/assignment.ts';
import { endAssignments, type EndStores } from './end-assignments.ts';

const BATCH = 200;

/**
 * Writes a batch of assignments that have reached their end; returns how many it dealt with. Doing it twice, or in two
 * processes, does it once. One that fails stays due for the next run.
 */
export async function expireAssignments(
  stores: EndStores & { readonly transactions: Transactions },
  { run, signal, failures }: JobContext,
  now: Date,
): Promise<number> {
  const overdue = await stores.assignments.findDue(now, BATCH, failures);
  for (const [tenantId, rows] of Map.groupBy(overdue, (row) => row.tenantId)) {
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await failures.attemptTogether(
      rows.map(({ _id }) => _id),
      { signal, about: (assignmentId) => ({ tenantId, assignmentId }) },
      (ids) =>
        stores.transactions.run(async (unit) => {
          const due = await stores.assignments.findEnded(scope, ids, now, unit.session);
          const licenseIds = due.map(({ licenseId }) => licenseId);
          const licenseById = await stores.licenses.byId(scope, licenseIds, unit.session);
          const found = due.map((one) => withEnd(one, licenseById.get(one.licenseId)));
          const ended = found.filter(({ expiresAt }) => hasEnded(expiresAt, now));
          // The rest has a later end on its way: here it is.
          const moved = found.filter(({ expiresAt }) => !hasEnded(expiresAt, now));
          await stores.assignments.save(scope, moved, unit);
          await endAssignments(stores, scope, ended, { status: 'expired', reason: null, now }, unit);
        }),
    );
  }
  return overdue.length;
}
