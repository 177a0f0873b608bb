import type { JobContext } from '@membership/platform/job';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { EndStores } from '../assignments/end-assignments.ts';
import { DEVICES_AT_ONCE } from '../domain/device.ts';
import { releaseDevices } from './release-devices.ts';

type Stores = EndStores & { readonly transactions: Transactions };
const ASSIGNMENTS = 20;

/**
 * Unbinds what the end of assignments with very many devices left bound, a batch a transaction; returns how many assignments it
 * dealt with. It goes on where it was stopped, and doing it twice, or in two processes, does it once.
 */
export async function releaseEnded(
  stores: Stores,
  { run, signal, failures }: JobContext,
  now: Date,
): Promise<number> {
  const ended = await stores.assignments.findEndedWithDevices(ASSIGNMENTS, failures);
  for (const { _id: assignmentId, tenantId } of ended) {
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await failures.attempt(assignmentId, { tenantId, assignmentId }, async () => {
      let left = await releaseSome(stores, scope, assignmentId, now);
      while (left > 0 && !signal.aborted) left = await releaseSome(stores, scope, assignmentId, now);
    });
    if (signal.aborted) break;
  }
  return ended.length;
}

/** Returns how many devices the assignment has still. */
function releaseSome(stores: Stores, scope: TenantScope, assignmentId: number, now: Date): Promise<number> {
  return stores.transactions.run(async (unit) => {
    const ended = await stores.assignments.get(scope, assignmentId, unit.session);
    if (ended.boundDevices === 0) return 0;
    const gone = await stores.devices.findOf(scope, [assignmentId], DEVICES_AT_ONCE, unit.session);
    // Else it would be found again at once, for ever.
    if (gone.length === 0) throw new Error(`counts ${ended.boundDevices} devices and has none`);
    const [released] = await releaseDevices(stores, scope, [ended], gone, now, unit);
    return released?.boundDevices ?? 0;
  });
}
