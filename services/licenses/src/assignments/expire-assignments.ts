import type { JobContext } from '@membership/platform/job';
import { scopeOfJob } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
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
  const due = await stores.assignments.findDue(now, BATCH, failures);
  for (const [tenantId, rows] of Map.groupBy(due, (row) => row.tenantId)) {
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await failures.attemptTogether(
      rows.map(({ _id }) => _id),
      { signal, about: (assignmentId) => ({ tenantId, assignmentId }) },
      (ids) =>
        stores.transactions.run(async (unit) => {
          const open = await stores.assignments.findEnded(scope, ids, now, unit.session);
          await endAssignments(stores, scope, open, { status: 'expired', reason: null, now }, unit);
        }),
    );
  }
  return due.length;
}
