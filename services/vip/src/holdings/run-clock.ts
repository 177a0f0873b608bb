/** Writes down what the clock has done to members' tags, with its facts. Idempotent, in batches. */
import { notFound } from '@membership/contracts/errors';
import type { JobContext } from '@membership/platform/job';
import { scopeOfJob } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { HoldingStores } from './change-holding.ts';
import { takeStep } from './take-step.ts';
import { settle } from './user-tag.ts';

const BATCH = 100;
type Clock = HoldingStores & { readonly transactions: Transactions };

/** Settles a batch of what is due; returns how many it dealt with. One that fails stays due for the next run. */
export async function runClock(
  stores: Clock,
  {
    run,
    signal,
    failures,
    now = new Date(),
    tenantId: only,
  }: JobContext & {
    readonly now?: Date;
    /** Left out: of all tenants. */
    readonly tenantId?: number;
  },
): Promise<number> {
  const { userTags, tags, transactions } = stores;
  const failed = failures.count;
  let settled = 0;
  for (const { _id, tenantId } of await userTags.due(now, BATCH, { tenantId: only, failures })) {
    if (signal.aborted) break;
    const scope = scopeOfJob(tenantId, 'vip', run);
    await failures.attempt(_id, { tenantId, userTagId: _id }, async () => {
      const isStepped = await transactions.run(async (unit) => {
        const held = await userTags.get(scope, _id, unit);
        const step = settle(held, now);
        if (!step) return false;
        const tag = (await tags.byId(scope, [held.tagId], unit)).get(held.tagId);
        if (!tag) throw notFound();
        await takeStep(stores, scope, step, tag, null, unit);
        return true;
      });
      if (isStepped) settled++;
    });
  }
  return settled + failures.count - failed;
}
