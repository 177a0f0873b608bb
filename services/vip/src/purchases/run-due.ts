/** What the jobs do by themselves, by hand in one tenant: the clock, purchases that nobody settled, renewals. */
import { Failures } from '@membership/platform/failures';
import type { JobContext } from '@membership/platform/job';
import type { TenantScope } from '@membership/platform/scope';
import type { HoldingStores } from '../holdings/change-holding.ts';
import { runClock } from '../holdings/run-clock.ts';
import { renewDueTags } from './renew-due-tags.ts';
import { timeOutPurchases } from './settle-purchase.ts';

/** How long somebody waits for it; the jobs do the rest. */
const BY_HAND_MS = 5_000;
export type DueStores = HoldingStores & Parameters<typeof renewDueTags>[0];
export type Done = {
  readonly tags: number;
  readonly purchases: number;
  readonly renewals: number;
  readonly isComplete: boolean;
};

/** Does what is due now in the scope's tenant, for some seconds at most. Harmless beside the jobs, and when done twice. */
export async function runDue(stores: DueStores, { tenantId, requestId: run }: TenantScope): Promise<Done> {
  const deadline = AbortSignal.timeout(BY_HAND_MS);
  let isComplete = true;
  const until = async (batch: (context: JobContext & { tenantId: number }) => Promise<number>) => {
    const failures = new Failures(stores.logger, run);
    let done = 0;
    for (let did = 1; did > 0 && !deadline.aborted; done += did)
      did = await batch({ run, signal: deadline, tenantId, failures });
    if (failures.count > 0) isComplete = false;
    return done - failures.count;
  };
  const tags = await until((context) => runClock(stores, context));
  const purchases = await until((context) => timeOutPurchases(stores, context));
  const renewals = await until((context) => renewDueTags(stores, context));
  return { tags, purchases, renewals, isComplete: isComplete && !deadline.aborted };
}
