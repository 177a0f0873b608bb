/** Ends what the revocation of a licence with very many assignments left open. */
import { Failures } from '@membership/platform/failures';
import type { JobContext } from '@membership/platform/job';
import type { Logger } from '@membership/platform/log';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { License } from '../domain/license.ts';
import { endAssignments, type EndStores } from './end-assignments.ts';

type Stores = EndStores & { readonly transactions: Transactions; readonly logger: Logger };
const BATCH = 200;

/**
 * Finishes a batch of revoked licences; returns how many it dealt with. Doing it twice, or in two processes, does it once.
 * One with an assignment that fails is left to the next run, its other assignments are ended.
 */
export async function finishRevocations(
  stores: Stores,
  { run, signal, failures }: JobContext,
  now: Date,
): Promise<number> {
  const unfinished = await stores.licenses.findUnfinished(BATCH, failures);
  for (const license of unfinished) {
    if (signal.aborted) break;
    const { _id: licenseId, tenantId } = license;
    await failures.attempt(licenseId, { tenantId, licenseId }, () =>
      finish(stores, scopeOfJob(tenantId, 'licenses', run), license, { signal, now }),
    );
  }
  return unfinished.length;
}

async function finish(
  stores: Stores,
  scope: TenantScope,
  { _id: licenseId, revokeReason: reason }: License,
  { signal, now }: { readonly signal: AbortSignal; readonly now: Date },
): Promise<void> {
  const { assignments, licenses, logger, transactions } = stores;
  const failures = new Failures(logger, scope.requestId);
  const about = (assignmentId: number) => ({ tenantId: scope.tenantId, licenseId, assignmentId });
  for (let dealt = 1; dealt > 0 && !failures.areTooMany; ) {
    const open = await assignments.findOpenOf(scope, licenseId, BATCH, { failures });
    await failures.attemptTogether(
      open.map(({ _id }) => _id),
      { signal, about },
      (ids) =>
        transactions.run(async (unit) => {
          const found = (await assignments.byId(scope, ids, unit.session)).values();
          const still = [...found].filter(({ isOpen }) => isOpen);
          await endAssignments(stores, scope, still, { status: 'revoked', reason, now }, unit);
        }),
    );
    if (signal.aborted) return;
    dealt = open.length;
  }
  if (failures.count > 0)
    throw new Error(`${failures.count} assignments of a revoked licence were not ended`);
  // Else it would be found again at once, for ever.
  const left = (await licenses.byId(scope, [licenseId])).get(licenseId)?.openAssignments ?? 0;
  if (left > 0) throw new Error(`a revoked licence counts ${left} open assignments and has none`);
}
