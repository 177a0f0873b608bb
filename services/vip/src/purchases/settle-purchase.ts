/**
 * The end of a purchase. Granting decides: it and every way to fail are one conditional update of a purchase that is still
 * requested, so one wins and the others find it settled. After the grant there is only forward.
 */
import { Refusal } from '@membership/contracts/errors';
import { vipPurchaseCompleted, vipPurchaseFailed } from '@membership/contracts/events/vip';
import type { Logger } from '@membership/platform/log';
import type { Metrics } from '@membership/platform/metrics';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { grantTag, type GrantStores } from '../holdings/grant-tag.ts';
import { factOf, type Purchase, type Settlement } from './purchase.ts';
import type { PurchaseRepository } from './purchase-repository.ts';

export type SettleStores = GrantStores & {
  readonly purchases: PurchaseRepository;
  readonly settled: ReturnType<Metrics['counter']>;
};

/**
 * The price is frozen: grants the tag, once. What the grant refuses by now (a tag retired since, a member deactivated) fails
 * the purchase. One that is settled already is left alone.
 */
export async function completePurchase(
  stores: SettleStores,
  scope: TenantScope,
  { purchaseId, now }: { readonly purchaseId: number; readonly now: Date },
  unit: UnitOfWork,
): Promise<void> {
  const purchase = await stores.purchases.find(scope, purchaseId, unit);
  if (!purchase || purchase.status !== 'requested') return;
  const { memberId, tagId, days } = purchase;
  const reason = `purchase:${purchaseId}`;
  const granted = await orRefusal(grantTag(stores, scope, { memberId, tagId, days, reason, now }, unit));
  const settlement =
    granted instanceof Refusal
      ? ({ status: 'failed', reason: granted.code, userTagId: null } as const)
      : ({ status: 'completed', reason: null, userTagId: granted._id } as const);
  const isSettled = await settle(stores, scope, purchaseId, { ...settlement, settledAt: now }, unit);
  // It was still requested a moment ago in this same transaction's snapshot: whoever settled it since is tried against again.
  if (!isSettled) throw new Error(`purchase ${purchaseId} was settled meanwhile`);
}

/** Nothing was granted and nothing will be. One that is settled already is left alone. */
export async function failPurchase(
  stores: SettleStores,
  scope: TenantScope,
  { purchaseId, reason, now }: { readonly purchaseId: number; readonly reason: string; readonly now: Date },
  unit: UnitOfWork,
): Promise<boolean> {
  const settlement = { status: 'failed', reason, userTagId: null, settledAt: now } as const;
  return settle(stores, scope, purchaseId, settlement, unit);
}

const BATCH = 100;

/** Fails what nobody settled in time; returns how many. */
export async function timeOutPurchases(
  stores: SettleStores & { readonly transactions: Transactions; readonly logger: Logger },
  { run, signal }: { readonly run: string; readonly signal: AbortSignal },
): Promise<number> {
  let failed = 0;
  for (const { _id: purchaseId, tenantId } of await stores.purchases.overdue(new Date(), BATCH)) {
    if (signal.aborted) break;
    const command = { purchaseId, reason: 'TIMEOUT', now: new Date() };
    try {
      if (
        await stores.transactions.run((unit) =>
          failPurchase(stores, scopeOfJob(tenantId, 'vip', run), command, unit),
        )
      )
        failed++;
    } catch (error) {
      stores.logger.error({ err: error, tenantId, purchaseId, run }, 'an overdue purchase was not failed');
    }
  }
  return failed;
}

async function settle(
  { purchases, settled }: SettleStores,
  scope: TenantScope,
  purchaseId: number,
  settlement: Settlement,
  unit: UnitOfWork,
): Promise<boolean> {
  const purchase: Purchase | null = await purchases.settle(scope, purchaseId, settlement, unit);
  if (!purchase) return false;
  const event = purchase.status === 'completed' ? vipPurchaseCompleted : vipPurchaseFailed;
  unit.announce(scope, event, {
    subject: purchaseId,
    sequence: purchase.sequence,
    data: factOf(purchase),
  });
  unit.afterCommit(() => settled.inc({ outcome: purchase.status, reason: purchase.reason ?? '' }));
  return true;
}

async function orRefusal<T>(work: Promise<T>): Promise<T | Refusal> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
