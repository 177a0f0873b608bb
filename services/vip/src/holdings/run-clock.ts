/** Writes down what the clock has done to members' tags, with its facts. Idempotent, in batches. */
import { notFound } from '@membership/contracts/errors';
import type { Logger } from '@membership/platform/log';
import { scopeOfJob } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { HoldingStores } from './change-holding.ts';
import { takeStep } from './take-step.ts';
import { settle } from './user-tag.ts';

const BATCH = 100;
type Clock = HoldingStores & { readonly transactions: Transactions; readonly logger: Logger };

/** Settles a batch of what is due; returns how many it settled. One that fails is logged and stays due. */
export async function runClock(
  stores: Clock,
  {
    run,
    signal,
    now = new Date(),
    tenantId: only,
  }: {
    readonly run: string;
    readonly signal: AbortSignal;
    readonly now?: Date;
    /** Left out: of all tenants. */
    readonly tenantId?: number;
  },
): Promise<number> {
  const { userTags, tags, transactions, logger } = stores;
  let settled = 0;
  for (const { _id, tenantId } of await userTags.due(now, BATCH, only)) {
    if (signal.aborted) break;
    const scope = scopeOfJob(tenantId, 'vip', run);
    try {
      const stepped = await transactions.run(async (unit) => {
        const held = await userTags.get(scope, _id, unit);
        const step = settle(held, now);
        if (!step) return false;
        const tag = (await tags.byId(scope, [held.tagId], unit)).get(held.tagId);
        if (!tag) throw notFound();
        await takeStep(stores, scope, step, tag, null, unit);
        return true;
      });
      if (stepped) settled++;
    } catch (error) {
      logger.error(
        { err: error, tenantId, userTagId: _id, run },
        'a tag whose time has come was not settled',
      );
    }
  }
  return settled;
}
